//! Finds out who sent a request, once for each, before any handler runs.

use std::net::SocketAddr;
use std::sync::Arc;

use access::{Actor, Proof};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use secrets::{SecretKind, csrf_matches, csrf_token, random_text};
use service::{Error, Limit, TokenRefusal};

use super::{Caller, cookies, csrf};
use crate::Portal;
use crate::chrome::{Chrome, Tab};
use crate::fault::{Fault, framed};
use crate::guard::fault_at;
use crate::site::Site;

/// Tokens are too long to guess; this ends the noise of trying. What has no right checksum is refused before the store is
/// asked; anything else costs a look at an index, also beyond this limit, so that whoever tries holds up no good tokens
/// from the same address.
const TOKENS: Limit = Limit::new("token", 60, 60);

/// How much of a user agent is kept.
const AGENT_CHARACTERS: usize = 200;

/// Puts the [`Caller`] into the request, and refuses requests that only look like theirs.
pub(crate) async fn identify(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match known(&portal, request).await {
        Ok((request, new_visitor)) => {
            let caller = request.extensions().get::<Caller>().cloned();
            let mut response = next.run(request).await;
            if let Some(caller) = caller.filter(|caller| caller.person.is_some()) {
                response = framed(response, || Chrome::new(portal.setting(&caller), Tab::Elsewhere));
            }
            if let Some(cookie) = new_visitor {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(fault) => fault_at(&path, fault),
    }
}

/// The request with its caller, and the cookie for a browser that has none yet.
async fn known(portal: &Portal, mut request: Request) -> Result<(Request, Option<HeaderValue>), Fault> {
    let headers = request.headers();
    let mut caller = Caller { user_agent: user_agent(headers), ..Caller::stranger() };
    caller.address = address(&request, portal);
    if let Some(token) = bearer(headers)? {
        if secrets::parse(&token) == Ok(SecretKind::SourceToken) {
            let (actor, token) = known_token(portal, portal.steadfast.source_of(&token).await?, &caller.address)?;
            if !takes_calls(request.method(), request.uri().path()) {
                return Err(Fault::Forbidden(ONLY_CALLS.to_owned()));
            }
            (caller.actor, caller.source) = (actor, Some(Arc::new(token)));
        } else {
            let known = portal.steadfast.actor_of(&token).await?;
            (caller.actor, caller.person) = known_token(portal, known, &caller.address)?;
        }
        request.extensions_mut().insert(caller);
        return Ok((request, None));
    }
    let site: &Site = &portal.site;
    let key = &portal.steadfast.accounts.csrf_key;
    let mut secret = None;
    if let Some(cookie) = cookies::session_in(headers, site)
        && let Some((session, person)) = portal.steadfast.session_of(&cookie).await?
    {
        let proof = Proof::Session(session.id);
        caller.actor = Actor::Person { id: person.id, platform_role: person.platform_role, proof };
        (caller.session, caller.person, secret) = (Some(session), Some(person), Some(cookie));
    }
    let mut new_visitor = None;
    let secret = match secret.or_else(|| cookies::visitor_in(headers, site)) {
        Some(secret) => secret,
        None => {
            let fresh = random_text(&*portal.steadfast.random);
            let reads_page = csrf::is_safe(request.method()) && !is_for_programs(request.uri().path());
            new_visitor = reads_page.then(|| cookies::visitor(site, &fresh));
            fresh.reveal().to_owned()
        }
    };
    caller.csrf = csrf_token(key, &secret);
    if !csrf::is_safe(request.method()) {
        // A program without cookies has no session that somebody could misuse; it is told to sign in instead.
        let has_cookie = headers.contains_key(header::COOKIE);
        if has_cookie || !is_for_programs(request.uri().path()) {
            request = csrf::check(request, site, |token| csrf_matches(key, &secret, token)).await?;
        }
    }
    request.extensions_mut().insert(caller);
    Ok((request, new_visitor))
}

fn is_for_programs(path: &str) -> bool {
    ["/api/", "/v1/", "/metrics", "/assets/", "/healthz", "/readyz", "/favicon.ico"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// The token of the `Authorization` header. A header that holds something else is refused: to go on as a
/// stranger, or by a cookie, would not be what was meant.
fn bearer(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    match token {
        Some(token) if values.next().is_none() => Ok(Some(token)),
        _ => Err(Fault::Unauthorized("write one header `Authorization: Bearer stf_…`".to_owned())),
    }
}

/// What is known of a token; whoever tries many that nobody has is kept waiting.
fn known_token<T>(portal: &Portal, known: Result<T, TokenRefusal>, address: &str) -> Result<T, Fault> {
    known.or_else(|refusal| {
        let now = portal.steadfast.clock.now();
        portal.steadfast.accounts.doors.knock(TOKENS, address, now).map_err(Error::from)?;
        Err(Fault::Unauthorized(refusal.to_string()))
    })
}

/// What is said of a source's token that is used for something else.
const ONLY_CALLS: &str = "the token of a source sends calls (`POST /api/v1/calls`, `POST /v1/logs`) and can do nothing \
     else; use a personal token for this";

/// Whether a route takes calls: all that tokens of sources are for.
pub(crate) fn takes_calls(method: &Method, path: &str) -> bool {
    *method == Method::POST && ["/api/v1/calls", "/v1/logs"].contains(&path)
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(AGENT_CHARACTERS).collect()
}

/// Where a request comes from: the other end of the connection; where that is a proxy that the operator trusts, the
/// last address in `X-Forwarded-For` that is not one.
fn address(request: &Request, portal: &Portal) -> String {
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return String::new();
    };
    let peer = peer.ip().to_canonical();
    if !portal.site.trusts(peer) {
        return peer.to_string();
    }
    let lines = request.headers().get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let known = named.iter().rev().map_while(|text| text.parse::<std::net::IpAddr>().ok());
    known.map(|ip| ip.to_canonical()).find(|ip| !portal.site.trusts(*ip)).unwrap_or(peer).to_string()
}
