//! Seeing credentials, making and removing secrets, and registering redirect URIs.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{ClientSecret, Environment};
use service::{Error, Flaw, Overlap, Refusal};

use super::view::{CredentialsView, Known, MadeView, Tried, title};
use super::{InPath, SecretInPath, environment_in, secret_in};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{ResetSecret, SeeSandboxCredentials};
use crate::chrome::AppTab;
use crate::components::{Frame, demand_registered};
use crate::confirm::{self, AppConfirmView, Confirm};
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

#[derive(Template)]
#[template(path = "credentials.html", whitespace = "minimize")]
struct CredentialsPage<'a> {
    view: &'a CredentialsView,
}

#[derive(Template)]
#[template(path = "credentials_made.html", whitespace = "minimize")]
struct MadePage<'a> {
    view: &'a MadeView,
}

/// The page of credentials.
pub(crate) fn render(view: &CredentialsView) -> Result<String, askama::Error> {
    CredentialsPage { view }.render()
}

/// The page that shows a secret.
pub(crate) fn render_made(view: &MadeView) -> Result<String, askama::Error> {
    MadePage { view }.render()
}

/// What was just done that leads here.
fn told(key: &str) -> Option<&'static str> {
    match key {
        "removed" => Some("The secret was removed. Requests with it are refused from now on."),
        "redirects" => Some("The redirect URIs were saved."),
        _ => None,
    }
}

/// What there is in both environments.
pub(super) async fn known<R>(portal: &Portal, seen: &InApp<R>) -> Result<Vec<Known>, Error> {
    let credentials = portal.steadfast.credentials(&seen.app.id).await?;
    let mut known = Vec::with_capacity(Environment::ALL.len());
    for environment in Environment::ALL {
        let is_visible = match environment {
            Environment::Production => seen.may(access::AppRight::SeeProductionClientId),
            Environment::Sandbox => true,
        };
        known.push(Known {
            environment,
            credential: credentials.iter().find(|credential| credential.environment == environment).cloned(),
            obstacle: portal.steadfast.credential_obstacle(&seen.app.id, environment).await?,
            is_visible,
        });
    }
    Ok(known)
}

async fn page<R>(
    portal: &Portal,
    seen: &InApp<R>,
    tried: &Tried,
    done: Option<&str>,
) -> Result<Html<String>, PageFault> {
    let known = known(portal, seen).await?;
    let place = (portal.setting(&seen.caller), &seen.app, portal.steadfast.clock.now());
    let may_change = seen.may(access::AppRight::ResetSecret);
    Ok(Html(render(&CredentialsView::new(place, &known, tried, may_change, done))?))
}

/// `GET /apps/{app}/credentials`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeSandboxCredentials>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    demand_registered(&seen)?;
    let params = Params::of_page(query, &["done"])?;
    page(&portal, &seen, &Tried::default(), told(params.text("done"))).await
}

/// `POST /apps/{app}/credentials/{environment}/secrets`: makes a secret and shows it, this once.
pub(crate) async fn make(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: InPath,
    form: Form,
) -> Result<Response, PageFault> {
    demand_registered(&seen)?;
    let environment = environment_in(path)?;
    let (app, doer) = (&seen.app.id, seen.caller.actor.doer());
    let refused = |status, flaw| (status, Tried { environment: Some(environment), uris: None, flaws: vec![flaw] });
    // A first secret has no other to overlap with.
    let word = if form.text("overlap").is_empty() { Overlap::UntilRemoved.key() } else { form.text("overlap") };
    let (status, tried) = match Overlap::from_key(word) {
        None => refused(StatusCode::UNPROCESSABLE_ENTITY, Flaw::new("overlap", "choose one of the list")),
        Some(overlap) => match portal.steadfast.make_secret(app, environment, overlap, doer, None).await {
            Ok(made) => {
                let credentials = portal.steadfast.credentials(app).await?;
                let now = credentials.iter().find(|credential| credential.environment == environment);
                let place = (portal.setting(&seen.caller), &seen.app);
                let html = render_made(&MadeView::new(place, environment, &made, now).ok_or(Fault::Broken)?)?;
                return Ok(Html(html).into_response());
            }
            Err(Error::Refused(Refusal::Conflict(sentence))) => {
                refused(StatusCode::CONFLICT, Flaw::new("secret", sentence))
            }
            Err(other) => return Err(other.into()),
        },
    };
    Ok((status, page(&portal, &seen, &tried, None).await?).into_response())
}

