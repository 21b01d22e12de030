//! All apps by status, and what changed since a week ago.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use model::{Day, DayRange, OrganisationId, Status};
use service::{AppStanding, Overview};

use super::change::Change;
use super::tabs::{PlatformTab, TabLink, platform_tabs};
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::apps::filter::{Filter, SORTS, STATUSES, Sort, TYPES};
use crate::apps::view::{AppRow, Tile, name};
use crate::chrome::{Chrome, Tab};
use crate::fault::{Fault, PageFault};
use crate::figures::{self, Date, count, thousands};
use crate::form::Field;
use crate::incomplete::{self, Incomplete};
use crate::looks::{self, Look};
use crate::pages_of::{Cut, Turns};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// How many apps a page lists.
const PAGE: usize = 50;

/// The page of all apps.
#[derive(Debug)]
pub(crate) struct AppsView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) as_of: Date,
    /// `6 – 19 Nov 2026`
    pub(crate) window: String,
    /// The days over which calls are added up: `30 days`.
    pub(crate) span: String,
    /// How many apps have which status, worst first; none where there are no apps.
    pub(crate) tiles: Vec<Tile>,
    /// What is missing, where days of the window are incomplete for any app.
    pub(crate) incomplete: Option<Incomplete>,
    /// What changed since a week ago.
    pub(crate) changes: Vec<ChangeCount>,
    pub(crate) form: AppsForm,
    /// `12 of 5,000 apps`
    pub(crate) extent: String,
    pub(crate) rows: Vec<PlatformRow>,
    pub(crate) turns: Option<Turns>,
}

/// Something that changed and for how many apps.
#[derive(Debug)]
pub(crate) struct ChangeCount {
    pub(crate) number: String,
    pub(crate) none: bool,
    pub(crate) words: &'static str,
    pub(crate) gloss: &'static str,
    pub(crate) url: String,
    pub(crate) current: bool,
}

/// What the list is narrowed to.
#[derive(Debug)]
pub(crate) struct AppsForm {
    pub(crate) search: Field,
    pub(crate) status: Field,
    pub(crate) statuses: Vec<(&'static str, &'static str)>,
    pub(crate) change: Field,
    pub(crate) changes: Vec<(&'static str, &'static str)>,
    pub(crate) app_type: Field,
    pub(crate) types: Vec<(&'static str, &'static str)>,
    pub(crate) sort: Field,
    pub(crate) sorts: Vec<(&'static str, &'static str)>,
    /// The way to all apps, where the list is narrowed.
    pub(crate) clear: Option<&'static str>,
}

/// An app in the list.
#[derive(Debug)]
pub(crate) struct PlatformRow {
    pub(crate) app: AppRow,
    /// Whose it is.
    pub(crate) organisation: Option<String>,
    /// Whether it was only seen in traffic.
    pub(crate) unclaimed: bool,
    /// Its status a week ago, where it was another.
    pub(crate) was: Option<Look>,
    /// What else is different.
    pub(crate) news: Option<&'static str>,
}

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) filter: Filter,
    pub(crate) change: Option<Change>,
}

/// The parameters that it is read from.
pub(crate) const PARAMETERS: [&str; 5] = ["q", "status", "type", "sort", "change"];

impl Wanted {
    pub(crate) fn of(params: &Params) -> Result<Self, Fault> {
        let change = params.word("change", &Change::ALL.map(Change::key), Change::from_key)?;
        Ok(Self { filter: Filter::of(params)?, change })
    }

    /// Whether an app is shown; `organisations` are those whose name holds what is searched for.
    pub(crate) fn keeps(&self, app: &AppStanding, organisations: &HashMap<OrganisationId, String>) -> bool {
        let of_found = || {
            let known = app.organisation.is_some_and(|id| organisations.contains_key(&id));
            known && Filter { search: String::new(), ..self.filter.clone() }.keeps(&app.overview)
        };
        self.change.is_none_or(|change| change.holds(app)) && (self.filter.keeps(&app.overview) || of_found())
    }

