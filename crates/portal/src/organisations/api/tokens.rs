//! The API tokens of an organisation for programs. Making and revoking them asks for a session.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{ApiToken, Person, TokenId};
use serde::{Deserialize, Serialize};
use service::NewToken;
use utoipa::ToSchema;

use super::super::tokens::NO_TOKEN;
use crate::Portal;
use crate::access::rights::{ManageOrganisation, OverseeOrganisation};
use crate::access::{BySession, InOrganisation};
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls::organisations::organisation_tokens_json;

/// An API token of an organisation, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationToken)]
pub(crate) struct OrganisationTokenWire {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// Enough of it to tell it apart.
    hint: String,
    scopes: Vec<String>,
    /// The name of who made it.
    created_by: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// To within five minutes; null if never.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

impl OrganisationTokenWire {
    fn new(token: &ApiToken, maker: Option<&Person>) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            hint: token.hint.clone(),
            scopes: token.scopes.iter().map(|scope| scope.key().to_owned()).collect(),
            created_by: maker.map(|person| person.name.clone()),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
            last_used_at: token.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// A token that is wanted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganisationTokenNew)]
pub(crate) struct OrganisationTokenNew {
    /// What it is for, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Out of `apps:read`, `apps:write`, `credentials:write` and `people:read`.
    #[schema(min_items = 1, example = json!(["apps:read"]))]
    scopes: Vec<String>,
    /// For how many days it is good: 7, 30, 90 or 365.
    #[schema(example = 90)]
    days: u16,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationTokenMade)]
pub(crate) struct OrganisationTokenMade {
    /// What is known of it.
    #[serde(flatten)]
    item: OrganisationTokenWire,
    /// The token itself, shown this once; null where the same request was sent before.
    token: Option<String>,
}

/// The API tokens of an organisation
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/tokens", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        Paging
    ),
    responses(
        (status = 200, body = Listing<OrganisationTokenWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Json<Listing<OrganisationTokenWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let mut tokens = portal.steadfast.organisation_tokens(who.id()).await?;
    tokens.sort_by_key(|(token, _)| token.id);
    let items = tokens.iter().map(|(token, maker)| OrganisationTokenWire::new(token, maker.as_ref())).collect();
    Ok(Json(Listing::of(&params, items, |it: &OrganisationTokenWire| it.id.clone())?))
}

/// Make an API token of an organisation
///
/// By session only, and with a recent proof of who is at the keyboard.
#[utoipa::path(
    post, path = "/api/v1/organisations/{organisation}/tokens", tag = "organisations", security(("session" = [])),
    request_body = OrganisationTokenNew,
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing")
    ),
    responses(
        (status = 201, body = OrganisationTokenMade, headers(("Location" = String, description = "The token"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(portal): State<Portal>,
    by: BySession,
    who: InOrganisation<ManageOrganisation>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<OrganisationTokenNew>,
) -> Result<Response, ApiFault> {
    let path = organisation_tokens_json(who.id());
    let once = once(&who.caller, &headers, &path, &body)?;
    let new = NewToken { name: body.name, scopes: body.scopes, days: body.days };
    let made = portal.steadfast.make_organisation_token(who.id(), &by.session, &new, once.as_ref()).await?;
    let location = format!("{path}/{}", made.token.id);
    let wire = OrganisationTokenMade {
        item: OrganisationTokenWire::new(&made.token, Some(&by.person)),
        token: made.secret.map(|secret| secret.reveal().to_owned()),
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(wire)).into_response())
}

/// An API token of an organisation, without itself
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/tokens/{token}", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("token" = String, Path, description = "The token's id")
    ),
    responses(
        (status = 200, body = OrganisationTokenWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Json<OrganisationTokenWire>, ApiFault> {
    Params::of_api(query, &[])?;
    let id: TokenId = who.named("token", NO_TOKEN)?;
    let tokens = portal.steadfast.organisation_tokens(who.id()).await?;
    let found = tokens.iter().find(|(token, _)| token.id == id);
    let (token, maker) = found.ok_or_else(|| Fault::NotFound(NO_TOKEN.to_owned()))?;
    Ok(Json(OrganisationTokenWire::new(token, maker.as_ref())))
}

/// Revoke an API token of an organisation
#[utoipa::path(
    delete, path = "/api/v1/organisations/{organisation}/tokens/{token}", tag = "organisations",
    security(("session" = [])),
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("token" = String, Path, description = "The token's id")
    ),
    responses(
        (status = 204, description = "It is refused from now on"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn revoke(
    State(portal): State<Portal>,
    by: BySession,
    who: InOrganisation<ManageOrganisation>,
) -> Result<StatusCode, ApiFault> {
    portal.steadfast.revoke_organisation_token(who.id(), who.named("token", NO_TOKEN)?, &by.session).await?;
    Ok(StatusCode::NO_CONTENT)
}
