//! Unix time as a number: `1795182312`, `1795182312.345`, `1.795182312345e12`.

use model::UnixMillis;

/// What a Unix time counts, told by its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnixUnit {
    /// Seconds below 10^11, milliseconds from there on.
    SecondsOrMillis,
    /// The same, and microseconds from 10^14 on, nanoseconds from 10^17 on.
    Any,
}

impl UnixUnit {
    /// The power of ten that makes milliseconds of it.
    fn power(self, number: &Decimal) -> i64 {
        match self {
            _ if !number.is_at_least_ten_to_the(11) => 3,
            Self::Any if number.is_at_least_ten_to_the(17) => -6,
            Self::Any if number.is_at_least_ten_to_the(14) => -3,
            _ => 0,
        }
    }
}

/// Reads a number as JSON writes it. Exact to the millisecond, whatever its exponent; `None` for what is no
/// number and for instants outside the years 0 to 9999.
#[inline]
pub(crate) fn parse_unix(text: &str, unit: UnixUnit) -> Option<UnixMillis> {
    plain(text.as_bytes()).or_else(|| exact(text, unit))
}

/// The times that nearly all are: whole seconds, seconds with three digits behind the point, whole milliseconds.
#[inline]
fn plain(text: &[u8]) -> Option<UnixMillis> {
    let (whole, fraction) = match text {
        [whole @ .., b'.', a, b, c] => (whole, digits(&[*a, *b, *c])?),
        whole => (whole, 0),
    };
    let has_fraction = whole.len() < text.len();
    match digits(whole)? {
        seconds @ ..100_000_000_000 => Some(UnixMillis(seconds * 1000 + fraction)),
        millis @ ..100_000_000_000_000 if !has_fraction => Some(UnixMillis(millis)),
        _ => None,
    }
}

/// The value of one to fifteen digits.
#[inline]
fn digits(text: &[u8]) -> Option<i64> {
    let all_digits = matches!(text.len(), 1..=15) && text.iter().all(u8::is_ascii_digit);
    all_digits.then(|| text.iter().fold(0, |value, digit| value * 10 + i64::from(*digit & 15)))
}

fn exact(text: &str, unit: UnixUnit) -> Option<UnixMillis> {
    let number = Decimal::parse(text.as_bytes())?;
    let millis = number.scaled(unit.power(&number))?;
    (-62_167_219_200_000..=253_402_300_799_999).contains(&millis).then_some(UnixMillis(millis))
}

/// `±digits · 10^exponent`. Of the digits those beyond the 30th only matter for being there or not.
struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i64,
    /// Digits beyond the 30th that were not all zero.
    inexact: bool,
}

const KEPT_DIGITS: u128 = 1_000_000_000_000_000_000_000_000_000_000;

