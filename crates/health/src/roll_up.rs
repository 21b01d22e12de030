//! The status that the days of the window make: newer and repeated faults weigh more than old and single ones.

use model::{Severity, Status};

use crate::RollUp;

/// The days that decide a status: the complete days before the as-of day.
pub const WINDOW_DAYS: u16 = 14;

/// The status of a window, given oldest day first. The last 14 entries count; days that are missing at the
/// front are taken as healthy. A day without traffic is Healthy.
#[must_use]
pub fn roll_up(days: &[Severity], rules: &RollUp) -> Status {
    Findings::of(days, rules).status(rules)
}

/// What of a window the rules go by. The age of its newest day is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Critical days.
    pub(crate) critical: usize,
    /// Of those, the ones that are active.
    pub(crate) active: usize,
    /// The age of the newest Critical day.
    pub(crate) last_critical: Option<usize>,
    /// Warning days.
    pub(crate) warning: usize,
    /// The age of the newest Warning day.
    pub(crate) last_warning: Option<usize>,
}

impl Findings {
    pub(crate) fn of(days: &[Severity], rules: &RollUp) -> Self {
        let mut findings = Self::default();
        for (age, severity) in days.iter().rev().take(usize::from(WINDOW_DAYS)).enumerate() {
            match severity {
                Severity::Healthy => {}
                Severity::Warning => {
                    findings.warning += 1;
                    findings.last_warning = findings.last_warning.or(Some(age));
                }
                Severity::Critical => {
                    findings.critical += 1;
                    findings.active += usize::from(age < usize::from(rules.active_days));
                    findings.last_critical = findings.last_critical.or(Some(age));
                }
            }
        }
        findings
    }

    /// At least so many Critical days in the window that they recur.
    pub(crate) fn recurs(&self, rules: &RollUp) -> bool {
        self.critical >= usize::from(rules.recurring_critical_days.max(1))
    }

    /// The newest Warning day is a recent one.
    pub(crate) fn warned_recently(&self, rules: &RollUp) -> bool {
        self.last_warning.is_some_and(|age| age < usize::from(rules.recent_days))
    }

    /// Enough Warning days, one of them recent.
    pub(crate) fn keeps_warning(&self, rules: &RollUp) -> bool {
        self.warning >= usize::from(rules.warning_days) && self.warned_recently(rules)
    }

