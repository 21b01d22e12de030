//! Instants of the call record: RFC 3339 with an offset, or Unix time as a number.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Milliseconds since 1970 of `2026-11-20T13:45:12.345Z`; digits beyond the milliseconds are cut off.
pub(super) fn rfc_3339(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-ddTdd:dd:dd";
    if bytes.len() < shape.len() {
        return None;
    }
    for (byte, expected) in bytes.iter().zip(shape) {
        let fits = match expected {
            b'd' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't'),
            other => byte == other,
        };
        if !fits {
            return None;
        }
    }
    let number = |from: usize, to: usize| text[from..to].parse::<i16>().ok();
    let narrow = |from: usize| number(from, from + 2).map(i64::from);
    let date = Date::new(number(0, 4)?, text[5..7].parse().ok()?, text[8..10].parse().ok()?).ok()?;
    let (hour, minute, second) = (narrow(11)?, narrow(14)?, narrow(17)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut rest = &text[shape.len()..];
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits: String = fraction.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return None;
        }
        millis = format!("{digits}000")[..3].parse().ok()?;
        rest = &fraction[digits.len()..];
    }
    let midnight = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    // A leap second reads as the second before it.
    Some(midnight + ((hour * 60 + minute - offset_minutes(rest)?) * 60 + second.min(59)) * 1_000 + millis)
}

fn offset_minutes(text: &str) -> Option<i64> {
    if text == "Z" || text == "z" {
        return Some(0);
    }
    let bytes = text.as_bytes();
    let digits = [1, 2, 4, 5].iter().all(|at| bytes.get(*at).is_some_and(u8::is_ascii_digit));
    if bytes.len() != 6 || bytes[3] != b':' || !digits {
        return None;
    }
    let (hours, minutes): (i64, i64) = (text[1..3].parse().ok()?, text[4..6].parse().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    match bytes[0] {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-(hours * 60 + minutes)),
        _ => None,
    }
}

/// Milliseconds since 1970 of a JSON number: milliseconds from 10^11 on, seconds below. Decimal digits throughout,
/// so that nothing is rounded.
pub(super) fn unix(number: &str) -> Option<i64> {
    if number.starts_with('-') {
        return Some(-1);
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let scale = exponent - i64::try_from(fraction.len()).ok()?;
    let value = floor(&digits, scale)?;
    if value >= 100_000_000_000 { Some(value) } else { floor(&digits, scale.checked_add(3)?) }
}

/// The whole part of `digits * 10^scale`; none when it is beyond any date.
fn floor(digits: &str, scale: i64) -> Option<i64> {
    let digits = digits.trim_start_matches('0');
    let length = i64::try_from(digits.len()).ok()?.checked_add(scale)?;
    if digits.is_empty() || length <= 0 {
        return Some(0);
    }
    if length > 18 {
        return None;
    }
    let length = usize::try_from(length).ok()?;
    let whole: String = digits.chars().chain(std::iter::repeat('0')).take(length).collect();
    whole.parse().ok()
}

/// The platform's day of an instant.
pub(crate) fn day_of(millis: i64, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(millis).unwrap().to_zoned(zone.clone()).date()
}

/// The day `days` later, or earlier when negative.
pub(crate) fn plus(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_182_312_345; // 2026-11-20T13:45:12.345Z

    #[test]
    fn rfc_3339_needs_an_offset_and_a_real_date() {
        for (text, expected) in [
            ("2026-11-20T13:45:12.345Z", Some(NOON)),
            ("2026-11-20t13:45:12.345z", Some(NOON)),
            ("2026-11-20T13:45:12.3459999+00:00", Some(NOON)),
            ("2026-11-20T19:15:12.345+05:30", Some(NOON)),
            ("2026-11-20T05:45:12.345-08:00", Some(NOON)),
            ("2026-11-20T13:45:12Z", Some(NOON - 345)),
            ("2026-11-20T13:45:12.3Z", Some(NOON - 45)),
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-20T13:45:12.345", None),
            ("2026-11-20T13:45:12.Z", None),
            ("2026-11-20", None),
            ("2026-02-29T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("2026-11-20T24:00:00Z", None),
            ("2026-11-20T13:45:12.345+0530", None),
            ("2026-11-20T13:45:12.345+05:60", None),
            ("2026-11-20T13:45:12.345Zz", None),
            ("2026-11-20T13:45:1é", None),
            ("", None),
        ] {
            assert_eq!(rfc_3339(text), expected, "{text}");
        }
    }

    #[test]
    fn unix_numbers_are_seconds_below_ten_to_the_eleventh() {
        for (text, expected) in [
            ("1795182312", Some(NOON - 345)),
            ("1795182312.345", Some(NOON)),
            ("1795182312.3459999999999999", Some(NOON)),
            ("1795182312345", Some(NOON)),
            ("1795182312345.999", Some(NOON)),
            ("1.795182312345e12", Some(NOON)),
            ("1.795182312345E+9", Some(NOON)),
            ("17951823123450000e-4", Some(NOON)),
            ("99999999999", Some(99_999_999_999_000)),
            ("100000000000", Some(100_000_000_000)),
            ("0", Some(0)),
            ("0.0004", Some(0)),
            ("-5", Some(-1)),
            ("1e400", None),
            ("1e99999999999999999999", None),
        ] {
            assert_eq!(unix(text), expected, "{text}");
        }
    }

    #[test]
    fn the_day_is_the_zones() {
        let kathmandu = TimeZone::get("Asia/Kathmandu").unwrap();
        let late = rfc_3339("2026-11-20T18:15:00Z").unwrap();
        assert_eq!(day_of(late, &TimeZone::UTC).to_string(), "2026-11-20");
        assert_eq!(day_of(late, &kathmandu).to_string(), "2026-11-21");
        assert_eq!(day_of(late - 1, &kathmandu).to_string(), "2026-11-20");
    }
}
