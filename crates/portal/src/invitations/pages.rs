//! The page of an invitation, and the list of one's own.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{InvitationId, InvitedTo};
use service::{InvitationKey, InvitationSeen};

use super::view::{InvitationView, InvitationsView};
use crate::Portal;
use crate::access::rights::{PeopleRead, PeopleWrite};
use crate::access::{Caller, SignedIn};
use crate::chrome::AppTab;
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

#[derive(Template)]
#[template(path = "invitation.html", whitespace = "minimize")]
struct InvitationPage<'a> {
    view: &'a InvitationView,
}

#[derive(Template)]
#[template(path = "invitations.html", whitespace = "minimize")]
struct InvitationsPage<'a> {
    view: &'a InvitationsView,
}

/// The page of one invitation.
pub(crate) fn render(view: &InvitationView) -> Result<String, askama::Error> {
    InvitationPage { view }.render()
}

/// The page of one's invitations.
pub(crate) fn render_list(view: &InvitationsView) -> Result<String, askama::Error> {
    InvitationsPage { view }.render()
}

/// `GET /invitations/{token}`: anybody with the link sees who invites to what.
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    Path(carried): Path<String>,
) -> Result<Response, PageFault> {
    let seen = portal.steadfast.invitation(InvitationKey::Link(&carried)).await?;
    let page = render(&InvitationView::new(portal.setting(&caller), &seen, &carried))?;
    // The address of the page is good for as long as the invitation is: no search engine keeps it.
    Ok(([(header::HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"))], Html(page))
        .into_response())
}

/// `POST /invitations/{token}`
pub(crate) async fn answer(
    State(portal): State<Portal>,
    who: SignedIn<PeopleWrite>,
    Path(carried): Path<String>,
    form: Form,
) -> Result<Redirect, PageFault> {
    answered(&portal, who, InvitationKey::Link(&carried), &form).await
}

/// `GET /invitations`
pub(crate) async fn list(
    State(portal): State<Portal>,
    who: SignedIn<PeopleRead>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let SignedIn { caller, person, .. } = who;
    let params = Params::of_page(query, &["done"])?;
    let invitations = portal.steadfast.open_invitations_of(&person).await?;
    let mut view = InvitationsView::new(portal.setting(&caller), &invitations);
    let told = (params.text("done") == "declined").then_some("You declined the invitation.");
    view.chrome = view.chrome.telling(told);
    Ok(Html(render_list(&view)?))
}

/// `POST /invitations`
pub(crate) async fn answer_listed(
    State(portal): State<Portal>,
    who: SignedIn<PeopleWrite>,
    form: Form,
) -> Result<Redirect, PageFault> {
    let id: InvitationId =
        form.text("invitation").parse().map_err(|_| Fault::NotFound("there is no such invitation".to_owned()))?;
    answered(&portal, who, InvitationKey::Id(id), &form).await
}

async fn answered(
    portal: &Portal,
    who: SignedIn<PeopleWrite>,
    key: InvitationKey<'_>,
    form: &Form,
) -> Result<Redirect, PageFault> {
    let SignedIn { caller, person, .. } = who;
    let accept = match form.text("decision") {
        "accept" => true,
        "decline" => false,
        _ => return Err(Fault::BadRequest("press one of the two buttons: accept or decline".to_owned()).into()),
    };
    let by = portal.steadfast.by(&caller.actor).await?;
    let seen = portal.steadfast.answer_invitation(key, &person, accept, by).await?;
    Ok(Redirect::to(&if accept { welcome(&seen) } else { urls::telling(urls::APPS, "declined") }))
}

/// Where an accepted invitation leads.
fn welcome(seen: &InvitationSeen) -> String {
    match &seen.invitation.to {
        InvitedTo::App(app, _) => urls::telling(&urls::app_tab(app, AppTab::Overview), "joined"),
        InvitedTo::Organisation(..) => urls::telling(urls::ORGANISATIONS, "joined"),
    }
}
