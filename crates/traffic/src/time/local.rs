//! The time of Apache's common log format, nginx's `$time_local`: `10/Oct/2000:13:55:36 -0700`.

use model::UnixMillis;

use super::civil::{Civil, four, two};

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// The length of every such time, in bytes.
pub(crate) const LOCAL_LENGTH: usize = 26;

/// Reads such a time; month names are English, as both servers write them whatever their locale.
pub(crate) fn parse_local(text: &str) -> Option<UnixMillis> {
    let bytes: &[u8; LOCAL_LENGTH] = text.as_bytes().try_into().ok()?;
    let punctuated = bytes[2] == b'/'
        && bytes[6] == b'/'
        && bytes[11] == b':'
        && bytes[14] == b':'
        && bytes[17] == b':'
        && bytes[20] == b' ';
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(&bytes[3..6]))?;
    let sign = match bytes[21] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (two(&bytes[22..24])?, two(&bytes[24..26])?);
    if !punctuated || hours > 23 || minutes > 59 {
        return None;
    }
    Civil {
        year: four(&bytes[7..11])?,
        month: u32::try_from(month).ok()? + 1,
        day: two(&bytes[0..2])?,
        hour: two(&bytes[12..14])?,
        minute: two(&bytes[15..17])?,
        second: two(&bytes[18..20])?,
        millis: 0,
        offset: sign * i32::try_from(hours * 60 + minutes).ok()?,
    }
    .instant()
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
