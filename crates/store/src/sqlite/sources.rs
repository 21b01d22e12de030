//! What came of each source, by hour, and what is known to be lost.

use async_trait::async_trait;
use model::{Hour, SourceName, SourceWay, UnixMillis};
use rusqlite::{Row, Transaction};

use super::{SqliteStore, listened, losses, positions, rows, sql};
use crate::{
    Listened, Loss, Result, SourceCommit, SourceHours, SourceSeen, SourceState, Sources, StoreError, UnreadFile,
};

#[async_trait]
impl Sources for SqliteStore {
    async fn source_state(&self) -> Result<SourceState> {
        self.read(state).await
    }

    async fn sources(&self) -> Result<Vec<SourceSeen>> {
        self.read(list).await
    }

    async fn source_hours(&self, since: i64) -> Result<SourceHours> {
        self.read(move |tx| hours(tx, since)).await
    }

    async fn source_rejects(&self, since: Hour) -> Result<Vec<(SourceName, String, u64)>> {
        self.read(move |tx| rejects(tx, since)).await
    }

    async fn losses(&self) -> Result<Vec<Loss>> {
        self.read(losses::list).await
    }

    async fn add_loss(&self, loss: &Loss) -> Result<bool> {
        let loss = loss.clone();
        self.write(move |tx| losses::add(tx, &loss)).await
    }

    async fn listened(&self) -> Result<Vec<Listened>> {
        self.read(listened::list).await
    }

    async fn keep_listened(&self, listened: &Listened) -> Result<bool> {
        let listened = listened.clone();
        self.write(move |tx| listened::keep(tx, &listened)).await
    }

    async fn forget_listened(&self, source: &SourceName) -> Result<()> {
        let source = source.clone();
        self.write(move |tx| listened::forget(tx, &source)).await
    }

    async fn unread_files(&self) -> Result<Vec<UnreadFile>> {
        self.read(unread).await
    }

    async fn keep_unread_files(&self, files: &[UnreadFile]) -> Result<()> {
        let files = files.to_vec();
        self.write(move |tx| keep_unread(tx, &files)).await
    }

    async fn purge_sources(&self, before: Hour) -> Result<()> {
        self.write(move |tx| purge(tx, before)).await
    }
}

/// Adds what a commit brings to its sources, received `at`.
pub(super) fn add(tx: &Transaction<'_>, sources: &[SourceCommit], at: UnixMillis) -> Result<()> {
    if sources.is_empty() {
        return Ok(());
    }
    let revision = bump(tx)?;
    let mut seen = tx.prepare_cached(sql::SOURCE_SEEN)?;
    let mut add_hour = tx.prepare_cached(sql::SOURCE_ADD_HOUR)?;
    let mut add_reject = tx.prepare_cached(sql::SOURCE_ADD_REJECT)?;
    let mut add_reject_total = tx.prepare_cached(sql::SOURCE_ADD_REJECT_TOTAL)?;
    for commit in sources {
        let first = commit.hours.iter().map(|(hour, _)| hour.epoch_hours()).min();
        let calls = commit.hours.iter().try_fold(0, |sum: u64, (_, calls)| sum.checked_add(*calls));
        let row = (
            commit.source.as_str(),
            commit.way.key(),
            first,
            commit.last_call.map(|at| at.0),
            at.0,
            rows::count(calls.ok_or_else(super::error::too_large)?)?,
        );
        let source: i64 = seen.query_row(row, |row| row.get(0))?;
        for (hour, calls) in &commit.hours {
            add_hour.execute((source, hour.epoch_hours(), rows::count(*calls)?, revision))?;
        }
        for (reason, lines) in &commit.rejects {
            let lines = rows::count(*lines)?;
            add_reject.execute((source, Hour::of(at).epoch_hours(), reason, lines))?;
            add_reject_total.execute((source, reason, lines))?;
        }
    }
    Ok(())
}

/// Takes note of a change of hours or losses.
pub(super) fn bump(tx: &Transaction<'_>) -> Result<i64> {
    Ok(tx.prepare_cached(sql::SOURCE_BUMP)?.query_row((), |row| row.get(0))?)
}

