//! Rates of thresholds: exact, in millionths, written as percent.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share of calls as a whole number of millionths, so that comparing never rounds: `0.5` percent are
/// 5,000 millionths. Read and written as percent, with at most four decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

/// A text that is not a percentage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateError(String);

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a percentage; write a number with at most four decimals, such as `0.5`", self.0)
    }
}

impl std::error::Error for RateError {}

impl Rate {
    /// No share at all: the rate does not matter.
    pub const ZERO: Self = Self(0);
    /// All calls.
    pub const WHOLE: Self = Self(1_000_000);

    /// The rate of so many millionths.
    #[must_use]
    pub const fn from_millionths(millionths: u64) -> Self {
        Self(millionths)
    }

    /// How many millionths it is.
    #[must_use]
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// Whether `affected / base` is at least this rate, without rounding. Of no calls, every rate is reached.
    #[must_use]
    pub fn is_reached(self, affected: u64, base: u64) -> bool {
        u128::from(affected) * 1_000_000 >= u128::from(self.0) * u128::from(base)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    /// Reads `1`, `0.5`, `12.3456` and the same followed by `%`.
    fn from_str(text: &str) -> Result<Self, RateError> {
        let error = || RateError(text.to_owned());
        let number = text.trim().strip_suffix('%').unwrap_or(text).trim();
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let decimals_given = decimals;
        let decimals = decimals.trim_end_matches('0');
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || decimals_given.is_empty() || decimals.len() > 4 || !digits(whole) || !digits(decimals) {
            return Err(error());
        }
        let whole: u64 = whole.parse().map_err(|_| error())?;
        let decimals: u64 = format!("{decimals:0<4}").parse().map_err(|_| error())?;
        whole.checked_mul(10_000).and_then(|whole| whole.checked_add(decimals)).map(Self).ok_or_else(error)
    }
}

/// As percent without the sign: `0.5`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0 / 10_000, self.0 % 10_000);
        if decimals == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{decimals:04}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

/// As a number of percent, an integer where it is whole.
impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_string().parse::<f64>() {
            Ok(percent) if !self.0.is_multiple_of(10_000) => serializer.serialize_f64(percent),
            _ => serializer.serialize_u64(self.0 / 10_000),
        }
    }
}

/// From a number of percent, whole or with decimals, or a text such as `"0.5"`.
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PercentVisitor)
    }
}

struct PercentVisitor;

impl Visitor<'_> for PercentVisitor {
    type Value = Rate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of percent such as `1`, `0.5` or `\"0.5\"`")
    }

    fn visit_u64<E: de::Error>(self, percent: u64) -> Result<Rate, E> {
        self.visit_str(&percent.to_string())
    }

    fn visit_i64<E: de::Error>(self, percent: i64) -> Result<Rate, E> {
        self.visit_str(&percent.to_string())
    }

    fn visit_f64<E: de::Error>(self, percent: f64) -> Result<Rate, E> {
        // The shortest text that reads back as this number is what the operator wrote.
        self.visit_str(&percent.to_string())
    }

    fn visit_str<E: de::Error>(self, percent: &str) -> Result<Rate, E> {
        percent.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, millionths: Option<u64>) {
        assert_eq!(text.parse::<Rate>().ok(), millionths.map(Rate), "{text}");
    }

    #[test]
    fn percent_are_read_exactly() {
        check("1", Some(10_000));
        check("0.5", Some(5_000));
        check("0.5%", Some(5_000));
        check(" 0.5 % ", Some(5_000));
        check("100", Some(1_000_000));
        check("12.3456", Some(123_456));
        check("0.50000", Some(5_000));
        check("0", Some(0));
        for text in
            ["", "%", ".", "1.", ".5", "-1", "+1", "1e3", "0.00001", "NaN", "inf", "1,5", "99999999999999999999"]
        {
            check(text, None);
        }
        check("1844674407370956", None);
    }

    #[test]
    fn comparing_never_rounds() {
        let one = Rate(10_000);
        assert!(one.is_reached(1, 100));
        assert!(!one.is_reached(1, 101));
        assert!(one.is_reached(10, 1_000));
        assert!(!one.is_reached(10, 1_001));
        assert!(Rate(5_000).is_reached(5, 1_000));
        assert!(!Rate(5_000).is_reached(5, 1_001));
        assert!(Rate::WHOLE.is_reached(u64::MAX, u64::MAX));
        assert!(!Rate::WHOLE.is_reached(u64::MAX - 1, u64::MAX));
        assert!(!Rate(u64::MAX).is_reached(u64::MAX, u64::MAX));
        assert!(Rate::ZERO.is_reached(0, 7));
    }

    proptest! {
        #[test]
        fn every_rate_reads_back(millionths in 0..=200_000_000_u64) {
            let rate = Rate(millionths);
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }
    }
}
