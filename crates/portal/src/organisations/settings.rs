//! An organisation's name, and the way out.

use access::OrganisationRight;
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use service::Flaw;

use super::frame::Frame;
use crate::Portal;
use crate::access::InOrganisation;
use crate::access::rights::{ManageOrganisation, SeeOrganisation};
use crate::accounts::entering::or_flaws;
use crate::fault::PageFault;
use crate::form::{Field, Form, FormFlaws};
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab};

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct SettingsView {
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) action: String,
    pub(crate) name: Field,
    pub(crate) flaws: FormFlaws,
    pub(crate) manages: bool,
    /// Where one leaves.
    pub(crate) leave: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation_settings.html", whitespace = "minimize")]
struct SettingsPage<'a> {
    view: &'a SettingsView,
}

/// The page of a view.
pub(crate) fn render(view: &SettingsView) -> Result<String, askama::Error> {
    SettingsPage { view }.render()
}

fn view<R>(portal: &Portal, who: &InOrganisation<R>, name: &str, mut flaws: Vec<Flaw>) -> SettingsView {
    let count = flaws.len();
    let name = Field::new("name", "Name", name).hint("As its people, and whoever is invited, see it.").with(&mut flaws);
    let leaves = who.may(OrganisationRight::LeaveOrganisation);
    SettingsView {
        frame: Frame::new(portal, who, OrganisationTab::Settings),
        id: who.id().to_string(),
        action: organisations::organisation(who.id(), OrganisationTab::Settings),
        name,
        flaws: FormFlaws::new(count, flaws),
        manages: who.may(OrganisationRight::ManageOrganisation),
        leave: leaves.then(|| organisations::leave_organisation(who.id())),
    }
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "name" => Some("The name is saved."),
        _ => None,
    }
}

/// `GET /organisations/{organisation}/settings`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: InOrganisation<SeeOrganisation>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let mut view = view(&portal, &who, &who.organisation.name, Vec::new());
    view.frame = view.frame.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}

/// `POST /organisations/{organisation}/settings`
pub(crate) async fn rename(
    State(portal): State<Portal>,
    who: InOrganisation<ManageOrganisation>,
    form: Form,
) -> Result<Response, PageFault> {
    let by = portal.steadfast.by(&who.caller.actor).await?;
    match or_flaws(portal.steadfast.rename_organisation(who.id(), form.raw("name"), by).await)? {
        Ok(_) => {
            let page = organisations::organisation(who.id(), OrganisationTab::Settings);
            Ok(Redirect::to(&urls::telling(&page, "name")).into_response())
        }
        Err(flaws) => {
            let page = render(&view(&portal, &who, form.raw("name"), flaws))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}
