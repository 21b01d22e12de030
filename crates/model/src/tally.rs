//! Tallies: calls added up by what verdicts and reports need to know of them.

use std::ops::AddAssign;

use crate::{AppId, Day, Environment};

/// A route as counts know it. The text alone is not enough: `/:other`, where undocumented routes beyond the
/// bound are counted, reads like the documented template `/{other}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteKey {
    /// Whether the path matched a template of the catalog.
    pub documented: bool,
    /// The normalized route.
    pub text: String,
}

/// What a tally is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyKey {
    /// Whose calls.
    pub app: AppId,
    /// Where they were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// To which route.
    pub route: RouteKey,
    /// With which method.
    pub method: String,
    /// Answered with which status.
    pub status: u16,
}

/// How many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    /// All of them.
    pub calls: u64,
    /// Of those, without the company header.
    pub header_absent: u64,
    /// Of all, by service accounts.
    pub service_calls: u64,
    /// By service accounts and without the company header.
    pub service_header_absent: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.header_absent += other.header_absent;
        self.service_calls += other.service_calls;
        self.service_header_absent += other.service_header_absent;
    }
}

/// Of which company calls are, as counts know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Company<T = std::sync::Arc<str>> {
    /// None: the company header was absent or empty.
    Absent,
    /// The one that the header names.
    Named(T),
    /// One of those beyond the bound on companies, or a value that can't be kept.
    Others,
}

/// How many calls of one company show a problem; of one app and environment, which are known from the question.
///
/// Kept are calls with a status of 400 and above, calls of undocumented routes, and calls of operations that are not
/// documented, deprecated or internal by the catalog with which they were read. For a status of 400 and above, the
/// companies of a route, method and status together have all of its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyTally {
    /// On which day.
    pub day: Day,
    /// Of which company.
    pub company: Company,
    /// To which route.
    pub route: std::sync::Arc<RouteKey>,
    /// With which method.
    pub method: std::sync::Arc<str>,
    /// Answered with which status.
    pub status: u16,
    /// How many.
    pub calls: u64,
}

/// Counts of one app and environment, as they are read back: the app is known from the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// On which day.
    pub day: Day,
    /// To which route.
    pub route: std::sync::Arc<RouteKey>,
    /// With which method.
    pub method: std::sync::Arc<str>,
    /// Answered with which status.
    pub status: u16,
    /// How many.
    pub counts: Counts,
}
