//! The store in one SQLite file: a writer thread with the only connection that writes, and a few reader
//! threads beside it (WAL mode: readers never wait for the writer).
//!
//! This file is the map: each method of [`Store`] names the topic that does it.

mod apps;
mod batches;
mod catalog;
mod companies;
mod convert;
mod error;
mod groups;
mod health;
mod ingest;
mod intern;
mod known;
mod listened;
mod losses;
mod many;
mod marks;
mod moves;
mod open;
mod platform;
mod positions;
mod purge;
mod registry;
mod rows;
mod runs;
mod settings;
mod sources;
mod sql;
mod tallies;
#[cfg(test)]
mod tests;
mod threads;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use model::{App, AppId, Catalog, Company, CompanyTally, Day, DayRange, Environment, Tally, UnixMillis};
use rusqlite::{Connection, Transaction};

use crate::packed::Policy;
use crate::{
    CatalogImport, CatalogSave, Counted, DayVerdicts, DirtyDay, Durations, IngestCommit, LoggedChange, Result,
    SeenBatch, SourcePosition, Store, StoreError,
};
use known::Known;
use threads::{Mode, Threads};

/// How many reads can run at once.
const READERS: usize = 4;

/// A [`Store`] in one SQLite file. Its methods work on any async executor, since all work is done by
/// threads of its own; a call whose future is dropped midway is still carried out. Dropping the store waits
/// for what is under way and closes the file. Several processes may have the same file open.
#[derive(Debug)]
pub struct SqliteStore {
    readers: Threads,
    /// Closed last, and alone: SQLite empties its log only with the last connection, which two that close at once both are not.
    writer: Threads,
    /// How long commits took.
    commits: Mutex<Durations>,
    /// The numbers of texts. Used on the writer's thread alone.
    known: Arc<Mutex<Known>>,
    /// The bounds of pages and of merging.
    policy: Policy,
}

impl SqliteStore {
    /// Opens the store in the file at `path`, or creates it there, readable by its owner alone, in a
    /// directory that exists. Brings an older schema up to date. Blocks for some milliseconds.
    ///
    /// # Errors
    /// [`crate::StoreError::Unavailable`] where the file can't be opened or written,
    /// [`crate::StoreError::Corrupt`] where it is damaged, another program's, or a newer version's.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Policy::default())
    }

    /// The same unless the file is of an earlier version: it stays as it is then, and there is no store. A program of that
    /// version that has it open could not go on if it was converted.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_unless_earlier(path: &Path) -> Result<Option<Self>> {
        let writer = open::writer_unless_earlier(path)?;
        writer.map(|writer| Self::start(path, writer, Policy::default())).transpose()
    }

    /// The same as [`Self::open`] with other bounds of pages and of merging.
    fn open_with(path: &Path, policy: Policy) -> Result<Self> {
        Self::start(path, open::writer(path)?, policy)
    }

    fn start(path: &Path, writer: Connection, policy: Policy) -> Result<Self> {
        let readers = (0..READERS).map(|_| open::reader(path)).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            writer: Threads::start("store-writer", path, vec![writer], Mode::Write)?,
            readers: Threads::start("store-reader", path, readers, Mode::Read)?,
            commits: Mutex::default(),
            known: Arc::default(),
            policy,
        })
    }

    /// Does `work` in a transaction of its own on the writer, committed if it returns `Ok`.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.run(work).await
    }

    /// The same, for work that may take texts out of the database.
    async fn write_without_texts<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let known = Arc::clone(&self.known);
        self.write(move |tx| {
            held(&known).forget();
            work(tx)
        })
        .await
    }

    /// Puts the marks of these days where they can be read and cleared, a few at a time so that others can write in between.
    async fn fold_marks(&self, days: DayRange) -> Result<()> {
        // Those that come meanwhile are of commits that come after whatever is asked.
        let Some(newest) = self.read(marks::newest).await? else { return Ok(()) };
        while self.read(move |tx| marks::any(tx, days, newest)).await? {
            self.write(marks::fold).await?;
        }
        Ok(())
    }

    /// Does `work` on one state of the database.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.readers.run(work).await
    }
}

