//! What can keep a request from its answer: told to people as a page, to programs as a problem document
//! (RFC 9457). The cause inside goes to the log, not to the reader.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use service::{Flaw, Refusal};

use crate::chrome::Chrome;

/// After how many seconds what keeps the store from being read or written may be gone.
pub(crate) const BUSY_SECONDS: u32 = 5;

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
    /// Nobody is known to ask; the sentence says how to say who does.
    Unauthorized(String),
    /// Who asks may not do this.
    Forbidden(String),
    /// What was named is not there.
    NotFound(String),
    /// Fields are wrong.
    Invalid(Vec<Flaw>),
    /// It doesn't fit what is there by now.
    Conflict(String),
    /// The request is larger than this many bytes.
    TooLarge(usize),
    /// What the request says takes more room than there is for one; the sentence says what to do.
    TooMuch(String),
    /// The request came too slowly; the sentence says how fast it has to come.
    TooSlow(String),
    /// The body is of a kind that is not read here; the sentence says which is.
    WrongMediaType(String),
    /// Too often; again after so many seconds.
    TooMany(u32),
    /// Not at the moment; the sentence says why, and it may go again after so many seconds.
    Unavailable(String, u32),
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
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) | Self::TooMuch(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::WrongMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "This request can't be understood",
            Self::NoSuchApp(_) => "There is no such app",
            Self::NoSuchPage => "There is nothing here",
            Self::WrongMethod => "This method is not known here",
            Self::WrongHost => "This portal has another address",
            Self::Unauthorized(_) => "Who is asking?",
            Self::Forbidden(_) => "This is not allowed",
            Self::NotFound(_) => "This is not here",
            Self::Invalid(_) => "Some of this can't be taken",
            Self::Conflict(_) => "This doesn't fit what is there by now",
            Self::TooLarge(_) | Self::TooMuch(_) => "This is too large",
            Self::TooSlow(_) => "This came too slowly",
            Self::WrongMediaType(_) => "This kind of content is not read here",
            Self::TooMany(_) => "Too many tries",
            Self::Unavailable(..) => "Not at the moment",
            Self::Broken => "Something went wrong on our side",
        }
    }

    pub(crate) fn detail(&self) -> String {
        match self {
            Self::BadRequest(detail) => detail.clone(),
            Self::NoSuchApp(id) => format!("no app that you may see has the id `{id}`"),
            Self::NoSuchPage => "the address may be mistyped, or from another version".to_owned(),
            Self::WrongMethod => "the methods that are known stand in the header `Allow`".to_owned(),
            Self::WrongHost => "the request names another host than the portal's own, which can be a sign of DNS \
                                rebinding; open it at its own address (`portal.public_url`; on the same machine `localhost`)"
                .to_owned(),
            Self::Unauthorized(sentence)
            | Self::Forbidden(sentence)
            | Self::NotFound(sentence)
            | Self::Conflict(sentence)
            | Self::WrongMediaType(sentence)
            | Self::TooMuch(sentence)
            | Self::TooSlow(sentence)
            | Self::Unavailable(sentence, _) => sentence.clone(),
            Self::Invalid(flaws) => Refusal::Invalid(flaws.clone()).to_string(),
            Self::TooLarge(most) => format!("at most {most} bytes are read here"),
            Self::TooMany(seconds) => Refusal::TooMany(*seconds).to_string(),
            Self::Broken => "the answer could not be made; the log of `steadfast serve` says why".to_owned(),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound(sentence) => Self::NotFound(sentence),
            Refusal::Forbidden(sentence) => Self::Forbidden(sentence),
            Refusal::Invalid(flaws) => Self::Invalid(flaws),
            Refusal::Conflict(sentence) => Self::Conflict(sentence),
            Refusal::TooMany(seconds) => Self::TooMany(seconds),
        }
    }
}

