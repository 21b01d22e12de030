//! The days of instants, looked up in the zone only when a day is new.

use model::{Day, PlatformZone, UnixMillis};

/// For how many days (of UTC) two days of the zone are remembered.
const REMEMBERED: usize = 256;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The platform's zone with the days seen last.
#[derive(Debug)]
pub(super) struct Days {
    zone: PlatformZone,
    last: Known,
    /// By day of UTC, which two days of the zone share, or three where the zone's offset changes.
    known: Vec<[Known; 2]>,
}

/// A day with its first instant and the first of the next.
#[derive(Clone, Copy, Debug)]
struct Known {
    day: Day,
    start: UnixMillis,
    end: UnixMillis,
}

impl Known {
    #[inline]
    fn has(&self, at: UnixMillis) -> bool {
        self.start <= at && at < self.end
    }
}

impl Days {
    pub(super) fn new(zone: PlatformZone) -> Self {
        let nothing = Known { day: Day::from_epoch_days(0), start: UnixMillis(0), end: UnixMillis(0) };
        Self { zone, last: nothing, known: Vec::new() }
    }

    /// The day of an instant.
    #[inline]
    pub(super) fn day_of(&mut self, at: UnixMillis) -> Day {
        if !self.last.has(at) {
            self.last = self.look_up(at);
        }
        self.last.day
    }

    fn look_up(&mut self, at: UnixMillis) -> Known {
        if self.known.is_empty() {
            self.known = vec![[self.last; 2]; REMEMBERED];
        }
        let place = usize::try_from(at.0.div_euclid(DAY_MILLIS).rem_euclid(REMEMBERED as i64)).unwrap_or(0);
        if let Some(known) = self.known[place].iter().find(|known| known.has(at)) {
            return *known;
        }
        let (day, start, end) = self.zone.day_with_bounds(at);
        let new = Known { day, start, end };
        self.known[place] = [new, self.known[place][0]];
        new
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
                    for at in [*at, *at + 500 * DAY_MILLIS, -*at] {
                        prop_assert_eq!(days.day_of(UnixMillis(at)), zone.day_of(UnixMillis(at)));
                    }
                }
            }
        }
    }
}
