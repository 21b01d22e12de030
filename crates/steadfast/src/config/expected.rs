//! `expect` and `allowance` of a source: what its silence means.

use std::collections::BTreeMap;

use model::{SourceName, SourceWay};
use serde::{Deserialize, Deserializer};
use service::{Declared, DeclaredSource};

use super::{Config, Source};

/// For how long after an hour its calls may still come, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance(u32);

impl Default for Allowance {
    fn default() -> Self {
        Self(Declared::default().allowance_minutes)
    }
}

/// The longest allowance: 31 days.
const MOST_MINUTES: u32 = 31 * 24 * 60;

impl Allowance {
    fn read(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let minutes = match unit {
            "m" => 1,
            "h" => 60,
            "d" => 24 * 60,
            _ => return None,
        };
        let minutes = number.parse::<u32>().ok()?.checked_mul(minutes)?;
        (minutes <= MOST_MINUTES).then_some(Self(minutes))
    }
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || format!("`{text}` is no span of time; write it as `90m`, `2h` or `1d`, 31 days at most");
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(wrong()))
    }
}

impl Source {
    fn declared(&self) -> DeclaredSource {
        let listen = self.listen.as_slice();
        let paths = self.paths.iter().map(|path| path.display().to_string());
        let files = (!self.paths.is_empty()).then_some(SourceWay::Files);
        let syslog = (!listen.is_empty()).then_some(SourceWay::Syslog);
        DeclaredSource {
            ways: files.into_iter().chain(syslog).collect(),
            from: paths.chain(listen.iter().cloned()).collect::<Vec<_>>().join(", "),
            declared: Declared { expect: self.expect, allowance_minutes: self.allowance.0 },
        }
    }
}

impl Config {
    /// What is declared of sources.
    pub(crate) fn declared_sources(&self) -> BTreeMap<SourceName, DeclaredSource> {
        let declared = |(name, source): (&String, &Source)| Some((name.parse().ok()?, source.declared()));
        self.sources.iter().filter_map(declared).collect()
    }
}

#[cfg(test)]
mod tests {
    use service::Expect;

    use super::*;

    fn declared(text: &str) -> Result<DeclaredSource, String> {
        toml::from_str::<Source>(text).map(|source| source.declared()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_expected_is_usual_unless_something_else_is_said() {
        assert_eq!(declared("").unwrap().declared, Declared::default());
        let text = "paths = ['a.log', 'b.log']\nexpect = 'always'\nallowance = '90m'";
        let expected = DeclaredSource {
            ways: vec![SourceWay::Files],
            from: "a.log, b.log".to_owned(),
            declared: Declared { expect: Expect::Always, allowance_minutes: 90 },
        };
        assert_eq!(declared(text).unwrap(), expected);
        let syslog = declared("listen = 'udp://127.0.0.1:5514'\nexpect = 'never'\nallowance = '1d'").unwrap();
        assert_eq!((syslog.ways, syslog.declared.allowance_minutes), (vec![SourceWay::Syslog], 1440));
        let both = declared("paths = ['a.log']\nlisten = 'udp://127.0.0.1:5514'").unwrap();
        assert_eq!(
            (both.ways, both.from.as_str()),
            (vec![SourceWay::Files, SourceWay::Syslog], "a.log, udp://127.0.0.1:5514")
        );
    }

    #[test]
    fn what_is_no_span_of_time_is_refused() {
        for text in ["", "1", "h", "-1h", "1.5h", "1 h", "1w", "99999999999999h", "32d", "é"] {
            let refused = declared(&format!("allowance = '{text}'"));
            assert!(refused.is_err_and(|error| error.contains("`2h`")), "{text}");
        }
        assert!(declared("expect = 'sometimes'").is_err_and(|error| error.contains("usual")));
    }
}
