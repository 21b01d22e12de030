//! Pages that ask once more before something is lost. They name what is lost, and work without script.

use askama::Template;

use crate::chrome::{Chrome, Sidebar};
use crate::form::{Field, FormFlaws};

/// What is asked.
#[derive(Debug, Default)]
pub(crate) struct Confirm {
    /// `Delete Acme ERP?`
    pub(crate) title: String,
    /// What will be.
    pub(crate) lead: String,
    /// Each thing that is lost or changes.
    pub(crate) points: Vec<String>,
    /// Where the answer is sent.
    pub(crate) action: String,
    /// What is sent along.
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// What has to be typed, where a press of a button is too little.
    pub(crate) field: Option<Field>,
    pub(crate) flaws: FormFlaws,
    /// `Delete the app`
    pub(crate) button: &'static str,
    /// Whether something can't be brought back.
    pub(crate) danger: bool,
    /// Where to go instead.
    pub(crate) cancel: String,
}

/// Such a page among the pages of an app.
#[derive(Debug)]
pub(crate) struct AppConfirmView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) confirm: Confirm,
}

#[derive(Template)]
#[template(path = "app_confirm.html", whitespace = "minimize")]
struct AppConfirmPage<'a> {
    view: &'a AppConfirmView,
}

#[derive(Template)]
#[template(path = "confirm.html", whitespace = "minimize")]
struct ConfirmPage<'a> {
    chrome: &'a Chrome,
    confirm: &'a Confirm,
}

/// The page of a question about an app.
pub(crate) fn render_in_app(view: &AppConfirmView) -> Result<String, askama::Error> {
    AppConfirmPage { view }.render()
}

/// The page of a question about something else.
pub(crate) fn render(chrome: &Chrome, confirm: &Confirm) -> Result<String, askama::Error> {
    ConfirmPage { chrome, confirm }.render()
}
