//! All apps with their days, and whether what was made of them still holds.

use std::collections::HashMap;

use model::{Component, DayRange, OrganisationId, Severity};
use rusqlite::Transaction;

use super::super::{apps, marks, rows, sql};
use crate::{ListState, Listed, ListedApp, ListedDay, Result, StoreError};

pub(super) fn state(tx: &Transaction<'_>, days: DayRange) -> Result<ListState> {
    let ((start, end), [first, last, from, to]) = (rows::bounds(days), marks::bounds(days));
    let days = (start, end, first, last, from, to);
    let state = tx
        .prepare_cached(sql::LIST_STATE)?
        .query_row(days, |row| Ok(ListState { revision: row.get(0)?, reset: row.get(1)?, dirty: row.get(2)? }))?;
    Ok(state)
}

/// The revision of what this transaction sees.
pub(super) fn revision(tx: &Transaction<'_>) -> Result<i64> {
    Ok(tx.prepare_cached(sql::LIST_REVISION)?.query_row((), |row| row.get(0))?)
}

/// Notes that apps are listed differently from now on.
pub(in super::super) fn touch(tx: &Transaction<'_>, apps: impl IntoIterator<Item = i64>) -> Result<()> {
    let mut apps = apps.into_iter().peekable();
    if apps.peek().is_none() {
        return Ok(());
    }
    let revision = next_revision(tx)?;
    let mut touch = tx.prepare_cached(sql::LIST_TOUCH_APP)?;
    for app in apps {
        touch.execute((app, revision))?;
    }
    Ok(())
}

/// The revision of a change that is about to be made.
pub(in super::super) fn next_revision(tx: &Transaction<'_>) -> Result<i64> {
    Ok(tx.prepare_cached(sql::LIST_BUMP)?.query_row((), |row| row.get(0))?)
}

/// Notes that whatever is kept of lists has to be made anew.
pub(in super::super) fn reset(tx: &Transaction<'_>) -> Result<()> {
    tx.prepare_cached(sql::LIST_RESET)?.execute(())?;
    Ok(())
}

pub(super) fn apps(tx: &Transaction<'_>, since: Option<i64>, days: DayRange) -> Result<Listed<ListedApp>> {
    let (start, end) = rows::bounds(days);
    let mut components: HashMap<i64, Vec<Component>> = apps::all_components(tx)?;
    let (mut list, mut of_app) = (tx.prepare_cached(sql::LIST_APPS)?, tx.prepare_cached(sql::LIST_DAYS)?);
    let mut found = list.query((since.unwrap_or(0),))?;
    let mut items = Vec::new();
    while let Some(row) = found.next()? {
        let number: i64 = row.get(0)?;
        let day = |row: &rusqlite::Row<'_>| {
            Ok(ListedDay {
                day: rows::day_at(row, 0)?,
                calls: rows::count_at(row, 1)?,
                severities: unpack(row.get(2)?)?,
            })
        };
        items.push(ListedApp {
            app: apps::app_from(row, components.remove(&number).unwrap_or_default())?,
            organisation: row.get::<_, Option<[u8; 16]>>(5)?.map(OrganisationId::from_bytes),
            days: of_app.query_and_then((number, start, end), day)?.collect::<Result<_>>()?,
        });
    }
    Ok(Listed { revision: revision(tx)?, items })
}

/// Seven severities in one number, two bits each.
pub(in super::super) fn pack(severities: impl IntoIterator<Item = Severity>) -> i64 {
    let mut packed = 0;
    for (place, severity) in severities.into_iter().enumerate() {
        let bits = match severity {
            Severity::Healthy => 0,
            Severity::Warning => 1,
            Severity::Critical => 2,
        };
        packed |= bits << (2 * place);
    }
    packed
}

fn unpack(packed: i64) -> Result<[Severity; 7]> {
    let mut severities = [Severity::Healthy; 7];
    for (place, severity) in severities.iter_mut().enumerate() {
        *severity = match (packed >> (2 * place)) & 3 {
            0 => Severity::Healthy,
            1 => Severity::Warning,
            2 => Severity::Critical,
            _ => return Err(StoreError::Corrupt(format!("`{packed}` are the severities of a day"))),
        };
    }
    Ok(severities)
}
