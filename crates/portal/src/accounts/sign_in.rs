//! Signing in and out.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use service::{CodeAnswer, Flaw, SignIn};

use super::door::{self, DoorForm, DoorView, page};
use super::entering::{enter, visit};
use super::local_path::local_path;
use crate::Portal;
use crate::access::{Caller, ended_session};
use crate::fault::PageFault;
use crate::form::Form;
use crate::query::Params;
use crate::urls;

/// One sentence for every reason, so that it tells nobody which it is.
const NO: &str = "this address and password don't sign in: one of them may be mistyped, or the account is not confirmed \
                  yet (then look into your mailbox for a fresh link)";

/// What was just done, by its key.
fn told(done: &str) -> Option<&'static str> {
    match done {
        "password" => Some("Your password is set. Sign in with it now."),
        _ => None,
    }
}

/// `GET /sign-in?next=PATH`
pub(crate) async fn show(State(portal): State<Portal>, caller: Caller, query: RawQuery) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["next", "done"])?;
    let next = params.text("next");
    if caller.session.is_some() {
        return Ok(Redirect::to(local_path(next).unwrap_or(urls::APPS)).into_response());
    }
    let mut view = form_page(&portal, &caller, "", next, Vec::new());
    view.chrome = view.chrome.telling(told(params.text("done")));
    page(StatusCode::OK, &view)
}

pub(super) fn form_page(portal: &Portal, caller: &Caller, address: &str, next: &str, flaws: Vec<Flaw>) -> DoorView {
    let inputs = vec![door::email(address), door::password()];
    let form = DoorForm::new(urls::SIGN_IN, "Sign in", inputs, flaws).hidden("next", next);
    let next = local_path(next);
    DoorView { providers: providers(portal, next), ..DoorView::new(portal, caller, "Sign in") }
        .form(form)
        .link("Forgot your password?", urls::FORGOT, "Choose a new one")
        .link("No account yet?", urls::sign_up(next), "Make one")
        .link("No mail to confirm your address?", urls::VERIFY_AGAIN, "Have it sent again")
}

/// The identity providers: label and link.
pub(super) fn providers(portal: &Portal, next: Option<&str>) -> Vec<(String, String)> {
    let link =
        |(name, provider): &(String, oidc::Provider)| (provider.label().to_owned(), urls::sign_in_with(name, next));
    portal.providers.iter().map(link).collect()
}

/// `POST /sign-in`
pub(crate) async fn sign_in(State(portal): State<Portal>, caller: Caller, form: Form) -> Result<Response, PageFault> {
    let (address, next) = (form.text("email"), form.text("next"));
    match portal.steadfast.sign_in(address, form.raw("password"), &visit(&caller)).await? {
        SignIn::Opened(opened) => Ok(enter(&portal, &opened, next)),
        SignIn::Code(state) => page(StatusCode::OK, &code_page(&portal, &caller, state.reveal(), next, Vec::new())),
        SignIn::No => {
            let flaws = vec![Flaw::new("", NO)];
            page(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&portal, &caller, address, next, flaws))
        }
    }
}

pub(super) fn code_page(portal: &Portal, caller: &Caller, state: &str, next: &str, flaws: Vec<Flaw>) -> DoorView {
    let code = door::code("Six digits from your authenticator app. Without your phone: one of your recovery codes.");
    let form =
        DoorForm::new(urls::SIGN_IN_CODE, "Go on", vec![code], flaws).hidden("state", state).hidden("next", next);
    DoorView::new(portal, caller, "Type your code").form(form).link(
        "Something else?",
        urls::sign_in(local_path(next)),
        "Sign in from the start",
    )
}

/// `POST /sign-in/code`
pub(crate) async fn sign_in_with_code(
    State(portal): State<Portal>,
    caller: Caller,
    form: Form,
) -> Result<Response, PageFault> {
    let (state, next) = (form.text("state"), form.text("next"));
    match portal.steadfast.sign_in_with_code(state, form.text("code"), &visit(&caller)).await? {
        CodeAnswer::Opened(opened) => Ok(enter(&portal, &opened, next)),
        CodeAnswer::Wrong => {
            let sentence = "this code is not right, or was used before; wait for the next one and type that";
            let view = code_page(&portal, &caller, state, next, vec![Flaw::new("code", sentence)]);
            page(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        CodeAnswer::Over => {
            let flaws = vec![Flaw::new("", "this took too long or too many tries; sign in from the start")];
            page(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&portal, &caller, "", next, flaws))
        }
    }
}

/// `GET /sign-out`
pub(crate) async fn show_signed_out(State(portal): State<Portal>, caller: Caller) -> Result<Response, PageFault> {
    let view = if caller.session.is_some() {
        DoorView::new(&portal, &caller, "Sign out?").form(DoorForm::new(
            urls::SIGN_OUT,
            "Sign out",
            Vec::new(),
            Vec::new(),
        ))
    } else {
        DoorView::new(&portal, &caller, "You are signed out").link("Coming back?", urls::sign_in(None), "Sign in")
    };
    page(StatusCode::OK, &view)
}

/// `POST /sign-out`
pub(crate) async fn sign_out(State(portal): State<Portal>, caller: Caller) -> Result<Response, PageFault> {
    if let Some(session) = &caller.session {
        portal.steadfast.sign_out(session).await?;
    }
    let mut response = Redirect::to(urls::SIGN_OUT).into_response();
    response.headers_mut().append(SET_COOKIE, ended_session(&portal.site));
    Ok(response)
}
