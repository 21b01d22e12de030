//! Proving anew who one is, before changes that matter most.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use service::{Flaw, WaysToProve};

use super::door::{self, DoorForm, DoorView, page};
use super::entering::or_flaws;
use super::local_path::local_path;
use super::sign_in::providers;
use crate::Portal;
use crate::access::BySession;
use crate::fault::PageFault;
use crate::form::Form;
use crate::query::Params;
use crate::urls;

/// `GET /account/prove?next=PATH`
pub(crate) async fn show(State(portal): State<Portal>, by: BySession, query: RawQuery) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["next"])?;
    let ways = portal.steadfast.ways_to_prove(&by.person).await?;
    page(StatusCode::OK, &form_page(&portal, &by, ways, params.text("next"), Vec::new()))
}

pub(super) fn form_page(portal: &Portal, by: &BySession, ways: WaysToProve, next: &str, flaws: Vec<Flaw>) -> DoorView {
    let view = DoorView::new(portal, &by.caller, "Is it you?")
        .lead("What you are about to change matters, and it is a while since you signed in.");
    let input = match ways {
        WaysToProve { password: true, .. } => door::password(),
        WaysToProve { code: true, .. } => door::code("From your authenticator app, or a recovery code."),
        WaysToProve { .. } => {
            return DoorView { providers: providers(portal, local_path(next)), ..view }
                .lead("You have no password here: sign in once more, and go on from there.")
                .link("Something else?", urls::ACCOUNT, "Back to your account");
        }
    };
    let form =
        DoorForm::new(urls::PROVE, "Go on", vec![input], flaws).hidden("next", next).of(by.person.email.as_str());
    view.form(form).link("Something else?", urls::ACCOUNT, "Back to your account")
}

/// `POST /account/prove`
pub(crate) async fn prove(State(portal): State<Portal>, by: BySession, form: Form) -> Result<Response, PageFault> {
    let next = form.text("next");
    let outcome = portal.steadfast.prove(&by.person, &by.session, form.raw("password"), form.text("code")).await;
    match or_flaws(outcome)? {
        Ok(()) => Ok(Redirect::to(local_path(next).unwrap_or(urls::SECURITY)).into_response()),
        Err(flaws) => {
            let ways = portal.steadfast.ways_to_prove(&by.person).await?;
            page(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&portal, &by, ways, next, flaws))
        }
    }
}
