//! The page where one chooses what to be told of an app.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::App;
use service::{AlertChanges, AlertChoice, Flaw};

use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::fault::{Fault, PageFault};
use crate::form::{Form, FormFlaws};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// The page.
#[derive(Debug)]
pub(crate) struct AlertsView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    /// Where mails go.
    pub(crate) email: String,
    /// The choices: word, what it means, key, whether it is chosen.
    pub(crate) changes: Vec<Choice>,
    pub(crate) weekly: bool,
    pub(crate) flaws: FormFlaws,
    pub(crate) action: String,
    pub(crate) health_url: String,
}

/// Something that can be chosen.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) key: &'static str,
    pub(crate) word: &'static str,
    pub(crate) gloss: &'static str,
    pub(crate) chosen: bool,
}

/// The key of wanting no mail.
const NONE: &str = "none";

impl AlertsView {
    pub(crate) fn new(setting: Setting<'_>, app: &App, registered: bool, choice: AlertChoice) -> Self {
        let changes = [
            (None, "Nothing", "no mail about its status"),
            (
                Some(AlertChanges::Worse),
                "When it gets worse",
                "from Healthy to Review Recommended, or to Needs Attention",
            ),
            (Some(AlertChanges::Any), "Every change", "when it gets better, too, and when calls stop"),
        ];
        let email = setting.caller.and_then(|caller| caller.person.as_ref()).map(|person| person.email.to_string());
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(app, registered, AppTab::Alerts),
            email: email.unwrap_or_default(),
            changes: changes
                .into_iter()
                .map(|(changes, word, gloss)| Choice {
                    key: changes.map_or(NONE, AlertChanges::key),
                    word,
                    gloss,
                    chosen: changes == choice.changes,
                })
                .collect(),
            weekly: choice.weekly,
            flaws: FormFlaws::default(),
            action: urls::app_tab(&app.id, AppTab::Alerts),
            health_url: urls::app_tab(&app.id, AppTab::Health),
        }
    }
}

/// What was just done, by the word in the URL.
fn done(word: &str) -> Option<&'static str> {
    (word == "saved").then_some("Your choice is saved.")
}

#[derive(Template)]
#[template(path = "alerts.html", whitespace = "minimize")]
struct AlertsPage<'a> {
    view: &'a AlertsView,
}

/// The page of a view.
pub(crate) fn render(view: &AlertsView) -> Result<String, askama::Error> {
    AlertsPage { view }.render()
}

/// A program of an organisation has no mailbox.
pub(super) fn person(seen: &InApp<SeeApp>) -> Result<model::PersonId, Fault> {
    let person = seen.caller.actor.person();
    person.ok_or_else(|| {
        Fault::Forbidden("alerts are for people; use a personal token, not an organisation's".to_owned())
    })
}

/// `GET /apps/{app}/alerts`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let choice = portal.steadfast.alert_choice(&seen.app.id, person(&seen)?).await?;
    let mut view = AlertsView::new(portal.setting(&seen.caller), &seen.app, seen.registration.is_some(), choice);
    view.chrome = view.chrome.telling(done(params.text("done")));
    Ok(Html(render(&view)?))
}

/// `POST /apps/{app}/alerts`
pub(crate) async fn choose(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    form: Form,
) -> Result<Response, PageFault> {
    let person = person(&seen)?;
    let (key, weekly) = (form.text("changes"), form.has("weekly"));
    let changes = AlertChanges::from_key(key);
    let choice = AlertChoice { changes, weekly };
    if changes.is_none() && key != NONE {
        let mut view = AlertsView::new(portal.setting(&seen.caller), &seen.app, seen.registration.is_some(), choice);
        view.flaws = FormFlaws::new(1, vec![Flaw::new("changes", "choose of which changes you want to be told")]);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render(&view)?)).into_response());
    }
    portal.steadfast.choose_alerts(&seen.app.id, person, choice, seen.caller.actor.doer()).await?;
    let page = urls::app_tab(&seen.app.id, AppTab::Alerts);
    Ok(Redirect::to(&format!("{page}?done=saved")).into_response())
}
