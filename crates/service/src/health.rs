//! The Integration Health of one app.

use health::{Cause, Surface};
use model::{AppId, Day, DayRange, DayVerdict, Environment, Observation, Status, Tally};

use crate::overview::{severities, summary};
use crate::report::row_count;
use crate::view::{AppHealth, ObservationHealth, ReportSummary, TodaySoFar};
use crate::{Error, REPORT_DAYS, Steadfast};

impl Steadfast {
    /// The Integration Health of an app as of a day.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn health(&self, app: &AppId, as_of: Day) -> Result<AppHealth, Error> {
        let app = self.known(app).await?;
        self.settle_routes().await?;
        let window = DayRange::before(as_of, health::WINDOW_DAYS);
        let report = DayRange::before(as_of, REPORT_DAYS);
        let longest = REPORT_DAYS.max(self.rules.roll_up.no_traffic_days);
        let read = DayRange { start: DayRange::before(as_of, longest).start, end: as_of };
        let tallies = self.store.tallies(&app.id, Environment::Production, read).await?;
        let surface = self.surface().await?;
        let calls_in = |days: DayRange| calls(tallies.iter().filter(|tally| days.contains(tally.day)));
        let traffic = calls_in(DayRange::before(as_of, self.rules.roll_up.no_traffic_days)) > 0;
        let before = || tallies.iter().rev().map(|tally| tally.day).find(|day| *day < as_of);
        let last_call = if traffic { before() } else { self.last_call(&app.id, as_of).await? };
        let observations = if traffic { self.observations(as_of, window, &tallies, &surface) } else { Vec::new() };
        let statuses: Vec<Status> = observations.iter().map(|observation| observation.status).collect();
        let reported = || tallies.iter().filter(|tally| report.contains(tally.day));
        let incomplete = self.completeness().await?.days.of_app(&app.id, window);
        let today = health::judge_day(as_of, &tallies, &surface, &self.rules);
        Ok(AppHealth {
            app,
            as_of,
            window,
            status: statuses.iter().max().copied(),
            summary: summary(&statuses),
            observations,
            calls: window.iter().map(|day| (day, calls_in(DayRange::only(day)))).collect(),
            incomplete,
            last_call,
            report: ReportSummary { days: report, calls: calls(reported()), rows: row_count(reported()) },
            today: TodaySoFar {
                calls: calls_in(DayRange::only(as_of)),
                affected: today.map(|verdict| verdict.affected),
            },
        })
    }

    /// The last day before `as_of` on which the app made production calls.
    async fn last_call(&self, app: &AppId, as_of: Day) -> Result<Option<Day>, Error> {
        let kept = DayRange::before(as_of, self.retention_days);
        self.judge_within(Some(app), kept).await?;
        let verdicts = self.store.verdicts(Some(app), kept).await?;
        Ok(verdicts.iter().rev().find(|day| day.calls > 0).map(|day| day.verdicts[0].day))
    }

    /// The seven, judged here and now from the counts: saved verdicts are for lists of many apps.
    fn observations(
        &self,
        as_of: Day,
        window: DayRange,
        tallies: &[Tally],
        surface: &Surface,
    ) -> Vec<ObservationHealth> {
        let tallies: Vec<Tally> = tallies.iter().filter(|tally| window.contains(tally.day)).cloned().collect();
        let judged: Vec<[DayVerdict; 7]> = window
            .iter()
            .map(|day| {
                // Tallies come by day.
                let start = tallies.partition_point(|tally| tally.day < day);
                let end = tallies.partition_point(|tally| tally.day <= day);
                health::judge_day(day, &tallies[start..end], surface, &self.rules)
            })
            .collect();
        let causes = health::all_causes(&tallies, surface, &self.rules);
        Observation::ALL
            .into_iter()
            .zip(causes)
            .map(|(observation, causes)| {
                let days = judged.iter().map(|verdicts| verdicts[observation.index()]).collect();
                self.observation(observation, as_of, days, causes, !tallies.is_empty())
            })
            .collect()
    }

    fn observation(
        &self,
        observation: Observation,
        as_of: Day,
        days: Vec<DayVerdict>,
        causes: Vec<Cause>,
        traffic: bool,
    ) -> ObservationHealth {
        let severities = severities(&days);
        ObservationHealth {
            observation,
            title: observation.title(&self.platform.company_header),
            status: health::roll_up(&severities, &self.rules.roll_up),
            reason: health::reason(&severities, traffic, &self.rules.roll_up),
            forecast: health::forecast(&severities, as_of, &self.rules.roll_up),
            days,
            rule: health::rule_in_words(observation, &self.rules),
            causes,
        }
    }
}

/// How many calls these are together.
fn calls<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> u64 {
    tallies.into_iter().map(|tally| tally.counts.calls).sum()
}
