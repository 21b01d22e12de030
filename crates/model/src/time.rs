//! Instants, the clock that tells them, and the zone that makes days of them.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Day;

/// An instant: milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// The instant `millis` milliseconds later (earlier when negative).
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The same instant for formatting; instants beyond the year 9999 read as its last one.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

/// RFC 3339 in UTC, to the second: `2026-11-20T13:45:12Z`.
impl fmt::Display for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.timestamp())
    }
}

/// What tells the time. Production has one implementation, in the binary; tests bring their own.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> UnixMillis;
}

/// A clock that stands still, for tests and for replaying a day.
impl Clock for UnixMillis {
    fn now(&self) -> UnixMillis {
        *self
    }
}

/// The time zone in which the platform's days begin and end. UTC unless the operator says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct PlatformZone(TimeZone);

/// A name that no time zone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneError(String);

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a time zone; write an IANA name such as `UTC` or `America/New_York`", self.0)
    }
}

impl std::error::Error for ZoneError {}

const DAY_MILLIS: i64 = 86_400_000;

impl PlatformZone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone with this IANA name, from the database compiled into the program.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name).map(Self).map_err(|_| ZoneError(name.to_owned()))
    }

    /// Whether days are UTC days, so that `millis.div_euclid(86_400_000)` is the day.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        self.0 == TimeZone::UTC || self.0.iana_name().is_some_and(|name| name.eq_ignore_ascii_case("UTC"))
    }

    /// The zone's IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day of an instant.
    #[must_use]
    pub fn day_of(&self, at: UnixMillis) -> Day {
        if self.is_utc() {
            return Day::from_epoch_days(i32::try_from(at.0.div_euclid(DAY_MILLIS)).unwrap_or(i32::MAX));
        }
        Day::from(self.0.to_datetime(at.timestamp()).date())
    }

    /// The day of an instant with its bounds, `[start, end)`, so that the next instants of the same day
    /// need no look-up in the zone.
    #[must_use]
    pub fn day_with_bounds(&self, at: UnixMillis) -> (Day, UnixMillis, UnixMillis) {
        let day = self.day_of(at);
        (day, self.start_of(day), self.start_of(day.plus(1)))
    }

    /// The first instant of a day (of two midnights, the earlier).
    #[must_use]
    pub fn start_of(&self, day: Day) -> UnixMillis {
        if self.is_utc() {
            return UnixMillis(i64::from(day.epoch_days()) * DAY_MILLIS);
        }
        let midnight = day.date().to_zoned(self.0.clone()).map(|zoned| zoned.timestamp().as_millisecond());
        UnixMillis(midnight.unwrap_or(i64::from(day.epoch_days()) * DAY_MILLIS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_contains_the_instants_between_its_bounds() {
        for name in ["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"] {
            let zone = PlatformZone::named(name).unwrap();
            for hour in 0..(24 * 800) {
                let at = UnixMillis(1_700_000_000_000 + hour * 3_599_001);
                let (day, start, end) = zone.day_with_bounds(at);
                assert!(start <= at && at < end, "{name} {day} {at}");
                assert_eq!(zone.day_of(start), day);
                assert_eq!(zone.day_of(end.plus_millis(-1)), day);
            }
        }
    }

    #[test]
    fn an_unknown_zone_says_what_to_write() {
        assert!(PlatformZone::named("Mars/Olympus").unwrap_err().to_string().contains("IANA"));
    }

    #[test]
    fn instants_read_as_rfc_3339() {
        assert_eq!(UnixMillis(1_795_182_312_345).to_string(), "2026-11-20T13:45:12Z");
    }
}
