//! Adding up: the rows of a report and the days of a chart from one pass over the counts.

use std::collections::HashMap;

use ::health::{Rules, Surface, classify};
use foldhash::fast::RandomState;
use model::{Day, Tally};

use super::filter::{ActivityFilter, StatusClass};
use crate::report::ReportRow;

/// The calls of one day by class of status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayClasses {
    /// The day.
    pub day: Day,
    /// How many calls of each, in the order of [`StatusClass::ALL`].
    pub classes: [u64; StatusClass::ALL.len()],
}

/// What a filter lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// In no order; rows that read alike are one.
    pub(super) rows: Vec<ReportRow>,
    /// Every day of the filter's range, oldest first.
    pub(super) days: Vec<DayClasses>,
}

/// Adds up what the filter lets through. The filter's company is for whoever chooses the tallies.
pub(super) fn of_tallies(tallies: &[Tally], filter: &ActivityFilter, surface: &Surface, rules: &Rules) -> Counted {
    let mut days: Vec<DayClasses> =
        filter.days.iter().map(|day| DayClasses { day, classes: Default::default() }).collect();
    let mut rows: Vec<ReportRow> = Vec::new();
    let mut seen: HashMap<(Day, u16, &str, &str), usize, RandomState> = HashMap::default();
    for tally in tallies.iter().filter(|tally| filter.lets_through(tally)) {
        let count = calls_of(tally, filter, surface, rules);
        if count == 0 {
            continue;
        }
        let place = usize::try_from(tally.day.days_since(filter.days.start)).ok();
        if let Some(day) = place.and_then(|place| days.get_mut(place)) {
            day.classes[StatusClass::of(tally.status).index()] += count;
        }
        let key = (tally.day, tally.status, &*tally.method, tally.route.text.as_str());
        let index = *seen.entry(key).or_insert_with(|| {
            rows.push(ReportRow {
                day: tally.day,
                status: tally.status,
                method: tally.method.clone(),
                route: tally.route.clone(),
                count: 0,
            });
            rows.len() - 1
        });
        rows[index].count += count;
    }
    Counted { rows, days }
}

/// How many calls of a tally that is let through count: all, or those that show the filter's problem.
pub(super) fn calls_of(tally: &Tally, filter: &ActivityFilter, surface: &Surface, rules: &Rules) -> u64 {
    match filter.observation {
        None => tally.counts.calls,
        Some(observation) => classify(tally, surface, rules)[observation.index()].affected,
    }
}

#[cfg(test)]
mod tests {
    use model::{DayRange, Observation};
    use proptest::prelude::*;

    use super::super::filter::StatusFilter;
    use super::super::spans::spans;
    use super::super::testing::{DAYS, ROUTES, first, some_tallies, surface};
    use super::super::{RowOrder, table};
    use super::*;
    use crate::activity::CompanyRow;

    fn counted(tallies: &[Tally], filter: &ActivityFilter) -> Counted {
        of_tallies(tallies, filter, &surface(), &Rules::default())
    }

    fn sum(counted: &Counted) -> u64 {
        counted.rows.iter().map(|row| row.count).sum()
    }

    fn all() -> ActivityFilter {
        ActivityFilter::of_days(DayRange { start: first(), end: first().plus(DAYS - 1) })
    }

    /// The counts of a CSV, added up.
    fn sum_of_csv(csv: &[u8]) -> u64 {
        csv::Reader::from_reader(csv).records().map(|record| record.unwrap()[4].parse::<u64>().unwrap()).sum()
    }

