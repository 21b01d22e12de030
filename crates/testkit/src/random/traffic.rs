//! The log of a case: for each app some days near the day of judgement, quiet ones, bad ones, and ones that lie on the
//! border between two severities.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::dice::Dice;
use super::record::{Record, write};
use super::{broken, paths};
use crate::case::{Case, Operation};
use crate::reference::time::{day_of, plus};

const APPS: [&str; 8] =
    ["acme-erp", "sync 2", "日本", "a.b/c?d", "42", "x\"y\\z", "sandboxed", "com.example.very-long-name.integration"];
const METHODS: [&str; 12] =
    ["GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "x"];
const STATUSES: [u16; 16] = [200, 200, 200, 201, 204, 304, 100, 199, 400, 401, 403, 404, 405, 429, 500, 599];

/// By observation: the number of calls and the tenths of a percent that make a Warning, and those for Critical.
const BORDERS: [(Trouble, [(usize, usize); 2]); 7] = [
    (Trouble::Status(403), [(10, 10), (50, 50)]),
    (Trouble::Status(404), [(10, 20), (50, 100)]),
    (Trouble::Status(429), [(5, 5), (50, 50)]),
    (Trouble::Status(401), [(5, 5), (25, 20)]),
    (Trouble::NoHeader, [(1, 0), (10, 10)]),
    (Trouble::Deprecated, [(1, 0), (1, 0)]),
    (Trouble::Private, [(1, 0), (10, 10)]),
];

#[derive(Clone, Copy)]
enum Trouble {
    Status(u16),
    NoHeader,
    Deprecated,
    Private,
}

struct Writer<'a> {
    dice: &'a mut Dice,
    case: &'a Case,
    zone: TimeZone,
    records: Vec<Record>,
    /// Days of about a thousand calls that may still be written, to bound the log.
    large_days: usize,
}

/// The lines, calls of all apps and broken ones in one random order.
pub(super) fn log(dice: &mut Dice, case: &Case) -> Vec<u8> {
    let zone = TimeZone::get(&case.config.time_zone).expect("a real zone");
    let mut writer = Writer { dice, case, zone, records: Vec::new(), large_days: 4 };
    let mut apps = APPS;
    writer.dice.shuffle(&mut apps);
    let count = 2 + writer.dice.below(4);
    for app in &apps[..count] {
        let app = *app;
        let story = if app == "sandboxed" { 0 } else { writer.dice.below(9) };
        writer.app(app, story);
    }
    if writer.dice.one_in(6) {
        writer.flood();
    }
    writer.finish()
}

