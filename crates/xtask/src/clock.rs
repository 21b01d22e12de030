//! The one place of this crate that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01 00:00 UTC.
#[expect(clippy::disallowed_methods, reason = "xtask is a program of its own; this is its clock")]
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Days since 1970-01-01, in UTC.
pub(crate) fn today() -> u64 {
    unix_seconds() / 86_400
}

/// The calendar date, `(year, month, day)`, of a day counted from 1970-01-01.
pub(crate) fn civil(day: u64) -> (u64, u64, u64) {
    // Years begin in March here, so that the leap day is the last of its year.
    let day = day + 719_468;
    let era = day / 146_097;
    let of_era = day % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, date)
}

/// A day as `YYYY-MM-DD`.
pub(crate) fn date(day: u64) -> String {
    let (year, month, date) = civil(day);
    format!("{year:04}-{month:02}-{date:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_dates() {
        for (day, expected) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (19_782, "2024-02-29"),
            (20_453, "2025-12-31"),
            (20_777, "2026-11-20"),
        ] {
            assert_eq!(date(day), expected);
        }
    }
}
