//! What the platform's staff oversees, for programs.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use model::DeprecatedSince;
use serde::Serialize;
use service::{AppStanding, BoardRoute, Steadfast};
use utoipa::{OpenApi, ToSchema};

use super::apps::{Wanted, found, organisation_names};
use super::board::Kind;
use super::change::Change;
use super::sources::sender_names;
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::apps::api::{AppListed, StatusWire};
use crate::fault::ApiFault;
use crate::listing::{Listing, PAGING, Paging};
use crate::openapi::Problem;
use crate::query::Params;

/// What is different about an app since a week ago.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeWire {
    Worse,
    Better,
    New,
    Silent,
    Unclaimed,
}

impl From<Change> for ChangeWire {
    fn from(change: Change) -> Self {
        match change {
            Change::Worse => Self::Worse,
            Change::Better => Self::Better,
            Change::New => Self::New,
            Change::Silent => Self::Silent,
            Change::Unclaimed => Self::Unclaimed,
        }
    }
}

/// An app as the platform's staff sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlatformApp {
    #[serde(flatten)]
    app: AppListed,
    /// The organisation that owns it; null where nobody has claimed it.
    #[schema(format = "uuid")]
    organisation: Option<String>,
    /// The organisation's name.
    organisation_name: Option<String>,
    /// Its status as of a week ago.
    status_week_ago: Option<StatusWire>,
    /// Those of the 14 days before that day that are incomplete: `status_week_ago` stands over them. Left out where there are
    /// none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 14)]
    incomplete_days_week_ago: Vec<String>,
    /// Production calls on the last 7 complete days.
    calls_this_week: u64,
    /// Production calls on the 7 days before.
    calls_the_week_before: u64,
    /// What is different.
    changes: Vec<ChangeWire>,
}

/// An operation, or a method on a route that is documented nowhere, and who calls it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardOperation {
    method: String,
    route: String,
    /// Whether the catalog documents the route.
    documented: bool,
    /// Whether the catalog keeps it from outside use.
    internal: bool,
    /// Since when it is deprecated; null where it is not, or has been since it is known.
    #[schema(format = Date)]
    deprecated_since: Option<String>,
    /// The day from which it may be gone.
    #[schema(format = Date)]
    sunset: Option<String>,
    /// What to call instead.
    replaced_by: Option<String>,
    /// Calls on the last 30 complete days.
    calls: u64,
    /// How many apps made them.
    apps: u64,
    /// The first day with calls that is kept.
    #[schema(format = Date)]
    first_seen: Option<String>,
    /// The last day with calls.
    #[schema(format = Date)]
    last_seen: Option<String>,
    /// Whether no call to it is counted at all, as far as counts reach.
    safe_to_remove: bool,
    /// The first day of which there are counts.
    #[schema(format = Date)]
    counted_since: Option<String>,
    /// Who calls it, most calls first: 100 at most.
    used_by: Vec<BoardUse>,
}

/// An app's calls to an operation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardUse {
    app: String,
    calls: u64,
    #[schema(format = Date)]
    first_seen: String,
    #[schema(format = Date)]
    last_seen: String,
}

/// Where counts come from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourcesWire {
    /// Files and how far they are read, the last moved first: 1,000 at most.
    files: Vec<SourceFile>,
    /// Who sent batches over HTTP in the last 24 hours.
    batches: Vec<SourceBatches>,
    /// Lines that could not be used since the beginning, by reason.
    rejected: Vec<SourceRejects>,
    /// The last import of the catalog.
    catalog: Option<SourceCatalog>,
}

/// A file that is read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceFile {
    path: String,
    lines: u64,
    /// Bytes of unpacked content that are counted.
    bytes: u64,
    #[schema(format = DateTime)]
    last_counted_at: String,
    /// Seconds since then.
    lag_seconds: u64,
}

/// Who sent batches over HTTP. What comes by syslog comes without a token and is not among them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceBatches {
    /// The token's id; the operator's where one sent without a token.
    token: String,
    /// What the token is called.
    token_name: Option<String>,
    batches: u64,
    calls: u64,
    #[schema(format = DateTime)]
    last_received_at: String,
}

/// Lines that could not be used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceRejects {
    reason: String,
    lines: u64,
}

/// An import of the catalog.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceCatalog {
    import: i64,
    #[schema(format = DateTime)]
    at: String,
    documents: Vec<String>,
}

/// How many apps are named for an operation.
const USES: usize = 100;

/// How many files are told of.
const FILES: usize = 1000;

fn platform_app(app: &AppStanding, names: &HashMap<model::OrganisationId, String>) -> PlatformApp {
    let changes = Change::ALL.into_iter().filter(|change| change.holds(app)).map(ChangeWire::from);
    PlatformApp {
        app: AppListed::from(&app.overview),
        organisation: app.organisation.map(|id| id.to_string()),
        organisation_name: app.organisation.and_then(|id| names.get(&id).cloned()),
        status_week_ago: app.week_ago.map(StatusWire::from),
        incomplete_days_week_ago: app.incomplete_week_ago.iter().map(ToString::to_string).collect(),
        calls_this_week: app.calls_this_week,
        calls_the_week_before: app.calls_the_week_before,
        changes: changes.collect(),
    }
}

