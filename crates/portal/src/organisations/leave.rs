//! Removing somebody from an organisation, and leaving it: asked first, with what it means for the apps.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use model::{AppRole, Member, MemberRole, Person, PersonId};
use service::AppOfMember;

use super::frame::Frame;
use super::pages::NO_MEMBER;
use super::view::{AppRow, app_note};
use crate::Portal;
use crate::access::InOrganisation;
use crate::access::rights::{LeaveOrganisation, ManageOrganisation};
use crate::ask::{AskItem, AskView, ask};
use crate::fault::{Fault, PageFault};
use crate::figures::count;
use crate::form::Form;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab};

/// The box that also ends their work on the organisation's apps.
const FROM_APPS: &str = "from_apps";

/// The apps that are touched, each with what they are in it.
pub(crate) fn items(apps: &[AppOfMember]) -> Vec<AskItem> {
    let item = |it: &AppOfMember| {
        let AppRow { name, url, .. } = AppRow::from(&it.app);
        AskItem { name, url, note: app_note(it.role) }
    };
    apps.iter().map(item).collect()
}

/// What removing means for the apps that they own.
fn orphans(apps: &[AppOfMember], who: &str) -> Option<String> {
    let owned = apps.iter().filter(|it| it.role == AppRole::Owner).count();
    (owned > 0).then(|| {
        let these = if owned == 1 { "One app loses".to_owned() } else { format!("{owned} apps lose") };
        format!(
            "{these} the membership of the Owner. {who} the Owner there until an Admin of the organisation takes the app \
             over, which any Admin can do on its Settings page; better do that first."
        )
    })
}

/// Whether nobody but this person is an Admin.
fn is_last_admin(members: &[(Person, Member)], person: PersonId) -> bool {
    let mut admins = members.iter().filter(|(_, member)| member.role == MemberRole::Admin);
    admins.next().is_some_and(|(admin, _)| admin.id == person) && admins.next().is_none()
}

/// `GET /organisations/{organisation}/members/{person}/remove`
pub(crate) async fn ask_remove(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
) -> Result<Response, PageFault> {
    let person: PersonId = who.named("person", NO_MEMBER)?;
    let (member, _) = portal.steadfast.member(who.id(), person).await?;
    let members = portal.steadfast.members(who.id()).await?;
    let tokens = portal.steadfast.organisation_tokens(who.id()).await?;
    let tokens = tokens.iter().filter(|(token, _)| token.created_by == person).count();
    let apps = portal.steadfast.apps_of_member(who.id(), person).await?;
    let frame = Frame::new(&portal, &who, OrganisationTab::People);
    let name = &member.name;
    let mut lead = vec![format!(
        "{name} ({}) no longer sees the organisation, its people and API tokens, from this moment on. They can be \
         invited again.",
        member.email
    )];
    lead.extend(orphans(&apps, &format!("{name} stays")));
    if tokens > 0 {
        let made = count(tokens as u64, "API token");
        lead.push(format!("They made {made} of the organisation, which stay good: revoke what they may have kept."));
    }
    let others = apps.iter().any(|it| it.role != AppRole::Owner);
    ask(&AskView {
        chrome: frame.chrome,
        side: frame.side,
        side_name: frame.name.clone(),
        title: format!("Remove {name} from {}?", frame.name),
        lead,
        list_title: "Apps of the organisation that they work on".to_owned(),
        list: items(&apps),
        refused: is_last_admin(&members, person).then(|| {
            format!("{name} is the last Admin. An organisation needs one: make somebody else an Admin first.")
        }),
        tick: others
            .then(|| (FROM_APPS, "Remove them from these apps too (but for those that they own)".to_owned(), true)),
        action: organisations::remove_member(who.id(), person),
        button: "Remove from the organisation".to_owned(),
        is_danger: true,
        back: organisations::organisation(who.id(), OrganisationTab::People),
        ..AskView::default()
    })
}

/// `POST /organisations/{organisation}/members/{person}/remove`
pub(crate) async fn remove(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    form: Form,
) -> Result<Response, PageFault> {
    let person = who.named("person", NO_MEMBER)?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.remove_member(who.id(), person, form.has(FROM_APPS), by).await?;
    let page = if by.person == person {
        urls::telling(urls::ORGANISATIONS, "left")
    } else {
        urls::telling(&organisations::organisation(who.id(), OrganisationTab::People), "removed")
    };
    Ok(Redirect::to(&page).into_response())
}

fn me<R>(who: &InOrganisation<R>) -> Result<PersonId, Fault> {
    who.caller.actor.person().ok_or_else(|| Fault::Forbidden("only people leave organisations".to_owned()))
}

/// `GET /organisations/{organisation}/leave`
pub(crate) async fn ask_leave(
    State(portal): State<Portal>,
    who: InOrganisation<LeaveOrganisation>,
) -> Result<Response, PageFault> {
    let me = me(&who)?;
    let members = portal.steadfast.members(who.id()).await?;
    let apps = portal.steadfast.apps_of_member(who.id(), me).await?;
    let frame = Frame::new(&portal, &who, OrganisationTab::Settings);
    let mut lead = vec![
        "You no longer see its people and API tokens, from this moment on. To come back you need an invitation."
            .to_owned(),
    ];
    lead.extend(orphans(&apps, "You stay"));
    ask(&AskView {
        chrome: frame.chrome,
        side: frame.side,
        side_name: frame.name.clone(),
        title: format!("Leave {}?", frame.name),
        lead,
        list_title: "Apps of the organisation that you work on".to_owned(),
        list: items(&apps),
        refused: is_last_admin(&members, me).then(|| {
            "You are the last Admin. An organisation needs one: make somebody else an Admin, then leave.".to_owned()
        }),
        action: organisations::leave_organisation(who.id()),
        button: "Leave the organisation".to_owned(),
        is_danger: true,
        back: organisations::organisation(who.id(), OrganisationTab::Settings),
        ..AskView::default()
    })
}

/// `POST /organisations/{organisation}/leave`
pub(crate) async fn leave(
    State(portal): State<Portal>,
    who: InOrganisation<LeaveOrganisation>,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    portal.steadfast.remove_member(who.id(), me(&who)?, false, by).await?;
    Ok(Redirect::to(&urls::telling(urls::ORGANISATIONS, "left")).into_response())
}
