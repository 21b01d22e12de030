//! The cookie that a browser keeps while it is away at an identity provider. Its value is sealed.

use axum::http::HeaderValue;
use axum::http::header::{self, HeaderMap};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

use crate::site::Site;

/// How long a browser keeps it.
const MINUTES: i64 = 10;

fn name(site: &Site) -> &'static str {
    if site.is_secure() { "__Host-steadfast_provider" } else { "steadfast_provider" }
}

/// Keeps a sealed value in the browser.
pub(super) fn kept(site: &Site, sealed: String) -> HeaderValue {
    cookie(site, sealed, Duration::minutes(MINUTES))
}

/// Lets the browser forget it.
pub(super) fn forgotten(site: &Site) -> HeaderValue {
    cookie(site, String::new(), Duration::ZERO)
}

/// Lax, as the provider sends the browser back from another site. Names and sealed values hold nothing that a header can't.
fn cookie(site: &Site, value: String, life: Duration) -> HeaderValue {
    let cookie = Cookie::build((name(site), value)).path("/").http_only(true).same_site(SameSite::Lax);
    let cookie = cookie.secure(site.is_secure()).max_age(life).build();
    HeaderValue::try_from(cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// The sealed value that a browser kept.
pub(super) fn kept_in(headers: &HeaderMap, site: &Site) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| Cookie::split_parse(line).filter_map(Result::ok));
    cookies.find(|cookie| cookie.name() == name(site)).map(|cookie| cookie.value().to_owned())
}
