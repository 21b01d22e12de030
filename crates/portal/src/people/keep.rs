//! What operators do with accounts, each asked first.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use model::{Person, PersonId, PlatformRole};
use service::Refusal;

use super::person::person_in;
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::ManagePeople;
use crate::ask::{AskView, ask};
use crate::chrome::{Chrome, Tab};
use crate::fault::{Fault, PageFault};
use crate::figures::count;
use crate::form::Form;
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, PersonPage};

/// The role of this key in a field; none for the empty one.
pub(crate) fn role(field: &str, key: &str) -> Result<Option<PlatformRole>, Refusal> {
    let wrong = || Refusal::invalid(field, "choose `operator`, `reviewer`, `auditor` or none");
    if key.is_empty() { Ok(None) } else { PlatformRole::from_key(key).map(Some).ok_or_else(wrong) }
}

/// What somebody in this role may do.
fn meaning(role: PlatformRole) -> &'static str {
    match role {
        PlatformRole::Auditor => "An auditor sees all apps, people and the audit log, and changes nothing.",
        PlatformRole::Reviewer => "A reviewer sees all apps, people and the audit log, and decides claims.",
        PlatformRole::Operator => {
            "An operator runs the platform: changes every app, shuts accounts, and gives and takes roles."
        }
    }
}

fn question(portal: &Portal, who: &Staff<ManagePeople>, person: &Person) -> AskView {
    AskView {
        chrome: Chrome::new(portal.setting(&who.caller), Tab::Platform),
        back: organisations::person(person.id, PersonPage::Overview),
        ..AskView::default()
    }
}

fn back(person: PersonId, done: &str) -> Response {
    Redirect::to(&urls::telling(&organisations::person(person, PersonPage::Overview), done)).into_response()
}

/// `GET /platform/people/{person}/role?role=ROLE`
pub(crate) async fn ask_role(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["role"])?;
    let role = role("role", params.text("role")).map_err(Fault::from)?;
    let person = portal.steadfast.person_in_full(person_in(path)?).await?.person;
    let (name, email) = (&person.name, &person.email);
    let has = person.platform_role.map_or_else(
        || format!("{name} ({email}) has no role on the platform."),
        |role| format!("{name} ({email}) is {} of the platform.", role.word()),
    );
    let title = match role {
        None => format!("Take the role from {name}?"),
        Some(role) => format!("Make {name} {}?", role.word()),
    };
    let then = role.map_or("They keep their own apps and organisations, and see nothing else.", meaning);
    let unchanged = "They have this role already.".to_owned();
    ask(&AskView {
        title,
        lead: vec![has, then.to_owned()],
        hidden: vec![("role", role.map_or("", PlatformRole::key).to_owned())],
        refused: (role == person.platform_role).then_some(unchanged),
        action: organisations::person(person.id, PersonPage::Role),
        button: role.map_or_else(|| "Take the role".to_owned(), |role| format!("Make {}", role.word())),
        is_danger: role.is_none() || role == Some(PlatformRole::Operator),
        ..question(&portal, &who, &person)
    })
}

/// `POST /platform/people/{person}/role`
pub(crate) async fn set_role(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
    form: Form,
) -> Result<Response, PageFault> {
    if !form.has("role") {
        return Err(Refusal::invalid("role", "choose `operator`, `reviewer`, `auditor` or none").into());
    }
    let role = role("role", form.text("role")).map_err(Fault::from)?;
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let person = portal.steadfast.set_platform_role(person_in(path)?, role, by).await?;
    Ok(back(person.id, "role"))
}

/// `GET /platform/people/{person}/shut`
pub(crate) async fn ask_shut(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let full = portal.steadfast.person_in_full(person_in(path)?).await?;
    let (name, email) = (&full.person.name, &full.person.email);
    let owned = full.apps.iter().filter(|(_, role)| *role == model::AppRole::Owner).count() as u64;
    let mut lead = vec![format!(
        "{name} ({email}) is signed out everywhere ({}), their own API tokens ({}) are refused, and nobody signs in with \
         the account until an operator opens it again.",
        count(full.sessions as u64, "session"),
        full.tokens,
    )];
    if owned > 0 {
        let apps = count(owned, "app");
        lead.push(format!("They stay the Owner of {apps}; Admins of the organisations can take over."));
    }
    ask(&AskView {
        title: format!("Shut the account of {name}?"),
        lead,
        action: organisations::person(full.person.id, PersonPage::Shut),
        button: "Shut the account".to_owned(),
        is_danger: true,
        ..question(&portal, &who, &full.person)
    })
}

/// `POST /platform/people/{person}/shut`
pub(crate) async fn shut(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let person = portal.steadfast.shut_account(person_in(path)?, by).await?;
    Ok(back(person.id, "shut"))
}

/// `GET /platform/people/{person}/open`
pub(crate) async fn ask_open(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let full = portal.steadfast.person_in_full(person_in(path)?).await?;
    let (name, email) = (&full.person.name, &full.person.email);
    ask(&AskView {
        title: format!("Open the account of {name}?"),
        lead: vec![format!(
            "{name} ({email}) can sign in again, with everything that they had. Tokens that were not revoked and have not \
             expired are good again."
        )],
        action: organisations::person(full.person.id, PersonPage::Open),
        button: "Open the account".to_owned(),
        ..question(&portal, &who, &full.person)
    })
}

/// `POST /platform/people/{person}/open`
pub(crate) async fn open(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let person = portal.steadfast.open_account(person_in(path)?, by).await?;
    Ok(back(person.id, "opened"))
}

/// `POST /platform/people/{person}/verification`
pub(crate) async fn mail_verification(
    State(portal): State<Portal>,
    who: Staff<ManagePeople>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    let person = portal.steadfast.mail_verification_to(person_in(path)?, by).await?;
    Ok(back(person.id, "mailed"))
}