impl Writer<'_> {
    fn app(&mut self, app: &str, story: usize) {
        match story {
            // Known by sandbox calls alone.
            0 => {
                for _ in 0..20 {
                    let mut record = self.wild(app, -1);
                    record.sandbox = true;
                    self.records.push(record);
                }
            }
            // Silent for a month, or only today.
            1 => {
                let ages = self.dice.pick(&[(30, 40), (-1, -1), (29, 31)]);
                for _ in 0..15 {
                    let age = self.dice.between(ages.0, ages.1);
                    let record = self.wild(app, age);
                    self.records.push(record);
                }
            }
            _ => {
                let first = self.dice.below(7);
                let (troubles, rhythm) = ([first, (first + 1 + self.dice.below(6)) % 7], 1 + self.dice.below(6));
                for age in -1..=33 {
                    self.day(app, age, &troubles, rhythm);
                }
                for _ in 0..8 {
                    let age = self.dice.between(34, 370);
                    let record = self.wild(app, age);
                    self.records.push(record);
                }
            }
        }
    }

    fn day(&mut self, app: &str, age: i64, troubles: &[usize], rhythm: usize) {
        if self.dice.one_in(6) {
            return;
        }
        if self.dice.one_in(rhythm) && (0..16).contains(&age) {
            let (trouble, borders) = BORDERS[self.dice.pick(troubles)];
            self.trouble(app, age, trouble, borders);
            if self.dice.one_in(2) {
                return;
            }
        }
        for _ in 0..self.dice.below(7) {
            let record = self.wild(app, age);
            self.records.push(record);
        }
    }

    /// A day at a border: as many affected calls as it takes, or one fewer, and other calls until the rate is exactly
    /// what it takes, or just missed.
    fn trouble(&mut self, app: &str, age: i64, trouble: Trouble, borders: [(usize, usize); 2]) {
        let (calls, permille) = self.dice.pick(&borders);
        let affected = calls - self.dice.below(4) / 3;
        let exact = (affected * 1_000).checked_div(permille).unwrap_or(affected);
        let total = if exact > 400 && self.large_days == 0 || self.dice.one_in(2) {
            affected + self.dice.below(30)
        } else {
            self.large_days -= usize::from(exact > 400 && self.large_days > 0);
            exact + self.dice.below(2)
        };
        for _ in 0..affected {
            let record = self.affected(app, age, trouble);
            self.records.push(record);
        }
        for _ in affected..total {
            let record = self.good(app, age);
            self.records.push(record);
        }
    }

    /// A call without any fault.
    fn good(&mut self, app: &str, age: i64) -> Record {
        Record {
            time: self.instant(age),
            app: Some(app.to_owned()),
            sandbox: false,
            method: "GET".into(),
            path: paths::clean(self.dice, &self.case.catalog[0].path),
            status: 200,
            header: true,
            service: false,
        }
    }

    /// A call with one fault.
    fn affected(&mut self, app: &str, age: i64, trouble: Trouble) -> Record {
        let good = self.good(app, age);
        match trouble {
            Trouble::Status(status) => Record { status, ..good },
            Trouble::NoHeader => Record { header: false, ..good },
            Trouble::Deprecated => {
                let day = plus(self.case.as_of, -1 - age);
                self.calling(good, |operation| operation.deprecated_on(day))
            }
            Trouble::Private => match self.dice.below(3) {
                0 => self.calling(good, |operation| operation.internal),
                1 => Record { method: "PROPFIND".into(), ..good },
                _ => Record { path: paths::undocumented(self.dice), ..good },
            },
        }
    }

    /// The call, made to some operation that passes a test, if there is one.
    fn calling(&mut self, record: Record, test: impl Fn(&Operation) -> bool) -> Record {
        let catalog = &self.case.catalog;
        let all = catalog.iter().flat_map(|template| template.operations.iter().map(move |one| (template, one)));
        let fitting: Vec<_> = all.filter(|(_, operation)| test(operation)).collect();
        if fitting.is_empty() {
            return record;
        }
        let (template, operation) = self.dice.pick(&fitting);
        let method = match operation.method.as_str() {
            "GET" if self.dice.one_in(6) => "HEAD".into(),
            method => method.to_owned(),
        };
        Record { path: paths::clean(self.dice, &template.path), method, ..record }
    }

    /// Any call.
    fn wild(&mut self, app: &str, age: i64) -> Record {
        let record = Record {
            time: self.instant(age),
            app: (!self.dice.one_in(10)).then(|| app.to_owned()),
            sandbox: self.dice.one_in(8),
            method: self.dice.pick(&METHODS).into(),
            path: paths::wild(self.dice, &self.case.catalog),
            status: self.dice.pick(&STATUSES),
            header: !self.dice.one_in(3),
            service: self.dice.one_in(4),
        };
        if self.dice.one_in(3) { self.calling(record, |_| true) } else { record }
    }

    /// An instant of the day with this age, often its first or last; of today, one up to now or a little after.
    fn instant(&mut self, age: i64) -> i64 {
        let day = plus(self.case.as_of, -1 - age);
        let (start, end) = (self.start(day), self.start(plus(day, 1)));
        let today = day_of(self.case.now, &self.zone) == day;
        match self.dice.below(12) {
            _ if today && self.dice.one_in(4) => self.case.now + self.dice.between(-1_000, 240_000),
            0 => start,
            1 if !today => end - 1,
            _ => self.dice.between(start, if today { self.case.now.max(start) } else { end - 1 }),
        }
    }

    fn start(&self, day: Date) -> i64 {
        day.to_zoned(self.zone.clone()).unwrap().timestamp().as_millisecond()
    }

    /// More distinct undocumented routes on one day than are kept, some of them again afterwards.
    fn flood(&mut self) {
        let age = self.dice.between(0, 3);
        let most = self.case.config.undocumented_routes;
        for number in 0..most + 120 {
            let mut record = self.good("acme-erp", age);
            record.path = format!("/flood/r{}.{}", number % (most + 40), self.dice.pick(&["x", "y"]));
            record.sandbox = self.dice.one_in(20);
            self.records.push(record);
        }
    }

    fn finish(self) -> Vec<u8> {
        let Self { dice, case, mut records, .. } = self;
        dice.shuffle(&mut records);
        let mut log = Vec::new();
        let mut line = |dice: &mut Dice, text: &[u8], end: &str| {
            log.extend_from_slice(text);
            log.extend_from_slice(if dice.one_in(10) && end == "\n" { b"\r\n" } else { end.as_bytes() });
        };
        let oldest = case.now - 399 * 86_400_000 + 1_000;
        for record in &records {
            let text = write(dice, record);
            line(dice, &text, "\n");
            match dice.below(300) {
                0..=18 => {
                    let text = broken::write_broken(dice, record, case.now);
                    line(dice, &text, "\n");
                }
                19 | 20 => {
                    let text = write(dice, &Record { time: oldest, ..record.clone() });
                    line(dice, &text, "\n");
                }
                _ => {}
            }
        }
        if let Some(record) = records.first() {
            log.extend_from_slice(&broken::longest(record));
            log.push(b'\n');
        }
        if let Some(record) = records.last().filter(|_| dice.one_in(2)) {
            // The last line has no end.
            let text = write(dice, record);
            log.extend_from_slice(&text);
        }
        log
    }
}
