//! The rules in words, as they stand beside every verdict.

use model::Observation;

use super::{RollUp, Rules, Threshold};
use crate::WINDOW_DAYS;
use crate::words::{counted, thousands};

/// The thresholds of an observation as a sentence without full stop:
/// `Critical at 50 calls and 5 %, Warning at 10 and 1 %`.
#[must_use]
pub fn rule_in_words(observation: Observation, rules: &Rules) -> String {
    let limits = rules.limits(observation);
    let critical = amount(limits.critical, true);
    if observation == Observation::DeprecatedEndpoint {
        let horizon = counted(u64::from(rules.deprecated_endpoint.sunset_horizon_days), "day");
        let warning = amount(limits.warning, true);
        return format!("Critical at {critical} within {horizon} of the sunset or after it, Warning at {warning}");
    }
    // "calls" need not be said twice.
    let spelled_out = limits.critical.calls <= 1 || limits.warning.calls <= 1;
    format!("Critical at {critical}, Warning at {}", amount(limits.warning, spelled_out))
}

/// `50 calls and 5 %`, `10 and 1 %`, `the first call`.
fn amount(threshold: Threshold, spelled_out: bool) -> String {
    let rate_counts = threshold.percent.millionths() > 0;
    let calls = match (threshold.calls, rate_counts) {
        (0 | 1, false) => return "the first call".to_owned(),
        (calls, _) if spelled_out => counted(calls, "call"),
        (calls, _) => thousands(calls),
    };
    if rate_counts { format!("{calls} and {} %", threshold.percent) } else { calls }
}

/// How a status follows from the 14 days, one sentence without full stop for each of Needs Attention, Review
/// Recommended and Healthy.
#[must_use]
pub fn roll_up_in_words(rules: &RollUp) -> [String; 3] {
    let days = |number: u16| counted(u64::from(number), "day");
    let active = match rules.active_days {
        0 | 1 => "A Critical day yesterday".to_owned(),
        number => format!("A Critical day among the last {}", days(number)),
    };
    let recurring = match rules.recurring_critical_days {
        0 | 1 => "any".to_owned(),
        number => format!("at least {number}"),
    };
    let warnings = match rules.warning_days {
        0 | 1 => format!("a Warning day among the last {}", days(rules.recent_days)),
        number => format!("at least {number} Warning days, one of them among the last {}", days(rules.recent_days)),
    };
    [
        format!("{active}, or {recurring} Critical in the last {WINDOW_DAYS} days"),
        format!("Otherwise a Critical day in the last {WINDOW_DAYS} days, or {warnings}"),
        "Otherwise: nothing critical, and no more than isolated or old warnings".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rate;

    fn check(observation: Observation, expected: &str) {
        assert_eq!(rule_in_words(observation, &Rules::default()), expected);
    }

    #[test]
    fn the_seven_rules_in_words() {
        check(Observation::Forbidden, "Critical at 50 calls and 5 %, Warning at 10 and 1 %");
        check(Observation::NotFound, "Critical at 50 calls and 10 %, Warning at 10 and 2 %");
        check(Observation::RateLimited, "Critical at 50 calls and 5 %, Warning at 5 and 0.5 %");
        check(Observation::Unauthorized, "Critical at 25 calls and 2 %, Warning at 5 and 0.5 %");
        check(Observation::MissingCompanyHeader, "Critical at 10 calls and 1 %, Warning at the first call");
        check(
            Observation::DeprecatedEndpoint,
            "Critical at the first call within 90 days of the sunset or after it, Warning at the first call",
        );
        check(Observation::PrivateEndpoint, "Critical at 10 calls and 1 %, Warning at the first call");
    }

    #[test]
    fn changed_rules_read_well_too() {
        let mut rules = Rules::default();
        rules.forbidden.warning = Threshold::new(1, 2_500);
        rules.forbidden.critical = Threshold { calls: 1_000, percent: Rate::ZERO };
        rules.deprecated_endpoint.critical = Threshold::new(5, 10_000);
        rules.deprecated_endpoint.sunset_horizon_days = 1;
        assert_eq!(
            rule_in_words(Observation::Forbidden, &rules),
            "Critical at 1,000 calls, Warning at 1 call and 0.25 %"
        );
        assert_eq!(
            rule_in_words(Observation::DeprecatedEndpoint, &rules),
            "Critical at 5 calls and 1 % within 1 day of the sunset or after it, Warning at the first call"
        );
    }

    #[test]
    fn the_roll_up_in_words() {
        assert_eq!(
            roll_up_in_words(&RollUp::default()),
            [
                "A Critical day among the last 3 days, or at least 3 Critical in the last 14 days",
                "Otherwise a Critical day in the last 14 days, or at least 2 Warning days, one of them among the last \
                 7 days",
                "Otherwise: nothing critical, and no more than isolated or old warnings",
            ]
        );
    }
}
