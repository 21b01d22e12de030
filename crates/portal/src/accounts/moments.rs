//! Instants as people read them.

use model::{PlatformZone, UnixMillis};

use crate::figures::{Date, count};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// An instant on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// `2026-11-20T13:45:12Z`
    pub(crate) iso: String,
    /// The same for people who want it exactly.
    pub(crate) exact: String,
    /// `42 seconds ago`, `12 minutes ago`, `in 30 days`, `19 Nov 2026`
    pub(crate) words: String,
}

impl Moment {
    /// An instant as seen from another one.
    pub(crate) fn new(at: UnixMillis, now: UnixMillis, zone: &PlatformZone) -> Self {
        let iso = at.to_string();
        let exact = iso.replace('T', " ").replace('Z', " UTC");
        let day = || Date::from(zone.day_of(at)).long;
        let words = match now.0.saturating_sub(at.0) {
            0..SECOND => "just now".to_owned(),
            past @ SECOND..MINUTE => format!("{} ago", number(past, SECOND, "second")),
            past @ MINUTE..HOUR => format!("{} ago", number(past, MINUTE, "minute")),
            past @ HOUR..DAY => format!("{} ago", number(past, HOUR, "hour")),
            past if past > 0 => day(),
            future if future > -DAY => "within a day".to_owned(),
            future => format!("{}, in {}", day(), number(-future, DAY, "day")),
        };
        Self { iso, exact, words }
    }

    /// When something was used last, which is kept to within so many minutes: it may have been used since.
    pub(crate) fn of_use(at: UnixMillis, now: UnixMillis, zone: &PlatformZone, minutes: u8) -> Self {
        let moment = Self::new(at, now, zone);
        let is_late = (0..i64::from(minutes) * MINUTE).contains(&now.0.saturating_sub(at.0));
        let words = match minutes {
            _ if !is_late => moment.words,
            1 => "in the last minute".to_owned(),
            minutes => format!("in the last {minutes} minutes"),
        };
        Self { words, ..moment }
    }
}

fn number(millis: i64, unit: i64, word: &str) -> String {
    count(u64::try_from(millis / unit).unwrap_or(0), word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_as_people_do() {
        let now = UnixMillis(1_795_182_312_000);
        let words = |ago: i64| Moment::new(now.plus_millis(-ago), now, &PlatformZone::utc()).words;
        assert_eq!(words(0), "just now");
        assert_eq!(words(SECOND), "1 second ago");
        assert_eq!(words(MINUTE - 1), "59 seconds ago");
        assert_eq!(words(4 * MINUTE), "4 minutes ago");
        assert_eq!(words(12 * MINUTE), "12 minutes ago");
        assert_eq!(words(HOUR), "1 hour ago");
        assert_eq!(words(3 * DAY), "17 Nov 2026");
        assert_eq!(words(-HOUR), "within a day");
        assert_eq!(words(-30 * DAY), "20 Dec 2026, in 30 days");
        assert_eq!(Moment::new(now, now, &PlatformZone::utc()).exact, "2026-11-20 13:45:12 UTC");
    }

    #[test]
    fn a_use_is_told_no_more_exactly_than_it_is_kept() {
        let now = UnixMillis(1_795_182_312_000);
        let words = |ago: i64, minutes| Moment::of_use(now.plus_millis(-ago), now, &PlatformZone::utc(), minutes).words;
        assert_eq!((words(0, 1), words(MINUTE - 1, 1)), ("in the last minute".into(), "in the last minute".into()));
        assert_eq!((words(MINUTE, 1), words(MINUTE, 5)), ("1 minute ago".into(), "in the last 5 minutes".into()));
        assert_eq!(words(5 * MINUTE, 5), "5 minutes ago");
    }
}
