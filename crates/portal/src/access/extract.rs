//! Callers of whom something is proven.

use std::marker::PhantomData;

use access::{AppRight, Standing};
use axum::extract::{FromRequestParts, OriginalUri, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use model::{App, AppId, Person, Registration, Scope, Session};

use super::Caller;
use super::rights::{NeedsScope, RightInApp, RightOnPlatform};
use crate::Portal;
use crate::fault::Fault;
use crate::guard::fault_at;
use crate::urls;

/// A person, by session or by their own token with the scope `S`.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn<S> {
    pub(crate) caller: Caller,
    pub(crate) person: Person,
    scope: PhantomData<S>,
}

/// A person in their browser: for what no token may do, such as making tokens.
#[derive(Clone, Debug)]
pub(crate) struct BySession {
    pub(crate) caller: Caller,
    pub(crate) person: Person,
    pub(crate) session: Session,
}

/// Anybody who proved who they are: a person, or a program with a token of a person or of an organisation that has the
/// scope `S`.
#[derive(Clone, Debug)]
pub(crate) struct Known<S> {
    pub(crate) caller: Caller,
    scope: PhantomData<S>,
}

/// Somebody with the right `R` in the app that the path names as `{app}`.
#[derive(Clone, Debug)]
pub(crate) struct InApp<R> {
    pub(crate) caller: Caller,
    pub(crate) app: App,
    /// None for a discovered app.
    pub(crate) registration: Option<Registration>,
    pub(crate) standing: Standing,
    right: PhantomData<R>,
}

/// Somebody of the platform's staff with the right `R`.
#[derive(Clone, Debug)]
pub(crate) struct Staff<R> {
    pub(crate) caller: Caller,
    right: PhantomData<R>,
}

impl<R> InApp<R> {
    /// Somebody in an app, for sample pages.
    #[cfg(test)]
    pub(crate) fn sample(caller: Caller, app: App, registration: Option<Registration>, standing: Standing) -> Self {
        Self { caller, app, registration, standing, right: PhantomData }
    }

    /// Whether they also have another right, for what a page offers.
    pub(crate) fn may(&self, right: AppRight) -> bool {
        right.is_held_by(&self.caller.actor, self.standing)
    }
}

/// Whether a session or the scope of a token allows this.
fn check_scope<S: NeedsScope>(caller: &Caller) -> Result<(), Fault> {
    match S::SCOPE {
        Some(scope) if !caller.actor.allows(scope) => Err(lacks(scope)),
        _ => Ok(()),
    }
}

pub(super) fn lacks(scope: Scope) -> Fault {
    Fault::Forbidden(format!("this token has not the scope `{scope}`; make one that has"))
}

/// Sends a stranger's browser to the sign-in, and tells a program that it has to say who it is.
pub(super) fn who_are_you(method: &Method, uri: &Uri) -> Response {
    let path = uri.path();
    if *method == Method::GET && !path.starts_with("/api/") && !path.starts_with("/v1/") && path != "/metrics" {
        let next = uri.path_and_query().map_or(path, |path| path.as_str());
        return Redirect::to(&urls::sign_in(Some(next))).into_response();
    }
    fault_at(path, Fault::Unauthorized("send an API token in the header `Authorization: Bearer stf_…`".to_owned()))
}

pub(super) async fn caller(parts: &mut Parts) -> (Caller, Uri) {
    let Ok(caller) = Caller::from_request_parts(parts, &()).await;
    let uri = match OriginalUri::from_request_parts(parts, &()).await {
        Ok(OriginalUri(uri)) => uri,
        Err(never) => match never {},
    };
    (caller, uri)
}

