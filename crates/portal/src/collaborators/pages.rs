//! The page of an app's collaborators, and changing a role.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, Redirect};
use model::{AppRole, InvitedTo, PersonId};
use service::Refusal;

use super::view::{CollaboratorsView, Inviting};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{ManageCollaborators, SeeApp};
use crate::chrome::AppTab;
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

#[derive(Template)]
#[template(path = "collaborators.html", whitespace = "minimize")]
struct CollaboratorsPage<'a> {
    view: &'a CollaboratorsView,
}

/// The page of a view.
pub(crate) fn render(view: &CollaboratorsView) -> Result<String, askama::Error> {
    CollaboratorsPage { view }.render()
}

/// What was just done that leads here.
fn told(key: &str) -> Option<&'static str> {
    match key {
        "invited" => Some("The invitation is on its way."),
        "resent" => Some("The invitation is on its way again, with a new link."),
        "withdrawn" => Some("The invitation was withdrawn. Its link is no longer good."),
        "role" => Some("The role was changed."),
        "removed" => Some("They no longer work on the app."),
        "transferred" => Some("The app has another owner now. You are an admin of it."),
        _ => None,
    }
}

/// The page after something was done.
pub(super) fn back<R>(seen: &InApp<R>, done: &str) -> Redirect {
    Redirect::to(&urls::telling(&urls::app_tab(&seen.app.id, AppTab::Collaborators), done))
}

/// `GET /apps/{app}/collaborators`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    portal.steadfast.registered_app(&seen.app.id).await?;
    let params = Params::of_page(query, &["done"])?;
    let mut view = view(&portal, &seen, Inviting::default()).await?;
    view.chrome = view.chrome.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}

/// The page as somebody sees it, with what they wrote into the form that invites.
pub(super) async fn view<R>(portal: &Portal, seen: &InApp<R>, inviting: Inviting) -> Result<CollaboratorsView, Fault> {
    let people = portal.steadfast.collaborators(&seen.app.id).await?;
    let to = InvitedTo::App(seen.app.id.clone(), AppRole::Developer);
    let invitations = portal.steadfast.invitations_to(&to).await?;
    Ok(CollaboratorsView::new(portal.setting(&seen.caller), seen, &people, &invitations, inviting))
}

/// The person that a path names.
pub(crate) fn person_in(text: &str) -> Result<PersonId, Fault> {
    text.parse().map_err(|_| Fault::NotFound("this person does not work on the app".to_owned()))
}

/// The role that a form or a program names.
pub(crate) fn role_in(text: &str) -> Result<AppRole, Refusal> {
    AppRole::from_key(text).ok_or_else(|| Refusal::invalid("role", "choose admin or developer"))
}

/// `POST /apps/{app}/collaborators/{person}/role`
pub(crate) async fn set_role(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, person)): Path<(String, String)>,
    form: Form,
) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let person = person_in(&person)?;
    portal.steadfast.set_app_role(&seen.app.id, person, role_in(form.text("role"))?, by).await?;
    Ok(back(&seen, "role"))
}
