//! The pages about tokens of sources.

use access::PlatformRight;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::TokenId;
use service::NewSourceToken;

use super::view::{MadeView, NewView, TokensView, revoking};
use crate::Portal;
use crate::access::rights::{SeePlatform, SendCalls};
use crate::access::{BySession, Staff};
use crate::accounts::entering::or_flaws;
use crate::ask::{AskView, ask};
use crate::chrome::{Chrome, Tab};
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

/// What is said of an id that no token has.
pub(super) const NO_TOKEN: &str = "this token was revoked, or was never a source's";

#[derive(Template)]
#[template(path = "platform/source_tokens.html", whitespace = "minimize")]
struct TokensPage<'a> {
    view: &'a TokensView,
}

/// The page of a view.
pub(crate) fn render(view: &TokensView) -> Result<String, askama::Error> {
    TokensPage { view }.render()
}

#[derive(Template)]
#[template(path = "platform/source_token_new.html", whitespace = "minimize")]
struct NewPage<'a> {
    view: &'a NewView,
}

/// The page of a view.
pub(crate) fn render_new(view: &NewView) -> Result<String, askama::Error> {
    NewPage { view }.render()
}

#[derive(Template)]
#[template(path = "platform/source_token_made.html", whitespace = "minimize")]
struct MadePage<'a> {
    view: &'a MadeView,
}

/// The page of a view.
pub(crate) fn render_made(view: &MadeView) -> Result<String, askama::Error> {
    MadePage { view }.render()
}

/// `GET /platform/sources/tokens`
pub(crate) async fn show(
    State(portal): State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let told = (params.text("done") == "revoked")
        .then_some("The token is revoked. Whatever is sent with it is refused from now on.");
    let tokens = portal.steadfast.source_tokens().await?;
    let caller = &staff.caller;
    let manages = PlatformRight::SendCalls.is_held_by(&caller.actor) && caller.session.is_some();
    let mut view = TokensView::new(portal.setting(caller), manages, &tokens, portal.steadfast.clock.now());
    view.chrome = view.chrome.telling(told);
    Ok(Html(render(&view)?))
}

/// Sends somebody whose proof is too old to prove who they are, and then back to the form.
fn proof_first(portal: &Portal, by: &BySession) -> Option<Response> {
    let proven = portal.steadfast.is_proven(&by.session);
    (!proven).then(|| Redirect::to(&urls::prove(urls::NEW_SOURCE_TOKEN)).into_response())
}

/// `GET /platform/sources/tokens/new`
pub(crate) async fn show_new(
    State(portal): State<Portal>,
    by: BySession,
    staff: Staff<SendCalls>,
    query: RawQuery,
) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by) {
        return Ok(first);
    }
    let params = Params::of_page(query, &["source"])?;
    let new = NewSourceToken { source: params.text("source").to_owned(), ..NewSourceToken::default() };
    Ok(Html(render_new(&NewView::new(portal.setting(&staff.caller), &new, Vec::new()))?).into_response())
}

/// `POST /platform/sources/tokens`: the answer shows the token, this once.
pub(crate) async fn make(
    State(portal): State<Portal>,
    by: BySession,
    staff: Staff<SendCalls>,
    form: Form,
) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by) {
        return Ok(first);
    }
    let apps = form.text("apps").lines().map(str::trim).filter(|id| !id.is_empty());
    let new = NewSourceToken {
        source: form.text("source").to_owned(),
        apps: apps.map(str::to_owned).collect(),
        environments: form.all("environments").map(str::to_owned).collect(),
        expires: form.text("expires").to_owned(),
    };
    let setting = portal.setting(&staff.caller);
    let made = match or_flaws(portal.steadfast.make_source_token(Some(&by.session), &new, None).await)? {
        Ok(made) => made,
        Err(flaws) => {
            let page = render_new(&NewView::new(setting, &new, flaws))?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let Some(secret) = made.secret else { return Err(Fault::Broken.into()) };
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    let public_url = &portal.steadfast.accounts.public_url;
    let view = MadeView::new(setting, public_url, (&made.token, secret), now, zone);
    Ok(Html(render_made(&view)?).into_response())
}

/// The token that a path names.
fn token_in(path: Result<Path<String>, PathRejection>) -> Result<TokenId, Fault> {
    let named = path.ok().and_then(|Path(text)| text.parse().ok());
    named.ok_or_else(|| Fault::NotFound(NO_TOKEN.to_owned()))
}

/// `GET /platform/sources/tokens/{token}/revoke`
pub(crate) async fn ask_revoke(
    State(portal): State<Portal>,
    _by: BySession,
    staff: Staff<SendCalls>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let token = portal.steadfast.source_token(token_in(path)?).await?;
    let now = portal.steadfast.clock.now();
    let all = portal.steadfast.source_tokens_of(&token.source).await?;
    let others = all.iter().filter(|other| other.id != token.id && other.is_good(now)).count();
    ask(&AskView {
        chrome: Chrome::new(portal.setting(&staff.caller), Tab::Platform),
        title: format!("Revoke the token {} of {}?", token.hint, token.source),
        lead: revoking(&token, others),
        action: urls::platform::revoke_source_token(token.id),
        button: "Revoke the token".to_owned(),
        is_danger: true,
        back: urls::SOURCE_TOKENS.to_owned(),
        ..AskView::default()
    })
}

/// `POST /platform/sources/tokens/{token}/revoke`
pub(crate) async fn revoke(
    State(portal): State<Portal>,
    by: BySession,
    _staff: Staff<SendCalls>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    portal.steadfast.revoke_source_token(by.caller.actor.doer(), token_in(path)?).await?;
    Ok(Redirect::to(&urls::telling(urls::SOURCE_TOKENS, "revoked")).into_response())
}
