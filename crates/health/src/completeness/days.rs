//! Which days of the platform are incomplete, for all apps and for single ones.

use std::collections::{BTreeMap, BTreeSet};

use model::{AppId, Day, DayRange, PlatformZone};

use super::{Gap, SourceRecord};

/// The days with a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncompleteDays {
    /// For every app.
    all: BTreeSet<Day>,
    /// For single apps besides.
    of_app: BTreeMap<AppId, BTreeSet<Day>>,
}

impl IncompleteDays {
    /// Whether a day of an app is incomplete.
    #[must_use]
    pub fn contains(&self, app: &AppId, day: Day) -> bool {
        self.all.contains(&day) || self.of_app.get(app).is_some_and(|days| days.contains(&day))
    }

    /// The incomplete days of an app among these, oldest first.
    #[must_use]
    pub fn of_app(&self, app: &AppId, days: DayRange) -> Vec<Day> {
        self.joined(self.of_app.get(app).into_iter(), days)
    }

    /// The days among these that are incomplete for any app, oldest first.
    #[must_use]
    pub fn of_any(&self, days: DayRange) -> Vec<Day> {
        self.joined(self.of_app.values(), days)
    }

    /// Whether no day is incomplete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.of_app.is_empty()
    }

    /// Adds a day of an app.
    pub fn add_of_app(&mut self, app: &AppId, day: Day) {
        self.of_app.entry(app.clone()).or_default().insert(day);
    }

    fn joined<'a>(&'a self, more: impl Iterator<Item = &'a BTreeSet<Day>>, days: DayRange) -> Vec<Day> {
        if days.is_empty() {
            return Vec::new();
        }
        let sets = std::iter::once(&self.all).chain(more);
        let found: BTreeSet<Day> = sets.flat_map(|set| set.range(days.start..=days.end)).copied().collect();
        found.into_iter().collect()
    }

    fn add(&mut self, days: impl Iterator<Item = Day>, apps: Option<&BTreeSet<AppId>>) {
        match apps {
            None => self.all.extend(days),
            Some(apps) => {
                let days: Vec<Day> = days.collect();
                for app in apps {
                    self.of_app.entry(app.clone()).or_default().extend(&days);
                }
            }
        }
    }
}

/// The days within `judged` (those that are over and kept) that a gap of one of the sources touches.
#[must_use]
pub fn incomplete_days<'a>(
    sources: impl IntoIterator<Item = (&'a SourceRecord, &'a [Gap])>,
    zone: &PlatformZone,
    judged: DayRange,
) -> IncompleteDays {
    let mut incomplete = IncompleteDays::default();
    let (start, end) = (zone.start_of(judged.start), zone.start_of(judged.end.plus(1)));
    for (source, gaps) in sources {
        for gap in gaps {
            let (from, until) = (gap.from.max(start), gap.until.min(end));
            if from < until {
                let days = DayRange { start: zone.day_of(from), end: zone.day_of(until.plus_millis(-1)) };
                incomplete.add(days.iter(), source.apps.as_ref());
            }
        }
    }
    incomplete
}
