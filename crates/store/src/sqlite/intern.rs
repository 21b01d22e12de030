//! Short numbers for the texts that counts repeat: apps, routes, methods.

use model::{AppId, Day, RouteKey};
use rusqlite::{OptionalExtension, Transaction};

use super::known::{Dated, Known};
use super::{apps, platform, sql};
use crate::packed::{last_day_of, span_of};
use crate::{IngestCommit, Result, StoreError, TallyDelta};

/// The stored numbers of everything that a commit numbers in its own way.
pub(super) struct Interned {
    apps: Vec<i64>,
    routes: Vec<i64>,
    methods: Vec<i64>,
}

impl Interned {
    /// Looks up each text once; unknown ones are added (an unknown app as discovered).
    pub(super) fn new(tx: &Transaction<'_>, known: &mut Known, commit: &IngestCommit) -> Result<Self> {
        Ok(Self {
            apps: apps_of(tx, known, commit)?,
            routes: routes(tx, known, commit)?,
            methods: commit.methods.iter().map(|name| known_method(tx, known, name)).collect::<Result<_>>()?,
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

/// The last day of the span of 32 days that a day is in. `last_day` of texts is stored so: it grows once a span
/// instead of every day.
pub(super) fn last_of_span(day: Day) -> i64 {
    last_day_of(span_of(day)).into()
}

/// The stored numbers of a commit's apps; unknown ones are added as discovered.
fn apps_of(tx: &Transaction<'_>, known: &mut Known, commit: &IngestCommit) -> Result<Vec<i64>> {
    let mut numbers: Vec<Option<i64>> = commit.apps.iter().map(|id| known.apps.get(id)).collect();
    let mut order: Vec<usize> = (0..numbers.len()).filter(|index| numbers[*index].is_none()).collect();
    // In the order of the index, so that neighbours share its pages.
    order.sort_unstable_by_key(|index| &commit.apps[*index]);
    let mut revision = None;
    for index in order {
        let id = &commit.apps[index];
        let number = match apps::find(tx, id)? {
            Some(number) => number,
            None => {
                let of_all = revision.map_or_else(|| platform::next_revision(tx), Ok)?;
                revision = Some(of_all);
                apps::discover(tx, id, of_all)?
            }
        };
        known.apps.set(id, number);
        numbers[index] = Some(number);
    }
    Ok(numbers.into_iter().flatten().collect())
}

/// The stored numbers of a commit's routes; 0 for one without counts, which is not stored.
fn routes(tx: &Transaction<'_>, known: &mut Known, commit: &IngestCommit) -> Result<Vec<i64>> {
    let mut last_days = vec![None; commit.routes.len()];
    let by_company = commit.company_tallies.iter().map(|delta| (delta.route, delta.day));
    for (route, day) in commit.tallies.iter().map(|delta| (delta.route, delta.day)).chain(by_company) {
        let last_day = &mut last_days[index(route, commit.routes.len())?];
        *last_day = (*last_day).max(Some(day));
    }
    let last_days: Vec<Option<i64>> = last_days.into_iter().map(|day| day.map(last_of_span)).collect();
    let mut numbers = vec![0; commit.routes.len()];
    let mut order = Vec::new();
    for (index, key) in commit.routes.iter().enumerate() {
        let Some(last_day) = last_days[index] else { continue };
        match known.routes.get(key).filter(|dated| dated.last_day >= last_day) {
            Some(dated) => numbers[index] = dated.number,
            None => order.push((index, last_day)),
        }
    }
    order.sort_unstable_by_key(|(index, _)| &commit.routes[*index]);
    for (index, last_day) in order {
        let key = &commit.routes[index];
        let dated = route(tx, key, last_day)?;
        known.routes.set(key, dated);
        numbers[index] = dated.number;
    }
    Ok(numbers)
}

/// The number of an app; one never seen before is added as discovered.
pub(super) fn app(tx: &Transaction<'_>, id: &AppId) -> Result<i64> {
    match apps::find(tx, id)? {
        Some(number) => Ok(number),
        None => apps::discover(tx, id, platform::next_revision(tx)?),
    }
}

/// A route that has counts up to `last_day`, the last day of a span.
pub(super) fn route(tx: &Transaction<'_>, key: &RouteKey, last_day: i64) -> Result<Dated> {
    match find_route(tx, key)? {
        Some((number, known)) if known >= last_day => Ok(Dated { number, last_day: known }),
        Some((number, _)) => {
            tx.prepare_cached(sql::ROUTE_SEEN)?.execute((number, last_day))?;
            Ok(Dated { number, last_day })
        }
        None => {
            let number = tx.prepare_cached(sql::ROUTE_ADD)?.insert((key.documented, &key.text, last_day))?;
            Ok(Dated { number, last_day })
        }
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

fn known_method(tx: &Transaction<'_>, known: &mut Known, name: &String) -> Result<i64> {
    if let Some(number) = known.methods.get(name) {
        return Ok(number);
    }
    let number = method(tx, name)?;
    known.methods.set(name, number);
    Ok(number)
}

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
