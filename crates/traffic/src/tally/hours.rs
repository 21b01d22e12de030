//! How many calls each hour has.

use model::UnixMillis;

const HOUR_MILLIS: i64 = 60 * 60 * 1000;

/// How many hours are gone through before a list is put in order: a log most often has one, or a few in turn.
const FEW: usize = 64;

/// Calls by hour, added to one hour after the other.
#[derive(Debug, Default)]
pub(super) struct Hours {
    hour: i64,
    calls: u64,
    known: Vec<(i64, u64)>,
    /// How long the list may grow before equal hours in it are put together.
    limit: usize,
}

impl Hours {
    /// Adds a call.
    #[inline]
    pub(super) fn add(&mut self, at: UnixMillis) {
        let since = at.0.wrapping_sub(self.hour.wrapping_mul(HOUR_MILLIS));
        if !(0..HOUR_MILLIS).contains(&since) {
            self.turn_to(at.0.div_euclid(HOUR_MILLIS));
        }
        self.calls += 1;
    }

    #[cold]
    fn turn_to(&mut self, hour: i64) {
        self.put_away();
        self.hour = hour;
        if self.known.len() > self.limit.max(FEW) {
            self.join();
            self.limit = self.known.len() * 2;
        }
    }

    fn put_away(&mut self) {
        let calls = std::mem::take(&mut self.calls);
        if calls > 0 {
            match self.known.iter_mut().rev().take(4).find(|(known, _)| *known == self.hour) {
                Some((_, sum)) => *sum += calls,
                None => self.known.push((self.hour, calls)),
            }
        }
    }

    /// Puts equal hours together.
    fn join(&mut self) {
        self.known.sort_unstable_by_key(|(hour, _)| *hour);
        self.known.dedup_by(|(hour, calls), (kept, sum)| {
            let same = hour == kept;
            *sum += if same { *calls } else { 0 };
            same
        });
    }

    /// Takes all out: each hour once, in order.
    pub(super) fn take(&mut self) -> Vec<(i64, u64)> {
        self.put_away();
        self.join();
        self.limit = 0;
        std::mem::take(&mut self.known)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_counts_like_a_map(instants in prop::collection::vec(-400_000_000i64..400_000_000, 0..600)) {
            let (mut hours, mut map) = (Hours::default(), BTreeMap::new());
            for _ in 0..2 {
                map.clear();
                for at in &instants {
                    hours.add(UnixMillis(*at));
                    *map.entry(at.div_euclid(3_600_000)).or_insert(0) += 1;
                }
                prop_assert_eq!(hours.take(), map.clone().into_iter().collect::<Vec<_>>());
            }
        }
    }
}