/// A panic while it was held leaves it uncommitted, so that it is forgotten.
fn held(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Store for SqliteStore {
    async fn last_import(&self) -> Result<Option<CatalogImport>> {
        self.read(catalog::last_import).await
    }

    async fn catalog(&self) -> Result<Catalog> {
        self.read(catalog::load).await
    }

    async fn save_catalog(&self, save: CatalogSave<'_>) -> Result<i64> {
        let save = catalog::OwnedSave::from(save);
        let policy = self.policy;
        self.write(move |tx| catalog::save(tx, &save, policy)).await
    }

    async fn unsettled_routes(&self) -> Result<Option<i64>> {
        self.read(moves::unsettled).await
    }

    async fn settle_routes(&self, mark: i64, moves: &[(String, String)], since: Day) -> Result<()> {
        let moves = moves.to_vec();
        let policy = self.policy;
        self.write(move |tx| moves::settle(tx, mark, &moves, since, policy)).await
    }

    async fn catalog_changes(&self, limit: u32) -> Result<Vec<LoggedChange>> {
        self.read(move |tx| catalog::changes(tx, limit)).await
    }

    async fn undocumented_routes(&self, since: Day) -> Result<Vec<String>> {
        self.read(move |tx| tallies::undocumented_routes(tx, since)).await
    }

    async fn counted(&self, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Option<Counted>>> {
        let groups = groups.to_vec();
        self.read(move |tx| tallies::counted(tx, &groups)).await
    }

    async fn undocumented_routes_of(&self, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<String>>> {
        let groups = groups.to_vec();
        self.read(move |tx| tallies::undocumented_routes_of(tx, &groups)).await
    }

    async fn companies_of(&self, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<String>>> {
        let groups = groups.to_vec();
        self.read(move |tx| companies::names_of(tx, &groups)).await
    }

    async fn newest_position(&self) -> Result<i64> {
        self.read(positions::newest).await
    }

    async fn positions_with_head(&self, head_len: u32, head_digest: u64) -> Result<Vec<SourcePosition>> {
        self.read(move |tx| positions::with_head(tx, head_len, head_digest)).await
    }

    async fn head_lengths(&self) -> Result<Vec<u32>> {
        self.read(positions::head_lengths).await
    }

    async fn commit_ingest(&self, commit: IngestCommit) -> Result<Option<SourcePosition>> {
        let since = Instant::now();
        let (known, added) = (Arc::clone(&self.known), Arc::clone(&self.known));
        let policy = self.policy;
        let work = move |tx: &Transaction<'_>| ingest::commit(tx, &mut held(&known), &commit, policy);
        let committed = self.writer.run_then(work, move || held(&added).committed()).await;
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).add(since.elapsed());
        committed
    }

    async fn batch_seen(
        &self,
        sender: &str,
        key: Option<&str>,
        digest: &[u8; 32],
        since: UnixMillis,
    ) -> Result<Option<SeenBatch>> {
        let (sender, key, digest) = (sender.to_owned(), key.map(str::to_owned), *digest);
        self.read(move |tx| batches::find(tx, &sender, key.as_deref(), &digest, since)).await
    }

    async fn forget_batches(&self, until: UnixMillis) -> Result<u64> {
        let mut forgotten = 0;
        loop {
            let some = self.write(move |tx| batches::forget(tx, until)).await?;
            forgotten += some;
            if some < u64::from(batches::FORGOTTEN) {
                return Ok(forgotten);
            }
        }
    }

    async fn positions(&self) -> Result<Vec<SourcePosition>> {
        self.read(positions::list).await
    }

    async fn rejects(&self) -> Result<Vec<(String, u64)>> {
        self.read(ingest::rejects).await
    }

    async fn apps(&self) -> Result<Vec<App>> {
        self.read(apps::list).await
    }

    async fn app(&self, id: &AppId) -> Result<Option<App>> {
        let id = id.clone();
        self.read(move |tx| apps::get(tx, &id)).await
    }

    async fn save_app(&self, app: &App) -> Result<()> {
        let app = app.clone();
        self.write(move |tx| apps::save(tx, &app)).await
    }

    async fn tallies(&self, app: &AppId, environment: Environment, days: DayRange) -> Result<Vec<Tally>> {
        let app = app.clone();
        self.read(move |tx| tallies::list(tx, &app, environment, days)).await
    }

    async fn tallies_of_days(&self, days: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<Tally>>> {
        let days = days.to_vec();
        self.read(move |tx| tallies::list_of_days(tx, &days)).await
    }

    async fn company_tallies(
        &self,
        app: &AppId,
        environment: Environment,
        days: DayRange,
    ) -> Result<Vec<CompanyTally>> {
        let app = app.clone();
        self.read(move |tx| companies::list(tx, &app, environment, days)).await
    }

    async fn tallies_of_company(
        &self,
        app: &AppId,
        environment: Environment,
        days: DayRange,
        company: &Company,
    ) -> Result<Vec<CompanyTally>> {
        let (app, company) = (app.clone(), company.clone());
        self.read(move |tx| companies::list_of(tx, &app, environment, days, &company)).await
    }

    async fn companies(&self, app: &AppId, environment: Environment, days: DayRange) -> Result<Vec<(Company, u64)>> {
        let app = app.clone();
        self.read(move |tx| companies::sums(tx, &app, environment, days)).await
    }

    async fn calls_by_app(&self, days: DayRange) -> Result<Vec<(AppId, u64)>> {
        self.read(move |tx| tallies::calls_by_app(tx, days)).await
    }

    async fn dirty_days(&self, limit: u32) -> Result<Vec<DirtyDay>> {
        self.fold_marks(DayRange { start: Day::FIRST, end: Day::LAST }).await?;
        self.read(move |tx| health::dirty_days(tx, limit)).await
    }

    async fn mark_all_dirty(&self) -> Result<()> {
        let policy = self.policy;
        self.write(move |tx| health::mark_all(tx, policy)).await
    }

    async fn save_verdicts(&self, verdicts: &[DayVerdicts], judged: &[DirtyDay]) -> Result<()> {
        let (verdicts, judged) = (verdicts.to_vec(), judged.to_vec());
        self.write(move |tx| health::save(tx, &verdicts, &judged)).await
    }

    async fn verdicts(&self, app: Option<&AppId>, days: DayRange) -> Result<Vec<DayVerdicts>> {
        let app = app.cloned();
        self.read(move |tx| health::verdicts(tx, app.as_ref(), days)).await
    }

    async fn setting(&self, key: &str) -> Result<Option<String>> {
        let key = key.to_owned();
        self.read(move |tx| settings::get(tx, &key)).await
    }

    async fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |tx| settings::set(tx, &key, &value)).await
    }

    async fn bytes(&self) -> Result<u64> {
        self.read(settings::bytes).await
    }

    fn commits(&self) -> Durations {
        *self.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tidy_counts(&self) -> Result<bool> {
        let (policy, mut tidied) = (self.policy, Ok(false));
        for (place, worth) in self.read(move |tx| runs::at_rest(tx, policy)).await? {
            match self.write(move |tx| runs::tidy(tx, policy, place, worth)).await {
                Ok(false) => {}
                // What is damaged there keeps nothing elsewhere.
                Err(error @ StoreError::Corrupt(_)) => tidied = Err(error),
                done => return done,
            }
        }
        tidied
    }

    async fn purge_before(&self, day: Day) -> Result<Option<StoreError>> {
        let (policy, mut changed) = (self.policy, false);
        while let Some(span) = self.read(move |tx| purge::first_over(tx, day)).await? {
            self.write(move |tx| purge::remove_span(tx, span)).await?;
            changed = true;
        }
        // What is damaged for one of these keeps none of the others.
        let marks = self.write(move |tx| marks::purge(tx, day)).await;
        let begun = self.write(move |tx| purge::begin_span(tx, day, policy)).await;
        let changed = changed || begun.as_ref().is_ok_and(|(gone, _)| *gone > 0);
        self.write_without_texts(move |tx| purge::finish(tx, day, changed)).await?;
        let (_, damage) = begun?;
        match marks {
            Err(error @ StoreError::Corrupt(_)) => Ok(Some(error)),
            marks => marks.map(|()| damage.map(|error| self.writer.at(error))),
        }
    }
}
