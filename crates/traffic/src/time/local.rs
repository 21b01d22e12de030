//! The time of Apache's common log format, nginx's `$time_local`: `10/Oct/2000:13:55:36 -0700`.

use model::UnixMillis;

use super::civil::{DATE_LENGTH, clock, four, start_of_day, two};

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// The length of every such time, in bytes.
pub(crate) const LOCAL_LENGTH: usize = 26;

/// Reads such a time; month names are English, as both servers write them whatever their locale.
pub(crate) fn parse_local(text: &str) -> Option<UnixMillis> {
    let (head, rest) = text.as_bytes().split_first_chunk()?;
    Some(UnixMillis(date(head)? + since_midnight(rest)?))
}

/// The first instant in UTC of the day of `10/Oct/2000`, in milliseconds.
pub(super) fn date(text: &[u8; DATE_LENGTH]) -> Option<i64> {
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(&text[3..6]))?;
    let punctuated = text[2] == b'/' && text[6] == b'/';
    let (year, day) = (four(&text[7..11])?, two(&text[0..2])?);
    start_of_day(year, u32::try_from(month).ok()? + 1, day).filter(|_| punctuated)
}

/// The milliseconds of `:13:55:36 -0700` since midnight in UTC.
#[inline]
pub(super) fn since_midnight(text: &[u8]) -> Option<i64> {
    let [b':', rest @ ..] = text else { return None };
    let (head, rest) = rest.split_first_chunk()?;
    let (sign, hours, minutes) = match rest {
        [b' ', b'+', a, b, c, d] => (1, two(&[*a, *b])?, two(&[*c, *d])?),
        [b' ', b'-', a, b, c, d] => (-1, two(&[*a, *b])?, two(&[*c, *d])?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some((i64::from(clock(*head)?) - sign * i64::from(hours * 60 + minutes) * 60) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_are_read() {
        let check =
            |text: &str, expected: Option<i64>| assert_eq!(parse_local(text), expected.map(UnixMillis), "{text}");
        check("10/Oct/2000:13:55:36 -0700", Some(971_211_336_000));
        check("20/Nov/2026:13:45:12 +0000", Some(1_795_182_312_000));
        check("29/Feb/2024:00:00:00 +0545", Some(1_709_144_100_000));
        check("29/Feb/2026:00:00:00 +0000", None);
        check("10/Okt/2000:13:55:36 -0700", None);
        check("10/Oct/2000:13:55:36 0700", None);
        check("10/Oct/2000:13:55:36", None);
        check("10/Oct/2000 13:55:36 -0700", None);
        check("", None);
    }
}
