//! The invitations to an organisation for programs.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{InvitationId, InvitedTo, MemberRole, OrganisationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::pages::role;
use crate::Portal;
use crate::access::InOrganisation;
use crate::access::rights::{ManageOrganisation, SeeOrganisation};
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::invitations::api::InvitationWire;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls::organisations::organisation_invitations_json;

/// What is said of an invitation that is not this organisation's.
const NONE: &str = "there is no such invitation to this organisation";

/// Somebody to be invited.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganisationInvitationNew)]
pub(crate) struct InvitationNew {
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// `admin` or `member`.
    #[schema(example = "member")]
    role: String,
}

fn to(id: OrganisationId) -> InvitedTo {
    InvitedTo::Organisation(id, MemberRole::Member)
}

/// The invitations that nobody answered yet
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/invitations", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        Paging
    ),
    responses(
        (status = 200, body = Listing<InvitationWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: InOrganisation<SeeOrganisation>,
    query: RawQuery,
) -> Result<Json<Listing<InvitationWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let mut seen = portal.steadfast.invitations_to(&to(who.id())).await?;
    seen.sort_by_key(|seen| seen.invitation.id);
    let items = seen.iter().map(InvitationWire::from).collect();
    Ok(Json(Listing::of(&params, items, |it: &InvitationWire| it.id.clone())?))
}

/// Invite somebody
#[utoipa::path(
    post, path = "/api/v1/organisations/{organisation}/invitations", tag = "organisations",
    request_body = InvitationNew,
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it makes nothing")
    ),
    responses(
        (status = 201, body = InvitationWire, headers(("Location" = String, description = "The invitation"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<InvitationNew>,
) -> Result<Response, ApiFault> {
    let path = organisation_invitations_json(who.id());
    let once = once(&who.caller, &headers, &path, &body)?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let to = InvitedTo::Organisation(who.id(), role(&body.role)?);
    let seen = portal.steadfast.invite(to, &body.email, by, once.as_ref()).await?;
    let location = format!("{path}/{}", seen.invitation.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(InvitationWire::from(&seen))).into_response())
}

/// An invitation
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/invitations/{invitation}", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("invitation" = String, Path, description = "The invitation's id")
    ),
    responses(
        (status = 200, body = InvitationWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(
    State(portal): State<Portal>,
    who: InOrganisation<SeeOrganisation>,
    query: RawQuery,
) -> Result<Json<InvitationWire>, ApiFault> {
    Params::of_api(query, &[])?;
    let id: InvitationId = who.named("invitation", NONE)?;
    Ok(Json(InvitationWire::from(&portal.steadfast.invitation_here(&to(who.id()), id).await?)))
}

/// Take an invitation back
#[utoipa::path(
    delete, path = "/api/v1/organisations/{organisation}/invitations/{invitation}", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("invitation" = String, Path, description = "The invitation's id")
    ),
    responses(
        (status = 204, description = "It is no longer good"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn withdraw(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.withdraw_invitation(&to(who.id()), who.named("invitation", NONE)?, by).await?;
    Ok(StatusCode::NO_CONTENT)
}
