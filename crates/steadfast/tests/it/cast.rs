//! What the stories share: the program under test, its words, and traffic to feed it with.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};
use testkit::program::{Program, Ran};

/// The program under test, with a directory of its own.
pub(crate) fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_steadfast"))
}

/// The present, by which the program under test runs.
#[expect(clippy::disallowed_methods, reason = "the program under test runs by the machine's clock too")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The UTC day so many days before today.
pub(crate) fn days_ago(days: i64) -> Date {
    now().to_zoned(TimeZone::UTC).date().saturating_sub(Span::new().days(days))
}

/// A call to be logged: a good one at noon of yesterday, unless it is said otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a str,
    pub(crate) days_ago: i64,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) environment: &'a str,
}

impl Default for Call<'_> {
    fn default() -> Self {
        Self { app: "acme-erp", days_ago: 1, method: "GET", path: "/things/1", status: 200, environment: "production" }
    }
}

impl Call<'_> {
    /// The call as one line of the `steadfast` format.
    pub(crate) fn line(&self) -> String {
        let record = json!({
            "time": format!("{}T12:00:00Z", days_ago(self.days_ago)),
            "app": self.app,
            "environment": self.environment,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "company_header": "5358233",
        });
        format!("{record}\n")
    }

    /// The call that many times.
    pub(crate) fn lines(&self, count: usize) -> String {
        self.line().repeat(count)
    }
}

/// What `ingest` says about one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Lines that an earlier run counted.
    pub(crate) before: u64,
    pub(crate) lines: u64,
    pub(crate) counted: u64,
    pub(crate) rejected: u64,
}

impl Told {
    /// Reads the output of `ingest` with one input.
    pub(crate) fn by(ran: &Ran) -> Self {
        Self::from_output(&ran.stdout())
    }

    /// Reads it from text.
    pub(crate) fn from_output(text: &str) -> Self {
        let number = |label: &str| {
            let line = text.lines().find_map(|line| line.trim_start().strip_prefix(label));
            line.map(|rest| rest.split_whitespace().next().unwrap().replace(',', "").parse().unwrap())
        };
        let told = |label: &str| number(label).unwrap_or_else(|| panic!("no `{label}` in {text:?}"));
        let [lines, counted, rejected] = ["read ", "counted ", "rejected "].map(told);
        assert_eq!(lines, counted + rejected, "every line counts somewhere: {text}");
        Self { before: number("before ").unwrap_or(0), lines, counted, rejected }
    }
}

/// The ids of all apps, in the order in which `apps` lists them.
pub(crate) fn app_ids(program: &Program) -> Vec<String> {
    let apps = program.run(&["apps", "--format", "json"]).json();
    let id = |app: &Value| app["id"].as_str().unwrap().to_owned();
    apps["apps"].as_array().unwrap().iter().map(id).collect()
}
