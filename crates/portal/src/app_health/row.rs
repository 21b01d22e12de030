//! One of the seven observations: the row, and what it opens to.

use health::{Cause, Explanation, Forecast};
use model::{AppId, Day, DayRange, Observation, Severity, Status};
use service::{AppHealth, CompaniesBehind, ObservationHealth};

use crate::activity::asked::Asked;
use crate::activity::company::CompanyOf;
use crate::app_health::view::{calls_on, shown_severity};
use crate::figures::{Date, count, share, short_range, shorten, thousands};
use crate::looks::{self, Look};
use crate::setting::Setting;
use crate::strip::Strip;
use crate::urls;

/// Routes shown with a bar.
const TOP: usize = 10;
/// Routes behind them that one click shows; further ones have a page of their own, so that pages stay light.
const FOLDED: usize = 12;
/// Characters of a route that a row shows: a hostile path can be very long.
const ROUTE: usize = 160;
/// What is told of a route beside its days.
const NOTES: usize = 4;
/// Companies that a row shows.
const COMPANIES: usize = 5;
/// The longest route that a link names, in bytes.
const LINKED: usize = 500;

/// A row with its details.
#[derive(Debug)]
pub(crate) struct ObservationRow {
    /// Its key, the fragment that leads to it.
    pub(crate) key: &'static str,
    pub(crate) title: String,
    pub(crate) reason: String,
    pub(crate) look: Look,
    pub(crate) strip: Strip,
    pub(crate) affected: String,
    pub(crate) share: String,
    /// What the share is of: `calls`.
    pub(crate) of: &'static str,
    /// When it would read better: the day it clears, the day it would read Review Recommended.
    pub(crate) clears: Option<Date>,
    pub(crate) to_review: Option<Date>,
    /// The same as a sentence.
    pub(crate) forecast: Option<String>,
    pub(crate) rule: String,
    pub(crate) explanation: Explanation,
    /// The affected calls themselves.
    pub(crate) activity_url: String,
    /// Who made them, most calls first.
    pub(crate) companies: Vec<CompanyOf>,
    /// `12 more companies`
    pub(crate) more_companies: Option<String>,
    /// Why there are none, where there are affected calls.
    pub(crate) no_company: &'static str,
    pub(crate) causes: Vec<CauseRow>,
    pub(crate) folded: Vec<CauseRow>,
    /// `others (23 routes)`, their calls and their share.
    pub(crate) others: Option<(String, String, String)>,
    /// Where all of them are listed, if not here.
    pub(crate) all_url: Option<String>,
    /// The heads of the columns that depend on the observation.
    pub(crate) base_head: &'static str,
    pub(crate) affected_head: &'static str,
    /// Newest first.
    pub(crate) days: Vec<DayRow>,
    /// The affected calls of the day in progress, on its own page: `60`.
    pub(crate) so_far: Option<String>,
    /// The day in progress: its name, its calls (none where it is measured against others), the affected.
    pub(crate) today: (String, Option<String>, String),
    /// Whether the row is open from the start.
    pub(crate) open: bool,
}

/// A day of the history.
#[derive(Debug)]
pub(crate) struct DayRow {
    pub(crate) date: Date,
    pub(crate) base: String,
    pub(crate) affected: String,
    pub(crate) share: String,
    pub(crate) look: Look,
}

/// A route behind an observation.
#[derive(Debug)]
pub(crate) struct CauseRow {
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) affected: String,
    pub(crate) share: String,
    /// Its share in whole percent, for the bar.
    pub(crate) percent: u64,
    /// When, and what else is known of it.
    pub(crate) notes: Vec<String>,
    /// Its affected calls.
    pub(crate) url: Option<String>,
}

/// The way from an observation to the calls that show it.
#[derive(Clone, Debug)]
pub(crate) struct CallsOf<'a> {
    app: &'a AppId,
    asked: Asked,
    today: Day,
}

impl<'a> CallsOf<'a> {
    /// The calls of an app that show a problem, within the window of its health.
    pub(crate) fn new(setting: Setting<'_>, health: &'a AppHealth, observation: Observation) -> Self {
        let asked = Asked::of_days(health.window).with(|filter| filter.observation = Some(observation));
        Self { app: &health.app.id, asked, today: setting.today }
    }

    fn url(&self, asked: &Asked) -> String {
        urls::activity(self.app, &asked.query(self.today))
    }

    fn of_cause(&self, cause: &Cause) -> Option<String> {
        let asked = || {
            self.asked.with(|filter| {
                filter.method = Some(cause.method.clone());
                filter.route = Some(cause.route.clone());
            })
        };
        (cause.route.len() <= LINKED && cause.method.len() <= 32).then(|| self.url(&asked()))
    }
}

