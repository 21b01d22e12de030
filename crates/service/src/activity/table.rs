//! The order of rows and their CSV.

use std::cmp::{Ordering, Reverse};

use model::Company;

use super::companies::CompanyRow;
use crate::report::{ReportRow, inert};

/// In which order rows come. Ties are broken as in the API Call Activity Report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowOrder {
    /// By date, newest first, and then count, largest first: the order of the report.
    #[default]
    Newest,
    /// By date, oldest first, and then count, largest first.
    Oldest,
    /// By count, largest first, and then date, newest first.
    Largest,
    /// By count, smallest first, and then date, newest first.
    Smallest,
}

impl RowOrder {
    /// All orders.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Largest, Self::Smallest];

    /// How it is written in URLs.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Largest => "largest",
            Self::Smallest => "smallest",
        }
    }

    /// The order with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.key() == key)
    }

    fn compare(self, a: &ReportRow, b: &ReportRow) -> Ordering {
        let count = || Reverse(a.count).cmp(&Reverse(b.count));
        let date = || Reverse(a.day).cmp(&Reverse(b.day));
        match self {
            Self::Newest => date().then_with(count),
            Self::Oldest => date().reverse().then_with(count),
            Self::Largest => count().then_with(date),
            Self::Smallest => count().reverse().then_with(date),
        }
        .then_with(|| a.route.text.cmp(&b.route.text))
        .then_with(|| a.method.cmp(&b.method))
        .then(a.status.cmp(&b.status))
    }
}

/// Something that has a row of the report in it.
pub(super) trait HasRow {
    fn row(&self) -> &ReportRow;

    /// What else decides between rows that are alike.
    fn company(&self) -> Option<&Company> {
        None
    }
}

impl HasRow for ReportRow {
    fn row(&self) -> &ReportRow {
        self
    }
}

impl HasRow for CompanyRow {
    fn row(&self) -> &ReportRow {
        &self.row
    }

    fn company(&self) -> Option<&Company> {
        self.company.as_ref()
    }
}

/// Sorts rows; no two are alike, so the order is the same every time.
pub(super) fn sort(rows: &mut [impl HasRow], order: RowOrder) {
    rows.sort_unstable_by(|a, b| order.compare(a.row(), b.row()).then_with(|| a.company().cmp(&b.company())));
}

/// Rows as CSV (RFC 4180), with the company as the sixth column if asked for.
pub(super) fn csv(rows: &[CompanyRow], with_company: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let columns = ["Date", "Response Code", "HTTP Method", "Normalized Route", "Count", "Company"];
    writer.write_record(&columns[..if with_company { 6 } else { 5 }])?;
    for CompanyRow { row, company } in rows {
        let (date, status, count) = (row.day.to_string(), row.status.to_string(), row.count.to_string());
        let (method, route) = (inert(&row.method), inert(&row.route.text));
        writer.write_field(&date)?;
        writer.write_field(&status)?;
        writer.write_field(&*method)?;
        writer.write_field(&*route)?;
        writer.write_field(&count)?;
        if with_company {
            writer.write_field(&*in_words(company.as_ref()))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A company as a field; empty where it is not kept.
fn in_words(company: Option<&Company>) -> std::borrow::Cow<'_, str> {
    match company {
        None => "".into(),
        Some(Company::Absent) => "(header absent)".into(),
        Some(Company::Others) => "(others)".into(),
        Some(Company::Named(name)) => inert(name),
    }
}
