//! Who is told of an app by mail, and the mails that are decided and not sent yet.

use model::{AppId, PersonId, Status};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::super::{rows, sql};
use crate::{Alert, AlertChanges, DueAlert, Result, StoreError};

pub(super) fn get(tx: &Transaction<'_>, app: &AppId, person: PersonId) -> Result<Option<Alert>> {
    let mut statement = tx.prepare_cached(sql::ALERT_GET)?;
    let mut found = statement.query((app.as_str(), person.bytes()))?;
    found.next()?.map(from_row).transpose()
}

pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<Alert>> {
    tx.prepare_cached(sql::ALERT_LIST)?.query_and_then((), from_row)?.collect()
}

pub(super) fn choose(tx: &Transaction<'_>, alert: &Alert) -> Result<()> {
    tx.prepare_cached(sql::ALERT_CHOOSE)?.execute((
        number(tx, &alert.app)?,
        alert.person.bytes(),
        alert.changes.map(AlertChanges::key),
        alert.weekly,
        status_key(alert.told),
        alert.digest_of.epoch_days(),
    ))?;
    Ok(())
}

pub(super) fn told(tx: &Transaction<'_>, before: &Alert, after: &Alert) -> Result<()> {
    let changed = tx.prepare_cached(sql::ALERT_TOLD)?.execute((
        number(tx, &before.app)?,
        before.person.bytes(),
        status_key(before.told),
        before.digest_of.epoch_days(),
        status_key(after.told),
        after.digest_of.epoch_days(),
    ))?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

pub(super) fn due(tx: &Transaction<'_>, limit: u32) -> Result<Vec<DueAlert>> {
    let due = |row: &Row<'_>| {
        let (was, now): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        let change = match (was, now) {
            (Some(was), Some(now)) => Some((status(&was)?, status(&now)?)),
            _ => None,
        };
        Ok(DueAlert {
            id: row.get(0)?,
            app: rows::app_at(row, 1)?,
            person: PersonId::from_bytes(row.get(2)?),
            change,
            as_of: rows::day_at(row, 5)?,
        })
    };
    tx.prepare_cached(sql::ALERT_LIST_DUE)?.query_and_then((limit,), due)?.collect()
}

pub(super) fn add_due(tx: &Transaction<'_>, due: &DueAlert) -> Result<()> {
    let (was, now) = due.change.map(|(was, now)| (status_key(was), status_key(now))).unzip();
    let row = (number(tx, &due.app)?, due.person.bytes(), was, now, due.as_of.epoch_days());
    tx.prepare_cached(sql::ALERT_ADD_DUE)?.execute(row)?;
    Ok(())
}

pub(super) fn done(tx: &Transaction<'_>, id: i64) -> Result<()> {
    tx.prepare_cached(sql::ALERT_REMOVE_DUE)?.execute((id,))?;
    Ok(())
}

fn number(tx: &Transaction<'_>, app: &AppId) -> Result<i64> {
    let found = tx.prepare_cached(sql::APP_FIND)?.query_row((app.as_str(),), |row| row.get(0)).optional()?;
    found.ok_or(StoreError::Conflict)
}

fn from_row(row: &Row<'_>) -> Result<Alert> {
    let changes: Option<String> = row.get(2)?;
    let changes = changes.map(|key| {
        AlertChanges::from_key(&key).ok_or_else(|| StoreError::Corrupt(format!("`{key}` is a choice of alerts")))
    });
    Ok(Alert {
        app: rows::app_at(row, 0)?,
        person: PersonId::from_bytes(row.get(1)?),
        changes: changes.transpose()?,
        weekly: row.get(3)?,
        told: status(&row.get::<_, String>(4)?)?,
        digest_of: rows::day_at(row, 5)?,
    })
}

fn status_key(status: Option<Status>) -> &'static str {
    status.map_or("none", Status::key)
}

fn status(key: &str) -> Result<Option<Status>> {
    let all = [Status::Healthy, Status::ReviewRecommended, Status::NeedsAttention];
    match all.into_iter().find(|status| status.key() == key) {
        None if key != "none" => Err(StoreError::Corrupt(format!("`{key}` is a status"))),
        status => Ok(status),
    }
}
