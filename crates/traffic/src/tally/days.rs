//! The days of instants, looked up in the zone only when a day is new.

use model::{Day, PlatformZone, UnixMillis};

/// How many days are remembered.
const REMEMBERED: usize = 8;

/// The platform's zone with the days seen last.
#[derive(Debug)]
pub(super) struct Days {
    zone: PlatformZone,
    /// Day, first instant, first instant of the next; the one used last comes first.
    recent: Vec<(Day, UnixMillis, UnixMillis)>,
}

impl Days {
    pub(super) fn new(zone: PlatformZone) -> Self {
        Self { zone, recent: Vec::with_capacity(REMEMBERED) }
    }

    /// The day of an instant.
    #[inline]
    pub(super) fn day_of(&mut self, at: UnixMillis) -> Day {
        match self.recent.first() {
            Some((day, start, end)) if *start <= at && at < *end => *day,
            _ => self.look_up(at),
        }
    }

    fn look_up(&mut self, at: UnixMillis) -> Day {
        let known = self.recent.iter().position(|(_, start, end)| *start <= at && at < *end);
        if let Some(position) = known {
            self.recent.swap(0, position);
        } else {
            self.recent.truncate(REMEMBERED - 1);
            self.recent.push(self.zone.day_with_bounds(at));
            let last = self.recent.len() - 1;
            self.recent.swap(0, last);
        }
        self.recent.first().map_or_else(|| self.zone.day_of(at), |(day, _, _)| *day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn remembered_days_are_those_of_the_zone(instants in prop::collection::vec(1_700_000_000_000i64..1_703_000_000_000, 1..200)) {
            for name in ["UTC", "America/New_York", "Asia/Kathmandu"] {
                let zone = PlatformZone::named(name).unwrap();
                let mut days = Days::new(zone.clone());
                for at in &instants {
                    prop_assert_eq!(days.day_of(UnixMillis(*at)), zone.day_of(UnixMillis(*at)));
                }
            }
        }
    }
}
