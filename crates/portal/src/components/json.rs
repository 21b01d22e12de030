//! The draft as a JSON document, for people who would rather write one.

use askama::Template;
use axum::extract::{RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use manifest::{Notice, Purpose, Reading};
use model::App;
use service::{Error, Refusal};

use super::pages::{conflict, told};
use super::problems::{Listed, pointed};
use super::view::Conflict;
use super::{Frame, Way, WayLink, demand_registered, ways};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{EditManifests, SeeManifests};
use crate::chrome::{AppTab, Chrome, Sidebar};
use crate::fault::{PageFault, sentence};
use crate::form::{Field, Form};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// The page with the document.
#[derive(Clone, Debug, Template)]
#[template(path = "components_json.html", whitespace = "minimize")]
pub(crate) struct JsonPage {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) ways: Vec<WayLink>,
    pub(crate) action: String,
    pub(crate) api_url: String,
    pub(crate) revision: i64,
    pub(crate) may_edit: bool,
    pub(crate) document: Field,
    /// What keeps it from being saved.
    pub(crate) problems: Vec<Listed>,
    /// What keeps the saved draft from being a version.
    pub(crate) missing: Vec<Listed>,
    /// What was changed on the way from another format.
    pub(crate) notices: Vec<Listed>,
    pub(crate) conflict: Option<Conflict>,
}

impl JsonPage {
    /// The page with this document in it.
    pub(crate) fn new((setting, app): (Setting<'_>, &App), text: &str, revision: i64, may_edit: bool) -> Self {
        let Frame { chrome, sidebar } = Frame::new(setting, app, AppTab::Components, None);
        Self {
            chrome,
            sidebar,
            ways: ways(app, Way::Json),
            action: urls::components_json(&app.id),
            api_url: urls::draft_json(&app.id),
            revision,
            may_edit,
            document: Field::new("document", "Manifest", text),
            problems: Vec::new(),
            missing: Vec::new(),
            notices: Vec::new(),
            conflict: None,
        }
    }

    /// The same page, on which nothing was saved because of these problems.
    pub(crate) fn refused(mut self, problems: &[manifest::Problem]) -> Self {
        self.document.flaw = Some("Nothing was saved; what has to be mended stands above.".to_owned());
        Self { problems: pointed(problems), ..self }
    }
}

/// `GET /apps/{app}/components/json`
pub(crate) async fn show(
    Shared(portal): Shared<Portal>,
    seen: InApp<SeeManifests>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    demand_registered(&seen)?;
    let params = Params::of_page(query, &["done"])?;
    let draft = portal.steadfast.draft(&seen.app.id).await?;
    let may_edit = seen.may(access::AppRight::EditManifests);
    let place = (portal.setting(&seen.caller), &seen.app);
    let page = JsonPage::new(place, &draft.manifest.to_json_text(), draft.revision, may_edit);
    let missing = if draft.revision == 0 { Vec::new() } else { pointed(&draft.problems) };
    let chrome = page.chrome.clone().telling(told(params.text("done")));
    Ok(Html(JsonPage { missing, chrome, ..page }.render()?))
}

/// `POST /apps/{app}/components/json`
pub(crate) async fn save(
    Shared(portal): Shared<Portal>,
    seen: InApp<EditManifests>,
    form: Form,
) -> Result<Response, PageFault> {
    demand_registered(&seen)?;
    let (app, text) = (&seen.app.id, form.raw("document"));
    let based_on = form.text("revision").parse().unwrap_or(-1);
    let page = |text: &str, revision| JsonPage::new((portal.setting(&seen.caller), &seen.app), text, revision, true);
    let reading: Reading = manifest::check(text.as_bytes(), Purpose::Draft, &portal.steadfast.platform.manifest_rules);
    let Some(typed) = &reading.manifest else {
        let page = JsonPage { notices: noted(&reading.notices), ..page(text, based_on).refused(&reading.problems) };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response());
    };
    match portal.steadfast.save_draft(app, typed, based_on, seen.caller.actor.doer()).await {
        Ok(_) if reading.notices.is_empty() => {
            Ok(Redirect::to(&urls::telling(&urls::components_json(app), "saved")).into_response())
        }
        // What was changed on the way can be told now and never again.
        Ok(revision) => {
            let page = page(&typed.to_json_text(), revision);
            let chrome = page.chrome.clone().telling(Some("The draft was saved, in the format of this platform."));
            let page = JsonPage { notices: noted(&reading.notices), chrome, ..page };
            Ok(Html(page.render()?).into_response())
        }
        Err(Error::Refused(Refusal::Conflict(_))) => {
            let now = portal.steadfast.draft(app).await?;
            let page = page(text, now.revision);
            let page = JsonPage { conflict: Some(conflict(&now.manifest, Some(typed))), ..page };
            Ok((StatusCode::CONFLICT, Html(page.render()?)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn noted(notices: &[Notice]) -> Vec<Listed> {
    let one = |notice: &Notice| Listed { place: notice.pointer.clone(), href: None, text: sentence(&notice.message) };
    notices.iter().map(one).collect()
}
