//! One's own account: name and address, and what all pages of the account share.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::Doer;
use service::Flaw;

use super::door::{Input, with_flaws};
use super::entering::or_flaws;
use crate::Portal;
use crate::access::{BySession, Caller};
use crate::chrome::{Chrome, SidebarEntry, Tab};
use crate::fault::PageFault;
use crate::figures::Date;
use crate::form::{Field, Form, FormFlaws};
use crate::query::Params;
use crate::urls;

/// The frame of a page of the account.
pub(super) fn chrome(portal: &Portal, caller: &Caller) -> Chrome {
    Chrome::new(portal.setting(caller), Tab::Account)
}

/// The pages of the account, with the one that is shown.
pub(crate) fn side(current: &str) -> Vec<SidebarEntry> {
    let entries = [
        ("Account", urls::ACCOUNT),
        ("Security", urls::SECURITY),
        ("Sessions", urls::SESSIONS),
        ("API tokens", urls::TOKENS),
    ];
    let entry = |(word, url): (&'static str, &str)| SidebarEntry { word, url: url.to_owned(), current: url == current };
    entries.into_iter().map(entry).collect()
}

/// Sends somebody whose proof is too old to prove who they are, and then to `next`.
pub(super) fn proof_first(portal: &Portal, by: &BySession, next: &str) -> Option<Response> {
    (!portal.steadfast.is_proven(&by.session)).then(|| Redirect::to(&urls::prove(next)).into_response())
}

/// A page that asks before it does something.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfirmView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) title: String,
    pub(crate) lead: Vec<String>,
    pub(crate) action: String,
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) flaws: FormFlaws,
    pub(crate) button: &'static str,
    /// Whether something is lost.
    pub(crate) is_danger: bool,
    pub(crate) back: String,
}

impl ConfirmView {
    /// The same page with what is wrong.
    pub(crate) fn with(self, flaws: Vec<Flaw>) -> Self {
        let (inputs, flaws) = with_flaws(self.inputs, flaws);
        Self { inputs, flaws, ..self }
    }
}

#[derive(Template)]
#[template(path = "account_confirm.html", whitespace = "minimize")]
struct ConfirmPage<'a> {
    view: &'a ConfirmView,
}

/// The page that asks, as text.
pub(crate) fn render_confirm(view: &ConfirmView) -> Result<String, askama::Error> {
    ConfirmPage { view }.render()
}

/// The page that asks, as an answer.
pub(super) fn confirm(view: &ConfirmView) -> Result<Response, PageFault> {
    let status = if view.flaws.count > 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(render_confirm(view)?)).into_response())
}

/// The account's first page.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) email: String,
    pub(crate) role: Option<&'static str>,
    /// `20 Nov 2026`
    pub(crate) since: String,
    pub(crate) name: Field,
    pub(crate) flaws: FormFlaws,
}

#[derive(Template)]
#[template(path = "account.html", whitespace = "minimize")]
struct AccountPage<'a> {
    view: &'a AccountView,
}

/// The page of a view.
pub(crate) fn render(view: &AccountView) -> Result<String, askama::Error> {
    AccountPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "name" => Some("Your name is saved."),
        _ => None,
    }
}

pub(super) fn view(portal: &Portal, by: &BySession, name: &str, mut flaws: Vec<Flaw>) -> AccountView {
    let count = flaws.len();
    let field = Field::new("name", "Your name", name).hint("As your collaborators see it.").with(&mut flaws);
    AccountView {
        chrome: chrome(portal, &by.caller),
        side: side(urls::ACCOUNT),
        email: by.person.email.to_string(),
        role: by.person.platform_role.map(|role| role.word()),
        since: Date::from(portal.steadfast.platform.zone.day_of(by.person.created_at)).long,
        name: field,
        flaws: FormFlaws::new(count, flaws),
    }
}

/// `GET /account`
pub(crate) async fn show(
    State(portal): State<Portal>,
    by: BySession,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let mut view = view(&portal, &by, &by.person.name, Vec::new());
    view.chrome = view.chrome.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}

/// `POST /account`
pub(crate) async fn rename(State(portal): State<Portal>, by: BySession, form: Form) -> Result<Response, PageFault> {
    let name = form.text("name");
    let doer = Doer::Person(by.person.id);
    match or_flaws(portal.steadfast.rename_person(doer, &by.person, name).await)? {
        Ok(_) => Ok(Redirect::to(&urls::telling(urls::ACCOUNT, "name")).into_response()),
        Err(flaws) => {
            let page = render(&view(&portal, &by, name, flaws))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}
