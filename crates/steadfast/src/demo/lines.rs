//! The planned calls as log lines, in the `steadfast` format.

use std::io::{self, Write};

use model::{Day, UnixMillis};

use super::broken::broken_line;
use super::plan::{DAYS, Planned, Planner};
use super::profiles::CAST;
use super::random::Random;
use super::routes::{Piece, Route};

const DAY_MILLIS: i64 = 86_400_000;

/// Writes the traffic of the 30 complete days before `today` and of `today` up to `now`, as `steadfast` NDJSON
/// in the order of time: some 600,000 lines, of which 12 are broken. The same arguments give the same bytes.
/// Returns the number of lines.
///
/// # Errors
/// When `out` can't be written to.
pub(crate) fn write_traffic(today: Day, now: UnixMillis, seed: u64, out: &mut dyn Write) -> io::Result<u64> {
    write_days(&Planner::new(today, seed), (-1..DAYS).rev(), now, out)
}

/// Writes the days of these ages.
pub(super) fn write_days(
    planner: &Planner,
    ages: impl Iterator<Item = i32>,
    now: UnixMillis,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let agents: Vec<(&str, &str)> =
        CAST.iter().map(|profile| profile.agent).map(|agent| agent.split_once("{v}").unwrap_or((agent, ""))).collect();
    let mut buffer = Vec::with_capacity(BUFFER + 80_000);
    let mut lines = 0;
    for age in ages {
        let day = planner.today.plus(-1 - age);
        let midnight = i64::from(day.epoch_days()) * DAY_MILLIS;
        let date = day.to_string();
        let calls = planner.day(day);
        let middle = calls.len() / 2;
        for (position, call) in calls.iter().enumerate() {
            if midnight + i64::from(call.at) > now.0 {
                break;
            }
            if position == middle
                && let Some(broken) = broken_line(planner.today, day, now)
            {
                buffer.extend_from_slice(broken.as_bytes());
                buffer.push(b'\n');
                lines += 1;
            }
            Line { out: &mut buffer, date: &date }.call(
                call,
                &planner.routes[usize::from(call.route)],
                agents[usize::from(call.app)],
            );
            lines += 1;
            if buffer.len() >= BUFFER {
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
    }
    out.write_all(&buffer)?;
    out.flush()?;
    Ok(lines)
}

/// How many bytes are gathered before they are written.
const BUFFER: usize = 256 * 1024;

/// Writes one line. All texts are the demonstration's own and hold nothing that JSON would escape.
struct Line<'a> {
    out: &'a mut Vec<u8>,
    date: &'a str,
}

impl Line<'_> {
    fn call(&mut self, call: &Planned, route: &Route, (agent, after_version): (&str, &str)) {
        let app = CAST[usize::from(call.app)].story.app;
        let identified = app != model::AppId::UNIDENTIFIED;
        self.time(call.at);
        if identified {
            self.text("\",\"app\":\"").text(app);
        }
        self.text("\",\"environment\":\"").text(if call.sandbox { "sandbox" } else { "production" });
        self.text("\",\"method\":\"").text(call.method).text("\",\"path\":\"");
        self.path(call, route);
        self.text("\",\"status\":").number(call.status.into());
        if call.header {
            self.text(",\"company_header\":\"").number(call.company).text("\"");
        } else {
            self.text(",\"company_header\":null");
        }
        if route.pieces.contains(&Piece::Project) {
            self.text(",\"project\":\"").number(call.project).text("\"");
        }
        if identified {
            self.text(",\"user\":\"");
            if call.service {
                self.text("svc-").text(app).text("\",\"principal\":\"service\"");
            } else {
                self.text("u-").number(call.user).text("\",\"principal\":\"user\"");
            }
        }
        self.text(",\"duration_ms\":").number(call.duration / 10).text(".").number(call.duration % 10);
        self.text(",\"bytes\":").number(call.bytes);
        self.text(",\"user_agent\":\"").text(agent).text(call.version).text(after_version);
        self.text("\",\"request_id\":\"").hex(call.bits, 16);
        if call.reason.is_empty() {
            self.text("\"}\n");
        } else {
            self.text("\",\"reason\":\"").text(call.reason).text("\"}\n");
        }
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    fn number(&mut self, mut number: u32) -> &mut Self {
        let (mut digits, mut first) = ([b'0'; 10], 9);
        loop {
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 || first == 0 {
                break;
            }
            first -= 1;
        }
        self.out.extend_from_slice(&digits[first..]);
        self
    }

    fn padded(&mut self, number: u32, width: u32) -> &mut Self {
        for place in (0..width).rev() {
            self.out.push(b'0' + (number / 10u32.pow(place) % 10) as u8);
        }
        self
    }

    fn hex(&mut self, bits: u64, digits: u32) -> &mut Self {
        for place in (0..digits).rev() {
            self.out.push(b"0123456789abcdef"[(bits >> (place * 4) & 15) as usize]);
        }
        self
    }

    /// The beginning of the line: its time, without the closing quote.
    fn time(&mut self, at: u32) {
        let date = self.date;
        self.text("{\"time\":\"").text(date).text("T").padded(at / 3_600_000, 2).text(":");
        self.padded(at / 60_000 % 60, 2).text(":").padded(at / 1000 % 60, 2).text(".").padded(at % 1000, 3).text("Z");
    }

    /// The path, now and then in a spelling of its own that reads the same.
    fn path(&mut self, call: &Planned, route: &Route) {
        let (date, spelling) = (self.date, call.bits >> 20 & 1023);
        if spelling == 0 {
            self.text("https://api.plotline.example");
        }
        for (index, piece) in route.pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) if index == 0 && spelling == 1 => self.text("/").text(text),
                Piece::Text(text) if index == 0 && spelling == 2 => self.text(&text.replacen("/rest", "/%72est", 1)),
                Piece::Text(text) => self.text(text),
                Piece::Company => self.number(call.company),
                Piece::Project => self.number(call.project),
                Piece::Id => self.number(call.id),
                Piece::Date => self.text(date),
                Piece::Uuid => self.uuid(call.id),
            };
        }
        if spelling == 3 {
            self.text("/");
        }
        if route.lists() && call.bits & 1 == 0 {
            self.text("?page=").number(1 + (call.bits >> 1 & 7) as u32).text("&per_page=100");
        }
    }

    fn uuid(&mut self, id: u32) -> &mut Self {
        let mut random = Random::of(&[u64::from(id)]);
        let (high, low) = (random.next(), random.next());
        self.hex(high >> 32, 8).text("-").hex(high >> 16, 4).text("-4").hex(high, 3).text("-a");
        self.hex(low >> 48, 3).text("-").hex(low, 12)
    }
}
