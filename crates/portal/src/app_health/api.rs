//! Integration Health as JSON.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::fault::ApiFault;
use crate::openapi::Problem;
use crate::query::Params;

/// The Integration Health of an app. (The JSON itself is written by [`service::health_json`], the same as on the command
/// line; a test holds it against these shapes.)
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthAnswer {
    app: HealthApp,
    /// Only complete days before this one count.
    #[schema(format = Date)]
    as_of: String,
    window: HealthWindow,
    /// The worst of the seven; null without production calls in the last 30 complete days.
    #[schema(required)]
    status: Option<HealthStatus>,
    summary: HealthSummary,
    /// The seven, in order; empty where there is no status.
    #[schema(max_items = 7)]
    observations: Vec<HealthObservation>,
    /// The days of the window that are incomplete: calls are missing there. Left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 14)]
    incomplete_days: Vec<String>,
}

/// The app.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthApp {
    id: String,
    name: String,
    /// `data_connection`, `embedded` or `hybrid`; null where nothing is known of its components.
    #[schema(required)]
    r#type: Option<String>,
    /// `custom` or `marketplace`; null where it is not known.
    #[schema(required)]
    distribution: Option<String>,
}

/// The 14 days that decide.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthWindow {
    #[schema(format = Date)]
    start: String,
    #[schema(format = Date)]
    end: String,
}

/// How the seven divide.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthSummary {
    needs_attention: u8,
    review_recommended: u8,
    healthy: u8,
}

/// A rolled-up status.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[cfg_attr(not(test), expect(dead_code, reason = "described here, written by the service"))]
#[serde(rename_all = "snake_case")]
pub(crate) enum HealthStatus {
    NeedsAttention,
    ReviewRecommended,
    Healthy,
}

/// One of the seven.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthObservation {
    #[schema(example = "forbidden")]
    key: String,
    title: String,
    status: HealthStatus,
    /// Why, in words.
    #[schema(example = "Critical on 2 of the last 3 days")]
    reason: String,
    forecast: HealthForecast,
    /// 14 entries, oldest first.
    #[schema(min_items = 14, max_items = 14)]
    days: Vec<HealthDay>,
}

/// The first `as_of` day on which the status would read so if the behaviour stopped; null where it does already.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthForecast {
    #[schema(required, format = Date)]
    review_recommended: Option<String>,
    #[schema(required, format = Date)]
    healthy: Option<String>,
}

/// One day of an observation.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct HealthDay {
    #[schema(format = Date)]
    date: String,
    severity: HealthSeverity,
    /// The calls that show the problem.
    affected: u64,
    /// The calls they are measured against.
    base: u64,
    /// Whether calls of the day are missing; left out where none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incomplete: Option<bool>,
}

/// How bad a day was.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[cfg_attr(not(test), expect(dead_code, reason = "described here, written by the service"))]
#[serde(rename_all = "snake_case")]
pub(crate) enum HealthSeverity {
    Healthy,
    Warning,
    Critical,
}

/// The Integration Health of an app
///
/// The same JSON as `steadfast health APP --format json`.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{app}/health",
    tag = "apps",
    operation_id = "health",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("as_of" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description = "The complete days before this day (`YYYY-MM-DD`); today unless given")
    ),
    responses(
        (status = 200, description = "Its health", body = HealthAnswer),
        (status = 400, description = "A parameter can't be understood", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody known asks", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such app for who asks", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tokens that nobody has, from this address", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn health(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    let as_of = Params::of_api(query, &["as_of"])?.as_of()?.unwrap_or(portal.steadfast.today());
    let health = portal.steadfast.health(&seen.app.id, as_of).await?;
    let json = service::health_json(&health);
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response())
}

#[derive(OpenApi)]
#[openapi(
    paths(health),
    components(schemas(
        HealthAnswer,
        HealthApp,
        HealthWindow,
        HealthSummary,
        HealthStatus,
        HealthObservation,
        HealthForecast,
        HealthDay,
        HealthSeverity
    ))
)]
struct Document;

/// What this topic describes.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_description_is_of_what_is_answered() {
        for health in [samples::troubled(), samples::clean(), samples::lacking(), samples::silent(), samples::hostile()]
        {
            let json = service::health_json(&health);
            let answer: HealthAnswer = serde_json::from_str(&json).unwrap();
            assert_eq!(
                serde_json::to_value(&answer).unwrap(),
                serde_json::from_str::<serde_json::Value>(&json).unwrap()
            );
        }
    }
}
