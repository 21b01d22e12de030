//! What every request and every answer passes: whose name the request was sent to, and the headers that
//! tell a browser what a page may do.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Portal;
use crate::access::takes_calls;
use crate::fault::{ApiFault, Fault, PageFault};

/// Pages take stylesheet, script and images from here and nothing from anywhere else.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Nothing is told to other sites. To none at all browsers would send our own forms with `Origin: null`, which can't be
/// told from a forgery.
const REFERRER_POLICY: &str = "same-origin";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, REFERRER_POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Refuses requests for other hosts, and sets the headers of every answer.
pub(crate) async fn guard(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let mut response = if is_for_us(&portal, &request) {
        next.run(request).await
    } else {
        fault_at(request.uri().path(), Fault::WrongHost)
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if portal.site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A fault in the form that fits the path.
pub(crate) fn fault_at(path: &str, fault: Fault) -> Response {
    if path.starts_with("/api/") || path.starts_with("/v1/") || path == "/metrics" {
        ApiFault(fault).into_response()
    } else {
        PageFault(fault).into_response()
    }
}

/// What load balancers and scrapers ask by address; it tells nothing of anybody, or asks who they are.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Whether a request sends calls with a token. Gateways do so by whatever name or address they reach the portal; a page that came
/// here through DNS rebinding has no token.
fn sends_calls(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    takes_calls(method, path) && headers.contains_key(header::AUTHORIZATION)
}

fn is_for_us(portal: &Portal, request: &Request) -> bool {
    let (uri, headers) = (request.uri(), request.headers());
    if PROBES.contains(&uri.path()) || sends_calls(request.method(), uri.path(), headers) {
        return true;
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, another) = (hosts.next(), hosts.next());
    let named = match host {
        Some(host) => host.to_str().is_ok_and(|host| portal.site.is_host(host)),
        None => uri.authority().is_some(),
    };
    another.is_none() && named && uri.authority().is_none_or(|authority| portal.site.is_host(authority.as_str()))
}
