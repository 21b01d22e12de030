//! API tokens.

use model::{ApiToken, OrganisationId, PersonId, Scope, TokenId, TokenOwner, UnixMillis};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{
    execute, expect_one, first, id_at, instant, instant_at, list, optional_id_at, optional_instant_at, word,
};
use crate::{Result, StoreError};

pub(super) fn add(tx: &Transaction<'_>, token: &ApiToken) -> Result<()> {
    let (person, organisation) = match token.owner {
        TokenOwner::Person(id) => (Some(id.bytes()), None),
        TokenOwner::Organisation(id) => (None, Some(id.bytes())),
    };
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.key()).collect();
    let columns = (
        token.id.bytes(),
        person,
        organisation,
        token.created_by.bytes(),
        &token.name,
        token.digest,
        &token.hint,
        scopes.join(" "),
        token.created_at.0,
        token.expires_at.0,
        instant(token.last_used_at),
        instant(token.revoked_at),
    );
    expect_one(execute(tx, sql::TOKEN_ADD, columns)?)
}

/// A token that is gone meanwhile needs no note.
pub(super) fn touch(tx: &Transaction<'_>, id: TokenId, at: UnixMillis) -> Result<()> {
    execute(tx, sql::TOKEN_TOUCH, (id.bytes(), at.0)).map(drop)
}

pub(super) fn revoke(tx: &Transaction<'_>, id: TokenId, at: UnixMillis) -> Result<()> {
    expect_one(execute(tx, sql::TOKEN_REVOKE, (id.bytes(), at.0))?)
}

pub(super) fn get(tx: &Transaction<'_>, id: TokenId) -> Result<Option<ApiToken>> {
    first(tx, sql::TOKEN_GET, (id.bytes(),), from_row)
}

pub(super) fn by_digest(tx: &Transaction<'_>, digest: &[u8; 32]) -> Result<Option<ApiToken>> {
    first(tx, sql::TOKEN_BY_DIGEST, (digest,), from_row)
}

pub(super) fn list_of(tx: &Transaction<'_>, owner: TokenOwner) -> Result<Vec<ApiToken>> {
    match owner {
        TokenOwner::Person(id) => list(tx, sql::TOKEN_LIST_OF_PERSON, (id.bytes(),), from_row),
        TokenOwner::Organisation(id) => list(tx, sql::TOKEN_LIST_OF_ORGANISATION, (id.bytes(),), from_row),
    }
}

fn from_row(row: &Row<'_>) -> Result<ApiToken> {
    let scopes = row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(ApiToken {
        id: id_at(row, 0, TokenId::from_bytes)?,
        owner: owner_from(row)?,
        created_by: id_at(row, 3, PersonId::from_bytes)?,
        name: row.get(4)?,
        digest: row.get(5)?,
        hint: row.get(6)?,
        scopes: scopes.split_ascii_whitespace().map(|key| word(key, Scope::from_key)).collect::<Result<_>>()?,
        created_at: instant_at(row, 8)?,
        expires_at: instant_at(row, 9)?,
        last_used_at: optional_instant_at(row, 10)?,
        revoked_at: optional_instant_at(row, 11)?,
    })
}

fn owner_from(row: &Row<'_>) -> Result<TokenOwner> {
    let person = optional_id_at(row, 1, PersonId::from_bytes)?.map(TokenOwner::Person);
    let organisation = optional_id_at(row, 2, OrganisationId::from_bytes)?.map(TokenOwner::Organisation);
    person.or(organisation).ok_or_else(|| StoreError::Corrupt("a token is nobody's".to_owned()))
}
