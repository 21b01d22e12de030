//! The page of all apps.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;

use crate::Portal;
use crate::apps::view::AppsView;
use crate::fault::PageFault;
use crate::query::Params;

#[derive(Template)]
#[template(path = "apps.html", whitespace = "minimize")]
struct AppsPage<'a> {
    view: &'a AppsView,
}

/// The page of a view.
pub(crate) fn render(view: &AppsView) -> Result<String, askama::Error> {
    AppsPage { view }.render()
}

/// `GET /?as_of=DAY&page=N`
pub(crate) async fn show(State(portal): State<Portal>, query: RawQuery) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["as_of", "page"])?;
    let page = params.number("page", 1, u16::MAX)?;
    let setting = portal.setting();
    let as_of = params.as_of()?.unwrap_or(setting.today);
    let apps = portal.steadfast.apps(as_of).await?;
    let view = AppsView::new(setting, apps, as_of, page.into());
    Ok(Html(render(&view)?))
}
