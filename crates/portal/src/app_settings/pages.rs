//! The settings of an app as a page.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use service::{AppChange, Error, Flaw, Refusal};

use super::view::{Answers, SettingsView, distribution_of};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{EditSettings, SeeApp};
use crate::chrome::AppTab;
use crate::fault::PageFault;
use crate::form::Form;
use crate::query::Params;
use crate::urls;

#[derive(Template)]
#[template(path = "app_settings.html", whitespace = "minimize")]
struct SettingsPage<'a> {
    view: &'a SettingsView,
}

/// The page of a view.
pub(crate) fn render(view: &SettingsView) -> Result<String, askama::Error> {
    SettingsPage { view }.render()
}

/// `GET /apps/{app}/settings`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    portal.steadfast.registered_app(&seen.app.id).await?;
    let params = Params::of_page(query, &["done"])?;
    let told = (params.text("done") == "saved").then_some("The settings were saved.");
    let mut view = SettingsView::new(portal.setting(&seen.caller), &seen, None, Vec::new());
    view.chrome = view.chrome.telling(told);
    Ok(Html(render(&view)?))
}

/// `POST /apps/{app}/settings`
pub(crate) async fn save(
    State(portal): State<Portal>,
    seen: InApp<EditSettings>,
    form: Form,
) -> Result<Response, PageFault> {
    let answers = Answers {
        name: form.text("name").to_owned(),
        description: form.text("description").to_owned(),
        distribution: form.text("distribution").to_owned(),
    };
    match change(&portal, &seen, &answers).await {
        Ok(()) => {
            let url = urls::telling(&urls::app_tab(&seen.app.id, AppTab::Settings), "saved");
            Ok(Redirect::to(&url).into_response())
        }
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            let view = SettingsView::new(portal.setting(&seen.caller), &seen, Some(answers), flaws);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render(&view)?)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(portal: &Portal, seen: &InApp<EditSettings>, answers: &Answers) -> Result<(), Error> {
    let distribution = distribution_of(&answers.distribution);
    let change =
        AppChange { name: Some(answers.name.clone()), description: Some(answers.description.clone()), distribution };
    if distribution.is_none() {
        // The other fields are checked all the same, so that every flaw is told at once.
        let mut flaws = change.flaws();
        flaws.push(Flaw::new("distribution", "choose custom or marketplace"));
        return Err(Refusal::Invalid(flaws).into());
    }
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    portal.steadfast.change_app(&seen.app.id, &change, by).await
}
