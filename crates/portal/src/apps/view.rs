//! What the page of all apps shows.

use std::cmp::Reverse;

use health::WINDOW_DAYS;
use model::{App, Day, DayRange, Status};
use service::{AppOverview, Summary};

use crate::chrome::{Chrome, Tab};
use crate::figures::thousands;
use crate::looks::{self, Look};
use crate::pages_of::{Cut, Turns};
use crate::setting::Setting;
use crate::strip::Strip;
use crate::urls;

/// How many apps a page lists: enough to compare, few enough to load at once.
const PAGE: usize = 100;

/// The page of all apps.
#[derive(Debug)]
pub(crate) struct AppsView {
    pub(crate) chrome: Chrome,
    pub(crate) when: When,
    /// The days over which calls are added up: `30 days`.
    pub(crate) span: String,
    /// How many apps have which status, worst first.
    pub(crate) tiles: Vec<Tile>,
    /// The apps of this page, worst first.
    pub(crate) rows: Vec<AppRow>,
    /// The reserved app of calls that name none, if there were any.
    pub(crate) unidentified: Option<AppRow>,
    /// The way to further apps.
    pub(crate) turns: Option<Turns>,
}

/// A status and how many have it.
#[derive(Debug)]
pub(crate) struct Tile {
    pub(crate) number: String,
    pub(crate) look: Look,
    pub(crate) gloss: String,
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
    /// The view of `apps`, in whichever order they come.
    pub(crate) fn new(setting: Setting<'_>, mut apps: Vec<AppOverview>, as_of: Day, page: usize) -> Self {
        let day = setting.named(as_of);
        let row = |overview: &AppOverview| AppRow::new(overview, day);
        let unidentified = apps.iter().position(|overview| overview.app.id.is_unidentified()).map(|at| apps.remove(at));
        apps.sort_by_cached_key(|overview| {
            (Reverse(overview.status), overview.app.name.to_lowercase(), overview.app.id.clone())
        });
        let cut = Cut::new(apps.len(), PAGE, page, "app", |page| urls::apps(day, page));
        Self {
            chrome: Chrome::new(&setting.platform.name, Tab::Apps),
            when: When::new(setting, as_of, |day| urls::apps(day, 1)),
            tiles: tiles(&apps, setting),
            span: setting.no_traffic(),
            rows: apps.get(cut.items).unwrap_or_default().iter().map(row).collect(),
            unidentified: unidentified.as_ref().map(row),
            turns: cut.turns,
        }
    }
}

fn tiles(apps: &[AppOverview], setting: Setting<'_>) -> Vec<Tile> {
    let glosses = [
        (Some(Status::NeedsAttention), "critical now, or again and again".to_owned()),
        (Some(Status::ReviewRecommended), "worth a look before it grows".to_owned()),
        (Some(Status::Healthy), "nothing to do".to_owned()),
        (None, format!("no production calls in {}", setting.no_traffic())),
    ];
    let tile = |(status, gloss)| Tile {
        number: thousands(apps.iter().filter(|overview| overview.status == status).count() as u64),
        look: looks::status(status),
        gloss,
    };
    glosses.into_iter().map(tile).collect()
}

impl AppRow {
    fn new(overview: &AppOverview, as_of: Option<Day>) -> Self {
        let app = &overview.app;
        let name = name(app).to_owned();
        Self {
            id: (name != app.id.as_str()).then(|| app.id.to_string()),
            name,
            tags: tags(app),
            url: urls::app_health(&app.id, as_of),
            look: looks::status(overview.status),
            summary: if overview.status.is_some() { summary(overview.summary) } else { Vec::new() },
            calls: thousands(overview.calls),
            strip: Strip::new(&overview.strip),
        }
    }
}

/// How the seven divide: the shape's class, the number, the words.
fn summary(summary: Summary) -> Vec<(&'static str, usize, &'static str)> {
    [
        (Status::NeedsAttention, summary.needs_attention),
        (Status::ReviewRecommended, summary.review_recommended),
        (Status::Healthy, summary.healthy),
    ]
    .into_iter()
    .filter(|(_, number)| *number > 0)
    .map(|(status, number)| (looks::status(Some(status)).class, number, status.title()))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

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
            app(model::AppId::UNIDENTIFIED, Some(Status::NeedsAttention)),
            app("rho", Some(Status::ReviewRecommended)),
        ];
        let view = AppsView::new(samples::setting(), apps, samples::today(), 1);
        assert_eq!(names(&view), ["zeta", "rho", "Alpha", "beta", "quiet"]);
        assert_eq!(view.unidentified.unwrap().name, "Calls without an app");
        let numbers: Vec<&str> = view.tiles.iter().map(|tile| tile.number.as_str()).collect();
        assert_eq!(numbers, ["1", "1", "2", "1"]);
    }

    #[test]
    fn many_apps_are_cut_into_pages() {
        let apps: Vec<_> = (0..250).map(|n| samples::overview(&format!("app-{n:03}"), "x", None, 0)).collect();
        let view = AppsView::new(samples::setting(), apps, samples::today(), 3);
        assert_eq!(view.rows.len(), 50);
        assert_eq!(view.turns.and_then(|turns| turns.previous).as_deref(), Some("/?page=2"));
    }

    #[test]
    fn links_keep_the_day_unless_it_is_today() {
        let today = samples::today();
        let apps = vec![samples::overview("a b", "a b", None, 0)];
        let then = AppsView::new(samples::setting(), apps.clone(), today.plus(-3), 1);
        assert_eq!(then.rows[0].url, "/apps/a%20b/health?as_of=2026-11-17");
        assert_eq!(then.when.later.as_deref(), Some("/?as_of=2026-11-18"));
        let now = AppsView::new(samples::setting(), apps, today, 1);
        assert_eq!(now.rows[0].url, "/apps/a%20b/health");
        assert_eq!(now.when.later, None);
    }
}
