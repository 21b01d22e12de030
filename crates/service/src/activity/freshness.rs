//! How fresh numbers are: when counts last changed, when the next day is judged, and what was left out.

use model::UnixMillis;

use crate::{Error, Steadfast};

/// What is known of how complete the counts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The present. Health is judged from the counts whenever it is asked for.
    pub now: UnixMillis,
    /// When counts last changed, of any app, as far as is known: those of standard input and of batches of more than a
    /// day ago leave no time behind.
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
        let files = self.store.positions().await?.iter().map(|position| position.updated_at).max();
        let batches = self.store.batch_senders().await?.iter().map(|sender| sender.last_at).max();
        Ok(Freshness {
            now,
            counted_at: files.max(batches),
            next_at: self.platform.zone.start_of(tomorrow),
            rejected: self.store.rejects().await?.iter().map(|(_, lines)| lines).sum(),
        })
    }
}
