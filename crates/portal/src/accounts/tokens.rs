//! One's own API tokens.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{ApiToken, PlatformZone, Scope, TokenId, UnixMillis};
use secrets::Secret;
use service::{Flaw, NewToken, Steadfast, TOKEN_DAYS};

use super::account::{ConfirmView, chrome, confirm, proof_first, side};
use super::entering::or_flaws;
use super::moments::Moment;
use crate::Portal;
use crate::access::BySession;
use crate::chrome::{Chrome, SidebarEntry};
use crate::fault::{Fault, PageFault, sentence};
use crate::figures::join;
use crate::form::{Field, Form, FormFlaws};
use crate::query::Params;
use crate::urls;

/// For how many days a new token is good if nothing else is chosen.
const USUAL_DAYS: u16 = 90;

/// The list.
#[derive(Clone, Debug)]
pub(crate) struct TokensView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) rows: Vec<TokenRow>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct TokenRow {
    pub(crate) name: String,
    pub(crate) hint: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) expires: Moment,
    pub(crate) is_over: bool,
    pub(crate) used: Option<Moment>,
    pub(crate) revoke: String,
}

impl TokensView {
    pub(crate) fn new(chrome: Chrome, tokens: Vec<ApiToken>, now: UnixMillis, zone: &PlatformZone) -> Self {
        let row = |token: ApiToken| TokenRow {
            expires: Moment::new(token.expires_at, now, zone),
            is_over: token.expires_at <= now,
            used: token.last_used_at.map(|at| Moment::of_use(at, now, zone, 5)),
            revoke: urls::revoke_token(token.id),
            name: token.name,
            hint: token.hint,
            scopes: token.scopes,
        };
        Self { chrome, side: side(urls::TOKENS), rows: tokens.into_iter().map(row).collect() }
    }
}

#[derive(Template)]
#[template(path = "account_tokens.html", whitespace = "minimize")]
struct TokensPage<'a> {
    view: &'a TokensView,
}

/// The page of a view.
pub(crate) fn render(view: &TokensView) -> Result<String, askama::Error> {
    TokensPage { view }.render()
}

/// The form for a new one.
#[derive(Clone, Debug)]
pub(crate) struct NewTokenView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) name: Field,
    pub(crate) scopes: Vec<ScopeChoice>,
    pub(crate) scopes_flaw: Option<String>,
    pub(crate) days: Field,
    pub(crate) choices_of_days: Vec<(String, String)>,
    pub(crate) flaws: FormFlaws,
}

/// A scope that can be chosen.
#[derive(Clone, Debug)]
pub(crate) struct ScopeChoice {
    pub(crate) key: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) chosen: bool,
}

impl NewTokenView {
    pub(crate) fn new(chrome: Chrome, offered: &[Scope], new: &NewToken, mut flaws: Vec<Flaw>) -> Self {
        let count = flaws.len();
        let name =
            Field::new("name", "Name", &new.name).hint("What it is for, such as “nightly export”.").with(&mut flaws);
        let days = Field::new("days", "Good for", &new.days.to_string()).with(&mut flaws);
        let (of_scopes, flaws): (Vec<Flaw>, Vec<Flaw>) = flaws.into_iter().partition(|flaw| flaw.field == "scopes");
        let messages: Vec<String> = of_scopes.into_iter().map(|flaw| flaw.message).collect();
        let choice = |scope: &Scope| ScopeChoice {
            key: scope.key(),
            meaning: scope.meaning(),
            chosen: new.scopes.iter().any(|key| key == scope.key()),
        };
        Self {
            chrome,
            side: side(urls::TOKENS),
            name,
            scopes: offered.iter().map(choice).collect(),
            scopes_flaw: (!messages.is_empty()).then(|| sentence(&join(&messages))),
            days,
            choices_of_days: TOKEN_DAYS.iter().map(|days| (days.to_string(), format!("{days} days"))).collect(),
            flaws: FormFlaws::new(count, flaws),
        }
    }
}

#[derive(Template)]
#[template(path = "account_token_new.html", whitespace = "minimize")]
struct NewTokenPage<'a> {
    view: &'a NewTokenView,
}

