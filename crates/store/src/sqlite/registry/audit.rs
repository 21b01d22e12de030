//! The audit log, which only grows.

use model::{AuditEntry, AuditId, Doer, OrganisationId};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{execute, expect_one, id_at, instant_at, list, optional_id_at, word_at};
use crate::{AuditQuery, Result};

/// Sorts after every id that is given.
const AFTER_ALL: [u8; 16] = [0xff; 16];

pub(super) fn add(tx: &Transaction<'_>, entry: &AuditEntry) -> Result<()> {
    let columns = (
        entry.id.bytes(),
        entry.at.0,
        doer_text(entry.by),
        &entry.action,
        &entry.target,
        entry.organisation.map(|id| id.bytes()),
        &entry.before,
        &entry.after,
    );
    expect_one(execute(tx, sql::AUDIT_ADD, columns)?)
}

/// Goes by the index of whatever narrows the log down most; all else is looked at on the way.
pub(super) fn query(tx: &Transaction<'_>, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
    let statement = match query {
        AuditQuery { target: Some(_), .. } => sql::AUDIT_LIST_OF_TARGET,
        AuditQuery { by: Some(_), .. } => sql::AUDIT_LIST_OF_DOER,
        AuditQuery { organisation: Some(_), .. } => sql::AUDIT_LIST_OF_ORGANISATION,
        _ => sql::AUDIT_LIST,
    };
    let filters = (
        query.before.map_or(AFTER_ALL, |id| id.bytes()),
        query.since.map_or(i64::MIN, |at| at.0),
        query.until.map_or(i64::MAX, |at| at.0),
        query.action.as_deref().unwrap_or_default(),
        query.limit,
        &query.target,
        query.by.map(doer_text),
        query.organisation.map(|id| id.bytes()),
    );
    list(tx, statement, filters, from_row)
}

fn from_row(row: &Row<'_>) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: id_at(row, 0, AuditId::from_bytes)?,
        at: instant_at(row, 1)?,
        by: word_at(row, 2, doer_from)?,
        action: row.get(3)?,
        target: row.get(4)?,
        organisation: optional_id_at(row, 5, OrganisationId::from_bytes)?,
        before: row.get(6)?,
        after: row.get(7)?,
    })
}

/// Who did something, as it is stored.
pub(super) fn doer_text(doer: Doer) -> String {
    match doer {
        Doer::Person(id) => format!("person:{id}"),
        Doer::Token(id) => format!("token:{id}"),
        Doer::System => "system".to_owned(),
        Doer::Nobody => "nobody".to_owned(),
    }
}

/// The inverse of [`doer_text`].
fn doer_from(text: &str) -> Option<Doer> {
    match text.split_once(':') {
        Some(("person", id)) => id.parse().ok().map(Doer::Person),
        Some(("token", id)) => id.parse().ok().map(Doer::Token),
        None if text == "system" => Some(Doer::System),
        None if text == "nobody" => Some(Doer::Nobody),
        _ => None,
    }
}
