//! How fresh numbers are: when counts last changed, when the next day is judged, and what was left out.

use model::UnixMillis;

use crate::{Error, JudgedSource, Steadfast};

/// What is known of how complete the counts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The present. Health is judged from the counts whenever it is asked for.
    pub now: UnixMillis,
    /// When something last came in, of any app, as far as is known: what came in before sources were told apart left no
    /// time behind.
    pub counted_at: Option<UnixMillis>,
    /// When the day in progress ends, and joins the days that are judged.
    pub next_at: UnixMillis,
    /// How many lines could not be used, of all apps, since counting began.
    pub rejected: u64,
}

impl Steadfast {
    /// How fresh the numbers are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn freshness(&self) -> Result<Freshness, Error> {
        let now = self.clock.now();
        let tomorrow = self.platform.zone.day_of(now).plus(1);
        let completeness = self.completeness().await?;
        let received = |source: &JudgedSource| source.seen.as_ref()?.last_received;
        Ok(Freshness {
            now,
            counted_at: completeness.sources.iter().filter_map(received).max(),
            next_at: self.platform.zone.start_of(tomorrow),
            rejected: self.store.rejects().await?.iter().map(|(_, lines)| lines).sum(),
        })
    }
}
