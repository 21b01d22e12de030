//! The first page of an app.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;

use super::view::OverviewView;
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::fault::PageFault;
use crate::query::Params;

#[derive(Template)]
#[template(path = "app_overview.html", whitespace = "minimize")]
struct OverviewPage<'a> {
    view: &'a OverviewView,
}

/// The page of a view.
pub(crate) fn render(view: &OverviewView) -> Result<String, askama::Error> {
    OverviewPage { view }.render()
}

/// What was just done that leads here.
fn told(key: &str) -> Option<&'static str> {
    match key {
        "created" => Some("The app is there. What comes next stands below."),
        "joined" => Some("You work on this app now."),
        "taken_over" => Some("You own this app now."),
        _ => None,
    }
}

/// `GET /apps/{app}`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let setting = portal.setting(&seen.caller);
    let summary = portal.steadfast.app_summary(&seen.app.id, setting.today).await?;
    let mut view = OverviewView::new(setting, &summary);
    view.chrome = view.chrome.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}
