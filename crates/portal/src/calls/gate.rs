//! How much may be taken in at once: batches share an amount of memory. Two thirds of it are for what each needs at least, for
//! which they wait in the order in which they came, for a moment; a third is for what some need beyond that, for which nobody
//! waits, since whoever has room must not wait for others who have; one batch at a time may need more. What finds none is asked to come again, so that senders in a
//! hurry can't fill the memory. No sender has more than three quarters of what is waited for, so that none keeps out all others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::Fault;

/// A unit of room, in bytes.
const UNIT: usize = 1 << 10;

/// How much a batch may need, in bytes: the largest OTLP export, which is held until it is whole, and as much again.
const MOST: usize = 64 << 20;

/// How long a batch waits for room.
const PATIENCE: Duration = Duration::from_secs(3);

/// After how many seconds there may be room again.
const RETRY_SECONDS: u32 = 1;

/// The room for batches. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    room: Arc<Semaphore>,
    /// The share of each sender who is there.
    shares: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
    /// How much of the room there is for one, in units.
    share: usize,
    /// What is taken beyond that.
    spare: Arc<Semaphore>,
    /// For one batch that may be large: what it needs beyond is not counted.
    large: Arc<Semaphore>,
    /// Who may decode: as many as there are processors.
    processors: Arc<Semaphore>,
    patience: Duration,
}

impl Gate {
    /// Room for batches of so much memory, in bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let sixth = bytes / UNIT / 6;
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        Self {
            room: Arc::new(Semaphore::new(4 * sixth)),
            shares: Arc::default(),
            share: 3 * sixth,
            spare: Arc::new(Semaphore::new(2 * sixth)),
            large: Arc::new(Semaphore::new(1)),
            processors: Arc::new(Semaphore::new(processors)),
            patience: PATIENCE,
        }
    }

    /// Room for a batch, for as long as it is held; what one asks for beyond a sender's share is left out.
    pub(super) async fn enter(&self, sender: &str, bytes: usize) -> Result<Room, Fault> {
        let units = u32::try_from(units(bytes).min(self.share)).unwrap_or(u32::MAX);
        let share = self.share_of(sender);
        let waiting = async {
            let own = share.acquire_many_owned(units).await.ok()?;
            let room = Arc::clone(&self.room).acquire_many_owned(units).await.ok()?;
            Some(Room { own, room, spare: None, large: None, gate: self.clone() })
        };
        tokio::time::timeout(self.patience, waiting).await.ok().flatten().ok_or_else(full)
    }

    /// What one sender may have.
    fn share_of(&self, sender: &str) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(sender) {
            return Arc::clone(share);
        }
        // Whoever has nothing any more is forgotten.
        shares.retain(|_, share| Arc::strong_count(share) > 1);
        let share = Arc::new(Semaphore::new(self.share));
        shares.insert(sender.to_owned(), Arc::clone(&share));
        share
    }

    /// How much room nobody has at the moment, in bytes.
    pub(crate) fn free_bytes(&self) -> usize {
        (self.room.available_permits() + self.spare.available_permits()) * UNIT
    }

    /// Whether somebody decodes.
    #[cfg(test)]
    pub(super) fn is_decoding(&self) -> bool {
        std::thread::available_parallelism().map_or(1, Into::into) > self.processors.available_permits()
    }

    /// A turn to decode.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // Nobody closes it.
        Arc::clone(&self.processors).acquire_owned().await.ok()
    }
}

/// Room that a batch has.
#[derive(Debug)]
pub(super) struct Room {
    /// Of the sender's share.
    own: OwnedSemaphorePermit,
    room: OwnedSemaphorePermit,
    /// What it took beyond.
    spare: Option<OwnedSemaphorePermit>,
    /// Whether it is the one that may be large.
    large: Option<OwnedSemaphorePermit>,
    gate: Gate,
}

