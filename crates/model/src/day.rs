//! Calendar days of the platform, the grain of every count and verdict.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day in the platform's time zone, kept as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A text that is not a day written as `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayError(String);

impl fmt::Display for DayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a day; write it as `YYYY-MM-DD`, for example `2026-11-20`", self.0)
    }
}

impl std::error::Error for DayError {}

impl Day {
    /// The first day there is, 0000-01-01.
    pub const FIRST: Self = Self(-719_528);
    /// The last, 9999-12-31.
    pub const LAST: Self = Self(2_932_896);

    /// The day that lies `days` days after 1970-01-01, held within the years 0 to 9999.
    #[must_use]
    pub fn from_epoch_days(days: i32) -> Self {
        Self(days.clamp(-719_528, 2_932_896))
    }

    /// Days since 1970-01-01; negative before it.
    #[must_use]
    pub fn epoch_days(self) -> i32 {
        self.0
    }

    /// The same day as a calendar date.
    #[must_use]
    pub fn date(self) -> Date {
        // In range by construction, so the saturating addition never saturates.
        EPOCH.saturating_add(jiff::Span::new().days(self.0))
    }

    /// The day `days` later (earlier when negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self::from_epoch_days(self.0.saturating_add(days))
    }

    /// How many days `self` lies after `earlier`; negative when before it.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let (y, m, d) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
        // Days from a civil date, counted in years that begin in March so that leap days come last.
        let y = if m <= 2 { y - 1 } else { y };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self::from_epoch_days(era * 146_097 + day_of_era - 719_468)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let error = || DayError(text.to_owned());
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(error());
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().try_fold(0i16, |n, b| b.is_ascii_digit().then(|| n * 10 + i16::from(b - b'0')))
        };
        let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
            return Err(error());
        };
        let month = i8::try_from(month).map_err(|_| error())?;
        let day = i8::try_from(day).map_err(|_| error())?;
        Date::new(year, month, day).map(Self::from).map_err(|_| error())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Consecutive days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub start: Day,
    /// The last day.
    pub end: Day,
}

impl DayRange {
    /// The `days` complete days before `as_of`: `as_of - days` to `as_of - 1`.
    #[must_use]
    pub fn before(as_of: Day, days: u16) -> Self {
        Self { start: as_of.plus(-i32::from(days)), end: as_of.plus(-1) }
    }

    /// One day alone.
    #[must_use]
    pub fn only(day: Day) -> Self {
        Self { start: day, end: day }
    }

    /// Whether `day` is one of them.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.start <= day && day <= self.end
    }

    /// The days, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Day> {
        (self.start.0..=self.end.0).map(Day)
    }

    /// How many days.
    #[must_use]
    pub fn len(self) -> usize {
        usize::try_from(self.end.0 - self.start.0 + 1).unwrap_or(0)
    }

    /// Whether there is no day in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.end < self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_reads_back() {
        for n in -719_528..=-719_528 + 800_000 {
            let day = Day::from_epoch_days(n);
            assert_eq!(Day::from(day.date()), day);
        }
        for n in (0..60_000).step_by(7) {
            let day = Day::from_epoch_days(n);
            assert_eq!(day.to_string().parse(), Ok(day));
        }
    }

    #[test]
    fn only_the_written_form_is_a_day() {
        assert_eq!("1970-01-01".parse(), Ok(Day(0)));
        assert_eq!("2026-11-20".parse::<Day>().map(Day::epoch_days), Ok(20_777));
        for text in ["", "2026-02-29", "2026-13-01", "20261120", "2026-1-2", "+026-01-01", "2026-11-20T"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_days_before_a_day_end_the_day_before() {
        let as_of: Day = "2026-11-20".parse().unwrap();
        let window = DayRange::before(as_of, 14);
        assert_eq!(window.start.to_string(), "2026-11-06");
        assert_eq!(window.end.to_string(), "2026-11-19");
        assert_eq!(window.len(), 14);
        assert_eq!(window.iter().count(), 14);
    }
}
