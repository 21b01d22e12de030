//! Every number that decides a verdict, with its default: what an operator may change in configuration.

mod config;
mod validate;
mod words;

use model::{Observation, Severity};
use serde::{Deserialize, Serialize};

use crate::Rate;
use crate::observation::Share;

pub use validate::RuleProblem;
pub use words::{roll_up_in_words, rule_in_words};

/// All thresholds. The defaults are those of `docs/rules.md`.
///
/// In configuration every field is optional, unknown ones are refused, and what is left out keeps its default:
///
/// ```toml
/// [rules.forbidden]
/// warning = { calls = 20, percent = 0.5 }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "config::RawRules")]
pub struct Rules {
    /// Status 403. Warning at 10 calls and 1 %, Critical at 50 and 5 %.
    pub forbidden: Limits,
    /// Status 404. Warning at 10 calls and 2 %, Critical at 50 and 10 %.
    pub not_found: Limits,
    /// Status 429. Warning at 5 calls and 0.5 %, Critical at 50 and 5 %.
    pub rate_limited: Limits,
    /// Status 401. Warning at 5 calls and 0.5 %, Critical at 25 and 2 %.
    pub unauthorized: Limits,
    /// Company-scoped calls without the company header. Warning at 1 call, Critical at 10 and 1 %.
    pub missing_company_header: Limits,
    /// Calls of deprecated operations. Warning at 1 call, Critical at 1 whose operation's sunset is near.
    pub deprecated_endpoint: DeprecatedLimits,
    /// Calls of undocumented or internal operations. Warning at 1 call, Critical at 10 and 1 %.
    pub private_endpoint: Limits,
    /// How the days of the window make a status.
    pub roll_up: RollUp,
}

/// When a day of one observation is a Warning and when it is Critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// The lower threshold.
    pub warning: Threshold,
    /// The upper threshold.
    pub critical: Threshold,
}

/// What a day must reach: so many affected calls, and at least this share of the base. Both must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Threshold {
    /// Affected calls of the day; at least 1.
    pub calls: u64,
    /// Affected calls as a share of the base, in percent; 0 where the share does not matter.
    pub percent: Rate,
}

/// When a day with calls of deprecated operations is a Warning and when it is Critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeprecatedLimits {
    /// What the calls of all deprecated operations must reach for a Warning.
    pub warning: Threshold,
    /// What the calls of those whose sunset is near or past must reach for a Critical.
    pub critical: Threshold,
    /// A sunset is near when it is at most so many days after the day of the call. 90.
    pub sunset_horizon_days: u16,
}

/// How the severities of the window's 14 days make one status. The length of the window is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RollUp {
    /// A Critical day among so many newest days is active and needs attention. 3, that is the ages 0 to 2.
    pub active_days: u16,
    /// So many Critical days in the window recur and need attention, however old they are. 3.
    pub recurring_critical_days: u16,
    /// So many Warning days in the window call for a review, if one of them is recent. 2.
    pub warning_days: u16,
    /// A Warning day is recent when it is among so many newest days. 7, that is the ages 0 to 6.
    pub recent_days: u16,
    /// An app without production calls on so many complete days has no status at all. 30.
    pub no_traffic_days: u16,
}

impl Threshold {
    /// So many calls and so many millionths of the base.
    #[must_use]
    pub const fn new(calls: u64, millionths: u64) -> Self {
        Self { calls, percent: Rate::from_millionths(millionths) }
    }

    /// Whether a day reaches it. A day without an affected call reaches nothing.
    #[must_use]
    pub fn is_reached(self, affected: u64, base: u64) -> bool {
        affected >= self.calls.max(1) && self.percent.is_reached(affected, base)
    }
}

impl Default for Rules {
    fn default() -> Self {
        const fn limits(warning: (u64, u64), critical: (u64, u64)) -> Limits {
            Limits { warning: Threshold::new(warning.0, warning.1), critical: Threshold::new(critical.0, critical.1) }
        }
        Self {
            forbidden: limits((10, 10_000), (50, 50_000)),
            not_found: limits((10, 20_000), (50, 100_000)),
            rate_limited: limits((5, 5_000), (50, 50_000)),
            unauthorized: limits((5, 5_000), (25, 20_000)),
            missing_company_header: limits((1, 0), (10, 10_000)),
            deprecated_endpoint: DeprecatedLimits {
                warning: Threshold::new(1, 0),
                critical: Threshold::new(1, 0),
                sunset_horizon_days: 90,
            },
            private_endpoint: limits((1, 0), (10, 10_000)),
            roll_up: RollUp::default(),
        }
    }
}

impl Default for RollUp {
    fn default() -> Self {
        Self { active_days: 3, recurring_critical_days: 3, warning_days: 2, recent_days: 7, no_traffic_days: 30 }
    }
}

impl Rules {
    /// The thresholds of one observation. Those of `deprecated_endpoint` measure two different things; see
    /// [`DeprecatedLimits`].
    #[must_use]
    pub fn limits(&self, observation: Observation) -> Limits {
        match observation {
            Observation::Forbidden => self.forbidden,
            Observation::NotFound => self.not_found,
            Observation::RateLimited => self.rate_limited,
            Observation::Unauthorized => self.unauthorized,
            Observation::MissingCompanyHeader => self.missing_company_header,
            Observation::DeprecatedEndpoint => {
                let DeprecatedLimits { warning, critical, sunset_horizon_days: _ } = self.deprecated_endpoint;
                Limits { warning, critical }
            }
            Observation::PrivateEndpoint => self.private_endpoint,
        }
    }

