//! Moving the counts of undocumented routes to the documented ones that they turned out to be.

use model::{Day, RouteKey};
use rusqlite::Transaction;

use super::{health, intern, settings, sql};
use crate::packed::Policy;
use crate::{Result, StoreError};

/// The setting that holds the mark of unsettled routes.
const UNSETTLED: &str = "unsettled_routes";

/// Says that counts may stand under the wrong route since now.
pub(super) fn unsettle(tx: &Transaction<'_>) -> Result<()> {
    let mark = health::next_mark(tx)?;
    settings::set(tx, UNSETTLED, &mark.to_string())
}

/// The mark of unsettled routes, if there is one.
pub(super) fn unsettled(tx: &Transaction<'_>) -> Result<Option<i64>> {
    let Some(mark) = settings::get(tx, UNSETTLED)? else { return Ok(None) };
    mark.parse().map(Some).map_err(|_| StoreError::Corrupt(format!("`{mark}` is a mark of unsettled routes")))
}

/// Moves counts, and takes the mark back if it is still this one.
pub(super) fn settle(
    tx: &Transaction<'_>,
    mark: i64,
    moves: &[(String, String)],
    since: Day,
    policy: Policy,
) -> Result<()> {
    if apply(tx, moves, since, policy)? {
        health::mark_all(tx, policy)?;
    }
    if unsettled(tx)? == Some(mark) {
        tx.prepare_cached(sql::SETTING_REMOVE)?.execute((UNSETTLED,))?;
    }
    Ok(())
}

/// Adds the counts of each first route (undocumented) of `since` and later to the second (documented), of
/// every app in every environment. All in one pass over those days, however many routes move. Tells whether
/// there was anything to move.
pub(super) fn apply(tx: &Transaction<'_>, moves: &[(String, String)], since: Day, _policy: Policy) -> Result<bool> {
    tx.prepare_cached(sql::MOVE_CLEAR)?.execute(())?;
    let mut add = tx.prepare_cached(sql::MOVE_ADD)?;
    let mut any = false;
    for (source, target) in moves {
        let source = RouteKey { documented: false, text: source.clone() };
        let Some((source, last_day)) = intern::find_route(tx, &source)? else { continue };
        if last_day < i64::from(since.epoch_days()) {
            continue;
        }
        let target = RouteKey { documented: true, text: target.clone() };
        add.execute((source, intern::route(tx, &target, last_day)?.number))?;
        any = true;
    }
    if any {
        let since = (since.epoch_days(),);
        tx.prepare_cached(sql::MOVE_TALLIES)?.execute(since)?;
        tx.prepare_cached(sql::MOVE_REMOVE_MOVED)?.execute(since)?;
        tx.prepare_cached(sql::MOVE_COMPANY_TALLIES)?.execute(since)?;
        tx.prepare_cached(sql::MOVE_REMOVE_MOVED_COMPANIES)?.execute(since)?;
    }
    Ok(any)
}