impl ObservationRow {
    /// The row of an observation of an app.
    pub(crate) fn new(
        setting: Setting<'_>,
        health: &AppHealth,
        observation: &ObservationHealth,
        behind: &CompaniesBehind,
    ) -> Self {
        let today = setting.today;
        let (affected, base) = (observation.affected(), observation.base());
        let (of, base_head, affected_head) = columns(observation.observation);
        let (top, rest) = observation.causes.split_at(observation.causes.len().min(TOP));
        let day = setting.named(health.as_of);
        let calls = CallsOf::new(setting, health, observation.observation);
        let all_url = || urls::routes(&health.app.id, observation.observation, day, 1);
        let Forecast { review_recommended, healthy } = observation.forecast;
        Self {
            key: observation.observation.key(),
            title: observation.title.clone(),
            reason: observation.reason.clone(),
            look: looks::status_over(Some(observation.status), &health.incomplete),
            strip: Strip::new(&severities(health, observation), &health.incomplete),
            affected: thousands(affected),
            share: share(affected, base),
            of,
            clears: healthy.map(Date::from),
            to_review: review_recommended.filter(|review| Some(*review) != healthy).map(Date::from),
            forecast: forecast(observation.status, observation.forecast, health.as_of, today),
            rule: observation.rule.clone(),
            explanation: health::explain(observation.observation, &setting.platform.company_header),
            activity_url: calls.url(&calls.asked),
            companies: CompanyOf::first(behind, affected, COMPANIES, |company| {
                calls.url(&calls.asked.of_company(company))
            }),
            more_companies: CompanyOf::more(behind, COMPANIES),
            no_company: no_company(observation.observation),
            causes: cause_rows(top, affected, ROUTE, &calls),
            folded: folded(rest, affected, &calls),
            others: others(rest, affected),
            all_url: (rest.len() > FOLDED).then(all_url),
            base_head,
            affected_head,
            days: day_rows(health, observation),
            so_far: (health.as_of == today).then(|| thousands(health.today.affected[observation.observation.index()])),
            today: today_row(health, observation.observation, today),
            open: false,
        }
    }
}

/// What the share is of, the head of the column of calls, the head of the column of affected ones.
fn columns(observation: Observation) -> (&'static str, &'static str, &'static str) {
    match observation {
        Observation::Forbidden => ("calls", "Calls", "403s"),
        Observation::NotFound => ("calls", "Calls", "404s"),
        Observation::RateLimited => ("calls", "Calls", "429s"),
        Observation::Unauthorized => ("calls", "Calls", "401s"),
        Observation::MissingCompanyHeader => ("company-scoped calls", "Company-scoped", "Without it"),
        Observation::DeprecatedEndpoint => ("calls", "Calls", "Deprecated"),
        Observation::PrivateEndpoint => ("calls", "Calls", "Private"),
    }
}

fn severities(health: &AppHealth, observation: &ObservationHealth) -> Vec<(Day, Option<Severity>)> {
    observation.days.iter().map(|verdict| (verdict.day, shown_severity(health, verdict))).collect()
}

fn day_rows(health: &AppHealth, observation: &ObservationHealth) -> Vec<DayRow> {
    let row = |verdict: &model::DayVerdict| DayRow {
        date: verdict.day.into(),
        base: thousands(verdict.base),
        affected: thousands(verdict.affected),
        share: if calls_on(health, verdict.day) == 0 && verdict.base == 0 {
            "–".to_owned()
        } else {
            share(verdict.affected, verdict.base)
        },
        look: looks::severity_of_day(shown_severity(health, verdict), health.incomplete.contains(&verdict.day)),
    };
    observation.days.iter().rev().map(row).collect()
}

fn today_row(health: &AppHealth, observation: Observation, today: Day) -> (String, Option<String>, String) {
    let name = if health.as_of == today { "Today so far".to_owned() } else { Date::from(health.as_of).weekday };
    let calls = (observation != Observation::MissingCompanyHeader).then(|| thousands(health.today.calls));
    let affected = health.today.affected.get(observation.index()).copied().unwrap_or(0);
    (name, calls, thousands(affected))
}

/// When it would read better, in a sentence.
fn forecast(status: Status, forecast: Forecast, as_of: Day, today: Day) -> Option<String> {
    let stopped = if as_of == today {
        "If it stopped today".to_owned()
    } else {
        format!("If it stopped on {}", Date::from(as_of).long)
    };
    let from = |status: Status, day: Day| format!("{} from {}", status.title(), Date::from(day).long);
    let review = forecast.review_recommended.filter(|review| Some(*review) != forecast.healthy);
    match (status, review, forecast.healthy) {
        (Status::Healthy, ..) | (_, None, None) => None,
        (_, Some(review), Some(healthy)) => Some(format!(
            "{stopped} it would read {} and {}.",
            from(Status::ReviewRecommended, review),
            from(Status::Healthy, healthy)
        )),
        (_, Some(review), None) => {
            Some(format!("{stopped} it would read {}.", from(Status::ReviewRecommended, review)))
        }
        (_, None, Some(healthy)) => Some(format!("{stopped} it would read {}.", from(Status::Healthy, healthy))),
    }
}

