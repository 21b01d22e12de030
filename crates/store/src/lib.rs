//! What Steadfast keeps: the catalog, apps, tallies, verdicts and how far each source was read; people,
//! organisations, what belongs to registered apps, and the audit log.
//!
//! [`Store`] is the contract, with [`Registry`] for the second half; [`sqlite`] stands behind it, and any other database that joins has to pass
//! the same `conformance` suite. Methods are cut by use case and each is atomic, unless it says otherwise. This is the only crate
//! with SQL in it; the statements live in `sql/TOPIC.ACTION.sql`.

use std::sync::Arc;

use async_trait::async_trait;
use model::{
    App, AppId, Catalog, CatalogChange, Company, CompanyTally, Counts, Day, DayRange, DayVerdict, Environment,
    RouteKey, SourceName, Tally, UnixMillis,
};

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod durations;
mod packed;
mod platform;
mod registry;
mod sources;
pub mod sqlite;

pub use durations::Durations;
pub use platform::{
    Alert, AlertChanges, AlertEdit, BatchSender, DueAlert, FlagKind, Flagged, FlaggedUse, ListState, Listed, ListedApp,
    ListedDay, Platform,
};
pub use registry::{AuditQuery, DoneRequest, Edit, PeopleQuery, Registry};
pub use sources::{
    LOSS_DETAIL, LOSSES, Listened, Loss, SourceCommit, SourceHours, SourceSeen, SourceState, Sources, UnreadFile,
};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else moved on what this change was based on; read again and decide anew.
    #[error("another process changed the same data at the same time; try again")]
    Conflict,
    /// The database can't be reached, is locked for too long, read-only, or out of space.
    #[error("the store can't be used: {0}")]
    Unavailable(String),
    /// The database holds something that this program did not write.
    #[error("the store is damaged or was written by a newer version: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// A count beyond what can be kept.
    pub(crate) fn too_large() -> Self {
        Self::Corrupt(format!("a count would exceed {}", i64::MAX))
    }
}

/// The result of everything here.
pub type Result<T> = std::result::Result<T, StoreError>;

/// One import of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogImport {
    /// Its number; later imports have greater ones.
    pub number: i64,
    /// When.
    pub at: UnixMillis,
    /// The file names of the documents that make up the catalog since.
    pub documents: Vec<String>,
}

/// What an import decided, to be saved at once.
#[derive(Clone, Debug)]
pub struct CatalogSave<'a> {
    /// The import that this one was compared with; `None` for the first. [`StoreError::Conflict`] if there
    /// was another since.
    pub based_on: Option<i64>,
    /// When.
    pub at: UnixMillis,
    /// The file names of the documents that make up the catalog now.
    pub documents: &'a [String],
    /// The whole catalog after the import.
    pub catalog: &'a Catalog,
    /// What is different, for the change log.
    pub changes: &'a [CatalogChange],
    /// Undocumented routes (by text) whose counts move to a documented route (by text).
    pub moves: &'a [(String, String)],
    /// Counts move on this day and later ones.
    pub move_since: Day,
}

/// How far a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePosition {
    /// The position's row; `0` for one that was never saved.
    pub id: i64,
    /// The path under which the source was last read.
    pub path: String,
    /// Bytes of (decompressed) content that are counted.
    pub offset: u64,
    /// Lines within those bytes.
    pub lines: u64,
    /// Whether the last of those lines had no line end yet.
    pub within_line: bool,
    /// How many bytes at the start `head_digest` covers.
    pub head_len: u32,
    /// Digest of the first `head_len` bytes.
    pub head_digest: u64,
    /// Digest of the last bytes before `offset`, as many as the reader's rule says.
    pub tail_digest: u64,
    /// When it was saved.
    pub updated_at: UnixMillis,
    /// The source for which the file is followed, as long as more is expected to be written to it.
    pub followed_by: Option<SourceName>,
}

/// A source that was read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionStep {
    /// As [`IngestCommit::before`].
    pub before: Option<SourcePosition>,
    /// As [`IngestCommit::after`].
    pub after: SourcePosition,
}

