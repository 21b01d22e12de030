//! What one is told of an app, for programs.

use axum::Json;
use axum::extract::{RawQuery, State};
use model::AppId;
use serde::{Deserialize, Serialize};
use service::{AlertChanges, AlertChoice};
use utoipa::{OpenApi, ToSchema};

use super::pages::person;
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::openapi::Problem;
use crate::query::Params;

/// Of which changes of an app's status one is told.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangesWire {
    None,
    Worse,
    Any,
}

/// What one is told of an app by mail.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertsWire {
    /// Of which changes of its status.
    changes: ChangesWire,
    /// Whether of its week, on Mondays.
    weekly: bool,
}

impl From<AlertChoice> for AlertsWire {
    fn from(choice: AlertChoice) -> Self {
        let changes = match choice.changes {
            None => ChangesWire::None,
            Some(AlertChanges::Worse) => ChangesWire::Worse,
            Some(AlertChanges::Any) => ChangesWire::Any,
        };
        Self { changes, weekly: choice.weekly }
    }
}

impl From<AlertsWire> for AlertChoice {
    fn from(wire: AlertsWire) -> Self {
        let changes = match wire.changes {
            ChangesWire::None => None,
            ChangesWire::Worse => Some(AlertChanges::Worse),
            ChangesWire::Any => Some(AlertChanges::Any),
        };
        Self { changes, weekly: wire.weekly }
    }
}

/// What you are told of an app
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/alerts", tag = "alerts",
    params(("app" = String, Path, description = "The app's id")),
    responses((status = 200, body = AlertsWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Json<AlertsWire>, ApiFault> {
    Params::of_api(query, &[])?;
    Ok(Json(choice(&portal, &seen.app.id, &seen).await?))
}

/// Choose what you are told of an app
#[utoipa::path(
    put, path = "/api/v1/apps/{app}/alerts", tag = "alerts", request_body = AlertsWire,
    params(("app" = String, Path, description = "The app's id")),
    responses((status = 200, body = AlertsWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn choose(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    JsonBody(body): JsonBody<AlertsWire>,
) -> Result<Json<AlertsWire>, ApiFault> {
    let person = person(&seen)?;
    portal.steadfast.choose_alerts(&seen.app.id, person, body.into(), seen.caller.actor.doer()).await?;
    Ok(Json(choice(&portal, &seen.app.id, &seen).await?))
}

async fn choice(portal: &Portal, app: &AppId, seen: &InApp<SeeApp>) -> Result<AlertsWire, ApiFault> {
    Ok(portal.steadfast.alert_choice(app, person(seen)?).await?.into())
}

#[derive(OpenApi)]
#[openapi(paths(read, choose), tags((name = "alerts", description = "Mail about the health of an app")))]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
