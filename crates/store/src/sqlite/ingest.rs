//! Committing what was read: counts, rejects and the position, all or nothing.

use model::{Counts, Environment};
use rusqlite::Transaction;

use super::error::too_large;
use super::intern::Interned;
use super::{batches, catalog, companies, health, many, moves, packed, positions, rows, sql};
use crate::{IngestCommit, Result, SourcePosition, TallyDelta};

/// A key in numbers and its counts.
#[derive(Clone, Copy)]
struct TallyRow {
    app: i64,
    environment: u8,
    day: i32,
    route: i64,
    method: i64,
    status: u16,
    counts: Counts,
}

impl TallyRow {
    /// What the table is ordered by, so that rows written in that order find their page at hand.
    fn key(&self) -> (u64, u128) {
        (packed::group(self.app, self.environment, self.day), packed::call(0, self.route, self.method, self.status))
    }

    /// The app, the environment and the day.
    fn group(&self) -> (i64, u8, i32) {
        (self.app, self.environment, self.day)
    }

    /// The rest of its key.
    fn call(&self) -> (i64, i64, u16) {
        (self.route, self.method, self.status)
    }
}

pub(super) fn commit(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<Option<SourcePosition>> {
    positions::check(tx, commit)?;
    for batch in &commit.batches {
        batches::add(tx, batch, commit.at)?;
    }
    let interned = Interned::new(tx, commit)?;
    let rows = rows_in_order(commit, &interned)?;
    add_tallies(tx, &rows)?;
    companies::add(tx, commit, &interned)?;
    add_days(tx, &rows)?;
    let mut add = tx.prepare_cached(sql::REJECT_ADD)?;
    for (reason, lines) in &commit.rejects {
        add.execute((reason, rows::count(*lines)?))?;
    }
    if catalog::last(tx)?.map(|(number, _)| number) != commit.catalog {
        moves::unsettle(tx)?;
    }
    positions::save(tx, commit)
}

pub(super) fn rejects(tx: &Transaction<'_>) -> Result<Vec<(String, u64)>> {
    let mut statement = tx.prepare_cached(sql::REJECT_LIST)?;
    statement.query_and_then((), |row| Ok((row.get(0)?, rows::count_at(row, 1)?)))?.collect()
}

/// One row a key, in the order of the table.
fn rows_in_order(commit: &IngestCommit, interned: &Interned) -> Result<Vec<TallyRow>> {
    let row = |delta: &TallyDelta| {
        let (app, route, method) = interned.numbers(delta)?;
        let environment = rows::environment(delta.environment);
        let (day, status, counts) = (delta.day.epoch_days(), delta.status, delta.counts);
        Ok(TallyRow { app, environment, day, route, method, status, counts })
    };
    let mut rows = commit.tallies.iter().map(row).collect::<Result<Vec<_>>>()?;
    rows.sort_by_cached_key(TallyRow::key);
    let mut fits = true;
    rows.dedup_by(|row, kept| {
        let same = row.group() == kept.group() && row.call() == kept.call();
        if same {
            fits &= add_to(&mut kept.counts, &row.counts);
        }
        same
    });
    if fits { Ok(rows) } else { Err(too_large()) }
}

/// Adds counts up. Tells whether they fit.
fn add_to(sum: &mut Counts, counts: &Counts) -> bool {
    let fits = sum.calls.checked_add(counts.calls).is_some();
    // None of the others is greater than the calls.
    if fits {
        *sum += *counts;
    }
    fits
}

fn add_tallies(tx: &Transaction<'_>, rows: &[TallyRow]) -> Result<()> {
    many::execute(tx, sql::TALLY_ADD, rows, |row| {
        let counts = &row.counts;
        Ok([
            row.app,
            row.environment.into(),
            row.day.into(),
            row.route,
            row.method,
            row.status.into(),
            rows::count(counts.calls)?,
            rows::count(counts.header_absent)?,
            rows::count(counts.service_calls)?,
            rows::count(counts.service_header_absent)?,
        ])
    })
}

/// Adds the calls of each app and day, and marks the production days dirty, with one mark for the commit.
fn add_days(tx: &Transaction<'_>, rows: &[TallyRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mark = health::next_mark(tx)?;
    let mut add_day = tx.prepare_cached(sql::DAY_ADD)?;
    let mut add_mark = tx.prepare_cached(sql::MARK_ADD)?;
    for of_day in rows.chunk_by(|a, b| a.group() == b.group()) {
        let add = |sum: u64, row: &TallyRow| sum.checked_add(row.counts.calls);
        let calls = of_day.iter().try_fold(0, add).ok_or_else(too_large)?;
        let (app, environment, day) = of_day[0].group();
        add_day.execute((app, environment, day, rows::count(calls)?))?;
        if environment == rows::environment(Environment::Production) {
            add_mark.execute((app, day, mark))?;
        }
    }
    Ok(())
}
