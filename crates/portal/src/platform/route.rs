//! One operation of the sunset board: the apps that call it, whose they are, and for which companies.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use model::{AppId, Company, Day, RouteKey};
use service::{Board, BoardRoute, Overview, RouteUse};

use super::apps::{app_name, organisation_names};
use super::board::{Kind, Sunset, notes, reach};
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::chrome::{AppTab, Chrome, Tab};
use crate::fault::{Fault, PageFault};
use crate::figures::{self, Date, count, share, thousands};
use crate::incomplete::Incomplete;
use crate::pages_of::{Cut, Turns};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// How many apps a page lists.
const PAGE: usize = 25;

/// How many companies are named for an app.
const COMPANIES: usize = 3;

/// The page of one operation.
#[derive(Debug)]
pub(crate) struct RouteView {
    pub(crate) chrome: Chrome,
    pub(crate) is_deprecated: bool,
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) notes: Vec<String>,
    pub(crate) sunset: Option<Sunset>,
    pub(crate) recent: String,
    pub(crate) reach: String,
    pub(crate) sum: String,
    /// What is missing, where days are incomplete for any app.
    pub(crate) incomplete: Option<Incomplete>,
    pub(crate) rows: Vec<UseRow>,
    pub(crate) turns: Option<Turns>,
    pub(crate) back: &'static str,
}

/// An app that calls it.
#[derive(Debug)]
pub(crate) struct UseRow {
    pub(crate) name: String,
    pub(crate) url: String,
    /// Whose it is; none for one that nobody has claimed.
    pub(crate) organisation: Option<String>,
    pub(crate) calls: String,
    pub(crate) share: String,
    pub(crate) first: Date,
    pub(crate) last: Date,
    /// `12: Acme, Beta, Gamma, …`
    pub(crate) companies: String,
}

/// Whose an app is, and the companies that it calls for with their calls.
type BesideCalls = (Option<String>, Vec<(Company, u64)>);

/// What is known of the apps of a page beside their calls.
pub(crate) struct Known<'a> {
    pub(crate) overview: &'a Overview,
    /// For each app of the page whose it is, and the companies that it calls for.
    pub(crate) of: Vec<BesideCalls>,
    /// The days that are incomplete for any app.
    pub(crate) incomplete: Vec<Day>,
}

/// The apps of a page.
pub(crate) fn uses_of(route: &BoardRoute, page: usize) -> (&[RouteUse], Option<Turns>) {
    let url = |_| String::new();
    let cut = Cut::new(route.uses.len(), PAGE, page, "app", url);
    (route.uses.get(cut.items).unwrap_or_default(), cut.turns)
}

impl RouteView {
    /// One page of the apps that call a route.
    pub(crate) fn new(
        setting: Setting<'_>,
        board: &Board,
        kind: Kind,
        route: &BoardRoute,
        known: &Known<'_>,
        page: usize,
    ) -> Self {
        let url = |page| match kind {
            Kind::Deprecated => urls::platform::deprecated_route(&route.method, &route.route, page),
            Kind::Private => urls::platform::private_route(&route.method, &route.route, route.documented, page),
        };
        let cut = Cut::new(route.uses.len(), PAGE, page, "app", url);
        let uses = route.uses.get(cut.items).unwrap_or_default();
        let horizon = setting.rules.deprecated_endpoint.sunset_horizon_days;
        let incomplete = known.incomplete.iter().copied().filter(|day| board.recent.contains(*day));
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            is_deprecated: kind == Kind::Deprecated,
            method: route.method.clone(),
            route: route.route.clone(),
            notes: notes(route),
            sunset: route.sunset.map(|day| Sunset::new(day, board.as_of, route.apps() > 0, horizon)),
            recent: figures::range(board.recent),
            reach: reach(board),
            sum: format!("{} by {}", count(route.calls, "call"), count(route.apps() as u64, "app")),
            incomplete: Incomplete::new(setting, &incomplete.collect::<Vec<_>>()),
            rows: uses.iter().zip(&known.of).map(|(of, it)| UseRow::new(route, of, known.overview, it)).collect(),
            turns: cut.turns,
            back: kind.path(),
        }
    }
}

