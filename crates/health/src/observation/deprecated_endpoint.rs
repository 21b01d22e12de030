//! `deprecated_endpoint`: calls of operations that were deprecated on the day, the sooner their sunset the worse.

use model::{Day, Tally};

use super::{Share, is_options, of_all_calls};
use crate::OperationFacts;

/// On and after its sunset an operation still counts, and as near.
pub(super) fn share(tally: &Tally, operation: Option<&OperationFacts>, horizon_days: u16) -> Share {
    let deprecated = operation.filter(|facts| !is_options(tally) && facts.is_deprecated_on(tally.day));
    let share = of_all_calls(tally, deprecated.is_some());
    let near = deprecated.is_some_and(|facts| is_near(facts.sunset, tally.day, horizon_days));
    Share { near_sunset: if near { share.affected } else { 0 }, ..share }
}

fn is_near(sunset: Option<Day>, day: Day, horizon_days: u16) -> bool {
    sunset.is_some_and(|sunset| sunset.days_since(day) <= i32::from(horizon_days))
}

#[cfg(test)]
mod tests {
    use model::{DeprecatedSince, Observation, Operation};

    use crate::testing::{calls, catalog, day, documented, operation, route};
    use crate::{Rules, Surface, classify};

    /// Affected and near-sunset calls, of one call on `at`.
    fn check(operation: Operation, method: &str, at: i32, expected: (u64, u64)) {
        let (surface, _) = Surface::new(&catalog(vec![route("/a", vec![operation])]), &[]);
        let shares = classify(&calls(at, documented("/a"), method, 200, 1), &surface, &Rules::default());
        let share = shares[Observation::DeprecatedEndpoint.index()];
        assert_eq!((share.affected, share.near_sunset), expected, "{method} on day {at}");
        assert_eq!(share.base, 1);
    }

    fn deprecated(method: &str, since: DeprecatedSince, sunset: Option<i32>) -> Operation {
        Operation { deprecated: Some(since), sunset: sunset.map(day), ..operation(method) }
    }

    #[test]
    fn it_counts_from_the_day_of_the_deprecation_on() {
        let since = DeprecatedSince::Day(day(100));
        check(deprecated("GET", since, None), "GET", 99, (0, 0));
        check(deprecated("GET", since, None), "GET", 100, (1, 0));
        check(deprecated("GET", DeprecatedSince::Always, None), "GET", 0, (1, 0));
        check(deprecated("GET", since, None), "HEAD", 100, (1, 0));
        check(operation("GET"), "GET", 100, (0, 0));
    }

    #[test]
    fn a_sunset_is_near_at_90_days_and_stays_so() {
        let sunset_in = |days| deprecated("GET", DeprecatedSince::Always, Some(1_000 + days));
        check(sunset_in(91), "GET", 1_000, (1, 0));
        check(sunset_in(90), "GET", 1_000, (1, 1));
        check(sunset_in(0), "GET", 1_000, (1, 1));
        check(sunset_in(-400), "GET", 1_000, (1, 1));
    }

    #[test]
    fn a_sunset_without_a_deprecation_does_not_count() {
        let announced = Operation { sunset: Some(day(101)), ..operation("GET") };
        check(announced, "GET", 100, (0, 0));
        check(deprecated("GET", DeprecatedSince::Day(day(101)), Some(102)), "GET", 100, (0, 0));
    }

    #[test]
    fn options_and_removed_operations_are_not_deprecated() {
        check(deprecated("OPTIONS", DeprecatedSince::Always, Some(1)), "OPTIONS", 100, (0, 0));
        let removed =
            Operation { documented_until: Some(day(100)), ..deprecated("GET", DeprecatedSince::Always, None) };
        check(removed.clone(), "GET", 99, (1, 0));
        check(removed, "GET", 100, (0, 0));
    }
}
