//! Counts by company of the calls that show a problem.

use std::collections::HashMap;
use std::sync::Arc;

use model::{AppId, Company, CompanyTally, Day, DayRange, Environment};
use rusqlite::{OptionalExtension, Transaction};

use super::error::too_large;
use super::intern::{self, Interned};
use super::known::{Dated, Known};
use super::tallies::{Texts, has_calls, load_method, load_route, missing, texts};
use super::{many, rows, sql};
use crate::packed::{Packed, Parts};
use crate::{CompanyDelta, IngestCommit, Result};

/// Stands in the place of a company's number for calls without the header.
const ABSENT: i64 = 0;

/// Stands in the place of a company's number for those beyond the bound.
const OTHERS: i64 = -1;

/// Adds what a commit counts by company.
pub(super) fn add(tx: &Transaction<'_>, known: &mut Known, commit: &IngestCommit, interned: &Interned) -> Result<()> {
    let companies = numbers(tx, known, commit)?;
    let row = |(at, delta): (usize, &CompanyDelta)| {
        let (app, route, method) = interned.numbers_of(delta.app, delta.route, delta.method)?;
        let company = match delta.company {
            Company::Absent => ABSENT,
            Company::Named(number) => companies[intern::index(number, companies.len())?],
            Company::Others => OTHERS,
        };
        let (environment, day) = (delta.environment, delta.day);
        Packed::new(&Parts { app, environment, day, company, route, method, status: delta.status }, at)
    };
    let mut rows = commit.company_tallies.iter().enumerate().map(row).collect::<Result<Vec<_>>>()?;
    rows.sort_unstable();
    let row = |of_key: &[Packed]| {
        let Parts { app, environment, day, company, route, method, status } = of_key[0].parts();
        let add = |sum: u64, row: &Packed| sum.checked_add(commit.company_tallies[row.at as usize].calls);
        let calls = rows::count(of_key.iter().try_fold(0, add).ok_or_else(too_large)?)?;
        Ok([
            app,
            rows::environment(environment).into(),
            day.epoch_days().into(),
            company,
            route,
            method,
            status.into(),
            calls,
        ])
    };
    many::execute(tx, sql::COMPANY_TALLY_ADD, rows.chunk_by(Packed::is_of_key).map(row))
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
    let (start, end) = rows::bounds(days);
    let mut statement = tx.prepare_cached(sql::COMPANY_TALLY_LIST)?;
    let mut found = statement.query((app.as_str(), rows::environment(environment), start, end, of))?;
    let (mut companies, mut routes, mut methods, mut tallies) = (Texts::new(), Texts::new(), Texts::new(), Vec::new());
    while let Some(row) = found.next()? {
        let (company, route, method) = (row.get(1)?, row.get(2)?, row.get(3)?);
        tallies.push(NumberedTally {
            day: rows::day_at(row, 0)?,
            company: match company {
                ABSENT => Company::Absent,
                OTHERS => Company::Others,
                number => Company::Named(companies.place(number, || load_name(tx, number))?),
            },
            route: routes.place(route, || load_route(tx, route))?,
            method: methods.place(method, || load_method(tx, method))?,
            status: row.get(4)?,
            calls: rows::count_at(row, 5)?,
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
    let (start, end) = rows::bounds(days);
    let mut statement = tx.prepare_cached(sql::COMPANY_TALLY_SUMS)?;
    let mut found = statement.query((app.as_str(), rows::environment(environment), start, end))?;
    let mut sums: HashMap<Company, u64> = HashMap::new();
    while let Some(row) = found.next()? {
        let company = match row.get(0)? {
            ABSENT => Company::Absent,
            OTHERS => Company::Others,
            number => Company::Named(load_name(tx, number)?),
        };
        sums.insert(company, rows::count_at(row, 1)?);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    Ok(sums)
}

pub(super) fn names_of(tx: &Transaction<'_>, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<String>>> {
    let of = |(app, environment, day): &(AppId, Environment, Day)| {
        let group = (app.as_str(), rows::environment(*environment), day.epoch_days());
        if has_calls(tx, group)? { texts(tx, sql::COMPANY_TALLY_NAMES_OF, group) } else { Ok(Vec::new()) }
    };
    groups.iter().map(of).collect()
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
