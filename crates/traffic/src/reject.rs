//! Why a line can't be used, as a closed list, and the bounds a call's time is held against.

use std::borrow::Cow;

use model::UnixMillis;

/// Why a line was rejected. Each line has one reason: the first that applies, in the order of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// Longer than 64 KiB.
    LineTooLong,
    /// Nothing, or only white space.
    EmptyLine,
    /// Not UTF-8, in a format that must be.
    NotUtf8,
    /// Not one JSON object, in a format of JSON lines.
    NotJson,
    /// Not of the form that the log format says.
    DoesNotMatchFormat,
    /// No time.
    MissingTime,
    /// A time that can't be read.
    BadTime,
    /// More than five minutes in the future.
    TimeInFuture,
    /// Before what is kept.
    TooOld,
    /// No method.
    MissingMethod,
    /// A method that is not 1 to 32 letters.
    BadMethod,
    /// No path.
    MissingPath,
    /// A path that does not begin with `/`.
    BadPath,
    /// No status.
    MissingStatus,
    /// A status that is not a whole number from 100 to 599.
    BadStatus,
    /// An app's id that is too long, or has control characters, or is neither text nor a whole number.
    BadApp,
    /// An app whose calls the sender's token may not send.
    AppNotAllowed,
    /// An environment whose calls the sender's token may not send.
    EnvironmentNotAllowed,
}

impl RejectReason {
    /// All reasons, in the order in which a line is checked for them.
    pub const ALL: [Self; 18] = [
        Self::LineTooLong,
        Self::EmptyLine,
        Self::NotUtf8,
        Self::NotJson,
        Self::DoesNotMatchFormat,
        Self::MissingTime,
        Self::BadTime,
        Self::TimeInFuture,
        Self::TooOld,
        Self::MissingMethod,
        Self::BadMethod,
        Self::MissingPath,
        Self::BadPath,
        Self::MissingStatus,
        Self::BadStatus,
        Self::BadApp,
        Self::AppNotAllowed,
        Self::EnvironmentNotAllowed,
    ];

    /// Its key in JSON, tables and the rejects file.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::LineTooLong => "line_too_long",
            Self::EmptyLine => "empty_line",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::DoesNotMatchFormat => "does_not_match_format",
            Self::MissingTime => "missing_time",
            Self::BadTime => "bad_time",
            Self::TimeInFuture => "time_in_future",
            Self::TooOld => "too_old",
            Self::MissingMethod => "missing_method",
            Self::BadMethod => "bad_method",
            Self::MissingPath => "missing_path",
            Self::BadPath => "bad_path",
            Self::MissingStatus => "missing_status",
            Self::BadStatus => "bad_status",
            Self::BadApp => "bad_app",
            Self::AppNotAllowed => "app_not_allowed",
            Self::EnvironmentNotAllowed => "environment_not_allowed",
        }
    }

    /// The reason with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }

    /// The words for people.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::LineTooLong => "the line is longer than 64 KiB",
            Self::EmptyLine => "the line is empty",
            Self::NotUtf8 => "the line is not UTF-8",
            Self::NotJson => "the line is not a JSON object",
            Self::DoesNotMatchFormat => "the line does not match the log format",
            Self::MissingTime => "the call has no time",
            Self::BadTime => "the time is neither one with its offset from UTC nor Unix time",
            Self::TimeInFuture => "the time is more than 5 minutes in the future",
            Self::TooOld => "the time is older than what is kept",
            Self::MissingMethod => "the call has no method",
            Self::BadMethod => "the method is not 1 to 32 letters",
            Self::MissingPath => "the call has no path",
            Self::BadPath => "the path does not begin with `/`",
            Self::MissingStatus => "the call has no status",
            Self::BadStatus => "the status is not a whole number from 100 to 599",
            Self::BadApp => "the app's id is not a text of up to 200 bytes without control characters",
            Self::AppNotAllowed => "the sender's token may not send calls of this app",
            Self::EnvironmentNotAllowed => "the sender's token may not send calls of this environment",
        }
    }

    /// Its position in [`RejectReason::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A line that can't be used: why, and what about it in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: RejectReason,
    /// What was found, for people; may be empty where the reason says it all. Bounded in length.
    pub detail: Cow<'static, str>,
}

/// The longest value that a detail quotes, in characters.
const QUOTED_CHARS: usize = 80;

impl Reject {
    /// A rejection about which there is nothing more to say.
    #[must_use]
    pub const fn plain(reason: RejectReason) -> Self {
        Self { reason, detail: Cow::Borrowed("") }
    }

    /// A rejection with a fixed explanation.
    #[must_use]
    pub const fn because(reason: RejectReason, detail: &'static str) -> Self {
        Self { reason, detail: Cow::Borrowed(detail) }
    }

