//! What the use cases answer: the shapes that the command line, the pages and the JSON API show.

use health::{Cause, Forecast};
use model::{App, Day, DayRange, DayVerdict, Observation, Severity, Status};

/// An app in a list of apps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppOverview {
    /// The app.
    pub app: App,
    /// Its status; none without production calls in the last 30 complete days.
    pub status: Option<Status>,
    /// Production calls in the last 30 complete days.
    pub calls: u64,
    /// The 14 days of the window, oldest first: the worst severity of the seven, or none without traffic.
    pub strip: Vec<(Day, Option<Severity>)>,
    /// How many of the seven observations have the status Needs Attention, Review Recommended, Healthy.
    pub summary: Summary,
    /// The days of the window that are incomplete, oldest first: calls are missing there, and the status says so much less.
    pub incomplete: Vec<Day>,
}

/// How many observations have which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Resolve first.
    pub needs_attention: usize,
    /// Watch.
    pub review_recommended: usize,
    /// Nothing to do.
    pub healthy: usize,
}

/// The Integration Health of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppHealth {
    /// The app.
    pub app: App,
    /// Only complete days before this one count.
    pub as_of: Day,
    /// The 14 days that decide.
    pub window: DayRange,
    /// The worst status of the seven; none without production calls in the last 30 complete days.
    pub status: Option<Status>,
    /// How the seven divide.
    pub summary: Summary,
    /// The seven, in order; empty where there is no status.
    pub observations: Vec<ObservationHealth>,
    /// Production calls on each of the 14 days, oldest first.
    pub calls: Vec<(Day, u64)>,
    /// Those of the 14 days that are incomplete, oldest first: calls are missing there.
    pub incomplete: Vec<Day>,
    /// What the activity report would hold.
    pub report: ReportSummary,
    /// The last day before `as_of` on which there were production calls, if any is kept.
    pub last_call: Option<Day>,
    /// The day in progress (`as_of`), which never changes a status.
    pub today: TodaySoFar,
}

/// The extent of an API Call Activity Report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportSummary {
    /// Its 30 days.
    pub days: DayRange,
    /// The sum of its counts.
    pub calls: u64,
    /// Its rows.
    pub rows: u64,
}

/// The day in progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TodaySoFar {
    /// Production calls.
    pub calls: u64,
    /// Affected calls of each of the seven, in order.
    pub affected: [u64; 7],
}

/// One observation over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservationHealth {
    /// Which.
    pub observation: Observation,
    /// Its title with the platform's header name.
    pub title: String,
    /// The rolled-up status.
    pub status: Status,
    /// Why, in words: "Critical on 2 of the last 3 days".
    pub reason: String,
    /// When it would read better if the behaviour stopped today.
    pub forecast: Forecast,
    /// The 14 days, oldest first.
    pub days: Vec<DayVerdict>,
    /// The rule in words: "Critical at 50 calls and 5 %, Warning at 10 and 1 %".
    pub rule: String,
    /// The routes behind it in the window, most affected first; all of them.
    pub causes: Vec<Cause>,
}

impl ObservationHealth {
    /// Affected calls within the window.
    #[must_use]
    pub fn affected(&self) -> u64 {
        self.days.iter().map(|day| day.affected).sum()
    }

    /// The calls they are measured against, within the window.
    #[must_use]
    pub fn base(&self) -> u64 {
        self.days.iter().map(|day| day.base).sum()
    }
}
