//! Tokens of sources.

use model::{AppId, Environment, PersonId, SourceName, SourceToken, TokenId, UnixMillis};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{
    execute, expect_one, first, id_at, instant, instant_at, list, optional_id_at, optional_instant_at, word, word_at,
};
use crate::Result;

pub(super) fn add(tx: &Transaction<'_>, token: &SourceToken) -> Result<()> {
    let apps: Vec<&str> = token.apps.iter().map(AppId::as_str).collect();
    let environments: Vec<&str> = token.environments.iter().map(|environment| environment.key()).collect();
    let columns = (
        token.id.bytes(),
        token.source.as_str(),
        token.digest,
        &token.hint,
        apps.join("\n"),
        environments.join(" "),
        token.created_at.0,
        token.created_by.map(|person| person.bytes()),
        instant(token.expires_at),
        instant(token.last_used_at),
        instant(token.revoked_at),
    );
    expect_one(execute(tx, sql::SOURCE_TOKEN_ADD, columns)?)
}

/// A token that is gone meanwhile needs no note.
pub(super) fn touch(tx: &Transaction<'_>, id: TokenId, at: UnixMillis) -> Result<()> {
    execute(tx, sql::SOURCE_TOKEN_TOUCH, (id.bytes(), at.0)).map(drop)
}

pub(super) fn revoke(tx: &Transaction<'_>, id: TokenId, at: UnixMillis) -> Result<()> {
    expect_one(execute(tx, sql::SOURCE_TOKEN_REVOKE, (id.bytes(), at.0))?)
}

pub(super) fn get(tx: &Transaction<'_>, id: TokenId) -> Result<Option<SourceToken>> {
    first(tx, sql::SOURCE_TOKEN_GET, (id.bytes(),), from_row)
}

pub(super) fn by_digest(tx: &Transaction<'_>, digest: &[u8; 32]) -> Result<Option<SourceToken>> {
    first(tx, sql::SOURCE_TOKEN_BY_DIGEST, (digest,), from_row)
}

pub(super) fn list_all(tx: &Transaction<'_>) -> Result<Vec<SourceToken>> {
    list(tx, sql::SOURCE_TOKEN_LIST, (), from_row)
}

pub(super) fn list_of(tx: &Transaction<'_>, source: &SourceName) -> Result<Vec<SourceToken>> {
    list(tx, sql::SOURCE_TOKEN_LIST_OF, (source.as_str(),), from_row)
}

fn from_row(row: &Row<'_>) -> Result<SourceToken> {
    let apps = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
    let environments = row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?;
    let app = |key: &str| word(key, |key| key.parse().ok());
    Ok(SourceToken {
        id: id_at(row, 0, TokenId::from_bytes)?,
        source: word_at(row, 1, |name| name.parse().ok())?,
        digest: row.get(2)?,
        hint: row.get(3)?,
        apps: apps.split('\n').filter(|key| !key.is_empty()).map(app).collect::<Result<_>>()?,
        environments: environments
            .split_ascii_whitespace()
            .map(|key| word(key, Environment::from_key))
            .collect::<Result<_>>()?,
        created_at: instant_at(row, 6)?,
        created_by: optional_id_at(row, 7, PersonId::from_bytes)?,
        expires_at: optional_instant_at(row, 8)?,
        last_used_at: optional_instant_at(row, 9)?,
        revoked_at: optional_instant_at(row, 10)?,
    })
}
