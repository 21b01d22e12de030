//! The browsers in which one is signed in.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{Doer, PlatformZone, Session, SessionId, UnixMillis};

use super::account::{chrome, side};
use super::browsers::browser;
use super::moments::Moment;
use crate::Portal;
use crate::access::BySession;
use crate::chrome::{Chrome, SidebarEntry};
use crate::fault::{Fault, PageFault};
use crate::query::Params;
use crate::urls;

/// The page.
#[derive(Clone, Debug)]
pub(crate) struct SessionsView {
    pub(crate) chrome: Chrome,
    pub(crate) side: Vec<SidebarEntry>,
    pub(crate) rows: Vec<SessionRow>,
    pub(crate) has_others: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub(crate) browser: String,
    pub(crate) address: String,
    pub(crate) created: Moment,
    pub(crate) used: Moment,
    pub(crate) is_this: bool,
    /// Where it can be ended; not this one, which is left by signing out.
    pub(crate) end: Option<String>,
}

impl SessionsView {
    pub(crate) fn new(
        chrome: Chrome,
        sessions: &[Session],
        this: SessionId,
        now: UnixMillis,
        zone: &PlatformZone,
    ) -> Self {
        let row = |session: &Session| SessionRow {
            browser: browser(&session.user_agent),
            address: session.address.clone(),
            created: Moment::new(session.created_at, now, zone),
            used: Moment::of_use(session.last_used_at, now, zone, 5),
            is_this: session.id == this,
            end: (session.id != this).then(|| urls::end_session(session.id)),
        };
        let has_others = sessions.iter().any(|session| session.id != this);
        Self { chrome, side: side(urls::SESSIONS), rows: sessions.iter().map(row).collect(), has_others }
    }
}

#[derive(Template)]
#[template(path = "account_sessions.html", whitespace = "minimize")]
struct SessionsPage<'a> {
    view: &'a SessionsView,
}

/// The page of a view.
pub(crate) fn render(view: &SessionsView) -> Result<String, askama::Error> {
    SessionsPage { view }.render()
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "ended" => Some("The session is ended."),
        "others" => Some("All other sessions are ended."),
        _ => None,
    }
}

/// `GET /account/sessions`
pub(crate) async fn show(
    State(portal): State<Portal>,
    by: BySession,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let sessions = portal.steadfast.live_sessions(by.person.id).await?;
    let chrome = chrome(&portal, &by.caller).telling(told(params.text("done")));
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    Ok(Html(render(&SessionsView::new(chrome, &sessions, by.session.id, now, zone))?))
}

/// The session that a path names.
pub(super) fn session_in(path: Result<Path<String>, PathRejection>) -> Result<SessionId, Fault> {
    let named = path.ok().and_then(|Path(text)| text.parse().ok());
    named.ok_or_else(|| Fault::NotFound("this session is over, or was never yours".to_owned()))
}

/// `POST /account/sessions/{session}/end`
pub(crate) async fn end(
    State(portal): State<Portal>,
    by: BySession,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, PageFault> {
    let session = session_in(path)?;
    portal.steadfast.end_session(Doer::Person(by.person.id), by.person.id, session).await?;
    Ok(Redirect::to(&urls::telling(urls::SESSIONS, "ended")).into_response())
}

/// `POST /account/sessions/end-others`
pub(crate) async fn end_others(State(portal): State<Portal>, by: BySession) -> Result<Response, PageFault> {
    let doer = Doer::Person(by.person.id);
    portal.steadfast.end_other_sessions(doer, by.person.id, Some(by.session.id)).await?;
    Ok(Redirect::to(&urls::telling(urls::SESSIONS, "others")).into_response())
}
