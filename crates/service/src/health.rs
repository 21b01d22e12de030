//! The Integration Health of one app.

use model::{AppId, Day, DayRange, DayVerdict, Environment, Observation, Status, Tally};
use store::DayVerdicts;

use crate::overview::{days_of, severities, summary};
use crate::view::{AppHealth, ObservationHealth, ReportSummary, TodaySoFar};
use crate::{Error, REPORT_DAYS, Steadfast, judge, report};
use health::Cause;

impl Steadfast {
    /// The Integration Health of an app as of a day.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn health(&self, app: &AppId, as_of: Day) -> Result<AppHealth, Error> {
        let app = self.known(app).await?;
        self.judge().await?;
        let window = DayRange::before(as_of, health::WINDOW_DAYS);
        let days = DayRange::before(as_of, REPORT_DAYS);
        let tallies = self.store.tallies(&app.id, Environment::Production, days).await?;
        let calls: u64 = tallies.iter().map(|tally| tally.counts.calls).sum();
        let traffic = self.has_traffic(&app.id, as_of).await?;
        let verdicts = self.store.verdicts(Some(&app.id), DayRange { start: window.start, end: as_of }).await?;
        let observations =
            if traffic { self.observations(as_of, window, &verdicts, &tallies).await? } else { Vec::new() };
        let statuses: Vec<Status> = observations.iter().map(|observation| observation.status).collect();
        let calls_on = |day: Day| verdicts.iter().find(|of| of.verdicts[0].day == day).map_or(0, |of| of.calls);
        let today = verdicts.iter().find(|of| of.verdicts[0].day == as_of);
        Ok(AppHealth {
            app,
            as_of,
            window,
            status: statuses.iter().max().copied(),
            summary: summary(&statuses),
            observations,
            calls: window.iter().map(|day| (day, calls_on(day))).collect(),
            report: ReportSummary { days, calls, rows: report::rows(&tallies).len() as u64 },
            today: today
                .map_or_else(TodaySoFar::default, |of| TodaySoFar { calls: of.calls, affected: judge::affected(of) }),
        })
    }

    /// Whether the app made production calls recently enough to have a status.
    async fn has_traffic(&self, app: &AppId, as_of: Day) -> Result<bool, Error> {
        let days = DayRange::before(as_of, self.rules.roll_up.no_traffic_days);
        Ok(self.store.verdicts(Some(app), days).await?.iter().any(|day| day.calls > 0))
    }

    async fn observations(
        &self,
        as_of: Day,
        window: DayRange,
        verdicts: &[DayVerdicts],
        tallies: &[Tally],
    ) -> Result<Vec<ObservationHealth>, Error> {
        let surface = self.surface().await?;
        let tallies: Vec<Tally> = tallies.iter().filter(|tally| window.contains(tally.day)).cloned().collect();
        let traffic = verdicts.iter().any(|of| of.calls > 0 && window.contains(of.verdicts[0].day));
        let causes = health::all_causes(&tallies, &surface, &self.rules);
        Ok(Observation::ALL
            .into_iter()
            .zip(causes)
            .map(|(observation, causes)| {
                self.observation(observation, as_of, days_of(observation, window, verdicts), causes, traffic)
            })
            .collect())
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
