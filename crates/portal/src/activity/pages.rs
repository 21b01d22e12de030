//! The page of an app's activity.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::asked::{Asked, FILTERS, SORT};
use super::view::{ActivityView, OfApp};
use crate::Portal;
use crate::access::InApp;
use crate::access::rights::SeeApp;
use crate::fault::PageFault;
use crate::query::Params;

#[derive(Template)]
#[template(path = "activity.html", whitespace = "minimize")]
struct ActivityPage<'a> {
    view: &'a ActivityView,
}

/// The page of a view.
pub(crate) fn render(view: &ActivityView) -> Result<String, askama::Error> {
    ActivityPage { view }.render()
}

/// `GET /apps/{app}/activity?from=DAY&to=DAY&status=4xx&…`
pub(crate) async fn show(
    State(portal): State<Portal>,
    seen: InApp<SeeApp>,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let known: Vec<&str> = FILTERS.into_iter().chain([SORT, "page"]).collect();
    let params = Params::of_page(query, &known)?;
    let page = params.number("page", 1, u16::MAX)?;
    let setting = portal.setting(&seen.caller);
    let of = OfApp { app: &seen.app, registered: seen.registration.is_some() };
    let asked = match Asked::read(&params, setting.today) {
        Ok(asked) => asked,
        Err(flaws) => {
            let written = |name: &str| params.text(name).to_owned();
            let view = ActivityView::of_flaws(setting, of, &written, flaws);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render(&view)?)).into_response());
        }
    };
    let activity = portal.steadfast.activity(&seen.app.id, &asked.filter, asked.order).await?;
    let view = ActivityView::new(setting, of, &asked, &activity, page.into());
    Ok(Html(render(&view)?).into_response())
}
