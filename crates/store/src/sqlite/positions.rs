//! How far sources were read, and the check that nobody else read on meanwhile.

use model::{SourceName, UnixMillis};
use rusqlite::{Params, Row, Transaction};

use super::{rows, sql};
use crate::{IngestCommit, Result, SourcePosition, StoreError};

pub(super) fn newest(tx: &Transaction<'_>) -> Result<i64> {
    Ok(tx.prepare_cached(sql::POSITION_NEWEST)?.query_row((), |row| row.get(0))?)
}

pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<SourcePosition>> {
    select(tx, sql::POSITION_LIST, ())
}

/// For how long after it was counted a call may lie, and much more, in milliseconds.
const AHEAD: i64 = 86_400_000;

/// Deletes positions of files all of whose calls are from before an instant.
pub(super) fn purge(tx: &Transaction<'_>, before: UnixMillis) -> Result<()> {
    tx.prepare_cached(sql::POSITION_PURGE)?.execute((before.plus_millis(-AHEAD).0,))?;
    Ok(())
}

pub(super) fn with_head(tx: &Transaction<'_>, head_len: u32, head_digest: u64) -> Result<Vec<SourcePosition>> {
    select(tx, sql::POSITION_WITH_HEAD, (head_len, rows::digest(head_digest)))
}

pub(super) fn head_lengths(tx: &Transaction<'_>) -> Result<Vec<u32>> {
    let mut statement = tx.prepare_cached(sql::POSITION_HEAD_LENGTHS)?;
    Ok(statement.query_map((), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Refuses a commit whose decision to read these bytes was overtaken.
///
/// A source that was read before: its row must be as it was loaded. A new one: no row may have been added
/// since the caller looked, except those whose head is as long and different, which are certainly of other
/// content. A row with a head of another length may well be of the same content: a source that grew between
/// two processes' looks has a longer head for the second.
pub(super) fn check(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<()> {
    check_one(tx, commit.before.as_ref(), commit.after.as_ref(), commit.newest_known)?;
    commit
        .further
        .iter()
        .try_for_each(|step| check_one(tx, step.before.as_ref(), Some(&step.after), commit.newest_known))
}

fn check_one(
    tx: &Transaction<'_>,
    before: Option<&SourcePosition>,
    after: Option<&SourcePosition>,
    newest_known: i64,
) -> Result<()> {
    let moved = match (before, after) {
        (Some(before), _) => select(tx, sql::POSITION_GET, (before.id,))?.first() != Some(before),
        (None, Some(after)) => tx.prepare_cached(sql::POSITION_ADDED_SINCE)?.exists((
            newest_known,
            after.head_len,
            rows::digest(after.head_digest),
        ))?,
        (None, None) => false,
    };
    if moved { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Saves the positions after a commit, each in the row that the one before it has. Returns the one that is not further.
pub(super) fn save(tx: &Transaction<'_>, commit: &IngestCommit) -> Result<Option<SourcePosition>> {
    for step in &commit.further {
        save_one(tx, step.before.as_ref(), &step.after)?;
    }
    commit.after.as_ref().map(|after| save_one(tx, commit.before.as_ref(), after)).transpose()
}

fn save_one(tx: &Transaction<'_>, before: Option<&SourcePosition>, after: &SourcePosition) -> Result<SourcePosition> {
    let values = (
        &after.path,
        rows::count(after.offset)?,
        rows::count(after.lines)?,
        after.within_line,
        after.head_len,
        rows::digest(after.head_digest),
        rows::digest(after.tail_digest),
        after.updated_at.0,
        after.followed_by.as_ref().map(SourceName::as_str),
    );
    let id = if let Some(before) = before {
        let (path, offset, lines, within_line, head_len, head_digest, tail_digest, at, followed_by) = values;
        tx.prepare_cached(sql::POSITION_MOVE)?.execute((
            path,
            offset,
            lines,
            within_line,
            head_len,
            head_digest,
            tail_digest,
            at,
            followed_by,
            before.id,
        ))?;
        before.id
    } else {
        tx.prepare_cached(sql::POSITION_ADD)?.insert(values)?
    };
    Ok(SourcePosition { id, ..after.clone() })
}

fn select(tx: &Transaction<'_>, statement: &str, parameters: impl Params) -> Result<Vec<SourcePosition>> {
    tx.prepare_cached(statement)?.query_and_then(parameters, position_from)?.collect()
}

fn position_from(row: &Row<'_>) -> Result<SourcePosition> {
    Ok(SourcePosition {
        id: row.get(0)?,
        path: row.get(1)?,
        offset: rows::count_at(row, 2)?,
        lines: rows::count_at(row, 3)?,
        within_line: row.get(4)?,
        head_len: row.get(5)?,
        head_digest: rows::digest_from(row.get(6)?),
        tail_digest: rows::digest_from(row.get(7)?),
        updated_at: UnixMillis(row.get(8)?),
        // A name that can't be one is none.
        followed_by: row.get::<_, Option<String>>(9)?.and_then(|name| name.parse().ok()),
    })
}
