//! Who works on an app, for programs.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{AppRole, Collaborator, InvitedTo, Person};
use serde::{Deserialize, Serialize};
use service::Refusal;
use utoipa::{OpenApi, ToSchema};

use super::inviting::{invitation_in, to};
use super::pages::person_in;
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{LeaveApp, ManageCollaborators, SeeApp, TransferOwnership};
use crate::fault::ApiFault;
use crate::form::JsonBody;
use crate::invitations::api::InvitationWire;
use crate::listing::{Listing, PAGING, Paging};
use crate::once::once;
use crate::openapi::Problem;
use crate::query::Params;
use crate::urls;

/// What somebody may do in an app.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AppRoleWire {
    Owner,
    Admin,
    Developer,
}

impl From<AppRole> for AppRoleWire {
    fn from(role: AppRole) -> Self {
        match role {
            AppRole::Owner => Self::Owner,
            AppRole::Admin => Self::Admin,
            AppRole::Developer => Self::Developer,
        }
    }
}

/// A role that can be given.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GivenRole {
    Admin,
    Developer,
}

impl From<GivenRole> for AppRole {
    fn from(role: GivenRole) -> Self {
        match role {
            GivenRole::Admin => Self::Admin,
            GivenRole::Developer => Self::Developer,
        }
    }
}

/// Somebody who works on an app.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CollaboratorWire {
    /// Their id.
    #[schema(format = "uuid")]
    person: String,
    name: String,
    email: String,
    role: AppRoleWire,
    /// Since when they work on it.
    #[schema(format = DateTime)]
    since: String,
}

impl From<&(Person, Collaborator)> for CollaboratorWire {
    fn from((person, it): &(Person, Collaborator)) -> Self {
        Self {
            person: person.id.to_string(),
            name: person.name.clone(),
            email: person.email.to_string(),
            role: it.role.into(),
            since: it.since.to_string(),
        }
    }
}

/// Whom to invite, and as what.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationNew {
    /// Their e-mail address.
    #[schema(max_length = 254, example = "anna@example.com")]
    email: String,
    role: GivenRole,
}

/// What a collaborator may do from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolePatch {
    role: GivenRole,
}

/// Who will own an app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOwner {
    /// The id of somebody who works on it.
    #[schema(format = "uuid")]
    person: String,
}