impl Room {
    /// Makes it as large as this, in bytes.
    pub(super) fn resize(&mut self, bytes: usize) -> Result<(), Fault> {
        let needs = units(bytes);
        if needs > MOST / UNIT {
            let sentence = "this batch needs more memory than there is for one; send it in smaller ones";
            return Err(Fault::TooMuch(sentence.to_owned()));
        }
        let beyond = needs.saturating_sub(self.room.num_permits());
        let has = self.spare.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if beyond <= has {
            drop(self.spare.as_mut().and_then(|spare| spare.split(has - beyond)));
            self.large = None;
        } else if self.large.is_none() {
            let more = u32::try_from(beyond - has).unwrap_or(u32::MAX);
            match (Arc::clone(&self.gate.spare).try_acquire_many_owned(more), &mut self.spare) {
                (Ok(more), Some(spare)) => spare.merge(more),
                (Ok(more), None) => self.spare = Some(more),
                (Err(_), _) => {
                    let large = Arc::clone(&self.gate.large).try_acquire_owned();
                    self.large = Some(large.map_err(|_| full())?);
                }
            }
        }
        if let Some(unused) = self.room.num_permits().checked_sub(needs) {
            drop(self.own.split(unused));
            drop(self.room.split(unused));
        }
        Ok(())
    }
}

fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT).max(1)
}

fn full() -> Fault {
    let sentence = "other batches are being counted and there is no room for more; send this one again";
    Fault::Unavailable(sentence.to_owned(), RETRY_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A gate at which nobody waits for long: 20 units, of which one sender has 15, and 10 to spare.
    fn gate() -> Gate {
        let gate = Gate { patience: Duration::from_millis(20), ..Gate::new(30 * UNIT) };
        assert_eq!((gate.room.available_permits(), gate.share, gate.spare.available_permits()), (20, 15, 10));
        gate
    }

    #[tokio::test]
    async fn who_finds_no_room_waits_for_a_moment() {
        let gate = gate();
        let mut first = gate.enter("a", 10 * UNIT).await.unwrap();
        let _other = gate.enter("b", 10 * UNIT).await.unwrap();
        assert!(matches!(gate.enter("c", 1).await, Err(Fault::Unavailable(_, 1))));
        let patient = Gate { patience: Duration::from_secs(60), ..gate.clone() };
        let (waiting, ()) = tokio::join!(patient.enter("c", 4 * UNIT), async { first.resize(6 * UNIT).unwrap() });
        assert!(waiting.is_ok());
    }

    #[tokio::test]
    async fn no_sender_keeps_out_others() {
        let gate = gate();
        let held = gate.enter("a", 15 * UNIT).await.unwrap();
        assert!(matches!(gate.enter("a", 1).await, Err(Fault::Unavailable(_, 1))));
        assert!(gate.enter("b", 5 * UNIT).await.is_ok());
        drop(held);
        assert!(gate.enter("c", 1).await.is_ok());
        assert_eq!(gate.shares.lock().unwrap().len(), 1, "those who have nothing are forgotten");
    }

    #[tokio::test]
    async fn whoever_is_in_grows_also_while_others_wait() {
        let gate = gate();
        let mut one = gate.enter("a", 10 * UNIT).await.unwrap();
        let other = gate.enter("b", 10 * UNIT).await.unwrap();
        let patient = Gate { patience: Duration::from_secs(60), ..gate.clone() };
        let (waiting, ()) = tokio::join!(patient.enter("a", 5 * UNIT), async {
            one.resize(14 * UNIT).unwrap();
            drop(other);
        });
        waiting.unwrap();
        drop(one);
        assert_eq!((gate.room.available_permits(), gate.spare.available_permits()), (20, 10));
    }

    #[tokio::test]
    async fn one_batch_at_a_time_may_be_large() {
        let gate = gate();
        let mut one = gate.enter("a", 5 * UNIT).await.unwrap();
        let mut other = gate.enter("b", 5 * UNIT).await.unwrap();
        one.resize(100 * UNIT).unwrap();
        one.resize(200 * UNIT).unwrap();
        other.resize(15 * UNIT).unwrap();
        assert!(matches!(other.resize(16 * UNIT), Err(Fault::Unavailable(..))));
        assert!(matches!(one.resize(MOST + 1), Err(Fault::TooMuch(_))));
        one.resize(UNIT).unwrap();
        other.resize(16 * UNIT).unwrap();
        drop((one, other));
        assert_eq!((gate.room.available_permits(), gate.spare.available_permits()), (20, 10));
        assert_eq!(gate.large.available_permits(), 1);
    }

    #[tokio::test]
    async fn one_that_asks_for_more_than_there_is_gets_its_share() {
        let gate = gate();
        let mut room = gate.enter("a", 20 * UNIT).await.unwrap();
        room.resize(20 * UNIT).unwrap();
        assert_eq!((gate.room.available_permits(), gate.spare.available_permits()), (5, 5));
    }
}
