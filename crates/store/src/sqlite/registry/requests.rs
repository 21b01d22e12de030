//! Requests that were carried out and may be sent again.

use model::{Doer, UnixMillis};
use rusqlite::Transaction;

use super::super::sql;
use super::audit::doer_text;
use super::columns::{execute, expect_one, first, instant_at};
use crate::{DoneRequest, Result};

/// For how long a request is remembered: a day, in milliseconds.
const REMEMBERED: i64 = 24 * 60 * 60 * 1000;

pub(super) fn remember(tx: &Transaction<'_>, request: &DoneRequest) -> Result<()> {
    let columns = (doer_text(request.by), &request.key, request.digest, &request.location, request.at.0);
    expect_one(execute(tx, sql::REQUEST_ADD, columns)?)
}

pub(super) fn get(tx: &Transaction<'_>, by: Doer, key: &str) -> Result<Option<DoneRequest>> {
    first(tx, sql::REQUEST_GET, (doer_text(by), key), |row| {
        let (digest, location, at) = (row.get(0)?, row.get(1)?, instant_at(row, 2)?);
        Ok(DoneRequest { by, key: key.to_owned(), digest, location, at })
    })
}

/// Removes requests of long ago.
pub(super) fn tidy(tx: &Transaction<'_>, now: UnixMillis) -> Result<()> {
    execute(tx, sql::REQUEST_TIDY, (now.0.saturating_sub(REMEMBERED),)).map(drop)
}
