//! What comes out of a block, and out of a worker.

use model::{Company, Counts, Day, Environment, UnixMillis};

use super::counter::{Counter, Key, ProblemKey};
use super::firsts::{First, Firsts, Named};
use super::intern::Texts;
use super::problems::{ABSENT, NAMED, OTHERS, UNDOCUMENTED};
use crate::reject::{RejectCounts, RejectReason};

/// What became of the lines of a block: `lines = counted + reject_counts.total()`.
#[derive(Clone, Debug, Default)]
pub struct BlockOutcome {
    /// The block's number, as it was given.
    pub seq: u64,
    /// How many lines the block had.
    pub lines: u64,
    /// How many of them were calls.
    pub counted: u64,
    /// The calls by the UTC hour of their own time: hours since 1970 with how many, each hour once, in order. Together
    /// they make `counted`.
    pub hours: Vec<(i64, u64)>,
    /// The time of the latest of them.
    pub last_call: Option<UnixMillis>,
    /// How many of them could not be used, by reason; exact.
    pub reject_counts: RejectCounts,
    /// The first of those that could not be used, as many as the context allows.
    pub rejects: Vec<RejectedLine>,
    /// What the worker met for the first time, in the order of the lines.
    pub firsts: Firsts,
}

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLine {
    /// Its number within the block, from 0.
    pub line_in_block: u64,
    /// Why.
    pub reason: RejectReason,
    /// What was found, for people; may be empty.
    pub detail: String,
    /// How the line begins: at most [`RejectedLine::MAX_TEXT_BYTES`], what is not UTF-8 replaced.
    pub text: String,
}

impl RejectedLine {
    /// The longest text that is kept of a line, in bytes.
    pub const MAX_TEXT_BYTES: usize = 1024;

    /// How a line begins, as text.
    pub(super) fn excerpt(line: &[u8]) -> String {
        let head = line.get(..Self::MAX_TEXT_BYTES).unwrap_or(line);
        let mut text = String::from_utf8_lossy(head).into_owned();
        // Replacing bytes may have made it longer.
        text.truncate(text.floor_char_boundary(Self::MAX_TEXT_BYTES));
        text
    }
}

/// The route of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CalledRoute {
    /// A documented one: its index, as the matcher gave it.
    Documented(u32),
    /// An undocumented one: a position in [`Tallied::routes`].
    Undocumented(u32),
}

/// Calls that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// Whose: a position in [`Tallied::apps`].
    pub app: u32,
    /// Where they were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// To which route.
    pub route: CalledRoute,
    /// With which method: a position in [`Tallied::methods`].
    pub method: u32,
    /// Answered with which status.
    pub status: u16,
    /// How many.
    pub counts: Counts,
}

/// What a worker had added up, taken out of it.
#[derive(Debug, Default)]
pub struct Tallied {
    pub(super) apps: Texts,
    pub(super) methods: Texts,
    pub(super) routes: Texts,
    pub(super) companies: Texts,
    pub(super) plain: Counter<Key>,
    pub(super) problems: Counter<ProblemKey>,
}

impl Tallied {
    /// The apps that occur in it; [`model::AppId::UNIDENTIFIED`] stands for calls without an app.
    #[must_use]
    pub fn apps(&self) -> &[Box<str>] {
        &self.apps.texts
    }

    /// The methods that occur in it.
    #[must_use]
    pub fn methods(&self) -> &[Box<str>] {
        &self.methods.texts
    }

    /// The undocumented routes that occur in it.
    #[must_use]
    pub fn routes(&self) -> &[Box<str>] {
        &self.routes.texts
    }

    /// The companies that occur in it.
    #[must_use]
    pub fn companies(&self) -> &[Box<str>] {
        &self.companies.texts
    }

    /// What was told when an undocumented route was new among calls of that app, environment and day.
    #[must_use]
    pub fn first_of_route(&self, calls: &Calls, route: u32) -> Option<First> {
        self.first(calls, Named::Route(*self.routes.hashes.get(route as usize)?))
    }

    /// What was told when a company was.
    #[must_use]
    pub fn first_of_company(&self, calls: &Calls, company: u32) -> Option<First> {
        self.first(calls, Named::Company(*self.companies.hashes.get(company as usize)?))
    }

    fn first(&self, calls: &Calls, name: Named) -> Option<First> {
        let app = *self.apps.hashes.get(calls.app as usize)?;
        Some(First { app, environment: calls.environment, day: calls.day, name })
    }

    /// How many counts there are, by company and without.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plain.len() + 2 * self.problems.len()
    }

    /// Gives back memory that is not needed for reading it, most of it where there is little in it: for who keeps many for
    /// a while.
    #[must_use]
    pub fn shrunk(mut self) -> Self {
        self.plain.shrink();
        self.problems.shrink();
        self
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The calls of documented routes that show no problem, in no particular order. Calls that are alike may come in
    /// several parts.
    pub fn plain(&self) -> impl Iterator<Item = Calls> + '_ {
        self.plain.iter().map(|entry| calls(entry.key, entry.counts()))
    }

    /// The calls that show a problem (with a status of 400 and above, of an undocumented route, or as the matcher says)
    /// by company, whose name is a position in [`Tallied::companies`]. In no particular order; calls that are alike may
    /// come in several parts.
    pub fn problems(&self) -> impl Iterator<Item = (Calls, Company<u32>)> + '_ {
        self.problems.iter().map(|entry| {
            let company = match entry.key.company {
                ABSENT => Company::Absent,
                OTHERS => Company::Others,
                named => Company::Named(named - NAMED),
            };
            (calls(entry.key.key, entry.counts()), company)
        })
    }
}

fn calls(key: Key, counts: Counts) -> Calls {
    let (app, route, method, day, status, environment) = key.parts();
    let route = match route & UNDOCUMENTED {
        0 => CalledRoute::Documented(route),
        _ => CalledRoute::Undocumented(route & !UNDOCUMENTED),
    };
    Calls { app, environment, day, route, method, status, counts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_bounded_text() {
        assert_eq!(RejectedLine::excerpt(b"short"), "short");
        assert_eq!(RejectedLine::excerpt(&[b'a'; 5000]).len(), 1024);
        let replaced = RejectedLine::excerpt(&[0xff; 5000]);
        assert!(replaced.len() <= 1024 && replaced.chars().all(|c| c == '\u{fffd}'));
        assert!(RejectedLine::excerpt("é".repeat(1000).as_bytes()).len() <= 1024);
    }
}
