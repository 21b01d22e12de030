//! Committing what was read: counts, rejects and the position, all or nothing.

use model::Environment;
use rusqlite::Transaction;

use super::error::too_large;
use super::intern::Interned;
use super::{batches, catalog, companies, health, moves, positions, rows, sources, sql};
use crate::{IngestCommit, Result, SourcePosition, TallyDelta};

/// A key in numbers, ordered as the table is: rows written in that order find their page at hand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct TallyRow {
    app: i64,
    environment: u8,
    day: i32,
    route: i64,
    method: i64,
    status: u16,
    /// Where the counts are in the commit.
    at: usize,
}

pub(super) fn commit(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<Option<SourcePosition>> {
    positions::check(tx, commit)?;
    for batch in &commit.batches {
        batches::add(tx, batch, commit.at)?;
    }
    let interned = Interned::new(tx, commit)?;
    let rows = rows_in_order(commit, &interned)?;
    add_tallies(tx, &rows, &commit.tallies)?;
    companies::add(tx, commit, &interned)?;
    add_days(tx, &rows, &commit.tallies)?;
    let mut add = tx.prepare_cached(sql::REJECT_ADD)?;
    for (reason, lines) in &commit.rejects {
        add.execute((reason, rows::count(*lines)?))?;
    }
    sources::add(tx, &commit.sources, commit.at)?;
    if catalog::last(tx)?.map(|(number, _)| number) != commit.catalog {
        moves::unsettle(tx)?;
    }
    positions::save(tx, commit)
}

pub(super) fn rejects(tx: &Transaction<'_>) -> Result<Vec<(String, u64)>> {
    let mut statement = tx.prepare_cached(sql::REJECT_LIST)?;
    statement.query_and_then((), |row| Ok((row.get(0)?, rows::count_at(row, 1)?)))?.collect()
}

fn rows_in_order(commit: &IngestCommit, interned: &Interned) -> Result<Vec<TallyRow>> {
    let row = |(at, delta): (usize, &TallyDelta)| {
        let (app, route, method) = interned.numbers(delta)?;
        let environment = rows::environment(delta.environment);
        Ok(TallyRow { app, environment, day: delta.day.epoch_days(), route, method, status: delta.status, at })
    };
    let mut rows = commit.tallies.iter().enumerate().map(row).collect::<Result<Vec<_>>>()?;
    rows.sort_unstable();
    Ok(rows)
}

fn add_tallies(tx: &Transaction<'_>, rows: &[TallyRow], tallies: &[TallyDelta]) -> Result<()> {
    let mut add = tx.prepare_cached(sql::TALLY_ADD)?;
    for row in rows {
        let counts = &tallies[row.at].counts;
        add.execute((
            row.app,
            row.environment,
            row.day,
            row.route,
            row.method,
            row.status,
            rows::count(counts.calls)?,
            rows::count(counts.header_absent)?,
            rows::count(counts.service_calls)?,
            rows::count(counts.service_header_absent)?,
        ))?;
    }
    Ok(())
}

/// Adds the calls of each app and day, and marks the production days dirty, with one mark for the commit.
fn add_days(tx: &Transaction<'_>, rows: &[TallyRow], tallies: &[TallyDelta]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mark = health::next_mark(tx)?;
    let mut add_day = tx.prepare_cached(sql::DAY_ADD)?;
    let mut add_mark = tx.prepare_cached(sql::MARK_ADD)?;
    for day in rows.chunk_by(|a, b| (a.app, a.environment, a.day) == (b.app, b.environment, b.day)) {
        let add = |sum: u64, row: &TallyRow| sum.checked_add(tallies[row.at].counts.calls);
        let calls = day.iter().try_fold(0, add).ok_or_else(too_large)?;
        let TallyRow { app, environment, day, .. } = day[0];
        add_day.execute((app, environment, day, rows::count(calls)?))?;
        if environment == rows::environment(Environment::Production) {
            add_mark.execute((app, day, mark))?;
        }
    }
    Ok(())
}
