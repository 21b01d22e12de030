//! Integration Health as JSON, and the API Call Activity Report as CSV.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::{AppId, Day};

use crate::Portal;
use crate::fault::{ApiFault, app_id};
use crate::query::Params;

/// Counts are kept for 400 days, so a longer report would not hold more.
const MOST_REPORT_DAYS: u16 = 400;

/// `GET /api/v1/apps/{app}/health?as_of=DAY`
pub(crate) async fn health(
    State(portal): State<Portal>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    let app = app_id(path)?;
    let as_of = Params::of_api(query, &["as_of"])?.as_of()?.unwrap_or(portal.steadfast.today());
    let health = portal.steadfast.health(&app, as_of).await?;
    let json = service::health_json(&health);
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response())
}

/// `GET /api/v1/apps/{app}/activity.csv?as_of=DAY&days=N`
pub(crate) async fn activity_csv(
    State(portal): State<Portal>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    let app = app_id(path)?;
    let params = Params::of_api(query, &["as_of", "days"])?;
    let as_of = params.as_of()?.unwrap_or(portal.steadfast.today());
    let days = params.number("days", service::REPORT_DAYS, MOST_REPORT_DAYS)?;
    let csv = portal.steadfast.report_csv(&app, as_of, days).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition(&app, as_of)),
    ];
    Ok((headers, csv).into_response())
}

/// A download under the report's file name.
fn disposition(app: &AppId, as_of: Day) -> HeaderValue {
    let value = format!("attachment; filename=\"{}\"", service::report_file_name(app, as_of));
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_is_safe_on_every_system() {
        let name = |app: &str| disposition(&app.parse().unwrap(), "2026-11-20".parse().unwrap());
        assert_eq!(name("acme-erp"), "attachment; filename=\"api-call-activity-acme-erp-2026-11-20.csv\"");
        assert_eq!(name("../a\"b;c é"), "attachment; filename=\"api-call-activity-.._a_b_c__-2026-11-20.csv\"");
    }
}
