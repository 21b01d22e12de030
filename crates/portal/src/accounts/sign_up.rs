//! Making an account, and the link that opens it.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use service::{Flaw, NewPerson};

use super::door::{self, DoorForm, DoorView, Input, email, page};
use super::entering::{enter, or_flaws, visit};
use super::local_path::local_path;
use super::same_browser;
use crate::Portal;
use crate::access::Caller;
use crate::fault::PageFault;
use crate::form::{Field, Form};
use crate::query::Params;
use crate::urls;

/// `GET /sign-up?next=PATH`
pub(crate) async fn show(State(portal): State<Portal>, caller: Caller, query: RawQuery) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["next"])?;
    let view = form_page(&portal, &caller, &NewPerson::default(), params.text("next"), Vec::new());
    page(StatusCode::OK, &view)
}

/// `POST /sign-up`
pub(crate) async fn sign_up(State(portal): State<Portal>, caller: Caller, form: Form) -> Result<Response, PageFault> {
    let next = form.text("next").to_owned();
    let query = local_path(&next).map(|next| format!("next={}", urls::segment(next))).unwrap_or_default();
    let new = NewPerson {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: form.raw("password").to_owned(),
        organisation: form.text("organisation").to_owned(),
        query,
        browser: same_browser::mark(&portal, &caller),
    };
    match or_flaws(portal.steadfast.sign_up(&new, &visit(&caller)).await)? {
        Ok(()) => page(StatusCode::OK, &mail_sent(&portal, &caller, &new.email)),
        Err(flaws) => {
            let status = door::status(&flaws);
            page(status, &form_page(&portal, &caller, &new, &next, flaws))
        }
    }
}

pub(super) fn form_page(portal: &Portal, caller: &Caller, new: &NewPerson, next: &str, flaws: Vec<Flaw>) -> DoorView {
    let organisation = Field::new("organisation", "Organisation", &new.organisation)
        .optional()
        .hint("Optional: the company or team that your apps will belong to. You can change the name later.");
    let inputs = vec![
        door::name(&new.name),
        email(&new.email),
        door::new_password("Password"),
        Input { field: organisation, kind: "text", autocomplete: "organization" },
    ];
    let form = DoorForm::new(urls::SIGN_UP, "Make an account", inputs, flaws).hidden("next", next);
    let view = DoorView::new(portal, caller, "Make an account");
    let view = match portal.steadfast.accounts.sign_up {
        service::SignUp::Open => view,
        service::SignUp::Invited => view
            .lead("Accounts here are for people who were invited: use the address that the invitation was mailed to."),
    };
    view.form(form).link("You have an account?", urls::sign_in(local_path(next)), "Sign in")
}

/// The same page for every address, whoever has it.
pub(super) fn mail_sent(portal: &Portal, caller: &Caller, address: &str) -> DoorView {
    let form = DoorForm::new(urls::VERIFY_AGAIN, "Send it again", Vec::new(), Vec::new()).hidden("email", address);
    DoorView::new(portal, caller, "Look into your mailbox")
        .lead(format!("We have sent a mail to {address}. Follow the link in it within 24 hours to open your account."))
        .lead("Nothing there after a few minutes? Look into the folder for spam, or have it sent again.")
        .form(form)
        .link("Mistyped the address?", urls::SIGN_UP, "Start again")
}

/// `GET /verify/again`
pub(crate) async fn show_again(State(portal): State<Portal>, caller: Caller) -> Result<Response, PageFault> {
    let form = DoorForm::new(urls::VERIFY_AGAIN, "Send the mail", vec![email("")], Vec::new());
    let view = DoorView::new(&portal, &caller, "Another mail to confirm your address")
        .lead("If there is an account with this address that waits for its confirmation, we send a fresh link.")
        .form(form)
        .link("It is confirmed?", urls::sign_in(None), "Sign in");
    page(StatusCode::OK, &view)
}

/// `POST /verify/again`
pub(crate) async fn send_again(
    State(portal): State<Portal>,
    caller: Caller,
    form: Form,
) -> Result<Response, PageFault> {
    let address: String = form.text("email").chars().take(model::Email::MAX_BYTES).collect();
    portal.steadfast.resend_verification(&address, &visit(&caller)).await?;
    page(StatusCode::OK, &mail_sent(&portal, &caller, &address))
}

/// `GET /verify?token=…`: shows a button and changes nothing, as mail scanners follow links too.
pub(crate) async fn show_verify(
    State(portal): State<Portal>,
    caller: Caller,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["token", "next"])?;
    verify_page(&portal, &caller, params.text("token"), params.text("next"), Vec::new()).await
}

async fn verify_page(
    portal: &Portal,
    caller: &Caller,
    carried: &str,
    next: &str,
    flaws: Vec<Flaw>,
) -> Result<Response, PageFault> {
    let (token, is_here) = same_browser::opened(portal, caller, carried);
    let Some(person) = portal.steadfast.verification(token, &visit(caller)).await? else {
        return page(StatusCode::NOT_FOUND, &bad_link(portal, caller));
    };
    let view = DoorView::new(portal, caller, "Confirm your e-mail address")
        .lead(format!("The account of {} is for {}. Is it yours?", person.name, person.email))
        .lead("If you did not make it, close this page: it stays shut.");
    let (inputs, view) = if is_here {
        (Vec::new(), view)
    } else {
        let lead = "You made it in another browser, or some time ago: type the password that you chose then.";
        let view = view.lead(lead).link("You never chose one?", urls::FORGOT, "Choose a new one");
        (vec![door::password()], view)
    };
    let status = door::status(&flaws);
    let form = DoorForm::new(urls::VERIFY, "Confirm and sign in", inputs, flaws)
        .of(person.email.as_str())
        .hidden("token", carried)
        .hidden("next", next);
    page(status, &view.form(form))
}

/// `POST /verify`
pub(crate) async fn verify(State(portal): State<Portal>, caller: Caller, form: Form) -> Result<Response, PageFault> {
    let (carried, next, visit) = (form.text("token"), form.text("next"), visit(&caller));
    let outcome = match same_browser::opened(&portal, &caller, carried) {
        (token, true) => portal.steadfast.verify(token, &visit).await,
        (token, false) => portal.steadfast.verify_elsewhere(token, form.raw("password"), &visit).await,
    };
    match outcome {
        Ok(opened) => Ok(enter(&portal, &opened, next)),
        Err(service::Error::Refused(service::Refusal::Invalid(flaws))) => {
            verify_page(&portal, &caller, carried, next, flaws).await
        }
        Err(service::Error::Refused(service::Refusal::NotFound(_))) => {
            page(StatusCode::NOT_FOUND, &bad_link(&portal, &caller))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn bad_link(portal: &Portal, caller: &Caller) -> DoorView {
    DoorView::new(portal, caller, "This link is not good any more")
        .lead("It was used already, has expired, or a newer one has taken its place.")
        .link("Confirmed already?", urls::sign_in(None), "Sign in")
        .link("Not yet?", urls::VERIFY_AGAIN, "Have another link mailed")
}