    /// A rejection that quotes the value it is about: its shape, where it isn't what it should be.
    #[cold]
    #[must_use]
    pub fn quoting(reason: RejectReason, value: &str) -> Self {
        let mut detail = String::from("found `");
        let head = value.get(..value.floor_char_boundary(4 * QUOTED_CHARS)).unwrap_or_default();
        let value = crate::privacy::quoted(reason, head);
        detail.extend(value.chars().take(QUOTED_CHARS).flat_map(char::escape_debug));
        detail.push_str(if value.chars().nth(QUOTED_CHARS).is_some() { "…`" } else { "`" });
        Self { reason, detail: Cow::Owned(detail) }
    }

    /// The same rejection, with what is wanted in place of what was found.
    #[cold]
    #[must_use]
    pub fn wanting(self, wanted: &str) -> Self {
        let found = if self.detail.is_empty() { String::new() } else { format!("{}; ", self.detail) };
        Self { detail: Cow::Owned(format!("{found}write {wanted}")), ..self }
    }
}

/// How many lines were rejected, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RejectCounts([u64; RejectReason::ALL.len()]);

impl RejectCounts {
    /// Counts one more line.
    pub fn add(&mut self, reason: RejectReason) {
        self.0[reason.index()] += 1;
    }

    /// Adds what another count found.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// How many lines were rejected for this reason.
    #[must_use]
    pub fn get(&self, reason: RejectReason) -> u64 {
        self.0[reason.index()]
    }

    /// How many lines were rejected in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The reasons that occurred with their counts, in the order of [`RejectReason::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (RejectReason, u64)> + '_ {
        RejectReason::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }
}

/// How far beyond the present a call's time may lie: five minutes, for clocks that run ahead.
pub const FUTURE_TOLERANCE_MILLIS: i64 = 5 * 60 * 1000;

/// Between what instants a call must lie to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBounds {
    /// The present. A call may lie up to [`FUTURE_TOLERANCE_MILLIS`] after it.
    pub now: UnixMillis,
    /// The first instant that is kept.
    pub oldest: UnixMillis,
}

impl TimeBounds {
    /// Whether a time is within the bounds.
    #[inline]
    pub(crate) fn contain(&self, time: UnixMillis) -> bool {
        time <= self.now.plus_millis(FUTURE_TOLERANCE_MILLIS) && time >= self.oldest
    }

    /// Lets a time within the bounds through.
    ///
    /// # Errors
    /// [`RejectReason::TimeInFuture`] or [`RejectReason::TooOld`].
    #[inline]
    pub fn check(&self, time: UnixMillis) -> Result<UnixMillis, Reject> {
        if time > self.now.plus_millis(FUTURE_TOLERANCE_MILLIS) {
            Err(Reject::quoting(RejectReason::TimeInFuture, &time.to_string()))
        } else if time < self.oldest {
            Err(Reject::quoting(RejectReason::TooOld, &time.to_string()))
        } else {
            Ok(time)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_positions_are_those_of_the_list() {
        for (index, reason) in RejectReason::ALL.into_iter().enumerate() {
            assert_eq!(RejectReason::from_key(reason.key()), Some(reason));
            assert_eq!(reason.index(), index);
        }
    }

    #[test]
    fn five_minutes_ahead_is_the_last_instant_that_counts() {
        let bounds = TimeBounds { now: UnixMillis(1_000_000), oldest: UnixMillis(500) };
        let reason = |time| bounds.check(UnixMillis(time)).map_err(|reject| reject.reason);
        assert_eq!(reason(1_300_000), Ok(UnixMillis(1_300_000)));
        assert_eq!(reason(1_300_001), Err(RejectReason::TimeInFuture));
        assert_eq!(reason(500), Ok(UnixMillis(500)));
        assert_eq!(reason(499), Err(RejectReason::TooOld));
    }

    #[test]
    fn a_quoted_value_is_short_and_printable() {
        let reject = Reject::quoting(RejectReason::BadMethod, &"\u{1}".repeat(5000));
        assert!(reject.detail.starts_with("found `\\u{1}"));
        assert!(reject.detail.len() < 1000);
    }

    #[test]
    fn an_app_that_is_not_allowed_is_named_whatever_it_looks_like() {
        let detail = |app: &str| Reject::quoting(RejectReason::AppNotAllowed, app).detail.into_owned();
        assert_eq!(detail("web1"), "found `web1`");
        assert_eq!(detail("a\u{1b}\u{202e}`\n"), "found `a\\u{1b}\\u{202e}`\\n`");
        assert_eq!(detail(&"é".repeat(100)), format!("found `{}…`", "é".repeat(80)));
    }

    #[test]
    fn what_is_wanted_is_told_after_what_was_found() {
        let found = Reject::quoting(RejectReason::BadTime, "soon").wanting("a time");
        assert_eq!(found.detail, "found `aaaa`; write a time");
        assert_eq!(Reject::plain(RejectReason::BadTime).wanting("a time").detail, "write a time");
        // `ingest` tells reasons alone.
        assert!(RejectReason::BadTime.text().contains("offset from UTC"));
    }
}