/// The page of a view.
pub(crate) fn render_new(view: &NewTokenView) -> Result<String, askama::Error> {
    NewTokenPage { view }.render()
}

/// The page that shows a token, once.
#[derive(Clone, Debug)]
pub(crate) struct MadeTokenView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) secret: Secret,
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) expires: Moment,
}

#[derive(Template)]
#[template(path = "account_token_made.html", whitespace = "minimize")]
struct MadeTokenPage<'a> {
    view: &'a MadeTokenView,
}

/// The page of a view.
pub(crate) fn render_made(view: &MadeTokenView) -> Result<String, askama::Error> {
    MadeTokenPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "revoked" => Some("The token is revoked. Programs that use it are refused from now on."),
        _ => None,
    }
}

/// `GET /account/tokens`
pub(crate) async fn show(
    State(portal): State<Portal>,
    by: BySession,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let tokens = portal.steadfast.tokens_of_person(by.person.id).await?;
    let chrome = chrome(&portal, &by.caller).telling(told(params.text("done")));
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    Ok(Html(render(&TokensView::new(chrome, tokens, now, zone))?))
}

/// `GET /account/tokens/new`
pub(crate) async fn show_new(State(portal): State<Portal>, by: BySession) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, urls::NEW_TOKEN) {
        return Ok(first);
    }
    let new = NewToken { days: USUAL_DAYS, ..NewToken::default() };
    let offered = Steadfast::scopes_for(&by.person);
    Ok(Html(render_new(&NewTokenView::new(chrome(&portal, &by.caller), &offered, &new, Vec::new()))?).into_response())
}

/// `POST /account/tokens`: the answer shows the token, this once.
pub(crate) async fn make(State(portal): State<Portal>, by: BySession, form: Form) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, urls::NEW_TOKEN) {
        return Ok(first);
    }
    let new = NewToken {
        name: form.text("name").to_owned(),
        scopes: form.all("scopes").map(str::to_owned).collect(),
        days: form.text("days").parse().unwrap_or(0),
    };
    let chrome = chrome(&portal, &by.caller);
    let made = match or_flaws(portal.steadfast.make_token(&by.person, &by.session, &new, None).await)? {
        Ok(made) => made,
        Err(flaws) => {
            let offered = Steadfast::scopes_for(&by.person);
            let page = render_new(&NewTokenView::new(chrome, &offered, &new, flaws))?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let Some(secret) = made.secret else { return Err(Fault::Broken.into()) };
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    let view = MadeTokenView {
        chrome,
        side: side(urls::TOKENS),
        secret,
        name: made.token.name,
        scopes: made.token.scopes,
        expires: Moment::new(made.token.expires_at, now, zone),
    };
    Ok(Html(render_made(&view)?).into_response())
}

/// The token that a path names.
pub(super) fn token_in(path: Result<Path<String>, PathRejection>) -> Result<TokenId, Fault> {
    let named = path.ok().and_then(|Path(text)| text.parse().ok());
    named.ok_or_else(|| Fault::NotFound("this token was revoked, or was never yours".to_owned()))
}

/// `GET /account/tokens/{token}/revoke`
pub(crate) async fn show_revoke(
    State(portal): State<Portal>,
    by: BySession,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let token = portal.steadfast.token_of_person(by.person.id, token_in(path)?).await?;
    confirm(&ConfirmView {
        chrome: chrome(&portal, &by.caller),
        side: side(urls::TOKENS),
        title: format!("Revoke {}?", token.name),
        lead: vec![format!(
            "Programs that use the token {} are refused from then on. It can't be brought back; make a new one for \
             them first.",
            token.hint
        )],
        action: urls::revoke_token(token.id),
        button: "Revoke the token",
        is_danger: true,
        back: urls::TOKENS.to_owned(),
        ..ConfirmView::default()
    })
}

/// `POST /account/tokens/{token}/revoke`
pub(crate) async fn revoke(
    State(portal): State<Portal>,
    by: BySession,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    portal.steadfast.revoke_token(&by.person, token_in(path)?).await?;
    Ok(Redirect::to(&urls::telling(urls::TOKENS, "revoked")).into_response())
}
