//! When a status would clear if the behaviour stopped today.

use model::{Day, Severity, Status};

use crate::{RollUp, WINDOW_DAYS, roll_up};

/// The first as-of days on which a status would read better; `None` where it reads so already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Review Recommended or better.
    pub review_recommended: Option<Day>,
    /// Healthy.
    pub healthy: Option<Day>,
}

/// Runs the roll-up forward from a window (oldest day first, the last one being the day before `as_of`), with
/// `as_of` and every later day healthy. Fourteen healthy days are Healthy, so both days are always found.
#[must_use]
pub fn forecast(days: &[Severity], as_of: Day, rules: &RollUp) -> Forecast {
    let window = usize::from(WINDOW_DAYS);
    let mut run: Vec<Severity> = days[days.len().saturating_sub(window)..].to_vec();
    let mut forecast = Forecast::default();
    if roll_up(&run, rules) == Status::Healthy {
        return forecast;
    }
    let in_review = roll_up(&run, rules) == Status::ReviewRecommended;
    for later in 1..=i32::from(WINDOW_DAYS) {
        run.push(Severity::Healthy);
        let status = roll_up(&run, rules);
        let day = as_of.plus(later);
        if status <= Status::ReviewRecommended && !in_review {
            forecast.review_recommended = forecast.review_recommended.or(Some(day));
        }
        if status == Status::Healthy {
            forecast.healthy = Some(day);
            break;
        }
    }
    forecast
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::roll_up::tests::{some_rules, some_window, window};
    use crate::testing::day;

    fn check(text: &str, expected: (Option<&str>, Option<&str>)) {
        let as_of: Day = "2026-11-20".parse().unwrap();
        let found = forecast(&window(text), as_of, &RollUp::default());
        let text_of = |day: Option<Day>| day.map(|day| day.to_string());
        let found = (text_of(found.review_recommended), text_of(found.healthy));
        assert_eq!((found.0.as_deref(), found.1.as_deref()), expected, "{text}");
    }

    #[test]
    fn when_a_status_would_clear() {
        check("..............", (None, None));
        check(".............w", (None, None));
        check(".............C", (Some("2026-11-23"), Some("2026-12-04")));
        check("...........C.C", (Some("2026-11-23"), Some("2026-12-04")));
        check("..........C...", (None, Some("2026-12-01")));
        check("C.............", (None, Some("2026-11-21")));
        // The oldest of three leaves the window tomorrow; the other two are old.
        check("CCC...........", (Some("2026-11-21"), Some("2026-11-23")));
        // The newest warning is recent for six more days.
        check("............ww", (None, Some("2026-11-27")));
        // The older warning leaves the window first.
        check("w............w", (None, Some("2026-11-21")));
        check("w........C...w", (None, Some("2026-11-30")));
        check("....ww...C...w", (None, Some("2026-11-30")));
    }

    proptest! {
        #[test]
        fn forecasts_are_the_first_days_and_agree_with_the_roll_up(days in some_window(), rules in some_rules()) {
            let as_of = day(1_000);
            let found = forecast(&days, as_of, &rules);
            for (goal, found) in
                [(Status::ReviewRecommended, found.review_recommended), (Status::Healthy, found.healthy)]
            {
                let reads_so = |later: usize| {
                    let run: Vec<Severity> = days.iter().copied().chain(vec![Severity::Healthy; later]).collect();
                    roll_up(&run[later..], &rules) <= goal
                };
                let first = (0..=14).find(|later| reads_so(*later)).filter(|later| *later > 0);
                prop_assert_eq!(found, first.map(|later| as_of.plus(i32::try_from(later).unwrap())));
                prop_assert!((0..30).skip_while(|later| !reads_so(*later)).all(reads_so), "it stays so");
            }
        }

        #[test]
        fn review_comes_no_later_than_healthy(days in some_window(), rules in some_rules()) {
            let found = forecast(&days, day(1_000), &rules);
            if let Some(review) = found.review_recommended {
                prop_assert!(found.healthy.is_some_and(|healthy| review <= healthy));
            }
        }
    }
}
