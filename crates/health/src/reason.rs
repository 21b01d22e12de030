//! Why a status is what it is, in words.

use model::{Severity, Status};

use crate::roll_up::Findings;
use crate::words::{ago, counted};
use crate::{RollUp, WINDOW_DAYS};

/// The reason for the status of a window (oldest day first), without full stop: `Critical on 2 of the last 3
/// days`. `traffic` says whether the app made any production call within the window.
#[must_use]
pub fn reason(days: &[Severity], traffic: bool, rules: &RollUp) -> String {
    let findings = Findings::of(days, rules);
    match findings.status(rules) {
        Status::NeedsAttention => needs_attention(&findings, rules),
        Status::ReviewRecommended => review_recommended(&findings, rules),
        Status::Healthy if findings.warning > 0 => healthy_with_warnings(&findings, rules),
        Status::Healthy if traffic => format!("No warnings in the last {WINDOW_DAYS} days"),
        Status::Healthy => format!("No traffic in the last {WINDOW_DAYS} days"),
    }
}

fn needs_attention(findings: &Findings, rules: &RollUp) -> String {
    let in_window = format!("on {} of the last {WINDOW_DAYS} days", findings.critical);
    if findings.active == 0 {
        return format!("Critical {in_window}");
    }
    let active = match rules.active_days {
        1 => "yesterday".to_owned(),
        days => format!("on {} of the last {}", findings.active, counted(u64::from(days), "day")),
    };
    // Where it recurs too, the forecast depends on the older days as well.
    if findings.recurs(rules) && findings.critical > findings.active {
        format!("Critical {active} and {in_window}")
    } else {
        format!("Critical {active}")
    }
}

fn review_recommended(findings: &Findings, rules: &RollUp) -> String {
    let critical = match (findings.critical, findings.last_critical) {
        (0, _) | (_, None) => None,
        (1, Some(age)) => Some(format!("Critical once, {}", ago(age))),
        (2, Some(age)) => Some(format!("Critical twice, most recently {}", ago(age))),
        (number, Some(age)) => {
            Some(format!("Critical on {number} of the last {WINDOW_DAYS} days, most recently {}", ago(age)))
        }
    };
    let warnings = if findings.keeps_warning(rules) { warnings(findings) } else { None };
    match (critical, warnings) {
        (Some(critical), Some(warnings)) => format!("{critical}; {warnings}"),
        (critical, warnings) => critical.or(warnings).unwrap_or_default(),
    }
}

fn warnings(findings: &Findings) -> Option<String> {
    let age = findings.last_warning?;
    Some(match findings.warning {
        1 => format!("Warning once, {}", ago(age)),
        number => format!("Warning on {number} of the last {WINDOW_DAYS} days, most recently {}", ago(age)),
    })
}

fn healthy_with_warnings(findings: &Findings, rules: &RollUp) -> String {
    let age = findings.last_warning.unwrap_or_default();
    match findings.warning {
        1 => format!("One isolated warning, {}", ago(age)),
        number if findings.warned_recently(rules) => {
            format!("Warning on {number} of the last {WINDOW_DAYS} days, fewer than {}", rules.warning_days)
        }
        number => format!(
            "Warning on {number} of the last {WINDOW_DAYS} days, none in the last {}",
            counted(u64::from(rules.recent_days), "day")
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::roll_up;
    use crate::roll_up::tests::{some_rules, some_window, window};

    fn check(text: &str, expected: &str) {
        assert_eq!(reason(&window(text), true, &RollUp::default()), expected, "{text}");
    }

    #[test]
    fn why_it_needs_attention() {
        check("...........C.C", "Critical on 2 of the last 3 days");
        check("...........CCC", "Critical on 3 of the last 3 days");
        check("............C.", "Critical on 1 of the last 3 days");
        check("C............C", "Critical on 1 of the last 3 days");
        check("C....C.......C", "Critical on 1 of the last 3 days and on 3 of the last 14 days");
        check("C..C.C.C......", "Critical on 4 of the last 14 days");
        check("wwwwwwwwwwwwCw", "Critical on 1 of the last 3 days");
    }

    #[test]
    fn why_a_review_is_recommended() {
        check(".........C....", "Critical once, 5 days ago");
        check(".....C...C....", "Critical twice, most recently 5 days ago");
        check("........w.www.", "Warning on 4 of the last 14 days, most recently 2 days ago");
        check("w............w", "Warning on 2 of the last 14 days, most recently yesterday");
        check(
            "C...........ww",
            "Critical once, 14 days ago; Warning on 2 of the last 14 days, most recently yesterday",
        );
        check("C............w", "Critical once, 14 days ago");
    }

    #[test]
    fn why_it_is_healthy() {
        check("..............", "No warnings in the last 14 days");
        check(".....w........", "One isolated warning, 9 days ago");
        check(".............w", "One isolated warning, yesterday");
        check("ww...ww.......", "Warning on 4 of the last 14 days, none in the last 7 days");
        assert_eq!(reason(&[], false, &RollUp::default()), "No traffic in the last 14 days");
    }

    #[test]
    fn other_rules_read_well_too() {
        let rules = RollUp { active_days: 1, recurring_critical_days: 5, warning_days: 3, ..RollUp::default() };
        let check = |text: &str, expected: &str| assert_eq!(reason(&window(text), true, &rules), expected, "{text}");
        check(".............C", "Critical yesterday");
        check("CCC.........C.", "Critical on 4 of the last 14 days, most recently 2 days ago");
        check("............ww", "Warning on 2 of the last 14 days, fewer than 3");
        let rules = RollUp { warning_days: 1, ..rules };
        assert_eq!(reason(&window("............w."), true, &rules), "Warning once, 2 days ago");
    }

    proptest! {
        #[test]
        fn the_reason_names_what_the_status_goes_by(days in some_window(), rules in some_rules()) {
            let text = reason(&days, true, &rules);
            match roll_up(&days, &rules) {
                Status::NeedsAttention => prop_assert!(text.starts_with("Critical "), "{}", text),
                Status::ReviewRecommended => {
                    let worst = if days.contains(&Severity::Critical) { "Critical " } else { "Warning " };
                    prop_assert!(text.starts_with(worst), "{}", text);
                }
                Status::Healthy => prop_assert!(!text.contains("Critical"), "{}", text),
            }
        }
    }
}
