//! What My Apps shows.

use std::collections::BTreeSet;

use health::WINDOW_DAYS;
use model::{App, Day, DayRange, Status};
use service::{AppOverview, Summary};

use super::filter::{Filter, SORTS, STATUSES, TYPES, status_key};
use crate::chrome::{AppTab, Chrome, Tab};
use crate::figures::{count, thousands};
use crate::form::Field;
use crate::incomplete::{self, Incomplete};
use crate::looks::{self, Look};
use crate::pages_of::{Cut, Turns};
use crate::setting::Setting;
use crate::strip::Strip;
use crate::urls;

/// How many apps a page lists: enough to compare, few enough to load at once.
const PAGE: usize = 50;

/// The page of one's own apps.
#[derive(Debug)]
pub(crate) struct AppsView {
    pub(crate) chrome: Chrome,
    pub(crate) when: When,
    /// What is missing, where days of the window are incomplete for any of the apps.
    pub(crate) incomplete: Option<Incomplete>,
    /// The days over which calls are added up: `30 days`.
    pub(crate) span: String,
    /// How many apps have which status, worst first; empty where there are no apps.
    pub(crate) tiles: Vec<Tile>,
    pub(crate) form: FilterForm,
    /// `3 of 12 apps`, where not all are shown.
    pub(crate) extent: String,
    /// The apps of this page.
    pub(crate) rows: Vec<AppRow>,
    /// The way to further apps.
    pub(crate) turns: Option<Turns>,
    /// `2 invitations wait for your answer`
    pub(crate) invited: Option<String>,
}

/// The form that says which apps are shown.
#[derive(Debug)]
pub(crate) struct FilterForm {
    pub(crate) search: Field,
    pub(crate) status: Field,
    pub(crate) statuses: Vec<(&'static str, &'static str)>,
    pub(crate) app_type: Field,
    pub(crate) types: Vec<(&'static str, &'static str)>,
    pub(crate) sort: Field,
    pub(crate) sorts: Vec<(&'static str, &'static str)>,
    /// The day, where it is not today.
    pub(crate) as_of: Option<String>,
    /// Where all apps are shown; none where they are.
    pub(crate) clear: Option<String>,
}

impl FilterForm {
    fn new(filter: &Filter, day: Option<Day>) -> Self {
        let field = |name: &str, label: &str, value: &str| Field::new(name, label, value).optional();
        let [(_, search), (_, status), (_, app_type), (_, sort)] = filter.parameters();
        let any = |word, words: &[(&'static str, &'static str)]| {
            std::iter::once(("", word)).chain(words.iter().copied()).collect()
        };
        Self {
            search: field("q", "Name or id", &search),
            status: field("status", "Status", &status),
            statuses: any("Any status", &STATUSES),
            app_type: field("type", "Type", &app_type),
            types: any("Any type", &TYPES),
            sort: field("sort", "Sort", if sort.is_empty() { "status" } else { &sort }),
            sorts: SORTS.to_vec(),
            as_of: day.map(|day| day.to_string()),
            clear: filter.narrows().then(|| urls::apps(day)),
        }
    }
}

/// A status and how many have it.
#[derive(Debug)]
pub(crate) struct Tile {
    pub(crate) number: String,
    pub(crate) look: Look,
    pub(crate) gloss: String,
    /// The apps that have it.
    pub(crate) url: String,
}

/// The day that a page speaks of, and the way to others.
#[derive(Debug)]
pub(crate) struct When {
    pub(crate) as_of: crate::figures::Date,
    /// `6 – 19 Nov 2026`
    pub(crate) window: String,
    pub(crate) is_today: bool,
    /// Where days of the window are not over yet, the first of them.
    pub(crate) not_over: Option<crate::figures::Date>,
    /// Where the form that asks for another day leads.
    pub(crate) action: String,
    pub(crate) earlier: String,
    pub(crate) later: Option<String>,
}

impl When {
    /// The day `as_of` on a page whose URL for a day (none: today) is `url`.
    pub(crate) fn new(setting: Setting<'_>, as_of: Day, url: impl Fn(Option<Day>) -> String) -> Self {
        let on = |day: Day| url(setting.named(day));
        Self {
            as_of: as_of.into(),
            window: crate::figures::range(DayRange::before(as_of, WINDOW_DAYS)),
            is_today: as_of == setting.today,
            not_over: (as_of > setting.today).then(|| setting.today.into()),
            action: url(None),
            earlier: on(as_of.plus(-1)),
            later: (as_of < setting.today).then(|| on(as_of.plus(1))),
        }
    }
}

