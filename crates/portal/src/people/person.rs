//! One person, as the platform's staff sees them.

use access::PlatformRight;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use model::{PersonId, PlatformRole, PlatformZone, UnixMillis};
use service::PersonInFull;

use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePeople;
use crate::accounts::moments::Moment;
use crate::chrome::{AppTab, Chrome, Tab};
use crate::fault::{Fault, PageFault};
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab, PersonPage};

/// The page.
#[derive(Debug)]
pub(crate) struct PersonView {
    pub(crate) chrome: Chrome,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) role: Option<&'static str>,
    pub(crate) verified: Option<Moment>,
    pub(crate) shut: Option<Moment>,
    pub(crate) joined: Moment,
    pub(crate) signed_in: Option<Moment>,
    pub(crate) sessions: usize,
    pub(crate) tokens: usize,
    pub(crate) second_factor: bool,
    /// Organisations: name, URL, role.
    pub(crate) organisations: Vec<(String, String, &'static str)>,
    /// Apps: name, URL, role.
    pub(crate) apps: Vec<(String, String, &'static str)>,
    /// What they did.
    pub(crate) audit: String,
    pub(crate) keep: Option<Keep>,
}

/// What an operator can do with the account.
#[derive(Debug)]
pub(crate) struct Keep {
    /// Whether it is their own, which they leave to others.
    pub(crate) is_own: bool,
    pub(crate) role_url: String,
    /// Key and word of each role.
    pub(crate) roles: Vec<(&'static str, &'static str)>,
    /// The key of the role that they have; empty for none.
    pub(crate) role: &'static str,
    /// Where the account is shut or opened.
    pub(crate) shut_or_open: String,
    pub(crate) is_shut: bool,
    /// Where the link that verifies the address is mailed again.
    pub(crate) verification: Option<String>,
}

impl Keep {
    /// For an operator, who is `me`.
    pub(crate) fn new(person: &model::Person, me: Option<PersonId>) -> Self {
        let is_shut = person.disabled_at.is_some();
        let roles = PlatformRole::ALL.iter().map(|role| (role.key(), role.word()));
        Self {
            is_own: me == Some(person.id),
            role_url: organisations::person(person.id, PersonPage::Role),
            roles: [("", "None")].into_iter().chain(roles).collect(),
            role: person.platform_role.map_or("", PlatformRole::key),
            shut_or_open: organisations::person(person.id, if is_shut { PersonPage::Open } else { PersonPage::Shut }),
            is_shut,
            verification: (person.verified_at.is_none() && !is_shut)
                .then(|| organisations::person(person.id, PersonPage::Verification)),
        }
    }
}

impl PersonView {
    pub(crate) fn new(
        chrome: Chrome,
        full: PersonInFull,
        keep: Option<Keep>,
        (now, zone): (UnixMillis, &PlatformZone),
    ) -> Self {
        let moment = |at: UnixMillis| Moment::new(at, now, zone);
        let person = full.person;
        Self {
            chrome,
            audit: organisations::audit_by(person.email.as_str()),
            email: person.email.to_string(),
            id: person.id.to_string(),
            role: person.platform_role.map(|role| role.word()),
            verified: person.verified_at.map(moment),
            shut: person.disabled_at.map(moment),
            joined: moment(person.created_at),
            signed_in: full.last_sign_in.map(moment),
            sessions: full.sessions,
            tokens: full.tokens,
            second_factor: full.second_factor,
            organisations: full
                .organisations
                .into_iter()
                .map(|(it, member)| {
                    let url = organisations::organisation(it.id, OrganisationTab::People);
                    (it.name, url, member.role.word())
                })
                .collect(),
            apps: full
                .apps
                .iter()
                .map(|(app, role)| {
                    let url = urls::app_tab(&app.id, AppTab::Overview);
                    (crate::apps::view::name(app).to_owned(), url, role.word())
                })
                .collect(),
            keep,
            name: person.name,
        }
    }
}

#[derive(Template)]
#[template(path = "person.html", whitespace = "minimize")]
struct PersonPageOf<'a> {
    view: &'a PersonView,
}

/// The page of a view.
pub(crate) fn render(view: &PersonView) -> Result<String, askama::Error> {
    PersonPageOf { view }.render()
}

/// The person that a path names.
pub(crate) fn person_in(path: Result<Path<String>, PathRejection>) -> Result<PersonId, Fault> {
    let named = path.ok().and_then(|Path(text)| text.parse().ok());
    named.ok_or_else(|| Fault::NotFound("there is no such person".to_owned()))
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "role" => Some("The role is changed. It counts from their next page on."),
        "shut" => Some("The account is shut: its sessions are over, and its tokens are refused."),
        "opened" => Some("The account is open again. They sign in anew."),
        "mailed" => Some("A new link is on its way to them."),
        _ => None,
    }
}

/// `GET /platform/people/{person}`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: Staff<SeePeople>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let full = portal.steadfast.person_in_full(person_in(path)?).await?;
    let manages = PlatformRight::ManagePeople.is_held_by(&who.caller.actor);
    let keep = manages.then(|| Keep::new(&full.person, who.caller.actor.person()));
    let chrome = Chrome::new(portal.setting(&who.caller), Tab::Platform).telling(told(params.text("done")));
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    Ok(Html(render(&PersonView::new(chrome, full, keep, (now, zone)))?))
}