    fn filters() -> impl Strategy<Value = ActivityFilter> {
        let status = prop::option::of(prop_oneof![
            prop::sample::select(StatusClass::ALL.to_vec()).prop_map(StatusFilter::Class),
            prop::sample::select(vec![200, 403, 404]).prop_map(StatusFilter::Code)
        ]);
        let method = prop::option::of(prop::sample::select(vec!["GET".to_owned(), "POST".to_owned()]));
        let route = prop::option::of(prop::sample::select(ROUTES.to_vec()).prop_map(str::to_owned));
        let observation = prop::option::of(prop::sample::select(Observation::ALL.to_vec()));
        (status, method, route, observation, 0..DAYS, 0..DAYS).prop_map(|(status, method, route, observation, a, b)| {
            let days = DayRange { start: first().plus(a.min(b)), end: first().plus(a.max(b)) };
            ActivityFilter { status, method, route, observation, ..ActivityFilter::of_days(days) }
        })
    }

    proptest! {
        #[test]
        fn the_chart_the_rows_and_the_csv_have_one_sum(tallies in some_tallies(), filter in filters()) {
            let counted = counted(&tallies, &filter);
            let of_days: u64 = counted.days.iter().flat_map(|day| day.classes).sum();
            let of_spans: u64 = spans(&counted.days).iter().flat_map(|span| span.classes).sum();
            let of_rows = sum(&counted);
            let mut rows: Vec<CompanyRow> =
                counted.rows.into_iter().map(|row| CompanyRow { row, company: None }).collect();
            table::sort(&mut rows, RowOrder::Largest);
            let of_csv = sum_of_csv(&table::csv(&rows, false).unwrap());
            prop_assert_eq!((of_days, of_spans, of_csv), (of_rows, of_rows, of_rows));
        }

        #[test]
        fn narrower_filters_divide_what_the_wider_one_lets_through(tallies in some_tallies(), filter in filters()) {
            let whole = sum(&counted(&tallies, &filter));
            let narrow = |narrower: &dyn Fn(&mut ActivityFilter)| {
                let mut filter = filter.clone();
                narrower(&mut filter);
                sum(&counted(&tallies, &filter))
            };
            if filter.status.is_none() {
                let classes = StatusClass::ALL.into_iter();
                let parts: u64 = classes.map(|class| narrow(&|filter| filter.status = Some(StatusFilter::Class(class)))).sum();
                prop_assert_eq!(parts, whole);
                let parts: u64 = (100..600).map(|code| narrow(&|filter| filter.status = Some(StatusFilter::Code(code)))).sum();
                prop_assert_eq!(parts, whole);
            }
            if filter.route.is_none() {
                let parts: u64 = ROUTES.iter().map(|route| narrow(&|filter| filter.route = Some((*route).to_owned()))).sum();
                prop_assert_eq!(parts, whole);
            }
            let parts: u64 = filter.days.iter().map(|day| narrow(&|filter| filter.days = DayRange::only(day))).sum();
            prop_assert_eq!(parts, whole);
        }

        /// What a row of the health page says is what its link leads to.
        #[test]
        fn an_observation_lets_through_what_health_judges(tallies in some_tallies()) {
            let surface = surface();
            let rules = Rules::default();
            for observation in Observation::ALL {
                let judged: u64 = all().days.iter()
                    .map(|day| ::health::judge_day(day, &tallies, &surface, &rules)[observation.index()].affected)
                    .sum();
                let filter = ActivityFilter { observation: Some(observation), ..all() };
                prop_assert_eq!(sum(&counted(&tallies, &filter)), judged);
                for cause in ::health::causes(&tallies, observation, &surface, &rules) {
                    let of_cause = ActivityFilter {
                        method: Some(cause.method.clone()),
                        route: Some(cause.route.clone()),
                        ..filter.clone()
                    };
                    prop_assert!(sum(&counted(&tallies, &of_cause)) >= cause.affected);
                }
            }
        }

        #[test]
        fn every_day_of_the_range_is_there_once(filter in filters()) {
            let days: Vec<Day> = counted(&[], &filter).days.iter().map(|day| day.day).collect();
            prop_assert_eq!(days, filter.days.iter().collect::<Vec<_>>());
        }
    }
}
