//! How apps present themselves: client ids, redirect URIs, secrets.

use model::{AppId, ClientId, ClientSecret, Credential, Environment, SecretId, UnixMillis};
use rusqlite::{Row, Transaction};

use super::super::{rows, sql};
use super::columns::{
    execute, expect, expect_one, first, id_at, instant, instant_at, list, optional_instant_at, registered_app,
};
use crate::{Result, StoreError};

/// How many secrets a credential has at most: the one in use, and the one that replaces it.
const SECRETS: usize = 2;

/// A credential's key: the number of its app, and its environment as it is stored.
type Key = (i64, u8);

pub(super) fn add(tx: &Transaction<'_>, it: &Credential) -> Result<()> {
    expect(it.secrets.len() <= SECRETS)?;
    let key = (registered_app(tx, &it.app)?, rows::environment(it.environment));
    expect_one(execute(tx, sql::CREDENTIAL_ADD, (key.0, key.1, it.client_id.bytes(), it.created_at.0))?)?;
    add_redirect_uris(tx, key, &it.redirect_uris)?;
    it.secrets.iter().try_for_each(|secret| insert_secret(tx, key, secret))
}

pub(super) fn set_redirect_uris(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    uris: &[String],
) -> Result<()> {
    let key = find(tx, app, environment)?;
    execute(tx, sql::REDIRECT_URI_CLEAR, key)?;
    add_redirect_uris(tx, key, uris)
}

pub(super) fn add_secret(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    secret: &ClientSecret,
    now: UnixMillis,
) -> Result<()> {
    let key = find(tx, app, environment)?;
    execute(tx, sql::SECRET_REMOVE_EXPIRED, (key.0, key.1, now.0))?;
    let good = list(tx, sql::SECRET_LIST, key, secret_from)?;
    expect(good.len() < SECRETS)?;
    insert_secret(tx, key, secret)
}

pub(super) fn expire_secret(
    tx: &Transaction<'_>,
    app: &AppId,
    environment: Environment,
    id: SecretId,
    at: UnixMillis,
) -> Result<()> {
    let key = find(tx, app, environment)?;
    expect_one(execute(tx, sql::SECRET_EXPIRE, (key.0, key.1, id.bytes(), at.0))?)
}

pub(super) fn remove_secret(tx: &Transaction<'_>, app: &AppId, environment: Environment, id: SecretId) -> Result<()> {
    let key = find(tx, app, environment)?;
    expect_one(execute(tx, sql::SECRET_REMOVE, (key.0, key.1, id.bytes()))?)
}

/// Removes secrets that are no longer good at this instant.
pub(super) fn tidy(tx: &Transaction<'_>, now: UnixMillis) -> Result<()> {
    execute(tx, sql::SECRET_TIDY, (now.0,)).map(drop)
}

pub(super) fn list_of(tx: &Transaction<'_>, app: &AppId) -> Result<Vec<Credential>> {
    list(tx, sql::CREDENTIAL_LIST, (app.as_str(),), |row| from_row(tx, row))
}

pub(super) fn by_client_id(tx: &Transaction<'_>, id: ClientId) -> Result<Option<Credential>> {
    first(tx, sql::CREDENTIAL_BY_CLIENT_ID, (id.bytes(),), |row| from_row(tx, row))
}

/// The key of a credential, which must be there.
fn find(tx: &Transaction<'_>, app: &AppId, environment: Environment) -> Result<Key> {
    let key = (registered_app(tx, app)?, rows::environment(environment));
    let found = first(tx, sql::CREDENTIAL_FIND, key, |_| Ok(()))?;
    found.map(|()| key).ok_or(StoreError::Conflict)
}

fn add_redirect_uris(tx: &Transaction<'_>, key: Key, uris: &[String]) -> Result<()> {
    for (index, uri) in uris.iter().enumerate() {
        execute(tx, sql::REDIRECT_URI_ADD, (key.0, key.1, rows::place(index)?, uri))?;
    }
    Ok(())
}

fn insert_secret(tx: &Transaction<'_>, key: Key, secret: &ClientSecret) -> Result<()> {
    let columns =
        (secret.id.bytes(), key.0, key.1, secret.digest, &secret.hint, secret.created_at.0, instant(secret.expires_at));
    expect_one(execute(tx, sql::SECRET_ADD, columns)?)
}

fn from_row(tx: &Transaction<'_>, row: &Row<'_>) -> Result<Credential> {
    let key: Key = (row.get(4)?, row.get(1)?);
    Ok(Credential {
        app: rows::app_at(row, 0)?,
        environment: environment_from(key.1)?,
        client_id: id_at(row, 2, ClientId::from_bytes)?,
        created_at: instant_at(row, 3)?,
        redirect_uris: list(tx, sql::REDIRECT_URI_LIST, key, |row| Ok(row.get(0)?))?,
        secrets: list(tx, sql::SECRET_LIST, key, secret_from)?,
    })
}

fn secret_from(row: &Row<'_>) -> Result<ClientSecret> {
    Ok(ClientSecret {
        id: id_at(row, 0, SecretId::from_bytes)?,
        digest: row.get(1)?,
        hint: row.get(2)?,
        created_at: instant_at(row, 3)?,
        expires_at: optional_instant_at(row, 4)?,
    })
}

/// The inverse of [`rows::environment`].
fn environment_from(stored: u8) -> Result<Environment> {
    let known = [Environment::Production, Environment::Sandbox];
    let found = known.into_iter().find(|environment| rows::environment(*environment) == stored);
    found.ok_or_else(|| StoreError::Corrupt(format!("`{stored}` is an environment")))
}
