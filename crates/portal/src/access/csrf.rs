//! Requests that change something and come with a cookie must be meant by who sent them: not sent by a page
//! of another site, and with the token that our own forms carry.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, Uri};

use crate::fault::Fault;
use crate::form::unread;
use crate::site::Site;

/// The largest form.
const MOST_BYTES: usize = 512 * 1024;

/// The field of forms that carries the token.
pub(crate) const FIELD: &str = "csrf";

/// The header of API requests that carries it.
const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// Whether requests of this method change nothing.
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Lets a request through that is meant; `good` tells whether a token is the browser's own.
pub(crate) async fn check(request: Request, site: &Site, good: impl Fn(&str) -> bool) -> Result<Request, Fault> {
    if is_from_elsewhere(request.headers(), site) {
        return Err(forged());
    }
    if let Some(token) = request.headers().get(HEADER) {
        return if token.to_str().is_ok_and(&good) { Ok(request) } else { Err(forged()) };
    }
    if is_api(request.uri()) || !is_form(request.headers()) {
        return Err(forged());
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.map_err(|error| unread(&error))?;
    if token_in(&body).is_some_and(|token| good(&token)) {
        Ok(Request::from_parts(parts, Body::from(body)))
    } else {
        Err(forged())
    }
}

fn forged() -> Fault {
    Fault::Forbidden(
        "this request did not come from a page of this portal, or the page is from before you signed in; open \
         the page again and repeat what you did"
            .to_owned(),
    )
}

fn is_api(uri: &Uri) -> bool {
    uri.path().starts_with("/api/") || uri.path().starts_with("/v1/")
}

fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|essence| essence.trim() == "application/x-www-form-urlencoded")
}

/// Browsers say where a request comes from; programs that don't are left to the token.
fn is_from_elsewhere(headers: &HeaderMap, site: &Site) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if text(&HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    text(&header::ORIGIN).is_some_and(|origin| !site.is_origin(origin, headers.get(header::HOST)))
}

fn token_in(body: &Bytes) -> Option<String> {
    form_urlencoded::parse(body).find(|(name, _)| name == FIELD).map(|(_, value)| value.into_owned())
}
