//! The routes and methods behind an observation, with what is known of them that helps.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::{Day, DeprecatedSince, Observation, RouteKey, Tally};

use crate::words::{counted, day_in_words};
use crate::{OperationFacts, Rules, Scope, Surface, classify};

/// A route and method behind an observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The normalized route.
    pub route: String,
    /// The method, as it was called.
    pub method: String,
    /// Affected calls.
    pub affected: u64,
    /// The first day with one.
    pub first: Day,
    /// The last day with one.
    pub last: Day,
    /// What is known of the operation, in words: since when it is deprecated, its sunset, its replacement, that
    /// it is internal, undocumented or was documented until a day.
    pub notes: Vec<String>,
}

/// The causes of one observation in these production tallies, most affected first, then by route and method.
#[must_use]
pub fn causes(tallies: &[Tally], observation: Observation, surface: &Surface, rules: &Rules) -> Vec<Cause> {
    let mut all = all_causes(tallies, surface, rules);
    std::mem::take(&mut all[observation.index()])
}

/// The causes of each observation, in the order of [`Observation::ALL`], from one look at the tallies.
#[must_use]
pub fn all_causes(tallies: &[Tally], surface: &Surface, rules: &Rules) -> [Vec<Cause>; 7] {
    let mut found: [BTreeMap<(&RouteKey, &str), Extent>; 7] = Default::default();
    for tally in tallies {
        for (share, found) in classify(tally, surface, rules).into_iter().zip(&mut found) {
            if share.affected > 0 {
                let extent = found.entry((&tally.route, &tally.method)).or_insert_with(|| Extent::on(tally.day));
                extent.add(tally.day, share.affected);
            }
        }
    }
    Observation::ALL.map(|observation| {
        let mut causes: Vec<Cause> = std::mem::take(&mut found[observation.index()])
            .into_iter()
            .map(|((route, method), extent)| cause(route, method, extent, observation, surface))
            .collect();
        // The sort is stable: of routes that read alike, the undocumented one comes first.
        causes.sort_by(|a, b| {
            (Reverse(a.affected), &a.route, &a.method).cmp(&(Reverse(b.affected), &b.route, &b.method))
        });
        causes
    })
}

/// How many calls were affected, and when.
#[derive(Clone, Copy)]
struct Extent {
    affected: u64,
    first: Day,
    last: Day,
}

impl Extent {
    fn on(day: Day) -> Self {
        Self { affected: 0, first: day, last: day }
    }

    fn add(&mut self, day: Day, affected: u64) {
        self.affected = self.affected.saturating_add(affected);
        self.first = self.first.min(day);
        self.last = self.last.max(day);
    }
}

fn cause(route: &RouteKey, method: &str, extent: Extent, observation: Observation, surface: &Surface) -> Cause {
    let Extent { affected, first, last } = extent;
    let operation = surface.operation(route, method, last);
    let mut notes = match operation {
        Some(facts) => notes_on_documented(facts, method, last),
        None => notes_on_undocumented(route, method, surface),
    };
    let excepted = operation.is_some_and(|facts| facts.scope == Scope::ServiceAccounts);
    if excepted && observation == Observation::MissingCompanyHeader {
        notes.push("needed by service accounts only".to_owned());
    }
    Cause { route: route.text.clone(), method: method.to_owned(), affected, first, last, notes }
}

fn notes_on_documented(facts: &OperationFacts, method: &str, last: Day) -> Vec<String> {
    let mut notes = Vec::new();
    if facts.internal {
        notes.push("internal".to_owned());
    }
    match facts.deprecated {
        Some(DeprecatedSince::Always) => notes.push("deprecated".to_owned()),
        Some(DeprecatedSince::Day(since)) => notes.push(format!("deprecated since {}", day_in_words(since))),
        None => {}
    }
    notes.extend(facts.sunset.map(|sunset| sunset_in_words(sunset, last)));
    notes.extend(facts.replaced_by.as_ref().map(|other| format!("replaced by {other}")));
    notes.extend(facts.documented_until.map(until_in_words));
    if facts.method != method {
        notes.push(format!("counts as {}", facts.method));
    }
    notes
}

fn notes_on_undocumented(route: &RouteKey, method: &str, surface: &Surface) -> Vec<String> {
    match surface.operation_ever(route, method) {
        Some(facts) => {
            let replaced_by = facts.replaced_by.as_ref().map(|other| format!("replaced by {other}"));
            facts.documented_until.map(until_in_words).into_iter().chain(replaced_by).collect()
        }
        None if route.documented => vec![format!("{method} is undocumented on this route")],
        None if route.text == "/:other" => vec!["undocumented routes beyond the first 1,000 of a day".to_owned()],
        None => vec!["undocumented".to_owned()],
    }
}

fn until_in_words(until: Day) -> String {
    format!("documented until {}", day_in_words(until))
}

/// `sunset 1 Jan 2027, 41 days after the last call`.
fn sunset_in_words(sunset: Day, last: Day) -> String {
    let days = sunset.days_since(last);
    let distance = counted(u64::from(days.unsigned_abs()), "day");
    let relation = match days {
        0 => "the day of the last call".to_owned(),
        1.. => format!("{distance} after the last call"),
        _ => format!("{distance} before the last call"),
    };
    format!("sunset {}, {relation}", day_in_words(sunset))
}

