//! Short numbers for the texts that counts repeat: apps, routes, methods.

use model::{AppId, RouteKey};
use rusqlite::{OptionalExtension, Transaction};

use super::sql;
use crate::{IngestCommit, Result, StoreError, TallyDelta};

/// The stored numbers of everything that a commit numbers in its own way.
pub(super) struct Interned {
    apps: Vec<i64>,
    routes: Vec<i64>,
    methods: Vec<i64>,
}

impl Interned {
    /// Looks up each text once; unknown ones are added (an unknown app as discovered).
    pub(super) fn new(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<Self> {
        Ok(Self {
            apps: commit.apps.iter().map(|id| app(tx, id)).collect::<Result<_>>()?,
            routes: routes(tx, commit)?,
            methods: commit.methods.iter().map(|name| method(tx, name)).collect::<Result<_>>()?,
        })
    }

    /// The stored app, route and method of a delta.
    pub(super) fn numbers(&self, delta: &TallyDelta) -> Result<(i64, i64, i64)> {
        self.numbers_of(delta.app, delta.route, delta.method)
    }

    /// The stored numbers of an app, a route and a method of the commit.
    pub(super) fn numbers_of(&self, app: u32, route: u32, method: u32) -> Result<(i64, i64, i64)> {
        let number = |list: &[i64], number| index(number, list.len()).map(|index| list[index]);
        Ok((number(&self.apps, app)?, number(&self.routes, route)?, number(&self.methods, method)?))
    }
}

/// A commit's own number as an index into a list of that length.
pub(super) fn index(number: u32, len: usize) -> Result<usize> {
    let index = usize::try_from(number).ok().filter(|index| *index < len);
    index.ok_or_else(|| StoreError::Corrupt(format!("a commit names text `{number}` of {len}; this is a bug")))
}

/// The stored numbers of a commit's routes; 0 for one without counts, which is not stored.
fn routes(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<Vec<i64>> {
    let mut last_days = vec![None; commit.routes.len()];
    let by_company = commit.company_tallies.iter().map(|delta| (delta.route, delta.day));
    for (route, day) in commit.tallies.iter().map(|delta| (delta.route, delta.day)).chain(by_company) {
        let last_day = &mut last_days[index(route, commit.routes.len())?];
        *last_day = (*last_day).max(Some(day));
    }
    // In the order of the index, so that neighbours share its pages.
    let mut order: Vec<usize> = (0..commit.routes.len()).collect();
    order.sort_unstable_by_key(|index| &commit.routes[*index]);
    let mut numbers = vec![0; commit.routes.len()];
    for index in order {
        if let Some(day) = last_days[index] {
            numbers[index] = route(tx, &commit.routes[index], i64::from(day.epoch_days()))?;
        }
    }
    Ok(numbers)
}

/// The number of an app; one never seen before is added as discovered.
pub(super) fn app(tx: &Transaction<'_>, id: &AppId) -> Result<i64> {
    let found = tx.prepare_cached(sql::APP_FIND)?.query_row((id.as_str(),), |row| row.get(0)).optional()?;
    match found {
        Some(number) => Ok(number),
        None => Ok(tx.prepare_cached(sql::APP_DISCOVER)?.insert((id.as_str(),))?),
    }
}

/// The number of a route that has counts on `last_day` (and perhaps on other days).
pub(super) fn route(tx: &Transaction<'_>, key: &RouteKey, last_day: i64) -> Result<i64> {
    match find_route(tx, key)? {
        Some((number, known)) if known >= last_day => Ok(number),
        Some((number, _)) => {
            tx.prepare_cached(sql::ROUTE_SEEN)?.execute((number, last_day))?;
            Ok(number)
        }
        None => Ok(tx.prepare_cached(sql::ROUTE_ADD)?.insert((key.documented, &key.text, last_day))?),
    }
}

/// The number of a route and the day after which it has no counts.
pub(super) fn find_route(tx: &Transaction<'_>, key: &RouteKey) -> Result<Option<(i64, i64)>> {
    let mut statement = tx.prepare_cached(sql::ROUTE_FIND)?;
    Ok(statement.query_row((key.documented, &key.text), |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// How many methods are kept by name; calls with any further one are counted under [`OTHER_METHOD`], so that
/// made-up methods can't fill the store. HTTP's registry has some forty.
const METHODS: i64 = 1000;

/// The method of calls whose own is not kept by name.
const OTHER_METHOD: &str = "OTHER";

fn method(tx: &Transaction<'_>, name: &str) -> Result<i64> {
    let find = |name: &str| -> Result<Option<i64>> {
        Ok(tx.prepare_cached(sql::METHOD_FIND)?.query_row((name,), |row| row.get(0)).optional()?)
    };
    if let Some(number) = find(name)? {
        return Ok(number);
    }
    let known: i64 = tx.prepare_cached(sql::METHOD_COUNT)?.query_row((), |row| row.get(0))?;
    let name = if known < METHODS { name } else { OTHER_METHOD };
    match find(name)? {
        Some(number) => Ok(number),
        None => Ok(tx.prepare_cached(sql::METHOD_ADD)?.insert((name,))?),
    }
}
