//! The use cases, each *load, decide, save*: import a catalog, ingest exactly once, judge, report, sign in, register
//! an app.
//!
//! This crate joins the pure ones (catalog, traffic, health) with the store. It knows no HTML and no HTTP.

use std::path::PathBuf;
use std::sync::Arc;

use ::health::Rules;
use model::{App, AppId, Clock, Day, DayRange, Hour, PlatformZone, Random, UnixMillis};
use store::SharedStore;
use traffic::TimeBounds;

mod accounts;
mod activity;
mod alerts;
mod apps;
mod audit;
mod audit_log;
mod catalog;
mod credentials;
mod health;
mod ingest;
mod json;
mod judge;
mod manifests;
mod once;
mod organisations;
mod overview;
mod people;
mod platform;
mod refusal;
mod report;
mod source_tokens;
mod sources;
mod surface;
mod view;

pub use self::accounts::{
    Accounts, AtProvider, CodeAnswer, Doors, Limit, MadeToken, NewOperator, NewPerson, NewToken, Opened, Reset,
    SESSION_DAYS, SecondFactorSetup, Security, SignIn, SignUp, TOKEN_DAYS, TokenRefusal, Visit, WaysToProve,
};
pub use self::activity::{
    Activity, ActivityFilter, Choices, CompaniesBehind, CompanyRow, DayClasses, Freshness, MOST_DAYS, RowOrder, Span,
    StatusClass, StatusFilter, company_key, company_of_key, spans,
};
pub use self::alerts::{AlertChanges, AlertChoice};
pub use self::apps::{
    APP_NAME_CHARACTERS, AppChange, AppSummary, By, ClaimMade, ClaimToDecide, DESCRIPTION_CHARACTERS,
    EVIDENCE_CHARACTERS, INVITATION_DAYS, InvitationKey, InvitationSeen, InvitationState, NewApp, NewClaim, masked,
};
pub use self::audit_log::{
    AUDIT_EXPORT_MOST, AuditExport, AuditFilter, AuditPage, AuditSeen, DoerSeen, TargetSeen, audit_file_name,
};
pub use self::catalog::{DocumentFile, ImportOutcome};
pub use self::credentials::{MadeSecret, Overlap, RedirectProblem, check_redirect_uri};
pub use self::ingest::{
    AddressError, Batch, BatchHead, BatchOutcome, BatchReject, BatchShape, Batches, DoneBatch, FOLLOWED_OPEN,
    FollowTotals, FollowedSource, IngestOptions, IngestOutcome, Input, Network, OpenBatch, Permission, Progress,
    Reject, RejectsFile, SYSLOG_CONNECTIONS, SourceReading, SyslogAddress, SyslogListeners, SyslogSource, Watcher,
    WriterLock, matching_files, packed_size,
};
pub use self::json::{apps_json, health_json};
pub use self::manifests::{DraftView, NewVersion, NextVersion, SavedDraft};
pub use self::once::Once;
pub use self::organisations::{AppOfMember, ORGANISATION_NAME_CHARACTERS, ORGANISATION_SCOPES, OrganisationSeen};
pub use self::overview::{AppStanding, Overview, OverviewCache};
pub use self::people::{AccountChange, PeoplePage, PersonInFull, PersonSeen};
pub use self::platform::{
    BatchSender, Board, BoardCache, BoardRoute, CatalogImport, LoggedChange, RouteUse, SourcePosition,
};
pub use self::refusal::{Flaw, Refusal};
pub use self::report::{REPORT_DAYS, ReportRow, report_file_name};
pub use self::source_tokens::{MadeSourceToken, NewSourceToken, SOURCE_TOKEN_APPS};
pub use self::sources::{
    Completeness, DeclaredSource, JudgedSource, SOURCE_HOURS, SourceBook, SourceView, Sources, source_json,
    sources_json,
};
pub use self::surface::SurfaceCache;
pub use self::view::{AppHealth, AppOverview, ObservationHealth, ReportSummary, Summary, TodaySoFar};
pub use ::health::{Cause, Declared, Expect, Forecast, Gap, HourState, IncompleteDays};
pub use store::{Durations, Loss, StoreError, UnreadFile};
pub use traffic::{Format, FormatOptions, OtlpEncoding};