    pub(crate) fn status(&self, rules: &RollUp) -> Status {
        if self.active > 0 || self.recurs(rules) {
            Status::NeedsAttention
        } else if self.critical > 0 || self.keeps_warning(rules) {
            Status::ReviewRecommended
        } else {
            Status::Healthy
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use Severity::{Critical, Healthy, Warning};
    use proptest::prelude::*;

    use super::*;

    /// A window as it is shown: `.` healthy, `w` warning, `C` critical, oldest day first.
    pub(crate) fn window(text: &str) -> Vec<Severity> {
        text.chars()
            .map(|letter| match letter {
                'C' => Critical,
                'w' => Warning,
                _ => Healthy,
            })
            .collect()
    }

    fn check(text: &str, expected: Status) {
        assert_eq!(text.len(), 14, "{text}");
        assert_eq!(roll_up(&window(text), &RollUp::default()), expected, "{text}");
    }

    #[test]
    fn a_critical_day_needs_attention_while_it_is_active() {
        check(".............C", Status::NeedsAttention);
        check("............C.", Status::NeedsAttention);
        check("...........C..", Status::NeedsAttention);
        check("..........C...", Status::ReviewRecommended);
        check("C.............", Status::ReviewRecommended);
    }

    #[test]
    fn three_critical_days_recur() {
        check("CCC...........", Status::NeedsAttention);
        check("C....C....C...", Status::NeedsAttention);
        check("C....C........", Status::ReviewRecommended);
    }

    #[test]
    fn two_warnings_call_for_a_review_while_one_is_recent() {
        check(".............w", Status::Healthy);
        check("w............w", Status::ReviewRecommended);
        check("w......w......", Status::ReviewRecommended);
        check("w.....w.......", Status::Healthy);
        check("wwwwwww.......", Status::Healthy);
        check("wwwwwwww......", Status::ReviewRecommended);
        check("wwwwwwwwwwwwww", Status::ReviewRecommended);
        check("..............", Status::Healthy);
    }

    #[test]
    fn more_and_fewer_than_14_days_are_taken_for_14() {
        let rules = RollUp::default();
        assert_eq!(roll_up(&[], &rules), Status::Healthy);
        assert_eq!(roll_up(&[Critical], &rules), Status::NeedsAttention);
        assert_eq!(roll_up(&window("C.............."), &rules), Status::Healthy);
    }

    pub(crate) fn some_window() -> impl Strategy<Value = Vec<Severity>> {
        let severity = prop_oneof![6 => Just(Healthy), 2 => Just(Warning), 1 => Just(Critical)];
        prop::collection::vec(severity, 14)
    }

    pub(crate) fn some_rules() -> impl Strategy<Value = RollUp> {
        let days = 1..=14_u16;
        let other =
            (days.clone(), days.clone(), days.clone(), days).prop_map(|(active, recurring, warning, recent)| RollUp {
                active_days: active,
                recurring_critical_days: recurring,
                warning_days: warning,
                recent_days: recent,
                ..RollUp::default()
            });
        prop_oneof![Just(RollUp::default()), other]
    }

    fn followed_by(days: &[Severity], severity: Severity) -> Vec<Severity> {
        days[1..].iter().copied().chain([severity]).collect()
    }

    proptest! {
        #[test]
        fn nothing_critical_and_at_most_one_warning_is_healthy(at in 0..14_usize, severity in prop_oneof![
            Just(Healthy), Just(Warning)
        ]) {
            let mut days = vec![Healthy; 14];
            days[at] = severity;
            prop_assert_eq!(roll_up(&days, &RollUp::default()), Status::Healthy);
        }

        #[test]
        fn critical_yesterday_needs_attention(days in some_window(), rules in some_rules()) {
            prop_assert_eq!(roll_up(&followed_by(&days, Critical), &rules), Status::NeedsAttention);
        }

        #[test]
        fn anything_critical_is_never_healthy(days in some_window(), at in 0..14_usize, rules in some_rules()) {
            let mut days = days;
            days[at] = Critical;
            prop_assert_ne!(roll_up(&days, &rules), Status::Healthy);
        }

        #[test]
        fn one_critical_day_that_is_no_longer_active_is_for_review(at in 0..11_usize) {
            let mut days = vec![Healthy; 14];
            days[at] = Critical;
            prop_assert_eq!(roll_up(&days, &RollUp::default()), Status::ReviewRecommended);
        }

        #[test]
        fn a_worse_day_never_makes_a_better_status(days in some_window(), at in 0..14_usize, rules in some_rules()) {
            for severity in [Warning, Critical] {
                let mut worse = days.clone();
                worse[at] = worse[at].max(severity);
                // A warning that turns critical is no warning any more, but what is critical outweighs it.
                prop_assert!(roll_up(&worse, &rules) >= roll_up(&days, &rules));
            }
        }

        #[test]
        fn a_later_bad_day_never_makes_a_better_status(days in some_window(), rules in some_rules()) {
            let [fine, bad, worst] = [Healthy, Warning, Critical].map(|next| roll_up(&followed_by(&days, next), &rules));
            prop_assert!(fine <= bad && bad <= worst);
        }

        #[test]
        fn a_healthy_day_never_makes_a_worse_status(days in some_window(), rules in some_rules()) {
            prop_assert!(roll_up(&followed_by(&days, Healthy), &rules) <= roll_up(&days, &rules));
        }

        #[test]
        fn the_same_days_with_the_bad_ones_later_are_not_better(
            days in some_window(), one in 0..14_usize, other in 0..14_usize, rules in some_rules()
        ) {
            let (earlier, later) = (one.min(other), one.max(other));
            let mut days = days;
            if days[earlier] < days[later] {
                days.swap(earlier, later);
            }
            let mut moved = days.clone();
            moved.swap(earlier, later);
            prop_assert!(roll_up(&moved, &rules) >= roll_up(&days, &rules));
        }

        #[test]
        fn fourteen_clean_days_are_healthy(days in some_window(), rules in some_rules()) {
            let days: Vec<Severity> = days.into_iter().chain([Healthy; 14]).collect();
            prop_assert_eq!(roll_up(&days, &rules), Status::Healthy);
        }

        /// A day counts as of the 14 days after it, and no longer.
        #[test]
        fn a_day_is_gone_after_fourteen_others(before in some_window(), after in some_window(), rules in some_rules()) {
            for old in [Warning, Critical] {
                let days: Vec<Severity> = before.iter().copied().chain([old]).chain(after.iter().copied()).collect();
                prop_assert_eq!(roll_up(&days, &rules), roll_up(&after, &rules));
            }
        }
    }
}
