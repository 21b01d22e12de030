//! An app's activity as JSON and as CSV: the API Call Activity Report, whole or narrowed.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::{AppId, Day, DayRange};
use serde::Serialize;
use service::{ActivityFilter, Flaw, MOST_DAYS, Refusal};
use utoipa::{OpenApi, ToSchema};

use super::asked::{Asked, FILTERS, SORT};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::fault::{ApiFault, Fault};
use crate::listing::place;
use crate::openapi::Problem;
use crate::query::Params;

/// How many rows an answer holds at most, and unless asked otherwise.
const MOST_ROWS: u16 = 1000;
const USUAL_ROWS: u16 = 100;

/// The calls of an app that a filter lets through.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActivityAnswer {
    /// The first day.
    #[schema(format = Date, value_type = String)]
    from: Day,
    /// The last day.
    #[schema(format = Date, value_type = String)]
    to: Day,
    /// The sum of the counts of all rows, those of other pages too.
    total: u64,
    /// One row for each combination that occurred.
    items: Vec<ActivityItem>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
    /// The days between these that are incomplete: calls are missing there. Left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 400)]
    incomplete_days: Vec<Day>,
}

/// How many calls of a day had this code, method and route.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActivityItem {
    /// The day, in the platform's time zone.
    #[schema(format = Date, value_type = String)]
    date: Day,
    /// The response code.
    #[schema(minimum = 100, maximum = 599)]
    status: u16,
    /// The HTTP method.
    #[schema(example = "GET")]
    method: String,
    /// The normalized route.
    #[schema(example = "/rest/v1.0/projects/:project_id/rfis")]
    route: String,
    /// The calls.
    #[schema(minimum = 1)]
    count: u64,
}

