//! Registered apps and who works on them.

use model::{
    App, AppId, AppRole, Collaborator, Day, DayRange, Environment, OrganisationId, Person, PersonId, Registration,
};
use rusqlite::{Row, Transaction};

use super::super::{apps, marks, rows, runs, sql};
use super::columns::{execute, expect, expect_one, first, id_at, instant_at, known_app, list, registered_app, word_at};
use super::people;
use crate::packed::Family;
use crate::{Result, StoreError};

pub(super) fn register(tx: &Transaction<'_>, app: &App, registration: &Registration) -> Result<()> {
    save_app(tx, app, registration)?;
    let columns = (
        known_app(tx, &app.id)?,
        registration.organisation.bytes(),
        &registration.description,
        registration.created_at.0,
        registration.created_by.bytes(),
    );
    expect_one(execute(tx, sql::REGISTRATION_ADD, columns)?)
}

pub(super) fn save(tx: &Transaction<'_>, app: &App, registration: &Registration) -> Result<()> {
    let number = registered_app(tx, &app.id)?;
    save_app(tx, app, registration)?;
    let columns = (number, registration.organisation.bytes(), &registration.description);
    expect_one(execute(tx, sql::REGISTRATION_SAVE, columns)?)
}

/// Saves what is known of an app beside its registration. Whatever is registered is no longer just discovered.
fn save_app(tx: &Transaction<'_>, app: &App, registration: &Registration) -> Result<()> {
    if app.id != registration.app {
        let (id, other) = (&app.id, &registration.app);
        return Err(StoreError::Corrupt(format!("app `{id}` comes with the registration of `{other}`; this is a bug")));
    }
    apps::save(tx, &App { discovered: false, ..app.clone() })
}

pub(super) fn unregister(tx: &Transaction<'_>, app: &AppId) -> Result<()> {
    let number = registered_app(tx, app)?;
    execute(tx, sql::CLAIM_REMOVE_OF_APP, (number,))?;
    expect_one(execute(tx, sql::REGISTRATION_REMOVE, (number,))?)?;
    if has_counts(tx, number)? {
        return apps::save(tx, &App::discovered(app.clone()));
    }
    marks::fold_all(tx)?;
    execute(tx, sql::APP_CLEAR_MARKS, (number,))?;
    execute(tx, sql::APP_CLEAR_VERDICTS, (number,))?;
    expect_one(execute(tx, sql::APP_REMOVE, (number,))?)
}

/// Whether there are counts of the app with this number.
fn has_counts(tx: &Transaction<'_>, number: i64) -> Result<bool> {
    let number = u32::try_from(number).map_err(|_| StoreError::too_large())?;
    let always = DayRange { start: Day::FIRST, end: Day::LAST };
    let mut any = false;
    for environment in [Environment::Production, Environment::Sandbox] {
        runs::between(tx, Family::Day, number, environment, always, |_, _| {
            any = true;
            Ok(())
        })?;
    }
    Ok(any)
}

pub(super) fn registration(tx: &Transaction<'_>, app: &AppId) -> Result<Option<Registration>> {
    first(tx, sql::REGISTRATION_GET, (app.as_str(),), from_row)
}

pub(super) fn registrations(tx: &Transaction<'_>) -> Result<Vec<Registration>> {
    list(tx, sql::REGISTRATION_LIST, (), from_row)
}

fn from_row(row: &Row<'_>) -> Result<Registration> {
    Ok(Registration {
        app: rows::app_at(row, 0)?,
        organisation: id_at(row, 1, OrganisationId::from_bytes)?,
        description: row.get(2)?,
        created_at: instant_at(row, 3)?,
        created_by: id_at(row, 4, PersonId::from_bytes)?,
    })
}

pub(super) fn of_organisation(tx: &Transaction<'_>, id: OrganisationId) -> Result<Vec<AppId>> {
    list(tx, sql::REGISTRATION_LIST_OF_ORGANISATION, (id.bytes(),), |row| rows::app_at(row, 0))
}

pub(super) fn add_collaborator(tx: &Transaction<'_>, it: &Collaborator) -> Result<()> {
    let app = registered_app(tx, &it.app)?;
    expect_one(execute(tx, sql::COLLABORATOR_ADD, (app, it.person.bytes(), it.role.key(), it.since.0))?)
}

pub(super) fn set_role(
    tx: &Transaction<'_>,
    app: &AppId,
    person: PersonId,
    (from, to): (AppRole, AppRole),
) -> Result<()> {
    let columns = (registered_app(tx, app)?, person.bytes(), from.key(), to.key());
    expect_one(execute(tx, sql::COLLABORATOR_SET_ROLE, columns)?)
}

pub(super) fn remove_collaborator(tx: &Transaction<'_>, app: &AppId, person: PersonId) -> Result<()> {
    expect_one(execute(tx, sql::COLLABORATOR_REMOVE, (registered_app(tx, app)?, person.bytes()))?)
}

pub(super) fn expect_one_owner(tx: &Transaction<'_>, app: &AppId) -> Result<()> {
    let number = registered_app(tx, app)?;
    let owners: i64 = tx.prepare_cached(sql::COLLABORATOR_COUNT_OWNERS)?.query_row((number,), |row| row.get(0))?;
    expect(owners == 1)
}

pub(super) fn of_person(tx: &Transaction<'_>, person: PersonId) -> Result<Vec<(AppId, AppRole)>> {
    list(tx, sql::COLLABORATOR_APPS_OF, (person.bytes(),), |row| {
        Ok((rows::app_at(row, 0)?, word_at(row, 1, AppRole::from_key)?))
    })
}

pub(super) fn role(tx: &Transaction<'_>, app: &AppId, person: PersonId) -> Result<Option<AppRole>> {
    first(tx, sql::COLLABORATOR_GET, (app.as_str(), person.bytes()), |row| word_at(row, 0, AppRole::from_key))
}

pub(super) fn collaborators(tx: &Transaction<'_>, app: &AppId) -> Result<Vec<(Person, Collaborator)>> {
    list(tx, sql::COLLABORATOR_LIST, (app.as_str(),), |row| {
        let collaborator = Collaborator {
            app: rows::app_at(row, people::COLUMNS)?,
            person: id_at(row, people::COLUMNS + 1, PersonId::from_bytes)?,
            role: word_at(row, people::COLUMNS + 2, AppRole::from_key)?,
            since: instant_at(row, people::COLUMNS + 3)?,
        };
        Ok((people::from_row(row, 0)?, collaborator))
    })
}