/// Counts to be added and the position that says they were, committed together.
#[derive(Clone, Debug)]
pub struct IngestCommit {
    /// The position before, as it was loaded ([`StoreError::Conflict`] if it moved since); `None` for a
    /// source that was never read, and for one without a position, such as standard input.
    pub before: Option<SourcePosition>,
    /// The position after; `None` for a source without one. Its `id` is ignored.
    pub after: Option<SourcePosition>,
    /// The newest position when the source was looked up and not found: [`Store::newest_position`], asked
    /// before the look-up. Read only for a new source (`before` is `None`, `after` is not):
    /// [`StoreError::Conflict`] if a position was added since that may be of the same content, so that of two
    /// processes that come upon a new source at once only one counts it. Then look up again.
    pub newest_known: i64,
    /// Further sources that were read on, each one once: those that are new come under `newest_known` as well.
    pub further: Vec<PositionStep>,
    /// The import whose catalog told which routes are documented. If there was another since, the commit is
    /// made all the same and routes become unsettled, see [`Store::settle_routes`].
    pub catalog: Option<i64>,
    /// The apps that `tallies` number. Distinct.
    pub apps: Vec<AppId>,
    /// The routes that `tallies` number. Distinct.
    pub routes: Vec<RouteKey>,
    /// The methods that `tallies` number. Distinct.
    pub methods: Vec<String>,
    /// What to add. A key may occur more than once. (Numbers instead of texts: a commit may hold a million.)
    pub tallies: Vec<TallyDelta>,
    /// The companies that `company_tallies` number. Distinct.
    pub companies: Vec<String>,
    /// What to add of the calls that show a problem, by company. Their routes are among those of `tallies`.
    pub company_tallies: Vec<CompanyDelta>,
    /// Rejected lines by reason.
    pub rejects: Vec<(String, u64)>,
    /// What it adds to the sources that it comes from. Distinct.
    pub sources: Vec<SourceCommit>,
    /// The batches that all this was read from, if it came in batches. [`StoreError::Conflict`] if one of them was
    /// counted before. No two of them are the same.
    pub batches: Vec<BatchCommit>,
    /// When.
    pub at: UnixMillis,
}

impl IngestCommit {
    /// A commit of nothing.
    #[must_use]
    pub fn empty(at: UnixMillis) -> Self {
        Self {
            before: None,
            after: None,
            newest_known: 0,
            further: Vec::new(),
            catalog: None,
            apps: Vec::new(),
            routes: Vec::new(),
            methods: Vec::new(),
            tallies: Vec::new(),
            companies: Vec::new(),
            company_tallies: Vec::new(),
            rejects: Vec::new(),
            sources: Vec::new(),
            batches: Vec::new(),
            at,
        }
    }
}

/// Calls of a company to be added under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompanyDelta {
    /// Index into [`IngestCommit::apps`].
    pub app: u32,
    /// Where the calls were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// Of which company: an index into [`IngestCommit::companies`].
    pub company: Company<u32>,
    /// Index into [`IngestCommit::routes`].
    pub route: u32,
    /// Index into [`IngestCommit::methods`].
    pub method: u32,
    /// Answered with which status.
    pub status: u16,
    /// How many.
    pub calls: u64,
}

/// A batch that is counted with a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchCommit {
    /// Who sent it; senders don't know of each other's batches.
    pub sender: String,
    /// The sender's own name for it, by which it is recognised when it is sent again.
    pub key: Option<String>,
    /// SHA-256 of its bytes (and of what tells equal ones apart), by which it is recognised without a key.
    pub digest: [u8; 32],
    /// Batches up to this instant are forgotten.
    pub since: UnixMillis,
    /// How many of its calls are counted.
    pub accepted: u64,
    /// How many of its lines are not, by reason. (Those of all batches are in [`IngestCommit::rejects`] too.)
    pub rejects: Vec<(String, u64)>,
}

/// A batch that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenBatch {
    /// The sender's own name for it.
    pub key: Option<String>,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// When it was counted.
    pub at: UnixMillis,
    /// How many of its calls were counted.
    pub accepted: u64,
    /// How many of its lines were not, by reason, most frequent first.
    pub rejects: Vec<(String, u64)>,
}

