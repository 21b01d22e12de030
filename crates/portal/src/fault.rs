//! What can keep a request from its answer: told to people as a page, to programs as a problem document
//! (RFC 9457). The cause inside goes to the log, not to the reader.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use model::AppId;

use crate::chrome::{Chrome, Tab};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request can't be understood; the sentence says what to write instead.
    BadRequest(String),
    /// No app has this id.
    NoSuchApp(String),
    /// Nothing lives at this path.
    NoSuchPage,
    /// The path knows no such method.
    WrongMethod,
    /// The request was meant for another host.
    WrongHost,
    /// The portal itself failed.
    Broken,
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchApp(_) | Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "This request can't be understood",
            Self::NoSuchApp(_) => "There is no such app",
            Self::NoSuchPage => "There is nothing here",
            Self::WrongMethod => "This method is not known here",
            Self::WrongHost => "This portal answers to this machine only",
            Self::Broken => "Something went wrong on our side",
        }
    }

    pub(crate) fn detail(&self) -> String {
        match self {
            Self::BadRequest(detail) => detail.clone(),
            Self::NoSuchApp(id) => {
                format!("no app has the id `{id}`; an app appears with the first call that names it")
            }
            Self::NoSuchPage => "the address may be mistyped, or from another version".to_owned(),
            Self::WrongMethod => "use `GET`".to_owned(),
            Self::WrongHost => {
                "the request names another host than this machine, which can be a sign of DNS rebinding; \
                                open the portal as `localhost` or `127.0.0.1`"
                    .to_owned()
            }
            Self::Broken => "the answer could not be made; the log of `steadfast serve` says why".to_owned(),
        }
    }
}

impl From<service::Error> for Fault {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::NoSuchApp(id) => Self::NoSuchApp(id.to_string()),
            other => {
                tracing::error!(error = %other, "a request could not be answered");
                Self::Broken
            }
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be made");
        Self::Broken
    }
}

/// The app that a path names. What can't be an id is the id of no app.
pub(crate) fn app_id(path: Result<axum::extract::Path<String>, PathRejection>) -> Result<AppId, Fault> {
    let axum::extract::Path(text) =
        path.map_err(|_| Fault::BadRequest("the path is not UTF-8 once it is decoded".to_owned()))?;
    text.parse().map_err(|_| Fault::NoSuchApp(text))
}

/// A fault told to people.
#[derive(Debug)]
pub(crate) struct PageFault(pub(crate) Fault);

/// A fault told to programs.
#[derive(Debug)]
pub(crate) struct ApiFault(pub(crate) Fault);

impl<E: Into<Fault>> From<E> for PageFault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl<E: Into<Fault>> From<E> for ApiFault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[derive(Template)]
#[template(path = "fault.html", whitespace = "minimize")]
struct FaultPage<'a> {
    chrome: &'a Chrome,
    status: u16,
    title: &'a str,
    detail: &'a str,
}

/// The page that tells a fault.
pub(crate) fn render(fault: &Fault) -> Result<String, askama::Error> {
    let chrome = Chrome::new("", Tab::Elsewhere);
    let detail = sentence(&fault.detail());
    FaultPage { chrome: &chrome, status: fault.status().as_u16(), title: fault.title(), detail: &detail }.render()
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        match render(&self.0) {
            Ok(page) => (self.0.status(), Html(page)).into_response(),
            Err(_) => (self.0.status(), self.0.detail()).into_response(),
        }
    }
}

impl IntoResponse for ApiFault {
    fn into_response(self) -> Response {
        let problem = serde_json::json!({
            "type": "about:blank",
            "title": self.0.title(),
            "status": self.0.status().as_u16(),
            "detail": self.0.detail(),
        });
        let media_type = HeaderValue::from_static("application/problem+json");
        (self.0.status(), [(header::CONTENT_TYPE, media_type)], problem.to_string()).into_response()
    }
}

/// An error text as a sentence of a page.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).chain(['.']).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_ids_are_text() {
        let page = render(&Fault::NoSuchApp("<script>alert(1)</script>\"'".to_owned())).unwrap();
        assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    }

    #[test]
    fn a_fault_is_told_in_a_sentence() {
        assert_eq!(sentence("use `GET`"), "Use `GET`.");
        assert_eq!(sentence(""), "");
    }
}
