//! Companies: known for calls that show a problem, so that one customer's trouble can be told from everybody's.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ::health::{Rules, Surface, classify};
use foldhash::fast::RandomState;
use model::{Company, CompanyTally, Counts, Day, Observation, Tally};

use super::count::calls_of;
use super::filter::ActivityFilter;
use crate::report::ReportRow;

/// A row of the report for one company; none where companies are not kept or not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyRow {
    /// The row, with the calls of the company.
    pub row: ReportRow,
    /// Whose calls.
    pub company: Option<Company>,
}

/// Who made the affected calls of one observation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompaniesBehind {
    /// The affected calls of each, the most first.
    pub companies: Vec<(Company, u64)>,
}

/// The calls as a tally of their own. What only the whole tally knows, who of them is a service account, is left open.
pub(super) fn as_tally(of: &CompanyTally) -> Tally {
    let header_absent = if of.company == Company::Absent { of.calls } else { 0 };
    Tally {
        day: of.day,
        route: Arc::clone(&of.route),
        method: Arc::clone(&of.method),
        status: of.status,
        counts: Counts { calls: of.calls, header_absent, ..Counts::default() },
    }
}

/// The companies behind each observation. Of calls without the company header none is known, so the observation of
/// those has none.
pub(super) fn behind(
    tallies: &[CompanyTally],
    surface: &Surface,
    rules: &Rules,
) -> [CompaniesBehind; Observation::ALL.len()] {
    let mut sums: [BTreeMap<&Company, u64>; Observation::ALL.len()] = Default::default();
    for tally in tallies {
        for (share, sums) in classify(&as_tally(tally), surface, rules).into_iter().zip(&mut sums) {
            if share.affected > 0 {
                *sums.entry(&tally.company).or_default() += share.affected;
            }
        }
    }
    sums[Observation::MissingCompanyHeader.index()].clear();
    sums.map(sorted)
}

/// Who made the calls that a filter lets through, the most calls first.
pub(super) fn behind_filter(
    tallies: &[CompanyTally],
    filter: &ActivityFilter,
    surface: &Surface,
    rules: &Rules,
) -> CompaniesBehind {
    let mut sums: BTreeMap<&Company, u64> = BTreeMap::new();
    for of in tallies {
        let tally = as_tally(of);
        if filter.lets_through(&tally) {
            let calls = calls_of(&tally, filter, surface, rules);
            if calls > 0 {
                *sums.entry(&of.company).or_default() += calls;
            }
        }
    }
    sorted(sums)
}

/// The most calls first, then by company.
fn sorted(sums: BTreeMap<&Company, u64>) -> CompaniesBehind {
    let mut companies: Vec<(Company, u64)> =
        sums.into_iter().map(|(company, calls)| (company.clone(), calls)).collect();
    // The sort is stable.
    companies.sort_by_key(|(_, calls)| Reverse(*calls));
    CompaniesBehind { companies }
}

/// Rows divided by company. What no company is known of stays in a row without one, so that the sum stays the same.
pub(super) fn divided(
    rows: Vec<ReportRow>,
    tallies: &[CompanyTally],
    filter: &ActivityFilter,
    surface: &Surface,
    rules: &Rules,
) -> Vec<CompanyRow> {
    type Key<'a> = (Day, u16, &'a str, &'a str);
    let mut parts: HashMap<Key<'_>, BTreeMap<&Company, u64>, RandomState> = HashMap::default();
    // Whose calls have no header is known without: nobody's.
    let absent = Company::Absent;
    let without_header = filter.observation == Some(Observation::MissingCompanyHeader);
    for of in tallies.iter().filter(|_| !without_header) {
        let tally = as_tally(of);
        if filter.lets_through(&tally) {
            let key = (of.day, of.status, &*of.method, of.route.text.as_str());
            *parts.entry(key).or_default().entry(&of.company).or_default() += calls_of(&tally, filter, surface, rules);
        }
    }
    let mut divided = Vec::with_capacity(rows.len());
    for row in rows {
        let key = (row.day, row.status, &*row.method, row.route.text.as_str());
        let mut left = row.count;
        let mut take = |company: Option<&Company>, calls: u64| {
            let calls = calls.min(left);
            left -= calls;
            if calls > 0 {
                divided.push(CompanyRow { row: ReportRow { count: calls, ..row.clone() }, company: company.cloned() });
            }
        };
        for (company, calls) in parts.get(&key).into_iter().flatten() {
            take(Some(company), *calls);
        }
        take(without_header.then_some(&absent), u64::MAX);
    }
    divided
}