/// Counts to be added under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyDelta {
    /// Index into [`IngestCommit::apps`].
    pub app: u32,
    /// Where the calls were made.
    pub environment: Environment,
    /// On which day.
    pub day: Day,
    /// Index into [`IngestCommit::routes`].
    pub route: u32,
    /// Index into [`IngestCommit::methods`].
    pub method: u32,
    /// Answered with which status.
    pub status: u16,
    /// How many.
    pub counts: Counts,
}

/// What is counted of an app's day in an environment, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Days whose numbers are near each other are read together: ask [`Store::undocumented_routes_of`] and
    /// [`Store::companies_of`] in this order.
    pub place: u64,
    /// How many calls. There can't be more routes or companies by name than these.
    pub calls: u64,
}

/// A day of an app whose counts changed since it was last judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirtyDay {
    /// The app.
    pub app: AppId,
    /// The day.
    pub day: Day,
    /// Grows with each change, so that judging an older state does not clear a newer one.
    pub mark: i64,
}

/// The seven verdicts of one app and day, in the order of [`model::Observation::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayVerdicts {
    /// The app.
    pub app: AppId,
    /// Each with the same day.
    pub verdicts: [DayVerdict; 7],
    /// The production calls of the day.
    pub calls: u64,
    /// Those of them to what is deprecated or private. Saved, and read back as [`Platform::flagged_uses`] alone.
    pub flagged: Vec<Flagged>,
}

/// A change of the catalog as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedChange {
    /// The import that brought it.
    pub import: i64,
    /// When that was.
    pub at: UnixMillis,
    /// What changed.
    pub change: CatalogChange,
}

/// The state of one Steadfast installation.
#[async_trait]
pub trait Store: Registry + Platform + Sources + Send + Sync {
    /// The last import, or none.
    async fn last_import(&self) -> Result<Option<CatalogImport>>;

    /// The catalog as of the last import; empty before the first. Routes keep the order in which they were
    /// saved.
    async fn catalog(&self) -> Result<Catalog>;

