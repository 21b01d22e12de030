//! What the registry's words are in columns, and that what an edit expects is there.

use model::{AppId, Email, UnixMillis};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::super::sql;
use crate::{Result, StoreError};

/// That exactly one row was as the edit expects.
pub(super) fn expect_one(changed: usize) -> Result<()> {
    expect(changed == 1)
}

/// That something is as the edit expects.
pub(super) fn expect(as_expected: bool) -> Result<()> {
    if as_expected { Ok(()) } else { Err(StoreError::Conflict) }
}

/// The number of an app, which must be there.
pub(super) fn known_app(tx: &Transaction<'_>, app: &AppId) -> Result<i64> {
    number(tx, sql::APP_FIND, app)
}

/// The number of an app, which must be registered.
pub(super) fn registered_app(tx: &Transaction<'_>, app: &AppId) -> Result<i64> {
    number(tx, sql::REGISTRATION_FIND, app)
}

fn number(tx: &Transaction<'_>, statement: &str, app: &AppId) -> Result<i64> {
    let found = tx.prepare_cached(statement)?.query_row((app.as_str(),), |row| row.get(0)).optional()?;
    found.ok_or(StoreError::Conflict)
}

/// The id in a column.
pub(super) fn id_at<T>(row: &Row<'_>, column: usize, from_bytes: fn([u8; 16]) -> T) -> Result<T> {
    Ok(from_bytes(row.get(column)?))
}

/// The id in a column that may be empty.
pub(super) fn optional_id_at<T>(row: &Row<'_>, column: usize, from_bytes: fn([u8; 16]) -> T) -> Result<Option<T>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(from_bytes))
}

/// The instant in a column.
pub(super) fn instant_at(row: &Row<'_>, column: usize) -> Result<UnixMillis> {
    Ok(UnixMillis(row.get(column)?))
}

/// The instant in a column that may be empty.
pub(super) fn optional_instant_at(row: &Row<'_>, column: usize) -> Result<Option<UnixMillis>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(UnixMillis))
}

/// An instant as it is stored.
pub(super) fn instant(at: Option<UnixMillis>) -> Option<i64> {
    at.map(|at| at.0)
}

/// The word in a column, such as a role.
pub(super) fn word_at<T>(row: &Row<'_>, column: usize, from_key: impl Fn(&str) -> Option<T>) -> Result<T> {
    let key = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    word(key, from_key)
}

/// The word in a column that may be empty.
pub(super) fn optional_word_at<T>(
    row: &Row<'_>,
    column: usize,
    from_key: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>> {
    let key = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    key.map(|key| word(key, from_key)).transpose()
}

/// What a stored word means.
pub(super) fn word<T>(key: &str, from_key: impl Fn(&str) -> Option<T>) -> Result<T> {
    from_key(key).ok_or_else(|| StoreError::Corrupt(format!("`{key}` is a word in the registry")))
}

/// The e-mail address in a column.
pub(super) fn email_at(row: &Row<'_>, column: usize) -> Result<Email> {
    word_at(row, column, |text| text.parse().ok())
}

/// All that a statement finds.
pub(super) fn list<T>(
    tx: &Transaction<'_>,
    statement: &str,
    parameters: impl rusqlite::Params,
    from_row: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    tx.prepare_cached(statement)?.query_and_then(parameters, |row| from_row(row))?.collect()
}

/// The first that a statement finds.
pub(super) fn first<T>(
    tx: &Transaction<'_>,
    statement: &str,
    parameters: impl rusqlite::Params,
    from_row: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut statement = tx.prepare_cached(statement)?;
    let mut found = statement.query(parameters)?;
    found.next()?.map(from_row).transpose()
}

/// Whether a statement that asks for it finds something.
pub(super) fn exists(tx: &Transaction<'_>, statement: &str, parameters: impl rusqlite::Params) -> Result<bool> {
    Ok(tx.prepare_cached(statement)?.query_row(parameters, |row| row.get(0))?)
}

/// Carries a statement out and says how many rows it changed.
pub(super) fn execute(tx: &Transaction<'_>, statement: &str, parameters: impl rusqlite::Params) -> Result<usize> {
    Ok(tx.prepare_cached(statement)?.execute(parameters)?)
}
