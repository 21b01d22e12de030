//! The installation's own bookkeeping.

use rusqlite::{OptionalExtension, Transaction};

use super::sql;
use crate::Result;

pub(super) fn get(tx: &Transaction<'_>, key: &str) -> Result<Option<String>> {
    Ok(tx.prepare_cached(sql::SETTING_GET)?.query_row((key,), |row| row.get(0)).optional()?)
}

pub(super) fn set(tx: &Transaction<'_>, key: &str, value: &str) -> Result<()> {
    tx.prepare_cached(sql::SETTING_SET)?.execute((key, value))?;
    Ok(())
}