/// What an operator says about the platform whose API is watched.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Its name, for pages.
    pub name: String,
    /// Where its days begin and end.
    pub zone: PlatformZone,
    /// The header by which a call names its company.
    pub company_header: String,
    /// Operations that don't need the header with a person's token: `GET /rest/v1.0/me`.
    pub company_header_exceptions: Vec<String>,
    /// The views, tools and parameters that manifests of its apps may name.
    pub manifest_rules: Arc<::manifest::Rules>,
}

/// One installation: the platform, its rules, its store and its clock.
#[derive(Clone)]
pub struct Steadfast {
    /// The platform.
    pub platform: Platform,
    /// The thresholds in force.
    pub rules: Rules,
    /// For how many days counts are kept.
    pub retention_days: u16,
    /// Its state.
    pub store: SharedStore,
    /// Where lines that can't be used are kept.
    pub rejects: RejectsFile,
    /// Its time.
    pub clock: Arc<dyn Clock>,
    /// Its randomness.
    pub random: Arc<dyn Random>,
    /// What was made of its catalog.
    pub surfaces: SurfaceCache,
    /// What lists of its apps were made of.
    pub overviews: OverviewCache,
    /// Who calls what is deprecated or private.
    pub boards: BoardCache,
    /// What is declared of sources of traffic, and what was made of them.
    pub source_book: SourceBook,
    /// What batches of calls share.
    pub batches: Batches,
    /// What people's accounts need.
    pub accounts: Accounts,
}

/// What a use case can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The use case says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such app.
    #[error("there is no app `{0}`; `steadfast apps` lists those that are known")]
    NoSuchApp(AppId),
    /// A batch can't be used as a whole.
    #[error("the batch can't be used: {0}")]
    Batch(String),
    /// An idempotency key that stands for another batch.
    #[error(
        "this idempotency key was used for a batch with other content in the last 24 hours; send each batch under a key of its own"
    )]
    KeyReused,
    /// Another process adds counts to the data directory.
    #[error(
        "`{}` is in use by {holder}; one process at a time adds to a data directory, so end that one first, or name another directory with `--data`",
        data.display()
    )]
    Held {
        /// The data directory.
        data: PathBuf,
        /// The process, its command and since when.
        holder: String,
    },
    /// The lock of the data directory can't be used.
    #[error("cannot lock `{}`: {message}", path.display())]
    Lock {
        /// The lock's file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// An input can't be read.
    #[error("cannot read `{name}`: {message}")]
    Input {
        /// Which.
        name: String,
        /// Why, and what to do.
        message: String,
    },
    /// The rejects file can't be written.
    #[error("cannot write the rejects file `{}`: {message}", path.display())]
    Rejects {
        /// Its path.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The configured time zone is not the one that counts were made in.
    #[error(
        "the days of these counts are days in `{kept}`, but the configuration says `{configured}`; set \
         `platform.time_zone` back, or count anew in another data directory"
    )]
    OtherZone {
        /// The zone of the counts.
        kept: String,
        /// The configured zone.
        configured: String,
    },
    /// A report can't be written.
    #[error("cannot write the report: {0}")]
    Report(String),
    /// Something failed inside that nobody outside can mend.
    #[error("{0}")]
    Broken(String),
    /// A task was cut off while the program ends.
    #[error("interrupted while the program was ending; run it again")]
    Interrupted,
}

const DAY_MILLIS: i64 = 86_400_000;

/// Under which setting it is kept what could not be purged since it is damaged; empty where all could.
const NOT_PURGED: &str = "not_purged";

/// How many steps of tidying counts an upkeep takes at most; each takes some milliseconds.
const TIDIED: u32 = 200;

