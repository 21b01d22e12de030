//! The API tokens of an organisation.

use access::OrganisationRight;
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{ApiToken, OrganisationId, Person, PlatformZone, TokenId, UnixMillis};
use service::{NewToken, ORGANISATION_SCOPES};

use super::frame::Frame;
use crate::Portal;
use crate::access::rights::{ManageOrganisation, OverseeOrganisation};
use crate::access::{BySession, InOrganisation};
use crate::accounts::entering::or_flaws;
use crate::accounts::moments::Moment;
use crate::accounts::tokens::{MadeTokenView, NewTokenView, TokenRow};
use crate::ask::{AskView, ask};
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab};

/// For how many days a new token is good if nothing else is chosen.
const USUAL_DAYS: u16 = 90;

/// What is said of a token that is not this organisation's.
pub(crate) const NO_TOKEN: &str = "this token was revoked, or was never this organisation's";

/// The list.
#[derive(Clone, Debug)]
pub(crate) struct OrganisationTokensView {
    pub(crate) frame: Frame,
    /// Whether they make and revoke tokens, and not only see them.
    pub(crate) manages: bool,
    pub(crate) new: String,
    pub(crate) rows: Vec<OrganisationTokenRow>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct OrganisationTokenRow {
    pub(crate) token: TokenRow,
    /// The name of who made it.
    pub(crate) maker: String,
}

impl OrganisationTokensView {
    pub(crate) fn new(
        frame: Frame,
        id: OrganisationId,
        manages: bool,
        tokens: Vec<(ApiToken, Option<Person>)>,
        (now, zone): (UnixMillis, &PlatformZone),
    ) -> Self {
        let row = |(token, maker): (ApiToken, Option<Person>)| OrganisationTokenRow {
            maker: maker.map_or_else(|| "Somebody".to_owned(), |person| person.name),
            token: TokenRow {
                expires: Moment::new(token.expires_at, now, zone),
                is_over: token.expires_at <= now,
                used: token.last_used_at.map(|at| Moment::of_use(at, now, zone, 5)),
                revoke: organisations::revoke_organisation_token(id, token.id),
                name: token.name,
                hint: token.hint,
                scopes: token.scopes,
            },
        };
        let rows = tokens.into_iter().map(row).collect();
        Self { frame, manages, new: organisations::new_organisation_token(id), rows }
    }
}

#[derive(Template)]
#[template(path = "organisation_tokens.html", whitespace = "minimize")]
struct TokensPage<'a> {
    view: &'a OrganisationTokensView,
}

/// The page of a view.
pub(crate) fn render(view: &OrganisationTokensView) -> Result<String, askama::Error> {
    TokensPage { view }.render()
}

/// The form for a new one.
#[derive(Clone, Debug)]
pub(crate) struct NewOrganisationTokenView {
    pub(crate) frame: Frame,
    pub(crate) form: NewTokenView,
    pub(crate) action: String,
    pub(crate) back: String,
}

#[derive(Template)]
#[template(path = "organisation_token_new.html", whitespace = "minimize")]
struct NewTokenPage<'a> {
    view: &'a NewOrganisationTokenView,
}

/// The page of a view.
pub(crate) fn render_new(view: &NewOrganisationTokenView) -> Result<String, askama::Error> {
    NewTokenPage { view }.render()
}

/// The page that shows a token, once.
#[derive(Clone, Debug)]
pub(crate) struct MadeOrganisationTokenView {
    pub(crate) frame: Frame,
    pub(crate) made: MadeTokenView,
    pub(crate) back: String,
}

#[derive(Template)]
#[template(path = "organisation_token_made.html", whitespace = "minimize")]
struct MadeTokenPage<'a> {
    view: &'a MadeOrganisationTokenView,
}

/// The page of a view.
pub(crate) fn render_made(view: &MadeOrganisationTokenView) -> Result<String, askama::Error> {
    MadeTokenPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "revoked" => Some("The token is revoked. Programs that use it are refused from now on."),
        _ => None,
    }
}

fn list_url<R>(who: &InOrganisation<R>) -> String {
    organisations::organisation(who.id(), OrganisationTab::Tokens)
}

/// `GET /organisations/{organisation}/tokens`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let tokens = portal.steadfast.organisation_tokens(who.id()).await?;
    let frame = Frame::new(&portal, &who, OrganisationTab::Tokens).telling(told(params.text("done")));
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    let manages = who.may(OrganisationRight::ManageOrganisation) && who.caller.session.is_some();
    Ok(Html(render(&OrganisationTokensView::new(frame, who.id(), manages, tokens, (now, zone)))?))
}