/// An app in the list.
#[derive(Debug)]
pub(crate) struct AppRow {
    pub(crate) name: String,
    /// The id, where it says more than the name.
    pub(crate) id: Option<String>,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) url: String,
    pub(crate) look: Look,
    /// Observations by status: class of the shape, number, words; empty without a status.
    pub(crate) summary: Vec<(&'static str, usize, &'static str)>,
    pub(crate) calls: String,
    pub(crate) strip: Strip,
}

/// What is known of an app, in a word each.
pub(crate) fn tags(app: &App) -> Vec<&'static str> {
    let known = [app.app_type().map(model::AppType::title), app.distribution.map(model::Distribution::title)];
    let tags: Vec<&'static str> = known.into_iter().flatten().collect();
    if tags.is_empty() && app.discovered && !app.id.is_unidentified() { vec!["Discovered"] } else { tags }
}

/// What people call an app.
pub(crate) fn name(app: &App) -> &str {
    if app.id.is_unidentified() { "Calls without an app" } else { &app.name }
}

impl AppsView {
    /// The view of those of `apps` that the filter keeps; `invitations` wait for an answer.
    pub(crate) fn new(
        setting: Setting<'_>,
        mut apps: Vec<AppOverview>,
        filter: &Filter,
        as_of: Day,
        page: usize,
        invitations: usize,
    ) -> Self {
        let day = setting.named(as_of);
        let all = apps.len();
        let lacking: BTreeSet<Day> = apps.iter().flat_map(|app| app.incomplete.iter().copied()).collect();
        let lacking: Vec<Day> = lacking.into_iter().collect();
        let tiles = if apps.is_empty() { Vec::new() } else { tiles(&apps, setting, day) };
        apps.retain(|overview| filter.keeps(overview));
        filter.sort(&mut apps);
        let mut parameters = filter.parameters().to_vec();
        parameters.push(("as_of", day.map(|day| day.to_string()).unwrap_or_default()));
        let cut = Cut::new(apps.len(), PAGE, page, "app", |page| urls::apps_where(&parameters, page));
        let waiting = |number| {
            let verb = if number == 1 { "waits" } else { "wait" };
            format!("{} {verb} for your answer", count(number, "invitation"))
        };
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            when: When::new(setting, as_of, urls::apps),
            incomplete: Incomplete::new(setting, &lacking),
            tiles,
            span: setting.no_traffic(),
            form: FilterForm::new(filter, day),
            extent: format!("{} of {}", thousands(apps.len() as u64), count(all as u64, "app")),
            rows: apps.get(cut.items).unwrap_or_default().iter().map(|overview| AppRow::new(overview, day)).collect(),
            turns: cut.turns,
            invited: (invitations > 0).then(|| waiting(invitations as u64)),
        }
    }
}

fn tiles(apps: &[AppOverview], setting: Setting<'_>, day: Option<Day>) -> Vec<Tile> {
    let glosses = [
        (Some(Status::NeedsAttention), "critical now, or again and again".to_owned()),
        (Some(Status::ReviewRecommended), "worth a look before it grows".to_owned()),
        (Some(Status::Healthy), "nothing to do".to_owned()),
        (None, format!("no production calls in {}", setting.no_traffic())),
    ];
    let url = |status| {
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        urls::apps_where(&[("status", status_key(status).to_owned()), ("as_of", day)], 1)
    };
    let tile = |(status, gloss): (Option<Status>, String)| Tile {
        number: thousands(apps.iter().filter(|overview| overview.status == status).count() as u64),
        look: looks::status(status),
        gloss: incomplete::gloss(status, apps, gloss),
        url: url(status),
    };
    glosses.into_iter().map(tile).collect()
}

