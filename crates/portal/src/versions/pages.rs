//! Listing, saving and promoting versions.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::Version;
use service::{Error, Flaw, NewVersion, NextVersion, Refusal};

use super::view::{Looking, VersionView, VersionsView};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{EditManifests, SeeManifests};
use crate::components::demand_registered;
use crate::fault::{Fault, PageFault};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

#[derive(Template)]
#[template(path = "versions.html", whitespace = "minimize")]
struct VersionsPage<'a> {
    view: &'a VersionsView,
}

#[derive(Template)]
#[template(path = "version.html", whitespace = "minimize")]
struct VersionPage<'a> {
    view: &'a VersionView,
}

/// The page of the list.
pub(crate) fn render(view: &VersionsView) -> Result<String, askama::Error> {
    VersionsPage { view }.render()
}

/// The page of one version.
pub(crate) fn render_one(view: &VersionView) -> Result<String, askama::Error> {
    VersionPage { view }.render()
}

/// The app and the version that a path names.
pub(super) type InPath = Result<Path<(String, String)>, PathRejection>;

/// The version that a path names, as text.
pub(super) fn version_in(path: InPath) -> Result<String, Fault> {
    path.map(|Path((_, version))| version)
        .map_err(|_| Fault::BadRequest("the path is not UTF-8 once it is decoded".to_owned()))
}

/// What was just done that leads here.
fn told(key: &str) -> Option<&'static str> {
    match key {
        "saved" => Some("The version was saved. Install it in a sandbox with its sandbox key."),
        "promoted" => Some("The version is in production."),
        _ => None,
    }
}

async fn list<R>(
    portal: &Portal,
    seen: &InApp<R>,
    (number, flaws): (Option<&str>, Vec<Flaw>),
    done: Option<&str>,
) -> Result<String, PageFault> {
    let versions = portal.steadfast.versions(&seen.app.id).await?;
    let next: NextVersion = portal.steadfast.next_version(&seen.app.id).await?;
    let people = portal.steadfast.people_behind(&versions).await?;
    let looking = looking(portal, seen, &people);
    Ok(render(&VersionsView::new(looking, &versions, &next, number, flaws, done))?)
}

async fn one<R>(
    portal: &Portal,
    seen: &InApp<R>,
    version: &Version,
    written: (&str, Vec<Flaw>),
    done: Option<&str>,
) -> Result<String, PageFault> {
    let versions = portal.steadfast.versions(&seen.app.id).await?;
    let difference = portal.steadfast.changes_of(version).await?;
    let people = portal.steadfast.people_behind(std::slice::from_ref(version)).await?;
    let looking = looking(portal, seen, &people);
    Ok(render_one(&VersionView::new(looking, version, &versions, &difference, written, done))?)
}

fn looking<'a, R>(
    portal: &'a Portal,
    seen: &'a InApp<R>,
    people: &'a std::collections::BTreeMap<model::PersonId, String>,
) -> Looking<'a> {
    Looking {
        setting: portal.setting(&seen.caller),
        app: &seen.app,
        now: portal.steadfast.clock.now(),
        people,
        may_edit: seen.may(access::AppRight::EditManifests),
    }
}

/// `GET /apps/{app}/versions`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeManifests>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    demand_registered(&seen)?;
    let params = Params::of_page(query, &["done"])?;
    Ok(Html(list(&portal, &seen, (None, Vec::new()), told(params.text("done"))).await?))
}

/// `POST /apps/{app}/versions`
pub(crate) async fn save(
    State(portal): State<Portal>,
    seen: InApp<EditManifests>,
    form: Form,
) -> Result<Response, PageFault> {
    demand_registered(&seen)?;
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let new = NewVersion {
        number: form.text("number").to_owned(),
        revision: form.text("revision").parse().unwrap_or(-1),
        person: by.person,
    };
    let (status, flaws) = match portal.steadfast.save_version(&seen.app.id, &new, by.doer, None).await {
        Ok(version) => {
            let url = urls::telling(&urls::version(&seen.app.id, version.id), "saved");
            return Ok(Redirect::to(&url).into_response());
        }
        Err(Error::Refused(Refusal::Invalid(flaws))) => (StatusCode::UNPROCESSABLE_ENTITY, flaws),
        Err(Error::Refused(Refusal::Conflict(sentence))) => (StatusCode::CONFLICT, vec![Flaw::new("draft", sentence)]),
        Err(other) => return Err(other.into()),
    };
    let page = list(&portal, &seen, (Some(&new.number), flaws), None).await?;
    Ok((status, Html(page)).into_response())
}

/// `GET /apps/{app}/versions/{version}`
pub(crate) async fn show_one(
    State(portal): State<Portal>,
    seen: InApp<SeeManifests>,
    path: InPath,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let version = portal.steadfast.version_named(&seen.app.id, &version_in(path)?).await?;
    Ok(Html(one(&portal, &seen, &version, ("", Vec::new()), told(params.text("done"))).await?))
}

/// `POST /apps/{app}/versions/{version}/promote`
pub(crate) async fn promote(
    State(portal): State<Portal>,
    seen: InApp<EditManifests>,
    path: InPath,
    form: Form,
) -> Result<Response, PageFault> {
    let named = version_in(path)?;
    let by = portal.steadfast.by(&seen.caller.actor).await?;
    let notes = form.text("release_notes");
    let (status, flaws) = match portal.steadfast.promote(&seen.app.id, &named, notes, by.person, by.doer).await {
        Ok(version) => {
            let url = urls::telling(&urls::version(&seen.app.id, version.id), "promoted");
            return Ok(Redirect::to(&url).into_response());
        }
        Err(Error::Refused(Refusal::Invalid(flaws))) => (StatusCode::UNPROCESSABLE_ENTITY, flaws),
        Err(Error::Refused(Refusal::Conflict(sentence))) => {
            (StatusCode::CONFLICT, vec![Flaw::new("version", sentence)])
        }
        Err(other) => return Err(other.into()),
    };
    let version = portal.steadfast.version_named(&seen.app.id, &named).await?;
    let page = one(&portal, &seen, &version, (notes, flaws), None).await?;
    Ok((status, Html(page)).into_response())
}
