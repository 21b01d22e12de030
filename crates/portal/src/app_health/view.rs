//! What the pages of an app's Integration Health show.

use model::{AppId, Day, Observation, Severity, Status};
use service::{AppHealth, CompaniesBehind, Freshness, Summary};

use crate::accounts::moments::Moment;
use crate::activity::asked::Asked;
use crate::app_health::row::{CallsOf, CauseRow, ObservationRow, cause_rows};
use crate::apps::view::{When, name, tags};
use crate::chrome::{AppTab, Chrome, Sidebar, Tab};
use crate::figures::{Date, count, range, share, short_range, thousands};
use crate::incomplete::Incomplete;
use crate::looks::{self, Look};
use crate::pages_of::{Cut, Turns};
use crate::setting::Setting;
use crate::urls;

/// The page of an app's Integration Health.
#[derive(Debug)]
pub(crate) struct HealthView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) head: Head,
    pub(crate) when: When,
    /// The time zone of the days.
    pub(crate) zone: String,
    /// How long there has to be no call for there to be no status: `30 days`.
    pub(crate) span: String,
    /// The day in progress, in words.
    pub(crate) today: String,
    /// What is missing, where days of the window are incomplete.
    pub(crate) incomplete: Option<Incomplete>,
    /// The three statuses with the observations that have each; empty where there is nothing to judge.
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) report: Report,
    pub(crate) fresh: Fresh,
    /// The seven, in order; empty where there is nothing to judge.
    pub(crate) rows: Vec<ObservationRow>,
    pub(crate) json_url: String,
    /// The day of the last call before, where there is nothing to judge.
    pub(crate) last_call: Option<Date>,
    /// The calls of the day in progress, where there is nothing else to judge.
    pub(crate) next: Option<Next>,
    /// The health of the calls that name no app, for those who may see it.
    pub(crate) unidentified_url: Option<String>,
}

/// How fresh the numbers are.
#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) recomputed: Moment,
    /// When the day in progress ends.
    pub(crate) next: Moment,
    /// When counts last changed, where that is known.
    pub(crate) counted: Option<Moment>,
    /// Whether there are calls of the day itself.
    pub(crate) called_today: bool,
    /// Lines that could not be used, if any.
    pub(crate) rejected: Option<String>,
}

impl Fresh {
    fn new(setting: Setting<'_>, health: &AppHealth, freshness: &Freshness) -> Self {
        let moment = |at| Moment::new(at, freshness.now, &setting.platform.zone);
        Self {
            recomputed: moment(freshness.now),
            next: moment(freshness.next_at),
            counted: freshness.counted_at.map(moment),
            called_today: health.today.calls > 0,
            rejected: (freshness.rejected > 0).then(|| thousands(freshness.rejected)),
        }
    }
}

/// What is known beside an app's health.
#[derive(Clone, Debug)]
pub(crate) struct Beside {
    /// The companies behind each of the seven.
    pub(crate) companies: [CompaniesBehind; Observation::ALL.len()],
    pub(crate) freshness: Freshness,
}

/// Calls that are judged once their day is over.
#[derive(Debug)]
pub(crate) struct Next {
    pub(crate) calls: String,
    pub(crate) verb: &'static str,
    pub(crate) day: String,
    /// Where they are judged as if it were.
    pub(crate) url: String,
}

/// The app at the top of its pages.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) look: Look,
    /// Whether this is the reserved app of calls that name none.
    pub(crate) unidentified: bool,
    /// Its Integration Health as of the same day.
    pub(crate) health_url: String,
}

impl Head {
    fn new(health: &AppHealth, day: Option<Day>) -> Self {
        let app = &health.app;
        let name = name(app).to_owned();
        Self {
            id: (name != app.id.as_str()).then(|| app.id.to_string()),
            name,
            tags: tags(app),
            look: looks::status_over(health.status, &health.incomplete),
            unidentified: app.id.is_unidentified(),
            health_url: urls::app_health(&app.id, day),
        }
    }
}

/// A status and the observations that have it.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) number: usize,
    pub(crate) look: Look,
    /// Fragment and title of each.
    pub(crate) members: Vec<(&'static str, String)>,
}

/// The card of the API Call Activity Report.
#[derive(Debug)]
pub(crate) struct Report {
    /// `22 Oct – 20 Nov`
    pub(crate) days: String,
    pub(crate) calls: String,
    pub(crate) rows: String,
    pub(crate) url: String,
    /// The same calls in the explorer.
    pub(crate) explore_url: String,
}

impl HealthView {
    /// The view of an app's health; `registered` tells whether the app has more pages than those of its traffic.
    pub(crate) fn new(setting: Setting<'_>, health: &AppHealth, registered: bool, beside: &Beside) -> Self {
        let day = setting.named(health.as_of);
        let app = &health.app;
        let worst = health.status.filter(|status| *status != Status::Healthy);
        let opened = health.observations.iter().find(|row| Some(row.status) == worst).map(|row| row.observation);
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(app, registered, AppTab::Health),
            head: Head::new(health, day),
            when: When::new(setting, health.as_of, |day| urls::app_health(&app.id, day)),
            zone: setting.platform.zone.name().to_owned(),
            today: in_progress(health, setting.today),
            incomplete: Incomplete::new(setting, &health.incomplete),
            span: setting.no_traffic(),
            buckets: buckets(health),
            report: Report {
                days: short_range(health.report.days),
                calls: count(health.report.calls, "call"),
                rows: count(health.report.rows, "row"),
                url: urls::activity_csv(&app.id, day),
                explore_url: urls::activity(&app.id, &Asked::of_days(health.report.days).query(setting.today)),
            },
            rows: health
                .observations
                .iter()
                .map(|observation| {
                    let behind = &beside.companies[observation.observation.index()];
                    let mut row = ObservationRow::new(setting, health, observation, behind);
                    row.open = opened == Some(observation.observation);
                    row
                })
                .collect(),
            fresh: Fresh::new(setting, health, &beside.freshness),
            json_url: urls::health_json(&app.id, day),
            last_call: health.last_call.map(Date::from),
            next: (health.today.calls > 0).then(|| Next {
                calls: count(health.today.calls, "call"),
                verb: if health.today.calls == 1 { "is" } else { "are" },
                day: Date::from(health.as_of).short,
                url: urls::app_health(&app.id, Some(health.as_of.plus(1))),
            }),
            unidentified_url: setting.is_staff().then(|| urls::app_health(&AppId::unidentified(), day)),
        }
    }
}

