//! The installation's own bookkeeping.

use rusqlite::{OptionalExtension, Transaction};

use super::{rows, sql};
use crate::Result;

pub(super) fn get(tx: &Transaction<'_>, key: &str) -> Result<Option<String>> {
    Ok(tx.prepare_cached(sql::SETTING_GET)?.query_row((key,), |row| row.get(0)).optional()?)
}

pub(super) fn set(tx: &Transaction<'_>, key: &str, value: &str) -> Result<()> {
    tx.prepare_cached(sql::SETTING_SET)?.execute((key, value))?;
    Ok(())
}

/// The size of the database, in bytes.
pub(super) fn bytes(tx: &Transaction<'_>) -> Result<u64> {
    tx.prepare_cached(sql::STORE_BYTES)?.query_row((), |row| Ok(rows::count_at(row, 0)))?
}
