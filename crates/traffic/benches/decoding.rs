//! Nanoseconds a line of the decoders, on one thread, beside two things that any machine can be measured by: counting
//! the line feeds of the same bytes, and `serde_json`'s check that each line is JSON. The measures take turns, and the
//! fastest round of each counts.
//!
//! Without arguments, for every format, over lines made here. `STEADFAST_BENCH_LOG` names a log to read instead, and
//! `STEADFAST_BENCH_FORMAT` its format; `STEADFAST_BENCH_ROUNDS` how often. With `STEADFAST_BENCH_ALONE` the
//! decoder runs alone and nothing is timed, for a profiler to look at.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use model::UnixMillis;
use traffic::{Decoder, Format, FormatOptions, Scratch, TimeBounds};

/// As large as the blocks that `steadfast ingest` reads.
const BLOCK: usize = 256 << 10;
const LINES: usize = 100_000;
const BOUNDS: TimeBounds = TimeBounds { now: UnixMillis(i64::MAX), oldest: UnixMillis(i64::MIN) };

const COMBINED_WITH_APP: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_app_id" "$http_procore_company_id""#;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = std::env::var("STEADFAST_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    if let Ok(log) = std::env::var("STEADFAST_BENCH_LOG") {
        let format = std::env::var("STEADFAST_BENCH_FORMAT").unwrap_or_else(|_| "steadfast".to_owned());
        return measure(&format, &std::fs::read(log)?, rounds);
    }
    let only = std::env::var("STEADFAST_BENCH_FORMAT").ok();
    for (format, line) in [
        ("steadfast", steadfast as fn(&mut Numbers) -> String),
        ("nginx-json", nginx_json),
        ("kong", kong),
        ("combined", combined),
        (COMBINED_WITH_APP, combined_with_app),
    ] {
        if only.as_deref().is_none_or(|only| format.starts_with(only)) {
            let mut numbers = Numbers(1);
            let log: String = (0..LINES).map(|_| line(&mut numbers) + "\n").collect();
            measure(format, log.as_bytes(), rounds)?;
        }
    }
    Ok(())
}

fn measure(format: &str, log: &[u8], rounds: usize) -> Result<(), Box<dyn Error>> {
    let decoder = format.parse::<Format>()?.decoder(&FormatOptions::default())?;
    let lines = memchr::memchr_iter(b'\n', log).count();
    let mut scratch = Scratch::default();
    let (mut feeds, mut json, mut decode) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let mut read = 0;
    if std::env::var_os("STEADFAST_BENCH_ALONE").is_some() {
        (0..rounds).for_each(|_| read = decode_all(&decoder, log, &mut scratch));
        println!("{}: {lines} lines, {read} read, {rounds} times", name(format));
        return Ok(());
    }
    for _ in 0..rounds {
        feeds = feeds.min(seconds(|| memchr::memchr_iter(b'\n', log).count()));
        decode = decode.min(seconds(|| {
            read = decode_all(&decoder, log, &mut scratch);
            read
        }));
        if log.starts_with(b"{") {
            json = json.min(seconds(|| log.split(|byte| *byte == b'\n').filter(|line| is_json(line)).count()));
        }
    }
    let each = |seconds: f64| seconds * 1e9 / lines as f64;
    let mut text = format!("{}: {lines} lines of {} bytes, {read} read", name(format), log.len() / lines.max(1));
    write!(
        text,
        "; decode {:.0} ns a line, {:.1} times line feeds ({:.0} ns)",
        each(decode),
        decode / feeds,
        each(feeds)
    )?;
    if json.is_finite() {
        write!(text, ", {:.2} times serde_json ({:.0} ns)", decode / json, each(json))?;
    }
    println!("{text}");
    Ok(())
}

fn name(format: &str) -> &str {
    if format.contains('$') { "log_format" } else { format }
}

fn seconds(run: impl FnOnce() -> usize) -> f64 {
    let began = Instant::now();
    black_box(run());
    began.elapsed().as_secs_f64()
}

fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// How many lines can be read. What is read is used, so that none of the work can be left out.
fn decode_all(decoder: &Decoder, log: &[u8], scratch: &mut Scratch) -> usize {
    let (mut read, mut used) = (0, 0);
    let mut rest = log;
    while !rest.is_empty() {
        let end =
            rest.get(BLOCK..).and_then(|after| memchr::memchr(b'\n', after)).map_or(rest.len(), |at| BLOCK + at + 1);
        let (block, after) = rest.split_at(end);
        decoder.decode_block(block, &BOUNDS, scratch, |_, decoded| {
            if let Ok(call) = decoded {
                read += 1;
                used += call.path.len() + call.app.map_or(0, |app| app.len()) + usize::from(call.status);
                used += call.method.len() + usize::from(call.company.is_some()) + (call.time.0 & 1) as usize;
            }
        });
        rest = after;
    }
    black_box(used);
    read
}

