//! The first operator's account, by the link that the program prints when it starts.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use service::{Error, Flaw, NewPerson, Refusal};

use super::door::{self, DoorForm, DoorView, Input, page};
use super::entering::{enter, visit};
use crate::Portal;
use crate::access::Caller;
use crate::fault::PageFault;
use crate::form::{Field, Form};
use crate::query::Params;
use crate::urls;

/// `GET /first-operator?token=…`
pub(crate) async fn show(State(portal): State<Portal>, caller: Caller, query: RawQuery) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["token"])?;
    let token = params.text("token");
    if portal.steadfast.makes_first_operator(token, &visit(&caller)).await? {
        page(StatusCode::OK, &form_page(&portal, &caller, &NewPerson::default(), token, Vec::new()))
    } else {
        page(StatusCode::NOT_FOUND, &bad_link(&portal, &caller))
    }
}

pub(super) fn form_page(portal: &Portal, caller: &Caller, new: &NewPerson, token: &str, flaws: Vec<Flaw>) -> DoorView {
    let organisation = Field::new("organisation", "Organisation", &new.organisation)
        .optional()
        .hint("Optional: what your own company or team is called.");
    let inputs = vec![
        door::name(&new.name),
        door::email(&new.email),
        door::new_password("Password"),
        Input { field: organisation, kind: "text", autocomplete: "organization" },
    ];
    let form = DoorForm::new(urls::FIRST_OPERATOR, "Become the operator", inputs, flaws).hidden("token", token);
    DoorView::new(portal, caller, "The first operator")
        .lead("An operator runs the portal: sees all apps, gives roles, decides claims. Further operators are made by you.")
        .form(form)
}

fn bad_link(portal: &Portal, caller: &Caller) -> DoorView {
    DoorView::new(portal, caller, "This link is not good any more")
        .lead(
            "It has expired, a newer one has taken its place, or there is an operator already. While there is none, each \
             start of `steadfast serve` prints a fresh link.",
        )
        .link("You have an account?", urls::sign_in(None), "Sign in")
}

/// `POST /first-operator`
pub(crate) async fn make(State(portal): State<Portal>, caller: Caller, form: Form) -> Result<Response, PageFault> {
    let new = NewPerson {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: form.raw("password").to_owned(),
        organisation: form.text("organisation").to_owned(),
        ..NewPerson::default()
    };
    let token = form.text("token");
    match portal.steadfast.make_first_operator(token, &new, &visit(&caller)).await {
        Ok(opened) => Ok(enter(&portal, &opened, urls::PLATFORM)),
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            page(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&portal, &caller, &new, token, flaws))
        }
        Err(Error::Refused(Refusal::NotFound(_))) => page(StatusCode::NOT_FOUND, &bad_link(&portal, &caller)),
        Err(error) => Err(error.into()),
    }
}
