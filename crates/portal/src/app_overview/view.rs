//! What the first page of an app shows.

use model::{AppType, Distribution, UnixMillis};
use service::AppSummary;

use crate::apps::view::{name, tags};
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::figures::{Date, count, thousands};
use crate::incomplete::Incomplete;
use crate::looks::{self, Look};
use crate::setting::Setting;
use crate::strip::Strip;
use crate::urls;

/// The first page of an app.
#[derive(Debug)]
pub(crate) struct OverviewView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) name: String,
    /// The id, as calls name the app.
    pub(crate) id: String,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) description: String,
    pub(crate) look: Look,
    pub(crate) strip: Strip,
    /// What is missing, where days of the window are incomplete.
    pub(crate) incomplete: Option<Incomplete>,
    pub(crate) health_url: String,
    pub(crate) activity_url: String,
    /// Production calls in the last complete days.
    pub(crate) calls: String,
    /// The days over which calls are added up: `30 days`.
    pub(crate) span: String,
    /// What is known of it; empty for a discovered app.
    pub(crate) facts: Vec<Fact>,
    /// What to do next; none where all is done, or where nobody has registered the app.
    pub(crate) steps: Option<Steps>,
    /// Whether nobody has registered it.
    pub(crate) discovered: bool,
    /// Whether it stands for the calls that named no app.
    pub(crate) unidentified: bool,
}

/// A line of what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) what: &'static str,
    pub(crate) value: String,
    /// Where more is told of it.
    pub(crate) url: Option<String>,
    /// The exact day, where the value is one.
    pub(crate) day: Option<Date>,
}

/// The way from a name to an app that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    /// `2 of 5 steps are done`
    pub(crate) extent: String,
    pub(crate) steps: Vec<Step>,
}

/// One step of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) url: String,
    pub(crate) done: bool,
}

impl OverviewView {
    /// The view of an app at a glance.
    pub(crate) fn new(setting: Setting<'_>, summary: &AppSummary) -> Self {
        let app = &summary.overview.app;
        let registered = summary.registration.is_some();
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(app, registered, AppTab::Overview),
            name: name(app).to_owned(),
            id: app.id.to_string(),
            tags: tags(app),
            description: summary.registration.as_ref().map(|it| it.description.clone()).unwrap_or_default(),
            look: looks::status_over(summary.overview.status, &summary.overview.incomplete),
            strip: Strip::new(&summary.overview.strip, &summary.overview.incomplete),
            incomplete: Incomplete::new(setting, &summary.overview.incomplete),
            health_url: urls::app_tab(&app.id, AppTab::Health),
            activity_url: urls::app_tab(&app.id, AppTab::Activity),
            calls: thousands(summary.overview.calls),
            span: setting.no_traffic(),
            facts: if registered { facts(setting, summary) } else { Vec::new() },
            steps: if registered { steps(summary) } else { None },
            discovered: !registered,
            unidentified: app.id.is_unidentified(),
        }
    }
}

fn facts(setting: Setting<'_>, summary: &AppSummary) -> Vec<Fact> {
    let app = &summary.overview.app;
    let tab = |tab| Some(urls::app_tab(&app.id, tab));
    let fact = |what, value: String, url| Fact { what, value, url, day: None };
    let latest = match (&summary.latest, &summary.promoted) {
        (None, _) => "none yet".to_owned(),
        (Some(latest), Some(promoted)) if latest.id == promoted.id => format!("{}, in production", number(latest)),
        (Some(latest), Some(promoted)) => {
            format!("{} in the sandbox, {} in production", number(latest), number(promoted))
        }
        (Some(latest), None) => format!("{} in the sandbox", number(latest)),
    };
    let people = match summary.invitations {
        0 => count(summary.collaborators as u64, "person").replace("persons", "people"),
        open => {
            let people = count(summary.collaborators as u64, "person").replace("persons", "people");
            format!("{people}, {} open", count(open as u64, "invitation"))
        }
    };
    let registered = summary.registration.as_ref().map(|it| day(setting, it.created_at));
    vec![
        fact("Type", app.app_type().map_or("no components yet", AppType::title).to_owned(), tab(AppTab::Components)),
        fact("Distribution", app.distribution.map_or("not said yet", Distribution::title).to_owned(), None),
        fact("Latest version", latest, tab(AppTab::Versions)),
        fact("Organisation", summary.organisation.as_ref().map(|it| it.name.clone()).unwrap_or_default(), None),
        fact("Owner", summary.owner.as_ref().map_or_else(|| "nobody".to_owned(), |it| it.name.clone()), None),
        fact("Collaborators", people, tab(AppTab::Collaborators)),
        Fact {
            what: "Registered",
            value: registered.as_ref().map(|day| day.long.clone()).unwrap_or_default(),
            url: None,
            day: registered,
        },
    ]
}