/// Sends somebody whose proof is too old to prove who they are, and then back to the form.
fn proof_first(portal: &Portal, by: &BySession, who: &InOrganisation<ManageOrganisation>) -> Option<Response> {
    let form = organisations::new_organisation_token(who.id());
    (!portal.steadfast.is_proven(&by.session)).then(|| Redirect::to(&urls::prove(&form)).into_response())
}

fn form_page(
    portal: &Portal,
    who: &InOrganisation<ManageOrganisation>,
    new: &NewToken,
    flaws: Vec<service::Flaw>,
) -> Result<String, askama::Error> {
    let frame = Frame::new(portal, who, OrganisationTab::Tokens);
    render_new(&NewOrganisationTokenView {
        form: NewTokenView::new(frame.chrome.clone(), &ORGANISATION_SCOPES, new, flaws),
        frame,
        action: list_url(who),
        back: list_url(who),
    })
}

/// `GET /organisations/{organisation}/tokens/new`
pub(crate) async fn show_new(
    State(portal): State<Portal>,
    by: BySession,
    who: InOrganisation<ManageOrganisation>,
) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, &who) {
        return Ok(first);
    }
    let new = NewToken { days: USUAL_DAYS, ..NewToken::default() };
    Ok(Html(form_page(&portal, &who, &new, Vec::new())?).into_response())
}

/// `POST /organisations/{organisation}/tokens`: the answer shows the token, this once.
pub(crate) async fn make(
    State(portal): State<Portal>,
    by: BySession,
    who: InOrganisation<ManageOrganisation>,
    form: Form,
) -> Result<Response, PageFault> {
    if let Some(first) = proof_first(&portal, &by, &who) {
        return Ok(first);
    }
    let new = NewToken {
        name: form.text("name").to_owned(),
        scopes: form.all("scopes").map(str::to_owned).collect(),
        days: form.text("days").parse().unwrap_or(0),
    };
    let made = match or_flaws(portal.steadfast.make_organisation_token(who.id(), &by.session, &new, None).await)? {
        Ok(made) => made,
        Err(flaws) => {
            let page = form_page(&portal, &who, &new, flaws)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let Some(secret) = made.secret else { return Err(Fault::Broken.into()) };
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    let frame = Frame::new(&portal, &who, OrganisationTab::Tokens);
    let made = MadeTokenView {
        chrome: frame.chrome.clone(),
        side: Vec::new(),
        secret,
        name: made.token.name,
        scopes: made.token.scopes,
        expires: Moment::new(made.token.expires_at, now, zone),
    };
    Ok(Html(render_made(&MadeOrganisationTokenView { frame, made, back: list_url(&who) })?).into_response())
}

/// `GET /organisations/{organisation}/tokens/{token}/revoke`
pub(crate) async fn ask_revoke(
    State(portal): State<Portal>,
    _by: BySession,
    who: InOrganisation<ManageOrganisation>,
) -> Result<Response, PageFault> {
    let token: TokenId = who.named("token", NO_TOKEN)?;
    let token = portal.steadfast.organisation_token(who.id(), token).await?;
    let frame = Frame::new(&portal, &who, OrganisationTab::Tokens);
    ask(&AskView {
        chrome: frame.chrome,
        side: frame.side,
        side_name: frame.name,
        title: format!("Revoke {}?", token.name),
        lead: vec![format!(
            "Programs that use the token {} are refused from then on. It can't be brought back; make a new one for them \
             first.",
            token.hint
        )],
        action: organisations::revoke_organisation_token(who.id(), token.id),
        button: "Revoke the token".to_owned(),
        is_danger: true,
        back: list_url(&who),
        ..AskView::default()
    })
}

/// `POST /organisations/{organisation}/tokens/{token}/revoke`
pub(crate) async fn revoke(
    State(portal): State<Portal>,
    by: BySession,
    who: InOrganisation<ManageOrganisation>,
) -> Result<Response, PageFault> {
    portal.steadfast.revoke_organisation_token(who.id(), who.named("token", NO_TOKEN)?, &by.session).await?;
    Ok(Redirect::to(&urls::telling(&list_url(&who), "revoked")).into_response())
}
