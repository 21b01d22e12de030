//! Traffic on the invented API: complete days up to yesterday, apps of very different size, 2,000 companies, a week's
//! and a day's rhythm. The same lines for the same extent and day.

use std::io::Write;

use super::random::{Random, Zipf, of_pair};
use super::surface::{Kind, Operation, Piece, Surface, Template};
use crate::clock;

const COMPANIES: usize = 2_000;
/// The days of `write_rows`.
const DAYS: u64 = 30;
const HOUR_MILLIS: u64 = 3_600_000;
/// How busy each hour of a day is, in UTC.
const HOURS: [u64; 24] = [9, 7, 6, 6, 7, 9, 14, 24, 38, 52, 60, 62, 58, 60, 66, 70, 68, 60, 48, 36, 28, 20, 15, 11];
/// How busy each day of a week is; day 0 of 1970 was a Thursday.
const WEEKDAYS: [u64; 7] = [100, 96, 30, 26, 98, 104, 102];
const AGENTS: [&str; 6] = [
    "python-requests/2.32.3",
    "okhttp/4.12.0 connector/7.31",
    "axios/1.7.7 sync-worker/3.4",
    "erp-bridge/12.2 (Java/21.0.4)",
    "Go-http-client/2.0",
    r#"Mozilla/5.0 \"embedded\" panel/2.2"#,
];

/// How much traffic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) lines: u64,
    /// Apps; their sizes follow Zipf's law.
    pub(super) apps: u64,
    pub(super) days: u64,
    /// Path templates of the platform.
    pub(super) routes: u64,
}

impl Extent {
    /// A month of a platform of middling size.
    pub(super) const fn month(lines: u64) -> Self {
        Self { lines, apps: 300, days: DAYS, routes: 2_000 }
    }
}

/// Writes traffic whose last day is the one before `today`.
pub(super) fn write_traffic(
    extent: &Extent,
    today: u64,
    surface: &Surface,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let Extent { lines, apps, days, .. } = *extent;
    let mut writer = Writer::new(surface, apps);
    let first_hour = (today - days) * 24;
    let weight = |hour: u64| WEEKDAYS[(hour / 24 % 7) as usize] * HOURS[(hour % 24) as usize];
    let total: u64 = (first_hour..today * 24).map(weight).sum();
    let (mut passed, mut written) = (0u64, 0u64);
    for hour in first_hour..today * 24 {
        passed += weight(hour);
        let until = (u128::from(lines) * u128::from(passed) / u128::from(total)) as u64;
        let count = until - written;
        for index in 0..count {
            let jitter = writer.random.below(1_800);
            let within = (index * HOUR_MILLIS / count + jitter).min(HOUR_MILLIS - 1);
            out.write_all(writer.line(hour * HOUR_MILLIS + within))?;
        }
        written = until;
    }
    out.flush()
}

/// Writes the paths of `count` calls, one a line, for measuring the matcher alone.
pub(super) fn write_paths(count: u64, surface: &Surface, out: &mut impl Write) -> std::io::Result<()> {
    let mut writer = Writer::new(surface, Extent::month(count).apps);
    for _ in 0..count {
        writer.line.clear();
        let app = writer.apps.pick(&mut writer.random);
        let call = writer.choose(app);
        writer.push_path(call.template);
        writer.line.push(b'\n');
        out.write_all(&writer.line)?;
    }
    out.flush()
}

/// Writes one call of each of `rows` different combinations of day, route, method and status by one app.
pub(super) fn write_rows(rows: u64, today: u64, surface: &Surface, out: &mut impl Write) -> std::io::Result<()> {
    let mut writer = Writer::new(surface, 1);
    let operations: Vec<&Operation> = surface.current.iter().chain(&surface.deprecated).collect();
    let combinations = operations.len() as u64 * STATUSES.len() as u64;
    for row in 0..rows.min(combinations * DAYS) {
        let (day, combination) = (today - 1 - row % DAYS, row / DAYS);
        let operation = operations[(combination % operations.len() as u64) as usize];
        let status = STATUSES[(combination / operations.len() as u64) as usize];
        let call =
            Call { method: operation.method, template: &surface.templates[operation.template], status, get: false };
        let at = day * 24 * HOUR_MILLIS + combination * 5_000;
        out.write_all(writer.write(0, &call, at))?;
    }
    out.flush()
}

/// The statuses of `write_rows`.
const STATUSES: [u16; 4] = [200, 404, 422, 500];

