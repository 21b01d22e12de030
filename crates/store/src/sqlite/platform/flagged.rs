//! Calls to what is deprecated or private, by app, route, method and day.

use model::{AppId, Company, DayRange, Environment, RouteKey};
use rusqlite::{OptionalExtension, Transaction};

use super::super::apps::number;
use super::super::companies::sums_of;
use super::super::tallies::{Texts, load_method, load_route};
use super::super::{intern, rows, sql};
use super::lists;
use crate::packed::Key;
use crate::{FlagKind, Flagged, FlaggedUse, Listed, Result, StoreError};

/// Replaces the flagged calls of a day of an app, whose verdicts are there.
pub(in super::super) fn save(tx: &Transaction<'_>, app: i64, day: i32, flagged: &[Flagged]) -> Result<()> {
    tx.prepare_cached(sql::FLAGGED_REMOVE_DAY)?.execute((app, day))?;
    let mut add = tx.prepare_cached(sql::FLAGGED_ADD)?;
    for calls in flagged {
        // Counts that moved to another route since they were read made their day dirty again.
        let Some((route, _)) = intern::find_route(tx, &calls.route)? else { continue };
        let method = tx.prepare_cached(sql::METHOD_FIND)?.query_row((&*calls.method,), |row| row.get::<_, i64>(0));
        let Some(method) = method.optional()? else { continue };
        add.execute((app, kind_number(calls.kind), route, method, day, rows::count(calls.calls)?))?;
    }
    Ok(())
}

pub(super) fn uses(
    tx: &Transaction<'_>,
    since: Option<i64>,
    recent: DayRange,
) -> Result<Listed<(AppId, Vec<FlaggedUse>)>> {
    let (start, end) = rows::bounds(recent);
    let (mut routes, mut methods) = (Texts::new(), Texts::new());
    let (mut list, mut of_app) = (tx.prepare_cached(sql::LIST_APPS)?, tx.prepare_cached(sql::FLAGGED_USES)?);
    let mut found = list.query((since.unwrap_or(0),))?;
    let mut items = Vec::new();
    while let Some(row) = found.next()? {
        let mut uses = Vec::new();
        let mut of = of_app.query((row.get::<_, i64>(0)?, start, end))?;
        while let Some(row) = of.next()? {
            let (route, method) = (row.get(1)?, row.get(2)?);
            let route = routes.place(route, || load_route(tx, route))?;
            let method = methods.place(method, || load_method(tx, method))?;
            uses.push(FlaggedUse {
                kind: kind(row.get(0)?)?,
                route: routes.texts[route].clone(),
                method: methods.texts[method].clone(),
                first: rows::day_at(row, 3)?,
                last: rows::day_at(row, 4)?,
                recent: rows::count_at(row, 5)?,
            });
        }
        items.push((rows::app_at(row, 1)?, uses));
    }
    Ok(Listed { revision: lists::revision(tx)?, items })
}

/// For each app the companies of its calls to a route that show a problem.
pub(super) fn companies(
    tx: &Transaction<'_>,
    apps: &[AppId],
    route: &RouteKey,
    methods: &[String; 2],
    days: DayRange,
) -> Result<Vec<Vec<(Company, u64)>>> {
    let Some((route, _)) = intern::find_route(tx, route)? else { return Ok(vec![Vec::new(); apps.len()]) };
    let method = |name: &String| -> Result<Option<i64>> {
        Ok(tx.prepare_cached(sql::METHOD_FIND)?.query_row((name,), |row| row.get(0)).optional()?)
    };
    let methods = [method(&methods[0])?, method(&methods[1])?];
    let wanted = |key: &Key| i64::from(key.route) == route && methods.contains(&Some(i64::from(key.method())));
    let of = |app: &AppId| {
        let Some(app) = number(tx, app)? else { return Ok(Vec::new()) };
        let mut sums = sums_of(tx, app, Environment::Production, days, wanted)?;
        sums.sort_unstable_by(|(one, of_one), (other, of_other)| {
            of_other.cmp(of_one).then_with(|| by_name(one).cmp(&by_name(other)))
        });
        Ok(sums)
    };
    apps.iter().map(of).collect()
}

/// Those without a name before those with one.
fn by_name(company: &Company) -> (Option<&str>, bool) {
    match company {
        Company::Named(name) => (Some(name), false),
        Company::Absent => (None, false),
        Company::Others => (None, true),
    }
}

fn kind_number(kind: FlagKind) -> i64 {
    match kind {
        FlagKind::Deprecated => 0,
        FlagKind::Private => 1,
    }
}

fn kind(number: i64) -> Result<FlagKind> {
    match number {
        0 => Ok(FlagKind::Deprecated),
        1 => Ok(FlagKind::Private),
        _ => Err(StoreError::Corrupt(format!("`{number}` is the kind of flagged calls"))),
    }
}
