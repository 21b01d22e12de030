//! All apps at a glance: their statuses as of a day, and what was different a week before.
//!
//! Statuses are functions of verdicts. What they come to is kept in memory, together with the revision of the store that
//! it was made of, so that a list of thousands of apps is not made anew for each page: `kept.rs`.

mod kept;
mod standing;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use health::IncompleteDays;
use model::{AppId, Day, DayRange, Status};

pub use self::kept::OverviewCache;
pub use self::standing::AppStanding;
pub(crate) use self::standing::{listed, overview};
use crate::judge::with_unjudged;
use crate::view::{AppOverview, Summary};
use crate::{Error, Steadfast};

/// How many days before make a week ago.
const WEEK: i32 = 7;

/// So many days are judged before a list is shown, however long that takes. Where there are more, as while calls of past days
/// come in all the time, the list from before is shown if judging takes long.
const WAITED_FOR: u32 = 100;

/// How long judging more is waited for.
const PATIENCE: Duration = Duration::from_millis(40);

/// How many times as long as it took to make a list it is shown before it is made anew, so that judging always the same days
/// leaves time for everything else; and how long at most.
const REST: u32 = 10;
const LONGEST_REST: Duration = Duration::from_secs(5);

/// How old a list may be that is shown from before.
const OLDEST_SHOWN: Duration = Duration::from_secs(60);

/// Up to so many apps that changed are put into their places; with more, all are sorted anew.
const FEW: usize = 100;

/// All apps as of a day.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Only complete days before this one count.
    pub as_of: Day,
    /// Worst first, then by name; the reserved app of unidentified calls last.
    pub apps: Vec<Arc<AppStanding>>,
    /// The days that could not be judged, since their counts are damaged: of their apps is shown what was known before.
    pub(crate) unjudged: Vec<(AppId, Day)>,
    places: HashMap<AppId, usize>,
}

impl Overview {
    /// These apps, in whichever order they come.
    #[must_use]
    pub fn new(as_of: Day, mut apps: Vec<Arc<AppStanding>>) -> Self {
        apps.sort_by_cached_key(|app| rank(&app.overview));
        Self::sorted(as_of, apps)
    }

    fn sorted(as_of: Day, apps: Vec<Arc<AppStanding>>) -> Self {
        let places = apps.iter().enumerate().map(|(place, app)| (app.overview.app.id.clone(), place)).collect();
        Self { as_of, apps, unjudged: Vec::new(), places }
    }

    /// The same apps but for those that changed, or that are new.
    fn with(&self, changed: Vec<Arc<AppStanding>>) -> Self {
        let ids: HashSet<&AppId> = changed.iter().map(|app| &app.overview.app.id).collect();
        let others = self.apps.iter().filter(|app| !ids.contains(&app.overview.app.id)).cloned();
        let mut apps: Vec<Arc<AppStanding>> = others.collect();
        if changed.len() > FEW {
            apps.extend(changed);
            return Self::new(self.as_of, apps);
        }
        for app in changed {
            let rank_of_it = rank(&app.overview);
            let place = apps.partition_point(|other| rank(&other.overview) < rank_of_it);
            apps.insert(place, app);
        }
        Self::sorted(self.as_of, apps)
    }

    /// One app.
    #[must_use]
    pub fn app(&self, id: &AppId) -> Option<&Arc<AppStanding>> {
        self.places.get(id).and_then(|place| self.apps.get(*place))
    }
}

