//! Inviting somebody to work on an app, sending the invitation again and taking it back.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{AppRole, InvitationId, InvitedTo};
use service::{Error, Refusal};

use super::pages::{back, render, role_in, view};
use super::view::Inviting;
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::ManageCollaborators;
use crate::fault::{Fault, PageFault};
use crate::form::Form;

/// The place that invitations of an app lead to.
pub(super) fn to<R>(seen: &InApp<R>) -> InvitedTo {
    InvitedTo::App(seen.app.id.clone(), AppRole::Developer)
}

/// The invitation that a path names.
pub(super) fn invitation_in(text: &str) -> Result<InvitationId, Fault> {
    text.parse().map_err(|_| Fault::NotFound("there is no such invitation".to_owned()))
}

/// `POST /apps/{app}/collaborators/invite`
pub(crate) async fn invite(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    form: Form,
) -> Result<Response, PageFault> {
    let (email, role) = (form.text("email"), form.text("role"));
    match send(&portal, &seen, email, role).await {
        Ok(()) => Ok(back(&seen, "invited").into_response()),
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            let inviting = Inviting { email: email.to_owned(), role: role.to_owned(), flaws };
            let page = render(&view(&portal, &seen, inviting).await?)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn send(portal: &Portal, seen: &InApp<ManageCollaborators>, email: &str, role: &str) -> Result<(), Error> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let to = InvitedTo::App(seen.app.id.clone(), role_in(role)?);
    portal.steadfast.invite(to, email, by, None).await?;
    Ok(())
}

/// `POST /apps/{app}/invitations/{invitation}/resend`
pub(crate) async fn resend(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, invitation)): Path<(String, String)>,
) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.resend_invitation(&to(&seen), invitation_in(&invitation)?, by).await?;
    Ok(back(&seen, "resent"))
}

/// `POST /apps/{app}/invitations/{invitation}/withdraw`
pub(crate) async fn withdraw(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, invitation)): Path<(String, String)>,
) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.withdraw_invitation(&to(&seen), invitation_in(&invitation)?, by).await?;
    Ok(back(&seen, "withdrawn"))
}
