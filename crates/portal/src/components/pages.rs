//! The form of an app's components.

use askama::Template;
use axum::extract::{RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use manifest::{Manifest, ManifestForm, Purpose};
use service::{DraftView, Error, Flaw, Refusal};

use super::demand_registered;
use super::posted::{Posted, Wrong};
use super::problems::{Listed, beside, listed};
use super::rows::{Edited, RowEdit};
use super::view::{ComponentsView, Conflict, State};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::{EditManifests, SeeManifests};
use crate::chrome::AppTab;
use crate::fault::{PageFault, sentence};
use crate::form::Form;
use crate::query::Params;
use crate::urls;

#[derive(Template)]
#[template(path = "components.html", whitespace = "minimize")]
struct ComponentsPage<'a> {
    view: &'a ComponentsView,
}

/// The page of a view.
pub(crate) fn render(view: &ComponentsView) -> Result<String, askama::Error> {
    ComponentsPage { view }.render()
}

/// What was just done that leads here.
pub(super) fn told(key: &str) -> Option<&'static str> {
    match key {
        "saved" => Some("The draft was saved."),
        _ => None,
    }
}

/// `GET /apps/{app}/components`
pub(crate) async fn show(
    Shared(portal): Shared<Portal>,
    seen: InApp<SeeManifests>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    demand_registered(&seen)?;
    let done = Params::of_page(query, &["done"])?;
    let draft = portal.steadfast.draft(&seen.app.id).await?;
    let form = ManifestForm::from_manifest(&draft.manifest);
    let rules = &portal.steadfast.platform.manifest_rules;
    let is_new = draft.revision == 0;
    let missing = if is_new { Vec::new() } else { listed(&form.check(Purpose::Version, rules).problems) };
    let state = State { missing, is_new, ..State::default() };
    let may_edit = seen.may(access::AppRight::EditManifests);
    let place = (portal.setting(&seen.caller), &seen.app);
    let done = told(done.text("done"));
    let view = ComponentsView::new(place, (&form, draft.revision), Vec::new(), state, may_edit, done);
    Ok(Html(render(&view)?))
}

/// `POST /apps/{app}/components`: saves the draft, or adds or removes a row of parameters and saves nothing.
pub(crate) async fn save(
    Shared(portal): Shared<Portal>,
    seen: InApp<EditManifests>,
    form: Form,
) -> Result<Response, PageFault> {
    demand_registered(&seen)?;
    let posted = Posted::of(&form);
    if let Some(edit) = RowEdit::of(&form) {
        let Edited { form, focus } = edit.apply(&posted.form);
        let state = State { focus, is_new: posted.revision <= 0, ..State::default() };
        let page = page(&portal, &seen, (&form, posted.revision), Vec::new(), state)?;
        return Ok(Html(page).into_response());
    }
    let draft = portal.steadfast.draft(&seen.app.id).await?;
    let manifest = match posted.manifest(&draft.manifest, &portal.steadfast.platform.manifest_rules) {
        Ok(manifest) => manifest,
        Err(wrong) => return Ok(refused(&portal, &seen, &posted, &draft, wrong)?.into_response()),
    };
    let doer = seen.caller.actor.doer();
    match portal.steadfast.save_draft(&seen.app.id, &manifest, posted.revision, doer).await {
        Ok(_) => {
            let url = urls::telling(&urls::app_tab(&seen.app.id, AppTab::Components), "saved");
            Ok(Redirect::to(&url).into_response())
        }
        Err(Error::Refused(Refusal::Conflict(_))) => {
            let now = portal.steadfast.draft(&seen.app.id).await?;
            let state = State { conflict: Some(conflict(&now.manifest, Some(&manifest))), ..State::default() };
            let page = page(&portal, &seen, (&posted.form, now.revision), Vec::new(), state)?;
            Ok((StatusCode::CONFLICT, Html(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The page once more, with all that is wrong; and with what somebody else saved meanwhile, if somebody did.
fn refused(
    portal: &Portal,
    seen: &InApp<EditManifests>,
    posted: &Posted,
    draft: &DraftView,
    wrong: Wrong,
) -> Result<(StatusCode, Html<String>), PageFault> {
    let mut problems = listed(&wrong.problems);
    problems.extend(wrong.unticked.iter().map(unticked));
    let mut flaws = beside(&wrong.problems);
    flaws.extend(wrong.unticked);
    let meanwhile = draft.revision != posted.revision;
    let state = State {
        problems,
        conflict: meanwhile.then(|| conflict(&draft.manifest, None)),
        is_new: draft.revision == 0,
        ..State::default()
    };
    let page = page(portal, seen, (&posted.form, draft.revision), flaws, state)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)))
}

fn unticked(flaw: &Flaw) -> Listed {
    let place = if flaw.field == "fullscreen" { "Full screen" } else { "Side panel" };
    Listed { place: place.to_owned(), href: Some(format!("#f-{}", flaw.field)), text: sentence(&flaw.message) }
}

/// What is there now, and what `typed` would change of it.
pub(super) fn conflict(now: &Manifest, typed: Option<&Manifest>) -> Conflict {
    let difference = typed.map(|typed| manifest::difference(now, typed)).unwrap_or_default();
    let changes = difference.changes.iter().map(|change| sentence(&change.to_string())).collect();
    Conflict { now: now.to_json_text(), changes }
}

fn page(
    portal: &Portal,
    seen: &InApp<EditManifests>,
    form: (&ManifestForm, i64),
    flaws: Vec<Flaw>,
    state: State,
) -> Result<String, askama::Error> {
    let place = (portal.setting(&seen.caller), &seen.app);
    render(&ComponentsView::new(place, form, flaws, state, true, None))
}
