//! Conversions between the model's words and what columns hold.

use std::str::FromStr;

use model::{AppId, Day, DayRange, Environment};
use rusqlite::Row;

use super::error::too_large;
use crate::{Result, StoreError};

/// A count as it is stored; one beyond the greatest signed number is an error.
pub(super) fn count(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| too_large())
}

/// The place of something in a list, as it is stored.
pub(super) fn place(index: usize) -> Result<i64> {
    i64::try_from(index).map_err(|_| too_large())
}

/// A digest as it is stored: the signed number with the same bits.
pub(super) fn digest(value: u64) -> i64 {
    i64::from_ne_bytes(value.to_ne_bytes())
}

/// The inverse of [`digest`].
pub(super) fn digest_from(value: i64) -> u64 {
    u64::from_ne_bytes(value.to_ne_bytes())
}

/// An environment as it is stored.
pub(super) fn environment(value: Environment) -> u8 {
    match value {
        Environment::Production => 0,
        Environment::Sandbox => 1,
    }
}

/// Days as the bounds of `BETWEEN`.
pub(super) fn bounds(days: DayRange) -> (i32, i32) {
    (days.start.epoch_days(), days.end.epoch_days())
}

/// The count in a column.
pub(super) fn count_at(row: &Row<'_>, column: usize) -> Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| StoreError::Corrupt(format!("a count is `{value}`")))
}

/// The day in a column.
pub(super) fn day_at(row: &Row<'_>, column: usize) -> Result<Day> {
    Ok(Day::from_epoch_days(row.get(column)?))
}

/// The day in a column that may be empty.
pub(super) fn optional_day_at(row: &Row<'_>, column: usize) -> Result<Option<Day>> {
    Ok(row.get::<_, Option<i32>>(column)?.map(Day::from_epoch_days))
}

/// The app's id in a column.
pub(super) fn app_at(row: &Row<'_>, column: usize) -> Result<AppId> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    AppId::from_str(text).map_err(|error| StoreError::Corrupt(format!("`{text}` is the id of an app: {error}")))
}
