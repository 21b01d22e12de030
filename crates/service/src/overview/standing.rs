//! How an app stands as of a day, as a function of its days.

use health::Rules;
use model::{Day, DayRange, Observation, OrganisationId, Severity, Status};
use store::{DayVerdicts, ListedApp, ListedDay};

use super::{WEEK, summary};
use crate::view::AppOverview;

/// An app among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppStanding {
    /// Its status, calls and days.
    pub overview: AppOverview,
    /// Whose it is; nobody's while it is only discovered.
    pub organisation: Option<OrganisationId>,
    /// Its status as of a week before.
    pub week_ago: Option<Status>,
    /// The days that are incomplete of the window of that status.
    pub incomplete_week_ago: Vec<Day>,
    /// Production calls on the last 7 days.
    pub calls_this_week: u64,
    /// Production calls on the 7 days before those.
    pub calls_the_week_before: u64,
    /// Whether its first calls in a month came on the last 7 days.
    pub is_new: bool,
}

impl AppStanding {
    pub(super) fn new(listed: ListedApp, as_of: Day, rules: &Rules) -> Self {
        let ListedApp { app, organisation, days } = listed;
        let week = DayRange { start: as_of.plus(-WEEK), end: as_of.plus(-1) };
        let before = DayRange { start: as_of.plus(-2 * WEEK), end: as_of.plus(-WEEK - 1) };
        let calls_this_week = calls(&days, week);
        Self {
            organisation,
            incomplete_week_ago: Vec::new(),
            week_ago: statuses(&days, as_of.plus(-WEEK), rules).into_iter().max(),
            calls_this_week,
            calls_the_week_before: calls(&days, before),
            is_new: calls_this_week > 0 && days.iter().all(|day| day.day >= week.start || day.calls == 0),
            overview: overview(app, &days, as_of, rules),
        }
    }

    /// Whether it called in the week before and no more since.
    #[must_use]
    pub fn went_silent(&self) -> bool {
        self.calls_this_week == 0 && self.calls_the_week_before > 0
    }

    /// Whether its status is another than a week before.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.overview.status != self.week_ago
    }
}

/// An app with its status as of a day. `days` are sorted; days without traffic may be missing. Which of them are incomplete
/// is added by [`super::marked`].
pub(crate) fn overview(app: model::App, days: &[ListedDay], as_of: Day, rules: &Rules) -> AppOverview {
    let statuses = statuses(days, as_of, rules);
    let window = DayRange::before(as_of, health::WINDOW_DAYS);
    let severity = |day: Day| day_of(days, day).filter(|day| day.calls > 0)?.severities.into_iter().max();
    AppOverview {
        app,
        status: statuses.iter().max().copied(),
        calls: calls(days, DayRange::before(as_of, rules.roll_up.no_traffic_days)),
        strip: window.iter().map(|day| (day, severity(day))).collect(),
        summary: summary(&statuses),
        incomplete: Vec::new(),
    }
}

/// The seven statuses as of a day; none where there was no traffic for long.
fn statuses(days: &[ListedDay], as_of: Day, rules: &Rules) -> Vec<Status> {
    if calls(days, DayRange::before(as_of, rules.roll_up.no_traffic_days)) == 0 {
        return Vec::new();
    }
    let window: Vec<[Severity; 7]> = DayRange::before(as_of, health::WINDOW_DAYS)
        .iter()
        .map(|day| day_of(days, day).map_or([Severity::Healthy; 7], |day| day.severities))
        .collect();
    let of = |observation: Observation| {
        let severities: Vec<Severity> = window.iter().map(|day| day[observation.index()]).collect();
        health::roll_up(&severities, &rules.roll_up)
    };
    Observation::ALL.into_iter().map(of).collect()
}

fn calls(days: &[ListedDay], within: DayRange) -> u64 {
    days.iter().filter(|day| within.contains(day.day)).map(|day| day.calls).sum()
}

fn day_of(days: &[ListedDay], day: Day) -> Option<&ListedDay> {
    let place = days.binary_search_by_key(&day, |listed| listed.day).ok()?;
    days.get(place)
}

/// What lists need of a day's verdicts.
pub(crate) fn listed(verdicts: &DayVerdicts) -> ListedDay {
    ListedDay {
        day: verdicts.verdicts[0].day,
        calls: verdicts.calls,
        severities: verdicts.verdicts.map(|verdict| verdict.severity),
    }
}