impl Steadfast {
    /// Every app with its status as of a day: worst first, then by name; the reserved app of unidentified
    /// calls last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps(&self, as_of: Day) -> Result<Vec<AppOverview>, Error> {
        let overview = self.overview(as_of).await?;
        Ok(overview.apps.iter().map(|app| app.overview.clone()).collect())
    }

    /// Every app as of a day, shared. While calls of very many apps and past days are being counted, it is as it was some
    /// seconds before, a minute at most.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn overview(&self, as_of: Day) -> Result<Arc<Overview>, Error> {
        let overview = self.unmarked(as_of).await?;
        let completeness = self.completeness().await?;
        let [now, then] = [as_of, as_of.plus(-WEEK)].map(|as_of| DayRange::before(as_of, health::WINDOW_DAYS));
        let incomplete = with_unjudged(&completeness.days, &overview.unjudged);
        if incomplete.of_any(DayRange { start: then.start, end: now.end }).is_empty() {
            return Ok(overview);
        }
        Ok(self.overviews.marked(&overview, &incomplete, || marked(&overview, &incomplete, now, then)))
    }

    /// Every app as of a day, whatever days are incomplete.
    async fn unmarked(&self, as_of: Day) -> Result<Arc<Overview>, Error> {
        let days = self.listed_days(as_of);
        self.find_dirty().await?;
        let state = self.store.list_state(days).await?;
        if !state.dirty
            && let Some(overview) = self.overviews.at(as_of, &self.rules, state.revision)
        {
            return Ok(overview);
        }
        if let Some((overview, age, took)) = self.overviews.last(as_of, &self.rules)
            && age < OLDEST_SHOWN
            && self.store.count_dirty_days(days, WAITED_FOR + 1).await? > WAITED_FOR
        {
            let renewed = if age >= LONGEST_REST.min(took * REST) { self.overview_in_time(as_of).await } else { None };
            return Ok(renewed.unwrap_or(overview));
        }
        self.judged_overview(as_of).await
    }

    /// Every app as of a day, judged now, unless that takes long or is being done: then it goes on in the background.
    async fn overview_in_time(&self, as_of: Day) -> Option<Arc<Overview>> {
        let renewing = self.overviews.begin_renewing()?;
        let steadfast = self.clone();
        let making = tokio::spawn(async move {
            let _renewing = renewing;
            let made = steadfast.judged_overview(as_of).await;
            made.inspect_err(|error| tracing::warn!("the list of all apps could not be made anew: {error}")).ok()
        });
        tokio::time::timeout(PATIENCE, making).await.ok()?.ok()?
    }

    /// Every app as of a day, judged now, whatever days are incomplete.
    pub(crate) async fn judged_overview(&self, as_of: Day) -> Result<Arc<Overview>, Error> {
        let (begun, days) = (Instant::now(), self.listed_days(as_of));
        // One at a time: whoever waits finds what the one before judged and made.
        let _turn = self.overviews.turn().await;
        let (_, unjudged) = self.judge_readable(None, days).await?;
        let state = self.store.list_state(days).await?;
        if let Some(overview) = self.overviews.at(as_of, &self.rules, state.revision)
            && overview.unjudged == unjudged.days
        {
            return Ok(overview);
        }
        if let Some(error) = unjudged.damage {
            tracing::warn!(
                "{} days of apps can't be judged, and are marked as incomplete: {error}",
                unjudged.days.len()
            );
        }
        let before = self.overviews.since(as_of, &self.rules, state.reset);
        let listed = self.store.listed_apps(before.as_ref().map(|(revision, _)| *revision), days).await?;
        let standing = |app| Arc::new(AppStanding::new(app, as_of, &self.rules));
        let changed: Vec<Arc<AppStanding>> = listed.items.into_iter().map(standing).collect();
        let overview = match before {
            None => Overview::new(as_of, changed),
            Some((_, before)) => before.with(changed),
        };
        let overview = Arc::new(Overview { unjudged: unjudged.days, ..overview });
        self.overviews.keep(listed.revision, &self.rules, Arc::clone(&overview), begun);
        Ok(overview)
    }

    /// The days that lists as of a day are made of: enough to say what was a week before.
    pub(crate) fn listed_days(&self, as_of: Day) -> DayRange {
        let longest = health::WINDOW_DAYS.max(self.rules.roll_up.no_traffic_days);
        DayRange { start: DayRange::before(as_of.plus(-WEEK), longest).start, end: as_of.plus(-1) }
    }
}

/// The same apps, with the days that are incomplete of the window and of that of a week before.
fn marked(overview: &Overview, incomplete: &IncompleteDays, now: DayRange, then: DayRange) -> Overview {
    let marked = |app: &Arc<AppStanding>| {
        let mut app = AppStanding::clone(app);
        app.overview.incomplete = incomplete.of_app(&app.overview.app.id, now);
        app.incomplete_week_ago = incomplete.of_app(&app.overview.app.id, then);
        Arc::new(app)
    };
    let apps = overview.apps.iter().map(marked).collect();
    Overview { apps, ..overview.clone() }
}

/// What apps are sorted by: worst first, then by name; the reserved app of unidentified calls last.
fn rank(overview: &AppOverview) -> impl Ord + use<> {
    let app = &overview.app;
    (app.id.is_unidentified(), std::cmp::Reverse(overview.status), app.name.to_lowercase(), app.id.clone())
}

/// Worst first, then by name; the reserved app of unidentified calls last.
pub(crate) fn worst_first(apps: &mut [AppOverview]) {
    apps.sort_by_cached_key(rank);
}

/// The severities alone.
pub(crate) fn severities(days: &[model::DayVerdict]) -> Vec<model::Severity> {
    days.iter().map(|day| day.severity).collect()
}

/// How many of these statuses are which.
pub(crate) fn summary(statuses: &[Status]) -> Summary {
    let count = |status: Status| statuses.iter().filter(|other| **other == status).count();
    Summary {
        needs_attention: count(Status::NeedsAttention),
        review_recommended: count(Status::ReviewRecommended),
        healthy: count(Status::Healthy),
    }
}
