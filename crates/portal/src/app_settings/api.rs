//! The settings of an app for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use service::AppChange;
use utoipa::{OpenApi, ToSchema};

use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{DeleteApp, EditSettings};
use crate::apps::api::{AppRead, DistributionWire, read_app};
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::openapi::Problem;

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppPatch {
    /// 1 to 60 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// Up to 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: Option<String>,
    #[serde(default)]
    distribution: Option<DistributionWire>,
}

/// Change an app
#[utoipa::path(
    patch, path = "/api/v1/apps/{app}", tag = "apps", request_body = AppPatch,
    params(("app" = String, Path, description = "Its id")),
    responses((status = 200, body = AppRead), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn change(
    State(portal): State<Portal>,
    seen: InApp<EditSettings>,
    JsonBody(body): JsonBody<AppPatch>,
) -> Result<Json<AppRead>, ApiFault> {
    let change =
        AppChange { name: body.name, description: body.description, distribution: body.distribution.map(Into::into) };
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.change_app(&seen.app.id, &change, by).await?;
    Ok(Json(read_app(&portal, &seen.app.id, &seen.caller.actor).await?))
}

/// Delete an app
///
/// With all that belongs to it; what was counted stays.
#[utoipa::path(
    delete, path = "/api/v1/apps/{app}", tag = "apps", params(("app" = String, Path, description = "Its id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete(State(portal): State<Portal>, seen: InApp<DeleteApp>) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.delete_app(&seen.app.id, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(OpenApi)]
#[openapi(paths(change, delete))]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
