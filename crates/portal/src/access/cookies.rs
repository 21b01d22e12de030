//! The two cookies: one for who is signed in, one that ties forms to a browser before anybody is.

use axum::http::HeaderValue;
use axum::http::header::{self, HeaderMap};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use secrets::Secret;
use service::SESSION_DAYS;

use crate::site::Site;

/// The value of the session cookie of a request.
pub(crate) fn session_in(headers: &HeaderMap, site: &Site) -> Option<String> {
    value_of(headers, &session_name(site))
}

/// The value of the visitor cookie of a request.
pub(crate) fn visitor_in(headers: &HeaderMap, site: &Site) -> Option<String> {
    value_of(headers, &visitor_name(site))
}

/// Opens a session in the browser.
pub(crate) fn opened_session(site: &Site, value: &Secret) -> HeaderValue {
    header(ours(site, session_name(site), value.reveal().to_owned()).max_age(Duration::days(SESSION_DAYS)))
}

/// Ends the session in the browser.
pub(crate) fn ended_session(site: &Site) -> HeaderValue {
    header(ours(site, session_name(site), String::new()).max_age(Duration::ZERO))
}

/// Ties forms to the browser of somebody who is not signed in.
pub(crate) fn visitor(site: &Site, value: &Secret) -> HeaderValue {
    header(ours(site, visitor_name(site), value.reveal().to_owned()))
}

/// The prefix makes browsers refuse the cookie from anything but this very host over TLS (RFC 6265bis, 4.1.3.2).
fn named(site: &Site, name: &str) -> String {
    if site.is_secure() { format!("__Host-{name}") } else { name.to_owned() }
}

fn session_name(site: &Site) -> String {
    named(site, "steadfast_session")
}

fn visitor_name(site: &Site) -> String {
    named(site, "steadfast_visitor")
}

fn ours(site: &Site, name: String, value: String) -> cookie::CookieBuilder<'static> {
    Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(site.is_secure())
}

/// Our names and values hold nothing that a header can't.
fn header(cookie: cookie::CookieBuilder<'static>) -> HeaderValue {
    HeaderValue::try_from(cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// The one cookie of this name. Two of a name can be a planted one: then none counts.
fn value_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut found = lines
        .flat_map(|line| Cookie::split_parse(line).filter_map(Result::ok))
        .filter(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned());
    let value = found.next()?;
    (found.next().is_none() && !value.is_empty()).then_some(value)
}
