//! The rules as configuration writes them: every field optional, laid over the defaults.

use serde::Deserialize;

use super::{DeprecatedLimits, Limits, RollUp, Rules, Threshold};
use crate::Rate;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawRules {
    forbidden: RawLimits,
    not_found: RawLimits,
    rate_limited: RawLimits,
    unauthorized: RawLimits,
    missing_company_header: RawLimits,
    deprecated_endpoint: RawDeprecated,
    private_endpoint: RawLimits,
    roll_up: RollUp,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawLimits {
    warning: RawThreshold,
    critical: RawThreshold,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawDeprecated {
    warning: RawThreshold,
    critical: RawThreshold,
    sunset_horizon_days: Option<u16>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawThreshold {
    calls: Option<u64>,
    percent: Option<Rate>,
}

impl RawThreshold {
    fn over(&self, default: Threshold) -> Threshold {
        Threshold { calls: self.calls.unwrap_or(default.calls), percent: self.percent.unwrap_or(default.percent) }
    }
}

impl RawLimits {
    fn over(&self, default: Limits) -> Limits {
        Limits { warning: self.warning.over(default.warning), critical: self.critical.over(default.critical) }
    }
}

impl RawDeprecated {
    fn over(&self, default: DeprecatedLimits) -> DeprecatedLimits {
        DeprecatedLimits {
            warning: self.warning.over(default.warning),
            critical: self.critical.over(default.critical),
            sunset_horizon_days: self.sunset_horizon_days.unwrap_or(default.sunset_horizon_days),
        }
    }
}

impl From<RawRules> for Rules {
    fn from(raw: RawRules) -> Self {
        let default = Self::default();
        Self {
            forbidden: raw.forbidden.over(default.forbidden),
            not_found: raw.not_found.over(default.not_found),
            rate_limited: raw.rate_limited.over(default.rate_limited),
            unauthorized: raw.unauthorized.over(default.unauthorized),
            missing_company_header: raw.missing_company_header.over(default.missing_company_header),
            deprecated_endpoint: raw.deprecated_endpoint.over(default.deprecated_endpoint),
            private_endpoint: raw.private_endpoint.over(default.private_endpoint),
            roll_up: raw.roll_up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Rules, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.to_string())
    }

    #[test]
    fn nothing_written_is_the_default() {
        assert_eq!(read(""), Ok(Rules::default()));
        assert_eq!(read("[forbidden]\n[roll_up]\n"), Ok(Rules::default()));
    }

    #[test]
    fn what_is_written_lies_over_the_default() {
        let rules = read(
            "[forbidden]\nwarning = { calls = 20 }\ncritical = { percent = \"7.5 %\" }\n\
             [rate_limited]\nwarning = { percent = 0.25 }\ncritical = { percent = 3 }\n\
             [deprecated_endpoint]\nsunset_horizon_days = 30\n[roll_up]\nactive_days = 2\n",
        );
        let mut expected = Rules::default();
        expected.forbidden.warning.calls = 20;
        expected.forbidden.critical.percent = Rate::from_millionths(75_000);
        expected.rate_limited.warning.percent = Rate::from_millionths(2_500);
        expected.rate_limited.critical.percent = Rate::from_millionths(30_000);
        expected.deprecated_endpoint.sunset_horizon_days = 30;
        expected.roll_up.active_days = 2;
        assert_eq!(rules, Ok(expected));
    }

    #[test]
    fn what_is_not_a_rule_is_refused() {
        for (text, says) in [
            ("[forbiden]\n", "unknown field `forbiden`"),
            ("[forbidden]\nwarn = {}\n", "unknown field `warn`"),
            ("[forbidden]\nwarning = { call = 1 }\n", "unknown field `call`"),
            ("[forbidden]\nsunset_horizon_days = 3\n", "unknown field `sunset_horizon_days`"),
            ("[roll_up]\nwindow = 7\n", "unknown field `window`"),
            ("[forbidden]\nwarning = { calls = -1 }\n", "line 2"),
            ("[forbidden]\nwarning = { percent = -1 }\n", "`-1` is not a percentage"),
            ("[forbidden]\nwarning = { percent = nan }\n", "is not a percentage"),
            ("[forbidden]\nwarning = { percent = 0.00001 }\n", "at most four decimals"),
            ("[forbidden]\nwarning = { percent = true }\n", "a number of percent"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn rules_written_out_read_back() {
        let mut rules = Rules::default();
        rules.not_found.critical.percent = Rate::from_millionths(123_456);
        let text = toml::to_string(&rules).expect("rules are plain tables");
        assert!(text.contains("percent = 0.5\n"), "{text}");
        assert_eq!(read(&text), Ok(rules), "{text}");
    }
}
