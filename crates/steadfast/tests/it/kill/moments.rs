//! When to kill.

use std::path::Path;
use std::time::{Duration, SystemTime};

use testkit::patience;
use testkit::program::Running;

/// A moment in the life of a program.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// So long after its start.
    After(Duration),
    /// So long after it began to write into its store.
    Writing { then: Duration },
}

/// Random numbers, the same for the same seed (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((number ^ (number >> 31)) % limit as u64).unwrap()
    }

    /// A duration of at most so long.
    pub(super) fn up_to(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(self.below(10_001) as f64 / 10_000.0)
    }

    /// A moment: one in four while the store is written, else any up to `latest`.
    pub(super) fn moment(&mut self, latest: Duration) -> Moment {
        if self.below(4) == 0 {
            Moment::Writing { then: self.up_to(Duration::from_millis(600)) }
        } else {
            Moment::After(self.up_to(latest))
        }
    }
}

/// What can be seen from outside of a file that is written: length and time of the last change.
pub(super) fn state(file: &Path) -> Option<(u64, SystemTime)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Waits until a file is written to; tells whether the program succeeded if it ends before.
pub(super) fn until_written(running: &mut Running, file: &Path, before: Option<(u64, SystemTime)>) -> Option<bool> {
    patience::retry(Duration::from_secs(60), || {
        let ended = running.exit(Duration::ZERO);
        (ended.is_some() || state(file) != before).then_some(ended)
    })
    .flatten()
}
