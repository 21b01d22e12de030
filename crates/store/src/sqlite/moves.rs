//! Moving the counts of undocumented routes to the documented ones that they turned out to be.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use model::{Day, RouteKey};
use rusqlite::Transaction;

use super::{health, intern, runs, settings, sql};
use crate::packed::{Entry, Family, Key, Policy, day_of, span_of, sum};
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
/// anything moved.
pub(super) fn apply(tx: &Transaction<'_>, moves: &[(String, String)], since: Day, policy: Policy) -> Result<bool> {
    let targets = targets(tx, moves, since)?;
    if targets.is_empty() {
        return Ok(false);
    }
    let mut any = false;
    for family in [Family::Tally, Family::Company] {
        for span in runs::spans(tx, family)?.into_iter().filter(|span| *span >= span_of(since)) {
            any |= move_within(tx, family, span, &targets, since, policy)?;
        }
    }
    Ok(any)
}

/// The numbers of routes that may have counts to be moved, each with the number of the route that gets them.
type Targets = HashMap<u32, u32, FixedState>;

fn targets(tx: &Transaction<'_>, moves: &[(String, String)], since: Day) -> Result<Targets> {
    let mut targets = Targets::default();
    let number = |number: i64| u32::try_from(number).map_err(|_| StoreError::too_large());
    for (source, target) in moves {
        let source = RouteKey { documented: false, text: source.clone() };
        let Some((source, last_day)) = intern::find_route(tx, &source)? else { continue };
        if last_day < i64::from(since.epoch_days()) {
            continue;
        }
        let target = RouteKey { documented: true, text: target.clone() };
        let target = number(intern::route(tx, &target, last_day)?.number)?;
        // Where a route is said to move twice, the first counts.
        targets.entry(number(source)?).or_insert(target);
    }
    Ok(targets)
}

/// How many counts on the move are held in memory.
const HELD: usize = 100_000;

fn move_within(
    tx: &Transaction<'_>,
    family: Family,
    span: i32,
    targets: &Targets,
    since: Day,
    policy: Policy,
) -> Result<bool> {
    let mut held: Vec<Entry> = Vec::new();
    let put = |held: &mut Vec<Entry>| -> Result<()> {
        sum(held)?;
        runs::add(tx, policy, family, span, held.iter())?;
        held.clear();
        Ok(())
    };
    let moves = |entry: &Entry| {
        let target = targets.get(&entry.key.route).filter(|_| day_of(span, entry.key.slot) >= since);
        let Some(target) = target else { return Ok(true) };
        held.push(Entry { key: Key { route: *target, ..entry.key }, counts: entry.counts });
        if held.len() == HELD {
            put(&mut held)?;
        }
        Ok(false)
    };
    let moved = runs::rewrite(tx, policy, family, span, moves, Err)?;
    put(&mut held)?;
    Ok(moved > 0)
}
