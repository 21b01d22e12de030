//! Sources: what sends traffic, and the hours by which it is told what of it came.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::UnixMillis;

/// The name of something that sends traffic: 1 to 64 of `A-Z`, `a-z`, `0-9`, `.`, `_`, `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SourceName(String);

/// A text that can't be the name of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceNameError(String);

impl fmt::Display for SourceNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(SourceName::MAX_BYTES).collect();
        match shown.as_str() {
            "" => write!(f, "a source needs a name")?,
            shown => write!(f, "`{}` can't be the name of a source", shown.escape_debug())?,
        }
        write!(f, "; write 1 to 64 letters, digits, dots, underscores or hyphens")
    }
}

impl std::error::Error for SourceNameError {}

impl SourceName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Files that are read without the name of a source.
    #[must_use]
    pub fn files() -> Self {
        Self("files".to_owned())
    }

    /// Standard input that is read without the name of a source.
    #[must_use]
    pub fn stdin() -> Self {
        Self("stdin".to_owned())
    }

    /// Calls that are sent over HTTP with a token that is no source's.
    #[must_use]
    pub fn http() -> Self {
        Self("http".to_owned())
    }

    /// Whether Steadfast itself counts calls under the name: those of any app, that came without the name of a source.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        [Self::files(), Self::stdin(), Self::http()].contains(self)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    fn from_str(text: &str) -> Result<Self, SourceNameError> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let fits = (1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(is_part);
        if fits { Ok(Self(text.to_owned())) } else { Err(SourceNameError(text.to_owned())) }
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SourceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The way by which a source's calls come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceWay {
    /// Files are read.
    Files,
    /// Standard input or a pipe is read.
    Stdin,
    /// Requests come over HTTP.
    Http,
    /// Messages come by syslog.
    Syslog,
}

impl SourceWay {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Files, Self::Stdin, Self::Http, Self::Syslog];

    /// The word in the store and in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Stdin => "stdin",
            Self::Http => "http",
            Self::Syslog => "syslog",
        }
    }

    /// The inverse of [`Self::key`].
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }

    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Files => "Files",
            Self::Stdin => "Standard input",
            Self::Http => "HTTP",
            Self::Syslog => "Syslog",
        }
    }
}

/// Why calls of a source are known to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossReason {
    /// A file was rotated away, truncated or removed before all of it was read.
    RotatedAway,
    /// A packed file can't be unpacked from some place on.
    Corrupt,
    /// A packed file ends in the middle.
    CutShort,
    /// Lines or messages were dropped on the way.
    Dropped,
    /// Messages could come and nobody listened for them.
    NobodyListened,
}

impl LossReason {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::RotatedAway, Self::Corrupt, Self::CutShort, Self::Dropped, Self::NobodyListened];

    /// The word in the store and in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::RotatedAway => "rotated_away",
            Self::Corrupt => "corrupt",
            Self::CutShort => "cut_short",
            Self::Dropped => "dropped",
            Self::NobodyListened => "nobody_listened",
        }
    }

    /// The inverse of [`Self::key`].
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }

    /// The words for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::RotatedAway => "rotated away before it was read to its end",
            Self::Corrupt => "a packed file is corrupt",
            Self::CutShort => "a packed file is cut short",
            Self::Dropped => "dropped on the way",
            Self::NobodyListened => "nobody listened",
        }
    }
}

const HOUR_MILLIS: i64 = 3_600_000;

/// An hour of UTC, kept as hours since 1970-01-01 00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(i64);

impl Hour {
    /// The hour that lies `hours` hours after 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn from_epoch_hours(hours: i64) -> Self {
        // So far from the ends that its instants fit.
        Self(hours.clamp(i64::MIN / HOUR_MILLIS + 1, i64::MAX / HOUR_MILLIS - 1))
    }

    /// The hour of an instant.
    #[must_use]
    pub fn of(at: UnixMillis) -> Self {
        Self::from_epoch_hours(at.0.div_euclid(HOUR_MILLIS))
    }

    /// Hours since 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn epoch_hours(self) -> i64 {
        self.0
    }

    /// Its first instant.
    #[must_use]
    pub fn start(self) -> UnixMillis {
        UnixMillis(self.0 * HOUR_MILLIS)
    }

    /// The first instant after it.
    #[must_use]
    pub fn end(self) -> UnixMillis {
        UnixMillis((self.0 + 1) * HOUR_MILLIS)
    }

    /// The hour `hours` later (earlier when negative).
    #[must_use]
    pub fn plus(self, hours: i64) -> Self {
        Self::from_epoch_hours(self.0.saturating_add(hours))
    }
}

/// Its first instant: `2026-11-20T13:00:00Z`.
impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.start().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for name in ["a", "kong-eu.1", "A_b", &"x".repeat(64)] {
            assert_eq!(name.parse::<SourceName>().map(|it| it.to_string()), Ok(name.to_owned()));
        }
        for text in ["", " a", "a/b", "é", "a\n", &"x".repeat(65)] {
            let error = text.parse::<SourceName>().unwrap_err().to_string();
            assert!(error.contains("1 to 64") && !error.contains('\n'), "{error}");
        }
        for name in [SourceName::files(), SourceName::stdin(), SourceName::http()] {
            assert_eq!(name.as_str().parse(), Ok(name));
        }
    }

    #[test]
    fn an_hour_holds_the_instants_between_its_bounds() {
        for at in [0, -1, 1, 3_599_999, 3_600_000, 1_795_182_312_345, i64::MIN, i64::MAX] {
            let hour = Hour::of(UnixMillis(at));
            if at.unsigned_abs() < 1 << 60 {
                assert!(hour.start().0 <= at && at < hour.end().0, "{at}");
            }
            assert_eq!(Hour::of(hour.start()), hour);
            assert_eq!(Hour::of(hour.end()), hour.plus(1));
        }
        assert_eq!(Hour::of(UnixMillis(1_795_182_312_345)).to_string(), "2026-11-20T13:00:00Z");
    }

    #[test]
    fn words_read_back() {
        for way in SourceWay::ALL {
            assert_eq!(SourceWay::from_key(way.key()), Some(way));
        }
        for reason in LossReason::ALL {
            assert_eq!(LossReason::from_key(reason.key()), Some(reason));
        }
    }
}
