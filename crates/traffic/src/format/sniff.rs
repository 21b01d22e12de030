//! Guessing a log's format from its first lines.

use model::UnixMillis;

use super::{Format, FormatOptions, ReadyMap};
use crate::decode::{Decoder, Scratch};
use crate::lines::each_line;
use crate::reject::TimeBounds;

/// A guess, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// The format.
    pub format: Format,
    /// Why, for people: `20 of the first 20 lines read as such`.
    pub reason: String,
}

/// How many lines are looked at.
const LINES: usize = 20;

/// The format in which most of the first lines of a log can be read, if any can; that of the call record where it is
/// not far behind. `first_bytes` is how the log
/// begins; a last line that may be cut off is only looked at where it is the only one.
#[must_use]
pub fn sniff(first_bytes: &[u8]) -> Option<Sniffed> {
    let lines = first_lines(first_bytes);
    let guesses: Vec<(Read, Format)> = candidates()
        .filter_map(|format| {
            let decoder = format.decoder(&FormatOptions::default()).ok()?;
            Some((read(&decoder, &lines), format))
        })
        .collect();
    let most = guesses.iter().map(|(read, _)| *read).max().filter(|most| most.lines > 0)?;
    // Maps for gateways are more forgiving than the call record: of a log of records with bad ones at its beginning they
    // may read more lines.
    let fits = |(read, format): &(Read, Format)| {
        *read == most || (*format == Format::Steadfast && 2 * read.lines >= most.lines)
    };
    guesses.into_iter().find(fits).map(|(Read { lines: read, .. }, format)| {
        let reason = match lines.len() {
            1 => "the first line reads as such".to_owned(),
            count => format!("{read} of the first {count} lines read as such"),
        };
        Sniffed { format, reason }
    })
}

/// Formats that can be told from their lines, the most particular first.
fn candidates() -> impl Iterator<Item = Format> {
    let ready = ReadyMap::ALL.into_iter().map(Format::Ready);
    [Format::Steadfast].into_iter().chain(ready).chain([Format::Combined, Format::Common])
}

/// The first lines that are not blank.
fn first_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').and_then(|end| bytes.get(..end)).unwrap_or(bytes);
    let mut lines = Vec::new();
    each_line(whole, |start, end| {
        let line = whole.get(start..end).unwrap_or_default();
        if lines.len() < LINES && !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    });
    lines
}

/// How much a format tells of some lines; the greater, the better it fits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Read {
    /// Lines that it can read.
    lines: usize,
    /// Apps and company headers that it finds in them.
    fields: usize,
}

fn read(decoder: &Decoder, lines: &[&[u8]]) -> Read {
    let any_time = TimeBounds { now: UnixMillis(i64::MAX), oldest: UnixMillis(i64::MIN) };
    let mut scratch = Scratch::default();
    let mut read = Read { lines: 0, fields: 0 };
    for line in lines {
        if let Ok(call) = decoder.decode_line(line, &any_time, &mut scratch) {
            read.lines += 1;
            read.fields += usize::from(call.app.is_some()) + usize::from(call.company.is_some());
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_without_any_readable_line_has_no_format() {
        for log in ["", "\n\n", "hello\nworld\n", "{}\n{\"a\":1}\n", "\u{feff}"] {
            assert_eq!(sniff(log.as_bytes()), None, "{log:?}");
        }
    }

    #[test]
    fn most_lines_decide() {
        let record = r#"{"time":"2026-11-20T13:45:12Z","method":"GET","path":"/","status":200}"#;
        let log = format!("garbage\n{record}\n\n{record}\n{record}\n{{\"time\":\"cut off");
        let sniffed = sniff(log.as_bytes()).unwrap();
        assert_eq!(sniffed.format, Format::Steadfast);
        assert_eq!(sniffed.reason, "3 of the first 4 lines read as such");
        assert_eq!(sniff(record.as_bytes()).unwrap().reason, "the first line reads as such");
    }

    #[test]
    fn records_with_bad_ones_among_them_are_records() {
        let record = r#"{"time":"2026-11-20T13:45:12Z","method":"GET","path":"/","status":200}"#;
        let bad = record.replace("2026-11-20T13:45:12Z", "20/Nov/2026:13:45:12 +0000");
        let sniffed = |log: String| sniff(log.as_bytes()).unwrap();
        assert_ne!(sniffed(format!("{bad}\n")).format, Format::Steadfast);
        let records = sniffed(format!("{bad}\n{record}\n{record}\n"));
        assert_eq!(records.format, Format::Steadfast);
        assert_eq!(records.reason, "2 of the first 3 lines read as such");
        assert_ne!(sniffed(format!("{bad}\n{bad}\n{record}\n")).format, Format::Steadfast);
    }

    #[test]
    fn of_maps_that_read_as_many_lines_the_one_that_finds_more_in_them_is_guessed() {
        let nginx = r#"{"time":"2026-11-20T13:45:12+00:00","request_method":"GET","request_uri":"/x","status":"200","http_x_app_id":"acme-erp","http_procore_company_id":"5"}"#;
        assert_eq!(sniff(nginx.as_bytes()).map(|s| s.format), Some(Format::Ready(ReadyMap::NginxJson)));
    }

    #[test]
    fn combined_is_not_taken_for_common() {
        let common = r#"1.2.3.4 - acme [20/Nov/2026:13:45:12 +0000] "GET /a HTTP/1.1" 200 12"#;
        assert_eq!(sniff(common.as_bytes()).map(|s| s.format), Some(Format::Common));
        let combined = format!(r#"{common} "-" "curl/8""#);
        assert_eq!(sniff(combined.as_bytes()).map(|s| s.format), Some(Format::Combined));
    }
}
