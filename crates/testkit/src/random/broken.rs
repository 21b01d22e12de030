//! Lines that can't be used, of every kind.

use super::dice::Dice;
use super::record::{Record, fields, write};

const DAY: i64 = 86_400_000;

/// A line made from a good call by breaking it.
pub(super) fn write_broken(dice: &mut Dice, record: &Record, now: i64) -> Vec<u8> {
    match dice.below(14) {
        0 => dice.pick(&["", " ", "\t\t", "    "]).into(),
        1 => dice.pick(&["x", "127.0.0.1 - - [x] \"GET / HTTP/1.1\" 200", "null", "[]", "7", "\"{}\"", "{}{}"]).into(),
        2 => truncated(dice, record),
        3 => without(dice, record),
        4..=7 => wrong(dice, record),
        8 => {
            let pad = "p".repeat(65_537 - long(record, 0).len() + dice.below(3) * 40_000);
            long(record, pad.len())
        }
        9 => invalid_utf_8(dice, record),
        10 => syntax(dice, record),
        11 => {
            let time = now + hours(dice, 1, 48);
            at(dice, record, time)
        }
        12 => {
            let time = now - 402 * DAY - hours(dice, 0, 5_000);
            at(dice, record, time)
        }
        _ => {
            let time = -hours(dice, 0, 5);
            at(dice, record, time)
        }
    }
}

/// A good line of exactly 64 KiB.
pub(super) fn longest(record: &Record) -> Vec<u8> {
    let line = long(record, 65_536 - long(record, 0).len());
    assert_eq!(line.len(), 65_536);
    line
}

fn long(record: &Record, pad: usize) -> Vec<u8> {
    format!(
        r#"{{"pad":"{}","time":{},"method":"GET","path":"/long","status":{},"app":"{}"}}"#,
        "p".repeat(pad),
        record.time,
        record.status,
        record.app.as_deref().unwrap_or("-"),
    )
    .into_bytes()
}

fn hours(dice: &mut Dice, from: i64, to: i64) -> i64 {
    dice.between(from, to) * 3_600_000 + 1
}

fn at(dice: &mut Dice, record: &Record, time: i64) -> Vec<u8> {
    write(dice, &Record { time, ..record.clone() })
}

fn truncated(dice: &mut Dice, record: &Record) -> Vec<u8> {
    let line = write(dice, record);
    let line = line.trim_ascii();
    line[..1 + dice.below(line.len() - 1)].to_vec()
}

fn join(fields: &[(String, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn without(dice: &mut Dice, record: &Record) -> Vec<u8> {
    let missing = dice.pick(&["time", "method", "path", "status"]);
    let fields: Vec<_> = fields(dice, record).into_iter().filter(|(key, _)| key != missing).collect();
    join(&fields).into_bytes()
}

/// One field with a value that it can't have.
fn wrong(dice: &mut Dice, record: &Record) -> Vec<u8> {
    let long_app = format!("\"{}\"", "a".repeat(201));
    let (field, value) = dice.pick(&[
        ("time", "true"),
        ("time", "null"),
        ("time", "[]"),
        ("time", "{\"t\":1}"),
        ("time", "\"\""),
        ("time", "\"yesterday\""),
        ("time", "\"2026-11-20T10:00:00\""),
        ("time", "\"2026-02-30T10:00:00Z\""),
        ("time", "\"2026-11-20T25:00:00Z\""),
        ("time", "\"2026-11-20T10:00:00+5\""),
        ("time", "\"2026-11-20\""),
        ("time", "1e300"),
        ("method", "null"),
        ("method", "7"),
        ("method", "\"\""),
        ("method", "\"-\""),
        ("method", "\"GE T\""),
        ("method", "\"M-SEARCH\""),
        ("method", "\"GÉT\""),
        ("path", "null"),
        ("path", "[\"/a\"]"),
        ("path", "\"\""),
        ("path", "\"-\""),
        ("path", "\"a/b\""),
        ("path", "\"*\""),
        ("path", "\" /a\""),
        ("status", "null"),
        ("status", "true"),
        ("status", "99"),
        ("status", "600"),
        ("status", "-200"),
        ("status", "0"),
        ("status", "200.5"),
        ("status", "18446744073709551816"),
        ("status", "\"\""),
        ("status", "\"-\""),
        ("status", "\"2xx\""),
        ("status", "\"99\""),
        ("status", "\" 200\""),
        ("status", "[200]"),
        ("app", &long_app),
        ("app", "\"a\\u0007b\""),
        ("app", "\"a\\nb\""),
    ]);
    let mut fields: Vec<_> = fields(dice, record).into_iter().filter(|(key, _)| key != field).collect();
    fields.insert(dice.below(fields.len() + 1), (field.to_owned(), value.to_owned()));
    join(&fields).into_bytes()
}

fn invalid_utf_8(dice: &mut Dice, record: &Record) -> Vec<u8> {
    let mut fields = fields(dice, record);
    fields.push(("user_agent".into(), "\"#\"".into()));
    let line = join(&fields);
    let at = line.rfind('#').unwrap();
    let junk: &[u8] = dice.pick(&[&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\xaf"]);
    [&line.as_bytes()[..at], junk, &line.as_bytes()[at + 1..]].concat()
}

/// Nearly JSON.
fn syntax(dice: &mut Dice, record: &Record) -> Vec<u8> {
    let line = join(&fields(dice, record));
    let inside = &line[1..line.len() - 1];
    match dice.below(12) {
        0 => format!("{line} x"),
        1 => format!("{line}{line}"),
        2 => format!("[{line}]"),
        3 => format!("{{{inside},}}"),
        4 => format!("{{{inside},\"n\":01}}"),
        5 => format!("{{{inside},\"n\":NaN}}"),
        6 => format!("{{{inside},'n':1}}"),
        7 => format!("{{{inside},\"n\":\"a\tb\"}}"),
        8 => format!("{{{inside},\"n\":\"\\x41\"}}"),
        9 => format!("{{{inside},\"n\":+1}}"),
        10 => format!("{{{inside} \"n\":1}}"),
        _ => format!("{{{inside},\"n\"}}"),
    }
    .into_bytes()
}
