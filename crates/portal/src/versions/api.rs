//! Versions for programs: saved and promoted from a pipeline, say.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use manifest::{Change, Difference};
use model::{PersonId, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{NewVersion, Steadfast};
use utoipa::{OpenApi, ToSchema};

use super::pages::{InPath, version_in};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{EditManifests, SeeManifests};
use crate::components::demand_registered;
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging, bad_cursor, limit};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls;

/// Where a version can be installed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VersionState {
    /// In sandboxes alone.
    Sandbox,
    /// In production too.
    Production,
}

/// Somebody who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct By {
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Null where the account is gone.
    pub(crate) name: Option<String>,
}

/// A version in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionListed {
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// `X.Y.Z`
    #[schema(example = "1.2.0")]
    pub(crate) number: String,
    pub(crate) state: VersionState,
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    pub(crate) created_by: By,
    /// Installs it in a sandbox.
    #[schema(format = "uuid")]
    pub(crate) sandbox_key: String,
    /// Installs it in production; null until it is promoted.
    #[schema(format = "uuid")]
    pub(crate) production_key: Option<String>,
    /// What is new, since it was promoted.
    pub(crate) release_notes: Option<String>,
    #[schema(format = DateTime)]
    pub(crate) promoted_at: Option<String>,
    pub(crate) promoted_by: Option<By>,
}

/// One thing that changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionChange {
    /// Which kind of change.
    #[schema(example = "host_added")]
    pub(crate) kind: String,
    /// The change in words.
    pub(crate) text: String,
    /// What it was, where that can be said shortly.
    pub(crate) from: Option<String>,
    /// What it is, where that can be said shortly.
    pub(crate) to: Option<String>,
    /// `major`, `minor` or `patch`: the step that it needs.
    pub(crate) level: String,
}

/// A version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionRead {
    #[serde(flatten)]
    pub(crate) version: VersionListed,
    /// Its manifest, which never changes.
    #[schema(value_type = Object)]
    pub(crate) manifest: Value,
    /// What is different from the version before.
    pub(crate) changes: Vec<VersionChange>,
}

/// A version to be saved.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionNew {
    /// `X.Y.Z`, above every version before, and high enough for what changed.
    #[schema(example = "0.1.0")]
    number: String,
    /// The revision of the draft that is meant.
    revision: i64,
}

/// What is said with a promotion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromotionNew {
    /// What is new, for the admins of the companies that use the app: 1 to 4,000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    release_notes: String,
}

type People = BTreeMap<PersonId, String>;

impl VersionListed {
    fn new(version: &Version, people: &People) -> Self {
        let by = |person: PersonId| By { id: person.to_string(), name: people.get(&person).cloned() };
        let promotion = version.promotion.as_ref();
        Self {
            id: version.id.to_string(),
            number: Steadfast::number_of(version).to_string(),
            state: if promotion.is_some() { VersionState::Production } else { VersionState::Sandbox },
            created_at: version.created_at.to_string(),
            created_by: by(version.created_by),
            sandbox_key: version.sandbox_key.to_string(),
            production_key: promotion.map(|promotion| promotion.production_key.to_string()),
            release_notes: promotion.map(|promotion| promotion.release_notes.clone()),
            promoted_at: promotion.map(|promotion| promotion.at.to_string()),
            promoted_by: promotion.map(|promotion| by(promotion.by)),
        }
    }
}

impl From<&Change> for VersionChange {
    fn from(change: &Change) -> Self {
        let kind = serde_json::to_value(change.kind).ok();
        Self {
            kind: kind.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
            text: change.to_string(),
            from: change.from.clone(),
            to: change.to.clone(),
            level: change.level.as_str().to_owned(),
        }
    }
}

/// The versions of an app
///
/// The newest first, page by page; a newer version always has a higher number.
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/versions", tag = "manifests", operation_id = "list_versions",
    params(
        ("app" = String, Path, description = "The app's id"),
        Paging,
    ),
    responses(
        (status = 200, body = Listing<VersionListed>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    seen: InApp<SeeManifests>,
    query: RawQuery,
) -> Result<Json<Listing<VersionListed>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    demand_registered(&seen)?;
    let versions = portal.steadfast.versions(&seen.app.id).await?;
    let (page, next) = page_of(&params, versions)?;
    let people = portal.steadfast.people_behind(&page).await?;
    let items = page.iter().map(|version| VersionListed::new(version, &people)).collect();
    Ok(Json(Listing { items, next }))
}