impl Steadfast {
    /// Today in the platform's time zone.
    #[must_use]
    pub fn today(&self) -> Day {
        self.platform.zone.day_of(self.clock.now())
    }

    /// The instant before which calls are too old to be counted.
    pub(crate) fn oldest(&self, now: UnixMillis) -> UnixMillis {
        now.plus_millis(-DAY_MILLIS * i64::from(self.retention_days))
    }

    /// Between what instants a call must lie at present to be counted.
    pub(crate) fn bounds(&self) -> TimeBounds {
        let now = self.clock.now();
        TimeBounds { now, oldest: self.oldest(now) }
    }

    /// Finds that the configured time zone is the one in which counts fell into days, if there are counts.
    ///
    /// # Errors
    /// When it is another, or the store fails.
    pub async fn check_zone(&self) -> Result<(), Error> {
        let configured = self.platform.zone.name();
        match self.store.setting("time_zone").await? {
            Some(kept) if kept == configured => Ok(()),
            // A zone that nothing was counted in binds nobody.
            Some(kept) if !self.store.apps().await?.is_empty() => {
                Err(Error::OtherZone { kept, configured: configured.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// Checks the time zone, and keeps it for the counts that come.
    pub(crate) async fn keep_zone(&self) -> Result<(), Error> {
        self.check_zone().await?;
        Ok(self.store.set_setting("time_zone", self.platform.zone.name()).await?)
    }

    /// An app that is known.
    pub(crate) async fn known(&self, id: &AppId) -> Result<App, Error> {
        self.store.app(id).await?.ok_or_else(|| Error::NoSuchApp(id.clone()))
    }

    /// Drops counts that are older than the retention, once for each day that becomes so. What is damaged of them is tried again
    /// with the next day.
    ///
    /// # Errors
    /// When the store fails; of what is damaged, each time.
    pub async fn purge(&self) -> Result<(), Error> {
        let oldest = self.platform.zone.day_of(self.oldest(self.clock.now()));
        let oldest_kept = oldest.to_string();
        if self.store.setting("purged_before").await?.as_deref() != Some(&oldest_kept) {
            let damage = self.store.purge_before(oldest).await?;
            self.store.purge_sources(Hour::of(self.platform.zone.start_of(oldest))).await?;
            let damage = damage.map(|error| error.to_string()).unwrap_or_default();
            self.store.set_setting(NOT_PURGED, &damage).await?;
            self.store.set_setting("purged_before", &oldest_kept).await?;
        }
        match self.store.setting(NOT_PURGED).await? {
            Some(damage) if !damage.is_empty() => Err(Error::Broken(damage)),
            _ => Ok(()),
        }
    }

    /// The upkeep: drops what is too old, judges what is dirty, and tidies counts.
    ///
    /// # Errors
    /// Each that there is, once: where one part fails, the others are done all the same.
    pub async fn upkeep(&self) -> Result<(), Vec<Error>> {
        let today = self.today();
        let done = [
            self.purge().await,
            self.store.forget_batches(self.forgotten_since()).await.map(drop).map_err(Error::from),
            self.tidy().await,
            // What people look at first, and what mails tell. The rest may be a year of days.
            self.judged_overview(today).await.map(drop),
            self.board(today).await.map(drop),
            self.tell().await.map(drop),
            // First, since judging reads them all.
            self.tidy_counts().await,
            // The day in progress is judged when it is over; until then it changes from minute to minute, and no list needs it.
            self.judge_within(None, DayRange { start: Day::FIRST, end: today.plus(-1) }).await.map(drop),
        ];
        let mut errors: Vec<Error> = done.into_iter().filter_map(Result::err).collect();
        errors.sort_by_cached_key(Error::to_string);
        errors.dedup_by_key(|error| error.to_string());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Step by step, so that counts are committed in between.
    async fn tidy_counts(&self) -> Result<(), Error> {
        for _ in 0..TIDIED {
            if !self.store.tidy_counts().await? {
                break;
            }
        }
        Ok(())
    }
}