/// Why no company is named.
fn no_company(observation: Observation) -> &'static str {
    match observation {
        Observation::MissingCompanyHeader => "A call without the header names no company.",
        _ => "No company is known of these calls.",
    }
}

/// Routes as rows; routes of more than `most` characters lose their middle.
pub(crate) fn cause_rows<'a>(
    causes: impl IntoIterator<Item = &'a Cause>,
    of: u64,
    most: usize,
    calls: &CallsOf<'_>,
) -> Vec<CauseRow> {
    let row = |cause: &Cause| {
        let mut notes = vec![short_range(DayRange { start: cause.first, end: cause.last })];
        notes.extend(cause.notes.iter().take(NOTES).map(|note| shorten(note, ROUTE)));
        CauseRow {
            method: shorten(&cause.method, 20),
            route: shorten(&cause.route, most),
            affected: thousands(cause.affected),
            share: share(cause.affected, of),
            percent: percent(cause.affected, of),
            notes,
            url: calls.of_cause(cause),
        }
    };
    causes.into_iter().map(row).collect()
}

/// A share in whole percent for a bar: never nothing, never more than all.
pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    u64::try_from(percent).unwrap_or(100).clamp(1, 100)
}

/// The next routes behind the top, without notes.
fn folded(rest: &[Cause], affected: u64, calls: &CallsOf<'_>) -> Vec<CauseRow> {
    let mut rows = cause_rows(rest.iter().take(FOLDED), affected, ROUTE, calls);
    rows.iter_mut().for_each(|row| row.notes.truncate(1));
    rows
}

fn others(rest: &[Cause], affected: u64) -> Option<(String, String, String)> {
    let calls: u64 = rest.iter().map(|cause| cause.affected).sum();
    let name = || format!("others ({})", count(rest.len() as u64, "route"));
    (!rest.is_empty()).then(|| (name(), thousands(calls), share(calls, affected)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn day(text: &str) -> Option<Day> {
        text.parse().ok()
    }

    #[test]
    fn the_forecast_is_a_sentence() {
        let today = samples::today();
        let say = |status, review_recommended, healthy| {
            forecast(status, Forecast { review_recommended, healthy }, today, today).unwrap_or_default()
        };
        assert_eq!(
            say(Status::NeedsAttention, day("2026-11-24"), day("2026-12-05")),
            "If it stopped today it would read Review Recommended from 24 Nov 2026 and Healthy from 5 Dec 2026."
        );
        let healthy = "If it stopped today it would read Healthy from 5 Dec 2026.";
        assert_eq!(say(Status::ReviewRecommended, None, day("2026-12-05")), healthy);
        assert_eq!(say(Status::NeedsAttention, day("2026-12-05"), day("2026-12-05")), healthy);
        assert_eq!(say(Status::Healthy, None, None), "");
    }

    #[test]
    fn routes_beyond_the_top_are_folded_and_then_have_a_page() {
        let row = |routes| {
            let mut health = samples::clean();
            health.observations[0].causes = samples::causes(routes);
            ObservationRow::new(samples::setting(), &health, &health.observations[0], &CompaniesBehind::default())
        };
        let few = row(10);
        assert_eq!((few.causes.len(), few.folded.len(), few.others, few.all_url), (10, 0, None, None));
        let some = row(22);
        assert_eq!((some.causes.len(), some.folded.len(), some.all_url), (10, 12, None));
        assert_eq!(some.others.map(|others| others.0).as_deref(), Some("others (12 routes)"));
        let many = row(5000);
        assert_eq!((many.causes.len(), many.folded.len()), (10, 12));
        assert_eq!(many.all_url.as_deref(), Some("/apps/clean/health/forbidden/routes"));
    }

    #[test]
    fn a_day_without_calls_reads_no_traffic() {
        let health = samples::troubled();
        let behind = CompaniesBehind::default();
        let row = ObservationRow::new(samples::setting(), &health, &health.observations[0], &behind);
        let words: Vec<&str> = row.days.iter().map(|day| day.look.word).collect();
        assert_eq!(words[0], "Critical");
        assert_eq!(words[13], "No traffic", "the oldest is last");
        assert_eq!(row.days[13].share, "–");
    }
}
