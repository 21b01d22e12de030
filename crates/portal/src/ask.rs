//! The page that asks before something is done that can't be taken back, or that somebody else will feel.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::chrome::{Chrome, SidebarEntry};
use crate::fault::PageFault;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct AskView {
    pub(crate) chrome: Chrome,
    /// The pages beside it; none for the platform's.
    pub(crate) side: Vec<SidebarEntry>,
    /// What the side belongs to.
    pub(crate) side_name: String,
    /// `Remove Anna Lund from Acme?`
    pub(crate) title: String,
    /// What happens, a paragraph each.
    pub(crate) lead: Vec<String>,
    /// What is touched, and what is listed there.
    pub(crate) list_title: String,
    pub(crate) list: Vec<AskItem>,
    /// A box to tick: its field, its words, and whether it is ticked.
    pub(crate) tick: Option<(&'static str, String, bool)>,
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// Where the answer goes.
    pub(crate) action: String,
    pub(crate) button: String,
    /// Whether something is lost.
    pub(crate) is_danger: bool,
    /// Why it can't be done after all; then there is no button.
    pub(crate) refused: Option<String>,
    pub(crate) back: String,
}

/// Something that is touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AskItem {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) note: String,
}

#[derive(Template)]
#[template(path = "ask.html", whitespace = "minimize")]
struct AskPage<'a> {
    view: &'a AskView,
}

/// The page as text.
pub(crate) fn render(view: &AskView) -> Result<String, askama::Error> {
    AskPage { view }.render()
}

/// The page as an answer.
pub(crate) fn ask(view: &AskView) -> Result<Response, PageFault> {
    let status = if view.refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok((status, Html(render(view)?)).into_response())
}
