//! What is wrong with rules that can be read.

use std::fmt;

use model::Observation;

use super::{Limits, Rules, Threshold};
use crate::{Rate, WINDOW_DAYS};

/// The longest that counts are kept by default: traffic older than that can't be asked for.
const LONGEST_NO_TRAFFIC: u16 = 400;

/// One flaw of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// The field within the rules: `forbidden.critical.percent`.
    pub field: String,
    /// What is wrong and what to write.
    pub message: String,
}

/// `` `rules.forbidden.critical.percent`: … ``
impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`rules.{}`: {}", self.field, self.message)
    }
}

impl std::error::Error for RuleProblem {}

impl Rules {
    /// Every flaw of these rules; none for rules that make sense.
    #[must_use]
    pub fn validate(&self) -> Vec<RuleProblem> {
        let mut problems = Vec::new();
        for observation in Observation::ALL {
            let limits = self.limits(observation);
            check_threshold(&mut problems, observation, "warning", limits.warning);
            check_threshold(&mut problems, observation, "critical", limits.critical);
            // The two thresholds of this one measure different calls, so neither order is wrong.
            if observation != Observation::DeprecatedEndpoint {
                check_order(&mut problems, observation, limits);
            }
        }
        self.check_roll_up(&mut problems);
        problems
    }

    fn check_roll_up(&self, problems: &mut Vec<RuleProblem>) {
        let roll_up = &self.roll_up;
        let window = WINDOW_DAYS;
        for (name, value, least, most) in [
            ("active_days", roll_up.active_days, 1, window),
            ("recurring_critical_days", roll_up.recurring_critical_days, 1, window),
            ("warning_days", roll_up.warning_days, 1, window),
            ("recent_days", roll_up.recent_days, 1, window),
            ("no_traffic_days", roll_up.no_traffic_days, window, LONGEST_NO_TRAFFIC),
        ] {
            if !(least..=most).contains(&value) {
                let message = format!("`{value}` is out of range; write {least} to {most} days");
                problems.push(RuleProblem { field: format!("roll_up.{name}"), message });
            }
        }
    }
}

fn check_threshold(problems: &mut Vec<RuleProblem>, observation: Observation, name: &str, threshold: Threshold) {
    let key = observation.key();
    if threshold.calls == 0 {
        let message = "a day without affected calls is always healthy; write at least 1".to_owned();
        problems.push(RuleProblem { field: format!("{key}.{name}.calls"), message });
    }
    if threshold.percent > Rate::WHOLE {
        let message = format!("`{}` is over 100 percent; write 0 to 100", threshold.percent);
        problems.push(RuleProblem { field: format!("{key}.{name}.percent"), message });
    }
}

fn check_order(problems: &mut Vec<RuleProblem>, observation: Observation, limits: Limits) {
    let key = observation.key();
    let Limits { warning, critical } = limits;
    if critical.calls < warning.calls {
        let message = below_warning(&critical.calls, &warning.calls);
        problems.push(RuleProblem { field: format!("{key}.critical.calls"), message });
    }
    if critical.percent < warning.percent {
        let message = below_warning(&critical.percent, &warning.percent);
        problems.push(RuleProblem { field: format!("{key}.critical.percent"), message });
    }
}

fn below_warning(critical: &dyn fmt::Display, warning: &dyn fmt::Display) -> String {
    format!("`{critical}` is below the warning's `{warning}`; write at least as much, or lower the warning")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: fn(&mut Rules), expected: &[&str]) {
        let mut rules = Rules::default();
        change(&mut rules);
        let found: Vec<String> = rules.validate().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_defaults_make_sense() {
        check(|_| {}, &[]);
    }

    #[test]
    fn flaws_are_named_by_their_field() {
        check(
            |rules| rules.forbidden.critical.calls = 9,
            &[
                "`rules.forbidden.critical.calls`: `9` is below the warning's `10`; write at least as much, or lower the \
               warning",
            ],
        );
        check(
            |rules| rules.not_found.critical.percent = Rate::from_millionths(15_000),
            &[
                "`rules.not_found.critical.percent`: `1.5` is below the warning's `2`; write at least as much, or lower \
               the warning",
            ],
        );
        check(
            |rules| rules.unauthorized.critical.percent = Rate::from_millionths(1_000_001),
            &["`rules.unauthorized.critical.percent`: `100.0001` is over 100 percent; write 0 to 100"],
        );
        check(
            |rules| rules.private_endpoint.warning.calls = 0,
            &[
                "`rules.private_endpoint.warning.calls`: a day without affected calls is always healthy; write at least 1",
            ],
        );
        check(
            |rules| rules.roll_up.active_days = 15,
            &["`rules.roll_up.active_days`: `15` is out of range; write 1 to 14 days"],
        );
        check(
            |rules| rules.roll_up.no_traffic_days = 7,
            &["`rules.roll_up.no_traffic_days`: `7` is out of range; write 14 to 400 days"],
        );
    }

    #[test]
    fn deprecated_may_warn_later_than_it_turns_critical() {
        check(|rules| rules.deprecated_endpoint.warning.calls = 100, &[]);
    }
}
