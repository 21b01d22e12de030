//! Reading counts, and purging old ones.

use std::collections::HashMap;
use std::sync::Arc;

use model::{AppId, Counts, Day, DayRange, Environment, RouteKey, Tally};
use rusqlite::{Params, Row, Transaction};

use super::{marks, platform, rows, sql};
use crate::packed::Group;
use crate::{Result, StoreError};

/// Each distinct text once, in the order in which it was first met.
pub(super) struct Texts<T> {
    places: HashMap<i64, usize>,
    pub(super) texts: Vec<T>,
}

impl<T: Ord> Texts<T> {
    pub(super) fn new() -> Self {
        Self { places: HashMap::new(), texts: Vec::new() }
    }

    /// The place of the text with this number; `load` is asked for it the first time.
    pub(super) fn place(&mut self, number: i64, load: impl FnOnce() -> Result<T>) -> Result<usize> {
        if let Some(place) = self.places.get(&number) {
            return Ok(*place);
        }
        self.texts.push(load()?);
        self.places.insert(number, self.texts.len() - 1);
        Ok(self.texts.len() - 1)
    }

    /// For each place the rank of its text among all.
    pub(super) fn ranks(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_unstable_by_key(|place| &self.texts[*place]);
        let mut ranks = vec![0; order.len()];
        for (rank, place) in order.into_iter().enumerate() {
            ranks[place] = rank;
        }
        ranks
    }
}

/// A row whose texts stand in [`Texts`].
struct NumberedTally {
    day: Day,
    route: usize,
    method: usize,
    status: u16,
    counts: Counts,
}

pub(super) fn list(tx: &Transaction<'_>, app: &AppId, environment: Environment, days: DayRange) -> Result<Vec<Tally>> {
    let (start, end) = rows::bounds(days);
    let mut statement = tx.prepare_cached(sql::TALLY_LIST)?;
    let mut found = statement.query((app.as_str(), rows::environment(environment), start, end))?;
    let (mut routes, mut methods, mut tallies) = (Texts::new(), Texts::new(), Vec::new());
    while let Some(row) = found.next()? {
        let (route, method) = (row.get(1)?, row.get(2)?);
        tallies.push(NumberedTally {
            day: rows::day_at(row, 0)?,
            route: routes.place(route, || load_route(tx, route))?,
            method: methods.place(method, || load_method(tx, method))?,
            status: row.get(3)?,
            counts: counts_at(row, 4)?,
        });
    }
    // Sorting by rank compares numbers where sorting by text would compare texts again and again.
    let (route_ranks, method_ranks) = (routes.ranks(), methods.ranks());
    tallies
        .sort_unstable_by_key(|tally| (tally.day, route_ranks[tally.route], method_ranks[tally.method], tally.status));
    let tally = |NumberedTally { day, route, method, status, counts }| Tally {
        day,
        route: Arc::clone(&routes.texts[route]),
        method: Arc::clone(&methods.texts[method]),
        status,
        counts,
    };
    Ok(tallies.into_iter().map(tally).collect())
}

pub(super) fn calls_by_app(tx: &Transaction<'_>, days: DayRange) -> Result<Vec<(AppId, u64)>> {
    let mut statement = tx.prepare_cached(sql::DAY_CALLS_BY_APP)?;
    statement.query_and_then(rows::bounds(days), |row| Ok((rows::app_at(row, 0)?, rows::count_at(row, 1)?)))?.collect()
}

pub(super) fn undocumented_routes(tx: &Transaction<'_>, since: Day) -> Result<Vec<String>> {
    texts(tx, sql::TALLY_UNDOCUMENTED, (since.epoch_days(),))
}

/// See [`crate::Store::near`].
pub(super) fn near(tx: &Transaction<'_>, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Option<u64>>> {
    let near = |(app, environment, day): &(AppId, Environment, Day)| {
        let number = super::apps::find(tx, app)?.and_then(|number| u32::try_from(number).ok());
        let counted = has_calls(tx, (app.as_str(), rows::environment(*environment), day.epoch_days()))?;
        Ok(number.filter(|_| counted).map(|app| Group::new(app, *environment, *day).number()))
    };
    groups.iter().map(near).collect()
}

/// How many bytes of texts [`undocumented_routes_of`] answers with at most, beside those of a group.
const TEXTS: usize = 4 << 20;

pub(super) fn undocumented_routes_of(
    tx: &Transaction<'_>,
    groups: &[(AppId, Environment, Day)],
) -> Result<Vec<Vec<String>>> {
    let (mut answers, mut bytes) = (Vec::new(), 0);
    for (app, environment, day) in groups {
        let group = (app.as_str(), rows::environment(*environment), day.epoch_days());
        let routes = if has_calls(tx, group)? { texts(tx, sql::TALLY_UNDOCUMENTED_OF, group)? } else { Vec::new() };
        bytes += routes.iter().map(String::len).sum::<usize>();
        answers.push(routes);
        if bytes > TEXTS {
            break;
        }
    }
    Ok(answers)
}

/// Whether an app has calls in an environment on a day. Readers of logs ask for each day that they come to, which most
/// often has none yet; this is several times as fast as looking for them.
pub(super) fn has_calls(tx: &Transaction<'_>, group: (&str, u8, i32)) -> Result<bool> {
    Ok(tx.prepare_cached(sql::DAY_HAS_CALLS)?.query_row(group, |row| row.get(0))?)
}

/// Deletes what is older than `day`, and the texts of routes and companies that nothing counts any more.
pub(super) fn purge_before(tx: &Transaction<'_>, day: Day) -> Result<u64> {
    let day = (day.epoch_days(),);
    marks::fold_all(tx)?;
    let gone = tx.prepare_cached(sql::TALLY_PURGE)?.execute(day)?;
    for statement in [
        sql::COMPANY_TALLY_PURGE,
        sql::COMPANY_PURGE,
        sql::DAY_PURGE,
        sql::MARK_PURGE,
        sql::VERDICT_PURGE,
        sql::ROUTE_PURGE,
    ] {
        tx.prepare_cached(statement)?.execute(day)?;
    }
    platform::reset(tx)?;
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}

pub(super) fn texts(tx: &Transaction<'_>, statement: &str, parameters: impl Params) -> Result<Vec<String>> {
    let mut statement = tx.prepare_cached(statement)?;
    Ok(statement.query_map(parameters, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn load_route(tx: &Transaction<'_>, number: i64) -> Result<Arc<RouteKey>> {
    let mut statement = tx.prepare_cached(sql::ROUTE_GET)?;
    let route = statement.query_row((number,), |row| Ok(RouteKey { documented: row.get(0)?, text: row.get(1)? }));
    route.map(Arc::new).map_err(|error| missing("route", number, error))
}

pub(super) fn load_method(tx: &Transaction<'_>, number: i64) -> Result<Arc<str>> {
    let mut statement = tx.prepare_cached(sql::METHOD_GET)?;
    let name = statement.query_row((number,), |row| row.get::<_, String>(0));
    name.map(Arc::from).map_err(|error| missing("method", number, error))
}

pub(super) fn missing(what: &str, number: i64, error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::QueryReturnedNoRows => StoreError::Corrupt(format!("the {what} `{number}` has no text")),
        other => other.into(),
    }
}

fn counts_at(row: &Row<'_>, column: usize) -> Result<Counts> {
    Ok(Counts {
        calls: rows::count_at(row, column)?,
        header_absent: rows::count_at(row, column + 1)?,
        service_calls: rows::count_at(row, column + 2)?,
        service_header_absent: rows::count_at(row, column + 3)?,
    })
}