impl AppRow {
    /// The row of an app, which leads to its page; on another day than today to its health of that day.
    pub(crate) fn new(overview: &AppOverview, as_of: Option<Day>) -> Self {
        let app = &overview.app;
        let url = match as_of {
            None => urls::app_tab(&app.id, AppTab::Overview),
            Some(_) => urls::app_health(&app.id, as_of),
        };
        let name = name(app).to_owned();
        Self {
            id: (name != app.id.as_str()).then(|| app.id.to_string()),
            name,
            tags: tags(app),
            url,
            look: looks::status_over(overview.status, &overview.incomplete),
            summary: if overview.status.is_some() {
                summary(overview.summary, &overview.incomplete)
            } else {
                Vec::new()
            },
            calls: thousands(overview.calls),
            strip: Strip::new(&overview.strip, &overview.incomplete),
        }
    }
}

/// How the seven divide: the shape's class, the number, the words.
fn summary(summary: Summary, incomplete: &[Day]) -> Vec<(&'static str, usize, &'static str)> {
    [
        (Status::NeedsAttention, summary.needs_attention),
        (Status::ReviewRecommended, summary.review_recommended),
        (Status::Healthy, summary.healthy),
    ]
    .into_iter()
    .filter(|(_, number)| *number > 0)
    .map(|(status, number)| (looks::status_over(Some(status), incomplete).class, number, status.title()))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn view(apps: Vec<AppOverview>, filter: &Filter, as_of: Day, page: usize) -> AppsView {
        AppsView::new(samples::setting(), apps, filter, as_of, page, 0)
    }

    fn names(view: &AppsView) -> Vec<&str> {
        view.rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn the_worst_come_first_then_by_name() {
        let app = |name: &str, status| samples::overview(name, name, status, 5);
        let apps = vec![
            app("quiet", None),
            app("beta", Some(Status::Healthy)),
            app("Alpha", Some(Status::Healthy)),
            app("zeta", Some(Status::NeedsAttention)),
            app("rho", Some(Status::ReviewRecommended)),
        ];
        let view = view(apps, &Filter::default(), samples::today(), 1);
        assert_eq!(names(&view), ["zeta", "rho", "Alpha", "beta", "quiet"]);
        let numbers: Vec<&str> = view.tiles.iter().map(|tile| tile.number.as_str()).collect();
        assert_eq!(numbers, ["1", "1", "2", "1"]);
    }

    #[test]
    fn tiles_count_all_apps_and_rows_are_those_that_the_filter_keeps() {
        let app = |name: &str, status| samples::overview(name, name, status, 5);
        let apps = vec![app("a", None), app("b", Some(Status::Healthy)), app("c", Some(Status::Healthy))];
        let filter = Filter { status: Some(None), ..Filter::default() };
        let view = view(apps, &filter, samples::today(), 1);
        assert_eq!(names(&view), ["a"]);
        assert_eq!((view.tiles[2].number.as_str(), view.extent.as_str()), ("2", "1 of 3 apps"));
        assert_eq!((view.tiles[3].url.as_str(), view.form.clear.as_deref()), ("/?status=none", Some("/")));
    }

    #[test]
    fn many_apps_are_cut_into_pages_that_keep_the_filter() {
        let apps: Vec<_> = (0..250).map(|n| samples::overview(&format!("app-{n:03}"), "x", None, 0)).collect();
        let filter = Filter { search: "app".to_owned(), ..Filter::default() };
        let view = view(apps, &filter, samples::today(), 3);
        assert_eq!(view.rows.len(), 50);
        assert_eq!(view.turns.and_then(|turns| turns.previous).as_deref(), Some("/?q=app&page=2"));
    }

    #[test]
    fn links_keep_the_day_unless_it_is_today() {
        let today = samples::today();
        let apps = vec![samples::overview("a b", "a b", None, 0)];
        let then = view(apps.clone(), &Filter::default(), today.plus(-3), 1);
        assert_eq!(then.rows[0].url, "/apps/a%20b/health?as_of=2026-11-17");
        assert_eq!(then.when.later.as_deref(), Some("/?as_of=2026-11-18"));
        let now = view(apps, &Filter::default(), today, 1);
        assert_eq!(now.rows[0].url, "/apps/a%20b");
        assert_eq!(now.when.later, None);
    }

    #[test]
    fn who_is_invited_is_told() {
        let invited = |number| {
            AppsView::new(samples::setting(), Vec::new(), &Filter::default(), samples::today(), 1, number).invited
        };
        assert_eq!(invited(0), None);
        assert_eq!(invited(1).as_deref(), Some("1 invitation waits for your answer"));
        assert_eq!(invited(2).as_deref(), Some("2 invitations wait for your answer"));
    }
}
