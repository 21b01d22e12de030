//! Completeness: what was expected of each source of traffic, hour by hour, and what came. Where it did not come, the day
//! is incomplete, and no status over it means what it seems to.

mod days;
mod expect;
mod hours;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use model::{AppId, Hour, SourceName, UnixMillis};
use serde::{Deserialize, Serialize};

pub use days::{IncompleteDays, incomplete_days};
pub use expect::expected;
pub use hours::HourlyCalls;

/// The fewest calls of an hour from which something is expected of another.
pub const LEAST_CALLS: u64 = 20;

/// What is less than one part in so many of what was expected is (nearly) nothing.
pub const NEARLY_NOTHING: u64 = 10;

const HOUR_MILLIS: i64 = 3_600_000;
const MINUTE_MILLIS: i64 = 60_000;

/// What an operator says is to be expected of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// What came at the same hour of days and weeks before.
    #[default]
    Usual,
    /// Something in every hour, besides.
    Always,
    /// Nothing: no silence means anything.
    Never,
}

/// What is declared of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What is expected.
    pub expect: Expect,
    /// For how many minutes after an hour its calls may still come.
    pub allowance_minutes: u32,
}

impl Default for Declared {
    fn default() -> Self {
        Self { expect: Expect::Usual, allowance_minutes: 60 }
    }
}

/// What is known of a source.
#[derive(Clone, Debug)]
pub struct SourceRecord {
    /// Its name.
    pub name: SourceName,
    /// What is declared of it.
    pub declared: Declared,
    /// The hour of its first call; none before that.
    pub first: Option<Hour>,
    /// Its calls by hour.
    pub hours: HourlyCalls,
    /// Spans of time of which calls are known to be lost: from the first instant to before the second.
    pub losses: Vec<(UnixMillis, UnixMillis)>,
    /// The apps whose calls it sends; `None` for any.
    pub apps: Option<BTreeSet<AppId>>,
}

/// A span of time of which calls are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its first instant.
    pub from: UnixMillis,
    /// The first instant after it.
    pub until: UnixMillis,
    /// How many calls were expected at least; `None` for a loss that a reader knows of.
    pub expected: Option<u64>,
    /// How many came; nothing is counted for a loss.
    pub received: u64,
}

/// An hour of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourState {
    /// Which.
    pub hour: Hour,
    /// How many calls were expected at least, if any were.
    pub expected: Option<u64>,
    /// How many came.
    pub received: u64,
    /// Whether its time is up: it is over, and the allowance too.
    pub over: bool,
    /// Whether it is a gap, or in one.
    pub gap: bool,
}

impl SourceRecord {
    /// One of its hours, as of `now`, by what was expected of it.
    #[must_use]
    pub fn hour(&self, hour: Hour, now: UnixMillis) -> HourState {
        let (received, expected) = (self.hours.get(hour), expected(self, hour));
        let over = hour <= self.last_over(now);
        let too_few = expected.is_some_and(|expected| received.saturating_mul(NEARLY_NOTHING) < expected);
        HourState { hour, expected, received, over, gap: over && too_few }
    }

    /// Its last `count` hours, the hour of `now` included, oldest first. One that a loss touches is in a gap too.
    #[must_use]
    pub fn last_hours(&self, count: u16, now: UnixMillis) -> Vec<HourState> {
        let last = Hour::of(now);
        let is_in_loss =
            |hour: Hour| self.losses.iter().any(|(from, until)| *from < hour.end() && hour.start() < *until);
        let state = |hour| {
            let state = self.hour(hour, now);
            HourState { gap: state.gap || is_in_loss(hour), ..state }
        };
        (1 - i64::from(count)..=0).map(|back| state(last.plus(back))).collect()
    }

    /// The last hour whose time is up: over by more than the allowance.
    #[must_use]
    pub fn last_over(&self, now: UnixMillis) -> Hour {
        let allowance = i64::from(self.declared.allowance_minutes) * MINUTE_MILLIS;
        // An hour ends where the next begins: over by more than the allowance is one that ended before this instant.
        Hour::of(now.plus_millis(-allowance - HOUR_MILLIS - 1))
    }

    /// Its gaps from an hour on, by time: hours next to each other are one, each loss is one.
    #[must_use]
    pub fn gaps(&self, since: Hour, now: UnixMillis) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        for state in self.judged_hours(since, now).filter(|state| state.gap) {
            let (from, until) = (state.hour.start(), state.hour.end());
            match gaps.last_mut() {
                Some(last) if last.until == from => {
                    last.until = until;
                    last.expected = Some(last.expected.unwrap_or(0).saturating_add(state.expected.unwrap_or(0)));
                    last.received += state.received;
                }
                _ => gaps.push(Gap { from, until, expected: state.expected, received: state.received }),
            }
        }
        let of_loss =
            |(from, until): &(UnixMillis, UnixMillis)| Gap { from: *from, until: *until, expected: None, received: 0 };
        gaps.extend(self.losses.iter().filter(|(_, until)| *until > since.start()).map(of_loss));
        gaps.sort_by_key(|gap| (gap.from, gap.until, gap.expected));
        gaps
    }

    /// The hours since one whose time is up, of those after the first call.
    fn judged_hours(&self, since: Hour, now: UnixMillis) -> impl Iterator<Item = HourState> + '_ {
        let first = self.first.map(|first| first.max(since).epoch_hours());
        // Long after the last call nothing is usual any more: three weeks on, no reference has a call.
        let end = match (self.declared.expect, self.hours.last()) {
            (Expect::Never, _) | (_, None) => None,
            (Expect::Always, _) => Some(self.last_over(now)),
            (Expect::Usual, Some(last)) => Some(self.last_over(now).min(last.plus(expect::FARTHEST))),
        };
        let hours = first.zip(end).map(|(first, end)| first..=end.epoch_hours());
        hours.into_iter().flatten().map(move |hour| self.hour(Hour::from_epoch_hours(hour), now))
    }
}
