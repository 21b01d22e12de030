use model::UnixMillis;
use proptest::prelude::*;

use super::*;
use crate::decode::{Decoder, Scratch};
use crate::format::{Format, FormatOptions};

const BOUNDS: TimeBounds = TimeBounds { now: UnixMillis(1_800_000_000_000), oldest: UnixMillis(0) };

/// Formats of every kind of step.
const FORMATS: [&str; 12] = [
    "combined",
    "common",
    r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_app_id" "$http_procore_company_id""#,
    r#"<$time_local "$request_method" $request_uri, and so on to more than sixteen bytes, $status $http_x_forwarded_for $http_x_app_id"#,
    r#"escape=json {"t":"$time_iso8601","m":"$request_method","p":"$uri","s":$status,"c":"$http_procore_company_id","app":"$http_x_app_id","e":"$env","as":"$principal"}"#,
    "escape=none $msec\t$request_method\t$request_uri\t$status\t$app\t$http_x_app_id",
    r#"$msec "$request" "$request_uri" $upstream_addr $status"#,
    "$app $msec $request_method $request_uri $status",
    "$time_iso8601 $request_method $uri$is_args$args $status",
    r"$msec \$request_method\ $request_uri $status",
    "$msec $request $request_uri $status $status",
    "$http_procore_company_id $msec $request_method $request_uri $status",
];

fn decoder(format: &str) -> Decoder {
    format.parse::<Format>().unwrap().decoder(&FormatOptions::default()).unwrap()
}

/// Decodes a log as blocks are decoded, and compares each line with what the reader alone says of it.
fn agrees(decoder: &Decoder, log: &[u8]) {
    let mut lines = Vec::new();
    decoder.decode_block(log, &BOUNDS, &mut Scratch::default(), |line, call| {
        let alone = decoder.decode_line(line, &BOUNDS, &mut Scratch::default());
        assert_eq!(call, alone, "{}", String::from_utf8_lossy(line));
        lines.extend_from_slice(line);
        lines.push(b'\n');
    });
    assert_eq!(lines.strip_suffix(b"\n").unwrap_or_default(), log.strip_suffix(b"\n").unwrap_or(log));
}

/// A line of a format, its values taken in turn from lists of usual and unusual ones.
fn line(format: &str, mut choose: impl FnMut(usize) -> usize) -> String {
    let text = match format {
        "combined" => super::super::COMBINED,
        "common" => super::super::COMMON,
        text => text.trim_start_matches("escape=json ").trim_start_matches("escape=none "),
    };
    let mut line = String::new();
    for (n, piece) in text.split('$').enumerate() {
        let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let values: &[&str] = match name.as_str() {
            _ if n == 0 => &[""],
            "time_local" => &[
                "20/Nov/2026:13:45:12 +0000",
                "20/Nov/2026:13:45:12 -0130",
                "20/Nov/2026",
                "-",
                "20/Nov/2026 13:45:12 +0000",
            ],
            "time_iso8601" => &["2026-11-20T13:45:12+00:00", "2026-11-20T13:45:12.5Z", ""],
            "msec" => &["1795182312.345", "1795182312", "1e3", "-", "99999999999"],
            "request" => &[
                "GET /a?b HTTP/1.1",
                "POST /a b HTTP/2.0",
                "GET /old",
                "-",
                "",
                r"\x16\x03",
                "PURGE /a HTTP/1.1",
                "GET  /a HTTP/1.1",
            ],
            "request_method" => &["GET", "DELETE", "get", "PURGE", "-", "G T"],
            "request_uri" | "uri" => &["/a/b", "/a%2Fb?c=\"", "/é", r"/\xC3\xA9", "https://host/a", "-", "a", "/50%"],
            "is_args" => &["?", "-", ""],
            "status" => &["200", "404", "0200", "000", "-"],
            "http_x_forwarded_for" | "upstream_addr" => &["1.1.1.1", "1.1.1.1, 2.2.2.2", "a:1 : b:2", "-"],
            "http_user_agent" => &[
                "curl/8.1",
                "Mozilla/5.0 (X11; Linux) long enough for two windows at least",
                r#"a \"quoted\" one"#,
                "é",
                "a\tb",
                "",
            ],
            _ => &["acme-erp", "5358233", "", "-", "é", "a b", r"a\x22b", "production", "service", "x\u{7f}"],
        };
        let value = values[choose(values.len()).min(values.len() - 1)];
        line.push_str(value);
        line.push_str(&piece[name.len()..]);
    }
    line
}

