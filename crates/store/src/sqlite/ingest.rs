//! Committing what was read: counts, rejects and the position, all or nothing.

use model::{Counts, Environment};
use rusqlite::Transaction;

use super::error::too_large;
use super::intern::Interned;
use super::known::Known;
use super::{batches, catalog, companies, health, many, marks, moves, positions, rows, sources, sql};
use crate::packed::{Packed, Parts, Policy};
use crate::{IngestCommit, Result, SourcePosition, TallyDelta};

pub(super) fn commit(
    tx: &Transaction<'_>,
    known: &mut Known,
    commit: &IngestCommit,
    policy: Policy,
) -> Result<Option<SourcePosition>> {
    positions::check(tx, commit)?;
    for batch in &commit.batches {
        batches::add(tx, batch, commit.at)?;
    }
    known.begin(tx)?;
    let interned = Interned::new(tx, known, commit)?;
    let rows = rows_in_order(commit, &interned)?;
    add_tallies(tx, &rows, &commit.tallies)?;
    companies::add(tx, known, commit, &interned)?;
    add_days(tx, &rows, &commit.tallies, policy)?;
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

/// What to add, in the order of the table.
fn rows_in_order(commit: &IngestCommit, interned: &Interned) -> Result<Vec<Packed>> {
    let row = |(at, delta): (usize, &TallyDelta)| {
        let (app, route, method) = interned.numbers(delta)?;
        let (environment, day) = (delta.environment, delta.day);
        Packed::new(&Parts { app, environment, day, company: -1, route, method, status: delta.status }, at)
    };
    let mut rows = commit.tallies.iter().enumerate().map(row).collect::<Result<Vec<_>>>()?;
    rows.sort_unstable();
    Ok(rows)
}

fn add_tallies(tx: &Transaction<'_>, rows: &[Packed], tallies: &[TallyDelta]) -> Result<()> {
    let row = |of_key: &[Packed]| {
        let Parts { app, environment, day, route, method, status, .. } = of_key[0].parts();
        let sum = |of: fn(&Counts) -> u64| {
            let add = |sum: u64, row: &Packed| sum.checked_add(of(&tallies[row.at as usize].counts));
            rows::count(of_key.iter().try_fold(0, add).ok_or_else(too_large)?)
        };
        Ok([
            app,
            rows::environment(environment).into(),
            day.epoch_days().into(),
            route,
            method,
            status.into(),
            sum(|counts| counts.calls)?,
            sum(|counts| counts.header_absent)?,
            sum(|counts| counts.service_calls)?,
            sum(|counts| counts.service_header_absent)?,
        ])
    };
    many::execute(tx, sql::TALLY_ADD, rows.chunk_by(Packed::is_of_key).map(row))
}

/// Adds the calls of each app and day, and marks the production days dirty, with one mark for the commit.
fn add_days(tx: &Transaction<'_>, rows: &[Packed], tallies: &[TallyDelta], policy: Policy) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mark = health::next_mark(tx)?;
    let days = || rows.chunk_by(Packed::is_of_group);
    let calls = |of_day: &[Packed]| {
        let add = |sum: u64, row: &Packed| sum.checked_add(tallies[row.at as usize].counts.calls);
        let calls = of_day.iter().try_fold(0, add).ok_or_else(too_large)?;
        let Parts { app, environment, day, .. } = of_day[0].parts();
        Ok([app, rows::environment(environment).into(), day.epoch_days().into(), rows::count(calls)?])
    };
    many::execute(tx, sql::DAY_ADD, days().map(calls))?;
    let mut log = marks::Log::new(tx, policy, mark);
    for group in days().map(|of_day| of_day[0].group()).filter(|group| group.environment() == Environment::Production) {
        log.add(group)?;
    }
    log.finish()?;
    marks::relieve(tx)
}
