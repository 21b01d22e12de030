//! The JSON of apps and their health, the same on the command line and over HTTP.

use model::{App, AppType, Day, Distribution, Severity, Status};
use serde::Serialize;

use crate::view::{AppHealth, AppOverview, ObservationHealth, Summary};
use health::Forecast;

#[derive(Serialize)]
struct AppJson<'a> {
    id: &'a str,
    name: &'a str,
    r#type: Option<AppType>,
    distribution: Option<Distribution>,
}

#[derive(Serialize)]
struct HealthJson<'a> {
    app: AppJson<'a>,
    as_of: Day,
    window: WindowJson,
    status: Option<Status>,
    summary: SummaryJson,
    observations: Vec<ObservationJson<'a>>,
    #[serde(skip_serializing_if = "<[Day]>::is_empty")]
    incomplete_days: &'a [Day],
}

#[derive(Serialize)]
struct WindowJson {
    start: Day,
    end: Day,
}

#[derive(Serialize)]
struct SummaryJson {
    needs_attention: usize,
    review_recommended: usize,
    healthy: usize,
}

#[derive(Serialize)]
struct ObservationJson<'a> {
    key: &'a str,
    title: &'a str,
    status: Status,
    reason: &'a str,
    forecast: ForecastJson,
    days: Vec<DayJson>,
}

#[derive(Serialize)]
struct ForecastJson {
    review_recommended: Option<Day>,
    healthy: Option<Day>,
}

#[derive(Serialize)]
struct DayJson {
    date: Day,
    severity: Severity,
    affected: u64,
    base: u64,
    #[serde(skip_serializing_if = "is_false")]
    incomplete: bool,
}

#[derive(Serialize)]
struct OverviewJson<'a> {
    #[serde(flatten)]
    app: AppJson<'a>,
    discovered: bool,
    status: Option<Status>,
    summary: SummaryJson,
    calls: u64,
    #[serde(skip_serializing_if = "<[Day]>::is_empty")]
    incomplete_days: &'a [Day],
}

#[derive(Serialize)]
struct OverviewsJson<'a> {
    as_of: Day,
    apps: Vec<OverviewJson<'a>>,
}

impl<'a> From<&'a App> for AppJson<'a> {
    fn from(app: &'a App) -> Self {
        Self { id: app.id.as_str(), name: &app.name, r#type: app.app_type(), distribution: app.distribution }
    }
}

impl From<Summary> for SummaryJson {
    fn from(summary: Summary) -> Self {
        Self {
            needs_attention: summary.needs_attention,
            review_recommended: summary.review_recommended,
            healthy: summary.healthy,
        }
    }
}

impl From<Forecast> for ForecastJson {
    fn from(forecast: Forecast) -> Self {
        Self { review_recommended: forecast.review_recommended, healthy: forecast.healthy }
    }
}

impl<'a> ObservationJson<'a> {
    fn new(observation: &'a ObservationHealth, incomplete: &[Day]) -> Self {
        let day = |day: &model::DayVerdict| DayJson {
            date: day.day,
            severity: day.severity,
            affected: day.affected,
            base: day.base,
            incomplete: incomplete.contains(&day.day),
        };
        Self {
            key: observation.observation.key(),
            title: &observation.title,
            status: observation.status,
            reason: &observation.reason,
            forecast: observation.forecast.into(),
            days: observation.days.iter().map(day).collect(),
        }
    }
}

impl<'a> From<&'a AppOverview> for OverviewJson<'a> {
    fn from(overview: &'a AppOverview) -> Self {
        Self {
            app: (&overview.app).into(),
            discovered: overview.app.discovered,
            status: overview.status,
            summary: overview.summary.into(),
            calls: overview.calls,
            incomplete_days: &overview.incomplete,
        }
    }
}

/// The Integration Health of an app as one JSON object.
#[must_use]
pub fn health_json(health: &AppHealth) -> String {
    to_json(&HealthJson {
        app: (&health.app).into(),
        as_of: health.as_of,
        window: WindowJson { start: health.window.start, end: health.window.end },
        status: health.status,
        summary: health.summary.into(),
        observations: health.observations.iter().map(|it| ObservationJson::new(it, &health.incomplete)).collect(),
        incomplete_days: &health.incomplete,
    })
}

/// Apps with their status as one JSON object.
#[must_use]
pub fn apps_json(as_of: Day, apps: &[AppOverview]) -> String {
    to_json(&OverviewsJson { as_of, apps: apps.iter().map(Into::into).collect() })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn to_json(value: &impl Serialize) -> String {
    // These shapes have text keys and numbers only, so writing them can't fail.
    serde_json::to_string(value).unwrap_or_default()
}