fn state(tx: &Transaction<'_>) -> Result<SourceState> {
    let mut statement = tx.prepare_cached(sql::SOURCE_STATE)?;
    Ok(statement.query_row((), |row| Ok(SourceState { revision: row.get(0)?, reset: row.get(1)? }))?)
}

fn list(tx: &Transaction<'_>) -> Result<Vec<SourceSeen>> {
    let mut totals = tx.prepare_cached(sql::SOURCE_REJECT_TOTALS)?;
    let source = |row: &Row<'_>| {
        let (id, way): (i64, Option<String>) = (row.get(0)?, row.get(2)?);
        let rejects = totals.query_and_then((id,), |row| Ok((row.get(0)?, rows::count_at(row, 1)?)))?;
        Ok(SourceSeen {
            name: name_at(row, 1)?,
            way: way.map(|key| word(SourceWay::from_key(&key), &key, "a way in")).transpose()?,
            first_hour: row.get::<_, Option<i64>>(3)?.map(Hour::from_epoch_hours),
            last_call: row.get::<_, Option<i64>>(4)?.map(UnixMillis),
            last_received: row.get::<_, Option<i64>>(5)?.map(UnixMillis),
            calls: rows::count_at(row, 6)?,
            rejects: rejects.collect::<Result<_>>()?,
        })
    };
    tx.prepare_cached(sql::SOURCE_LIST)?.query_and_then((), source)?.collect()
}

fn hours(tx: &Transaction<'_>, since: i64) -> Result<SourceHours> {
    let mut statement = tx.prepare_cached(sql::SOURCE_HOURS_SINCE)?;
    let hour = |row: &Row<'_>| Ok((name_at(row, 0)?, Hour::from_epoch_hours(row.get(1)?), rows::count_at(row, 2)?));
    let hours = statement.query_and_then((since,), hour)?.collect::<Result<_>>()?;
    Ok(SourceHours { revision: state(tx)?.revision, hours })
}

fn rejects(tx: &Transaction<'_>, since: Hour) -> Result<Vec<(SourceName, String, u64)>> {
    let mut statement = tx.prepare_cached(sql::SOURCE_REJECTS_SINCE)?;
    let reject = |row: &Row<'_>| Ok((name_at(row, 0)?, row.get(1)?, rows::count_at(row, 2)?));
    statement.query_and_then((since.epoch_hours(),), reject)?.collect()
}

fn unread(tx: &Transaction<'_>) -> Result<Vec<UnreadFile>> {
    let mut statement = tx.prepare_cached(sql::UNREAD_FILE_LIST)?;
    let file = |row: &Row<'_>| Ok(UnreadFile { source: name_at(row, 0)?, path: row.get(1)?, reason: row.get(2)? });
    statement.query_and_then((), file)?.collect()
}

fn keep_unread(tx: &Transaction<'_>, files: &[UnreadFile]) -> Result<()> {
    tx.prepare_cached(sql::UNREAD_FILE_CLEAR)?.execute(())?;
    let mut add = tx.prepare_cached(sql::UNREAD_FILE_ADD)?;
    for file in files {
        add.execute((file.source.as_str(), &file.path, &file.reason))?;
    }
    Ok(())
}

fn purge(tx: &Transaction<'_>, before: Hour) -> Result<()> {
    tx.prepare_cached(sql::SOURCE_PURGE_HOURS)?.execute((before.epoch_hours(),))?;
    tx.prepare_cached(sql::SOURCE_PURGE_REJECTS)?.execute((before.epoch_hours(),))?;
    losses::purge(tx, before)?;
    tx.prepare_cached(sql::SOURCE_RESET)?.execute(())?;
    positions::purge(tx, before.start())
}

pub(super) fn name_at(row: &Row<'_>, column: usize) -> Result<SourceName> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    text.parse().map_err(|error| StoreError::Corrupt(format!("the name of a source: {error}")))
}

pub(super) fn word<T>(known: Option<T>, key: &str, what: &str) -> Result<T> {
    known.ok_or_else(|| StoreError::Corrupt(format!("`{key}` is {what}")))
}
