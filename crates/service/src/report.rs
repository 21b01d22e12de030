//! The API Call Activity Report: rule "The API Call Activity Report" of `docs/rules.md`.

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use model::{AppId, Day, DayRange, Environment, Tally};

use crate::{Error, Steadfast};

/// One row: how many calls of a day had this status, method and route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// The day.
    pub day: Day,
    /// The HTTP status.
    pub status: u16,
    /// The HTTP method.
    pub method: std::sync::Arc<str>,
    /// The normalized route.
    pub route: std::sync::Arc<model::RouteKey>,
    /// The calls.
    pub count: u64,
}

/// How many days a report covers unless asked otherwise.
pub const REPORT_DAYS: u16 = 30;

impl Steadfast {
    /// The rows of an app's report over the `days` complete days before `as_of`, in the report's order.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn report(&self, app: &AppId, as_of: Day, days: u16) -> Result<Vec<ReportRow>, Error> {
        self.known(app).await?;
        self.settle_routes().await?;
        let tallies = self.store.tallies(app, Environment::Production, DayRange::before(as_of, days)).await?;
        Ok(rows(&tallies))
    }

    /// The same as CSV (RFC 4180).
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn report_csv(&self, app: &AppId, as_of: Day, days: u16) -> Result<Vec<u8>, Error> {
        csv(&self.report(app, as_of, days).await?).map_err(|error| Error::Report(error.to_string()))
    }
}

/// The name under which a report is saved.
#[must_use]
pub fn report_file_name(app: &AppId, as_of: Day) -> String {
    // What a file name or a header can't hold is replaced, whatever the platform's ids look like.
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let app: String = app.as_str().chars().map(safe).collect();
    format!("api-call-activity-{app}-{as_of}.csv")
}

/// Sorted by date (newest first), count (largest first), then route, method and code.
fn rows(tallies: &[Tally]) -> Vec<ReportRow> {
    let mut rows = unsorted(tallies);
    rows.sort_by(|a, b| {
        let order = |row: &ReportRow| (Reverse(row.day), Reverse(row.count));
        order(a)
            .cmp(&order(b))
            .then_with(|| a.route.text.cmp(&b.route.text))
            .then_with(|| a.method.cmp(&b.method))
            .then(a.status.cmp(&b.status))
    });
    rows
}

/// How many rows these make.
pub(crate) fn row_count<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> u64 {
    unsorted(tallies).len() as u64
}

/// Rows that read alike are one: a route that is documented now may have been counted as undocumented before.
fn unsorted<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> Vec<ReportRow> {
    let mut rows: Vec<ReportRow> = Vec::new();
    let mut seen: HashMap<(Day, u16, &str, &str), usize, RandomState> = HashMap::default();
    for tally in tallies {
        let key = (tally.day, tally.status, &*tally.method, tally.route.text.as_str());
        let index = *seen.entry(key).or_insert_with(|| {
            rows.push(ReportRow {
                day: tally.day,
                status: tally.status,
                method: tally.method.clone(),
                route: tally.route.clone(),
                count: 0,
            });
            rows.len() - 1
        });
        rows[index].count += tally.counts.calls;
    }
    rows
}

fn csv(rows: &[ReportRow]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["Date", "Response Code", "HTTP Method", "Normalized Route", "Count"])?;
    let mut day = (None, String::new());
    for row in rows {
        if day.0 != Some(row.day) {
            day = (Some(row.day), row.day.to_string());
        }
        let (status, count) = (row.status.to_string(), row.count.to_string());
        writer.write_record([&*day.1, &status, &inert(&row.method), &inert(&row.route.text), &count])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A field that a spreadsheet would run as a formula, made inert.
pub(crate) fn inert(field: &str) -> std::borrow::Cow<'_, str> {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}").into() } else { field.into() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::{Counts, RouteKey};

    use super::*;

    fn tally(day: i32, status: u16, method: &str, documented: bool, route: &str, calls: u64) -> Tally {
        Tally {
            day: Day::from_epoch_days(day),
            route: Arc::new(RouteKey { documented, text: route.to_owned() }),
            method: method.into(),
            status,
            counts: Counts { calls, ..Counts::default() },
        }
    }

    fn check(tallies: &[Tally], expected: &str) {
        assert_eq!(String::from_utf8(csv(&rows(tallies)).unwrap()).unwrap(), expected);
    }

    #[test]
    fn a_report_without_calls_has_its_header() {
        check(&[], "Date,Response Code,HTTP Method,Normalized Route,Count\r\n");
    }

    #[test]
    fn rows_are_newest_first_then_largest_then_by_route_method_and_code() {
        check(
            &[
                tally(20_000, 200, "GET", true, "/b", 5),
                tally(20_001, 200, "GET", true, "/b", 1),
                tally(20_001, 404, "GET", true, "/a", 7),
                tally(20_001, 403, "GET", true, "/a", 7),
                tally(20_001, 403, "DELETE", true, "/a", 7),
            ],
            "Date,Response Code,HTTP Method,Normalized Route,Count\r\n\
             2024-10-05,403,DELETE,/a,7\r\n2024-10-05,403,GET,/a,7\r\n2024-10-05,404,GET,/a,7\r\n\
             2024-10-05,200,GET,/b,1\r\n2024-10-04,200,GET,/b,5\r\n",
        );
    }

    #[test]
    fn rows_that_read_alike_are_one_and_fields_are_quoted_only_where_needed() {
        check(
            &[
                tally(20_000, 200, "GET", true, "/:other", 5),
                tally(20_000, 200, "GET", false, "/:other", 2),
                tally(20_000, 200, "GET", false, "/a,\"b\"", 1),
            ],
            "Date,Response Code,HTTP Method,Normalized Route,Count\r\n\
             2024-10-04,200,GET,/:other,7\r\n2024-10-04,200,GET,\"/a,\"\"b\"\"\",1\r\n",
        );
    }

    #[test]
    fn formulas_are_inert() {
        assert_eq!(inert("=1+1"), "'=1+1");
        assert_eq!(inert("/a=1"), "/a=1");
    }

    #[test]
    fn file_names_hold_nothing_odd() {
        let app: AppId = "acme/../\"x\" é".parse().unwrap();
        assert_eq!(
            report_file_name(&app, Day::from_epoch_days(20_000)),
            "api-call-activity-acme_..__x___-2024-10-04.csv"
        );
    }
}
