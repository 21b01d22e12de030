//! All apps at a glance.

use std::collections::{BTreeMap, HashMap};

use model::{App, AppId, Day, DayRange, DayVerdict, Observation, Severity, Status};
use store::DayVerdicts;

use crate::view::{AppOverview, Summary};
use crate::{Error, Steadfast};

impl Steadfast {
    /// Every app with its status as of a day: worst first, then by name; the reserved app of unidentified
    /// calls last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps(&self, as_of: Day) -> Result<Vec<AppOverview>, Error> {
        self.judge().await?;
        let window = DayRange::before(as_of, health::WINDOW_DAYS);
        let calls: HashMap<AppId, u64> = self
            .store
            .calls_by_app(DayRange::before(as_of, self.rules.roll_up.no_traffic_days))
            .await?
            .into_iter()
            .collect();
        let mut verdicts: BTreeMap<AppId, Vec<DayVerdicts>> = BTreeMap::new();
        for day in self.store.verdicts(None, window).await? {
            verdicts.entry(day.app.clone()).or_default().push(day);
        }
        let mut apps: Vec<AppOverview> = self
            .store
            .apps()
            .await?
            .into_iter()
            .map(|app| {
                let calls = calls.get(&app.id).copied().unwrap_or(0);
                let verdicts = verdicts.get(&app.id).map(Vec::as_slice).unwrap_or_default();
                self.overview(app, calls, window, verdicts)
            })
            .collect();
        apps.sort_by(|a, b| {
            let order = |overview: &AppOverview| {
                (
                    overview.app.id.is_unidentified(),
                    std::cmp::Reverse(overview.status),
                    overview.app.name.to_lowercase(),
                )
            };
            order(a).cmp(&order(b)).then_with(|| a.app.id.cmp(&b.app.id))
        });
        Ok(apps)
    }

    fn overview(&self, app: App, calls: u64, window: DayRange, verdicts: &[DayVerdicts]) -> AppOverview {
        let statuses: Vec<Status> = if calls == 0 {
            Vec::new()
        } else {
            Observation::ALL
                .iter()
                .map(|observation| {
                    let days = days_of(*observation, window, verdicts);
                    health::roll_up(&severities(&days), &self.rules.roll_up)
                })
                .collect()
        };
        let strip = window
            .iter()
            .map(|day| {
                let of_day = verdicts.iter().find(|verdicts| verdicts.verdicts[0].day == day && verdicts.calls > 0);
                (day, of_day.and_then(|day| day.verdicts.iter().map(|verdict| verdict.severity).max()))
            })
            .collect();
        AppOverview { app, status: statuses.iter().max().copied(), calls, strip, summary: summary(&statuses) }
    }
}

/// The 14 days of one observation, oldest first; days without saved verdicts had no traffic.
fn days_of(observation: Observation, window: DayRange, verdicts: &[DayVerdicts]) -> Vec<DayVerdict> {
    let of_day = |day: Day| {
        let verdicts = verdicts.iter().find(|verdicts| verdicts.verdicts[0].day == day)?;
        Some(verdicts.verdicts[observation.index()])
    };
    window.iter().map(|day| of_day(day).unwrap_or_else(|| DayVerdict::no_traffic(day))).collect()
}

/// The severities alone.
pub(crate) fn severities(days: &[DayVerdict]) -> Vec<Severity> {
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
