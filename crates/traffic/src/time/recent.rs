//! The day of the last time that was read, which in a log is mostly that of the next.

use model::UnixMillis;

use super::civil::DATE_LENGTH;
use super::{local, rfc3339};

/// The dates that were read last, as they were written. Results don't depend on what is in here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RecentDates {
    rfc3339: Option<RecentDate>,
    local: Option<RecentDate>,
}

/// A date as it is written, and the first instant of its day in UTC, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct RecentDate {
    text: [u8; DATE_LENGTH],
    start: i64,
}

impl RecentDates {
    /// Reads what [`rfc3339::parse_rfc3339`] reads.
    #[inline(always)]
    pub(crate) fn rfc3339(&mut self, text: &str) -> Option<UnixMillis> {
        let (head, rest) = text.as_bytes().split_first_chunk()?;
        Some(UnixMillis(start_of_day(&mut self.rfc3339, head, rfc3339::date)? + rfc3339::since_midnight(rest)?))
    }

    /// Reads what [`local::parse_local`] reads.
    #[inline(always)]
    pub(crate) fn local(&mut self, text: &str) -> Option<UnixMillis> {
        let (head, rest) = text.as_bytes().split_first_chunk()?;
        Some(UnixMillis(start_of_day(&mut self.local, head, local::date)? + local::since_midnight(rest)?))
    }
}

#[inline(always)]
fn start_of_day(
    recent: &mut Option<RecentDate>,
    text: &[u8; DATE_LENGTH],
    read: impl Fn(&[u8; DATE_LENGTH]) -> Option<i64>,
) -> Option<i64> {
    if let Some(recent) = recent
        && recent.text == *text
    {
        return Some(recent.start);
    }
    let start = read(text)?;
    *recent = Some(RecentDate { text: *text, start });
    Some(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::{parse_local, parse_rfc3339};

    proptest! {
        #[test]
        fn what_was_read_before_makes_no_difference(
            texts in prop::collection::vec("(2026-11-[23][0-9][Tt][0-2][0-9]:[0-5][0-9]:12(\\.345)?Z|[23][0-9]/Nov/2026:[0-2][0-9]:45:12 [+-]0[0-9]00)", 1..10),
        ) {
            let mut dates = RecentDates::default();
            for text in texts {
                prop_assert_eq!(dates.rfc3339(&text), parse_rfc3339(&text));
                prop_assert_eq!(dates.local(&text), parse_local(&text));
            }
        }
    }
}
