//! From a calendar date and a time of day to an instant.

use model::UnixMillis;

/// A date and time of day with its offset from UTC, each part in range on its own.
pub(super) struct Civil {
    /// 0 to 9999.
    pub(super) year: u32,
    /// 1 to 12.
    pub(super) month: u32,
    /// 1 to the month's length.
    pub(super) day: u32,
    /// 0 to 23.
    pub(super) hour: u32,
    /// 0 to 59.
    pub(super) minute: u32,
    /// 0 to 60; 60 is a leap second.
    pub(super) second: u32,
    /// 0 to 999.
    pub(super) millis: u32,
    /// Minutes east of UTC.
    pub(super) offset: i32,
}

impl Civil {
    /// The instant, or nothing where a part is out of range. A leap second, of which Unix time knows nothing,
    /// counts as the second before it, so that it stays in its day.
    #[inline]
    pub(super) fn instant(&self) -> Option<UnixMillis> {
        let valid = matches!(self.month, 1..=12)
            && self.day >= 1
            && (self.day <= 28 || self.day <= month_length(self.year, self.month))
            && self.hour <= 23
            && self.minute <= 59
            && self.second <= 60;
        if !valid {
            return None;
        }
        let seconds =
            i64::from(self.hour * 3600 + self.minute * 60 + self.second.min(59)) - i64::from(self.offset) * 60;
        Some(UnixMillis(
            (days_from_civil(self.year, self.month, self.day) * 86_400 + seconds) * 1000 + i64::from(self.millis),
        ))
    }
}

/// How many days a month has.
fn month_length(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a valid date, counted in years that begin in March so that leap days come last.
#[inline]
fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    // Shifted by 400 years to stay positive.
    let year = year + 400 - u32::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    i64::from(days) - 719_468 - 146_097
}

/// The value of a digit.
#[inline]
pub(super) fn digit(byte: u8) -> Option<u32> {
    let value = byte.wrapping_sub(b'0');
    (value <= 9).then_some(u32::from(value))
}

/// The value of two digits.
#[inline]
pub(super) fn two(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [a, b] => Some(digit(*a)? * 10 + digit(*b)?),
        _ => None,
    }
}

/// The value of four digits.
#[inline]
pub(super) fn four(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [a, b, c, d] => Some(two(&[*a, *b])? * 100 + two(&[*c, *d])?),
        _ => None,
    }
}
