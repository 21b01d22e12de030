//! Apps, discovered in traffic or registered.

use std::collections::HashMap;

use model::{App, AppId, Component, Distribution};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::{platform, rows, sql};
use crate::{Result, StoreError};

pub(super) fn list(tx: &Transaction<'_>) -> Result<Vec<App>> {
    let mut components = all_components(tx)?;
    let mut statement = tx.prepare_cached(sql::APP_LIST)?;
    statement
        .query_and_then((), |row| {
            let id: i64 = row.get(0)?;
            app_from(row, components.remove(&id).unwrap_or_default())
        })?
        .collect()
}

/// The components of all apps, by the app's number.
pub(super) fn all_components(tx: &Transaction<'_>) -> Result<HashMap<i64, Vec<Component>>> {
    let mut components: HashMap<i64, Vec<Component>> = HashMap::new();
    let mut statement = tx.prepare_cached(sql::APP_ALL_COMPONENTS)?;
    let mut found = statement.query(())?;
    while let Some(row) = found.next()? {
        components.entry(row.get(0)?).or_default().push(component_at(row, 1)?);
    }
    Ok(components)
}

pub(super) fn get(tx: &Transaction<'_>, id: &AppId) -> Result<Option<App>> {
    let mut statement = tx.prepare_cached(sql::APP_GET)?;
    let mut found = statement.query((id.as_str(),))?;
    let Some(row) = found.next()? else { return Ok(None) };
    let number: i64 = row.get(0)?;
    let mut statement = tx.prepare_cached(sql::APP_COMPONENTS)?;
    let components: Result<Vec<_>> = statement.query_and_then((number,), |row| component_at(row, 0))?.collect();
    app_from(row, components?).map(Some)
}

pub(super) fn save(tx: &Transaction<'_>, app: &App) -> Result<()> {
    let distribution = app.distribution.map(distribution_key);
    // Of an app that is there a trigger does this.
    let revision = if find(tx, &app.id)?.is_none() { platform::next_revision(tx)? } else { 0 };
    let number: i64 = tx
        .prepare_cached(sql::APP_SAVE)?
        .query_row((app.id.as_str(), &app.name, distribution, app.discovered, revision), |row| row.get(0))?;
    tx.prepare_cached(sql::APP_CLEAR_COMPONENTS)?.execute((number,))?;
    let mut add = tx.prepare_cached(sql::APP_ADD_COMPONENT)?;
    for (index, component) in app.components.iter().enumerate() {
        add.execute((number, rows::place(index)?, component_key(*component)))?;
    }
    Ok(())
}

/// The number of an app as counts have it.
pub(super) fn number(tx: &Transaction<'_>, id: &AppId) -> Result<Option<u32>> {
    Ok(find(tx, id)?.and_then(|number| u32::try_from(number).ok()))
}

/// The number of an app.
pub(super) fn find(tx: &Transaction<'_>, id: &AppId) -> Result<Option<i64>> {
    Ok(tx.prepare_cached(sql::APP_FIND)?.query_row((id.as_str(),), |row| row.get(0)).optional()?)
}

/// Adds an app that is not there as one that was discovered. `revision` is [`platform::next_revision`]; those that are
/// added together may have the same.
pub(super) fn discover(tx: &Transaction<'_>, id: &AppId, revision: i64) -> Result<i64> {
    Ok(tx.prepare_cached(sql::APP_DISCOVER)?.insert((id.as_str(), revision))?)
}

/// The app in a row whose columns are number, key, name, distribution and whether it is discovered.
pub(super) fn app_from(row: &Row<'_>, components: Vec<Component>) -> Result<App> {
    let distribution = row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    let distribution = distribution.map(|key| match key {
        "custom" => Ok(Distribution::Custom),
        "marketplace" => Ok(Distribution::Marketplace),
        _ => Err(StoreError::Corrupt(format!("`{key}` is the distribution of an app"))),
    });
    Ok(App {
        id: rows::app_at(row, 1)?,
        name: row.get(2)?,
        components,
        distribution: distribution.transpose()?,
        discovered: row.get(4)?,
    })
}

fn distribution_key(distribution: Distribution) -> &'static str {
    match distribution {
        Distribution::Custom => "custom",
        Distribution::Marketplace => "marketplace",
    }
}

fn component_key(component: Component) -> &'static str {
    match component {
        Component::DataConnection => "data_connection",
        Component::FullScreen => "full_screen",
        Component::SidePanel => "side_panel",
    }
}

fn component_at(row: &Row<'_>, column: usize) -> Result<Component> {
    match row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)? {
        "data_connection" => Ok(Component::DataConnection),
        "full_screen" => Ok(Component::FullScreen),
        "side_panel" => Ok(Component::SidePanel),
        key => Err(StoreError::Corrupt(format!("`{key}` is a component of an app"))),
    }
}
