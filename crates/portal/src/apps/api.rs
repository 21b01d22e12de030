//! Apps for programs: listing, making and reading them.

use access::Actor;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{App, AppType, Distribution, Status};
use serde::{Deserialize, Serialize};
use service::{AppOverview, NewApp};
use utoipa::{OpenApi, ToSchema};

use super::filter::Filter;
use crate::Portal;
use crate::access::rights::{AppsRead, AppsWrite, SeeApp};
use crate::access::{InApp, Known};
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::{Listing, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls;

/// What an app is made of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AppTypeWire {
    DataConnection,
    Embedded,
    Hybrid,
}

/// How an app reaches companies.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DistributionWire {
    Custom,
    Marketplace,
}

/// How healthy an app is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusWire {
    NeedsAttention,
    ReviewRecommended,
    Healthy,
}

/// An app in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppListed {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// Its type; null without components.
    pub(crate) r#type: Option<AppTypeWire>,
    pub(crate) distribution: Option<DistributionWire>,
    /// Whether it was only seen in traffic, and nobody has registered it.
    pub(crate) discovered: bool,
    /// Null without production calls in the last 30 days.
    pub(crate) status: Option<StatusWire>,
    /// Production calls in the last 30 complete days.
    pub(crate) calls: u64,
    /// Those of the last 14 days that are incomplete: calls are missing there. Left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 14)]
    pub(crate) incomplete_days: Vec<String>,
}

/// An app.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppRead {
    #[serde(flatten)]
    pub(crate) app: AppListed,
    /// What it says of itself.
    pub(crate) description: String,
    /// The organisation that owns it; null for a discovered app.
    #[schema(format = "uuid")]
    pub(crate) organisation: Option<String>,
    /// When it was registered; null for a discovered app.
    #[schema(format = DateTime)]
    pub(crate) created_at: Option<String>,
    /// The id of its owner; null for a discovered app.
    #[schema(format = "uuid")]
    pub(crate) owner: Option<String>,
    /// The role of who asks, where they work on it.
    #[schema(example = "developer")]
    pub(crate) role: Option<String>,
}

/// An app to be made.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppNew {
    /// 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// The organisation that will own it; needed by who is in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    organisation: Option<String>,
}

impl From<AppType> for AppTypeWire {
    fn from(app_type: AppType) -> Self {
        match app_type {
            AppType::DataConnection => Self::DataConnection,
            AppType::Embedded => Self::Embedded,
            AppType::Hybrid => Self::Hybrid,
        }
    }
}

impl From<Distribution> for DistributionWire {
    fn from(distribution: Distribution) -> Self {
        match distribution {
            Distribution::Custom => Self::Custom,
            Distribution::Marketplace => Self::Marketplace,
        }
    }
}

impl From<DistributionWire> for Distribution {
    fn from(distribution: DistributionWire) -> Self {
        match distribution {
            DistributionWire::Custom => Self::Custom,
            DistributionWire::Marketplace => Self::Marketplace,
        }
    }
}

impl From<Status> for StatusWire {
    fn from(status: Status) -> Self {
        match status {
            Status::NeedsAttention => Self::NeedsAttention,
            Status::ReviewRecommended => Self::ReviewRecommended,
            Status::Healthy => Self::Healthy,
        }
    }
}

