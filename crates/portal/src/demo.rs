//! The corner of the demonstration: who may be tried out, and the mail that would have been sent. Anybody may see it,
//! since the demonstration is for one machine alone; any other portal has no such page.

use std::fmt;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use mail::Outbox;

use crate::Portal;
use crate::access::Caller;
use crate::chrome::{Chrome, Tab};
use crate::fault::{Fault, PageFault};

/// What a demonstration shows of itself.
pub struct Demonstration {
    /// Who may be tried out.
    pub people: Vec<DemoPerson>,
    /// Everybody's password.
    pub password: String,
    /// The mail so far.
    pub outbox: Arc<Outbox>,
}

impl fmt::Debug for Demonstration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Demonstration")
    }
}

/// Somebody who may be tried out.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Who they are, in a few words.
    pub what: String,
}

/// How many letters are shown.
const LETTERS: usize = 50;

#[derive(Template)]
#[template(path = "demo.html", whitespace = "minimize")]
struct DemoPage<'a> {
    view: &'a DemoView,
}

/// The page.
#[derive(Debug)]
pub(crate) struct DemoView {
    pub(crate) chrome: Chrome,
    pub(crate) people: Vec<DemoPerson>,
    pub(crate) password: String,
    /// The latest first.
    pub(crate) letters: Vec<Letter>,
}

/// A letter.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) subject: String,
    /// Its lines; a line that is a link to this portal leads there.
    pub(crate) lines: Vec<Line>,
}

/// A line of a letter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// The path, where the line is a link to this portal.
    pub(crate) path: Option<String>,
}

/// The page of a view.
pub(crate) fn render(view: &DemoView) -> Result<String, askama::Error> {
    DemoPage { view }.render()
}

/// `GET /demo`
pub(crate) async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Html<String>, PageFault> {
    let demonstration = portal.demonstration.as_ref().ok_or(Fault::NoSuchPage)?;
    let public_url = &portal.steadfast.accounts.public_url;
    let messages = demonstration.outbox.messages();
    let letters = messages.into_iter().rev().take(LETTERS).map(|message| Letter {
        to: message.to.email,
        subject: message.subject,
        lines: message.text.lines().map(|text| line(text, public_url)).collect(),
    });
    let view = DemoView {
        chrome: Chrome::new(portal.setting(&caller), Tab::Elsewhere),
        people: demonstration.people.clone(),
        password: demonstration.password.clone(),
        letters: letters.collect(),
    };
    Ok(Html(render(&view)?))
}

fn line(text: &str, public_url: &str) -> Line {
    let path = text.trim().strip_prefix(public_url).filter(|path| path.starts_with('/') && !path.starts_with("//"));
    Line { text: text.to_owned(), path: path.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_this_portal_are_links() {
        let path = |text| line(text, "http://127.0.0.1:7300").path;
        assert_eq!(path("  http://127.0.0.1:7300/verify?token=x").as_deref(), Some("/verify?token=x"));
        for other in ["http://127.0.0.1:7300", "http://127.0.0.1:73001/x", "http://127.0.0.1:7300//evil.com", "hello"] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
