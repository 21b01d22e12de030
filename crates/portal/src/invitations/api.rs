//! Invitations for programs.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use model::InvitedTo;
use serde::{Deserialize, Serialize};
use service::{InvitationKey, InvitationSeen};
use utoipa::{OpenApi, ToSchema};

use crate::Portal;
use crate::access::SignedIn;
use crate::access::rights::{PeopleRead, PeopleWrite};
use crate::fault::{ApiFault, Fault};
use crate::form::JsonBody;
use crate::listing::{Listing, PAGING, Paging};
use crate::openapi::Problem;
use crate::query::Params;

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationWire {
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// The id of the app that it leads to; null where it leads to an organisation.
    pub(crate) app: Option<String>,
    /// The id of the organisation that it leads to; null where it leads to an app.
    #[schema(format = "uuid")]
    pub(crate) organisation: Option<String>,
    /// The name of the app or organisation.
    pub(crate) destination: String,
    /// Whom it is for.
    pub(crate) email: String,
    /// What it offers: `admin` or `developer` in an app, `admin` or `member` in an organisation.
    #[schema(example = "developer")]
    pub(crate) role: String,
    /// The name of who invites.
    pub(crate) invited_by: String,
    /// `open`, `expired`, `accepted`, `declined` or `withdrawn`.
    #[schema(example = "open")]
    pub(crate) state: String,
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
}

impl From<&InvitationSeen> for InvitationWire {
    fn from(seen: &InvitationSeen) -> Self {
        let it = &seen.invitation;
        let (app, organisation) = match &it.to {
            InvitedTo::App(app, _) => (Some(app.to_string()), None),
            InvitedTo::Organisation(id, _) => (None, Some(id.to_string())),
        };
        Self {
            id: it.id.to_string(),
            app,
            organisation,
            destination: seen.destination.clone(),
            email: it.email.to_string(),
            role: seen.role_key().to_owned(),
            invited_by: seen.inviter.clone(),
            state: seen.state.key().to_owned(),
            created_at: it.created_at.to_string(),
            expires_at: it.expires_at.to_string(),
        }
    }
}

/// The answer to an invitation.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Accepted,
    Declined,
}

/// What is answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerNew {
    decision: Answer,
}

/// One's open invitations
///
/// Newest first.
#[utoipa::path(
    get, path = "/api/v1/me/invitations", tag = "invitations", params(Paging),
    responses((status = 200, body = Listing<InvitationWire>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: SignedIn<PeopleRead>,
    query: RawQuery,
) -> Result<Json<Listing<InvitationWire>>, ApiFault> {
    let SignedIn { person, .. } = who;
    let params = Params::of_api(query, &PAGING)?;
    let invitations = portal.steadfast.open_invitations_of(&person).await?;
    Ok(Json(Listing::by_place(&params, &invitations)?.map(InvitationWire::from)))
}

/// Accept or decline an invitation
#[utoipa::path(
    post, path = "/api/v1/me/invitations/{invitation}/decision", tag = "invitations", request_body = AnswerNew,
    params(("invitation" = String, Path, description = "Its id")),
    responses((status = 200, body = InvitationWire), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn answer(
    State(portal): State<Portal>,
    who: SignedIn<PeopleWrite>,
    Path(invitation): Path<String>,
    JsonBody(body): JsonBody<AnswerNew>,
) -> Result<Json<InvitationWire>, ApiFault> {
    let SignedIn { caller, person, .. } = who;
    let id = invitation.parse().map_err(|_| Fault::NotFound("there is no such invitation".to_owned()))?;
    let by = portal.steadfast.by(&caller.actor).await?;
    let accept = body.decision == Answer::Accepted;
    portal.steadfast.answer_invitation(InvitationKey::Id(id), &person, accept, by).await?;
    let seen = portal.steadfast.invitation(InvitationKey::Id(id)).await?;
    Ok(Json(InvitationWire::from(&seen)))
}

#[derive(OpenApi)]
#[openapi(
    paths(list, answer),
    tags((name = "invitations", description = "Invitations to apps and organisations, for who is invited"))
)]
struct Document;

/// What this topic offers to programs.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
