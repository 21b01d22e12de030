//! What an app is made of: the draft of its manifest as a form and as JSON, which are two ways to write the same, and a
//! place to try the URLs of its pages.

pub(crate) mod api;
pub(crate) mod json;
pub(crate) mod pages;
mod posted;
pub(crate) mod preview;
mod problems;
mod rows;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod view;

use model::App;

use crate::access::InApp;
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::fault::Fault;
use crate::setting::Setting;
use crate::urls;

/// What surrounds every page of an app.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
}

impl Frame {
    /// The frame of one of the app's pages; `done` tells what was just done.
    pub(crate) fn new(setting: Setting<'_>, app: &App, tab: AppTab, done: Option<&str>) -> Self {
        Self { chrome: Chrome::new(setting, Tab::Apps).telling(done), sidebar: Sidebar::new(app, true, tab) }
    }
}

/// The pages on which a draft is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Form,
    Json,
    Preview,
}

/// A tab that leads to one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WayLink {
    pub(crate) word: &'static str,
    pub(crate) url: String,
    pub(crate) current: bool,
}

fn ways(app: &App, current: Way) -> Vec<WayLink> {
    let tab = |way, word, url| WayLink { word, url, current: way == current };
    vec![
        tab(Way::Form, "Form", urls::app_tab(&app.id, AppTab::Components)),
        tab(Way::Json, "JSON", urls::components_json(&app.id)),
        tab(Way::Preview, "Try the URLs", urls::components_preview(&app.id)),
    ]
}

/// A text cut at its backticks: what stands between them is code. A backtick without a partner is itself.
pub(crate) fn pieces(text: &str) -> Vec<(bool, String)> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, after)) = after.split_once('`') else { break };
        pieces.push((false, before.to_owned()));
        pieces.push((true, code.to_owned()));
        rest = after;
    }
    pieces.push((false, rest.to_owned()));
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}

/// Nobody answers for a discovered app, so it has no manifest and no credentials.
pub(crate) fn demand_registered<R>(seen: &InApp<R>) -> Result<(), Fault> {
    match seen.registration {
        Some(_) => Ok(()),
        None => Err(Fault::NotFound(
            "nobody has registered this app, so it has no components, versions or credentials; claim it first"
                .to_owned(),
        )),
    }
}

#[cfg(test)]
mod piece_tests {
    use super::pieces;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let of = |text: &str| {
            pieces(text)
                .into_iter()
                .map(|(code, text)| if code { format!("[{text}]") } else { text })
                .collect::<String>()
        };
        assert_eq!(of("the tool `rfi` and `x`"), "the tool [rfi] and [x]");
        assert_eq!(of("one ` alone"), "one ` alone");
        assert_eq!(of("`a` and ` alone"), "[a] and ` alone");
        assert_eq!(of("``"), "");
    }
}
