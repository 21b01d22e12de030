//! The sunset board: who still calls what is deprecated, and what is documented nowhere.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use model::{Day, DayRange, DeprecatedSince};
use service::{Board, BoardRoute};

use super::tabs::{PlatformTab, TabLink, platform_tabs};
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::figures::{self, Date, count, thousands};
use crate::form::Field;
use crate::incomplete::Incomplete;
use crate::pages_of::{Cut, Turns};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// How many operations a page lists.
const PAGE: usize = 50;

/// Which of the two boards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Deprecated operations.
    Deprecated,
    /// Private routes.
    Private,
}

impl Kind {
    pub(super) fn tab(self) -> PlatformTab {
        match self {
            Self::Deprecated => PlatformTab::Deprecated,
            Self::Private => PlatformTab::Private,
        }
    }

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Deprecated => urls::PLATFORM_DEPRECATED,
            Self::Private => urls::PLATFORM_PRIVATE,
        }
    }

    /// The operations of a board.
    pub(super) fn routes(self, board: &Board) -> &[BoardRoute] {
        match self {
            Self::Deprecated => &board.deprecated,
            Self::Private => &board.private,
        }
    }
}

/// A board as a page.
#[derive(Debug)]
pub(crate) struct BoardView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) is_deprecated: bool,
    /// The days over which calls are added up.
    pub(crate) recent: String,
    pub(crate) as_of: Date,
    /// How far counts reach back.
    pub(crate) reach: String,
    /// The days of which calls are missing.
    pub(crate) incomplete: Option<Incomplete>,
    /// What is missing so far.
    pub(crate) waiting: Option<String>,
    /// How many there are, and how many are called.
    pub(crate) sum: String,
    pub(crate) search: Field,
    pub(crate) clear: Option<&'static str>,
    pub(crate) action: &'static str,
    pub(crate) rows: Vec<BoardRow>,
    pub(crate) turns: Option<Turns>,
}

/// An operation.
#[derive(Debug)]
pub(crate) struct BoardRow {
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) url: Option<String>,
    /// What is known of it, in a few words each.
    pub(crate) notes: Vec<String>,
    pub(crate) sunset: Option<Sunset>,
    pub(crate) apps: String,
    pub(crate) calls: String,
    pub(crate) first: Option<Date>,
    pub(crate) last: Option<Date>,
    /// Why it can go.
    pub(crate) safe: Option<String>,
}

/// When an operation may be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sunset {
    pub(crate) date: Date,
    /// `in 42 days`
    pub(crate) words: String,
    /// Its class: how near it is while apps call it.
    pub(crate) class: &'static str,
}

impl Sunset {
    pub(super) fn new(day: Day, today: Day, called: bool, horizon: u16) -> Self {
        let days = day.days_since(today);
        let number = count(u64::from(days.unsigned_abs()), "day");
        let words = match days {
            0 => "today".to_owned(),
            1.. => format!("in {number}"),
            _ => format!("{number} ago"),
        };
        let class = match days {
            _ if !called => "no",
            days if days <= 0 => "na",
            days if days <= i32::from(horizon) => "rr",
            _ => "no",
        };
        Self { date: day.into(), words, class }
    }
}

/// How far counts reach back, as a clause.
pub(super) fn reach(board: &Board) -> String {
    match board.counted_since {
        None => "nothing is counted yet".to_owned(),
        Some(since) => {
            let days = u64::try_from(board.as_of.days_since(since)).unwrap_or(0);
            format!("counts reach back {}, to {}", count(days, "day"), Date::from(since).long)
        }
    }
}

/// Why an operation that nobody calls can be removed: not while calls of late are missing.
pub(super) fn safe(board: &Board, route: &BoardRoute, incomplete: &[Day]) -> Option<String> {
    if !route.uses.is_empty() || board.waiting > 0 || incomplete.iter().any(|day| board.recent.contains(*day)) {
        return None;
    }
    let since = board.counted_since?;
    let days = u64::try_from(board.as_of.days_since(since)).unwrap_or(0);
    let lacking = incomplete.iter().filter(|day| **day >= since).count() as u64;
    let lacking = if lacking > 0 { format!("; {} of them incomplete", count(lacking, "day")) } else { String::new() };
    let since = Date::from(since).long;
    (days > 0).then(|| format!("no calls in the {} that are counted, since {since}{lacking}", count(days, "day")))
}

