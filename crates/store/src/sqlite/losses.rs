//! What is known to be lost. Losses of one source and reason that overlap or touch are one. Where a source has too many, those
//! that lie closest become one: more time is marked then, and never less.

use model::{Hour, LossReason, UnixMillis};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::sources::{bump, name_at, word};
use super::sql;
use crate::{LOSS_DETAIL, LOSSES, Loss, Result};

/// What a detail ends with that has no room for all.
const MORE: &str = "; and more";

/// A loss as it is kept.
struct Kept {
    id: i64,
    begins: i64,
    ends: i64,
    detail: String,
    at: i64,
}

impl Kept {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, begins: row.get(1)?, ends: row.get(2)?, detail: row.get(3)?, at: row.get(4)? })
    }

    /// Both, and what is between them.
    fn with(self, other: &Self) -> Self {
        Self {
            id: self.id,
            begins: self.begins.min(other.begins),
            ends: self.ends.max(other.ends),
            detail: joined(self.detail, &other.detail),
            at: self.at.max(other.at),
        }
    }
}

pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<Loss>> {
    let loss = |row: &Row<'_>| {
        let reason: String = row.get(3)?;
        Ok(Loss {
            source: name_at(row, 0)?,
            from: UnixMillis(row.get(1)?),
            until: UnixMillis(row.get(2)?),
            reason: word(LossReason::from_key(&reason), &reason, "why something is lost")?,
            detail: row.get(4)?,
            at: UnixMillis(row.get(5)?),
        })
    };
    tx.prepare_cached(sql::LOSS_LIST)?.query_and_then((), loss)?.collect()
}

/// Adds a loss to those it touches, if it is not among them.
pub(super) fn add(tx: &Transaction<'_>, loss: &Loss) -> Result<bool> {
    let mut known = tx.prepare_cached(sql::SOURCE_KNOWN)?;
    let source: i64 = known.query_row((loss.source.as_str(),), |row| row.get(0))?;
    let reason = loss.reason.key();
    let mut touching = tx.prepare_cached(sql::LOSS_TOUCHING)?;
    let touching = touching.query_map((source, reason, loss.from.0, loss.until.0), Kept::read)?;
    let touching = touching.collect::<rusqlite::Result<Vec<_>>>()?;
    let new = Kept { id: 0, begins: loss.from.0, ends: loss.until.0, detail: loss.detail.clone(), at: loss.at.0 };
    if touching.iter().any(|kept| covers(kept, &new)) {
        return Ok(false);
    }
    for kept in &touching {
        remove(tx, kept.id)?;
    }
    let all = touching.into_iter().chain([new]).reduce(|all, next| all.with(&next));
    if let Some(all) = all {
        put(tx, source, reason, &all)?;
    }
    bound(tx, source)?;
    bump(tx)?;
    Ok(true)
}

/// Whether a loss says all that another does.
fn covers(kept: &Kept, other: &Kept) -> bool {
    kept.begins <= other.begins && other.ends <= kept.ends && joined(kept.detail.clone(), &other.detail) == kept.detail
}

/// Makes one of two of the source, until they are few enough.
fn bound(tx: &Transaction<'_>, source: i64) -> Result<()> {
    let count =
        |tx: &Transaction<'_>| tx.prepare_cached(sql::LOSS_COUNT)?.query_row((source,), |row| row.get::<_, i64>(0));
    while count(tx)? > i64::from(LOSSES) {
        let mut closest = tx.prepare_cached(sql::LOSS_CLOSEST)?;
        let closest = closest.query_row((source,), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        // There are far fewer reasons than losses.
        let Some((one, other)) = closest.optional()? else { return Ok(()) };
        let mut get = tx.prepare_cached(sql::LOSS_GET)?;
        let (one, reason) = get.query_row((one,), |row| Ok((Kept::read(row)?, row.get::<_, String>(5)?)))?;
        let other: Kept = get.query_row((other,), Kept::read)?;
        remove(tx, one.id)?;
        remove(tx, other.id)?;
        put(tx, source, &reason, &one.with(&other))?;
    }
    Ok(())
}

fn put(tx: &Transaction<'_>, source: i64, reason: &str, loss: &Kept) -> Result<()> {
    let row = (source, loss.begins, loss.ends, reason, &loss.detail, loss.at);
    tx.prepare_cached(sql::LOSS_ADD)?.execute(row)?;
    Ok(())
}

fn remove(tx: &Transaction<'_>, id: i64) -> Result<()> {
    tx.prepare_cached(sql::LOSS_REMOVE)?.execute((id,))?;
    Ok(())
}

/// Deletes what ended before an hour.
pub(super) fn purge(tx: &Transaction<'_>, before: Hour) -> Result<()> {
    tx.prepare_cached(sql::LOSS_PURGE)?.execute((before.start().0,))?;
    Ok(())
}

/// What both say, as far as there is room. What is said already is not said again.
fn joined(mut all: String, further: &str) -> String {
    let is_said = further.is_empty() || format!("; {all};").contains(&format!("; {further};"));
    if is_said || all.ends_with(MORE) {
        return all;
    }
    if all.is_empty() {
        return further.to_owned();
    }
    if all.len() + "; ".len() + further.len() + MORE.len() <= LOSS_DETAIL {
        return all + "; " + further;
    }
    all.truncate(all.floor_char_boundary(LOSS_DETAIL - MORE.len()));
    all + MORE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_joined_and_none_is_said_twice() {
        let long = "é".repeat(250);
        for (all, further, expected) in [
            ("", "", ""),
            ("", "a.log", "a.log"),
            ("a.log", "", "a.log"),
            ("a.log", "a.log", "a.log"),
            ("a.log", "log", "a.log; log"),
            ("a.log; b.log", "a.log", "a.log; b.log"),
            ("a.log; b.log", "b.log", "a.log; b.log"),
            ("a.log; and more", "c.log", "a.log; and more"),
            ("a.log", &long, "a.log; and more"),
            (&long, "a.log", &format!("{}; and more", "é".repeat(245))),
        ] {
            assert_eq!(joined(all.to_owned(), further), expected);
        }
    }
}