    fn narrows(&self) -> bool {
        self.filter.narrows() || self.change.is_some()
    }

    fn url(&self, page: usize) -> String {
        let change = ("change", self.change.map(Change::key).unwrap_or_default().to_owned());
        let pairs = self.filter.parameters().into_iter().chain([change]);
        urls::platform::page(urls::PLATFORM, pairs, page)
    }

    /// The apps that are shown, in their order.
    pub(crate) fn of_overview<'a>(
        &self,
        overview: &'a Overview,
        organisations: &HashMap<OrganisationId, String>,
    ) -> Vec<&'a Arc<AppStanding>> {
        let mut apps: Vec<&Arc<AppStanding>> =
            overview.apps.iter().filter(|app| !self.narrows() || self.keeps(app, organisations)).collect();
        // They come worst first already.
        match self.filter.sort {
            Sort::Status => {}
            Sort::Name => apps.sort_by_cached_key(|app| app.overview.app.name.to_lowercase()),
            Sort::Calls => apps.sort_by_key(|app| Reverse(app.overview.calls)),
        }
        apps
    }
}

impl AppsView {
    /// The page `page` of what is wanted. `names` are the names of organisations.
    pub(crate) fn new(
        setting: Setting<'_>,
        overview: &Overview,
        names: &HashMap<OrganisationId, String>,
        wanted: &Wanted,
        page: usize,
    ) -> Self {
        let found = if wanted.filter.search.is_empty() { HashMap::new() } else { found(names, &wanted.filter.search) };
        let apps = wanted.of_overview(overview, &found);
        let cut = Cut::new(apps.len(), PAGE, page, "app", |page| wanted.url(page));
        let rows = apps.get(cut.items).unwrap_or_default();
        let all = named(overview).count();
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(PlatformTab::Apps),
            as_of: overview.as_of.into(),
            window: figures::range(DayRange::before(overview.as_of, health::WINDOW_DAYS)),
            span: setting.no_traffic(),
            tiles: if all == 0 { Vec::new() } else { tiles(overview, setting) },
            incomplete: Incomplete::new(setting, &incomplete_days(overview)),
            changes: Change::ALL.into_iter().map(|change| change_count(overview, change, wanted)).collect(),
            form: AppsForm::new(wanted),
            extent: format!("{} of {}", thousands(apps.len() as u64), count(all as u64, "app")),
            rows: rows.iter().map(|app| PlatformRow::new(app, names)).collect(),
            turns: cut.turns,
        }
    }
}

/// The organisations whose name holds a text, without regard to case.
pub(crate) fn found(names: &HashMap<OrganisationId, String>, search: &str) -> HashMap<OrganisationId, String> {
    let search = search.to_lowercase();
    let holds = |(_, name): &(&OrganisationId, &String)| name.to_lowercase().contains(&search);
    names.iter().filter(holds).map(|(id, name)| (*id, name.clone())).collect()
}

/// All apps but the reserved one of calls that name none.
fn named(overview: &Overview) -> impl Iterator<Item = &Arc<AppStanding>> {
    overview.apps.iter().filter(|app| !app.overview.app.id.is_unidentified())
}

/// The days that are incomplete for any of the apps.
fn incomplete_days(overview: &Overview) -> Vec<Day> {
    let days: BTreeSet<Day> = overview.apps.iter().flat_map(|app| app.overview.incomplete.iter().copied()).collect();
    days.into_iter().collect()
}

fn tiles(overview: &Overview, setting: Setting<'_>) -> Vec<Tile> {
    let glosses = [
        (Some(Status::NeedsAttention), "critical now, or again and again".to_owned()),
        (Some(Status::ReviewRecommended), "worth a look before it grows".to_owned()),
        (Some(Status::Healthy), "nothing to do".to_owned()),
        (None, format!("no production calls in {}", setting.no_traffic())),
    ];
    let tile = |(status, gloss): (Option<Status>, String)| {
        let number = named(overview).filter(|app| app.overview.status == status).count();
        let filter = Filter { status: Some(status), ..Filter::default() };
        let url = Wanted { filter, change: None }.url(1);
        let gloss = incomplete::gloss(status, named(overview).map(|app| &app.overview), gloss);
        Tile { number: thousands(number as u64), look: looks::status(status), gloss, url }
    };
    glosses.into_iter().map(tile).collect()
}

