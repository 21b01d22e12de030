//! Counts by company of the calls that show a problem.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model::{AppId, Company, CompanyTally, Counts, Day, DayRange, Environment};
use rusqlite::{OptionalExtension, Transaction};

use super::error::too_large;
use super::groups::Asked;
use super::ingest::Added;
use super::intern::{self, Interned};
use super::known::{Dated, Known};
use super::runs::{self, Place, Writer};
use super::tallies::{Texts, load_method, load_route, missing};
use super::{apps, sql};
use crate::packed::{Entry, Family, Key, Packed, Parts, Policy, add_calls};
use crate::{CompanyDelta, IngestCommit, Result};

/// Stands in the place of a company's number for calls without the header.
const ABSENT: i64 = 0;

/// Stands in the place of a company's number for those beyond the bound.
const OTHERS: i64 = -1;

/// Adds what a commit counts by company, a run for each span.
pub(super) fn add(
    tx: &Transaction<'_>,
    known: &mut Known,
    commit: &IngestCommit,
    interned: &Interned,
    policy: Policy,
) -> Result<Vec<Added>> {
    let companies = numbers(tx, known, commit)?;
    let row = |(at, delta): (usize, &CompanyDelta)| {
        let (app, route, method) = interned.numbers_of(delta.app, delta.route, delta.method)?;
        let company = match delta.company {
            Company::Absent => ABSENT,
            Company::Named(number) => companies[super::intern::index(number, companies.len())?],
            Company::Others => OTHERS,
        };
        let (environment, day) = (delta.environment, delta.day);
        Packed::new(&Parts { app, environment, day, company, route, method, status: delta.status }, at)
    };
    let mut rows = commit.company_tallies.iter().enumerate().map(row).collect::<Result<Vec<_>>>()?;
    rows.sort_unstable();
    let mut added = Vec::new();
    for of_span in rows.chunk_by(Packed::is_of_span) {
        let place = Place { family: Family::Company, span: of_span[0].group().span };
        let mut writer = Writer::new(tx, policy, place.family, place.span)?;
        for of_key in of_span.chunk_by(Packed::is_of_key) {
            let add = |sum: u64, row: &Packed| sum.checked_add(commit.company_tallies[row.at()].calls);
            let calls = of_key.iter().try_fold(0, add).ok_or_else(too_large)?;
            writer.add(&Entry { key: of_key[0].key(), counts: Counts { calls, ..Counts::default() } })?;
        }
        added.push((place, writer.finish()?));
    }
    Ok(added)
}

/// The stored numbers of a commit's companies; unknown ones are added.
fn numbers(tx: &Transaction<'_>, known: &mut Known, commit: &IngestCommit) -> Result<Vec<i64>> {
    let mut last_days: Vec<Option<Day>> = vec![None; commit.companies.len()];
    for delta in &commit.company_tallies {
        if let Company::Named(number) = delta.company {
            let last_day = &mut last_days[intern::index(number, commit.companies.len())?];
            *last_day = (*last_day).max(Some(delta.day));
        }
    }
    let mut number = |(name, day): (&String, Option<Day>)| match day {
        Some(day) => named(tx, known, name, intern::last_of_span(day)),
        // Without counts, so not stored.
        None => Ok(ABSENT),
    };
    commit.companies.iter().zip(last_days).map(&mut number).collect()
}

/// The number of a company that has counts on `last_day` (and perhaps on other days).
fn named(tx: &Transaction<'_>, known: &mut Known, name: &String, last_day: i64) -> Result<i64> {
    let find = || -> Result<Option<Dated>> {
        let dated = |row: &rusqlite::Row<'_>| Ok(Dated { number: row.get(0)?, last_day: row.get(1)? });
        Ok(tx.prepare_cached(sql::COMPANY_FIND)?.query_row((name,), dated).optional()?)
    };
    let number = match known.companies.get(name) {
        Some(dated) if dated.last_day >= last_day => return Ok(dated.number),
        Some(dated) => Some(dated),
        None => find()?,
    };
    let dated = match number {
        Some(dated) if dated.last_day >= last_day => dated,
        Some(Dated { number, .. }) => {
            tx.prepare_cached(sql::COMPANY_SEEN)?.execute((number, last_day))?;
            Dated { number, last_day }
        }
        None => Dated { number: tx.prepare_cached(sql::COMPANY_ADD)?.insert((name, last_day))?, last_day },
    };
    known.companies.set(name, dated);
    Ok(dated.number)
}

/// A row whose texts stand in lists.
struct NumberedTally {
    day: Day,
    company: Company<usize>,
    route: usize,
    method: usize,
    status: u16,
    calls: u64,
}

pub(super) fn list(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    days: DayRange,
) -> Result<Vec<CompanyTally>> {
    select(tx, app, environment, days, None)
}

/// The counts of one company.
pub(super) fn list_of(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    days: DayRange,
    company: &Company,
) -> Result<Vec<CompanyTally>> {
    let number = match company {
        Company::Absent => ABSENT,
        Company::Others => OTHERS,
        Company::Named(name) => {
            let mut find = tx.prepare_cached(sql::COMPANY_FIND)?;
            match find.query_row((&**name,), |row| row.get(0)).optional()? {
                Some(number) => number,
                None => return Ok(Vec::new()),
            }
        }
    };
    select(tx, app, environment, days, Some(number))
}

