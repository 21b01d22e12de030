//! How long something took, many times over.

use std::time::Duration;

/// How many took how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// How many took at most so long as each of [`Durations::BOUNDS_MILLIS`] and longer than the one before; last, how many
    /// took longer than all.
    pub counts: [u64; Durations::BOUNDS_MILLIS.len() + 1],
    /// All of them together, in microseconds.
    pub sum_micros: u64,
}

impl Durations {
    /// The bounds by which they are counted, in milliseconds.
    pub const BOUNDS_MILLIS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

    /// Adds one.
    pub fn add(&mut self, duration: Duration) {
        let place = Self::BOUNDS_MILLIS.iter().position(|bound| duration <= Duration::from_millis(*bound));
        self.counts[place.unwrap_or(Self::BOUNDS_MILLIS.len())] += 1;
        self.sum_micros = self.sum_micros.saturating_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}
