//! Lists of all apps, flagged calls, senders of batches. This file is the map: each method of [`Platform`] names the topic
//! that does it.

mod alerts;
mod flagged;
mod lists;

use async_trait::async_trait;
use model::{AppId, Company, Day, DayRange, PersonId, RouteKey, UnixMillis};
use rusqlite::Transaction;

use super::{SqliteStore, health, rows, sql};
use crate::{
    Alert, AlertEdit, BatchSender, DirtyDay, DueAlert, FlaggedUse, ListState, Listed, ListedApp, Platform, Result,
};

pub(super) use flagged::save as save_flagged;
pub(super) use lists::{next_revision, pack, reset, touch};

#[async_trait]
impl Platform for SqliteStore {
    async fn list_state(&self, days: DayRange) -> Result<ListState> {
        self.read(move |tx| lists::state(tx, days)).await
    }

    async fn dirty_days_within(
        &self,
        app: Option<&AppId>,
        days: DayRange,
        after: Option<&DirtyDay>,
        limit: u32,
    ) -> Result<Vec<DirtyDay>> {
        let (app, after) = (app.cloned(), after.cloned());
        self.fold_marks(days).await?;
        self.read(move |tx| health::dirty_days_within(tx, app.as_ref(), days, after.as_ref(), limit)).await
    }

    async fn listed_apps(&self, since: Option<i64>, days: DayRange) -> Result<Listed<ListedApp>> {
        self.read(move |tx| lists::apps(tx, since, days)).await
    }

    async fn flagged_uses(&self, since: Option<i64>, recent: DayRange) -> Result<Listed<(AppId, Vec<FlaggedUse>)>> {
        self.read(move |tx| flagged::uses(tx, since, recent)).await
    }

    async fn companies_of_route(
        &self,
        apps: &[AppId],
        route: &RouteKey,
        methods: [&str; 2],
        days: DayRange,
    ) -> Result<Vec<Vec<(Company, u64)>>> {
        let (apps, route, methods) = (apps.to_vec(), route.clone(), methods.map(str::to_owned));
        self.read(move |tx| flagged::companies(tx, &apps, &route, &methods, days)).await
    }

    async fn first_counted_day(&self) -> Result<Option<Day>> {
        self.read(health::first_counted_day).await
    }

    async fn count_dirty_days(&self, days: DayRange, most: u32) -> Result<u32> {
        let (start, end) = rows::bounds(days);
        self.fold_marks(days).await?;
        self.read(move |tx| {
            Ok(tx.prepare_cached(sql::MARK_COUNT_WITHIN)?.query_row((start, end, most), |row| row.get(0))?)
        })
        .await
    }

    async fn batch_senders(&self) -> Result<Vec<BatchSender>> {
        self.read(batch_senders).await
    }

    async fn alert(&self, app: &AppId, person: PersonId) -> Result<Option<Alert>> {
        let app = app.clone();
        self.read(move |tx| alerts::get(tx, &app, person)).await
    }

    async fn alerts(&self) -> Result<Vec<Alert>> {
        self.read(alerts::list).await
    }

    async fn due_alerts(&self, limit: u32) -> Result<Vec<DueAlert>> {
        self.read(move |tx| alerts::due(tx, limit)).await
    }
}

/// Carries out a change of what people are told.
pub(super) fn apply(tx: &Transaction<'_>, edit: &AlertEdit) -> Result<()> {
    match edit {
        AlertEdit::Choose(alert) => alerts::choose(tx, alert),
        AlertEdit::Told(change) => alerts::told(tx, &change.0, &change.1),
        AlertEdit::Due(due) => alerts::add_due(tx, due),
        AlertEdit::Done(id) => alerts::done(tx, *id),
    }
}

fn batch_senders(tx: &Transaction<'_>) -> Result<Vec<BatchSender>> {
    let mut statement = tx.prepare_cached(sql::BATCH_SENDERS)?;
    let sender = |row: &rusqlite::Row<'_>| {
        Ok(BatchSender {
            sender: row.get(0)?,
            last_at: UnixMillis(row.get(1)?),
            batches: rows::count_at(row, 2)?,
            accepted: rows::count_at(row, 3)?,
        })
    };
    statement.query_and_then((), sender)?.collect()
}