struct Call<'a> {
    method: &'static str,
    template: &'a Template,
    status: u16,
    /// Whether it reads a list, so that it may have a page number.
    get: bool,
}

struct Writer<'a> {
    surface: &'a Surface,
    random: Random,
    apps: Zipf,
    companies: Zipf,
    line: Vec<u8>,
    /// The day written last and its text, since all lines of a day share it.
    day: (u64, String),
}

impl<'a> Writer<'a> {
    fn new(surface: &'a Surface, apps: u64) -> Self {
        let random = Random::new(0x5eed_f00d);
        let (apps, companies) = (Zipf::new(apps as usize), Zipf::new(COMPANIES));
        Self { surface, random, apps, companies, line: Vec::with_capacity(512), day: (0, clock::date(0)) }
    }

    fn line(&mut self, at: u64) -> &[u8] {
        let app = self.apps.pick(&mut self.random);
        let call = self.choose(app);
        self.write(app, &call, at)
    }

    /// What an app calls: mostly a few of its own set of operations, sometimes what it should not.
    fn choose(&mut self, app: usize) -> Call<'a> {
        let surface = self.surface;
        let kind = self.random.below(1_000);
        if kind < 30 {
            let slot = self.random.below(12);
            let index = of_pair(app as u64, 10_000 + slot, surface.private.len() as u64) as usize;
            return Call { method: "GET", template: &surface.private[index], status: 200, get: true };
        }
        let (operations, slots) = if kind < 50 { (&surface.deprecated, 4) } else { (&surface.current, set_size(app)) };
        let skewed = self.random.unit() * self.random.unit();
        let slot = (skewed * slots as f64) as u64;
        let index = of_pair(app as u64, slot, operations.len() as u64);
        let operation = &operations[index as usize];
        let status = self.status(app, index, operation.method);
        let template = &surface.templates[operation.template];
        Call { method: operation.method, template, status, get: operation.method == "GET" }
    }

    /// Each app has its own share of failures, and each of its operations its own way to fail.
    fn status(&mut self, app: usize, operation: u64, method: &str) -> u16 {
        let failures = 5 + of_pair(app as u64, 7, 60);
        if self.random.chance(failures) {
            let codes = [404, 403, 422, 401, 429, 404, 500, 400];
            let first = of_pair(app as u64, operation, codes.len() as u64);
            let second = u64::from(self.random.chance(200));
            return codes[(first + second) as usize % codes.len()];
        }
        match method {
            "POST" => 201,
            "DELETE" => 204,
            _ => 200,
        }
    }

    fn write(&mut self, app: usize, call: &Call<'_>, at: u64) -> &[u8] {
        self.line.clear();
        self.push_time(at);
        self.push("\",\"app\":\"app-");
        self.push_number(1_000 + app as u64);
        self.push("\",\"environment\":\"production\",\"method\":\"");
        self.push(call.method);
        self.push("\",\"path\":\"");
        self.push_path(call.template);
        if call.get && self.random.chance(250) {
            self.push("?page=");
            let page = 1 + self.random.below(40);
            self.push_number(page);
            self.push("&per_page=100");
        }
        self.push("\",\"status\":");
        self.push_number(u64::from(call.status));
        self.push_caller(app);
        self.push_rest();
        &self.line
    }

    fn push_time(&mut self, at: u64) {
        let (day, millis) = (at / (24 * HOUR_MILLIS), at % (24 * HOUR_MILLIS));
        if self.day.0 != day {
            self.day = (day, clock::date(day));
        }
        self.line.extend_from_slice(b"{\"time\":\"");
        self.line.extend_from_slice(self.day.1.as_bytes());
        let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60);
        for (mark, number) in [(b'T', hour), (b':', minute), (b':', second)] {
            self.line.extend_from_slice(&[mark, b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
        }
        let rest = millis % 1_000;
        self.line.extend_from_slice(&[b'.', digit(rest / 100), digit(rest / 10), digit(rest), b'Z']);
    }

    fn push_path(&mut self, template: &Template) {
        for piece in template {
            self.line.push(b'/');
            match piece {
                Piece::Text(text) => self.line.extend_from_slice(text.as_bytes()),
                Piece::Parameter(_, Kind::Integer) => {
                    let id = 10_000 + self.random.below(90_000_000);
                    self.push_number(id);
                }
                Piece::Parameter(_, Kind::Uuid) => self.push_uuid(),
                Piece::Parameter(_, Kind::Slug) => {
                    let (word, number) = (self.random.below(4) as usize, self.random.below(300));
                    self.push(["north-tower-", "annex-", "main_", "level.b-"][word]);
                    self.push_number(number);
                }
            }
        }
    }

    fn push_caller(&mut self, app: usize) {
        let company = self.companies.pick(&mut self.random) as u64;
        let absent = self.random.chance(77);
        self.push(",\"company_header\":");
        if absent {
            self.push("null");
        } else {
            self.push("\"");
            self.push_number(5_000_000 + company * 37);
            self.push("\"");
        }
        self.push(",\"project\":\"");
        let project = self.random.below(60_000);
        self.push_number(100_000 + project);
        self.push("\",\"user\":\"u-");
        let user = self.random.below(9_000);
        self.push_number(user);
        // One app in eight works with a service account.
        self.push(if app % 8 == 3 { "\",\"principal\":\"service\"" } else { "\"" });
    }

    fn push_rest(&mut self) {
        self.push(",\"duration_ms\":");
        let duration = 30 + self.random.below(4_000);
        self.push_number(duration / 10);
        self.line.extend_from_slice(&[b'.', digit(duration)]);
        self.push(",\"bytes\":");
        let bytes = 120 + self.random.below(30_000);
        self.push_number(bytes);
        self.push(",\"user_agent\":\"");
        let agent = if self.random.chance(3) { 5 } else { self.random.below(5) as usize };
        self.push(AGENTS[agent]);
        self.push("\",\"request_id\":\"");
        let request = self.random.below(1 << 40);
        self.push_number(request);
        self.push("\"}\n");
    }

    fn push(&mut self, text: &str) {
        self.line.extend_from_slice(text.as_bytes());
    }

    fn push_number(&mut self, mut number: u64) {
        let (mut digits, mut at) = ([0u8; 20], 20);
        loop {
            at -= 1;
            digits[at] = digit(number);
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.line.extend_from_slice(&digits[at..]);
    }

    fn push_uuid(&mut self) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if index > 0 {
                self.line.push(b'-');
            }
            let mut bits = self.random.next();
            for _ in 0..length {
                self.line.push(HEX[(bits & 15) as usize]);
                bits >>= 4;
            }
        }
    }
}

