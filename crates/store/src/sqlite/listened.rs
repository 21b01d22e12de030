//! Until when messages of sources were listened for.

use model::{SourceName, UnixMillis};
use rusqlite::Transaction;

use super::{sources, sql};
use crate::{Listened, Result};

pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<Listened>> {
    let mut statement = tx.prepare_cached(sql::LISTENED_LIST)?;
    let listened = |row: &rusqlite::Row<'_>| {
        Ok(Listened { source: sources::name_at(row, 0)?, until: UnixMillis(row.get(1)?), ended: row.get(2)? })
    };
    statement.query_and_then((), listened)?.collect()
}

pub(super) fn keep(tx: &Transaction<'_>, listened: &Listened) -> Result<bool> {
    let row = (listened.source.as_str(), listened.until.0, listened.ended);
    Ok(tx.prepare_cached(sql::LISTENED_KEEP)?.execute(row)? == 1)
}

pub(super) fn forget(tx: &Transaction<'_>, source: &SourceName) -> Result<()> {
    tx.prepare_cached(sql::LISTENED_FORGET)?.execute((source.as_str(),))?;
    Ok(())
}
