//! People.

use std::collections::BTreeSet;

use model::{Email, Person, PersonId, PlatformRole};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{
    email_at, execute, exists, expect, expect_one, first, id_at, instant, instant_at, list, optional_instant_at,
    optional_word_at,
};
use crate::{PeopleQuery, Result};

/// How many columns [`from_row`] reads.
pub(super) const COLUMNS: usize = 7;

pub(super) fn add(tx: &Transaction<'_>, person: &Person) -> Result<()> {
    write(tx, sql::PERSON_ADD, person)
}

pub(super) fn save(tx: &Transaction<'_>, person: &Person) -> Result<()> {
    write(tx, sql::PERSON_SAVE, person)
}

fn write(tx: &Transaction<'_>, statement: &str, person: &Person) -> Result<()> {
    let columns = (
        person.id.bytes(),
        person.email.as_str(),
        &person.name,
        person.platform_role.map(PlatformRole::key),
        instant(person.verified_at),
        instant(person.disabled_at),
        person.created_at.0,
    );
    expect_one(execute(tx, statement, columns)?)
}

pub(super) fn get(tx: &Transaction<'_>, id: PersonId) -> Result<Option<Person>> {
    first(tx, sql::PERSON_GET, (id.bytes(),), |row| from_row(row, 0))
}

pub(super) fn by_email(tx: &Transaction<'_>, email: &Email) -> Result<Option<Person>> {
    first(tx, sql::PERSON_BY_EMAIL, (email.as_str(),), |row| from_row(row, 0))
}

pub(super) fn by_id(tx: &Transaction<'_>, ids: &BTreeSet<PersonId>) -> Result<Vec<Person>> {
    ids.iter().filter_map(|id| get(tx, *id).transpose()).collect()
}

pub(super) fn search(tx: &Transaction<'_>, query: &PeopleQuery) -> Result<Vec<Person>> {
    let after = query.after.as_ref().map_or("", Email::as_str);
    list(tx, sql::PERSON_SEARCH, (after, &query.search, query.limit), |row| from_row(row, 0))
}

/// Whether an operator whose account is open is there.
pub(super) fn has_open_operator(tx: &Transaction<'_>) -> Result<bool> {
    exists(tx, sql::PERSON_HAS_OPEN_OPERATOR, ())
}

pub(super) fn expect_as_read(tx: &Transaction<'_>, person: &Person) -> Result<()> {
    expect(get(tx, person.id)?.as_ref() == Some(person))
}

pub(super) fn expect_no_operator(tx: &Transaction<'_>) -> Result<()> {
    expect(!exists(tx, sql::PERSON_HAS_OPERATOR, ())?)
}

pub(super) fn expect_operator(tx: &Transaction<'_>) -> Result<()> {
    expect(has_open_operator(tx)?)
}

/// The person in the columns from `at` on.
pub(super) fn from_row(row: &Row<'_>, at: usize) -> Result<Person> {
    Ok(Person {
        id: id_at(row, at, PersonId::from_bytes)?,
        email: email_at(row, at + 1)?,
        name: row.get(at + 2)?,
        platform_role: optional_word_at(row, at + 3, PlatformRole::from_key)?,
        verified_at: optional_instant_at(row, at + 4)?,
        disabled_at: optional_instant_at(row, at + 5)?,
        created_at: instant_at(row, at + 6)?,
    })
}