/// The calls of an app by day, code, method and route
///
/// The counts behind the API Call Activity Report, narrowed as asked. Without `from` and `to` the last 30 complete days.
/// Companies are known only for calls that show a problem.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{app}/activity",
    tag = "apps",
    operation_id = "activity",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("from" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description = "The first day (`YYYY-MM-DD`)", example = "2026-11-01"),
        ("to" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description = "The last day; at most 400 days in all", example = "2026-11-19"),
        ("status" = Option<String>, Query, pattern = "^([1-5][0-9]{2}|[1-5][xX]{2})?$", description = "A code (`403`) or a class (`4xx`)"),
        ("method" = Option<String>, Query, pattern = "^[A-Za-z]{0,32}$", description = "A method"),
        ("route" = Option<String>, Query, description = "Exactly this normalized route"),
        ("route_contains" = Option<String>, Query, description = "A part of the route, in upper or lower case"),
        ("observation" = Option<String>, Query, pattern = "^(forbidden|not_found|rate_limited|unauthorized|missing_company_header|deprecated_endpoint|private_endpoint)?$", description = "Calls that show this problem, as health judges it: `forbidden`, `not_found`, `rate_limited`, `unauthorized`, `missing_company_header`, `deprecated_endpoint`, `private_endpoint`"),
        ("company" = Option<String>, Query, max_length = 210, description = "Calls of this company; `-` where the header is absent, `*` for those beyond the bound; a name that is one of these or begins with `=` is written behind a `=`"),
        ("environment" = Option<String>, Query, pattern = "^(production|sandbox)?$", description = "`production` (unless given) or `sandbox`"),
        ("sort" = Option<String>, Query, pattern = "^(newest|oldest|largest|smallest)?$", description = "`newest` (unless given), `oldest`, `largest` or `smallest`"),
        ("limit" = Option<u16>, Query, description = "How many rows at most; 100 unless given", minimum = 1, maximum = 1000),
        ("cursor" = Option<String>, Query, pattern = "^[0-9]{0,9}$", description = "The `next` of the page before")
    ),
    responses(
        (status = 200, description = "The rows", body = ActivityAnswer),
        (status = 400, description = "A parameter can't be understood", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody known asks", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such app for who asks", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tokens that nobody has, from this address", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Json<ActivityAnswer>, ApiFault> {
    let known: Vec<&str> = FILTERS.into_iter().chain([SORT, "limit", "cursor"]).collect();
    let params = Params::of_api(query, &known)?;
    let limit = usize::from(params.number("limit", USUAL_ROWS, MOST_ROWS)?);
    let start = place(&params)?;
    let asked = read(&params, portal.steadfast.today())?;
    let activity = portal.steadfast.activity(&seen.app.id, &asked.filter, asked.order).await?;
    let items = activity.rows.iter().skip(start).take(limit).map(|row| ActivityItem {
        date: row.day,
        status: row.status,
        method: row.method.to_string(),
        route: row.route.text.clone(),
        count: row.count,
    });
    let end = start.saturating_add(limit);
    Ok(Json(ActivityAnswer {
        from: asked.filter.days.start,
        to: asked.filter.days.end,
        total: activity.calls,
        items: items.collect(),
        next: (end < activity.rows.len()).then(|| end.to_string()),
        incomplete_days: activity.incomplete,
    }))
}

/// What is asked, or everything that is wrong with it in one sentence.
fn read(params: &Params, today: Day) -> Result<Asked, Fault> {
    Asked::read(params, today).map_err(refused)
}

fn refused(flaws: Vec<Flaw>) -> Fault {
    Fault::BadRequest(Refusal::Invalid(flaws).to_string())
}

/// The API Call Activity Report as CSV, whole or narrowed
///
/// `as_of` and `days` ask for the complete days before a day; `from` and `to` for days by name. Without either, the last 30
/// complete days. Rows are those of the activity with the same filter, all of them. A sixth column with the company is
/// there when filtered by company, or with `columns=company`; it is empty where companies are not known.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{app}/activity.csv",
    tag = "apps",
    operation_id = "activity_csv",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("as_of" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description = "The complete days before this day (`YYYY-MM-DD`); today unless given"),
        ("days" = Option<u16>, Query, description = "How many days; 30 unless given", minimum = 1, maximum = 400),
        ("from" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description = "The first day (`YYYY-MM-DD`), instead of `as_of` and `days`"),
        ("to" = Option<String>, Query, pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description = "The last day; at most 400 days in all"),
        ("status" = Option<String>, Query, pattern = "^([1-5][0-9]{2}|[1-5][xX]{2})?$", description = "A code (`403`) or a class (`4xx`)"),
        ("method" = Option<String>, Query, pattern = "^[A-Za-z]{0,32}$", description = "A method"),
        ("route" = Option<String>, Query, description = "Exactly this normalized route"),
        ("route_contains" = Option<String>, Query, description = "A part of the route, in upper or lower case"),
        ("observation" = Option<String>, Query, pattern = "^(forbidden|not_found|rate_limited|unauthorized|missing_company_header|deprecated_endpoint|private_endpoint)?$", description = "Calls that show this problem, as health judges it"),
        ("company" = Option<String>, Query, max_length = 210, description = "Calls of this company; `-` where the header is absent, `*` for those beyond the bound"),
        ("environment" = Option<String>, Query, pattern = "^(production|sandbox)?$", description = "`production` (unless given) or `sandbox`"),
        ("sort" = Option<String>, Query, pattern = "^(newest|oldest|largest|smallest)?$", description = "`newest` (unless given), `oldest`, `largest` or `smallest`"),
        ("columns" = Option<String>, Query, pattern = "^(company)?$", description = "`company` for a sixth column with the company")
    ),
    responses(
        (status = 200, description = "The report, with the header line `Date,Response Code,HTTP Method,Normalized Route,Count`", body = String, content_type = "text/csv",
            headers(("Steadfast-Incomplete-Days" = Option<String>, description = "The days that are incomplete (calls are missing there), separated by commas; absent where there are none"))),
        (status = 400, description = "A parameter can't be understood", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody known asks", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such app for who asks", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tokens that nobody has, from this address", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn csv(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Response, ApiFault> {
    let known: Vec<&str> = ["as_of", "days"].into_iter().chain(FILTERS).chain([SORT, "columns"]).collect();
    let params = Params::of_api(query, &known)?;
    let today = portal.steadfast.today();
    let mut asked = read(&params, today)?;
    let as_of = params.as_of()?.unwrap_or(today);
    let days = params.number("days", service::REPORT_DAYS, MOST_DAYS)?;
    let named = !params.text("from").is_empty() || !params.text("to").is_empty();
    if !named {
        asked.filter.days = DayRange::before(as_of, days);
    } else if params.has("as_of") || params.has("days") {
        let sentence = "ask for days by `from` and `to`, or by `as_of` and `days`, not by both";
        return Err(Fault::BadRequest(sentence.to_owned()).into());
    }
    let with_company = params.word("columns", &["company"], |word| (word == "company").then_some(()))?.is_some();
    let csv = portal.steadfast.activity_csv(&seen.app.id, &asked.filter, asked.order, with_company).await?;
    let whole = !named && asked.filter == ActivityFilter::of_days(asked.filter.days);
    let name = if whole { service::report_file_name(&seen.app.id, as_of) } else { narrowed_name(&seen.app.id, &asked) };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition(&name)),
    ];
    let mut response = (headers, csv).into_response();
    let incomplete = portal.steadfast.incomplete_days(&seen.app.id, asked.filter.days).await?;
    if let Some(days) = incomplete_header(&incomplete) {
        response.headers_mut().insert(INCOMPLETE_DAYS, days);
    }
    Ok(response)
}