/// The page that `limit` and `cursor` ask for: what is below the number that the cursor names.
fn page_of(params: &Params, mut versions: Vec<Version>) -> Result<(Vec<Version>, Option<String>), Fault> {
    let limit = usize::from(limit(params)?);
    let cursor = params.text("cursor");
    if !cursor.is_empty() {
        let below: manifest::VersionNumber = cursor.parse().map_err(|_| bad_cursor(cursor))?;
        versions.retain(|version| Steadfast::number_of(version) < below);
    }
    let more = versions.len() > limit;
    versions.truncate(limit);
    let next = versions.last().filter(|_| more).map(|version| Steadfast::number_of(version).to_string());
    Ok((versions, next))
}

/// Save the draft as a version
#[utoipa::path(
    post, path = "/api/v1/apps/{app}/versions", tag = "manifests", operation_id = "save_version",
    request_body = VersionNew,
    params(
        ("app" = String, Path, description = "The app's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing"),
    ),
    responses(
        (status = 201, body = VersionRead, headers(("Location" = String, description = "The version"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn create(
    State(portal): State<Portal>,
    seen: InApp<EditManifests>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<VersionNew>,
) -> Result<Response, ApiFault> {
    demand_registered(&seen)?;
    let app = &seen.app.id;
    let once = once(&seen.caller, &headers, &urls::versions_json(app), &body)?;
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let new = NewVersion { number: body.number, revision: body.revision, person: by.person };
    let version = portal.steadfast.save_version(app, &new, by.doer, once.as_ref()).await?;
    let location = urls::version_json(app, version.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(read_version(&portal, &version).await?))
        .into_response())
}

/// A version of an app
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/versions/{version}", tag = "manifests", operation_id = "read_version",
    params(
        ("app" = String, Path, description = "The app's id"),
        ("version" = String, Path, description = "The version's id"),
    ),
    responses(
        (status = 200, body = VersionRead),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    seen: InApp<SeeManifests>,
    path: InPath,
    query: RawQuery,
) -> Result<Json<VersionRead>, ApiFault> {
    Params::of_api(query, &[])?;
    let version = portal.steadfast.version_named(&seen.app.id, &version_in(path)?).await?;
    Ok(Json(read_version(&portal, &version).await?))
}

/// Promote a version to production
///
/// Can't be undone, and production never goes back to a lower number.
#[utoipa::path(
    post, path = "/api/v1/apps/{app}/versions/{version}/promotion", tag = "manifests", operation_id = "promote_version",
    request_body = PromotionNew,
    params(
        ("app" = String, Path, description = "The app's id"),
        ("version" = String, Path, description = "The version's id"),
    ),
    responses(
        (status = 200, body = VersionRead),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn promote(
    State(portal): State<Portal>,
    seen: InApp<EditManifests>,
    path: InPath,
    JsonBody(body): JsonBody<PromotionNew>,
) -> Result<Json<VersionRead>, ApiFault> {
    let named = version_in(path)?;
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let version = portal.steadfast.promote(&seen.app.id, &named, &body.release_notes, by.person, by.doer).await?;
    Ok(Json(read_version(&portal, &version).await?))
}

async fn read_version(portal: &Portal, version: &Version) -> Result<VersionRead, Fault> {
    let people = portal.steadfast.people_behind(std::slice::from_ref(version)).await?;
    let Difference { changes, .. } = portal.steadfast.changes_of(version).await?;
    Ok(VersionRead {
        version: VersionListed::new(version, &people),
        manifest: serde_json::from_str(&version.manifest)?,
        changes: changes.iter().map(VersionChange::from).collect(),
    })
}

#[derive(OpenApi)]
#[openapi(
    paths(list, create, read, promote),
    components(schemas(VersionListed, VersionRead, VersionNew, VersionChange, PromotionNew, VersionState, By))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
