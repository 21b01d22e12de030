//! Removing a collaborator, leaving an app, and handing it on: each asks once more.

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, Redirect};
use model::{Collaborator, Person, PersonId};

use super::pages::{back, person_in};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{LeaveApp, ManageCollaborators, TransferOwnership};
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::confirm::{AppConfirmView, Confirm, render_in_app};
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

fn page<R>(portal: &Portal, seen: &InApp<R>, confirm: Confirm) -> Result<Html<String>, PageFault> {
    let view = AppConfirmView {
        chrome: Chrome::new(portal.setting(&seen.caller), Tab::Apps),
        sidebar: Sidebar::new(&seen.app, seen.registration.is_some(), AppTab::Collaborators),
        confirm,
    };
    Ok(Html(render_in_app(&view)?))
}

/// A collaborator of the app.
async fn collaborator<R>(portal: &Portal, seen: &InApp<R>, id: PersonId) -> Result<(Person, Collaborator), Fault> {
    let people = portal.steadfast.collaborators(&seen.app.id).await?;
    let found = people.into_iter().find(|(person, _)| person.id == id);
    found.ok_or_else(|| Fault::NotFound("this person does not work on the app".to_owned()))
}

/// `GET /apps/{app}/collaborators/{person}/remove`
pub(crate) async fn ask_remove(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Html<String>, PageFault> {
    let (person, _) = collaborator(&portal, &seen, person_in(&person)?).await?;
    let confirm = Confirm {
        title: format!("Remove {}?", person.name),
        lead: format!("{} ({}) will no longer see {}.", person.name, person.email, seen.app.name),
        points: vec![
            "What they did stays, and stands in the audit log under their name.".to_owned(),
            "Secrets that they have copied stay good: make new ones where that matters.".to_owned(),
        ],
        action: urls::collaborator(&seen.app.id, person.id, "remove"),
        button: "Remove",
        danger: true,
        cancel: urls::app_tab(&seen.app.id, AppTab::Collaborators),
        ..Confirm::default()
    };
    page(&portal, &seen, confirm)
}

/// `POST /apps/{app}/collaborators/{person}/remove`
pub(crate) async fn remove(
    State(portal): State<Portal>,
    seen: InApp<ManageCollaborators>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.remove_collaborator(&seen.app.id, person_in(&person)?, by).await?;
    Ok(back(&seen, "removed"))
}

/// `GET /apps/{app}/leave`
pub(crate) async fn ask_leave(State(portal): State<Portal>, seen: InApp<LeaveApp>) -> Result<Html<String>, PageFault> {
    let confirm = Confirm {
        title: format!("Leave {}?", seen.app.name),
        lead: "You will no longer see it. Somebody has to invite you to come back.".to_owned(),
        action: urls::under_app(&seen.app.id, "leave"),
        button: "Leave the app",
        danger: true,
        cancel: urls::app_tab(&seen.app.id, AppTab::Collaborators),
        ..Confirm::default()
    };
    page(&portal, &seen, confirm)
}

/// `POST /apps/{app}/leave`
pub(crate) async fn leave(State(portal): State<Portal>, seen: InApp<LeaveApp>) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.remove_collaborator(&seen.app.id, by.person, by).await?;
    Ok(Redirect::to(&urls::telling(urls::APPS, "left")))
}

/// `GET /apps/{app}/transfer?person=ID`
pub(crate) async fn ask_transfer(
    State(portal): State<Portal>,
    seen: InApp<TransferOwnership>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["person"])?;
    let (person, _) = collaborator(&portal, &seen, person_in(params.text("person"))?).await?;
    let confirm = Confirm {
        title: format!("Make {} the owner?", person.name),
        lead: format!("{} ({}) will own {}.", person.name, person.email, seen.app.name),
        points: vec![
            "They can then delete the app and choose the next owner.".to_owned(),
            "Who owns it now becomes an admin, and can’t take it back.".to_owned(),
        ],
        action: urls::under_app(&seen.app.id, "transfer"),
        hidden: vec![("person", person.id.to_string())],
        button: "Transfer the app",
        danger: true,
        cancel: urls::app_tab(&seen.app.id, AppTab::Collaborators),
        ..Confirm::default()
    };
    page(&portal, &seen, confirm)
}

/// `POST /apps/{app}/transfer`
pub(crate) async fn transfer(
    State(portal): State<Portal>,
    seen: InApp<TransferOwnership>,
    form: Form,
) -> Result<Redirect, PageFault> {
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.transfer_app(&seen.app.id, person_in(form.text("person"))?, by).await?;
    Ok(back(&seen, "transferred"))
}
