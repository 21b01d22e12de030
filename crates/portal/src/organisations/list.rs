//! One's organisations, and making one.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use service::{Flaw, OrganisationSeen};

use crate::Portal;
use crate::access::SignedIn;
use crate::access::rights::{PeopleRead, PeopleWrite};
use crate::accounts::entering::or_flaws;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::form::{Field, Form, FormFlaws};
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab};

/// The list, with the form for a new one.
#[derive(Clone, Debug)]
pub(crate) struct OrganisationsView {
    pub(crate) chrome: Chrome,
    pub(crate) rows: Vec<OrganisationRow>,
    pub(crate) name: Field,
    pub(crate) flaws: FormFlaws,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct OrganisationRow {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) role: &'static str,
    pub(crate) people: usize,
    pub(crate) apps: usize,
}

impl From<OrganisationSeen> for OrganisationRow {
    fn from(seen: OrganisationSeen) -> Self {
        Self {
            url: organisations::organisation(seen.organisation.id, OrganisationTab::People),
            name: seen.organisation.name,
            role: seen.role.map_or("", |role| role.word()),
            people: seen.people,
            apps: seen.apps,
        }
    }
}

impl OrganisationsView {
    pub(crate) fn new(chrome: Chrome, seen: Vec<OrganisationSeen>, name: &str, mut flaws: Vec<Flaw>) -> Self {
        let count = flaws.len();
        let name = Field::new("name", "Name", name)
            .hint("The company or team whose apps they are, such as `Acme Software`.")
            .with(&mut flaws);
        Self {
            chrome,
            rows: seen.into_iter().map(OrganisationRow::from).collect(),
            name,
            flaws: FormFlaws::new(count, flaws),
        }
    }
}

#[derive(Template)]
#[template(path = "organisations.html", whitespace = "minimize")]
struct OrganisationsPage<'a> {
    view: &'a OrganisationsView,
}

/// The page of a view.
pub(crate) fn render(view: &OrganisationsView) -> Result<String, askama::Error> {
    OrganisationsPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "left" => Some("You have left the organisation."),
        _ => None,
    }
}

/// `GET /organisations`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: SignedIn<PeopleRead>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let SignedIn { caller, person, .. } = who;
    let params = Params::of_page(query, &["done"])?;
    let seen = portal.steadfast.organisations_of(person.id).await?;
    let chrome = Chrome::new(portal.setting(&caller), Tab::Organisations).telling(told(params.text("done")));
    Ok(Html(render(&OrganisationsView::new(chrome, seen, "", Vec::new()))?))
}

/// `POST /organisations`
pub(crate) async fn make(
    State(portal): State<Portal>,
    who: SignedIn<PeopleWrite>,
    form: Form,
) -> Result<Response, PageFault> {
    let SignedIn { caller, person, .. } = who;
    let by = portal.steadfast.by(&caller.actor).await?;
    match or_flaws(portal.steadfast.make_organisation(form.raw("name"), by, None).await)? {
        Ok(id) => {
            let page = organisations::organisation(id, OrganisationTab::People);
            Ok(Redirect::to(&urls::telling(&page, "made")).into_response())
        }
        Err(flaws) => {
            let seen = portal.steadfast.organisations_of(person.id).await?;
            let chrome = Chrome::new(portal.setting(&caller), Tab::Organisations);
            let page = render(&OrganisationsView::new(chrome, seen, form.raw("name"), flaws))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}
