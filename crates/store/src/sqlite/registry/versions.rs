//! Drafts of manifests, and the versions that were saved of them.

use model::{AppId, Draft, Environment, InstallKey, PersonId, Promotion, Version, VersionId};
use rusqlite::{Row, Transaction};

use super::super::{rows, sql};
use super::columns::{
    execute, exists, expect, expect_one, first, id_at, instant_at, list, optional_id_at, registered_app,
};
use crate::Result;

/// The first saving adds a draft, each later one replaces the one that it knew.
pub(super) fn save_draft(tx: &Transaction<'_>, draft: &Draft) -> Result<()> {
    expect(draft.revision >= 1)?;
    let statement = if draft.revision == 1 { sql::DRAFT_ADD } else { sql::DRAFT_SAVE };
    let columns = (registered_app(tx, &draft.app)?, &draft.manifest, draft.revision, draft.updated_at.0);
    expect_one(execute(tx, statement, columns)?)
}

pub(super) fn draft(tx: &Transaction<'_>, app: &AppId) -> Result<Option<Draft>> {
    first(tx, sql::DRAFT_GET, (app.as_str(),), |row| {
        Ok(Draft {
            app: rows::app_at(row, 0)?,
            manifest: row.get(1)?,
            revision: row.get(2)?,
            updated_at: instant_at(row, 3)?,
        })
    })
}

pub(super) fn add(tx: &Transaction<'_>, version: &Version) -> Result<()> {
    let app = registered_app(tx, &version.app)?;
    let (major, minor, patch) = version.number;
    expect(!exists(tx, sql::VERSION_HAS_SUCH_OR_GREATER, (app, major, minor, patch))?)?;
    let promotion = version.promotion.as_ref();
    let columns = (
        version.id.bytes(),
        app,
        major,
        minor,
        patch,
        &version.manifest,
        version.sandbox_key.bytes(),
        version.created_at.0,
        version.created_by.bytes(),
        promotion.map(|it| it.production_key.bytes()),
        promotion.map(|it| &it.release_notes),
        promotion.map(|it| it.at.0),
        promotion.map(|it| it.by.bytes()),
    );
    expect_one(execute(tx, sql::VERSION_ADD, columns)?)
}

pub(super) fn promote(tx: &Transaction<'_>, id: VersionId, it: &Promotion) -> Result<()> {
    let columns = (id.bytes(), it.production_key.bytes(), &it.release_notes, it.at.0, it.by.bytes());
    expect_one(execute(tx, sql::VERSION_PROMOTE, columns)?)
}

pub(super) fn list_of(tx: &Transaction<'_>, app: &AppId) -> Result<Vec<Version>> {
    list(tx, sql::VERSION_LIST, (app.as_str(),), from_row)
}

pub(super) fn get(tx: &Transaction<'_>, id: VersionId) -> Result<Option<Version>> {
    first(tx, sql::VERSION_GET, (id.bytes(),), from_row)
}

pub(super) fn by_key(tx: &Transaction<'_>, key: InstallKey) -> Result<Option<(Version, Environment)>> {
    let version = first(tx, sql::VERSION_BY_KEY, (key.bytes(),), from_row)?;
    Ok(version.map(|version| {
        let sandbox = version.sandbox_key == key;
        (version, if sandbox { Environment::Sandbox } else { Environment::Production })
    }))
}

fn from_row(row: &Row<'_>) -> Result<Version> {
    Ok(Version {
        id: id_at(row, 0, VersionId::from_bytes)?,
        app: rows::app_at(row, 1)?,
        number: (row.get(2)?, row.get(3)?, row.get(4)?),
        manifest: row.get(5)?,
        sandbox_key: id_at(row, 6, InstallKey::from_bytes)?,
        created_at: instant_at(row, 7)?,
        created_by: id_at(row, 8, PersonId::from_bytes)?,
        promotion: promotion_from(row)?,
    })
}

fn promotion_from(row: &Row<'_>) -> Result<Option<Promotion>> {
    let Some(production_key) = optional_id_at(row, 9, InstallKey::from_bytes)? else { return Ok(None) };
    Ok(Some(Promotion {
        production_key,
        release_notes: row.get(10)?,
        at: instant_at(row, 11)?,
        by: id_at(row, 12, PersonId::from_bytes)?,
    }))
}