/// Counts of all companies, or of the one with this number.
fn select(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    days: DayRange,
    of: Option<i64>,
) -> Result<Vec<CompanyTally>> {
    let Some(app) = apps::number(tx, app)? else { return Ok(Vec::new()) };
    let (mut companies, mut routes, mut methods, mut tallies) = (Texts::new(), Texts::new(), Texts::new(), Vec::new());
    let wanted = |key: &Key| of.is_none_or(|of| key.company_number() == of);
    for (day, Entry { key, counts }) in runs::sums(tx, Family::Company, app, environment, days, wanted)? {
        let (route, method) = (key.route.into(), key.method().into());
        tallies.push(NumberedTally {
            day,
            company: match company_of(&key) {
                Company::Named(number) => Company::Named(companies.place(number, || load_name(tx, number))?),
                Company::Absent => Company::Absent,
                Company::Others => Company::Others,
            },
            route: routes.place(route, || load_route(tx, route))?,
            method: methods.place(method, || load_method(tx, method))?,
            status: key.status(),
            calls: counts.calls,
        });
    }
    let (company_ranks, route_ranks, method_ranks) = (companies.ranks(), routes.ranks(), methods.ranks());
    tallies.sort_unstable_by_key(|tally| {
        let company = map(tally.company, |place| company_ranks[place]);
        (tally.day, company, route_ranks[tally.route], method_ranks[tally.method], tally.status)
    });
    let tally = |NumberedTally { day, company, route, method, status, calls }| CompanyTally {
        day,
        company: map(company, |place| Arc::clone(&companies.texts[place])),
        route: Arc::clone(&routes.texts[route]),
        method: Arc::clone(&methods.texts[method]),
        status,
        calls,
    };
    Ok(tallies.into_iter().map(tally).collect())
}

/// The companies with problems within the days and how many calls each, the most first.
pub(super) fn sums(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    days: DayRange,
) -> Result<Vec<(Company, u64)>> {
    let Some(app) = apps::number(tx, app)? else { return Ok(Vec::new()) };
    let mut sums = sums_of(tx, app, environment, days, |_| true)?;
    sums.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    Ok(sums)
}

/// The companies of the wanted keys and how many calls each, in no order.
pub(super) fn sums_of(
    tx: &Transaction<'_>,
    app: u32,
    environment: Environment,
    days: DayRange,
    wanted: impl Fn(&Key) -> bool,
) -> Result<Vec<(Company, u64)>> {
    let (mut sums, mut all): (HashMap<Company<i64>, u64>, u64) = (HashMap::new(), 0);
    runs::between(tx, Family::Company, app, environment, days, |_, entry| {
        if wanted(&entry.key) {
            let sum = sums.entry(company_of(&entry.key)).or_default();
            *sum = add_calls(*sum, entry.counts.calls)?;
            all = add_calls(all, entry.counts.calls)?;
        }
        Ok(())
    })?;
    let named = |(company, calls): (Company<i64>, u64)| {
        let company = match company {
            Company::Absent => Company::Absent,
            Company::Others => Company::Others,
            Company::Named(number) => Company::Named(load_name(tx, number)?),
        };
        Ok((company, calls))
    };
    sums.into_iter().map(named).collect()
}

/// The company of a key, by its number.
fn company_of(key: &Key) -> Company<i64> {
    match key.company_number() {
        ABSENT => Company::Absent,
        OTHERS => Company::Others,
        number => Company::Named(number),
    }
}

pub(super) fn names_of(tx: &Transaction<'_>, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<String>>> {
    let asked = Asked::new(tx, groups)?;
    let mut numbers: Vec<BTreeSet<i64>> = vec![BTreeSet::new(); asked.groups.len()];
    runs::walk(tx, Family::Company, &asked.groups, |at, entry| {
        if let Company::Named(number) = company_of(&entry.key) {
            numbers[at].insert(number);
        }
        Ok(())
    })?;
    let mut names = Texts::new();
    let mut of_groups = Vec::with_capacity(numbers.len());
    for numbers in numbers {
        let places = numbers.into_iter().map(|number| names.place(number, || load_name(tx, number)));
        of_groups.push(places.collect::<Result<Vec<usize>>>()?);
    }
    let answer = |place: Option<usize>| {
        let places = place.map_or(&[][..], |place| &of_groups[place]);
        let mut list: Vec<String> = places.iter().map(|place| names.texts[*place].to_string()).collect();
        list.sort_unstable();
        list
    };
    Ok(asked.places.into_iter().map(answer).collect())
}

fn load_name(tx: &Transaction<'_>, number: i64) -> Result<Arc<str>> {
    let mut statement = tx.prepare_cached(sql::COMPANY_GET)?;
    let name = statement.query_row((number,), |row| row.get::<_, String>(0));
    name.map(Arc::from).map_err(|error| missing("company", number, error))
}

fn map<T, U>(company: Company<T>, of: impl FnOnce(T) -> U) -> Company<U> {
    match company {
        Company::Absent => Company::Absent,
        Company::Named(name) => Company::Named(of(name)),
        Company::Others => Company::Others,
    }
}
