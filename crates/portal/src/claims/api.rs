//! Claims for programs.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use model::ClaimDecision;
use serde::{Deserialize, Serialize};
use service::{ClaimMade, ClaimToDecide, NewClaim, Refusal};
use utoipa::{OpenApi, ToSchema};

use super::deciding::claim_in;
use crate::Portal;
use crate::access::rights::{AppsRead, AppsWrite, DecideClaims, SeePlatform};
use crate::access::{SignedIn, Staff};
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;

/// What was decided of a claim.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DecisionWire {
    Confirmed,
    Refused,
}

impl From<ClaimDecision> for DecisionWire {
    fn from(decision: ClaimDecision) -> Self {
        match decision {
            ClaimDecision::Confirmed => Self::Confirmed,
            ClaimDecision::Refused => Self::Refused,
        }
    }
}

impl From<DecisionWire> for ClaimDecision {
    fn from(decision: DecisionWire) -> Self {
        match decision {
            DecisionWire::Confirmed => Self::Confirmed,
            DecisionWire::Refused => Self::Refused,
        }
    }
}

/// A claim to be made.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimNew {
    /// The id of the app, as its calls name it.
    #[schema(min_length = 1, max_length = 200)]
    app: String,
    /// How the platform's staff can tell that it is the caller's.
    #[schema(min_length = 1, max_length = 1000)]
    evidence: String,
    /// The organisation that will own it; needed by who is in several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    organisation: Option<String>,
}

/// A claim as who made it sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimWire {
    /// The app's id as it was claimed.
    app: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// Null while the claim waits, as it does for ever where there is no such app.
    decision: Option<DecisionWire>,
    #[schema(format = DateTime)]
    decided_at: Option<String>,
}

impl From<&ClaimMade> for ClaimWire {
    fn from(made: &ClaimMade) -> Self {
        Self {
            app: made.app.to_string(),
            created_at: made.at.to_string(),
            decision: made.decided.map(|(decision, _)| decision.into()),
            decided_at: made.decided.map(|(_, at)| at.to_string()),
        }
    }
}

/// A claim that waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimOpen {
    #[schema(format = "uuid")]
    id: String,
    /// The app's id.
    app: String,
    /// Its production calls in the last 30 complete days.
    calls: u64,
    /// Who claims it.
    #[schema(format = "uuid")]
    person: String,
    email: String,
    /// For which organisation.
    #[schema(format = "uuid")]
    organisation: String,
    organisation_name: String,
    evidence: String,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<&ClaimToDecide> for ClaimOpen {
    fn from(seen: &ClaimToDecide) -> Self {
        let claim = &seen.claim;
        Self {
            id: claim.id.to_string(),
            app: claim.app.to_string(),
            calls: seen.app.calls,
            person: claim.person.to_string(),
            email: seen.person.email.to_string(),
            organisation: claim.organisation.to_string(),
            organisation_name: seen.organisation.name.clone(),
            evidence: claim.evidence.clone(),
            created_at: claim.created_at.to_string(),
        }
    }
}

/// The decision of a claim.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionNew {
    decision: DecisionWire,
}

/// Claim a discovered app
///
/// The answer is the same whether there is such an app or not; the platform's staff decides.
#[utoipa::path(
    post, path = "/api/v1/claims", tag = "claims", request_body = ClaimNew,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it claims nothing twice")),
    responses((status = 201, body = ClaimWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create(
    State(portal): State<Portal>,
    who: SignedIn<AppsWrite>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<ClaimNew>,
) -> Result<Response, ApiFault> {
    let SignedIn { caller, .. } = who;
    let once = once(&caller, &headers, "/api/v1/claims", &body)?;
    let organisation = match &body.organisation {
        Some(text) => Some(text.parse().map_err(|error| Refusal::invalid("organisation", error))?),
        None => None,
    };
    let new = NewClaim { app: body.app, evidence: body.evidence, organisation };
    let by = portal.steadfast.by(&caller.actor).await?;
    let made = portal.steadfast.claim_app(&caller.actor, &new, by, once.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(ClaimWire::from(&made))).into_response())
}

/// One's own claims
///
/// The last one of each app, newest first.
#[utoipa::path(
    get, path = "/api/v1/claims", tag = "claims", params(Paging),
    responses((status = 200, body = Listing<ClaimWire>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: SignedIn<AppsRead>,
    query: RawQuery,
) -> Result<Json<Listing<ClaimWire>>, ApiFault> {
    let SignedIn { person, .. } = who;
    let params = Params::of_api(query, &PAGING)?;
    let claims = portal.steadfast.claims_made_by(person.id).await?;
    Ok(Json(Listing::by_place(&params, &claims)?.map(ClaimWire::from)))
}

/// The claims that wait for a decision
///
/// Oldest first.
#[utoipa::path(
    get, path = "/api/v1/platform/claims", tag = "claims", params(Paging),
    responses((status = 200, body = Listing<ClaimOpen>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn open(
    State(portal): State<Portal>,
    _: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Json<Listing<ClaimOpen>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let claims = portal.steadfast.claims_to_decide().await?;
    Ok(Json(Listing::by_place(&params, &claims)?.map(ClaimOpen::from)))
}

/// Decide a claim
///
/// Confirmed: who made it owns the app, and all other claims of it are refused.
#[utoipa::path(
    post, path = "/api/v1/platform/claims/{claim}/decision", tag = "claims", request_body = DecisionNew,
    params(("claim" = String, Path, description = "Its id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn decide(
    State(portal): State<Portal>,
    staff: Staff<DecideClaims>,
    Path(claim): Path<String>,
    JsonBody(body): JsonBody<DecisionNew>,
) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&staff.caller.actor).await?;
    portal.steadfast.decide_claim(claim_in(&claim)?, body.decision.into(), by).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(OpenApi)]
#[openapi(paths(create, list, open, decide), tags((name = "claims", description = "Claims of discovered apps")))]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