impl UseRow {
    fn new(route: &BoardRoute, of: &RouteUse, overview: &Overview, (organisation, companies): &BesideCalls) -> Self {
        Self {
            name: app_name(overview, &of.app),
            url: urls::app_tab(&of.app, AppTab::Health),
            organisation: organisation.clone(),
            calls: thousands(of.calls),
            share: share(of.calls, route.calls),
            first: of.first.into(),
            last: of.last.into(),
            companies: companies_in_words(companies),
        }
    }
}

/// How many companies, and the first of them by name.
fn companies_in_words(companies: &[(Company, u64)]) -> String {
    let names: Vec<&str> = companies
        .iter()
        .filter_map(|(company, _)| match company {
            Company::Named(name) => Some(&**name),
            Company::Absent | Company::Others => None,
        })
        .collect();
    let more = companies.iter().any(|(company, _)| *company == Company::Others);
    match names.len() {
        0 => "–".to_owned(),
        number => {
            let first: Vec<String> = names.iter().take(COMPANIES).map(|name| figures::shorten(name, 40)).collect();
            let dots = if number > COMPANIES || more { ", …" } else { "" };
            let or_more = if more { " or more" } else { "" };
            format!("{}{or_more}: {}{dots}", thousands(number as u64), first.join(", "))
        }
    }
}

#[derive(Template)]
#[template(path = "platform/route.html", whitespace = "minimize")]
struct RoutePage<'a> {
    view: &'a RouteView,
}

/// The page of a view.
pub(crate) fn render(view: &RouteView) -> Result<String, askama::Error> {
    RoutePage { view }.render()
}

/// `GET /platform/deprecated/route?method=M&route=R`
pub(crate) async fn show_deprecated(
    state: State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    show(state, staff, query, Kind::Deprecated).await
}

/// `GET /platform/private/route?method=M&route=R&kind=internal`
pub(crate) async fn show_private(
    state: State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    show(state, staff, query, Kind::Private).await
}

async fn show(
    State(portal): State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
    kind: Kind,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["method", "route", "kind", "page"])?;
    let page = params.number("page", 1, u16::MAX)?.into();
    let (method, text) = (params.text("method"), params.text("route"));
    let documented = kind == Kind::Deprecated || params.text("kind") == "internal";
    let setting = portal.setting(&staff.caller);
    let board = portal.steadfast.board(setting.today).await?;
    let is_it = |it: &&BoardRoute| it.method == method && it.route == text && it.documented == documented;
    let route = kind.routes(&board).iter().find(is_it).ok_or_else(|| {
        Fault::NotFound(format!(
            "`{method} {text}` is not on this board; it may have been replaced, or nobody calls it"
        ))
    })?;
    let overview = portal.steadfast.overview(setting.today).await?;
    let apps: Vec<AppId> = uses_of(route, page).0.iter().map(|of| of.app.clone()).collect();
    let names = organisation_names(&portal).await?;
    let key = RouteKey { documented, text: text.to_owned() };
    let methods = [method, if method == "GET" { "HEAD" } else { method }];
    let companies = portal.steadfast.store.companies_of_route(&apps, &key, methods, board.recent).await;
    let organisation = |app: &AppId| names.get(&overview.app(app)?.organisation?).cloned();
    let of = apps.iter().map(organisation).zip(companies.map_err(service::Error::from)?).collect();
    let incomplete = portal.steadfast.incomplete_days_of_any(board.recent).await?;
    let known = Known { overview: &overview, of, incomplete };
    Ok(Html(render(&RouteView::new(setting, &board, kind, route, &known, page))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_are_counted_and_the_first_are_named() {
        let named = |name: &str| (Company::Named(name.into()), 1);
        let mut companies = vec![named("Acme"), (Company::Absent, 1), named("Beta")];
        assert_eq!(companies_in_words(&companies), "2: Acme, Beta");
        companies.extend([named("C"), named("D")]);
        assert_eq!(companies_in_words(&companies), "4: Acme, Beta, C, …");
        assert_eq!(companies_in_words(&[named("A"), (Company::Others, 4)]), "1 or more: A, …");
        assert_eq!(companies_in_words(&[]), "–");
    }
}