/// Numbers that look like chance and are always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len() as u64) as usize).copied().unwrap_or_default()
    }
}

const METHODS: [&str; 7] = ["GET", "GET", "GET", "POST", "PATCH", "DELETE", "PUT"];
const AGENTS: [&str; 4] =
    ["axios/1.7.7 sync-worker/3.4", "Go-http-client/2.0", "python-requests/2.32.3", "acme-erp/11.2 (build 7)"];

fn path(numbers: &mut Numbers) -> String {
    let (project, item) = (numbers.below(90_000_000), numbers.below(900_000));
    match numbers.below(4) {
        0 => format!("/rest/v1.0/projects/{project}/rfis?page={}", numbers.below(50)),
        1 => format!("/rest/v1.0/daily_statuses/{item}/close"),
        2 => format!("/rest/v2.0/projects/{project}/permit_notes/2ef8d702-3279-4fd3-86eb-56a2dc{item:06}/close"),
        _ => "/rest/v1.0/me".to_owned(),
    }
}

fn steadfast(numbers: &mut Numbers) -> String {
    let second = numbers.below(60);
    let principal = if numbers.below(9) == 0 { r#""principal":"service","# } else { "" };
    let company = if numbers.below(13) == 0 { "null".to_owned() } else { format!("\"50{:05}\"", numbers.below(9_000)) };
    format!(
        r#"{{"time":"2026-10-22T{:02}:{:02}:{second:02}.{:03}Z","app":"app-{}","environment":"production","method":"{}","path":"{}","status":{},"company_header":{company},"project":"{}","user":"u-{}",{principal}"duration_ms":{}.{},"bytes":{},"user_agent":"{}","request_id":"{:012}"}}"#,
        numbers.below(24),
        numbers.below(60),
        numbers.below(1000),
        1000 + numbers.below(300),
        numbers.one_of(&METHODS),
        path(numbers),
        numbers.one_of(&["200", "200", "201", "204", "404"]),
        numbers.below(200_000),
        numbers.below(9_000),
        numbers.below(900),
        numbers.below(10),
        numbers.below(60_000),
        numbers.one_of(&AGENTS),
        numbers.below(999_999_999_999),
    )
}

fn nginx_json(numbers: &mut Numbers) -> String {
    format!(
        r#"{{"time_iso8601":"2026-10-22T{:02}:{:02}:00+00:00","remote_addr":"203.0.113.{}","request_method":"{}","request_uri":"{}","status":"{}","body_bytes_sent":"{}","request_time":"0.{:03}","http_user_agent":"{}","http_x_app_id":"app-{}","http_procore_company_id":"50{:05}"}}"#,
        numbers.below(24),
        numbers.below(60),
        numbers.below(250),
        numbers.one_of(&METHODS),
        path(numbers),
        numbers.one_of(&["200", "200", "201", "204", "404"]),
        numbers.below(60_000),
        numbers.below(1000),
        numbers.one_of(&AGENTS),
        1000 + numbers.below(300),
        numbers.below(9_000),
    )
}

fn kong(numbers: &mut Numbers) -> String {
    format!(
        r#"{{"started_at":1792627{:06},"request":{{"method":"{}","uri":"{}","size":{},"headers":{{"host":"api.example.com","user-agent":"{}","procore-company-id":"50{:05}"}}}},"response":{{"status":{},"size":{}}},"latencies":{{"proxy":{},"kong":{}}},"consumer":{{"id":"c-{}","username":"acme","custom_id":"app-{}"}}}}"#,
        numbers.below(1_000_000),
        numbers.one_of(&METHODS),
        path(numbers),
        numbers.below(3_000),
        numbers.one_of(&AGENTS),
        numbers.below(9_000),
        numbers.one_of(&["200", "200", "201", "204", "404"]),
        numbers.below(60_000),
        numbers.below(900),
        numbers.below(9),
        numbers.below(300),
        1000 + numbers.below(300),
    )
}

fn combined(numbers: &mut Numbers) -> String {
    format!(
        r#"203.0.113.{} - app-{} [22/Oct/2026:{:02}:{:02}:00 +0000] "{} {} HTTP/1.1" {} {} "-" "{}""#,
        numbers.below(250),
        1000 + numbers.below(300),
        numbers.below(24),
        numbers.below(60),
        numbers.one_of(&METHODS),
        path(numbers),
        numbers.one_of(&["200", "200", "201", "204", "404"]),
        numbers.below(60_000),
        numbers.one_of(&AGENTS),
    )
}

fn combined_with_app(numbers: &mut Numbers) -> String {
    let line = combined(numbers);
    format!(r#"{line} "app-{}" "50{:05}""#, 1000 + numbers.below(300), numbers.below(9_000))
}
