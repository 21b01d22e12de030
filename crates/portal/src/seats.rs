//! Who is connected. Where one more comes than may be, somebody makes room: of whoever has the most connections, the one that
//! can be spared best. So nobody keeps others out by opening many that do little, and a gateway has as many as it uses.
//! Should there be none to spare, others make room, for whom there is the more patience the fewer they have.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Peer;
use tokio::sync::Notify;

use crate::connection::Phase;

/// All that are connected.
#[derive(Debug, Default)]
pub(crate) struct Seats(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    /// How many were taken so far.
    count: u64,
    seats: HashMap<u64, Held>,
}

#[derive(Debug)]
struct Held {
    peer: Peer,
    phase: Phase,
    leave: Arc<Notify>,
    /// Whether it was asked to leave.
    leaves: bool,
}

/// A connection's, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    number: u64,
    phase: Phase,
    leave: Arc<Notify>,
}

impl Seats {
    /// Takes a seat for whoever connects from there.
    pub(crate) fn take(self: &Arc<Self>, from: IpAddr, phase: Phase) -> Seat {
        let leave = Arc::new(Notify::new());
        let mut taken = self.lock();
        taken.count += 1;
        let number = taken.count;
        let held = Held { peer: from.into(), phase: phase.clone(), leave: Arc::clone(&leave), leaves: false };
        taken.seats.insert(number, held);
        Seat { seats: Arc::clone(self), number, phase, leave }
    }

    /// Asks one to leave that can be spared, if there is one. Whether it still can be is seen once it is about to.
    pub(crate) fn make_room(&self) {
        let mut taken = self.lock();
        let mut of_peer: HashMap<Peer, u32> = HashMap::new();
        for held in taken.seats.values().filter(|held| !held.leaves) {
            *of_peer.entry(held.peer).or_default() += 1;
        }
        let most = of_peer.values().copied().max().unwrap_or_default();
        let spared = |held: &Held| {
            let count = of_peer.get(&held.peer).copied()?;
            Some((count, held.phase.spared(most / count.max(1))?))
        };
        let staying = taken.seats.values_mut().filter(|held| !held.leaves);
        let chosen = staying.filter_map(|held| Some((spared(held)?, held))).max_by_key(|(spared, _)| *spared);
        if let Some((_, held)) = chosen {
            held.leaves = true;
            held.leave.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Waits until it is wanted for another, and can be spared.
    pub(crate) async fn wanted(&self) {
        loop {
            self.leave.notified().await;
            if self.phase.spared(1).is_some() {
                return;
            }
            // It was asked something just now.
            if let Some(held) = self.seats.lock().seats.get_mut(&self.number) {
                held.leaves = false;
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.lock().seats.remove(&self.number);
    }
}
