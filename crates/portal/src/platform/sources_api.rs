//! Sources of traffic, for programs: the JSON of `steadfast sources --format json`, source by source.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use model::{SourceName, UnixMillis};
use serde::{Deserialize, Serialize};
use service::SourceView;
use utoipa::{OpenApi, ToSchema};

use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::fault::{ApiFault, Fault};
use crate::listing::{Listing, PAGING, Paging};
use crate::openapi::Problem;
use crate::query::Params;

/// A source of traffic.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceWire {
    /// Its name: that of `[sources.NAME]` in the configuration, or `files`, `stdin`, `http` where none is named.
    #[schema(example = "kong-eu")]
    name: String,
    /// How its calls come in: `files`, `stdin`, `http`, `syslog`; empty where nothing came yet and nothing is declared.
    ways: Vec<String>,
    /// From where, as the configuration says; empty where it says nothing.
    from: String,
    /// What is expected of it: `usual`, `always` or `never`.
    expect: String,
    /// For how many minutes after an hour its calls may still come.
    allowance_minutes: u32,
    /// The time of its latest call.
    #[schema(required, format = DateTime)]
    last_call_at: Option<String>,
    /// When lines of it were last counted or rejected.
    #[schema(required, format = DateTime)]
    last_received_at: Option<String>,
    /// How old its latest call is.
    #[schema(required)]
    age_seconds: Option<i64>,
    /// How far behind it runs: from its latest call to when it was last received.
    #[schema(required)]
    lag_seconds: Option<i64>,
    /// All its calls that were ever counted.
    calls: u64,
    /// Those of the last 24 hours, the present one included, by their own time.
    received_24h: u64,
    /// How many were expected at least in those of these hours whose time is up; null where nothing was.
    #[schema(required)]
    expected_24h: Option<u64>,
    /// The last 48 hours, oldest first.
    hours: Vec<SourceHour>,
    /// The latest gaps, oldest first: 100 at most.
    gaps: Vec<SourceGap>,
    /// Lines that could not be used, by reason, most frequent first.
    rejected: Vec<SourceRejected>,
    /// What readers know to be lost, the latest 100; each is among the gaps too.
    losses: Vec<SourceLoss>,
    /// Files of it that can't be read at present, as whoever follows them found last: 100 at most.
    unread_files: Vec<SourceUnreadFile>,
}

/// An hour of a source.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceHour {
    /// Its first instant.
    #[schema(format = DateTime)]
    hour: String,
    /// How many calls were expected at least; null where nothing is known to compare with.
    #[schema(required)]
    expected: Option<u64>,
    received: u64,
    /// Whether its time is up: it is over, and the allowance too.
    over: bool,
    /// Whether calls are missing: it is a gap, or a loss touches it.
    gap: bool,
}

/// A span of time of which calls are missing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceGap {
    #[schema(format = DateTime)]
    from: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    until: String,
    /// How many calls were expected at least; null for a loss.
    #[schema(required)]
    expected: Option<u64>,
    /// How many came; null for a loss: some may have, from before, after or beside it.
    #[schema(required)]
    received: Option<u64>,
}

/// Lines that could not be used for one reason.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceRejected {
    #[schema(example = "not_json")]
    reason: String,
    /// Since the beginning.
    lines: u64,
    /// Received in the last 24 hours.
    lines_24h: u64,
}

/// Calls that a reader knows to be lost.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceLoss {
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    until: String,
    /// `rotated_away`, `corrupt`, `cut_short`, `dropped` or `nobody_listened`.
    reason: String,
    /// What exactly happened, such as the name of a file; may be empty.
    detail: String,
    #[schema(format = DateTime)]
    noticed_at: String,
}

/// A file that can't be read.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceUnreadFile {
    #[schema(example = "/var/log/nginx/access.log")]
    path: String,
    /// Why, in words: it may not be opened, its format can't be told, or no line of it is in the format that is named.
    reason: String,
}

fn wire(source: &SourceView, now: UnixMillis) -> Result<SourceWire, Fault> {
    serde_json::from_value(service::source_json(now, source)).map_err(Fault::from)
}

/// The sources of traffic
///
/// By name. What of their calls is missing makes days incomplete.
#[utoipa::path(
    get, path = "/api/v1/sources", tag = "platform", operation_id = "traffic_sources",
    params(Paging),
    responses((status = 200, body = Listing<SourceWire>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Json<Listing<SourceWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let (sources, now) = (portal.steadfast.source_views().await?, portal.steadfast.clock.now());
    let page = Listing::of(&params, sources, |source| source.name.to_string())?;
    let items = page.items.iter().map(|source| wire(source, now)).collect::<Result<_, _>>()?;
    Ok(Json(Listing { items, next: page.next }))
}

/// A source of traffic
#[utoipa::path(
    get, path = "/api/v1/sources/{source}", tag = "platform", operation_id = "traffic_source",
    params(("source" = String, Path, description = "Its name", pattern = "^[A-Za-z0-9._-]{1,64}$", example = "kong-eu")),
    responses((status = 200, body = SourceWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    source: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Json<SourceWire>, ApiFault> {
    Params::of_api(query, &[])?;
    let nowhere = || Fault::NotFound("there is no such source; `GET /api/v1/sources` lists them".to_owned());
    let Path(name) = source.map_err(|_| nowhere())?;
    let name: SourceName = name.parse().map_err(|_| nowhere())?;
    let sources = portal.steadfast.source_views().await?;
    let source = sources.iter().find(|source| source.name == name).ok_or_else(nowhere)?;
    Ok(Json(wire(source, portal.steadfast.clock.now())?))
}

#[derive(OpenApi)]
#[openapi(paths(list, read))]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
