//! A forgotten password: asking for a link, and setting a new one by it.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::{Error, Flaw, Refusal, Reset};

use super::door::{self, DoorForm, DoorView, page};
use super::entering::{enter, visit};
use crate::Portal;
use crate::access::Caller;
use crate::fault::PageFault;
use crate::form::Form;
use crate::query::Params;
use crate::urls;

/// `GET /forgot`
pub(crate) async fn show_forgot(State(portal): State<Portal>, caller: Caller) -> Result<Response, PageFault> {
    let form = DoorForm::new(urls::FORGOT, "Send the link", vec![door::email("")], Vec::new());
    let view = DoorView::new(&portal, &caller, "Choose a new password")
        .lead("We mail you a link that sets a new password. Your present one stays good until then.")
        .form(form)
        .link("You remember it?", urls::sign_in(None), "Sign in");
    page(StatusCode::OK, &view)
}

/// `POST /forgot`
pub(crate) async fn forgot(State(portal): State<Portal>, caller: Caller, form: Form) -> Result<Response, PageFault> {
    let address: String = form.text("email").chars().take(model::Email::MAX_BYTES).collect();
    portal.steadfast.forgot_password(&address, &visit(&caller)).await?;
    let view = DoorView::new(&portal, &caller, "Look into your mailbox")
        .lead(format!(
            "If there is an account for {address}, a mail is on its way to it. Follow the link in it within one hour."
        ))
        .lead(
            "Nothing there after a few minutes? Look into the folder for spam, and whether this is the right address.",
        )
        .link("Mistyped the address?", urls::FORGOT, "Start again");
    page(StatusCode::OK, &view)
}

/// `GET /reset?token=…`
pub(crate) async fn show_reset(
    State(portal): State<Portal>,
    caller: Caller,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["token"])?;
    let token = params.text("token");
    match portal.steadfast.password_reset(token, &visit(&caller)).await? {
        Some(person) => page(StatusCode::OK, &reset_page(&portal, &caller, person.email.as_str(), token, Vec::new())),
        None => page(StatusCode::NOT_FOUND, &bad_link(&portal, &caller)),
    }
}

pub(super) fn reset_page(portal: &Portal, caller: &Caller, address: &str, token: &str, flaws: Vec<Flaw>) -> DoorView {
    let inputs = vec![door::new_password("New password")];
    let form = DoorForm::new(urls::RESET, "Set the password", inputs, flaws).hidden("token", token).of(address);
    DoorView::new(portal, caller, "Choose a new password")
        .lead(format!("For {address}. All sessions of the account end."))
        .form(form)
}

fn bad_link(portal: &Portal, caller: &Caller) -> DoorView {
    DoorView::new(portal, caller, "This link is not good any more")
        .lead("It was used already, has expired, or a newer one has taken its place.")
        .link("Still need a new password?", urls::FORGOT, "Have another link mailed")
}

/// `POST /reset`
pub(crate) async fn reset(State(portal): State<Portal>, caller: Caller, form: Form) -> Result<Response, PageFault> {
    let (token, visit) = (form.text("token"), visit(&caller));
    match portal.steadfast.reset_password(token, form.raw("password"), &visit).await {
        Ok(Reset::Opened(opened)) => Ok(enter(&portal, &opened, urls::APPS)),
        Ok(Reset::SignInNow) => Ok(Redirect::to(&urls::telling(urls::SIGN_IN, "password")).into_response()),
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            let person = portal.steadfast.password_reset(token, &visit).await?;
            let address = person.map(|person| person.email.to_string()).unwrap_or_default();
            page(StatusCode::UNPROCESSABLE_ENTITY, &reset_page(&portal, &caller, &address, token, flaws))
        }
        Err(Error::Refused(Refusal::NotFound(_))) => page(StatusCode::NOT_FOUND, &bad_link(&portal, &caller)),
        Err(error) => Err(error.into()),
    }
}
