//! Switching the second factor on and off, and its recovery codes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use secrets::{QrPicture, Secret};
use service::{Flaw, SecondFactorSetup};

use super::account::{ConfirmView, chrome, confirm, proof_first, side};
use super::door::{code, password};
use super::entering::or_flaws;
use crate::Portal;
use crate::access::BySession;
use crate::chrome::{Chrome, SidebarEntry};
use crate::fault::PageFault;
use crate::form::{Field, Form, FormFlaws};
use crate::urls;

/// The page that sets up an authenticator app.
#[derive(Clone, Debug)]
pub(crate) struct SetupView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) picture: Option<QrPicture>,
    pub(crate) text: String,
    pub(crate) sealed: String,
    pub(crate) code: Field,
    pub(crate) flaws: FormFlaws,
}

impl SetupView {
    pub(crate) fn new(chrome: Chrome, setup: SecondFactorSetup, mut flaws: Vec<Flaw>) -> Self {
        let count = flaws.len();
        let code = code("The six digits that the app shows now.").field.with(&mut flaws);
        let SecondFactorSetup { picture, text, sealed } = setup;
        let flaws = FormFlaws::new(count, flaws);
        Self { chrome, side: side(urls::SECURITY), picture, text, sealed, code, flaws }
    }
}

#[derive(Template)]
#[template(path = "account_second_factor.html", whitespace = "minimize")]
struct SetupPage<'a> {
    view: &'a SetupView,
}

/// The page of a view.
pub(crate) fn render(view: &SetupView) -> Result<String, askama::Error> {
    SetupPage { view }.render()
}

/// The page that shows recovery codes, once.
#[derive(Clone, Debug)]
pub(crate) struct CodesView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) codes: Vec<Secret>,
}

impl CodesView {
    pub(crate) fn new(chrome: Chrome, codes: Vec<Secret>) -> Self {
        Self { chrome, side: side(urls::SECURITY), codes }
    }
}

#[derive(Template)]
#[template(path = "account_codes.html", whitespace = "minimize")]
struct CodesPage<'a> {
    view: &'a CodesView,
}

/// The page of a view.
pub(crate) fn render_codes(view: &CodesView) -> Result<String, askama::Error> {
    CodesPage { view }.render()
}

/// `GET /account/security/second-factor`
pub(crate) async fn show(State(portal): State<Portal>, by: BySession) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, urls::SECOND_FACTOR) {
        return Ok(first);
    }
    let setup = portal.steadfast.set_up_second_factor(&by.person, &by.session).await?;
    let view = SetupView::new(chrome(&portal, &by.caller), setup, Vec::new());
    Ok(Html(render(&view)?).into_response())
}

/// `POST /account/security/second-factor`
pub(crate) async fn switch_on(State(portal): State<Portal>, by: BySession, form: Form) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, urls::SECOND_FACTOR) {
        return Ok(first);
    }
    let (sealed, code) = (form.text("sealed"), form.text("code"));
    let outcome = portal.steadfast.switch_on_second_factor(&by.person, &by.session, sealed, code).await;
    match or_flaws(outcome)? {
        Ok(codes) => shown(&portal, &by, codes),
        Err(flaws) => {
            let setup = portal.steadfast.second_factor_setup(&by.person, &by.session, sealed)?;
            let page = render(&SetupView::new(chrome(&portal, &by.caller), setup, flaws))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

fn shown(portal: &Portal, by: &BySession, codes: Vec<Secret>) -> Result<Response, PageFault> {
    Ok(Html(render_codes(&CodesView::new(chrome(portal, &by.caller), codes))?).into_response())
}

/// `POST /account/security/recovery-codes`
pub(crate) async fn renew_codes(State(portal): State<Portal>, by: BySession) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, urls::SECURITY) {
        return Ok(first);
    }
    let codes = portal.steadfast.renew_recovery_codes(&by.person, &by.session).await?;
    shown(&portal, &by, codes)
}

/// `GET /account/security/second-factor/off`
pub(crate) async fn show_off(State(portal): State<Portal>, by: BySession) -> Result<Response, PageFault> {
    confirm(&off_page(&portal, &by, Vec::new()).await?)
}

async fn off_page(portal: &Portal, by: &BySession, flaws: Vec<Flaw>) -> Result<ConfirmView, PageFault> {
    let ways = portal.steadfast.ways_to_prove(&by.person).await?;
    let input = if ways.password { password() } else { code("From your authenticator app, or a recovery code.") };
    let view = ConfirmView {
        chrome: chrome(portal, &by.caller),
        side: side(urls::SECURITY),
        title: "Switch off the second factor".to_owned(),
        lead: vec![
            "From then on your password alone signs in. The recovery codes are thrown away; your authenticator app \
             keeps an entry that is of no use any more."
                .to_owned(),
        ],
        action: urls::SECOND_FACTOR_OFF.to_owned(),
        inputs: vec![input],
        button: "Switch off",
        is_danger: true,
        back: urls::SECURITY.to_owned(),
        ..ConfirmView::default()
    };
    Ok(view.with(flaws))
}

/// `POST /account/security/second-factor/off`
pub(crate) async fn switch_off(State(portal): State<Portal>, by: BySession, form: Form) -> Result<Response, PageFault> {
    let (password, code) = (form.raw("password"), form.text("code"));
    let outcome = portal.steadfast.switch_off_second_factor(&by.person, &by.session, password, code).await;
    match or_flaws(outcome)? {
        Ok(()) => Ok(Redirect::to(&urls::telling(urls::SECURITY, "off")).into_response()),
        Err(flaws) => confirm(&off_page(&portal, &by, flaws).await?),
    }
}