impl From<&AppOverview> for AppListed {
    fn from(overview: &AppOverview) -> Self {
        let App { id, name, distribution, discovered, .. } = &overview.app;
        Self {
            id: id.to_string(),
            name: name.clone(),
            r#type: overview.app.app_type().map(AppTypeWire::from),
            distribution: distribution.map(DistributionWire::from),
            discovered: *discovered,
            status: overview.status.map(StatusWire::from),
            calls: overview.calls,
            incomplete_days: overview.incomplete.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The caller's apps
///
/// A person's: those that they work on, and those of organisations where they are an admin. An organisation's: all.
/// By id, page by page.
#[utoipa::path(
    get, path = "/api/v1/apps", tag = "apps",
    params(
        ("q" = Option<String>, Query, description = "Within name or id"),
        ("status" = Option<String>, Query, description = "`needs_attention`, `review_recommended`, `healthy` or `none`"),
        ("type" = Option<String>, Query, description = "`data_connection`, `embedded`, `hybrid` or `none`"),
        Paging,
    ),
    responses((status = 200, body = Listing<AppListed>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: Known<AppsRead>,
    query: RawQuery,
) -> Result<Json<Listing<AppListed>>, ApiFault> {
    let params = Params::of_api(query, &["q", "status", "type", "limit", "cursor"])?;
    let filter = Filter::of(&params)?;
    let steadfast = &portal.steadfast;
    let ids = match &who.caller.actor {
        Actor::Organisation { id, .. } => steadfast.apps_of_organisation(*id).await?,
        Actor::Person { id, .. } => steadfast.apps_of_person(*id).await?,
        Actor::Stranger | Actor::Source { .. } => return Err(Fault::Broken.into()),
    };
    let mut apps = steadfast.apps_of(&ids, steadfast.today()).await?;
    apps.retain(|overview| filter.keeps(overview));
    apps.sort_by(|a, b| a.app.id.cmp(&b.app.id));
    let items = apps.iter().map(AppListed::from).collect();
    Ok(Json(Listing::of(&params, items, |app| app.id.clone())?))
}

/// Make an app
///
/// Who makes it becomes its owner; for a token of an organisation, who made the token.
#[utoipa::path(
    post, path = "/api/v1/apps", tag = "apps", request_body = AppNew,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing")),
    responses(
        (status = 201, body = AppRead, headers(("Location" = String, description = "The app"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn create(
    State(portal): State<Portal>,
    who: Known<AppsWrite>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<AppNew>,
) -> Result<Response, ApiFault> {
    let Known { caller, .. } = who;
    let once = once(&caller, &headers, "/api/v1/apps", &body)?;
    let organisation = match &body.organisation {
        Some(text) => Some(text.parse().map_err(|error| service::Refusal::invalid("organisation", error))?),
        None => None,
    };
    let new = NewApp { name: body.name, organisation };
    let id = portal.steadfast.register_app(&caller.actor, &new, once.as_ref()).await?;
    let read = read_app(&portal, &id, &caller.actor).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, urls::app_json(&id))], Json(read)).into_response())
}

/// An app
#[utoipa::path(
    get, path = "/api/v1/apps/{app}", tag = "apps", params(("app" = String, Path, description = "Its id")),
    responses((status = 200, body = AppRead), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Json<AppRead>, ApiFault> {
    Params::of_api(query, &[])?;
    Ok(Json(read_app(&portal, &seen.app.id, &seen.caller.actor).await?))
}

/// An app as this actor reads it.
pub(crate) async fn read_app(portal: &Portal, id: &model::AppId, actor: &Actor) -> Result<AppRead, Fault> {
    let summary = portal.steadfast.app_summary(id, portal.steadfast.today()).await?;
    let registration = summary.registration;
    let role = match actor.person() {
        Some(person) => portal.steadfast.store.app_role(id, person).await.map_err(service::Error::from)?,
        None => None,
    };
    Ok(AppRead {
        app: AppListed::from(&summary.overview),
        description: registration.as_ref().map(|it| it.description.clone()).unwrap_or_default(),
        organisation: registration.as_ref().map(|it| it.organisation.to_string()),
        created_at: registration.map(|it| it.created_at.to_string()),
        owner: summary.owner.map(|person| person.id.to_string()),
        role: role.map(|role| role.key().to_owned()),
    })
}

#[derive(OpenApi)]
#[openapi(
    paths(list, create, read),
    tags((name = "apps", description = "Apps, their settings and who works on them"))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::filter::status_key;

    #[test]
    fn the_words_of_the_filter_are_those_of_the_answer() {
        for status in [Status::NeedsAttention, Status::ReviewRecommended, Status::Healthy] {
            let word = serde_json::to_value(StatusWire::from(status)).unwrap();
            assert_eq!(word, status_key(Some(status)));
        }
    }
}
