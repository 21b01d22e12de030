//! The rows of the report on the page, each cell leading to what is left when only its like is looked at.

use model::{AppId, Day, DayRange};
use service::{ReportRow, RowOrder, Span, StatusClass, StatusFilter};

use super::asked::Asked;
use super::chart;
use crate::figures::{Date, range, shorten, thousands};
use crate::urls;

/// Characters of a route that a row shows.
const ROUTE: usize = 160;
/// The longest route that a link names, in bytes: a hostile path can be very long.
const LINKED: usize = 500;

/// A cell: what it says, and where it leads unless the filter is as narrow already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) url: Option<String>,
}

/// A row of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) date: Date,
    pub(crate) day_url: Option<String>,
    pub(crate) status: Cell,
    /// The class of the code, for its mark.
    pub(crate) class: &'static str,
    pub(crate) method: Cell,
    pub(crate) route: Cell,
    pub(crate) count: String,
    /// Whether calls of the day are missing.
    pub(crate) incomplete: bool,
}

impl Row {
    /// A row among those that `asked` lets through.
    pub(crate) fn new(row: &ReportRow, app: &AppId, asked: &Asked, today: Day, incomplete: &[Day]) -> Self {
        let filter = &asked.filter;
        let url = |asked: Asked| urls::activity(app, &asked.query(today));
        let code = StatusFilter::Code(row.status);
        let route = &row.route.text;
        let linked = filter.route.as_ref() != Some(route) && route.len() <= LINKED;
        Self {
            date: row.day.into(),
            day_url: (filter.days.len() > 1).then(|| url(asked.with(|filter| filter.days = DayRange::only(row.day)))),
            status: Cell {
                text: row.status.to_string(),
                url: (filter.status != Some(code)).then(|| url(asked.with(|filter| filter.status = Some(code)))),
            },
            class: StatusClass::of(row.status).key(),
            method: Cell {
                text: row.method.to_string(),
                url: filter
                    .method
                    .is_none()
                    .then(|| url(asked.with(|filter| filter.method = Some(row.method.to_string())))),
            },
            route: Cell {
                text: shorten(route, ROUTE),
                url: linked.then(|| {
                    url(asked.with(|filter| {
                        filter.route = Some(route.clone());
                        filter.route_contains = None;
                    }))
                }),
            },
            count: thousands(row.count),
            incomplete: incomplete.contains(&row.day),
        }
    }
}

/// A row of the table under the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpanRow {
    pub(crate) name: String,
    /// The day, for a row of one.
    pub(crate) date: Option<Date>,
    pub(crate) url: Option<String>,
    /// One for each class of the chart.
    pub(crate) classes: Vec<String>,
    pub(crate) calls: String,
    /// Whether it holds days that are not over.
    pub(crate) so_far: bool,
    /// Whether calls of a day are missing.
    pub(crate) incomplete: bool,
}

/// The table under the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SpanTable {
    /// The classes that occur: key and title.
    pub(crate) classes: Vec<(&'static str, &'static str)>,
    /// Newest first.
    pub(crate) rows: Vec<SpanRow>,
    /// The sums of the columns, and of all.
    pub(crate) totals: Vec<String>,
    pub(crate) calls: String,
}

impl SpanTable {
    /// The numbers of these bars.
    pub(crate) fn new(spans: &[Span], app: &AppId, asked: &Asked, today: Day, incomplete: &[Day]) -> Self {
        let sum = |class: StatusClass| -> u64 { spans.iter().map(|span| span.classes[class.index()]).sum() };
        let classes: Vec<StatusClass> = StatusClass::ALL.into_iter().filter(|class| sum(*class) > 0).collect();
        let row = |span: &Span| {
            let one = span.days.len() == 1;
            let narrower = span.days != asked.filter.days && span.calls() > 0;
            SpanRow {
                name: if one { chart::name(span) } else { range(span.days) },
                date: one.then(|| span.days.start.into()),
                url: narrower.then(|| urls::activity(app, &asked.with(|filter| filter.days = span.days).query(today))),
                classes: classes.iter().map(|class| thousands(span.classes[class.index()])).collect(),
                calls: thousands(span.calls()),
                so_far: span.days.end >= today,
                incomplete: chart::lacks(span, incomplete),
            }
        };
        Self {
            rows: spans.iter().rev().map(row).collect(),
            totals: classes.iter().map(|class| thousands(sum(*class))).collect(),
            calls: thousands(spans.iter().map(Span::calls).sum()),
            classes: classes.into_iter().map(|class| (class.key(), chart::class_title(class))).collect(),
        }
    }
}

/// The head of a column that rows can be ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortHead {
    /// Where a click leads.
    pub(crate) url: String,
    /// `ascending`, `descending`, or none where rows are ordered by another column.
    pub(crate) direction: Option<&'static str>,
}

/// The heads of the columns date and count.
pub(crate) fn sort_heads(app: &AppId, asked: &Asked, today: Day) -> (SortHead, SortHead) {
    let head = |down: RowOrder, up: RowOrder| {
        let direction = match asked.order {
            order if order == down => Some("descending"),
            order if order == up => Some("ascending"),
            _ => None,
        };
        let next = if asked.order == down { up } else { down };
        SortHead { url: urls::activity(app, &asked.sorted(next).query(today)), direction }
    };
    (head(RowOrder::Newest, RowOrder::Oldest), head(RowOrder::Largest, RowOrder::Smallest))
}
