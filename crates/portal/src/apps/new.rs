//! Making an app: just a name.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::Organisation;
use service::{Error, Flaw, NewApp, Refusal};

use crate::Portal;
use crate::access::SignedIn;
use crate::access::rights::AppsWrite;
use crate::chrome::{AppTab, Chrome, Tab};
use crate::fault::PageFault;
use crate::form::{Field, Form, FormFlaws};
use crate::setting::Setting;
use crate::urls;

/// The page that asks for the name.
#[derive(Debug, Template)]
#[template(path = "new_app.html", whitespace = "minimize")]
pub(crate) struct NewAppPage {
    pub(crate) chrome: Chrome,
    pub(crate) flaws: FormFlaws,
    pub(crate) name: Field,
    /// Asked for where there is a choice.
    pub(crate) organisation: Option<Field>,
    pub(crate) organisations: Vec<(String, String)>,
    /// Whether there is an organisation at all that could own an app.
    pub(crate) possible: bool,
}

impl NewAppPage {
    /// The page as it was filled in so far.
    pub(crate) fn new(
        setting: Setting<'_>,
        organisations: &[Organisation],
        (name, organisation): (&str, &str),
        mut flaws: Vec<Flaw>,
    ) -> Self {
        let number = flaws.len();
        let options = organisations.iter().map(|it| (it.id.to_string(), it.name.clone())).collect();
        let name = Field::new("name", "Name", name)
            .hint("1 to 60 characters. People see it; you can change it at any time.")
            .with(&mut flaws);
        let organisation = (organisations.len() > 1).then(|| {
            Field::new("organisation", "Organisation", organisation).hint("It will own the app.").with(&mut flaws)
        });
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            flaws: FormFlaws::new(number, flaws),
            name,
            organisation,
            organisations: options,
            possible: !organisations.is_empty(),
        }
    }
}

/// `GET /new-app`
pub(crate) async fn show(State(portal): State<Portal>, who: SignedIn<AppsWrite>) -> Result<Html<String>, PageFault> {
    let SignedIn { caller, .. } = who;
    let organisations = portal.steadfast.organisations_for_apps(&caller.actor).await?;
    Ok(Html(NewAppPage::new(portal.setting(&caller), &organisations, ("", ""), Vec::new()).render()?))
}

/// `POST /new-app`
pub(crate) async fn create(
    State(portal): State<Portal>,
    who: SignedIn<AppsWrite>,
    form: Form,
) -> Result<Response, PageFault> {
    let SignedIn { caller, .. } = who;
    let chosen = form.text("organisation");
    let new = NewApp { name: form.text("name").to_owned(), organisation: chosen.parse().ok() };
    match portal.steadfast.register_app(&caller.actor, &new, None).await {
        Ok(id) => {
            let url = urls::telling(&urls::app_tab(&id, AppTab::Overview), "created");
            Ok(Redirect::to(&url).into_response())
        }
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            let organisations = portal.steadfast.organisations_for_apps(&caller.actor).await?;
            let answers = (form.text("name"), chosen);
            let page = NewAppPage::new(portal.setting(&caller), &organisations, answers, flaws).render()?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
