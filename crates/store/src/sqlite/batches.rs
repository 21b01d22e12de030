//! Batches that were counted, by which one that is sent again is recognised.

use model::UnixMillis;
use rusqlite::{OptionalExtension, Row, Transaction};

use super::{rows, sql};
use crate::{BatchCommit, Result, SeenBatch, StoreError};

/// How far the clock may be set back without batches being forgotten early, in milliseconds: 2 days. What a clock once put
/// further ahead counts for nothing; else all that comes meanwhile would be remembered until the clock is there again.
const SET_BACK: i64 = 2 * 86_400_000;

/// How many batches are forgotten at once: after a pause there may be millions, and others are to write in between.
pub(super) const FORGOTTEN: u32 = 2_000;

/// The batch that was counted after `since` under this key, or with these bytes where there is no key.
pub(super) fn find(
    tx: &Transaction<'_>,
    sender: &str,
    key: Option<&str>,
    digest: &[u8; 32],
    since: UnixMillis,
) -> Result<Option<SeenBatch>> {
    let found = match key {
        Some(key) => tx.prepare_cached(sql::BATCH_FIND_BY_KEY)?.query_row((sender, key, since.0), found).optional()?,
        None => {
            let mut find = tx.prepare_cached(sql::BATCH_FIND_BY_DIGEST)?;
            find.query_row((sender, digest.as_slice(), since.0), found).optional()?
        }
    };
    let Some((number, key, digest, at, accepted)) = found else { return Ok(None) };
    let digest =
        digest.try_into().map_err(|_| StoreError::Corrupt("a digest of a batch has not 32 bytes".to_owned()))?;
    let accepted = u64::try_from(accepted).map_err(|_| StoreError::Corrupt(format!("a count is `{accepted}`")))?;
    let mut rejects = tx.prepare_cached(sql::BATCH_REJECTS)?;
    let rejects = rejects.query_and_then((number,), |row| Ok((row.get(0)?, rows::count_at(row, 1)?)))?;
    Ok(Some(SeenBatch { key, digest, at: UnixMillis(at), accepted, rejects: rejects.collect::<Result<_>>()? }))
}

type Found = (i64, Option<String>, Vec<u8>, i64, i64);

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

/// Takes note of a batch that is counted in this transaction. A conflict if it was counted already. Where the clock stands behind
/// the newest batch, it is as new as that one: else it would be forgotten once the clock is right again.
pub(super) fn add(tx: &Transaction<'_>, batch: &BatchCommit, at: UnixMillis) -> Result<()> {
    if find(tx, &batch.sender, batch.key.as_deref(), &batch.digest, batch.since)?.is_some() {
        return Err(StoreError::Conflict);
    }
    tx.prepare_cached(sql::BATCH_REMOVE_OLD)?.execute((&batch.sender, &batch.key, batch.since.0))?;
    let row = (&batch.sender, &batch.key, batch.digest.as_slice(), at.0, rows::count(batch.accepted)?, SET_BACK);
    let number = tx.prepare_cached(sql::BATCH_ADD)?.insert(row)?;
    let mut add = tx.prepare_cached(sql::BATCH_ADD_REJECT)?;
    for (reason, lines) in &batch.rejects {
        add.execute((number, reason, rows::count(*lines)?))?;
    }
    Ok(())
}

/// Forgets some batches, up to [`FORGOTTEN`]; fewer if those are all. Returns how many.
pub(super) fn forget(tx: &Transaction<'_>, until: UnixMillis) -> Result<u64> {
    let gone = tx.prepare_cached(sql::BATCH_PURGE)?.execute((until.0, FORGOTTEN))?;
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}
