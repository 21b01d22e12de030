//! The catalog as of the last import, and the log of its changes.

use model::{Catalog, CatalogChange, ChangeKind, Day, DeprecatedSince, Operation, Route, UnixMillis};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::{health, moves, rows, sql};
use crate::packed::Policy;
use crate::{CatalogImport, CatalogSave, LoggedChange, Result, StoreError};

/// What [`CatalogSave`] borrows, to be handed to another thread.
pub(super) struct OwnedSave {
    based_on: Option<i64>,
    at: UnixMillis,
    documents: Vec<String>,
    catalog: Catalog,
    changes: Vec<CatalogChange>,
    moves: Vec<(String, String)>,
    move_since: Day,
}

impl From<CatalogSave<'_>> for OwnedSave {
    fn from(save: CatalogSave<'_>) -> Self {
        Self {
            based_on: save.based_on,
            at: save.at,
            documents: save.documents.to_vec(),
            catalog: save.catalog.clone(),
            changes: save.changes.to_vec(),
            moves: save.moves.to_vec(),
            move_since: save.move_since,
        }
    }
}

pub(super) fn last_import(tx: &Transaction<'_>) -> Result<Option<CatalogImport>> {
    let Some((number, at)) = last(tx)? else { return Ok(None) };
    let mut statement = tx.prepare_cached(sql::CATALOG_DOCUMENTS)?;
    let documents = statement.query_map((), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(Some(CatalogImport { number, at, documents }))
}

pub(super) fn load(tx: &Transaction<'_>) -> Result<Catalog> {
    let mut statement = tx.prepare_cached(sql::CATALOG_OPERATIONS)?;
    let mut found = statement.query(())?;
    let mut operations: Vec<(i64, Operation)> = Vec::new();
    while let Some(row) = found.next()? {
        operations.push((row.get(0)?, operation_from(row)?));
    }
    // Both come in the order of the routes.
    let mut operations = operations.into_iter().peekable();
    let mut statement = tx.prepare_cached(sql::CATALOG_ROUTES)?;
    let routes = statement.query_and_then((), |row| {
        let position: i64 = row.get(0)?;
        let of_route = std::iter::from_fn(|| operations.next_if(|(route, _)| *route == position));
        Ok(Route {
            operations: of_route.map(|(_, operation)| operation).collect(),
            template: row.get(1)?,
            text: row.get(2)?,
            documented_until: rows::optional_day_at(row, 3)?,
        })
    })?;
    Ok(Catalog { routes: routes.collect::<Result<_>>()? })
}

pub(super) fn changes(tx: &Transaction<'_>, limit: u32) -> Result<Vec<LoggedChange>> {
    let mut statement = tx.prepare_cached(sql::CATALOG_CHANGES)?;
    statement
        .query_and_then((limit,), |row| {
            let kind: String = row.get(2)?;
            let known = ChangeKind::ALL.into_iter().find(|known| known.key() == kind);
            let kind = known.ok_or_else(|| StoreError::Corrupt(format!("`{kind}` is a kind of catalog change")))?;
            let change = CatalogChange { kind, route: row.get(3)?, method: row.get(4)?, detail: row.get(5)? };
            Ok(LoggedChange { import: row.get(0)?, at: UnixMillis(row.get(1)?), change })
        })?
        .collect()
}

pub(super) fn save(tx: &Transaction<'_>, save: &OwnedSave, policy: Policy) -> Result<i64> {
    if last(tx)?.map(|(number, _)| number) != save.based_on {
        return Err(StoreError::Conflict);
    }
    let number = tx.prepare_cached(sql::CATALOG_ADD_IMPORT)?.query_row((save.at.0,), |row| row.get(0))?;
    replace_documents(tx, &save.documents)?;
    replace_routes(tx, &save.catalog.routes)?;
    add_changes(tx, number, &save.changes)?;
    moves::apply(tx, &save.moves, save.move_since, policy)?;
    moves::unsettle(tx)?;
    health::mark_all(tx, policy)?;
    Ok(number)
}

/// The number and time of the last import.
pub(super) fn last(tx: &Transaction<'_>) -> Result<Option<(i64, UnixMillis)>> {
    let mut statement = tx.prepare_cached(sql::CATALOG_LAST_IMPORT)?;
    Ok(statement.query_row((), |row| Ok((row.get(0)?, UnixMillis(row.get(1)?)))).optional()?)
}

fn replace_documents(tx: &Transaction<'_>, documents: &[String]) -> Result<()> {
    tx.prepare_cached(sql::CATALOG_CLEAR_DOCUMENTS)?.execute(())?;
    let mut add = tx.prepare_cached(sql::CATALOG_ADD_DOCUMENT)?;
    for (index, name) in documents.iter().enumerate() {
        add.execute((rows::place(index)?, name))?;
    }
    Ok(())
}

fn replace_routes(tx: &Transaction<'_>, routes: &[Route]) -> Result<()> {
    tx.prepare_cached(sql::CATALOG_CLEAR_OPERATIONS)?.execute(())?;
    tx.prepare_cached(sql::CATALOG_CLEAR_ROUTES)?.execute(())?;
    let mut add = tx.prepare_cached(sql::CATALOG_ADD_ROUTE)?;
    for (index, route) in routes.iter().enumerate() {
        let position = rows::place(index)?;
        add.execute((position, &route.template, &route.text, route.documented_until.map(Day::epoch_days)))?;
        for (index, operation) in route.operations.iter().enumerate() {
            add_operation(tx, position, rows::place(index)?, operation)?;
        }
    }
    Ok(())
}

fn add_operation(tx: &Transaction<'_>, route: i64, position: i64, operation: &Operation) -> Result<()> {
    let deprecated_since = operation.deprecated.and_then(|since| match since {
        DeprecatedSince::Always => None,
        DeprecatedSince::Day(day) => Some(day.epoch_days()),
    });
    tx.prepare_cached(sql::CATALOG_ADD_OPERATION)?.execute((
        route,
        position,
        &operation.method,
        &operation.document,
        &operation.summary,
        operation.deprecated.is_some(),
        deprecated_since,
        operation.sunset.map(Day::epoch_days),
        &operation.replaced_by,
        operation.internal,
        operation.company_scoped,
        operation.documented_until.map(Day::epoch_days),
    ))?;
    Ok(())
}

fn operation_from(row: &Row<'_>) -> Result<Operation> {
    let deprecated = match (row.get(4)?, rows::optional_day_at(row, 5)?) {
        (false, _) => None,
        (true, None) => Some(DeprecatedSince::Always),
        (true, Some(day)) => Some(DeprecatedSince::Day(day)),
    };
    Ok(Operation {
        method: row.get(1)?,
        document: row.get(2)?,
        summary: row.get(3)?,
        deprecated,
        sunset: rows::optional_day_at(row, 6)?,
        replaced_by: row.get(7)?,
        internal: row.get(8)?,
        company_scoped: row.get(9)?,
        documented_until: rows::optional_day_at(row, 10)?,
    })
}

fn add_changes(tx: &Transaction<'_>, import: i64, changes: &[CatalogChange]) -> Result<()> {
    let mut add = tx.prepare_cached(sql::CATALOG_ADD_CHANGE)?;
    for (index, change) in changes.iter().enumerate() {
        let position = rows::place(index)?;
        add.execute((import, position, change.kind.key(), &change.route, &change.method, &change.detail))?;
    }
    Ok(())
}