/// A secret, and whether it is the only one there.
pub(super) async fn secret_of<R>(
    portal: &Portal,
    seen: &InApp<R>,
    environment: Environment,
    id: &str,
) -> Result<(bool, ClientSecret), Fault> {
    let credentials = portal.steadfast.credentials(&seen.app.id).await?;
    let there = credentials.into_iter().find(|credential| credential.environment == environment);
    let secrets = there.map(|credential| credential.secrets).unwrap_or_default();
    let is_last = secrets.len() == 1;
    let found = secrets.into_iter().find(|secret| secret.id.to_string() == id).map(|secret| (is_last, secret));
    let nowhere = "this credential has no such secret; it may have ended already";
    found.ok_or_else(|| Fault::NotFound(nowhere.to_owned()))
}

/// `GET /apps/{app}/credentials/{environment}/secrets/{secret}/remove`
pub(crate) async fn ask_remove(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: SecretInPath,
) -> Result<Html<String>, PageFault> {
    let (environment, secret) = secret_in(path)?;
    let (is_last, row) = secret_of(&portal, &seen, environment, &secret).await?;
    let Frame { chrome, sidebar } = Frame::new(portal.setting(&seen.caller), &seen.app, AppTab::Credentials, None);
    let mut points = vec!["Whatever still uses it is refused from this moment on.".to_owned()];
    if is_last {
        points.push("It is the only secret: until you make another, the app can’t get a token at all.".to_owned());
    }
    let confirm = Confirm {
        title: format!("Remove the {} secret {}?", title(environment).to_lowercase(), row.hint),
        lead: "It can’t be brought back. The client ID and the redirect URIs stay.".to_owned(),
        points,
        action: urls::remove_secret(&seen.app.id, environment, row.id),
        button: "Remove the secret",
        danger: true,
        cancel: urls::app_tab(&seen.app.id, AppTab::Credentials),
        ..Confirm::default()
    };
    Ok(Html(confirm::render_in_app(&AppConfirmView { chrome, sidebar, confirm })?))
}

/// `POST /apps/{app}/credentials/{environment}/secrets/{secret}/remove`
pub(crate) async fn remove(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: SecretInPath,
) -> Result<Redirect, PageFault> {
    let (environment, secret) = secret_in(path)?;
    portal.steadfast.remove_secret(&seen.app.id, environment, &secret, seen.caller.actor.doer()).await?;
    Ok(Redirect::to(&urls::telling(&urls::app_tab(&seen.app.id, AppTab::Credentials), "removed")))
}

/// `POST /apps/{app}/credentials/{environment}/redirect-uris`
pub(crate) async fn set_redirect_uris(
    State(portal): State<Portal>,
    seen: InApp<ResetSecret>,
    path: InPath,
    form: Form,
) -> Result<Response, PageFault> {
    let environment = environment_in(path)?;
    let typed = form.raw("redirect_uris");
    let uris: Vec<String> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let doer = seen.caller.actor.doer();
    match portal.steadfast.set_redirect_uris(&seen.app.id, environment, uris, doer).await {
        Ok(()) => {
            let url = urls::telling(&urls::app_tab(&seen.app.id, AppTab::Credentials), "redirects");
            Ok(Redirect::to(&url).into_response())
        }
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            let tried = Tried { environment: Some(environment), uris: Some(typed.to_owned()), flaws };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&portal, &seen, &tried, None).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
