//! What the page of an app's activity shows.

use model::{App, Company, Day, DayRange};
use service::{Activity, Flaw, spans};

use super::asked::{Asked, default_days};
use super::chart::Chart;
use super::company::CompanyOf;
use super::form::{FilterForm, form};
use super::notes::notes;
use super::rows::{Row, SortHead, SpanTable, sort_heads};
use crate::apps::view::name;
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::figures::{count, range};
use crate::incomplete::Incomplete;
use crate::pages_of::{Cut, Turns};
use crate::setting::Setting;
use crate::urls;

/// How many rows one page lists.
const ROWS: usize = 50;
/// How many companies it names.
const COMPANIES: usize = 8;

/// The page.
#[derive(Debug)]
pub(crate) struct ActivityView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) name: String,
    pub(crate) zone: String,
    pub(crate) form: FilterForm,
    /// What the filter lets through; none where it can't be understood.
    pub(crate) shown: Option<Shown>,
}

/// What a filter lets through.
#[derive(Debug)]
pub(crate) struct Shown {
    /// `21 Oct – 19 Nov 2026`
    pub(crate) days: String,
    /// `5,204 calls`
    pub(crate) calls: String,
    /// `312 rows`
    pub(crate) extent: String,
    /// What has to be known to read the numbers.
    pub(crate) notes: Vec<String>,
    /// What is missing, where days are incomplete.
    pub(crate) incomplete: Option<Incomplete>,
    pub(crate) chart: Option<Chart>,
    pub(crate) table: SpanTable,
    /// What a bar of the chart and a row of its table is: `day` or `week`.
    pub(crate) unit: &'static str,
    /// Who made the calls, where that is known: the first few, and how many more there are.
    pub(crate) companies: Option<(Vec<CompanyOf>, Option<String>)>,
    pub(crate) rows: Vec<Row>,
    pub(crate) by_date: SortHead,
    pub(crate) by_count: SortHead,
    pub(crate) turns: Option<Turns>,
    pub(crate) csv_url: String,
    pub(crate) csv_by_company_url: Option<String>,
    pub(crate) json_url: String,
    /// Where health judges these calls, for a filter by observation.
    pub(crate) health_url: String,
    /// Where nothing is let through: whether any filter is in force.
    pub(crate) is_filtered: bool,
}

/// The app whose page it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfApp<'a> {
    pub(crate) app: &'a App,
    pub(crate) registered: bool,
}

impl ActivityView {
    /// What was asked for.
    pub(crate) fn new(setting: Setting<'_>, of: OfApp<'_>, asked: &Asked, activity: &Activity, page: usize) -> Self {
        Self::around(
            setting,
            of,
            form(setting, of.app, asked, activity),
            Some(shown(setting, of.app, asked, activity, page)),
        )
    }

    /// What could not be understood, with what was written.
    pub(crate) fn of_flaws(
        setting: Setting<'_>,
        of: OfApp<'_>,
        written: &dyn Fn(&str) -> String,
        flaws: Vec<Flaw>,
    ) -> Self {
        let asked = Asked::of_days(default_days(setting.today));
        let mut form = form(setting, of.app, &asked, &Activity::default());
        form.quick.iter_mut().for_each(|(_, _, current)| *current = false);
        form.tell(written, flaws);
        Self::around(setting, of, form, None)
    }

    fn around(setting: Setting<'_>, of: OfApp<'_>, form: FilterForm, shown: Option<Shown>) -> Self {
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(of.app, of.registered, AppTab::Activity),
            name: name(of.app).to_owned(),
            zone: setting.platform.zone.name().to_owned(),
            form,
            shown,
        }
    }
}

fn shown(setting: Setting<'_>, app: &App, asked: &Asked, activity: &Activity, page: usize) -> Shown {
    let (filter, today) = (&asked.filter, setting.today);
    let spans = spans(&activity.days);
    let page_url = |page: usize| {
        let mut query = asked.query(today);
        if page > 1 {
            query.push(("page", page.to_string()));
        }
        urls::activity(&app.id, &query)
    };
    let cut = Cut::new(activity.rows.len(), ROWS, page, "row", page_url);
    let (by_date, by_count) = sort_heads(&app.id, asked, today);
    let query = with_days(asked, today);
    let mut by_company = query.clone();
    by_company.push(("columns", "company".to_owned()));
    let as_of = filter.days.end.plus(1);
    let rows = activity.rows.get(cut.items.clone()).unwrap_or_default();
    Shown {
        days: range(filter.days),
        calls: count(activity.calls, "call"),
        extent: count(activity.rows.len() as u64, "row"),
        notes: notes(setting, asked),
        incomplete: Incomplete::new(setting, &activity.incomplete),
        chart: Chart::new(&spans, &activity.incomplete),
        table: SpanTable::new(&spans, &app.id, asked, today, &activity.incomplete),
        unit: super::chart::unit(&spans),
        companies: activity.companies.as_ref().map(|behind| {
            let url = |company: &Company| urls::activity(&app.id, &asked.of_company(company).query(today));
            (CompanyOf::first(behind, activity.calls, COMPANIES, url), CompanyOf::more(behind, COMPANIES))
        }),
        rows: rows.iter().map(|row| Row::new(row, &app.id, asked, today, &activity.incomplete)).collect(),
        by_date,
        by_count,
        turns: cut.turns,
        csv_url: urls::filtered_csv(&app.id, &query),
        csv_by_company_url: filter.company.is_none().then(|| urls::filtered_csv(&app.id, &by_company)),
        json_url: urls::activity_json(&app.id, &query),
        health_url: urls::app_health(&app.id, setting.named(as_of).filter(|as_of| *as_of < today)),
        is_filtered: asked.with(|filter| filter.days = default_days(today))
            != Asked::of_days(default_days(today)).sorted(asked.order),
    }
}

/// The query with its days in any case: what is downloaded tomorrow is to be what is seen today.
fn with_days(asked: &Asked, today: Day) -> Vec<(&'static str, String)> {
    let DayRange { start, end } = asked.filter.days;
    let mut query = vec![("from", start.to_string()), ("to", end.to_string())];
    query.extend(asked.query(today).into_iter().filter(|(name, _)| !["from", "to"].contains(name)));
    query
}
