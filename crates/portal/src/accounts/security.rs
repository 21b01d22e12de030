//! Password, second factor and identity providers of one's own account.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use service::{Flaw, Security};

use super::account::{chrome, proof_first, side};
use super::door::new_password;
use super::entering::or_flaws;
use crate::Portal;
use crate::access::BySession;
use crate::chrome::{Chrome, SidebarEntry};
use crate::fault::PageFault;
use crate::figures::{Date, count};
use crate::form::{Field, Form, FormFlaws};
use crate::looks::Look;
use crate::query::Params;
use crate::urls;

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct SecurityView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) factor_look: Look,
    /// The day since when it is on.
    pub(crate) second_factor: Option<String>,
    /// `9 recovery codes are`
    pub(crate) codes_left: String,
    pub(crate) few_codes: bool,
    pub(crate) providers: Vec<String>,
    pub(crate) has_password: bool,
    pub(crate) present: Field,
    pub(crate) password: Field,
    pub(crate) flaws: FormFlaws,
}

#[derive(Template)]
#[template(path = "account_security.html", whitespace = "minimize")]
struct SecurityPage<'a> {
    view: &'a SecurityView,
}

/// The page of a view.
pub(crate) fn render(view: &SecurityView) -> Result<String, askama::Error> {
    SecurityPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "password" => Some("Your password is changed, and your other sessions are ended."),
        "off" => Some("The second factor is off."),
        _ => None,
    }
}

/// The looks of the second factor.
fn look(is_on: bool) -> Look {
    if is_on { Look { class: "ok", word: "On", gloss: "" } } else { Look { class: "no", word: "Off", gloss: "" } }
}

impl SecurityView {
    pub(crate) fn new(portal: &Portal, by: &BySession, security: Security, mut flaws: Vec<Flaw>) -> Self {
        let flaws_count = flaws.len();
        let present = Field::new("present", "Present password", "").with(&mut flaws);
        let password = new_password("New password").field.with(&mut flaws);
        let codes = u64::from(security.recovery_codes);
        let zone = &portal.steadfast.platform.zone;
        Self {
            chrome: chrome(portal, &by.caller),
            side: side(urls::SECURITY),
            factor_look: look(security.second_factor.is_some()),
            second_factor: security.second_factor.map(|since| Date::from(zone.day_of(since)).long),
            codes_left: format!("{} {}", count(codes, "recovery code"), if codes == 1 { "is" } else { "are" }),
            few_codes: codes < 3,
            providers: security.providers,
            has_password: security.password,
            present,
            password,
            flaws: FormFlaws::new(flaws_count, flaws),
        }
    }
}

/// `GET /account/security`
pub(crate) async fn show(
    State(portal): State<Portal>,
    by: BySession,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let security = portal.steadfast.security_of(&by.person).await?;
    let mut view = SecurityView::new(&portal, &by, security, Vec::new());
    view.chrome = view.chrome.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}

/// `POST /account/security/password`
pub(crate) async fn change_password(
    State(portal): State<Portal>,
    by: BySession,
    form: Form,
) -> Result<Response, PageFault> {
    let security = portal.steadfast.security_of(&by.person).await?;
    if !security.password
        && let Some(first) = proof_first(&portal, &by, urls::SECURITY)
    {
        return Ok(first);
    }
    let (present, new) = (form.raw("present"), form.raw("password"));
    match or_flaws(portal.steadfast.change_password(&by.person, &by.session, present, new).await)? {
        Ok(()) => Ok(Redirect::to(&urls::telling(urls::SECURITY, "password")).into_response()),
        Err(flaws) => {
            let page = render(&SecurityView::new(&portal, &by, security, flaws))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}
