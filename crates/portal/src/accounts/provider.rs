//! Signing in through an identity provider: to it and back. What has to be kept on the way travels in a sealed cookie, so
//! that only the browser that began can finish.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE64URL_NOPAD;
use model::UnixMillis;
use oidc::{Callback, Provider};
use serde::{Deserialize, Serialize};
use service::{AtProvider, Error, Limit};

use super::door::{DoorView, page};
use super::entering::{enter, visit};
use super::kept_cookie::{forgotten, kept, kept_in};
use super::local_path::local_path;
use crate::Portal;
use crate::access::Caller;
use crate::fault::{Fault, PageFault, sentence};
use crate::query::Params;
use crate::urls;

/// How long the way there and back may take.
const PATIENCE_MILLIS: i64 = 10 * 60_000;

/// What the sealed cookie is for.
const SEAL: &str = "oidc sign-in";

/// How often a sign-in may begin from one address of the network: each may ask the provider.
const BEGINNINGS: Limit = Limit::new("provider", 30, 300);

/// What is kept on the way.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    began: i64,
}

impl Kept {
    fn seal(&self, portal: &Portal) -> Result<String, Fault> {
        let clear = serde_json::to_vec(self)?;
        let steadfast = &portal.steadfast;
        let sealed = steadfast.accounts.seal_key.seal(&clear, SEAL, &*steadfast.random).map_err(|error| {
            tracing::error!(%error, "a sign-in can't begin");
            Fault::Broken
        })?;
        Ok(BASE64URL_NOPAD.encode(&sealed))
    }

    /// What a cookie keeps, if it is ours and not too old.
    fn open(portal: &Portal, cookie: &str) -> Option<Self> {
        let sealed = BASE64URL_NOPAD.decode(cookie.as_bytes()).ok()?;
        let clear = portal.steadfast.accounts.seal_key.open(&sealed, SEAL).ok()?;
        let kept: Self = serde_json::from_slice(&clear).ok()?;
        let end = UnixMillis(kept.began).plus_millis(PATIENCE_MILLIS);
        (end > portal.steadfast.clock.now()).then_some(kept)
    }
}

fn named(portal: &Portal, path: Result<Path<String>, PathRejection>) -> Result<(&str, &Provider), Fault> {
    let name = path.map(|Path(name)| name).unwrap_or_default();
    let found = portal.providers.iter().find(|(known, _)| *known == name);
    found.map(|(name, provider)| (name.as_str(), provider)).ok_or(Fault::NoSuchPage)
}

fn redirect_url(portal: &Portal, name: &str) -> String {
    format!("{}{}", portal.steadfast.accounts.public_url, urls::back_from(name))
}

/// `GET /sign-in/provider/{name}?next=PATH`: sends the browser to the provider.
pub(crate) async fn begin(
    State(portal): State<Portal>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["next"])?;
    let (name, provider) = named(&portal, path)?;
    let now = portal.steadfast.clock.now();
    portal.steadfast.accounts.doors.knock(BEGINNINGS, &caller.address, now).map_err(Error::from)?;
    let begun = match provider.begin(&redirect_url(&portal, name), &*portal.steadfast.random, now).await {
        Ok(begun) => begun,
        Err(error) => return failed(&portal, &caller, &error),
    };
    let on_the_way = Kept {
        provider: name.to_owned(),
        state: begun.state,
        nonce: begun.nonce,
        verifier: begun.pkce_verifier,
        next: local_path(params.text("next")).unwrap_or(urls::APPS).to_owned(),
        began: now.0,
    };
    let cookie = kept(&portal.site, on_the_way.seal(&portal)?);
    let mut response = Redirect::to(&begun.authorization_url).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// `GET /sign-in/provider/{name}/back?code=…&state=…`: the browser comes back.
pub(crate) async fn back(
    State(portal): State<Portal>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let params = Params::of_page(query, &["code", "state", "iss", "error", "error_description"])?;
    let (name, provider) = named(&portal, path)?;
    let on_the_way = kept_in(&headers, &portal.site).and_then(|cookie| Kept::open(&portal, &cookie));
    let ours = on_the_way.filter(|kept| kept.provider == name && kept.state == params.text("state"));
    let mut response = match ours {
        Some(kept) => finish(&portal, &caller, provider, &kept, &params).await?,
        None => {
            let words = "It took too long, or was begun in another window. Begin again.";
            told(&portal, &caller, words, StatusCode::BAD_REQUEST)?
        }
    };
    // Good once, whatever came of it.
    response.headers_mut().append(SET_COOKIE, forgotten(&portal.site));
    Ok(response)
}

async fn finish(
    portal: &Portal,
    caller: &Caller,
    provider: &Provider,
    kept: &Kept,
    params: &Params,
) -> Result<Response, PageFault> {
    let optional = |name: &str| Some(params.text(name).to_owned()).filter(|text| !text.is_empty());
    if let Some(error) = optional("error") {
        let error = oidc::Error::refused(&error, optional("error_description").as_deref());
        return failed(portal, caller, &error);
    }
    let issuer = optional("iss");
    let callback = Callback {
        code: params.text("code"),
        issuer: issuer.as_deref(),
        nonce: &kept.nonce,
        pkce_verifier: &kept.verifier,
        redirect_url: &redirect_url(portal, &kept.provider),
    };
    let identity = match provider.finish(&callback, portal.steadfast.clock.now()).await {
        Ok(identity) => identity,
        Err(error) => return failed(portal, caller, &error),
    };
    let at = AtProvider {
        provider: provider.label().to_owned(),
        issuer: identity.issuer,
        subject: identity.subject,
        email: identity.email,
        email_verified: identity.email_verified,
        name: identity.name,
    };
    match portal.steadfast.sign_in_by_provider(&at, &visit(caller)).await {
        Ok(opened) => Ok(enter(portal, &opened, &kept.next)),
        Err(Error::Refused(refusal)) => told(portal, caller, &sentence(&refusal.to_string()), StatusCode::FORBIDDEN),
        Err(error) => Err(error.into()),
    }
}

fn failed(portal: &Portal, caller: &Caller, error: &oidc::Error) -> Result<Response, PageFault> {
    tracing::warn!(%error, "a sign-in through the identity provider failed");
    told(portal, caller, error.for_person(), StatusCode::BAD_GATEWAY)
}

fn told(portal: &Portal, caller: &Caller, words: &str, status: StatusCode) -> Result<Response, PageFault> {
    let view = DoorView::new(portal, caller, "Sign-in did not work").lead(words).link(
        "Try again?",
        urls::sign_in(None),
        "Sign in",
    );
    page(status, &view)
}
