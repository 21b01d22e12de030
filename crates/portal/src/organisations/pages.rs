//! The page of one organisation: its people, invitations and apps, and the forms on it.

use access::OrganisationRight;
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{InvitedTo, MemberRole};

use super::frame::Frame;
use super::view::{InviteForm, Known, Looking, OrganisationView};
use crate::Portal;
use crate::access::InOrganisation;
use crate::access::rights::{ManageOrganisation, SeeOrganisation};
use crate::accounts::entering::or_flaws;
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab};

/// What is said of an invitation that is not this organisation's.
const NO_INVITATION: &str = "there is no such invitation to this organisation";
/// What is said of somebody who is not in it.
pub(crate) const NO_MEMBER: &str = "this person is not in the organisation";

#[derive(Template)]
#[template(path = "organisation.html", whitespace = "minimize")]
struct OrganisationPage<'a> {
    view: &'a OrganisationView,
}

/// The page of a view.
pub(crate) fn render(view: &OrganisationView) -> Result<String, askama::Error> {
    OrganisationPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "made" => Some("The organisation is there, and you are its Admin. Invite the people you work with."),
        "invited" => Some("The invitation is on its way."),
        "resent" => Some("The invitation is sent again, with a new link; the one before is no longer good."),
        "withdrawn" => Some("The invitation is withdrawn; its link is no longer good."),
        "role" => Some("The role is changed."),
        "removed" => Some("They are no longer in the organisation."),
        _ => None,
    }
}

/// The role of this key, where it is one.
pub(crate) fn role(key: &str) -> Result<MemberRole, service::Refusal> {
    MemberRole::from_key(key).ok_or_else(|| service::Refusal::invalid("role", "choose `admin` or `member`"))
}

async fn view<R>(portal: &Portal, who: &InOrganisation<R>, invite: InviteForm) -> Result<OrganisationView, PageFault> {
    let id = who.id();
    let steadfast = &portal.steadfast;
    let known = Known {
        organisation: who.organisation.clone(),
        members: steadfast.members(id).await?,
        apps: steadfast.apps_owned_by(id).await?,
        invitations: steadfast.invitations_to(&InvitedTo::Organisation(id, MemberRole::Member)).await?,
    };
    let looking = Looking {
        me: who.caller.actor.person(),
        manages: who.may(OrganisationRight::ManageOrganisation),
        is_staff: who.caller.is_staff(),
        now: steadfast.clock.now(),
        zone: &steadfast.platform.zone,
    };
    Ok(OrganisationView::new(Frame::new(portal, who, OrganisationTab::People), &known, looking, invite))
}

/// `GET /organisations/{organisation}`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: InOrganisation<SeeOrganisation>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let invite = InviteForm::new(&who.organisation, "", MemberRole::Member.key(), Vec::new());
    let mut view = view(&portal, &who, invite).await?;
    view.frame = view.frame.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}

fn back<R>(who: &InOrganisation<R>, done: &str) -> Response {
    let page = organisations::organisation(who.id(), OrganisationTab::People);
    Redirect::to(&urls::telling(&page, done)).into_response()
}

/// `POST /organisations/{organisation}/invitations`
pub(crate) async fn invite(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    form: Form,
) -> Result<Response, PageFault> {
    let (email, key) = (form.text("email"), form.text("role"));
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let outcome = match role(key) {
        Ok(role) => portal.steadfast.invite(InvitedTo::Organisation(who.id(), role), email, by, None).await,
        Err(refusal) => Err(refusal.into()),
    };
    match or_flaws(outcome)? {
        Ok(_) => Ok(back(&who, "invited")),
        Err(flaws) => {
            let invite = InviteForm::new(&who.organisation, email, key, flaws);
            let page = render(&view(&portal, &who, invite).await?)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// `POST /organisations/{organisation}/invitations/{invitation}/resend`
pub(crate) async fn resend(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let to = InvitedTo::Organisation(who.id(), MemberRole::Member);
    portal.steadfast.resend_invitation(&to, who.named("invitation", NO_INVITATION)?, by).await?;
    Ok(back(&who, "resent"))
}

/// `POST /organisations/{organisation}/invitations/{invitation}/withdraw`
pub(crate) async fn withdraw(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let to = InvitedTo::Organisation(who.id(), MemberRole::Member);
    portal.steadfast.withdraw_invitation(&to, who.named("invitation", NO_INVITATION)?, by).await?;
    Ok(back(&who, "withdrawn"))
}

/// `POST /organisations/{organisation}/members/{person}`
pub(crate) async fn set_role(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    form: Form,
) -> Result<Response, PageFault> {
    let person = who.named("person", NO_MEMBER)?;
    let role = role(form.text("role")).map_err(Fault::from)?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.set_member_role(who.id(), person, role, by).await?;
    Ok(back(&who, "role"))
}