    /// How bad a day with these calls is for an observation.
    pub(crate) fn severity(&self, observation: Observation, day: Share) -> Severity {
        let Limits { warning, critical } = self.limits(observation);
        let towards_critical =
            if observation == Observation::DeprecatedEndpoint { day.near_sunset } else { day.affected };
        if critical.is_reached(towards_critical, day.base) {
            Severity::Critical
        } else if warning.is_reached(day.affected, day.base) {
            Severity::Warning
        } else {
            Severity::Healthy
        }
    }

    /// All values as one stable line of text: equal exactly when the rules are. Materialised verdicts carry
    /// it, so that a change of rules is noticed and the days are judged again.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut parts = vec!["rules-1".to_owned()];
        parts.extend(Observation::ALL.into_iter().map(|observation| {
            let Limits { warning, critical } = self.limits(observation);
            let of = |threshold: Threshold| format!("{}/{}", threshold.calls, threshold.percent.millionths());
            format!("{}={},{}", observation.key(), of(warning), of(critical))
        }));
        let RollUp { active_days, recurring_critical_days, warning_days, recent_days, no_traffic_days } = self.roll_up;
        parts.push(format!("sunset_horizon={}", self.deprecated_endpoint.sunset_horizon_days));
        parts.push(format!(
            "roll_up={active_days},{recurring_critical_days},{warning_days},{recent_days},{no_traffic_days}"
        ));
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use Observation as O;
    use Severity::{Critical, Healthy, Warning};

    use super::*;

    fn check(observation: Observation, affected: u64, base: u64, expected: Severity) {
        let share = Share { affected, base, near_sunset: 0 };
        assert_eq!(Rules::default().severity(observation, share), expected, "{observation:?} {affected}/{base}");
    }

    #[test]
    fn forbidden_at_its_boundaries() {
        check(O::Forbidden, 0, 0, Healthy);
        check(O::Forbidden, 9, 9, Healthy);
        check(O::Forbidden, 10, 10, Warning);
        check(O::Forbidden, 10, 1_000, Warning);
        check(O::Forbidden, 10, 1_001, Healthy);
        check(O::Forbidden, 49, 49, Warning);
        check(O::Forbidden, 50, 1_000, Critical);
        check(O::Forbidden, 50, 1_001, Warning);
    }

    #[test]
    fn not_found_at_its_boundaries() {
        check(O::NotFound, 9, 9, Healthy);
        check(O::NotFound, 10, 500, Warning);
        check(O::NotFound, 10, 501, Healthy);
        check(O::NotFound, 49, 49, Warning);
        check(O::NotFound, 50, 500, Critical);
        check(O::NotFound, 50, 501, Warning);
    }

    #[test]
    fn rate_limited_at_its_boundaries() {
        check(O::RateLimited, 4, 4, Healthy);
        check(O::RateLimited, 5, 1_000, Warning);
        check(O::RateLimited, 5, 1_001, Healthy);
        check(O::RateLimited, 49, 49, Warning);
        check(O::RateLimited, 50, 1_000, Critical);
        check(O::RateLimited, 50, 1_001, Warning);
    }

    #[test]
    fn unauthorized_at_its_boundaries() {
        check(O::Unauthorized, 4, 4, Healthy);
        check(O::Unauthorized, 5, 1_000, Warning);
        check(O::Unauthorized, 5, 1_001, Healthy);
        check(O::Unauthorized, 24, 24, Warning);
        check(O::Unauthorized, 25, 1_250, Critical);
        check(O::Unauthorized, 25, 1_251, Warning);
    }

    #[test]
    fn missing_header_and_private_at_their_boundaries() {
        for observation in [O::MissingCompanyHeader, O::PrivateEndpoint] {
            check(observation, 0, 5, Healthy);
            check(observation, 1, u64::MAX, Warning);
            check(observation, 9, 9, Warning);
            check(observation, 10, 1_000, Critical);
            check(observation, 10, 1_001, Warning);
        }
    }

    #[test]
    fn deprecated_is_critical_by_the_calls_near_a_sunset_alone() {
        check(O::DeprecatedEndpoint, 0, 5, Healthy);
        check(O::DeprecatedEndpoint, 1_000, 1_000, Warning);
        let share = Share { affected: 1, base: u64::MAX, near_sunset: 1 };
        assert_eq!(Rules::default().severity(O::DeprecatedEndpoint, share), Critical);
    }

    #[test]
    fn each_value_is_part_of_the_fingerprint() {
        let default = Rules::default().fingerprint();
        assert_eq!(
            default,
            "rules-1 forbidden=10/10000,50/50000 not_found=10/20000,50/100000 rate_limited=5/5000,50/50000 \
             unauthorized=5/5000,25/20000 missing_company_header=1/0,10/10000 deprecated_endpoint=1/0,1/0 \
             private_endpoint=1/0,10/10000 sunset_horizon=90 roll_up=3,3,2,7,30"
        );
        let changes: [fn(&mut Rules); 4] = [
            |rules| rules.forbidden.warning.calls = 11,
            |rules| rules.private_endpoint.critical.percent = Rate::ZERO,
            |rules| rules.deprecated_endpoint.sunset_horizon_days = 91,
            |rules| rules.roll_up.recent_days = 6,
        ];
        for change in changes {
            let mut rules = Rules::default();
            change(&mut rules);
            assert_ne!(rules.fingerprint(), default);
        }
    }
}
