//! The page of one's own apps.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;

use super::filter::{Filter, PARAMETERS};
use crate::Portal;
use crate::access::SignedIn;
use crate::access::rights::AppsRead;
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

/// What was just done that leads here.
fn told(key: &str) -> Option<&'static str> {
    match key {
        "deleted" => Some("The app was deleted."),
        "left" => Some("You left the app."),
        "declined" => Some("You declined the invitation."),
        _ => None,
    }
}

/// `GET /?q=&status=&type=&sort=&as_of=DAY&page=N`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: SignedIn<AppsRead>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let SignedIn { caller, person, .. } = who;
    let known: Vec<&str> = PARAMETERS.into_iter().chain(["as_of", "page", "done"]).collect();
    let params = Params::of_page(query, &known)?;
    let filter = Filter::of(&params)?;
    let page = params.number("page", 1, u16::MAX)?;
    let setting = portal.setting(&caller);
    let as_of = params.as_of()?.unwrap_or(setting.today);
    let ids = portal.steadfast.apps_of_person(person.id).await?;
    let apps = portal.steadfast.apps_of(&ids, as_of).await?;
    let invitations = portal.steadfast.open_invitations_of(&person).await?.len();
    let mut view = AppsView::new(setting, apps, &filter, as_of, page.into(), invitations);
    view.chrome = view.chrome.telling(told(params.text("done")));
    Ok(Html(render(&view)?))
}
