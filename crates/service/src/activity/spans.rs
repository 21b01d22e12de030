//! The bars of a chart: days, or weeks where days would be too many to tell apart.

use model::{Day, DayRange};

use super::count::DayClasses;
use super::filter::StatusClass;

/// Up to so many days a bar is a day.
const MOST_BARS: usize = 92;

/// The calls of consecutive days by class of status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The days: one, or those of a week (Monday to Sunday) within the range.
    pub days: DayRange,
    /// How many calls of each class, in the order of [`StatusClass::ALL`].
    pub classes: [u64; StatusClass::ALL.len()],
}

impl Span {
    /// All calls.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.classes.iter().sum()
    }
}

/// Consecutive days as bars: by day up to 92 days, by week beyond. No call is lost or counted twice.
#[must_use]
pub fn spans(days: &[DayClasses]) -> Vec<Span> {
    let by_week = days.len() > MOST_BARS;
    let mut spans: Vec<Span> = Vec::new();
    for day in days {
        let begins = !by_week || is_monday(day.day);
        match spans.last_mut() {
            Some(last) if !begins => {
                last.days.end = day.day;
                for (sum, calls) in last.classes.iter_mut().zip(day.classes) {
                    *sum += calls;
                }
            }
            _ => spans.push(Span { days: DayRange::only(day.day), classes: day.classes }),
        }
    }
    spans
}

/// 1970-01-01 was a Thursday.
fn is_monday(day: Day) -> bool {
    (day.epoch_days() + 3).rem_euclid(7) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days(start: &str, number: usize) -> Vec<DayClasses> {
        let start: Day = start.parse().unwrap();
        (0..).take(number).map(|n| DayClasses { day: start.plus(n), classes: [1, 0, 2, 0, 0] }).collect()
    }

    #[test]
    fn up_to_92_days_a_bar_is_a_day() {
        assert_eq!(spans(&days("2026-11-20", 92)).len(), 92);
        assert_eq!(spans(&[]), []);
    }

    #[test]
    fn beyond_that_it_is_a_week_that_begins_on_monday() {
        let spans = spans(&days("2026-08-20", 93));
        let range = |index: usize| format!("{} {}", spans[index].days.start, spans[index].days.end);
        assert_eq!(spans.len(), 14);
        assert_eq!(range(0), "2026-08-20 2026-08-23", "from a Thursday");
        assert_eq!(range(1), "2026-08-24 2026-08-30");
        assert_eq!(range(13), "2026-11-16 2026-11-20");
        assert_eq!(spans[1].classes, [7, 0, 14, 0, 0]);
        assert_eq!(spans[1].calls(), 21);
    }

    proptest! {
        #[test]
        fn bars_follow_one_another_without_a_gap(start in 0..30_000_i32, number in 1..400_usize) {
            let days = days(&Day::from_epoch_days(start).to_string(), number);
            let spans = spans(&days);
            prop_assert!(spans.windows(2).all(|pair| pair[0].days.end.plus(1) == pair[1].days.start));
            prop_assert_eq!(spans[0].days.start, days[0].day);
            prop_assert_eq!(spans[spans.len() - 1].days.end, days[number - 1].day);
            prop_assert_eq!(spans.iter().map(Span::calls).sum::<u64>(), 3 * number as u64);
        }
    }
}