#[test]
fn lines_with_the_usual_values_are_plain() {
    for (n, format) in FORMATS.into_iter().enumerate() {
        let Format::LogFormat(text) = format.parse().unwrap_or(Format::Common) else { continue };
        let variables =
            super::super::Variables { company_header: "Procore-Company-Id".to_owned(), ..Default::default() };
        let reader = super::super::LogDecoder::new(&text, &variables).unwrap();
        let usual = line(format, |_| 0) + "\n";
        let (call, end) =
            match crate::decode::DecodeBytes::decode_plain(&reader, &usual, 0, &BOUNDS, &mut Scratch::default()) {
                Some(plain) => plain,
                None => {
                    assert!(matches!(n, 8 | 10), "{format}");
                    continue;
                }
            };
        assert_eq!((call.status, end), (200, usual.len() - 1), "{format}");
    }
}

#[test]
fn every_pair_of_values_is_read_as_the_reader_reads_it() {
    for format in FORMATS {
        let decoder = decoder(format);
        for a in 0..20 {
            for b in 0..10 {
                let mut n = 0;
                let mut log = String::new();
                for odd in 0..20 {
                    n = 0;
                    // One value odd, or two, the others usual.
                    log += &line(format, |_| {
                        n += 1;
                        if n == odd {
                            a
                        } else if n == odd + 1 + b {
                            b
                        } else {
                            0
                        }
                    });
                    log.push('\n');
                }
                assert!(n > 0);
                agrees(&decoder, log.as_bytes());
            }
        }
    }
}

#[test]
fn line_ends_and_lengths_are_those_of_the_reader() {
    for format in FORMATS {
        let decoder = decoder(format);
        let usual = line(format, |_| 0);
        for end in ["\n", "\r\n", "\r\r\n", " \n", "", "\r", "x", "\n\n", "\n\u{feff}", "\0\n", "\0"] {
            agrees(&decoder, format!("{usual}{end}{usual}{end}").as_bytes());
            agrees(&decoder, format!("\u{feff}{usual}{end}").as_bytes());
        }
        for length in [65_500, 65_536, 65_537] {
            for end in ["\n", "\r\n"] {
                let mut long = usual.replacen("acme-erp", &"x".repeat(length + 8 - usual.len().min(length)), 1);
                long = long.replacen("/a/b", &format!("/{}", "x".repeat(length + 3 - usual.len().min(length))), 1);
                agrees(&decoder, format!("{long}{end}{usual}{end}").as_bytes());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn damaged_logs_are_read_as_the_reader_reads_them(
        format in prop::sample::select(FORMATS.to_vec()),
        choices in prop::collection::vec(prop_oneof![3 => Just(0usize), 1 => 0usize..10], 1..60),
        damage in prop::collection::vec((any::<prop::sample::Index>(), "[ \"\\\\\\[\\]<,:\t\r\n\u{0}é/a0-]{0,2}", 0usize..3), 0..4),
        not_utf8 in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut choices = choices.iter().cycle();
        let mut log = String::new();
        for _ in 0..4 {
            log += &line(format, |_| choices.next().copied().unwrap_or_default());
            log.push('\n');
        }
        let mut log = log.into_bytes();
        for (at, with, cut) in damage {
            let at = at.index(log.len());
            log.splice(at..(at + cut).min(log.len()), with.bytes());
        }
        if let Some(at) = not_utf8.filter(|_| !log.is_empty()) {
            let at = at.index(log.len());
            log[at] = 0xff;
        }
        agrees(&decoder(format), &log);
    }
}