impl From<service::Error> for Fault {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::NoSuchApp(id) => Self::NoSuchApp(id.to_string()),
            service::Error::Refused(refusal) => refusal.into(),
            service::Error::Store(store @ service::StoreError::Conflict) => Self::Conflict(store.to_string()),
            // A disk that is full, a database that somebody else has locked: it passes.
            error @ service::Error::Store(service::StoreError::Unavailable(_)) => {
                tracing::error!(%error, "a request could not be answered for now");
                let sentence = "the portal can't reach what it keeps, which passes; try again in a moment";
                Self::Unavailable(sentence.to_owned(), BUSY_SECONDS)
            }
            other => {
                tracing::error!(error = %other, "a request could not be answered");
                Self::Broken
            }
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "an answer could not be written as JSON");
        Self::Broken
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be made");
        Self::Broken
    }
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
pub(crate) fn render(fault: &Fault, chrome: &Chrome) -> Result<String, askama::Error> {
    let detail = sentence(&fault.detail());
    FaultPage { chrome, status: fault.status().as_u16(), title: fault.title(), detail: &detail }.render()
}

/// The fault that an answer tells as a page. Where it arises nobody knows yet who looks; on the way out the page gets its
/// frame, see [`framed`].
#[derive(Clone, Debug)]
struct Told(Fault);

/// The same answer; a page that tells a fault, in the frame of the one who looks.
pub(crate) fn framed(mut response: Response, chrome: impl FnOnce() -> Chrome) -> Response {
    if let Some(Told(fault)) = response.extensions_mut().remove::<Told>()
        && let Ok(page) = render(&fault, &chrome())
    {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = page.into();
    }
    response
}

impl IntoResponse for PageFault {
    fn into_response(self) -> Response {
        let mut response = match render(&self.0, &Chrome::default()) {
            Ok(page) => (self.0.status(), Html(page)).into_response(),
            Err(_) => (self.0.status(), self.0.detail()).into_response(),
        };
        response.extensions_mut().insert(Told(self.0.clone()));
        with_hints(&self.0, response)
    }
}

impl IntoResponse for ApiFault {
    fn into_response(self) -> Response {
        let mut problem = serde_json::json!({
            "type": "about:blank",
            "title": self.0.title(),
            "status": self.0.status().as_u16(),
            "detail": self.0.detail(),
        });
        if let Fault::Invalid(flaws) = &self.0 {
            let errors = flaws.iter().map(|flaw| serde_json::json!({"field": flaw.field, "detail": flaw.message}));
            problem["errors"] = errors.collect();
        }
        let media_type = HeaderValue::from_static("application/problem+json");
        with_hints(
            &self.0,
            (self.0.status(), [(header::CONTENT_TYPE, media_type)], problem.to_string()).into_response(),
        )
    }
}

/// The headers by which a program knows what to do next.
fn with_hints(fault: &Fault, mut response: Response) -> Response {
    match fault {
        Fault::TooMany(seconds) | Fault::Unavailable(_, seconds) => {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        Fault::TooSlow(_) => {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Fault::Unauthorized(_) => {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        _ => {}
    }
    response
}

/// An error text as a sentence of a page.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let end = (!text.ends_with(['.', '?', '!'])).then_some('.');
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).chain(end).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_ids_are_text() {
        let page = render(&Fault::NoSuchApp("<script>alert(1)</script>\"'".to_owned()), &Chrome::default()).unwrap();
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
    }

    #[test]
    fn a_store_that_is_not_there_for_now_is_no_fault_of_ours() {
        let unavailable = service::Error::Store(service::StoreError::Unavailable("locked /secret/path".to_owned()));
        let answer = ApiFault::from(unavailable).into_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
        let corrupt = service::Error::Store(service::StoreError::Corrupt("broken".to_owned()));
        assert_eq!(ApiFault::from(corrupt).into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn a_fault_is_told_in_a_sentence() {
        assert_eq!(sentence("use `GET`"), "Use `GET`.");
        assert_eq!(sentence(""), "");
    }
}
