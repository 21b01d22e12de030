//! A hash table from packed keys to counts, made for adding one call at a time.
//!
//! Open addressing with the counts beside the key, so that a call costs one place in memory. Calls are staged
//! first and added in a short loop, in which the processor waits for several places at once.

use std::hint::black_box;

use model::{Counts, Day, Environment};

/// What counts are of, in few bytes.
pub(super) trait Packed: Copy + Default + PartialEq {
    fn hash(self) -> usize;
}

/// What counts are of, in 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    app_and_route: u64,
    /// Method 32 bits, day 22, status 9, environment 1.
    rest: u64,
}

/// The first day there is; see [`Day::from_epoch_days`].
const FIRST_DAY: i32 = -719_528;
const FIRST_STATUS: u16 = 100;

impl Key {
    /// Packs a key; the status is one from 100 to 599.
    #[inline]
    pub(super) fn new(app: u32, route: u32, method: u32, day: Day, status: u16, environment: Environment) -> Self {
        let day = u64::from(day.epoch_days().abs_diff(FIRST_DAY)) & 0x3f_ffff;
        let status = u64::from(status.saturating_sub(FIRST_STATUS)) & 0x1ff;
        let sandbox = u64::from(environment == Environment::Sandbox);
        Self {
            app_and_route: u64::from(app) << 32 | u64::from(route),
            rest: u64::from(method) << 32 | day << 10 | status << 1 | sandbox,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "takes the key apart again")]
    pub(super) fn parts(self) -> (u32, u32, u32, Day, u16, Environment) {
        let day = FIRST_DAY + (self.rest >> 10 & 0x3f_ffff) as i32;
        let status = (self.rest >> 1 & 0x1ff) as u16 + FIRST_STATUS;
        let environment = if self.rest & 1 == 1 { Environment::Sandbox } else { Environment::Production };
        let (app, route) = ((self.app_and_route >> 32) as u32, self.app_and_route as u32);
        (app, route, (self.rest >> 32) as u32, Day::from_epoch_days(day), status, environment)
    }
}

impl Packed for Key {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the hash is masked to the table's size")]
    fn hash(self) -> usize {
        let product =
            u128::from(self.app_and_route ^ 0x2545_f491_4f6c_dd1d) * u128::from(self.rest ^ 0x9e37_79b9_7f4a_7c15);
        (product as u64 ^ (product >> 64) as u64) as usize
    }
}

/// A key of calls that show a problem, which are counted by company too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ProblemKey {
    pub(super) key: Key,
    pub(super) company: u32,
}

impl Packed for ProblemKey {
    #[inline]
    fn hash(self) -> usize {
        self.key.hash() ^ (self.company as usize).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize).rotate_right(32)
    }
}

/// Whose calls without header: the position of a count within an entry.
#[inline]
pub(super) fn class(header_absent: bool, service: bool) -> u8 {
    u8::from(header_absent) | u8::from(service) << 1
}

/// Counts by [`class`]; all zero in a free place of the table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry<K> {
    pub(super) key: K,
    classes: [u32; 4],
}

impl<K> Entry<K> {
    #[inline]
    fn is_free(&self) -> bool {
        self.classes == [0; 4]
    }

    pub(super) fn counts(&self) -> Counts {
        let [plain, absent, service, service_absent] = self.classes.map(u64::from);
        Counts {
            calls: plain + absent + service + service_absent,
            header_absent: absent + service_absent,
            service_calls: service + service_absent,
            service_header_absent: service_absent,
        }
    }
}

/// How many calls are staged before they are added.
const STAGED: usize = 64;
const SMALLEST: usize = 1024;

/// Counts by key.
#[derive(Debug, Default)]
pub(super) struct Counter<K> {
    /// A power of two of places, at most two thirds of them taken.
    places: Vec<Entry<K>>,
    taken: usize,
    staged: Vec<(K, u8)>,
    /// Entries of which a count was full; their key may occur again in `places`.
    full: Vec<Entry<K>>,
    /// How many places it had when it was last taken.
    had: usize,
}

impl<K: Packed> Counter<K> {
    /// Adds a call, at the latest when [`Counter::flush`] is called.
    #[inline]
    pub(super) fn add(&mut self, key: K, class: u8) {
        self.staged.push((key, class));
        if self.staged.len() >= STAGED {
            self.flush();
        }
    }

    /// Adds what is staged.
    pub(super) fn flush(&mut self) {
        self.make_room(self.staged.len());
        let mut staged = std::mem::take(&mut self.staged);
        self.look_for(staged.iter().map(|(key, _)| *key));
        for (key, class) in staged.drain(..) {
            self.place(key, class);
        }
        self.staged = staged;
    }

    /// Looks where keys are that are to be added. Nothing here waits for anything before, so that memory is asked for all
    /// places at once.
    pub(super) fn look_for(&self, keys: impl Iterator<Item = K>) {
        let mask = self.places.len().wrapping_sub(1);
        let touched = |key: K| self.places.get(key.hash() & mask).map_or(0, |entry| u64::from(entry.classes[0]));
        black_box(keys.map(touched).sum::<u64>());
    }

