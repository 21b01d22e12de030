//! What the platform's own pages read: lists of all apps, who calls what is deprecated or private, who sends batches;
//! and whom to tell of an app by mail.

use std::sync::Arc;

use async_trait::async_trait;
use model::{App, AppId, Company, Day, DayRange, OrganisationId, PersonId, RouteKey, Severity, Status, UnixMillis};

use crate::{DirtyDay, Result};

/// Whether what was made of [`Platform::listed_apps`] and [`Platform::flagged_uses`] still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListState {
    /// Grows with every change of an app, of its registration or of its verdicts.
    pub revision: i64,
    /// What was made at an earlier revision is to be made anew as a whole.
    pub reset: i64,
    /// Whether a day within the days asked for has to be judged first.
    pub dirty: bool,
}

/// An app as lists need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedApp {
    /// The app.
    pub app: App,
    /// Whose it is, if it is registered.
    pub organisation: Option<OrganisationId>,
    /// Its days with production calls, oldest first.
    pub days: Vec<ListedDay>,
}

/// A day with production calls as lists need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedDay {
    /// Which.
    pub day: Day,
    /// Production calls.
    pub calls: u64,
    /// The verdicts of the seven, in order.
    pub severities: [Severity; 7],
}

/// Why calls are of interest to those who retire operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagKind {
    /// Their operation is deprecated now, whether or not it was on that day.
    Deprecated,
    /// Their route is private, as `private_endpoint` counts it.
    Private,
}

/// Production calls of one day to one operation, flagged when the day was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged {
    /// Why.
    pub kind: FlagKind,
    /// The route they were counted under.
    pub route: Arc<RouteKey>,
    /// Their method.
    pub method: Arc<str>,
    /// How many.
    pub calls: u64,
}

/// What an app's flagged calls to one operation are together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlaggedUse {
    /// Why.
    pub kind: FlagKind,
    /// The route they were counted under.
    pub route: Arc<RouteKey>,
    /// Their method.
    pub method: Arc<str>,
    /// The first day with such calls that is kept.
    pub first: Day,
    /// The last.
    pub last: Day,
    /// Calls within the days asked for.
    pub recent: u64,
}

/// What a list is made of, and the revision that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// To be asked with the next time.
    pub revision: i64,
    /// The apps that changed since, or all.
    pub items: Vec<T>,
}

/// Who sent batches of calls lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSender {
    /// Who: the id of a token; of syslog, the source.
    pub sender: String,
    /// When the last batch was counted.
    pub last_at: UnixMillis,
    /// How many batches are remembered.
    pub batches: u64,
    /// How many calls they held that are counted.
    pub accepted: u64,
}

/// Of which changes of an app's status somebody wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertChanges {
    /// When it gets worse.
    Worse,
    /// Any.
    Any,
}

impl AlertChanges {
    /// Its word in requests and in the store.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Any => "any",
        }
    }

    /// The inverse of [`Self::key`].
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Worse, Self::Any].into_iter().find(|changes| changes.key() == key)
    }
}

/// What somebody wants to be told of an app by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The app.
    pub app: AppId,
    /// Who.
    pub person: PersonId,
    /// Of which changes of its status; `None` of none.
    pub changes: Option<AlertChanges>,
    /// Whether of its week, on Mondays.
    pub weekly: bool,
    /// The status that they know.
    pub told: Option<Status>,
    /// The Monday up to which they had the weekly digest.
    pub digest_of: Day,
}

/// A mail that is decided and not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAlert {
    /// Its number; ignored when it is added.
    pub id: i64,
    /// Of which app.
    pub app: AppId,
    /// To whom.
    pub person: PersonId,
    /// The status before and after; `None` for a weekly digest.
    pub change: Option<(Option<Status>, Option<Status>)>,
    /// As of which day.
    pub as_of: Day,
}

/// A change of what people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertEdit {
    /// Sets what a person is told of an app, which must be known.
    Choose(Alert),
    /// Notes what a person knows by now (the second), if they still know as much as they did (the first).
    Told(Box<(Alert, Alert)>),
    /// Adds a mail to be sent.
    Due(DueAlert),
    /// Removes a mail that is sent or given up. It may be gone.
    Done(i64),
}

/// What the platform's own pages read.
#[async_trait]
pub trait Platform: Send + Sync {
    /// Whether kept lists still hold, and whether a day within these is dirty.
    async fn list_state(&self, days: DayRange) -> Result<ListState>;

    /// Up to `limit` dirty days within these, by app and day; `app`: of this app alone; `after`: those that come after this
    /// one in that order.
    async fn dirty_days_within(
        &self,
        app: Option<&AppId>,
        days: DayRange,
        after: Option<&DirtyDay>,
        limit: u32,
    ) -> Result<Vec<DirtyDay>>;

    /// All apps, or those that changed since a revision, in no order, each with its verdicts within the days.
    async fn listed_apps(&self, since: Option<i64>, days: DayRange) -> Result<Listed<ListedApp>>;

    /// The flagged calls of all apps, or of those that changed since a revision (each of which is there, if only with
    /// an empty list), in no order; `recent` are the days within which calls are added up. Calls to what is private are
    /// left out where there were none within these.
    async fn flagged_uses(&self, since: Option<i64>, recent: DayRange) -> Result<Listed<(AppId, Vec<FlaggedUse>)>>;

    /// For each of these apps the companies of its production calls to a route that show a problem, the most calls first.
    async fn companies_of_route(
        &self,
        apps: &[AppId],
        route: &RouteKey,
        methods: [&str; 2],
        days: DayRange,
    ) -> Result<Vec<Vec<(Company, u64)>>>;

    /// The first day of production counts.
    async fn first_counted_day(&self) -> Result<Option<Day>>;

    /// How many days are dirty, up to `most`.
    async fn count_dirty_days(&self, days: DayRange, most: u32) -> Result<u32>;

    /// Who sent the batches that are remembered, the latest first.
    async fn batch_senders(&self) -> Result<Vec<BatchSender>>;

    /// What a person wants to be told of an app.
    async fn alert(&self, app: &AppId, person: PersonId) -> Result<Option<Alert>>;

    /// What all people want to be told, by app.
    async fn alerts(&self) -> Result<Vec<Alert>>;

    /// Mails to be sent, the oldest first.
    async fn due_alerts(&self, limit: u32) -> Result<Vec<DueAlert>>;
}