fn digit(number: u64) -> u8 {
    b'0' + (number % 10) as u8
}

/// How many operations an app uses: some 350 the biggest, some 20 the smallest.
fn set_size(app: usize) -> u64 {
    (350.0 / ((app + 1) as f64).sqrt()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn traffic(lines: u64) -> Vec<Value> {
        let mut text = Vec::new();
        write_traffic(&Extent::month(lines), 20_778, &Surface::new(), &mut text).unwrap();
        assert!((300..380).contains(&(text.len() as u64 / lines)), "{} bytes a line", text.len() as u64 / lines);
        text.split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[test]
    fn traffic_has_the_asked_number_of_lines_and_lies_in_its_days() {
        let lines = traffic(20_000);
        assert_eq!(lines.len(), 20_000);
        let days: BTreeSet<&str> = lines.iter().map(|line| &line["time"].as_str().unwrap()[..10]).collect();
        assert_eq!(days.len() as u64, DAYS);
        assert_eq!((days.first(), days.last()), (Some(&"2026-10-22"), Some(&"2026-11-20")));
    }

    #[test]
    fn a_share_of_the_lines_lacks_the_header_and_a_share_is_private() {
        let lines = traffic(20_000);
        let per_mille =
            |test: &dyn Fn(&Value) -> bool| lines.iter().filter(|line| test(line)).count() * 1_000 / lines.len();
        assert!((65..90).contains(&per_mille(&|line| line["company_header"].is_null())));
        assert!((22..38).contains(&per_mille(&|line| line["path"].as_str().unwrap().starts_with("/internal"))));
    }

    #[test]
    fn rows_are_all_different() {
        let mut text = Vec::new();
        write_rows(5_000, 20_778, &Surface::new(), &mut text).unwrap();
        let key = |line: &[u8]| {
            let line: Value = serde_json::from_slice(line).unwrap();
            (
                line["time"].to_string()[..11].to_owned(),
                line["method"].to_string(),
                line["path"].to_string(),
                line["status"].to_string(),
            )
        };
        let keys: BTreeSet<_> = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(key).collect();
        assert_eq!(keys.len(), 5_000);
    }
}
