//! From a request to the browser that it shows, and from an opened session to the browser that gets it.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use service::{Error, Flaw, Opened, Refusal, Visit};

use super::local_path::local_path;
use crate::Portal;
use crate::access::{Caller, opened_session};
use crate::fault::PageFault;
use crate::urls;

/// The browser that asks.
pub(super) fn visit(caller: &Caller) -> Visit {
    Visit {
        user_agent: caller.user_agent.clone(),
        address: caller.address.clone(),
        session: caller.session.as_ref().map(|session| (session.person, session.id)),
    }
}

/// Gives the browser its session, and sends it on: to `next` if that is a page here, else to My Apps.
pub(super) fn enter(portal: &Portal, opened: &Opened, next: &str) -> Response {
    let mut response = Redirect::to(local_path(next).unwrap_or(urls::APPS)).into_response();
    response.headers_mut().append(SET_COOKIE, opened_session(&portal.site, &opened.cookie));
    response
}

/// What a use case answers, with the flaws that its page can show apart from what is a page of its own.
pub(crate) fn or_flaws<T>(outcome: Result<T, Error>) -> Result<Result<T, Vec<Flaw>>, PageFault> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Refused(Refusal::Invalid(flaws))) => Ok(Err(flaws)),
        Err(error) => Err(error.into()),
    }
}