    /// Saves an import: catalog, change log, moved counts, and every day of production counts marked dirty
    /// (its verdicts may read differently now). Moved counts are added to what the documented route already
    /// has; no count is lost. Routes are unsettled then. Returns the import's number.
    async fn save_catalog(&self, save: CatalogSave<'_>) -> Result<i64>;

    /// A mark that is there while counts may stand under an undocumented route that the catalog documents: since
    /// an import (traffic may have been committed between its decision and its saving), and since traffic that was
    /// matched with an older catalog.
    async fn unsettled_routes(&self) -> Result<Option<i64>>;

    /// Moves counts as [`CatalogSave::moves`] does, and takes the mark back unless there is a newer one. Where
    /// anything moved, every day of production counts is dirty.
    async fn settle_routes(&self, mark: i64, moves: &[(String, String)], since: Day) -> Result<()>;

    /// The change log, newest import first, in the order of saving within one.
    async fn catalog_changes(&self, limit: u32) -> Result<Vec<LoggedChange>>;

    /// The texts of undocumented routes with calls on `since` or later, in any environment.
    async fn undocumented_routes(&self, since: Day) -> Result<Vec<String>>;

    /// What is counted of each of these apps and days in short; none where nothing is. (Ingest asks for every app and day
    /// that it meets, and for more only of those with many calls: see [`Counted::place`].)
    async fn counted(&self, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Option<Counted>>>;

    /// The texts of the undocumented routes that each of these apps has on that day, in the order of the question. May
    /// answer for the first ones alone, at least one, if the texts are many: ask again for the rest.
    async fn undocumented_routes_of(&self, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<String>>>;

    /// The names of the companies that each of these apps has calls with problems of on that day, in the order of the
    /// question.
    async fn companies_of(&self, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<String>>>;

    /// A number that grows with each position added, 0 before the first. Ask before looking up a source, for
    /// [`IngestCommit::newest_known`].
    async fn newest_position(&self) -> Result<i64>;

    /// Saved positions whose head has this length and digest. (A reader asks once for each `head_len` in
    /// [`Store::head_lengths`].)
    async fn positions_with_head(&self, head_len: u32, head_digest: u64) -> Result<Vec<SourcePosition>>;

    /// The distinct `head_len` of saved positions, longest first.
    async fn head_lengths(&self) -> Result<Vec<u32>>;

    /// Adds counts, marks their production days dirty, registers unknown apps as discovered, counts
    /// rejects, adds to sources, takes note of batches, and saves the position: all or nothing, durable on return. Returns the position as saved.
    async fn commit_ingest(&self, commit: IngestCommit) -> Result<Option<SourcePosition>>;

    /// The batch of this sender that was counted after `since` under this key; without a key, the first with this
    /// digest, whatever its key, but for batches with a key of which nothing was counted.
    async fn batch_seen(
        &self,
        sender: &str,
        key: Option<&str>,
        digest: &[u8; 32],
        since: UnixMillis,
    ) -> Result<Option<SeenBatch>>;

    /// Forgets batches that were counted at this instant or before, not all at once: others can write in between, and what
    /// is cut off has forgotten some of them. Returns how many.
    async fn forget_batches(&self, until: UnixMillis) -> Result<u64>;

    /// All saved positions, by path.
    async fn positions(&self) -> Result<Vec<SourcePosition>>;

    /// Rejected lines by reason since the beginning, most frequent first.
    async fn rejects(&self) -> Result<Vec<(String, u64)>>;

    /// All apps, by id.
    async fn apps(&self) -> Result<Vec<App>>;

    /// One app.
    async fn app(&self, id: &AppId) -> Result<Option<App>>;

    /// Registers an app or replaces what is known of it.
    async fn save_app(&self, app: &App) -> Result<()>;

    /// The counts of an app, by day, then route, method and status.
    async fn tallies(&self, app: &AppId, environment: Environment, days: DayRange) -> Result<Vec<Tally>>;

    /// The counts of each of these apps and days, which are distinct, by route, method and status. What many ask for at once
    /// is looked up together.
    async fn tallies_of_days(&self, days: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<Tally>>>;

    /// The calls of an app that show a problem, by day, then company (none, then by name, then others), route, method
    /// and status.
    async fn company_tallies(&self, app: &AppId, environment: Environment, days: DayRange)
    -> Result<Vec<CompanyTally>>;

    /// Those of them that are of one company.
    async fn tallies_of_company(
        &self,
        app: &AppId,
        environment: Environment,
        days: DayRange,
        company: &Company,
    ) -> Result<Vec<CompanyTally>>;

    /// The companies of those calls with their number, the most first.
    async fn companies(&self, app: &AppId, environment: Environment, days: DayRange) -> Result<Vec<(Company, u64)>>;

    /// Production calls by app within the days; apps without calls are left out.
    async fn calls_by_app(&self, days: DayRange) -> Result<Vec<(AppId, u64)>>;

    /// Up to `limit` dirty days.
    async fn dirty_days(&self, limit: u32) -> Result<Vec<DirtyDay>>;

    /// Marks every day with production counts dirty.
    async fn mark_all_dirty(&self) -> Result<()>;

    /// Saves verdicts and clears the marks they were made from (where no newer mark was set meanwhile).
    async fn save_verdicts(&self, verdicts: &[DayVerdicts], judged: &[DirtyDay]) -> Result<()>;

    /// Saved verdicts within the days, of one app or of all, by app, then day. Days without production
    /// calls have none.
    async fn verdicts(&self, app: Option<&AppId>, days: DayRange) -> Result<Vec<DayVerdicts>>;

    /// A value of the installation's own bookkeeping, such as the rules that verdicts were made with.
    async fn setting(&self, key: &str) -> Result<Option<String>>;

    /// Sets such a value.
    async fn set_setting(&self, key: &str, value: &str) -> Result<()>;

    /// The size of what is kept, in bytes.
    async fn bytes(&self) -> Result<u64>;

    /// How long commits of counts took since the store was opened, those that failed included.
    fn commits(&self) -> Durations;

    /// Does a bounded part of what makes counts faster to read and smaller, where something is to be done; tells whether
    /// there may be more. For times when nothing else is to be done.
    async fn tidy_counts(&self) -> Result<bool>;

    /// Deletes counts and verdicts of days before `day`, a span of days at a time. What breaks off in between has deleted some
    /// of them, and the next call deletes the rest. Returns what is damaged if that is all that is left of those days: nobody can
    /// read it.
    async fn purge_before(&self, day: Day) -> Result<Option<StoreError>>;
}

/// A store that many tasks share.
pub type SharedStore = Arc<dyn Store>;
