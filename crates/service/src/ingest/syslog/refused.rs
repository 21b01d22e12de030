//! What is said of connections and datagrams that are refused: once a minute, and how many they were, since anybody can make as
//! many as they like.

use std::time::{Duration, Instant};

/// How often it is told at most.
const EVERY: Duration = Duration::from_secs(60);

/// Refusals of one kind.
#[derive(Debug, Default)]
pub(super) struct Refused {
    told: Option<Instant>,
    untold: u64,
}

impl Refused {
    /// Notes one. How many are to be told of now, if it is time for that.
    pub(super) fn one(&mut self, now: Instant) -> Option<u64> {
        self.untold += 1;
        if self.told.is_some_and(|told| now.saturating_duration_since(told) < EVERY) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_others_once_a_minute_with_their_number() {
        let (mut refused, start) = (Refused::default(), Instant::now());
        assert_eq!(refused.one(start), Some(1));
        for second in 0..60 {
            assert_eq!(refused.one(start + Duration::from_secs(second)), None);
        }
        assert_eq!(refused.one(start + EVERY), Some(61));
        assert_eq!(refused.one(start + EVERY), None);
    }
}
