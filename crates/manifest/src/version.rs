//! Numbers of versions, `X.Y.Z`, and whether a number says enough about what changed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::difference::{Change, Difference, Level};

/// The number of a version: three whole numbers, compared from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VersionNumber {
    /// X: new rights, new hosts, breaking changes.
    pub major: u32,
    /// Y: compatible features.
    pub minor: u32,
    /// Z: texts and mends.
    pub patch: u32,
}

/// A text that is no number of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a version is three whole numbers with dots and no leading zeros, such as `1.4.0`, none over 4294967295")]
pub struct VersionNumberError;

impl VersionNumber {
    /// What a first version is suggested to be. Any other is as good.
    pub const FIRST: Self = Self::new(0, 1, 0);

    /// `major.minor.patch`
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The lowest number that is a step of `level` above this one. At the end of all numbers: the last one.
    #[must_use]
    pub fn after(self, level: Level) -> Self {
        let patch = || Some(Self::new(self.major, self.minor, self.patch.checked_add(1)?));
        let minor = || Some(Self::new(self.major, self.minor.checked_add(1)?, 0));
        let major = || Some(Self::new(self.major.checked_add(1)?, 0, 0));
        let next = match level {
            Level::Patch => patch().or_else(minor).or_else(major),
            Level::Minor => minor().or_else(major),
            Level::Major => major(),
        };
        next.unwrap_or(Self::new(u32::MAX, u32::MAX, u32::MAX))
    }

    /// The leftmost number that is higher in `next`; none if `next` isn't above.
    fn step_to(self, next: Self) -> Option<Level> {
        if next <= self {
            None
        } else if next.major > self.major {
            Some(Level::Major)
        } else if next.minor > self.minor {
            Some(Level::Minor)
        } else {
            Some(Level::Patch)
        }
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for VersionNumber {
    type Err = VersionNumberError;

    fn from_str(text: &str) -> Result<Self, VersionNumberError> {
        let mut parts = text.split('.').map(part);
        let mut next = || parts.next().flatten().ok_or(VersionNumberError);
        let number = Self::new(next()?, next()?, next()?);
        if parts.next().is_some() { Err(VersionNumberError) } else { Ok(number) }
    }
}

fn part(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text == "0" || !text.starts_with('0');
    if digits && plain { text.parse().ok() } else { None }
}

impl TryFrom<String> for VersionNumber {
    type Error = VersionNumberError;

    fn try_from(text: String) -> Result<Self, VersionNumberError> {
        text.parse()
    }
}

impl From<VersionNumber> for String {
    fn from(number: VersionNumber) -> Self {
        number.to_string()
    }
}

/// The number to suggest for a version that differs like this from the previous one; `0.1.0` for the first.
#[must_use]
pub fn suggest(previous: Option<VersionNumber>, difference: &Difference) -> VersionNumber {
    previous.map_or(VersionNumber::FIRST, |previous| previous.after(difference.required))
}

/// Why a number can't be that of the next version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BumpError {
    /// Not above the previous one.
    #[error("`{next}` must be above the previous version `{previous}`; take `{suggested}` or above")]
    NotAbove {
        /// The previous version.
        previous: VersionNumber,
        /// The refused one.
        next: VersionNumber,
        /// The lowest that does.
        suggested: VersionNumber,
    },
    /// Above, but the changes need a higher step.
    #[error(
        "`{next}` isn't enough after `{previous}`: {change}, which needs a new {} version; take `{suggested}` or above",
        .change.level.as_str()
    )]
    TooSmall {
        /// The previous version.
        previous: VersionNumber,
        /// The refused one.
        next: VersionNumber,
        /// The first change that needs the step.
        change: Box<Change>,
        /// The lowest that does.
        suggested: VersionNumber,
    },
}

/// Whether `next` may follow `previous`: above it, and by the step that the difference requires.
///
/// New rights and new hosts need a higher X from `0.Y.Z` as well: an admin must be able to trust the number.
///
/// # Errors
/// See [`BumpError`].
pub fn check_bump(previous: VersionNumber, next: VersionNumber, difference: &Difference) -> Result<(), BumpError> {
    let suggested = previous.after(difference.required);
    let Some(step) = previous.step_to(next) else { return Err(BumpError::NotAbove { previous, next, suggested }) };
    match difference.changes.iter().filter(|change| change.level > step).max_by_key(|change| change.level) {
        Some(change) => Err(BumpError::TooSmall { previous, next, change: Box::new(change.clone()), suggested }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difference::ChangeKind;
    use proptest::prelude::*;

    fn number(text: &str) -> VersionNumber {
        text.parse().unwrap()
    }

    fn differing(level: Level) -> Difference {
        let change = Change {
            kind: ChangeKind::HostAdded,
            what: "host `a.example.com`".to_owned(),
            from: None,
            to: Some("a.example.com".to_owned()),
            level,
        };
        Difference { changes: vec![change], required: level }
    }

    #[test]
    fn numbers_are_three_without_leading_zeros() {
        for text in ["0.0.0", "0.0.1", "1.10.100", "4294967295.0.0"] {
            assert_eq!(number(text).to_string(), text);
        }
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "01.2.3",
            "1.02.3",
            "1.2.00",
            "v1.2.3",
            "1.2.3-beta",
            "+1.2.3",
            " 1.2.3",
            "1..3",
            "4294967296.0.0",
            "1.2.٣",
        ] {
            assert!(text.parse::<VersionNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_is_free_and_suggested() {
        assert_eq!(suggest(None, &differing(Level::Major)), number("0.1.0"));
    }

    #[test]
    fn a_step_is_the_one_required() {
        for (level, next) in [(Level::Patch, "0.4.8"), (Level::Minor, "0.5.0"), (Level::Major, "1.0.0")] {
            assert_eq!(suggest(Some(number("0.4.7")), &differing(level)), number(next));
        }
    }

    #[test]
    fn new_rights_and_hosts_need_a_new_x_even_before_one() {
        let error = check_bump(number("0.4.7"), number("0.5.0"), &differing(Level::Major)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`0.5.0` isn't enough after `0.4.7`: host `a.example.com` was added, which needs a new major version; \
             take `1.0.0` or above"
        );
        assert_eq!(check_bump(number("0.4.7"), number("1.0.0"), &differing(Level::Major)), Ok(()));
    }

    #[test]
    fn the_last_number_has_no_successor() {
        let last = VersionNumber::new(u32::MAX, u32::MAX, u32::MAX);
        assert_eq!(last.after(Level::Patch), last);
        assert!(check_bump(last, last, &Difference::default()).is_err());
        assert_eq!(VersionNumber::new(1, 2, u32::MAX).after(Level::Patch), number("1.3.0"));
    }

    prop_compose! {
        fn any_number()(major in 0..5u32, minor in 0..5u32, patch in 0..5u32) -> VersionNumber {
            VersionNumber::new(major, minor, patch)
        }
    }

    proptest! {
        #[test]
        fn text_and_number_are_inverse(number in any::<(u32, u32, u32)>()) {
            let number = VersionNumber::new(number.0, number.1, number.2);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        #[test]
        fn what_is_suggested_is_accepted_and_the_least(
            previous in any_number(),
            next in any_number(),
            level in proptest::sample::select(vec![Level::Patch, Level::Minor, Level::Major]),
        ) {
            let difference = differing(level);
            let suggested = suggest(Some(previous), &difference);
            prop_assert_eq!(check_bump(previous, suggested, &difference), Ok(()));
            if check_bump(previous, next, &difference).is_ok() {
                prop_assert!(next > previous);
                prop_assert!(next >= suggested);
            }
        }
    }
}
