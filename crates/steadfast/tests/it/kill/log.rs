//! A large log, made quickly: one prepared line whose fields of fixed width change.

use std::fs::File;
use std::io::{BufWriter, Write};

use tempfile::TempDir;

use crate::cast::days_ago;

/// Documents the routes that most calls are for.
pub(super) const DOCUMENT: &str = r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{
    "/rest/v1.0/projects/{project_id}/things-{kind}":{"get":{}},
    "/rest/v1.0/companies/{company_id}/members":{"get":{}},
    "/rest/v1.0/projects/{project_id}/rfis/{id}":{"get":{"deprecated":true}}}}"#;

const LINE: &str = concat!(
    r#"{"time":"2026-11-20T13:45:12Z","app":"app-00","environment":"production","method":"GET","#,
    r#""path":"/rest/v1.0/projects/123/???????????????","status":200,"company_header":"5358233","principal":"user","#,
    r#""duration_ms":41.7,"bytes":5120,"request_id":"00000000"}"#,
    "\n"
);

/// A log in a directory of its own, which goes with it.
pub(super) struct Log {
    path: String,
    /// How many of its lines can't be used.
    pub(super) rejected: usize,
    _directory: TempDir,
}

impl Log {
    /// Writes a log of so many lines. Its calls have so many different keys that they are committed several times.
    pub(super) fn write(lines: usize) -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("calls.ndjson");
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&path).unwrap());
        let days: Vec<String> = (1..30).map(|days| days_ago(days).to_string()).collect();
        let place = |text: &str| LINE.find(text).unwrap();
        let (day, app, route, status, id) =
            (place("2026"), place("app-00") + 4, place("?"), place("200,"), place("00000000"));
        let mut line = LINE.as_bytes().to_vec();
        let mut rejected = 0;
        for number in 0..lines {
            let kind = number / 7 % 10;
            // Of its undocumented routes `app-07` calls more on one day than are kept.
            let flood = kind == 2 && number % 3 == 0;
            put(&mut line[day..], days[if flood { 1 } else { number / 3 % days.len() }].as_bytes());
            digits(&mut line[app..app + 2], if flood { 7 } else { number % 40 });
            match kind {
                0 | 1 => put(&mut line[route..], b"rfis/8412990031"),
                2 => {
                    put(&mut line[route..], b"legacy/nod-0000");
                    digits(&mut line[route + 11..route + 15], number / 11 % 2_000);
                }
                _ => {
                    put(&mut line[route..], b"things-00000000");
                    digits(&mut line[route + 7..route + 15], number % 1_000);
                }
            }
            // Many statuses make many keys of few routes.
            digits(&mut line[status..status + 3], 200 + number / 13 % 120);
            digits(&mut line[id..id + 8], number);
            line[0] = if number % 1_009 == 0 { b'x' } else { b'{' };
            rejected += usize::from(line[0] == b'x');
            file.write_all(&line).unwrap();
        }
        file.flush().unwrap();
        Self { path: path.to_str().unwrap().to_owned(), rejected, _directory: directory }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// Writes a text over the beginning of another.
fn put(room: &mut [u8], text: &[u8]) {
    room[..text.len()].copy_from_slice(text);
}

/// Writes a number with as many digits as there is room for.
fn digits(room: &mut [u8], mut number: usize) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap();
        number /= 10;
    }
}