/// The header that tells which days of a report are incomplete, since its columns can't.
const INCOMPLETE_DAYS: HeaderName = HeaderName::from_static("steadfast-incomplete-days");

/// The incomplete days as the value of a header: `2026-11-17, 2026-11-18`. None where there are none.
fn incomplete_header(days: &[Day]) -> Option<HeaderValue> {
    let days: Vec<String> = days.iter().map(Day::to_string).collect();
    HeaderValue::try_from(days.join(", ")).ok().filter(|_| !days.is_empty())
}

/// The name of a report of other days or of some calls only: `api-call-activity-acme-2026-11-01-to-2026-11-19.csv`.
fn narrowed_name(app: &AppId, asked: &Asked) -> String {
    let DayRange { start, end } = asked.filter.days;
    let name = service::report_file_name(app, start);
    let stem = name.strip_suffix(".csv").unwrap_or(&name);
    let narrowed = if asked.filter == ActivityFilter::of_days(asked.filter.days) { "" } else { "-filtered" };
    format!("{stem}-to-{end}{narrowed}.csv")
}

/// A download under a file name.
fn disposition(name: &str) -> HeaderValue {
    let value = format!("attachment; filename=\"{name}\"");
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[derive(OpenApi)]
#[openapi(paths(list, csv), components(schemas(ActivityAnswer, ActivityItem)))]
struct Document;

/// What this topic describes.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_is_safe_on_every_system() {
        let day = "2026-11-20".parse().unwrap();
        let name = |app: &str| disposition(&service::report_file_name(&app.parse().unwrap(), day));
        assert_eq!(name("acme-erp"), "attachment; filename=\"api-call-activity-acme-erp-2026-11-20.csv\"");
        assert_eq!(name("../a\"b;c é"), "attachment; filename=\"api-call-activity-.._a_b_c__-2026-11-20.csv\"");
    }

    #[test]
    fn a_narrowed_report_is_named_for_its_days() {
        let app = "acme".parse().unwrap();
        let days = DayRange { start: "2026-11-01".parse().unwrap(), end: "2026-11-19".parse().unwrap() };
        let asked = Asked::of_days(days);
        assert_eq!(narrowed_name(&app, &asked), "api-call-activity-acme-2026-11-01-to-2026-11-19.csv");
        let asked = asked.with(|filter| filter.status = "403".parse().ok());
        assert_eq!(narrowed_name(&app, &asked), "api-call-activity-acme-2026-11-01-to-2026-11-19-filtered.csv");
    }
}
