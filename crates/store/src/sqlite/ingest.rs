//! Committing what was read: counts, rejects and the position, all or nothing.

use model::{Counts, Environment};
use rusqlite::Transaction;

use super::error::too_large;
use super::intern::Interned;
use super::known::Known;
use super::runs::{self, Place, Writer};
use super::{batches, catalog, companies, health, marks, moves, positions, rows, sources, sql};
use crate::packed::{Entry, Family, Packed, Parts, Policy, add};
use crate::{IngestCommit, Result, SourcePosition, StoreError, TallyDelta};

/// A run that was added, and its bytes.
pub(super) type Added = (Place, u64);

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
    count(tx, commit)?;
    let mut added = add_tallies(tx, &rows, &commit.tallies, policy)?;
    added.append(&mut companies::add(tx, known, commit, &interned, policy)?);
    for (place, bytes) in added {
        unless_damaged(runs::merge(tx, policy, place, policy.budget(bytes)))?;
    }
    unless_damaged(marks::relieve(tx))?;
    let mut add_reject = tx.prepare_cached(sql::REJECT_ADD)?;
    for (reason, lines) in &commit.rejects {
        add_reject.execute((reason, rows::count(*lines)?))?;
    }
    sources::add(tx, &commit.sources, commit.at)?;
    if catalog::last(tx)?.map(|(number, _)| number) != commit.catalog {
        moves::unsettle(tx)?;
    }
    positions::save(tx, commit)
}

/// The outcome of what may be done at any later time: what is damaged there keeps nobody from counting. The upkeep tells of it.
fn unless_damaged(done: Result<()>) -> Result<()> {
    match done {
        Err(StoreError::Corrupt(_)) => Ok(()),
        done => done,
    }
}

pub(super) fn rejects(tx: &Transaction<'_>) -> Result<Vec<(String, u64)>> {
    let mut statement = tx.prepare_cached(sql::REJECT_LIST)?;
    statement.query_and_then((), |row| Ok((row.get(0)?, rows::count_at(row, 1)?)))?.collect()
}

/// What to add, in order.
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

/// Adds a run for each span of the rows, and one of its days; marks the production days dirty, with one mark for the commit.
fn add_tallies(tx: &Transaction<'_>, rows: &[Packed], tallies: &[TallyDelta], policy: Policy) -> Result<Vec<Added>> {
    let mut added = Vec::new();
    if rows.is_empty() {
        return Ok(added);
    }
    let mut log = marks::Log::new(tx, policy, health::next_mark(tx)?);
    for of_span in rows.chunk_by(Packed::is_of_span) {
        let span = of_span[0].group().span;
        let mut by_route = Writer::new(tx, policy, Family::Tally, span)?;
        let mut by_day = Writer::new(tx, policy, Family::Day, span)?;
        for of_group in of_span.chunk_by(Packed::is_of_group) {
            let mut of_day = Counts::default();
            for of_key in of_group.chunk_by(Packed::is_of_key) {
                let mut counts = Counts::default();
                of_key.iter().try_for_each(|row| add(&mut counts, &tallies[row.at()].counts))?;
                add(&mut of_day, &Counts { calls: counts.calls, ..Counts::default() })?;
                by_route.add(&Entry { key: of_key[0].key(), counts })?;
            }
            let group = of_group[0].group();
            by_day.add(&Entry { key: group.first(), counts: of_day })?;
            if group.environment() == Environment::Production {
                log.add(group)?;
            }
        }
        added.push((Place { family: Family::Tally, span }, by_route.finish()?));
        added.push((Place { family: Family::Day, span }, by_day.finish()?));
    }
    log.finish()?;
    Ok(added)
}

/// Refuses a commit with which all that was ever counted would be more than a number can say: so no sum ever is.
fn count(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<()> {
    let greatest = |delta: &TallyDelta| {
        let Counts { calls, header_absent, service_calls, service_header_absent } = delta.counts;
        calls.max(header_absent).max(service_calls).max(service_header_absent)
    };
    let by_company = commit.company_tallies.iter().map(|delta| delta.calls);
    let mut all = commit.tallies.iter().map(greatest).chain(by_company);
    let more = rows::count(all.try_fold(0, u64::checked_add).ok_or_else(too_large)?)?;
    let counted: i64 = tx.prepare_cached(sql::COUNTED_GET)?.query_row((), |row| row.get(0))?;
    counted.checked_add(more).ok_or_else(too_large)?;
    tx.prepare_cached(sql::COUNTED_ADD)?.execute((more,))?;
    Ok(())
}
