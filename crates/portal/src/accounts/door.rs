//! The pages at the door: one narrow column with a form, a sentence, and the way to the other doors.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use service::Flaw;

use crate::Portal;
use crate::access::Caller;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::form::{Field, FormFlaws};

/// A page at the door.
#[derive(Clone, Debug, Default)]
pub(crate) struct DoorView {
    pub(crate) chrome: Chrome,
    pub(crate) title: String,
    pub(crate) lead: Vec<String>,
    pub(crate) form: Option<DoorForm>,
    /// Identity providers: label and link.
    pub(crate) providers: Vec<(String, String)>,
    pub(crate) links: Vec<Link>,
}

/// The form of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct DoorForm {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) flaws: FormFlaws,
    pub(crate) button: &'static str,
    /// Whose password is asked for, where no field says it.
    pub(crate) username: String,
}

/// One line of a form.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) field: Field,
    /// As in HTML: `text`, `email`, `password`.
    pub(crate) kind: &'static str,
    /// What browsers and password managers fill in.
    pub(crate) autocomplete: &'static str,
}

/// The way to another page, and who needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) question: &'static str,
    pub(crate) url: String,
    pub(crate) word: &'static str,
}

impl DoorView {
    /// A page of this portal, for this caller.
    pub(crate) fn new(portal: &Portal, caller: &Caller, title: &str) -> Self {
        let chrome = Chrome::new(portal.setting(caller), Tab::Elsewhere);
        Self { chrome, title: title.to_owned(), ..Self::default() }
    }

    /// The same page with another paragraph.
    pub(crate) fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead.push(text.into());
        self
    }

    /// The same page with a form.
    pub(crate) fn form(self, form: DoorForm) -> Self {
        Self { form: Some(form), ..self }
    }

    /// The same page with the way to another one.
    pub(crate) fn link(mut self, question: &'static str, url: impl Into<String>, word: &'static str) -> Self {
        self.links.push(Link { question, url: url.into(), word });
        self
    }
}

impl DoorForm {
    /// A form with these lines, each with its flaw, if there is one.
    pub(crate) fn new(action: &str, button: &'static str, inputs: Vec<Input>, flaws: Vec<Flaw>) -> Self {
        let (inputs, flaws) = with_flaws(inputs, flaws);
        Self { action: action.to_owned(), hidden: Vec::new(), inputs, flaws, button, username: String::new() }
    }

    /// The same form for somebody with this address.
    pub(crate) fn of(self, username: &str) -> Self {
        Self { username: username.to_owned(), ..self }
    }

    /// The same form with a value that goes along.
    pub(crate) fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }
}

/// Each line with the flaw that is its own, and what is left.
pub(crate) fn with_flaws(inputs: Vec<Input>, mut flaws: Vec<Flaw>) -> (Vec<Input>, FormFlaws) {
    let count = flaws.len();
    let inputs = inputs.into_iter().map(|input| Input { field: input.field.with(&mut flaws), ..input }).collect();
    (inputs, FormFlaws::new(count, flaws))
}

/// A line for an e-mail address.
pub(crate) fn email(value: &str) -> Input {
    Input { field: Field::new("email", "E-mail", value), kind: "email", autocomplete: "username" }
}

/// A line for one's name.
pub(crate) fn name(value: &str) -> Input {
    Input { field: Field::new("name", "Your name", value), kind: "text", autocomplete: "name" }
}

/// A line for the present password.
pub(crate) fn password() -> Input {
    Input { field: Field::new("password", "Password", ""), kind: "password", autocomplete: "current-password" }
}

/// A line for a new password.
pub(crate) fn new_password(label: &str) -> Input {
    let hint = format!("At least {} characters; a few words in a row are easy to remember.", secrets::MIN_CHARACTERS);
    let field = Field::new("password", label, "").hint(hint);
    Input { field, kind: "password", autocomplete: "new-password" }
}

/// A line for a code of an authenticator app.
pub(crate) fn code(hint: &str) -> Input {
    Input { field: Field::new("code", "Code", "").hint(hint), kind: "text", autocomplete: "one-time-code" }
}

#[derive(Template)]
#[template(path = "sign_form.html", whitespace = "minimize")]
struct DoorPage<'a> {
    view: &'a DoorView,
}

/// The page as text.
pub(crate) fn render(view: &DoorView) -> Result<String, askama::Error> {
    DoorPage { view }.render()
}

/// The page as an answer.
pub(crate) fn page(status: StatusCode, view: &DoorView) -> Result<Response, PageFault> {
    Ok((status, Html(render(view)?)).into_response())
}

/// The status of a form's page: whether something has to be mended.
pub(crate) fn status(flaws: &[Flaw]) -> StatusCode {
    if flaws.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}