#[cfg(test)]
mod tests {
    use model::{Counts, Operation};
    use proptest::prelude::*;

    use super::*;
    use crate::judge_day;
    use crate::testing::{calls, catalog, day, documented, operation, route, undocumented};

    fn on(text: &str) -> i32 {
        text.parse::<Day>().unwrap().epoch_days()
    }

    fn surface() -> Surface {
        let at = |text: &str| Some(day(on(text)));
        let old = Operation {
            deprecated: Some(DeprecatedSince::Day(day(on("2026-09-01")))),
            sunset: at("2027-01-01"),
            replaced_by: Some("/new".to_owned()),
            ..operation("GET")
        };
        let gone = Operation { documented_until: at("2026-11-10"), ..operation("GET") };
        let internal = Operation { internal: true, ..operation("GET") };
        let routes = vec![
            route("/old", vec![old]),
            route("/gone", vec![gone]),
            route("/internal", vec![internal]),
            route("/me", vec![operation("GET")]),
        ];
        Surface::new(&catalog(routes), &["GET /me".to_owned()]).0
    }

    fn notes(observation: Observation, tally: Tally) -> Vec<String> {
        let causes = causes(&[tally], observation, &surface(), &Rules::default());
        causes.into_iter().flat_map(|cause| cause.notes).collect()
    }

    #[test]
    fn causes_are_added_up_and_sorted() {
        let tallies = [
            calls(2, documented("/me"), "GET", 403, 5),
            calls(1, documented("/me"), "GET", 403, 5),
            calls(3, documented("/me"), "GET", 200, 50),
            calls(3, documented("/internal"), "GET", 403, 10),
            calls(3, documented("/internal"), "DELETE", 403, 10),
            calls(3, documented("/old"), "GET", 403, 11),
        ];
        let causes = causes(&tallies, Observation::Forbidden, &surface(), &Rules::default());
        let found: Vec<_> = causes.iter().map(|cause| (&*cause.route, &*cause.method, cause.affected)).collect();
        assert_eq!(
            found,
            [("/old", "GET", 11), ("/internal", "DELETE", 10), ("/internal", "GET", 10), ("/me", "GET", 10)]
        );
        assert_eq!((causes[3].first, causes[3].last), (day(1), day(2)));
    }

    #[test]
    fn notes_tell_what_is_known_of_the_operation() {
        assert_eq!(
            notes(Observation::DeprecatedEndpoint, calls(on("2026-11-21"), documented("/old"), "HEAD", 200, 1)),
            [
                "deprecated since 1 Sep 2026",
                "sunset 1 Jan 2027, 41 days after the last call",
                "replaced by /new",
                "counts as GET"
            ]
        );
        let private =
            |at: &str, route, method| notes(Observation::PrivateEndpoint, calls(on(at), route, method, 200, 1));
        assert_eq!(private("2026-11-21", documented("/gone"), "GET"), ["documented until 10 Nov 2026"]);
        assert_eq!(private("2026-11-21", documented("/internal"), "GET"), ["internal"]);
        assert_eq!(private("2026-11-21", documented("/me"), "PUT"), ["PUT is undocumented on this route"]);
        assert_eq!(private("2026-11-21", undocumented("/x"), "PUT"), ["undocumented"]);
        assert_eq!(
            private("2026-11-21", undocumented("/:other"), "GET"),
            ["undocumented routes beyond the first 1,000 of a day"]
        );
        let mut tally = calls(1, documented("/me"), "GET", 200, 1);
        tally.counts = Counts { calls: 1, header_absent: 1, service_calls: 1, service_header_absent: 1 };
        assert_eq!(notes(Observation::MissingCompanyHeader, tally), ["needed by service accounts only"]);
    }

    #[test]
    fn a_sunset_is_told_from_the_last_call() {
        let check = |sunset: i32, expected: &str| assert_eq!(sunset_in_words(day(sunset), day(0)), expected);
        check(0, "sunset 1 Jan 1970, the day of the last call");
        check(1, "sunset 2 Jan 1970, 1 day after the last call");
        check(-1, "sunset 31 Dec 1969, 1 day before the last call");
    }

    proptest! {
        #[test]
        fn the_causes_add_up_to_the_affected_calls(picks in prop::collection::vec((0..4_usize, 0..3_usize, 0..6_usize, 0..3_i32, 1..50_u64), 0..30)) {
            let tallies: Vec<Tally> = picks.into_iter().map(|(route, method, status, at, number)| {
                let route = [documented("/old"), documented("/gone"), documented("/me"), undocumented("/x")][route].clone();
                let status = [200, 401, 403, 404, 405, 429][status];
                let mut tally = calls(20_766 + at, route, ["GET", "POST", "OPTIONS"][method], status, number);
                tally.counts.header_absent = number / 2;
                tally
            }).collect();
            let (surface, rules) = (surface(), Rules::default());
            let all = all_causes(&tallies, &surface, &rules);
            for observation in Observation::ALL {
                let affected: u64 = (20_766..20_769)
                    .map(|at| judge_day(day(at), &tallies, &surface, &rules)[observation.index()].affected)
                    .sum();
                let causes = &all[observation.index()];
                prop_assert_eq!(causes.iter().map(|cause| cause.affected).sum::<u64>(), affected);
            }
        }
    }
}
