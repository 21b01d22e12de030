//! The page of an app's Integration Health, and the page of all routes behind one observation.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use model::{AppId, Observation};
use service::AppHealth;

use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::app_health::view::{Beside, HealthView, RoutesView};
use crate::fault::{Fault, PageFault};
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
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let (health, _) = load(&portal, &seen.app.id, query).await?;
    let registered = seen.registration.is_some();
    let beside = Beside {
        companies: portal.steadfast.companies_behind(&seen.app.id, health.window).await?,
        freshness: portal.steadfast.freshness().await?,
    };
    Ok(Html(render(&HealthView::new(portal.setting(&seen.caller), &health, registered, &beside))?))
}

/// `GET /apps/{app}/health/{observation}/routes?as_of=DAY&page=N`
pub(crate) async fn show_routes(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    Path((_, observation)): Path<(String, String)>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let observation = Observation::from_key(&observation).ok_or(Fault::NoSuchPage)?;
    let (health, page) = load(&portal, &seen.app.id, query).await?;
    let registered = seen.registration.is_some();
    let view = RoutesView::new(portal.setting(&seen.caller), &health, registered, observation, page);
    Ok(Html(render_routes(&view)?))
}

/// The app's health, and which page of a list is asked for.
async fn load(portal: &Portal, app: &AppId, query: RawQuery) -> Result<(AppHealth, usize), PageFault> {
    let params = Params::of_page(query, &["as_of", "page"])?;
    let as_of = params.as_of()?.unwrap_or(portal.steadfast.today());
    let page = params.number("page", 1, u16::MAX)?;
    Ok((portal.steadfast.health(app, as_of).await?, page.into()))
}
