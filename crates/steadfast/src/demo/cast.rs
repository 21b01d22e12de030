//! The cast: every app of the demonstration with its story, its habits and its faults, and the statuses that
//! these must come to under the default thresholds, on whatever weekday the demonstration runs.
//!
//! Ages count complete days back from today: age 0 is yesterday, age -1 the day in progress.

use model::{App, AppId, Component, Distribution, Observation, Status};

use super::profiles::CAST;

/// An app's story: what happens to it, where to look, and what its health page must say.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "tests hold the traffic against what the story promises"))]
pub(crate) struct Story {
    /// The app's id.
    pub(crate) app: &'static str,
    /// What people call it; the id for an app that was never registered.
    pub(crate) name: &'static str,
    /// The story in one line.
    pub(crate) story: &'static str,
    /// What to look at on its page, in one line.
    pub(crate) look_at: &'static str,
    /// Whether it has production traffic; without, it has no status.
    pub(crate) has_traffic: bool,
    /// The observations that are not Healthy, with the status they come to.
    pub(crate) intended: &'static [(Observation, Status)],
}

#[cfg(test)]
impl Story {
    /// The status that one observation must come to; none without traffic.
    pub(crate) fn status(&self, observation: Observation) -> Option<Status> {
        let intended = self.intended.iter().find(|(of, _)| *of == observation).map(|(_, status)| *status);
        self.has_traffic.then(|| intended.unwrap_or(Status::Healthy))
    }

    /// The status that the app must come to: the worst of its seven; none without traffic.
    pub(crate) fn app_status(&self) -> Option<Status> {
        Observation::ALL.into_iter().filter_map(|observation| self.status(observation)).max()
    }
}

/// The stories, of registered apps first, then of those that only traffic tells of.
pub(crate) fn stories() -> impl Iterator<Item = Story> {
    CAST.iter().map(|profile| profile.story)
}

/// The registered apps.
pub(crate) fn apps() -> Vec<App> {
    let registered = |profile: &Profile| {
        let id: AppId = profile.story.app.parse().ok()?;
        let components = profile.components.to_vec();
        let name = profile.story.name.to_owned();
        Some(App { id, name, components, distribution: Some(profile.distribution?), discovered: false })
    };
    CAST.iter().filter_map(registered).collect()
}

/// When within a day calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hours {
    /// While people are at work, seen from UTC by a platform used in America.
    Office,
    /// Jobs around the clock, more of them at night.
    Jobs,
    /// At any time alike.
    Flat,
    /// In the small hours.
    Night,
    /// In a burst each time a token of 90 minutes has run out.
    TokenExpiry,
}

/// How calls go down at weekends, in per cent of a weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weekend(pub(super) u32);

/// On which days a fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Every,
    Weekends,
    /// Since the day of this age, today included.
    Since(i32),
    /// From the day of one age to the day of a lower one.
    Between(i32, i32),
}

impl When {
    pub(super) fn holds(self, age: i32, weekend: bool) -> bool {
        match self {
            Self::Every => true,
            Self::Weekends => weekend,
            Self::Since(first) => age <= first,
            Self::Between(first, last) => (last..=first).contains(&age),
        }
    }
}

/// What is wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An ordinary call refused with a status, for a reason that the gateway logs.
    Refused(u16, &'static str),
    /// A call of a company-scoped route without the company header.
    Headerless,
    /// A call of one particular operation, by method and whole template, documented or not.
    On { method: &'static str, template: &'static str, refused: Option<(u16, &'static str)> },
}

/// A fault of an app: so many calls of a kind on some days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) what: What,
    pub(super) when: When,
    /// At least so many calls on such a day …
    pub(super) at_least: u32,
    /// … or this share of the day's ordinary calls, if that is more.
    pub(super) per_mille: u32,
    pub(super) hours: Hours,
    /// Only for this company, by its place in the app's list of companies.
    pub(super) company: Option<u8>,
    /// Made by the app's service account.
    pub(super) service: bool,
}

/// Everything about one app.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    pub(super) story: Story,
    pub(super) components: &'static [Component],
    /// None for what nobody registered.
    pub(super) distribution: Option<Distribution>,
    /// Parts of the templates that it calls.
    pub(super) tools: &'static [&'static str],
    /// Ordinary production calls on a weekday, at first.
    pub(super) weekday_calls: u32,
    pub(super) weekend: Weekend,
    pub(super) hours: Hours,
    /// Growth of the ordinary calls, in per mille a day.
    pub(super) growth: u32,
    /// The age of its first day.
    pub(super) first_age: i32,
    /// Ordinary calls in per cent since the day of an age.
    pub(super) surge: Option<(i32, u32)>,
    /// In how many companies it is installed.
    pub(super) companies: u8,
    /// Ordinary calls by its service account, in per mille.
    pub(super) service_calls: u32,
    /// Sandbox calls a day.
    pub(super) sandbox_calls: u32,
    /// What it calls itself; `{v}` stands for the version.
    pub(super) agent: &'static str,
    /// Its versions, each from the day of an age on, oldest first.
    pub(super) versions: &'static [(i32, &'static str)],
    pub(super) faults: &'static [Fault],
}

/// A day of the month before the window on which the platform itself stumbled: for some minutes many calls got 503.
pub(super) const PLATFORM_INCIDENT_AGE: i32 = 17;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use model::AppType;

    use Distribution::{Custom, Marketplace};

    use super::*;

    #[test]
    fn twelve_apps_of_every_type_and_both_distributions() {
        let apps = apps();
        assert_eq!(apps.len(), 12);
        assert_eq!(apps.iter().map(|app| app.id.clone()).collect::<HashSet<_>>().len(), 12);
        let kinds: HashSet<_> = apps.iter().filter_map(|app| Some((app.app_type()?, app.distribution?))).collect();
        for app_type in [AppType::DataConnection, AppType::Embedded, AppType::Hybrid] {
            for distribution in [Custom, Marketplace] {
                assert!(kinds.contains(&(app_type, distribution)), "{app_type:?} {distribution:?}");
            }
        }
    }

    #[test]
    fn the_stories_cover_every_observation_and_every_status() {
        for observation in Observation::ALL {
            assert!(stories().any(|story| story.status(observation) > Some(Status::Healthy)), "{observation:?}");
        }
        let statuses: HashSet<_> = stories().map(|story| story.app_status()).collect();
        assert_eq!(statuses.len(), 4, "all three and none");
        assert!(stories().all(|story| !story.story.is_empty() && !story.look_at.is_empty()));
    }
}