/// All apps
///
/// By id, page by page, with their status of now and of a week ago.
#[utoipa::path(
    get, path = "/api/v1/platform/apps", tag = "platform",
    params(
        ("q" = Option<String>, Query, description = "Within the name or id of an app, or the name of its organisation"),
        ("status" = Option<String>, Query, description = "`needs_attention`, `review_recommended`, `healthy` or `none`"),
        ("type" = Option<String>, Query, description = "`data_connection`, `embedded`, `hybrid` or `none`"),
        ("change" = Option<String>, Query, description = "`worse`, `better`, `new`, `silent` or `unclaimed`"),
        Paging,
    ),
    responses((status = 200, body = Listing<PlatformApp>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn apps(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Json<Listing<PlatformApp>>, ApiFault> {
    let params = Params::of_api(query, &["q", "status", "type", "change", "limit", "cursor"])?;
    let wanted = Wanted::of(&params)?;
    let overview = portal.steadfast.overview(portal.steadfast.today()).await?;
    let names = organisation_names(&portal).await?;
    let organisations =
        if wanted.filter.search.is_empty() { HashMap::new() } else { found(&names, &wanted.filter.search) };
    let mut found = wanted.of_overview(&overview, &organisations);
    found.sort_by(|a, b| a.overview.app.id.cmp(&b.overview.app.id));
    let page = Listing::of(&params, found, |app| app.overview.app.id.to_string())?;
    Ok(Json(page.map(|app| platform_app(app, &names))))
}

/// Deprecated operations and who calls them
///
/// Every operation that the catalog marks as deprecated, the next sunset first.
#[utoipa::path(
    get, path = "/api/v1/platform/deprecated", tag = "platform",
    params(
        Paging,
    ),
    responses((status = 200, body = Listing<BoardOperation>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn deprecated(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Json<Listing<BoardOperation>>, ApiFault> {
    Ok(Json(board(&portal.steadfast, query, Kind::Deprecated).await?))
}

/// Private routes and who calls them
///
/// Routes that apps called on the last 30 days though they are documented nowhere or kept from outside use, the most
/// called first.
#[utoipa::path(
    get, path = "/api/v1/platform/private", tag = "platform",
    params(
        Paging,
    ),
    responses((status = 200, body = Listing<BoardOperation>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn private(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Json<Listing<BoardOperation>>, ApiFault> {
    Ok(Json(board(&portal.steadfast, query, Kind::Private).await?))
}

async fn board(steadfast: &Steadfast, query: RawQuery, kind: Kind) -> Result<Listing<BoardOperation>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let board = steadfast.board(steadfast.today()).await?;
    let since = board.counted_since.map(|day| day.to_string());
    let page = Listing::by_place(&params, kind.routes(&board))?;
    let incomplete = steadfast.incomplete_days_of_any(board.recent).await?;
    let complete = board.waiting == 0 && incomplete.is_empty();
    Ok(page.map(|route| operation(route, complete, since.clone())))
}

fn operation(route: &BoardRoute, complete: bool, counted_since: Option<String>) -> BoardOperation {
    let day = |day: Option<model::Day>| day.map(|day| day.to_string());
    BoardOperation {
        method: route.method.clone(),
        route: route.route.clone(),
        documented: route.documented,
        internal: route.internal,
        deprecated_since: match route.deprecated {
            Some(DeprecatedSince::Day(day)) => Some(day.to_string()),
            Some(DeprecatedSince::Always) | None => None,
        },
        sunset: day(route.sunset),
        replaced_by: route.replaced_by.clone(),
        calls: route.calls,
        apps: route.apps() as u64,
        first_seen: day(route.first),
        last_seen: day(route.last),
        safe_to_remove: complete && route.uses.is_empty() && counted_since.is_some(),
        counted_since,
        used_by: route
            .uses
            .iter()
            .take(USES)
            .map(|of| BoardUse {
                app: of.app.to_string(),
                calls: of.calls,
                first_seen: of.first.to_string(),
                last_seen: of.last.to_string(),
            })
            .collect(),
    }
}

/// Where counts come from
#[utoipa::path(
    get, path = "/api/v1/platform/sources", tag = "platform",
    responses((status = 200, body = SourcesWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn sources(
    State(portal): State<Portal>,
    _staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Json<SourcesWire>, ApiFault> {
    Params::of_api(query, &[])?;
    let sources = portal.steadfast.sources().await?;
    let names = sender_names(&portal, &sources).await?;
    let lag = |at: model::UnixMillis| u64::try_from(sources.now.0.saturating_sub(at.0) / 1000).unwrap_or(0);
    let files = sources.positions.iter().take(FILES).map(|position| SourceFile {
        path: position.path.clone(),
        lines: position.lines,
        bytes: position.offset,
        last_counted_at: position.updated_at.to_string(),
        lag_seconds: lag(position.updated_at),
    });
    let batches = sources.senders.iter().zip(names).map(|(sender, name)| SourceBatches {
        token: sender.sender.clone(),
        token_name: name,
        batches: sender.batches,
        calls: sender.accepted,
        last_received_at: sender.last_at.to_string(),
    });
    let rejected =
        sources.rejects.iter().map(|(reason, lines)| SourceRejects { reason: reason.clone(), lines: *lines });
    let catalog = sources.import.as_ref().map(|import| SourceCatalog {
        import: import.number,
        at: import.at.to_string(),
        documents: import.documents.clone(),
    });
    Ok(Json(SourcesWire { files: files.collect(), batches: batches.collect(), rejected: rejected.collect(), catalog }))
}

#[derive(OpenApi)]
#[openapi(
    paths(apps, deprecated, private, sources),
    tags((name = "platform", description = "What the platform's staff oversees"))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_filter_are_those_of_the_answer() {
        for change in Change::ALL {
            assert_eq!(serde_json::to_value(ChangeWire::from(change)).unwrap(), change.key());
        }
    }
}