/// `Today so far: 5,204 calls`, of which nothing counts yet.
fn in_progress(health: &AppHealth, today: Day) -> String {
    let calls = count(health.today.calls, "call");
    if health.as_of == today {
        format!("today so far: {calls}")
    } else {
        format!("{} itself: {calls}, not counted", Date::from(health.as_of).short)
    }
}

fn buckets(health: &AppHealth) -> Vec<Bucket> {
    if health.status.is_none() {
        return Vec::new();
    }
    let Summary { needs_attention, review_recommended, healthy } = health.summary;
    let numbers = [
        (Status::NeedsAttention, needs_attention),
        (Status::ReviewRecommended, review_recommended),
        (Status::Healthy, healthy),
    ];
    let members = |status| {
        let of_status = health.observations.iter().filter(move |row| row.status == status && status != Status::Healthy);
        of_status.map(|row| (row.observation.key(), row.title.clone())).collect()
    };
    let look = |status| looks::status_over(Some(status), &health.incomplete);
    let bucket = |(status, number)| Bucket { number, look: look(status), members: members(status) };
    numbers.into_iter().map(bucket).collect()
}

/// The severity that a strip shows for a day: none without traffic, whatever the observation measures.
pub(crate) fn shown_severity(health: &AppHealth, verdict: &model::DayVerdict) -> Option<Severity> {
    (calls_on(health, verdict.day) > 0 || verdict.base > 0).then_some(verdict.severity)
}

/// The production calls of a day of the window.
pub(crate) fn calls_on(health: &AppHealth, day: Day) -> u64 {
    health.calls.iter().find(|(other, _)| *other == day).map_or(0, |(_, calls)| *calls)
}

/// How many routes one page lists. An app can be made to have far more.
const ROUTES: usize = 250;

/// The page of all routes behind an observation.
#[derive(Debug)]
pub(crate) struct RoutesView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) head: Head,
    pub(crate) title: String,
    pub(crate) look: Look,
    pub(crate) window: String,
    /// `4,812 affected calls on 23 routes, 3.1 % of all`
    pub(crate) extent: String,
    /// What is missing, where days of the window are incomplete.
    pub(crate) incomplete: Option<Incomplete>,
    pub(crate) causes: Vec<CauseRow>,
    /// The way to further routes.
    pub(crate) turns: Option<Turns>,
}

impl RoutesView {
    /// The view of a page of the routes behind one observation of an app.
    pub(crate) fn new(
        setting: Setting<'_>,
        health: &AppHealth,
        registered: bool,
        observation: Observation,
        page: usize,
    ) -> Self {
        let day = setting.named(health.as_of);
        let row = health.observations.iter().find(|row| row.observation == observation);
        let causes = row.map_or(&[][..], |row| &row.causes);
        let url = |page| urls::routes(&health.app.id, observation, day, page);
        let cut = Cut::new(causes.len(), ROUTES, page, "route", url);
        let (affected, base) = row.map_or((0, 0), |row| (row.affected(), row.base()));
        let routes = count(causes.len() as u64, "route");
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            sidebar: Sidebar::new(&health.app, registered, AppTab::Health),
            head: Head::new(health, day),
            title: row.map_or_else(|| observation.key().to_owned(), |row| row.title.clone()),
            look: looks::status_over(row.map(|row| row.status), &health.incomplete),
            window: range(health.window),
            extent: format!(
                "{} on {routes}, {} of those measured",
                count(affected, "affected call"),
                share(affected, base)
            ),
            incomplete: Incomplete::new(setting, &health.incomplete),
            causes: cause_rows(
                causes.get(cut.items).unwrap_or_default(),
                affected,
                400,
                &CallsOf::new(setting, health, observation),
            ),
            turns: cut.turns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_first_row_that_is_not_healthy_is_open() {
        let view = HealthView::new(samples::setting(), &samples::troubled(), true, &samples::beside());
        let open: Vec<bool> = view.rows.iter().map(|row| row.open).collect();
        assert_eq!(open, [true, false, false, false, false, false, false]);
        let clean = HealthView::new(samples::setting(), &samples::clean(), true, &samples::beside());
        assert!(clean.rows.iter().all(|row| !row.open));
    }

    #[test]
    fn without_traffic_there_is_nothing_to_judge() {
        let view = HealthView::new(samples::setting(), &samples::silent(), true, &samples::beside());
        assert_eq!(view.head.look.word, "No API traffic yet");
        assert!(view.rows.is_empty() && view.buckets.is_empty());
    }

    #[test]
    fn the_day_in_progress_is_named_for_what_it_is() {
        let health = samples::troubled();
        let today = samples::today();
        assert_eq!(in_progress(&health, today), "today so far: 5,204 calls");
        assert_eq!(in_progress(&health, today.plus(4)), "20 Nov itself: 5,204 calls, not counted");
    }
}
