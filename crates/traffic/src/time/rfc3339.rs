//! RFC 3339 with offset: `2026-11-20T13:45:12.345Z`.

use model::UnixMillis;

use super::civil::{DATE_LENGTH, clock, digit, four, start_of_day, two};

/// Reads a date and time with an offset. As RFC 3339 allows: `t` and `z` in lower case, a space instead of the
/// `T`, a fraction of any length, a second of 60.
#[inline]
pub(crate) fn parse_rfc3339(text: &str) -> Option<UnixMillis> {
    let (head, rest) = text.as_bytes().split_first_chunk()?;
    Some(UnixMillis(date(head)? + since_midnight(rest)?))
}

/// The first instant in UTC of the day of `2026-11-20T`, in milliseconds.
#[inline]
pub(super) fn date(text: &[u8; DATE_LENGTH]) -> Option<i64> {
    let punctuated = text[4] == b'-' && text[7] == b'-' && matches!(text[10], b'T' | b't' | b' ');
    let parts = || Some((four(&text[0..4])?, two(&text[5..7])?, two(&text[8..10])?));
    let (year, month, day) = parts().filter(|_| punctuated)?;
    start_of_day(year, month, day)
}

/// The milliseconds of `13:45:12.345+01:00` since midnight in UTC.
#[inline]
pub(super) fn since_midnight(text: &[u8]) -> Option<i64> {
    let (head, rest) = text.split_first_chunk()?;
    let (millis, offset) = fraction_and_offset(rest)?;
    Some((i64::from(clock(*head)?) - i64::from(offset) * 60) * 1000 + i64::from(millis))
}

/// Milliseconds and the offset in minutes of what follows the seconds.
#[inline]
fn fraction_and_offset(rest: &[u8]) -> Option<(u32, i32)> {
    if let [b'.', a, b, c, b'Z'] = rest {
        return Some((digit(*a)? * 100 + digit(*b)? * 10 + digit(*c)?, 0));
    }
    let Some((b'.', digits)) = rest.split_first() else {
        return Some((0, offset(rest)?));
    };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, rest) = digits.split_at_checked(length)?;
    if fraction.is_empty() {
        return None;
    }
    let digit_at = |at: usize| fraction.get(at).copied().map_or(Some(0), digit);
    Some((digit_at(0)? * 100 + digit_at(1)? * 10 + digit_at(2)?, offset(rest)?))
}

/// Minutes east of UTC.
fn offset(text: &[u8]) -> Option<i32> {
    let (sign, hours, minutes) = match text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', a, b, b':', c, d] => (1, two(&[*a, *b])?, two(&[*c, *d])?),
        [b'-', a, b, b':', c, d] => (-1, two(&[*a, *b])?, two(&[*c, *d])?),
        _ => return None,
    };
    let minutes = i32::try_from(hours * 60 + minutes).ok().filter(|_| hours <= 23 && minutes <= 59)?;
    Some(sign * minutes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(parse_rfc3339(text), expected.map(UnixMillis), "{text}");
    }

    #[test]
    fn times_with_an_offset_are_read() {
        check("2026-11-20T13:45:12.345Z", Some(1_795_182_312_345));
        check("2026-11-20T13:45:12Z", Some(1_795_182_312_000));
        check("2026-11-20t13:45:12z", Some(1_795_182_312_000));
        check("2026-11-20 13:45:12+00:00", Some(1_795_182_312_000));
        check("2026-11-20T13:45:12-00:00", Some(1_795_182_312_000));
        check("2026-11-20T19:30:12.345+05:45", Some(1_795_182_312_345));
        check("2026-11-19T20:45:12-17:00", Some(1_795_182_312_000));
        check("2026-11-20T13:45:12.3Z", Some(1_795_182_312_300));
        check("2026-11-20T13:45:12.34599999999999999999999Z", Some(1_795_182_312_345));
        check("1970-01-01T00:00:00Z", Some(0));
        check("1969-12-31T23:59:59.999Z", Some(-1));
        check("0000-01-01T00:00:00Z", Some(-62_167_219_200_000));
        check("9999-12-31T23:59:59.999Z", Some(253_402_300_799_999));
        check("2024-02-29T00:00:00Z", Some(1_709_164_800_000));
    }

    #[test]
    fn a_leap_second_stays_in_its_day() {
        check("2016-12-31T23:59:60Z", Some(1_483_228_799_000));
        check("2016-12-31T23:59:60.5Z", Some(1_483_228_799_500));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "2026-11-20",
            "2026-11-20T13:45:12",
            "2026-11-20T13:45Z",
            "2026-11-20T13:45:12.Z",
            "2026-11-20T13:45:12,5Z",
            "2026-11-20T13:45:12+0000",
            "2026-11-20T13:45:12+00",
            "2026-11-20T13:45:12+24:00",
            "2026-11-20T13:45:12+01:60",
            "2026-11-20T24:00:00Z",
            "2026-11-20T13:60:12Z",
            "2026-11-20T13:45:61Z",
            "2026-13-20T13:45:12Z",
            "2026-00-20T13:45:12Z",
            "2026-11-00T13:45:12Z",
            "2026-11-31T13:45:12Z",
            "2026-02-29T13:45:12Z",
            "1900-02-29T13:45:12Z",
            "2026-11-20_13:45:12Z",
            "2026/11/20T13:45:12Z",
            "+2026-11-20T13:45:12Z",
            " 2026-11-20T13:45:12Z",
            "2026-11-20T13:45:12Z ",
            "2026-11-20T13:45:12ZZ",
            "20a6-11-20T13:45:12Z",
            "2026-11-20T13:45:12.3a5Z",
            "1795182312",
            "2026-11-20T13:45:12éZ",
        ] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn every_instant_reads_back(millis in -62_167_219_200_000i64..253_402_300_799_999, offset in -1439i32..1439) {
            let text = model::UnixMillis(millis).timestamp().to_string();
            prop_assert_eq!(parse_rfc3339(&text), Some(UnixMillis(millis)), "{}", text);
            let zone = jiff::tz::Offset::from_seconds(offset * 60).unwrap();
            let text = model::UnixMillis(millis).timestamp().display_with_offset(zone).to_string();
            if !text.starts_with('-') {
                prop_assert_eq!(parse_rfc3339(&text), Some(UnixMillis(millis)), "{}", text);
            }
        }

        #[test]
        fn it_agrees_with_another_reader(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,12})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])") {
            if let Some(time) = parse_rfc3339(&text) {
                // The other reader knows fractions of up to nine digits.
                let (head, tail) = text.split_at(19);
                let digits = tail.trim_start_matches('.').bytes().take_while(u8::is_ascii_digit).count();
                let tail = if tail.starts_with('.') { format!(".{}{}", &tail[1..=digits.min(9)], &tail[1 + digits..]) } else { tail.to_owned() };
                let other: Option<jiff::Timestamp> = format!("{head}{tail}").parse().ok();
                prop_assert_eq!(other.map(|other| other.as_nanosecond().div_euclid(1_000_000)), Some(i128::from(time.0)), "{}", text);
            }
        }
    }
}