fn number(version: &model::Version) -> String {
    let (major, minor, patch) = version.number;
    format!("{major}.{minor}.{patch}")
}

/// The day of an instant, in the platform's zone.
pub(crate) fn day(setting: Setting<'_>, at: UnixMillis) -> Date {
    setting.platform.zone.day_of(at).into()
}

/// What leads from a name to an app that runs; none once all of it is done.
fn steps(summary: &AppSummary) -> Option<Steps> {
    let app = &summary.overview.app;
    let step = |title, text, tab, done| Step { title, text, url: urls::app_tab(&app.id, tab), done };
    let steps = vec![
        step(
            "Say what it is made of",
            "A data connection, a page inside the product, or both: its type follows from that.",
            AppTab::Components,
            !app.components.is_empty() || summary.drafted,
        ),
        step(
            "Save a version",
            "A version never changes. It can be installed in a sandbox, and promoted to production.",
            AppTab::Versions,
            summary.latest.is_some(),
        ),
        step(
            "Get its credentials",
            "A client id and a secret for the sandbox; for production once a version is promoted.",
            AppTab::Credentials,
            summary.credentials,
        ),
        step(
            "Invite who works on it",
            "So that it does not hang on one person.",
            AppTab::Collaborators,
            summary.collaborators > 1 || summary.invitations > 0,
        ),
        step("Make the first call", "Its health shows on the day after.", AppTab::Health, summary.overview.calls > 0),
    ];
    let done = steps.iter().filter(|step| step.done).count();
    let extent = format!("{done} of {} steps are done", steps.len());
    (done < steps.len()).then_some(Steps { extent, steps })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::samples as apps;
    use crate::samples;

    fn done(summary: &AppSummary) -> Vec<bool> {
        steps(summary).map(|steps| steps.steps.iter().map(|step| step.done).collect()).unwrap_or_default()
    }

    #[test]
    fn a_new_app_is_told_what_to_do_next() {
        let mut summary = apps::new_app();
        assert_eq!(done(&summary), [false; 5]);
        assert_eq!(steps(&summary).unwrap().extent, "0 of 5 steps are done");
        summary.drafted = true;
        summary.invitations = 1;
        assert_eq!(done(&summary), [true, false, false, true, false]);
    }

    #[test]
    fn once_all_is_done_nothing_is_told() {
        assert_eq!(steps(&apps::grown_app()), None);
    }

    #[test]
    fn the_versions_of_both_environments_are_told() {
        let version = |summary: &AppSummary| facts(samples::setting(), summary)[2].value.clone();
        assert_eq!(version(&apps::new_app()), "none yet");
        let mut grown = apps::grown_app();
        assert_eq!(version(&grown), "1.3.0 in the sandbox, 1.2.0 in production");
        grown.latest = grown.promoted.clone();
        assert_eq!(version(&grown), "1.2.0, in production");
        grown.promoted = None;
        assert_eq!(version(&grown), "1.2.0 in the sandbox");
    }

    #[test]
    fn a_discovered_app_has_no_more_than_its_traffic() {
        let mut summary = apps::new_app();
        summary.registration = None;
        let view = OverviewView::new(samples::setting(), &summary);
        assert!(view.discovered && view.facts.is_empty() && view.steps.is_none());
        let words: Vec<&str> = view.sidebar.entries.iter().map(|entry| entry.word).collect();
        assert!(words.contains(&"Integration Health") && !words.contains(&"Settings") && !words.contains(&"Versions"));
    }
}
