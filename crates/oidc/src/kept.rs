//! What the provider publishes is kept for an hour, and a provider that is down is not asked by every visitor.

use std::sync::Arc;

use model::UnixMillis;

use crate::error::Error;

/// How long a value is good, so that a key that is withdrawn is not trusted for ever.
const GOOD_MILLIS: u64 = 3_600_000;
/// How long a failure is answered again before the provider is asked anew.
const FAILED_MILLIS: u64 = 5_000;
/// How seldom a value is asked for before its time.
const AGAIN_MILLIS: u64 = 60_000;

/// A document of the provider's, as last seen.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    value: Option<(UnixMillis, Arc<T>)>,
    failure: Option<(UnixMillis, Error)>,
    asked: Option<UnixMillis>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { value: None, failure: None, asked: None }
    }
}

impl<T> Kept<T> {
    /// What is known without asking: the value while it is good, a failure while it is fresh.
    pub(crate) fn known(&self, now: UnixMillis) -> Option<Result<Arc<T>, Error>> {
        if let Some((_, value)) = self.value.as_ref().filter(|(at, _)| apart(*at, now) < GOOD_MILLIS) {
            return Some(Ok(Arc::clone(value)));
        }
        let failure = self.failure.as_ref().filter(|(at, _)| apart(*at, now) < FAILED_MILLIS);
        failure.map(|(_, error)| Err(error.clone()))
    }

    /// Whether the provider may be asked though a good value is known.
    pub(crate) fn may_ask_again(&self, now: UnixMillis) -> bool {
        self.asked.is_none_or(|asked| apart(asked, now) >= AGAIN_MILLIS)
    }

    /// Keeps what came of asking. A failure does not take a good value away.
    pub(crate) fn keep(&mut self, now: UnixMillis, outcome: Result<T, Error>) -> Result<Arc<T>, Error> {
        self.asked = Some(now);
        match outcome {
            Ok(value) => {
                let value = Arc::new(value);
                self.value = Some((now, Arc::clone(&value)));
                self.failure = None;
                Ok(value)
            }
            Err(error) => {
                self.failure = Some((now, error.clone()));
                Err(error)
            }
        }
    }
}

/// Clocks are set back and visitors wait for each other: how far apart counts, not which is later.
fn apart(one: UnixMillis, other: UnixMillis) -> u64 {
    one.0.abs_diff(other.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_700_000_000_000);

    fn after(millis: i64) -> UnixMillis {
        START.plus_millis(millis)
    }

    #[test]
    fn a_value_is_good_for_an_hour() {
        let mut kept = Kept::default();
        assert_eq!(kept.known(START), None);
        kept.keep(START, Ok(1)).unwrap();
        assert_eq!(kept.known(after(3_599_999)), Some(Ok(Arc::new(1))));
        assert_eq!(kept.known(after(-5)), Some(Ok(Arc::new(1))));
        assert_eq!(kept.known(after(3_600_000)), None);
        assert_eq!(kept.known(after(-3_600_000)), None);
    }

    #[test]
    fn a_failure_is_answered_for_five_seconds_and_hides_no_good_value() {
        let error = Error::config("issuer_url", "is down");
        let mut kept: Kept<i32> = Kept::default();
        assert_eq!(kept.keep(START, Err(error.clone())), Err(error.clone()));
        assert_eq!(kept.known(after(4_999)), Some(Err(error.clone())));
        assert_eq!(kept.known(after(5_000)), None);
        kept.keep(after(5_000), Ok(1)).unwrap();
        kept.keep(after(6_000), Err(error)).unwrap_err();
        assert_eq!(kept.known(after(6_001)), Some(Ok(Arc::new(1))));
    }

    #[test]
    fn before_its_time_a_value_is_asked_for_once_a_minute() {
        let mut kept = Kept::default();
        assert!(kept.may_ask_again(START));
        kept.keep(START, Ok(1)).unwrap();
        assert!(!kept.may_ask_again(after(59_999)));
        assert!(kept.may_ask_again(after(60_000)));
        kept.keep(after(60_000), Err(Error::config("x", "y"))).unwrap_err();
        assert!(!kept.may_ask_again(after(60_001)));
    }
}