/// Who works on an app
///
/// The owner first, then by name.
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/collaborators", tag = "apps",
    params(("app" = String, Path, description = "The app's id"), Paging),
    responses((status = 200, body = Listing<CollaboratorWire>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Json<Listing<CollaboratorWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    Ok(Json(Listing::by_place(&params, people(&portal, &seen).await?)?))
}

async fn people<R>(portal: &Portal, seen: &InApp<R>) -> Result<Vec<CollaboratorWire>, ApiFault> {
    let people = portal.steadfast.collaborators(&seen.app.id).await?;
    Ok(people.iter().map(CollaboratorWire::from).collect())
}

/// Invite somebody to work on an app
///
/// They get a mail with a link that is good for seven days. The same as making an invitation.
#[utoipa::path(
    post, path = "/api/v1/apps/{app}/collaborators", tag = "apps", request_body = InvitationNew,
    params(
        ("app" = String, Path, description = "The app's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it invites nobody twice"),
    ),
    responses(
        (status = 201, body = InvitationWire, headers(("Location" = String, description = "The invitation"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn invite_as_collaborator(
    portal: State<Portal>,
    seen: InApp<ManageCollaborators>,
    headers: HeaderMap,
    body: JsonBody<InvitationNew>,
) -> Result<Response, ApiFault> {
    invite(portal, seen, headers, body).await
}

/// Invite somebody to work on an app
///
/// They get a mail with a link that is good for seven days.
#[utoipa::path(
    post, path = "/api/v1/apps/{app}/invitations", tag = "apps", request_body = InvitationNew,
    params(
        ("app" = String, Path, description = "The app's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, it invites nobody twice"),
    ),
    responses(
        (status = 201, body = InvitationWire, headers(("Location" = String, description = "The invitation"))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn invite(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<InvitationNew>,
) -> Result<Response, ApiFault> {
    let once = once(&seen.caller, &headers, &urls::invitations_json(&seen.app.id), &body)?;
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let to = InvitedTo::App(seen.app.id.clone(), body.role.into());
    let made = portal.steadfast.invite(to, &body.email, by, once.as_ref()).await?;
    let location = urls::invitation_json(&seen.app.id, made.invitation.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(InvitationWire::from(&made))).into_response())
}

/// The invitations to an app that nobody has answered
///
/// Open ones, and expired ones of addresses without an open one. Newest first.
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/invitations", tag = "apps",
    params(("app" = String, Path, description = "The app's id"), Paging),
    responses((status = 200, body = Listing<InvitationWire>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn invitations(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Json<Listing<InvitationWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let invitations = portal.steadfast.invitations_to(&to(&seen)).await?;
    Ok(Json(Listing::by_place(&params, &invitations)?.map(InvitationWire::from)))
}

/// An invitation to an app
#[utoipa::path(
    get, path = "/api/v1/apps/{app}/invitations/{invitation}", tag = "apps",
    params(("app" = String, Path, description = "The app's id"), ("invitation" = String, Path, description = "The invitation's id")),
    responses((status = 200, body = InvitationWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn invitation(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    Path((_, invitation)): Path<(String, String)>,
    query: RawQuery,
) -> Result<Json<InvitationWire>, ApiFault> {
    Params::of_api(query, &[])?;
    let found = portal.steadfast.invitation_here(&to(&seen), invitation_in(&invitation)?).await?;
    Ok(Json(InvitationWire::from(&found)))
}

/// Withdraw an invitation to an app
///
/// Its link is no longer good.
#[utoipa::path(
    delete, path = "/api/v1/apps/{app}/invitations/{invitation}", tag = "apps",
    params(("app" = String, Path, description = "The app's id"), ("invitation" = String, Path, description = "The invitation's id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn withdraw(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, invitation)): Path<(String, String)>,
) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.withdraw_invitation(&to(&seen), invitation_in(&invitation)?, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change what a collaborator may do
///
/// Not the owner: ownership is transferred.
#[utoipa::path(
    patch, path = "/api/v1/apps/{app}/collaborators/{person}", tag = "apps", request_body = RolePatch,
    params(("app" = String, Path, description = "The app's id"), ("person" = String, Path, description = "Their id")),
    responses((status = 200, body = CollaboratorWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_role(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, person)): Path<(String, String)>,
    JsonBody(body): JsonBody<RolePatch>,
) -> Result<Json<CollaboratorWire>, ApiFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let person = person_in(&person)?;
    portal.steadfast.set_app_role(&seen.app.id, person, body.role.into(), by).await?;
    let people = portal.steadfast.collaborators(&seen.app.id).await?;
    let changed = people.iter().find(|(one, _)| one.id == person).map(CollaboratorWire::from);
    Ok(Json(changed.ok_or_else(|| Refusal::NotFound("this person does not work on the app any more".to_owned()))?))
}

/// Remove a collaborator
///
/// Not the owner.
#[utoipa::path(
    delete, path = "/api/v1/apps/{app}/collaborators/{person}", tag = "apps",
    params(("app" = String, Path, description = "The app's id"), ("person" = String, Path, description = "Their id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn remove(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, person)): Path<(String, String)>,
) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.remove_collaborator(&seen.app.id, person_in(&person)?, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave an app
///
/// The owner transfers it first.
#[utoipa::path(
    delete, path = "/api/v1/apps/{app}/collaborators/me", tag = "apps", params(("app" = String, Path, description = "The app's id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn leave(State(portal): State<Portal>, seen: InApp<LeaveApp>) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.remove_collaborator(&seen.app.id, by.person, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make another collaborator the owner
///
/// The one before becomes an admin. An app always has exactly one owner.
#[utoipa::path(
    post, path = "/api/v1/apps/{app}/ownership", tag = "apps", request_body = NewOwner,
    params(("app" = String, Path, description = "The app's id")),
    responses((status = 200, body = Listing<CollaboratorWire>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn transfer(
    State(portal): State<Portal>,
    seen: InApp<TransferOwnership>,
    JsonBody(body): JsonBody<NewOwner>,
) -> Result<Json<Listing<CollaboratorWire>>, ApiFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let person = body.person.parse().map_err(|error| Refusal::invalid("person", error))?;
    portal.steadfast.transfer_app(&seen.app.id, person, by).await?;
    Ok(Json(Listing { items: people(&portal, &seen).await?, next: None }))
}

#[derive(OpenApi)]
#[openapi(paths(
    list,
    invite_as_collaborator,
    invite,
    invitations,
    invitation,
    withdraw,
    set_role,
    remove,
    leave,
    transfer
))]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
