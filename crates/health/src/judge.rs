//! The verdict on one day of one app.

use model::{Day, DayVerdict, Observation, Tally};

use crate::observation::Share;
use crate::{Rules, Surface, classify};

/// Judges one day by its production tallies, for each observation in the order of [`Observation::ALL`].
/// Tallies of other days are left aside.
#[must_use]
pub fn judge_day(day: Day, tallies: &[Tally], surface: &Surface, rules: &Rules) -> [DayVerdict; 7] {
    let mut sums = [Share::default(); 7];
    for tally in tallies.iter().filter(|tally| tally.day == day) {
        for (sum, share) in sums.iter_mut().zip(classify(tally, surface, rules)) {
            *sum += share;
        }
    }
    Observation::ALL.map(|observation| {
        let share = sums[observation.index()];
        let severity = rules.severity(observation, share);
        DayVerdict { day, affected: share.affected, base: share.base, severity }
    })
}

#[cfg(test)]
mod tests {
    use model::{Counts, DeprecatedSince, Operation, Severity};
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{calls, catalog, day, documented, operation, route, undocumented};

    fn surface() -> Surface {
        let old = Operation { deprecated: Some(DeprecatedSince::Always), sunset: Some(day(1_050)), ..operation("GET") };
        let free = Operation { company_scoped: false, ..operation("GET") };
        let routes = vec![route("/a", vec![operation("GET")]), route("/old", vec![old]), route("/free", vec![free])];
        Surface::new(&catalog(routes), &[]).0
    }

    #[test]
    fn a_day_without_calls_is_healthy() {
        for verdict in judge_day(day(1_000), &[], &surface(), &Rules::default()) {
            assert_eq!(verdict, DayVerdict::no_traffic(day(1_000)));
        }
    }

    #[test]
    fn the_tallies_of_the_day_are_added_up() {
        let mut without_header = calls(1_000, documented("/a"), "GET", 403, 10);
        without_header.counts = Counts { calls: 10, header_absent: 3, ..Counts::default() };
        let tallies = [
            without_header,
            calls(1_000, documented("/free"), "GET", 200, 85),
            calls(1_000, documented("/old"), "GET", 403, 2),
            calls(1_000, undocumented("/x"), "GET", 200, 3),
            calls(1_001, documented("/a"), "GET", 403, 1_000),
        ];
        let verdicts = judge_day(day(1_000), &tallies, &surface(), &Rules::default());
        let found = verdicts.map(|verdict| (verdict.affected, verdict.base, verdict.severity));
        let (healthy, warning, critical) = (Severity::Healthy, Severity::Warning, Severity::Critical);
        assert_eq!(
            found,
            [
                (12, 100, warning),
                (0, 100, healthy),
                (0, 100, healthy),
                (0, 100, healthy),
                (3, 12, warning),
                (2, 100, critical),
                (3, 100, warning),
            ]
        );
    }

    fn some_tally() -> impl Strategy<Value = Tally> {
        let route = prop_oneof![
            Just(documented("/a")),
            Just(documented("/old")),
            Just(documented("/free")),
            Just(undocumented("/x"))
        ];
        let method = prop_oneof![Just("GET"), Just("HEAD"), Just("OPTIONS"), Just("POST")];
        let status = prop_oneof![Just(200), Just(401), Just(403), Just(404), Just(405), Just(429)];
        (route, method, status, 1..100_u64, 0..100_u64).prop_map(|(route, method, status, number, absent)| {
            let mut tally = calls(1_000, route, method, status, number);
            tally.counts.header_absent = absent.min(number);
            tally
        })
    }

    proptest! {
        /// The order in which counts were stored, or in how many parts, says nothing.
        #[test]
        fn the_order_and_the_parts_of_tallies_do_not_matter(tallies in prop::collection::vec(some_tally(), 0..20)) {
            let surface = surface();
            let judge = |tallies: &[Tally]| judge_day(day(1_000), tallies, &surface, &Rules::default());
            let verdicts = judge(&tallies);
            let reversed: Vec<Tally> = tallies.iter().rev().cloned().collect();
            prop_assert_eq!(judge(&reversed), verdicts);
            let split: Vec<Tally> = tallies.iter().flat_map(|tally| {
                let (mut one, mut rest) = (tally.clone(), tally.clone());
                one.counts = Counts { calls: 1, header_absent: tally.counts.header_absent.min(1), ..Counts::default() };
                rest.counts.calls -= one.counts.calls;
                rest.counts.header_absent -= one.counts.header_absent;
                [one, rest]
            }).collect();
            prop_assert_eq!(judge(&split), verdicts);
        }

        #[test]
        fn no_more_calls_are_affected_than_there_are(tallies in prop::collection::vec(some_tally(), 0..20)) {
            let all: u64 = tallies.iter().map(|tally| tally.counts.calls).sum();
            for verdict in judge_day(day(1_000), &tallies, &surface(), &Rules::default()) {
                prop_assert!(verdict.affected <= verdict.base && verdict.base <= all);
            }
        }
    }
}