    /// Adds a call at once. Tells whether it is the first of its key.
    pub(super) fn add_now(&mut self, key: K, class: u8) -> bool {
        self.make_room(1);
        self.place(key, class)
    }

    #[inline]
    fn make_room(&mut self, keys: usize) {
        if (self.taken + keys) * 3 > self.places.len() * 2 {
            self.grow();
        }
    }

    /// Adds a call where there is room for its key.
    #[inline]
    fn place(&mut self, key: K, class: u8) -> bool {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = key.hash();
        while let Some(entry) = self.places.get_mut(at & mask) {
            let free = entry.is_free();
            if !free && entry.key != key {
                at += 1;
                continue;
            }
            self.taken += usize::from(free);
            entry.key = key;
            let count = &mut entry.classes[usize::from(class & 3)];
            if *count == u32::MAX {
                self.full.push(*entry);
                *entry = Entry { key, classes: [0; 4] };
            }
            entry.classes[usize::from(class & 3)] += 1;
            return free;
        }
        false
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(self.had).max(SMALLEST);
        let old = std::mem::replace(&mut self.places, vec![Entry::default(); size]);
        for entry in old.into_iter().filter(|entry| !entry.is_free()) {
            let mut at = entry.key.hash();
            while let Some(place) = self.places.get_mut(at & (size - 1)) {
                if place.is_free() {
                    *place = entry;
                    break;
                }
                at += 1;
            }
        }
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.taken + self.full.len() + self.staged.len()
    }

    /// Takes all out, and leaves an empty one.
    pub(super) fn take(&mut self) -> Self {
        self.flush();
        let taken = std::mem::take(self);
        self.had = if taken.taken > 0 { taken.places.len() } else { taken.had };
        taken
    }

    /// Gives back the memory of free places. Nothing may be added any more.
    pub(super) fn shrink(&mut self) {
        self.places.retain(|place| !place.is_free());
        self.places.shrink_to_fit();
    }

    /// The counts, in no particular order; a key may occur more than once. To be asked when all staged is added.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry<K>> {
        self.full.iter().chain(self.places.iter().filter(|place| !place.is_free()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_keep_what_they_are_made_of() {
        for environment in [Environment::Production, Environment::Sandbox] {
            for (day, status) in [(-719_528, 100), (2_932_896, 599), (20_777, 200)] {
                let day = Day::from_epoch_days(day);
                let key = Key::new(u32::MAX, 7, u32::MAX - 1, day, status, environment);
                assert_eq!(key.parts(), (u32::MAX, 7, u32::MAX - 1, day, status, environment));
            }
        }
    }

    #[test]
    fn a_full_count_goes_on_in_a_second_entry() {
        let key = Key::new(1, 2, 3, Day::from_epoch_days(4), 200, Environment::Production);
        let mut counter = Counter::default();
        counter.add(key, 0);
        counter.flush();
        for entry in counter.places.iter_mut().filter(|entry| !entry.is_free()) {
            entry.classes[0] = u32::MAX;
        }
        counter.add(key, 0);
        counter.add(key, 1);
        let mut sum = Counts::default();
        counter.take().iter().for_each(|entry| sum += entry.counts());
        assert_eq!(sum.calls, u64::from(u32::MAX) + 2);
        assert_eq!(sum.header_absent, 1);
    }

    #[test]
    fn the_first_of_a_key_is_told() {
        let mut counter = Counter::default();
        let key = |company| ProblemKey { company, ..ProblemKey::default() };
        for first in [true, false] {
            for company in 0..3000 {
                assert_eq!(counter.add_now(key(company), 1), first, "{company}");
            }
        }
    }

    proptest! {
        #[test]
        fn it_counts_like_a_map(calls in prop::collection::vec((0u32..40, 0u32..40, 0u16..4, 0u8..4), 0..5000)) {
            let mut counter = Counter::default();
            for _ in 0..2 {
                let mut map: HashMap<(u32, u32, u16), [u64; 4]> = HashMap::new();
                for (app, route, status, class) in calls.iter().copied() {
                    let key = Key::new(app, route, 0, Day::from_epoch_days(20_000), 200 + status, Environment::Production);
                    counter.add(key, class);
                    map.entry((app, route, 200 + status)).or_default()[usize::from(class)] += 1;
                }
                let mut taken = counter.take();
                prop_assert_eq!(counter.len(), 0);
                taken.shrink();
                prop_assert_eq!(taken.places.len(), taken.taken);
                prop_assert_eq!(taken.len(), map.len());
                for entry in taken.iter() {
                    let (app, route, _, _, status, _) = entry.key.parts();
                    prop_assert_eq!(map.get(&(app, route, status)).copied(), Some(entry.classes.map(u64::from)));
                }
            }
        }
    }
}
