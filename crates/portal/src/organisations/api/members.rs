//! The people of an organisation for programs.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use model::{Member, Person, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::pages::{NO_MEMBER, role};
use crate::Portal;
use crate::access::InOrganisation;
use crate::access::rights::{LeaveOrganisation, ManageOrganisation, SeeOrganisation};
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::openapi::Problem;
use crate::query::Params;

/// Somebody in an organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberWire {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    #[schema(format = Email)]
    email: String,
    /// `admin` or `member`.
    role: String,
    #[schema(format = DateTime)]
    since: String,
    /// Whether the account is shut.
    disabled: bool,
}

impl From<(Person, Member)> for MemberWire {
    fn from((person, member): (Person, Member)) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name,
            email: person.email.to_string(),
            role: member.role.key().to_owned(),
            since: member.since.to_string(),
            disabled: person.disabled_at.is_some(),
        }
    }
}

/// What a member is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberChange {
    /// `admin` or `member`.
    #[schema(example = "admin")]
    role: String,
}

/// The people of an organisation
#[utoipa::path(
    get, path = "/api/v1/organisations/{organisation}/members", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        Paging
    ),
    responses(
        (status = 200, body = Listing<MemberWire>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: InOrganisation<SeeOrganisation>,
    query: RawQuery,
) -> Result<Json<Listing<MemberWire>>, ApiFault> {
    let params = Params::of_api(query, &PAGING)?;
    let mut members = portal.steadfast.members(who.id()).await?;
    members.sort_by_key(|(person, _)| person.id);
    let items = members.into_iter().map(MemberWire::from).collect();
    Ok(Json(Listing::of(&params, items, |it: &MemberWire| it.id.clone())?))
}

/// Change what a member may do
#[utoipa::path(
    patch, path = "/api/v1/organisations/{organisation}/members/{person}", tag = "organisations",
    request_body = MemberChange,
    params(("organisation" = String, Path, description = "Its id"), ("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, body = MemberWire),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn change(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    JsonBody(body): JsonBody<MemberChange>,
) -> Result<Json<MemberWire>, ApiFault> {
    let person: PersonId = who.named("person", NO_MEMBER)?;
    let role = role(&body.role)?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.set_member_role(who.id(), person, role, by).await?;
    Ok(Json(portal.steadfast.member(who.id(), person).await?.into()))
}

/// Remove a member
///
/// Apps of the organisation that they own stay theirs until an Admin takes them over.
#[utoipa::path(
    delete, path = "/api/v1/organisations/{organisation}/members/{person}", tag = "organisations",
    params(
        ("organisation" = String, Path, description = "Its id"),
        ("person" = String, Path, description = "Their id"),
        ("from_apps" = Option<bool>, Query, description = "Whether they also stop working on its apps that they don't own")
    ),
    responses(
        (status = 204, description = "They are out"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn remove(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    query: RawQuery,
) -> Result<StatusCode, ApiFault> {
    let params = Params::of_api(query, &["from_apps"])?;
    let from_apps = match params.text("from_apps") {
        "" | "false" => false,
        "true" => true,
        other => return Err(Fault::BadRequest(format!("from_apps: `{other}` is neither `true` nor `false`")).into()),
    };
    let person: PersonId = who.named("person", NO_MEMBER)?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.remove_member(who.id(), person, from_apps, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave an organisation
#[utoipa::path(
    delete, path = "/api/v1/organisations/{organisation}/members/me", tag = "organisations",
    params(("organisation" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "You are out"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn leave(
    State(portal): State<Portal>,
    who: InOrganisation<LeaveOrganisation>,
) -> Result<StatusCode, ApiFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.remove_member(who.id(), by.person, false, by).await?;
    Ok(StatusCode::NO_CONTENT)
}
