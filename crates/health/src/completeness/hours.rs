//! Calls by hour, made for looking up many of them.

use std::collections::VecDeque;

use model::Hour;

/// How many hours apart the first and the last may lie: some 57 years. What lies farther from what came first is left out.
const MOST: i64 = 500_000;

/// Calls by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HourlyCalls {
    /// The hour of the first place.
    start: Option<Hour>,
    calls: VecDeque<u64>,
}

impl HourlyCalls {
    /// The calls of an hour.
    #[must_use]
    pub fn get(&self, hour: Hour) -> u64 {
        let Some(start) = self.start else { return 0 };
        let place = usize::try_from(hour.epoch_hours() - start.epoch_hours()).ok();
        place.and_then(|place| self.calls.get(place)).copied().unwrap_or(0)
    }

    /// Sets the calls of an hour.
    pub fn set(&mut self, hour: Hour, calls: u64) {
        let start = *self.start.get_or_insert(hour);
        let mut place = hour.epoch_hours() - start.epoch_hours();
        let after_last = i64::try_from(self.calls.len()).unwrap_or(i64::MAX);
        if place > MOST || after_last - place > MOST {
            return;
        }
        if place < 0 {
            (place..0).for_each(|_| self.calls.push_front(0));
            self.start = Some(hour);
            place = 0;
        }
        let place = usize::try_from(place).unwrap_or(0);
        if place >= self.calls.len() {
            self.calls.resize(place + 1, 0);
        }
        if let Some(found) = self.calls.get_mut(place) {
            *found = calls;
        }
    }

    /// The last hour that was set.
    #[must_use]
    pub fn last(&self) -> Option<Hour> {
        let count = i64::try_from(self.calls.len()).unwrap_or(i64::MAX);
        self.start.filter(|_| count > 0).map(|start| start.plus(count - 1))
    }

    /// The calls of all hours from one to another, both included.
    #[must_use]
    pub fn sum(&self, from: Hour, to: Hour) -> u64 {
        (from.epoch_hours()..=to.epoch_hours())
            .fold(0, |sum: u64, hour| sum.saturating_add(self.get(Hour::from_epoch_hours(hour))))
    }
}

impl FromIterator<(Hour, u64)> for HourlyCalls {
    fn from_iter<I: IntoIterator<Item = (Hour, u64)>>(hours: I) -> Self {
        let mut all = Self::default();
        hours.into_iter().for_each(|(hour, calls)| all.set(hour, calls));
        all
    }
}
