//! Invitations to apps and organisations.

use model::{
    AppRole, Email, Invitation, InvitationEnd, InvitationId, InvitedTo, MemberRole, OrganisationId, PersonId,
    UnixMillis,
};
use rusqlite::{Row, Transaction};

use super::super::{rows, sql};
use super::columns::{
    email_at, execute, expect_one, first, id_at, instant_at, list, optional_id_at, optional_instant_at,
    optional_word_at, registered_app, word_at,
};
use crate::{Result, StoreError};

pub(super) fn add(tx: &Transaction<'_>, it: &Invitation) -> Result<()> {
    let (app, organisation, role) = match &it.to {
        InvitedTo::App(app, role) => (Some(registered_app(tx, app)?), None, role.key()),
        InvitedTo::Organisation(id, role) => (None, Some(id.bytes()), role.key()),
    };
    let columns = (
        it.id.bytes(),
        app,
        organisation,
        role,
        it.email.as_str(),
        it.digest,
        it.invited_by.bytes(),
        it.created_at.0,
        it.expires_at.0,
        it.ended.map(|(end, _)| end.key()),
        it.ended.map(|(_, at)| at.0),
    );
    expect_one(execute(tx, sql::INVITATION_ADD, columns)?)
}

pub(super) fn end(tx: &Transaction<'_>, id: InvitationId, how: InvitationEnd, at: UnixMillis) -> Result<()> {
    expect_one(execute(tx, sql::INVITATION_END, (id.bytes(), how.key(), at.0))?)
}

pub(super) fn get(tx: &Transaction<'_>, id: InvitationId) -> Result<Option<Invitation>> {
    first(tx, sql::INVITATION_GET, (id.bytes(),), from_row)
}

pub(super) fn by_digest(tx: &Transaction<'_>, digest: &[u8; 32]) -> Result<Option<Invitation>> {
    first(tx, sql::INVITATION_BY_DIGEST, (digest,), from_row)
}

pub(super) fn list_to(tx: &Transaction<'_>, to: &InvitedTo) -> Result<Vec<Invitation>> {
    match to {
        InvitedTo::App(app, _) => list(tx, sql::INVITATION_LIST_TO_APP, (app.as_str(),), from_row),
        InvitedTo::Organisation(id, _) => list(tx, sql::INVITATION_LIST_TO_ORGANISATION, (id.bytes(),), from_row),
    }
}

pub(super) fn list_for(tx: &Transaction<'_>, email: &Email) -> Result<Vec<Invitation>> {
    list(tx, sql::INVITATION_LIST_FOR, (email.as_str(),), from_row)
}

fn from_row(row: &Row<'_>) -> Result<Invitation> {
    Ok(Invitation {
        id: id_at(row, 0, InvitationId::from_bytes)?,
        to: destination(row)?,
        email: email_at(row, 4)?,
        digest: row.get(5)?,
        invited_by: id_at(row, 6, PersonId::from_bytes)?,
        created_at: instant_at(row, 7)?,
        expires_at: instant_at(row, 8)?,
        ended: optional_word_at(row, 9, InvitationEnd::from_key)?.zip(optional_instant_at(row, 10)?),
    })
}

fn destination(row: &Row<'_>) -> Result<InvitedTo> {
    if let Some(id) = optional_id_at(row, 2, OrganisationId::from_bytes)? {
        return Ok(InvitedTo::Organisation(id, word_at(row, 3, MemberRole::from_key)?));
    }
    match row.get_ref(1)?.as_str_or_null().map_err(rusqlite::Error::from)? {
        Some(_) => Ok(InvitedTo::App(rows::app_at(row, 1)?, word_at(row, 3, AppRole::from_key)?)),
        None => Err(StoreError::Corrupt("an invitation leads nowhere".to_owned())),
    }
}