impl Decimal {
    fn parse(text: &[u8]) -> Option<Self> {
        let (negative, mut rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let mut number = Self { negative, digits: 0, exponent: 0, inexact: false };
        let whole = number.push_digits(&mut rest, false);
        if whole == 0 {
            return None;
        }
        if let [b'.', after @ ..] = rest {
            rest = after;
            if number.push_digits(&mut rest, true) == 0 {
                return None;
            }
        }
        match rest {
            [] => Some(number),
            [b'e' | b'E', exponent @ ..] => {
                number.exponent = number.exponent.checked_add(parse_exponent(exponent)?)?;
                Some(number)
            }
            _ => None,
        }
    }

    /// Takes the digits that `text` begins with; how many there were.
    fn push_digits(&mut self, text: &mut &[u8], fraction: bool) -> usize {
        let mut count = 0;
        while let [byte @ b'0'..=b'9', rest @ ..] = *text {
            let kept = self.digits < KEPT_DIGITS / 10;
            if kept {
                self.digits = self.digits * 10 + u128::from(byte - b'0');
            } else {
                self.inexact |= *byte != b'0';
            }
            self.exponent += i64::from(!kept) - i64::from(fraction);
            count += 1;
            *text = rest;
        }
        count
    }

    fn is_at_least_ten_to_the(&self, power: i64) -> bool {
        self.digits != 0 && i64::from(self.digits.ilog10()) + self.exponent >= power
    }

    /// The number times `10^power` as an integer, rounded down.
    fn scaled(&self, power: i64) -> Option<i64> {
        if self.digits == 0 {
            return Some(0);
        }
        let exponent = self.exponent.checked_add(power)?;
        let (whole, cut) = if exponent >= 0 {
            let factor = 10u128.checked_pow(u32::try_from(exponent).ok()?)?;
            (self.digits.checked_mul(factor)?, self.inexact)
        } else {
            match u32::try_from(exponent.unsigned_abs()).ok().and_then(|power| 10u128.checked_pow(power)) {
                Some(divisor) => (self.digits / divisor, self.inexact || !self.digits.is_multiple_of(divisor)),
                None => (0, true),
            }
        };
        let whole = i64::try_from(whole).ok()?;
        Some(if self.negative { -whole - i64::from(cut) } else { whole })
    }
}

/// An exponent; one of more digits than any instant needs is held at its bound.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, text),
    };
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let value = digits.iter().fold(0i64, |value, byte| (value * 10 + i64::from(byte & 15)).min(1_000_000));
    all_digits.then_some(sign * value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(parse_unix(text, UnixUnit::SecondsOrMillis), expected.map(UnixMillis), "{text}");
    }

    #[test]
    fn seconds_below_ten_to_the_eleven_milliseconds_from_there() {
        check("1795182312", Some(1_795_182_312_000));
        check("1795182312345", Some(1_795_182_312_345));
        check("99999999999", Some(99_999_999_999_000));
        check("99999999999.9999", Some(99_999_999_999_999));
        check("100000000000", Some(100_000_000_000));
        check("1e11", Some(100_000_000_000));
        check("-99999999999", None);
        check("-100000000000", Some(-100_000_000_000));
        check("0", Some(0));
        check("-0", Some(0));
        check("0e999999999999999999999", Some(0));
    }

    #[test]
    fn fractions_and_exponents_are_exact() {
        check("1795182312.345", Some(1_795_182_312_345));
        check("1795182312.3459999", Some(1_795_182_312_345));
        check("1795182312345.999", Some(1_795_182_312_345));
        check("1.795182312345e12", Some(1_795_182_312_345));
        check("1.795182312345E+9", Some(1_795_182_312_345));
        check("17951823123450000e-4", Some(1_795_182_312_345));
        check("1795182312345000e-6", Some(1_795_182_312_345));
        check("0.0015", Some(1));
        check("-0.0015", Some(-2));
        check("1e-400", Some(0));
        check("-1e-400", Some(-1));
        check(&format!("1795182312.345{}", "0".repeat(500)), Some(1_795_182_312_345));
        check(&format!("1795182312{}e-500", "0".repeat(500)), Some(1_795_182_312_000));
        check("1e400", None);
        check("253402300800", Some(253_402_300_800));
        check("253402300800000", None);
    }

    #[test]
    fn finer_units_are_told_by_size_where_they_may_occur() {
        let any = |text| parse_unix(text, UnixUnit::Any).map(|time| time.0);
        assert_eq!(any("1795182312"), Some(1_795_182_312_000));
        assert_eq!(any("1795182312345"), Some(1_795_182_312_345));
        assert_eq!(any("1795182312345999"), Some(1_795_182_312_345));
        assert_eq!(any("1795182312345999999"), Some(1_795_182_312_345));
        assert_eq!(any("99999999999999"), Some(99_999_999_999_999));
        assert_eq!(parse_unix("1795182312345999", UnixUnit::SecondsOrMillis), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".5", "5.", "1e", "1e+", "+1", "0x10", "1 ", "1_000", "١", "NaN", "1e1.5"] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn plain_times_are_read_as_all_are(text in "[0-9]{0,17}(\\.[0-9]{0,4})?|[0-9.eE+-]{0,20}") {
            for unit in [UnixUnit::SecondsOrMillis, UnixUnit::Any] {
                prop_assert_eq!(parse_unix(&text, unit), exact(&text, unit), "{}", text);
            }
        }

        #[test]
        fn milliseconds_read_back_in_every_notation(millis in 100_000_000_000i64..253_402_300_799_999, shift in 0u32..20) {
            check(&millis.to_string(), Some(millis));
            check(&format!("{millis}{}e-{shift}", "0".repeat(shift as usize)), Some(millis));
            if millis < 99_999_999_999_000 {
                check(&format!("{}.{:03}", millis / 1000, millis % 1000), Some(millis));
            }
        }
    }
}
