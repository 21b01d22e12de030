//! Sessions and one-time links.

use model::{LinkPurpose, OneTimeLink, Person, PersonId, Session, SessionId, UnixMillis};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{execute, expect_one, first, id_at, instant_at, list, optional_id_at, word_at};
use super::people;
use crate::Result;

pub(super) fn add(tx: &Transaction<'_>, session: &Session) -> Result<()> {
    let columns = (
        session.id.bytes(),
        session.person.bytes(),
        session.digest,
        &session.user_agent,
        &session.address,
        session.created_at.0,
        session.last_used_at.0,
        session.proven_at.0,
        session.expires_at.0,
    );
    expect_one(execute(tx, sql::SESSION_ADD, columns)?)
}

/// A session that ended meanwhile needs no note.
pub(super) fn touch(tx: &Transaction<'_>, id: SessionId, at: UnixMillis) -> Result<()> {
    execute(tx, sql::SESSION_TOUCH, (id.bytes(), at.0)).map(drop)
}

pub(super) fn prove(tx: &Transaction<'_>, id: SessionId, at: UnixMillis) -> Result<()> {
    expect_one(execute(tx, sql::SESSION_PROVE, (id.bytes(), at.0))?)
}

pub(super) fn end(tx: &Transaction<'_>, person: PersonId, id: SessionId) -> Result<()> {
    execute(tx, sql::SESSION_END, (person.bytes(), id.bytes())).map(drop)
}

pub(super) fn end_others(tx: &Transaction<'_>, person: PersonId, kept: Option<SessionId>) -> Result<()> {
    execute(tx, sql::SESSION_END_OTHERS, (person.bytes(), kept.map(|id| id.bytes()))).map(drop)
}

pub(super) fn get(tx: &Transaction<'_>, digest: &[u8; 32]) -> Result<Option<(Session, Person)>> {
    first(tx, sql::SESSION_GET, (digest,), |row| Ok((from_row(row)?, people::from_row(row, 9)?)))
}

pub(super) fn list_of(tx: &Transaction<'_>, person: PersonId) -> Result<Vec<Session>> {
    list(tx, sql::SESSION_LIST_OF, (person.bytes(),), from_row)
}

fn from_row(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        id: id_at(row, 0, SessionId::from_bytes)?,
        person: id_at(row, 1, PersonId::from_bytes)?,
        digest: row.get(2)?,
        user_agent: row.get(3)?,
        address: row.get(4)?,
        created_at: instant_at(row, 5)?,
        last_used_at: instant_at(row, 6)?,
        proven_at: instant_at(row, 7)?,
        expires_at: instant_at(row, 8)?,
    })
}

pub(super) fn add_link(tx: &Transaction<'_>, link: &OneTimeLink) -> Result<()> {
    let person = link.person.map(|person| person.bytes());
    let columns = (link.digest, link.purpose.key(), person, link.failures, link.expires_at.0);
    expect_one(execute(tx, sql::LINK_ADD, columns)?)
}

pub(super) fn use_link(tx: &Transaction<'_>, digest: &[u8; 32], purpose: LinkPurpose, at: UnixMillis) -> Result<()> {
    expect_one(execute(tx, sql::LINK_USE, (digest, purpose.key(), at.0))?)
}

/// A link that is gone meanwhile is of no use to who failed.
pub(super) fn fail_link(tx: &Transaction<'_>, digest: &[u8; 32]) -> Result<()> {
    execute(tx, sql::LINK_FAIL, (digest,)).map(drop)
}

pub(super) fn remove_links(tx: &Transaction<'_>, purpose: LinkPurpose, person: Option<PersonId>) -> Result<()> {
    execute(tx, sql::LINK_REMOVE, (purpose.key(), person.map(|person| person.bytes()))).map(drop)
}

pub(super) fn link(tx: &Transaction<'_>, digest: &[u8; 32]) -> Result<Option<OneTimeLink>> {
    first(tx, sql::LINK_GET, (digest,), |row| {
        Ok(OneTimeLink {
            digest: row.get(0)?,
            purpose: word_at(row, 1, LinkPurpose::from_key)?,
            person: optional_id_at(row, 2, PersonId::from_bytes)?,
            failures: row.get(3)?,
            expires_at: instant_at(row, 4)?,
        })
    })
}

/// Removes sessions and links that are over at this instant.
pub(super) fn tidy(tx: &Transaction<'_>, now: UnixMillis) -> Result<()> {
    execute(tx, sql::SESSION_TIDY, (now.0,))?;
    execute(tx, sql::LINK_TIDY, (now.0,)).map(drop)
}
