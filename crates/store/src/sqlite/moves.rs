//! Moving the counts of undocumented routes to the documented ones that they turned out to be.

use model::{Day, RouteKey};
use rusqlite::Transaction;

use super::{intern, sql};
use crate::Result;

/// Adds the counts of each first route (undocumented) of `since` and later to the second (documented), of
/// every app in every environment. All in one pass over those days, however many routes move.
pub(super) fn apply(tx: &Transaction<'_>, moves: &[(String, String)], since: Day) -> Result<()> {
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
        add.execute((source, intern::route(tx, &target, last_day)?))?;
        any = true;
    }
    if any {
        let since = (since.epoch_days(),);
        tx.prepare_cached(sql::MOVE_TALLIES)?.execute(since)?;
        tx.prepare_cached(sql::MOVE_REMOVE_MOVED)?.execute(since)?;
    }
    Ok(())
}