#[cfg(test)]
mod tests {
    use model::{DayRange, Environment, RouteKey};
    use proptest::prelude::*;

    use super::super::count::of_tallies;
    use super::super::testing::{DAYS, first, some_tallies, surface};
    use super::*;

    /// The calls of the tallies that show a problem, dealt out to companies.
    fn dealt(tallies: &[Tally]) -> Vec<CompanyTally> {
        let problem = |tally: &&Tally| tally.status >= 400 || !tally.route.documented;
        let deal = |tally: &Tally| {
            let parts = [
                (Company::Absent, tally.counts.calls / 3),
                (Company::Named("acme".into()), tally.counts.calls / 2 - tally.counts.calls / 3),
                (Company::Others, tally.counts.calls - tally.counts.calls / 2),
            ];
            let (day, status) = (tally.day, tally.status);
            let (route, method) = (Arc::clone(&tally.route), Arc::clone(&tally.method));
            parts.into_iter().filter(|(_, calls)| *calls > 0).map(move |(company, calls)| CompanyTally {
                day,
                company,
                route: Arc::clone(&route),
                method: Arc::clone(&method),
                status,
                calls,
            })
        };
        tallies.iter().filter(problem).flat_map(deal).collect()
    }

    fn all() -> ActivityFilter {
        ActivityFilter::of_days(DayRange { start: first(), end: first().plus(DAYS - 1) })
    }

    #[test]
    fn nobody_is_behind_calls_that_name_nobody() {
        let tally = CompanyTally {
            day: first(),
            company: Company::Absent,
            route: Arc::new(RouteKey { documented: true, text: "/a".to_owned() }),
            method: "GET".into(),
            status: 403,
            calls: 7,
        };
        let behind = behind(&[tally], &surface(), &Rules::default());
        assert_eq!(behind[Observation::Forbidden.index()].companies, [(Company::Absent, 7)]);
        assert!(behind[Observation::MissingCompanyHeader.index()].companies.is_empty());
        assert_eq!(all().environment, Environment::Production);
    }

    proptest! {
        #[test]
        fn dividing_by_company_keeps_the_sum(
            tallies in some_tallies(),
            observation in prop::option::of(prop::sample::select(Observation::ALL.to_vec())),
        ) {
            let (surface, rules) = (surface(), Rules::default());
            let filter = ActivityFilter { observation, ..all() };
            let rows = of_tallies(&tallies, &filter, &surface, &rules).rows;
            let whole: u64 = rows.iter().map(|row| row.count).sum();
            let divided = divided(rows, &dealt(&tallies), &filter, &surface, &rules);
            prop_assert_eq!(divided.iter().map(|row| row.row.count).sum::<u64>(), whole);
        }

        /// Of calls that show the problem by their status all companies are kept, so they divide the whole.
        #[test]
        fn companies_divide_what_goes_by_status(tallies in some_tallies()) {
            let (surface, rules) = (surface(), Rules::default());
            let behind = behind(&dealt(&tallies), &surface, &rules);
            for observation in [Observation::Forbidden, Observation::NotFound] {
                let filter = ActivityFilter { observation: Some(observation), ..all() };
                let rows = of_tallies(&tallies, &filter, &surface, &rules).rows;
                let of_companies: u64 = behind[observation.index()].companies.iter().map(|(_, calls)| calls).sum();
                prop_assert_eq!(of_companies, rows.iter().map(|row| row.count).sum::<u64>());
            }
            for status in ["4xx", "5xx", "403"] {
                let filter = ActivityFilter { status: status.parse().ok(), ..all() };
                let rows = of_tallies(&tallies, &filter, &surface, &rules).rows;
                let behind = behind_filter(&dealt(&tallies), &filter, &surface, &rules);
                let of_companies: u64 = behind.companies.iter().map(|(_, calls)| calls).sum();
                prop_assert_eq!(of_companies, rows.iter().map(|row| row.count).sum::<u64>());
            }
        }
    }
}
