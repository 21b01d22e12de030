//! The page of an app's Integration Health, and the page of all routes behind one observation.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use model::{AppId, Observation};
use service::AppHealth;

use crate::Portal;
use crate::app_health::view::{HealthView, RoutesView};
use crate::fault::{Fault, PageFault, app_id};
use crate::query::Params;

#[derive(Template)]
#[template(path = "health.html", whitespace = "minimize")]
struct HealthPage<'a> {
    view: &'a HealthView,
}

#[derive(Template)]
#[template(path = "routes.html", whitespace = "minimize")]
struct RoutesPage<'a> {
    view: &'a RoutesView,
}

/// The page of a view.
pub(crate) fn render(view: &HealthView) -> Result<String, askama::Error> {
    HealthPage { view }.render()
}

/// The page of all routes behind an observation.
pub(crate) fn render_routes(view: &RoutesView) -> Result<String, askama::Error> {
    RoutesPage { view }.render()
}

/// `GET /apps/{app}/health?as_of=DAY`
pub(crate) async fn show(
    State(portal): State<Portal>,
    path: Result<Path<String>, PathRejection>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let (health, _) = load(&portal, &app_id(path)?, query).await?;
    Ok(Html(render(&HealthView::new(portal.setting(), &health))?))
}

/// `GET /apps/{app}/health/{observation}/routes?as_of=DAY&page=N`
pub(crate) async fn show_routes(
    State(portal): State<Portal>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let (app, observation) = match path {
        Ok(Path((app, observation))) => (Ok(Path(app)), observation),
        Err(rejection) => (Err(rejection), String::new()),
    };
    let app = app_id(app)?;
    let observation = Observation::from_key(&observation).ok_or(Fault::NoSuchPage)?;
    let (health, page) = load(&portal, &app, query).await?;
    Ok(Html(render_routes(&RoutesView::new(portal.setting(), &health, observation, page))?))
}

/// The app's health, and which page of a list is asked for.
async fn load(portal: &Portal, app: &AppId, query: RawQuery) -> Result<(AppHealth, usize), PageFault> {
    let params = Params::of_page(query, &["as_of", "page"])?;
    let as_of = params.as_of()?.unwrap_or(portal.steadfast.today());
    let page = params.number("page", 1, u16::MAX)?;
    Ok((portal.steadfast.health(app, as_of).await?, page.into()))
}
