//! Calendar dates and times of day.

/// The length of `2026-11-20T` and of `20/Nov/2026`, in bytes.
pub(super) const DATE_LENGTH: usize = 11;

/// The first instant of a day in milliseconds since 1970 where the date is one: years from 0 to 9999.
#[inline]
pub(super) fn start_of_day(year: u32, month: u32, day: u32) -> Option<i64> {
    let valid = matches!(month, 1..=12) && day >= 1 && (day <= 28 || day <= month_length(year, month));
    valid.then(|| days_from_civil(year, month, day) * 86_400_000)
}

/// Seconds since midnight of `13:45:12`. A leap second, of which Unix time knows nothing, counts as the second before
/// it, so that it stays in its day.
#[inline]
pub(super) fn clock(text: [u8; 8]) -> Option<u32> {
    // What is left of each byte is a digit's value, or zero for a colon.
    let values = u64::from_le_bytes(text) ^ u64::from_le_bytes(*b"00:00:00");
    // The high bits of bytes that are more than that. A byte that carries into the next one has its own high bit set.
    let wrong = (values.wrapping_add(u64::from_le_bytes(*b"vv\x7fvv\x7fvv")) | values) & 0x8080_8080_8080_8080;
    // At the place of each first digit the value of it and the next.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8).to_le_bytes();
    let (hour, minute, second) = (u32::from(pairs[0]), u32::from(pairs[3]), u32::from(pairs[6]));
    let valid = wrong == 0 && hour <= 23 && minute <= 59 && second <= 60;
    valid.then(|| hour * 3600 + minute * 60 + second.min(59))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_two_digits_with_colons_between() {
        let reference = |text: &[u8; 8]| {
            let (hour, minute, second) = (two(&text[0..2])?, two(&text[3..5])?, two(&text[6..8])?);
            let valid = text[2] == b':' && text[5] == b':' && hour <= 23 && minute <= 59 && second <= 60;
            valid.then(|| hour * 3600 + minute * 60 + second.min(59))
        };
        for hour in 0..30 {
            for minute in 0..70 {
                let text: [u8; 8] =
                    format!("{hour:02}:{minute:02}:{:02}", 69 - minute).into_bytes().try_into().unwrap();
                assert_eq!(clock(text), reference(&text));
            }
        }
        for at in 0..8 {
            for byte in 0..=255 {
                for around in [b"12:34:56", b"\xff\xff\xff\xff\xff\xff\xff\xff", b"00:00:00"] {
                    let mut text = *around;
                    text[at] = byte;
                    assert_eq!(clock(text), reference(&text), "{text:?}");
                }
            }
        }
    }
}
