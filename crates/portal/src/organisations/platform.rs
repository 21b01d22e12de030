//! All organisations, for the platform's staff.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;

use super::list::OrganisationRow;
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePeople;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::pages_of::{Cut, Turns};
use crate::platform::{PlatformTab, TabLink, platform_tabs};
use crate::query::Params;
use crate::urls::organisations;

/// How many organisations stand on a page.
const PAGE: usize = 50;

/// The page.
#[derive(Debug)]
pub(crate) struct AllOrganisationsView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) search: String,
    pub(crate) rows: Vec<OrganisationRow>,
    pub(crate) turns: Option<Turns>,
}

#[derive(Template)]
#[template(path = "platform_organisations.html", whitespace = "minimize")]
struct AllOrganisationsPage<'a> {
    view: &'a AllOrganisationsView,
}

/// The page of a view.
pub(crate) fn render(view: &AllOrganisationsView) -> Result<String, askama::Error> {
    AllOrganisationsPage { view }.render()
}

/// `GET /platform/organisations?q=&page=N`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: Staff<SeePeople>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["q", "page"])?;
    let page = params.number("page", 1, u16::MAX)?;
    let search = params.text("q").to_owned();
    let all = portal.steadfast.all_organisations(&search).await?;
    let url = |page| organisations::platform_organisations(&search, page);
    let cut = Cut::new(all.len(), PAGE, page.into(), "organisation", url);
    let shown = all.into_iter().skip(cut.items.start).take(cut.items.len()).collect();
    let rows = portal.steadfast.sized_organisations(shown).await?;
    let view = AllOrganisationsView {
        chrome: Chrome::new(portal.setting(&who.caller), Tab::Platform),
        tabs: platform_tabs(PlatformTab::Organisations),
        rows: rows.into_iter().map(OrganisationRow::from).collect(),
        turns: cut.turns,
        search,
    };
    Ok(Html(render(&view)?))
}
