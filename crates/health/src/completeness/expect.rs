//! How many calls an hour of a source is expected to have at least.

use model::Hour;

use super::{Expect, LEAST_CALLS, SourceRecord};

const DAY: i64 = 24;
const WEEK: i64 = 7 * DAY;

/// The same hour of the same weekday in the three weeks before.
const WEEKS: [i64; 3] = [WEEK, 2 * WEEK, 3 * WEEK];

/// The same hour of each of the seven days before.
const DAYS: [i64; 7] = [DAY, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY, 6 * DAY, 7 * DAY];

/// How many hours back the farthest reference lies.
pub(super) const FARTHEST: i64 = 3 * WEEK;

/// The fewest calls that are expected of an hour; `None` where nothing is known to compare with, or nothing is expected.
///
/// That is the least of the same hour of the same weekday one, two and three weeks before, if at least two of these are
/// known and each of them has [`LEAST_CALLS`] or more; else the least of the same hour of each of the seven days before, if
/// all are known and each has as many. An hour is known if the source had its first call in an hour before it.
#[must_use]
pub fn expected(source: &SourceRecord, hour: Hour) -> Option<u64> {
    let first = source.first?;
    match source.declared.expect {
        Expect::Never => None,
        Expect::Usual => usual(source, first, hour),
        Expect::Always => usual(source, first, hour).or_else(|| (first < hour).then_some(1)),
    }
}

fn usual(source: &SourceRecord, first: Hour, hour: Hour) -> Option<u64> {
    least(source, first, hour, &WEEKS, 2).or_else(|| least(source, first, hour, &DAYS, DAYS.len()))
}

/// The least of the references that are known, if these are enough and all have calls enough.
fn least(source: &SourceRecord, first: Hour, hour: Hour, back: &[i64], enough: usize) -> Option<u64> {
    let known = back.iter().map(|back| hour.plus(-back)).filter(|reference| first < *reference);
    let (mut count, mut least) = (0, u64::MAX);
    for reference in known {
        count += 1;
        least = least.min(source.hours.get(reference));
        if least < LEAST_CALLS {
            return None;
        }
    }
    (count >= enough).then_some(least)
}