/// What is known of an operation, in a few words each.
pub(super) fn notes(route: &BoardRoute) -> Vec<String> {
    let since = route.deprecated.map(|since| match since {
        DeprecatedSince::Always => "deprecated from its first import on".to_owned(),
        DeprecatedSince::Day(day) => format!("deprecated since {}", Date::from(day).long),
    });
    let replaced = route.replaced_by.as_ref().map(|by| format!("replaced by {by}"));
    let private = match (route.deprecated, route.documented, route.internal) {
        (Some(_), ..) => None,
        (None, true, true) => Some("the catalog keeps it from outside use".to_owned()),
        (None, true, false) => Some("the method is not documented, or no longer".to_owned()),
        (None, false, _) if route.route == "/:other" => {
            Some("routes beyond the first 1,000 of an app and day".to_owned())
        }
        (None, false, _) => Some("documented nowhere".to_owned()),
    };
    since.into_iter().chain(replaced).chain(private).collect()
}

impl BoardView {
    /// One page of a board, narrowed to routes that hold `search`.
    pub(crate) fn new(
        setting: Setting<'_>,
        board: &Board,
        kind: Kind,
        search: &str,
        page: usize,
        incomplete: &[Day],
    ) -> Self {
        let recent: Vec<Day> = incomplete.iter().copied().filter(|day| board.recent.contains(*day)).collect();
        let needle = search.to_lowercase();
        let holds = |route: &&BoardRoute| needle.is_empty() || route.route.to_lowercase().contains(&needle);
        let routes: Vec<&BoardRoute> = kind.routes(board).iter().filter(holds).collect();
        let url = |page| urls::platform::page(kind.path(), [("q", search.to_owned())], page);
        let cut = Cut::new(routes.len(), PAGE, page, "operation", url);
        let called = routes.iter().filter(|route| route.apps() > 0).count();
        let all = count(routes.len() as u64, "operation");
        let sum = match kind {
            Kind::Deprecated => format!("{all}, {} still called", thousands(called as u64)),
            Kind::Private => all,
        };
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(kind.tab()),
            is_deprecated: kind == Kind::Deprecated,
            recent: figures::range(board.recent),
            as_of: board.as_of.into(),
            reach: reach(board),
            incomplete: Incomplete::new(setting, &recent),
            waiting: (board.waiting > 0).then(|| count(board.waiting.into(), "day")),
            sum,
            search: Field::new("q", "Search routes", search).optional(),
            clear: (!search.is_empty()).then_some(kind.path()),
            action: kind.path(),
            rows: routes
                .get(cut.items)
                .unwrap_or_default()
                .iter()
                .map(|route| BoardRow::new(setting, board, kind, route, incomplete))
                .collect(),
            turns: cut.turns,
        }
    }
}

impl BoardRow {
    fn new(setting: Setting<'_>, board: &Board, kind: Kind, route: &BoardRoute, incomplete: &[Day]) -> Self {
        let horizon = setting.rules.deprecated_endpoint.sunset_horizon_days;
        let url = match kind {
            Kind::Deprecated => urls::platform::deprecated_route(&route.method, &route.route, 1),
            Kind::Private => urls::platform::private_route(&route.method, &route.route, route.documented, 1),
        };
        Self {
            method: route.method.clone(),
            route: route.route.clone(),
            url: (!route.uses.is_empty()).then_some(url),
            notes: notes(route),
            sunset: route.sunset.map(|day| Sunset::new(day, board.as_of, route.apps() > 0, horizon)),
            apps: thousands(route.apps() as u64),
            calls: thousands(route.calls),
            first: route.first.map(Date::from),
            last: route.last.map(Date::from),
            safe: if kind == Kind::Deprecated { safe(board, route, incomplete) } else { None },
        }
    }
}

#[derive(Template)]
#[template(path = "platform/board.html", whitespace = "minimize")]
struct BoardPage<'a> {
    view: &'a BoardView,
}

/// The page of a view.
pub(crate) fn render(view: &BoardView) -> Result<String, askama::Error> {
    BoardPage { view }.render()
}

/// `GET /platform/deprecated`
pub(crate) async fn show_deprecated(
    state: State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    show(state, staff, query, Kind::Deprecated).await
}

/// `GET /platform/private`
pub(crate) async fn show_private(
    state: State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    show(state, staff, query, Kind::Private).await
}

/// All days that are over.
pub(super) fn kept(today: Day) -> DayRange {
    DayRange { start: Day::FIRST, end: today.plus(-1) }
}

async fn show(
    State(portal): State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
    kind: Kind,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["q", "page"])?;
    let page = params.number("page", 1, u16::MAX)?;
    let setting = portal.setting(&staff.caller);
    let board = portal.steadfast.board(setting.today).await?;
    let incomplete = portal.steadfast.incomplete_days_of_any(kept(setting.today)).await?;
    let view = BoardView::new(setting, &board, kind, params.text("q"), page.into(), &incomplete);
    Ok(Html(render(&view)?))
}
