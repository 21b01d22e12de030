//! What comes out of a block, and out of a worker.

use model::{AppId, Company, Counts, Day, Environment, UnixMillis};

use super::counter::Entry;
use crate::reject::{RejectCounts, RejectReason};

/// What became of the lines of a block: `lines = counted + reject_counts.total()`.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Calls that show a problem, in the order in which each first occurred in the block. They are not in the worker's
    /// own counts.
    pub problems: Vec<ProblemCalls>,
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

/// The route of calls that show a problem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CalledRoute {
    /// A documented one: its index, as the matcher gave it.
    Documented(u32),
    /// An undocumented one, as [`crate::undocumented_route`] makes it.
    Undocumented(String),
}

/// Calls that show a problem: with a status of 400 and above, of an undocumented route, or as the matcher says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemCalls {
    /// Whose calls; [`AppId::UNIDENTIFIED`] for calls without an app.
    pub app: AppId,
    /// Where they were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// To which route.
    pub route: CalledRoute,
    /// With which method.
    pub method: String,
    /// Answered with which status.
    pub status: u16,
    /// Of which company; its name is at most 200 bytes without control characters.
    pub company: Company<String>,
    /// How many.
    pub counts: Counts,
}

/// Calls of a documented route that show no problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedCalls<'a> {
    /// Whose calls: a position in [`Tallied::apps`].
    pub app: u32,
    /// The app's id; [`AppId::UNIDENTIFIED`] for calls without an app.
    pub app_id: &'a str,
    /// Where they were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// The route's index, as the matcher gave it.
    pub route: u32,
    /// With which method.
    pub method: &'a str,
    /// Answered with which status.
    pub status: u16,
    /// How many.
    pub counts: Counts,
}

/// What a worker had added up of calls that show no problem, taken out of it.
#[derive(Debug, Default)]
pub struct Tallied {
    pub(super) apps: Vec<Box<str>>,
    pub(super) methods: Vec<Box<str>>,
    pub(super) entries: Vec<Entry>,
}

impl Tallied {
    /// The apps that occur in it, so that each needs to be looked up only once.
    #[must_use]
    pub fn apps(&self) -> &[Box<str>] {
        &self.apps
    }

    /// How many counts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The counts, in no particular order. Counts of the same calls may come in several parts.
    pub fn iter(&self) -> impl Iterator<Item = DocumentedCalls<'_>> {
        self.entries.iter().map(|entry| {
            let (app, route, method, day, status, environment) = entry.key.parts();
            let app_id = self.apps.get(app as usize).map_or(AppId::UNIDENTIFIED, AsRef::as_ref);
            let method = self.methods.get(method as usize).map_or("", AsRef::as_ref);
            DocumentedCalls { app, app_id, environment, day, route, method, status, counts: entry.counts() }
        })
    }
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
