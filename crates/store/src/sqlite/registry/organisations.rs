//! Organisations and their members.

use model::{Member, MemberRole, Organisation, OrganisationId, Person, PersonId};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{execute, exists, expect, expect_one, first, id_at, instant_at, list, word_at};
use super::people;
use crate::Result;

pub(super) fn add(tx: &Transaction<'_>, organisation: &Organisation) -> Result<()> {
    write(tx, sql::ORGANISATION_ADD, organisation)
}

pub(super) fn save(tx: &Transaction<'_>, organisation: &Organisation) -> Result<()> {
    write(tx, sql::ORGANISATION_SAVE, organisation)
}

fn write(tx: &Transaction<'_>, statement: &str, it: &Organisation) -> Result<()> {
    expect_one(execute(tx, statement, (it.id.bytes(), &it.name, it.created_at.0))?)
}

pub(super) fn get(tx: &Transaction<'_>, id: OrganisationId) -> Result<Option<Organisation>> {
    first(tx, sql::ORGANISATION_GET, (id.bytes(),), from_row)
}

pub(super) fn list_all(tx: &Transaction<'_>) -> Result<Vec<Organisation>> {
    list(tx, sql::ORGANISATION_LIST, (), from_row)
}

pub(super) fn list_of(tx: &Transaction<'_>, person: PersonId) -> Result<Vec<(Organisation, Member)>> {
    list(tx, sql::ORGANISATION_LIST_OF, (person.bytes(),), |row| Ok((from_row(row)?, member_from(row, 3)?)))
}

pub(super) fn add_member(tx: &Transaction<'_>, member: &Member) -> Result<()> {
    let columns = (member.organisation.bytes(), member.person.bytes(), member.role.key(), member.since.0);
    expect_one(execute(tx, sql::MEMBER_ADD, columns)?)
}

pub(super) fn set_role(tx: &Transaction<'_>, id: OrganisationId, person: PersonId, role: MemberRole) -> Result<()> {
    expect_one(execute(tx, sql::MEMBER_SET_ROLE, (id.bytes(), person.bytes(), role.key()))?)
}

pub(super) fn remove_member(tx: &Transaction<'_>, id: OrganisationId, person: PersonId) -> Result<()> {
    expect_one(execute(tx, sql::MEMBER_REMOVE, (id.bytes(), person.bytes()))?)
}

pub(super) fn expect_admin(tx: &Transaction<'_>, id: OrganisationId) -> Result<()> {
    expect(exists(tx, sql::MEMBER_HAS_ADMIN, (id.bytes(),))?)
}

pub(super) fn members(tx: &Transaction<'_>, id: OrganisationId) -> Result<Vec<(Person, Member)>> {
    list(tx, sql::MEMBER_LIST, (id.bytes(),), |row| Ok((people::from_row(row, 0)?, member_from(row, people::COLUMNS)?)))
}

fn from_row(row: &Row<'_>) -> Result<Organisation> {
    Ok(Organisation {
        id: id_at(row, 0, OrganisationId::from_bytes)?,
        name: row.get(1)?,
        created_at: instant_at(row, 2)?,
    })
}

fn member_from(row: &Row<'_>, at: usize) -> Result<Member> {
    Ok(Member {
        organisation: id_at(row, at, OrganisationId::from_bytes)?,
        person: id_at(row, at + 1, PersonId::from_bytes)?,
        role: word_at(row, at + 2, MemberRole::from_key)?,
        since: instant_at(row, at + 3)?,
    })
}