impl<S: NeedsScope> FromRequestParts<Portal> for SignedIn<S> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Response> {
        let (caller, uri) = caller(parts).await;
        match caller.person.clone() {
            Some(person) => {
                check_scope::<S>(&caller).map_err(|fault| fault_at(uri.path(), fault))?;
                Ok(Self { caller, person, scope: PhantomData })
            }
            None if caller.actor.is_stranger() => Err(who_are_you(&parts.method, &uri)),
            None => Err(fault_at(
                uri.path(),
                Fault::Forbidden("this is for people; use a personal token, not an organisation's".to_owned()),
            )),
        }
    }
}

impl<S: NeedsScope> FromRequestParts<Portal> for Known<S> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Response> {
        let (caller, uri) = caller(parts).await;
        if caller.actor.is_stranger() {
            return Err(who_are_you(&parts.method, &uri));
        }
        check_scope::<S>(&caller).map_err(|fault| fault_at(uri.path(), fault))?;
        Ok(Self { caller, scope: PhantomData })
    }
}

impl FromRequestParts<Portal> for BySession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Response> {
        let (caller, uri) = caller(parts).await;
        match (caller.person.clone(), caller.session.clone()) {
            (Some(person), Some(session)) => Ok(Self { caller, person, session }),
            _ if caller.actor.is_stranger() => Err(who_are_you(&parts.method, &uri)),
            _ => Err(fault_at(
                uri.path(),
                Fault::Forbidden("no token may do this; do it in the browser, signed in".to_owned()),
            )),
        }
    }
}

impl<R: RightInApp> FromRequestParts<Portal> for InApp<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Response> {
        let (caller, uri) = caller(parts).await;
        if caller.actor.is_stranger() {
            return Err(who_are_you(&parts.method, &uri));
        }
        in_app::<R>(parts, portal, caller).await.map_err(|fault| fault_at(uri.path(), fault))
    }
}

async fn in_app<R: RightInApp>(parts: &mut Parts, portal: &Portal, caller: Caller) -> Result<InApp<R>, Fault> {
    let text = app_in_path(parts).await?;
    let nowhere = || Fault::NoSuchApp(text.clone());
    let id: AppId = text.parse().map_err(|_| nowhere())?;
    let app = portal.steadfast.store.app(&id).await.map_err(service::Error::from)?;
    let (registration, standing) = portal.steadfast.standing(&id, &caller.actor).await?;
    // Who may not see the app learns nothing of it, not even that it is there.
    if !AppRight::SeeApp.is_due_to(&caller.actor, standing) {
        return Err(nowhere());
    }
    let app = app.ok_or_else(nowhere)?;
    if !R::RIGHT.is_held_by(&caller.actor, standing) {
        let scope = R::RIGHT.scope();
        return Err(if caller.actor.allows(scope) {
            Fault::Forbidden(
                "your role in this app does not allow this; its owner or an admin can change that".to_owned(),
            )
        } else {
            lacks(scope)
        });
    }
    Ok(InApp { caller, app, registration, standing, right: PhantomData })
}

async fn app_in_path(parts: &mut Parts) -> Result<String, Fault> {
    let params = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Fault::BadRequest("the path is not UTF-8 once it is decoded".to_owned()))?;
    let named = params.iter().find(|(name, _)| *name == "app").map(|(_, value)| value.to_owned());
    named.ok_or(Fault::NoSuchPage)
}

impl<R: RightOnPlatform> FromRequestParts<Portal> for Staff<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Response> {
        let (caller, uri) = caller(parts).await;
        if caller.actor.is_stranger() {
            return Err(who_are_you(&parts.method, &uri));
        }
        if R::RIGHT.is_held_by(&caller.actor) {
            return Ok(Self { caller, right: PhantomData });
        }
        let scope = R::RIGHT.scope();
        let role_has_it = caller.actor.platform_role().is_some_and(|role| R::RIGHT.of_role(role));
        let fault = if role_has_it && !caller.actor.allows(scope) {
            lacks(scope)
        } else {
            Fault::Forbidden("this takes another role on the platform; an operator gives roles".to_owned())
        };
        Err(fault_at(uri.path(), fault))
    }
}