fn change_count(overview: &Overview, change: Change, wanted: &Wanted) -> ChangeCount {
    let number = overview.apps.iter().filter(|app| change.holds(app)).count();
    ChangeCount {
        number: thousands(number as u64),
        none: number == 0,
        words: change.words(),
        gloss: change.gloss(),
        url: Wanted { change: Some(change), ..Wanted::default() }.url(1),
        current: wanted.change == Some(change),
    }
}

impl AppsForm {
    fn new(wanted: &Wanted) -> Self {
        let [search, status, app_type, sort] = wanted.filter.parameters().map(|(_, value)| value);
        let any = |word| std::iter::once(("", word));
        let change = wanted.change.map(Change::key).unwrap_or_default();
        Self {
            search: Field::new("q", "Search", &search).optional(),
            status: Field::new("status", "Status", &status).optional(),
            statuses: any("Any").chain(STATUSES).collect(),
            change: Field::new("change", "Worth a look", change).optional(),
            changes: any("Any").chain(Change::ALL.map(|change| (change.key(), change.words()))).collect(),
            app_type: Field::new("type", "Type", &app_type).optional(),
            types: any("Any").chain(TYPES).collect(),
            sort: Field::new("sort", "Order", if sort.is_empty() { SORTS[0].0 } else { &sort }).optional(),
            sorts: SORTS.to_vec(),
            clear: wanted.narrows().then_some(urls::PLATFORM),
        }
    }
}

impl PlatformRow {
    fn new(app: &AppStanding, names: &HashMap<OrganisationId, String>) -> Self {
        let news = [Change::New, Change::Silent].into_iter().find(|change| change.holds(app));
        let unclaimed = Change::Unclaimed.holds(app);
        let mut row = AppRow::new(&app.overview, None);
        row.tags.retain(|tag| *tag != "Discovered");
        Self {
            app: row,
            organisation: app.organisation.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string())),
            unclaimed,
            was: app.changed().then(|| looks::status_over(app.week_ago, &app.incomplete_week_ago)),
            news: news.map(Change::words),
        }
    }
}

#[derive(Template)]
#[template(path = "platform/apps.html", whitespace = "minimize")]
struct AppsPage<'a> {
    view: &'a AppsView,
}

/// The page of a view.
pub(crate) fn render(view: &AppsView) -> Result<String, askama::Error> {
    AppsPage { view }.render()
}

/// `GET /platform`
pub(crate) async fn show(
    State(portal): State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let known: Vec<&str> = PARAMETERS.into_iter().chain(["page"]).collect();
    let params = Params::of_page(query, &known)?;
    let wanted = Wanted::of(&params)?;
    let page = params.number("page", 1, u16::MAX)?;
    let setting = portal.setting(&staff.caller);
    let overview = portal.steadfast.overview(setting.today).await?;
    let names = organisation_names(&portal).await?;
    let view = AppsView::new(setting, &overview, &names, &wanted, page.into());
    Ok(Html(render(&view)?))
}

/// The names of all organisations.
pub(crate) async fn organisation_names(portal: &Portal) -> Result<HashMap<OrganisationId, String>, Fault> {
    let all = portal.steadfast.store.organisations().await.map_err(service::Error::from)?;
    Ok(all.into_iter().map(|organisation| (organisation.id, organisation.name)).collect())
}

/// What people call an app, or its id where it is gone meanwhile.
pub(crate) fn app_name(overview: &Overview, id: &model::AppId) -> String {
    overview.app(id).map_or_else(|| id.to_string(), |app| name(&app.overview.app).to_owned())
}
