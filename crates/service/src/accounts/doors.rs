//! How often one may knock: limits on every door behind which something can be guessed.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use model::{Peer, UnixMillis};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Refusal;

/// How many callers are remembered. Beyond that the ones who knocked longest ago are forgotten.
const MOST: usize = 100_000;

/// So many tries in so much time, the next one as soon as its share of the time has passed (GCRA).
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The door's name, part of what is remembered.
    pub door: &'static str,
    /// How many tries at once.
    pub tries: u32,
    /// Over how long, in seconds.
    pub seconds: u32,
}

impl Limit {
    /// A limit on a door.
    #[must_use]
    pub const fn new(door: &'static str, tries: u32, seconds: u32) -> Self {
        Self { door, tries, seconds }
    }
}

/// How many passwords are hashed at the same time; each takes 19 MiB and a whole core.
const AT_WORK: usize = 4;

/// Who knocked when, for the whole process. Forgotten when it ends.
#[derive(Clone)]
pub struct Doors {
    due: Arc<Mutex<HashMap<(&'static str, String), i64>>>,
    at_work: Arc<Semaphore>,
    noting: Arc<Semaphore>,
}

impl Default for Doors {
    fn default() -> Self {
        Self { due: Arc::default(), at_work: Arc::new(Semaphore::new(AT_WORK)), noting: Arc::new(Semaphore::new(1)) }
    }
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Doors")
    }
}

impl Doors {
    /// Whose turn it is to note a use.
    pub(super) fn noting(&self) -> Arc<Semaphore> {
        Arc::clone(&self.noting)
    }

    /// Counts a try of `who` at a door.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] when it was one too many; such a try does not count.
    pub fn knock(&self, limit: Limit, who: &str, now: UnixMillis) -> Result<(), Refusal> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let window = i64::from(limit.seconds) * 1000;
        let share = window / i64::from(limit.tries.max(1));
        let key = (limit.door, place(who));
        let earliest = due.get(&key).copied().unwrap_or(now.0).max(now.0);
        let wait = earliest + share - (now.0 + window);
        if wait > 0 {
            return Err(Refusal::TooMany(u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(u32::MAX)));
        }
        if due.len() >= MOST && !due.contains_key(&key) {
            forget(&mut due, now);
        }
        due.insert(key, earliest + share);
        Ok(())
    }

    /// Forgets the tries of somebody who got in.
    pub(super) fn forgive(&self, limit: Limit, who: &str) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).remove(&(limit.door, place(who)));
    }

    /// Waits for a turn at hashing; none only where nobody waits any more.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.at_work).acquire_owned().await.ok()
    }
}

/// Who knocks. All addresses of one peer are one.
fn place(who: &str) -> String {
    who.parse::<IpAddr>().map_or_else(|_| who.to_owned(), |address| Peer::from(address).to_string())
}

/// Makes room: whose time is over goes, and if that is nobody, the half that is nearest to it.
fn forget(due: &mut HashMap<(&'static str, String), i64>, now: UnixMillis) {
    due.retain(|_, at| *at > now.0);
    if due.len() >= MOST {
        let mut times: Vec<i64> = due.values().copied().collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        due.retain(|_, at| *at > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit::new("test", 3, 60);

    fn tries(doors: &Doors, who: &str, seconds: i64, count: usize) -> usize {
        (0..count).filter(|_| doors.knock(LIMIT, who, UnixMillis(seconds * 1000)).is_ok()).count()
    }

    #[test]
    fn so_many_tries_and_then_one_for_each_share_of_the_time() {
        let doors = Doors::default();
        assert_eq!(tries(&doors, "anna", 0, 10), 3);
        assert_eq!(tries(&doors, "anna", 19, 10), 0);
        assert_eq!(tries(&doors, "anna", 20, 10), 1);
        assert_eq!(tries(&doors, "anna", 1000, 10), 3);
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        let doors = Doors::default();
        tries(&doors, "anna", 0, 3);
        assert_eq!(doors.knock(LIMIT, "anna", UnixMillis(0)), Err(Refusal::TooMany(21)));
        assert!(doors.knock(LIMIT, "anna", UnixMillis(21_000)).is_ok());
    }

    #[test]
    fn who_gets_in_starts_anew() {
        let doors = Doors::default();
        assert_eq!(tries(&doors, "anna", 0, 2), 2);
        doors.forgive(LIMIT, "anna");
        assert_eq!(tries(&doors, "anna", 0, 10), 3);
    }

    #[test]
    fn nobody_waits_for_somebody_else() {
        let doors = Doors::default();
        tries(&doors, "anna", 0, 10);
        assert_eq!(tries(&doors, "ben", 0, 10), 3);
    }

    #[test]
    fn one_network_of_ipv6_is_one_who_knocks() {
        let doors = Doors::default();
        let spread = (0..10).filter(|n| tries(&doors, &format!("2001:db8:1:2::{n}"), 0, 1) == 1).count();
        assert_eq!(spread, 3);
        assert_eq!(tries(&doors, "2001:db8:1:3::1", 0, 10), 3, "the neighbour");
        assert_eq!(tries(&doors, "192.0.2.1", 0, 10) + tries(&doors, "192.0.2.2", 0, 10), 6);
    }

    #[test]
    fn memory_is_bounded() {
        let doors = Doors::default();
        for number in 0..(MOST + 10) {
            doors.knock(LIMIT, &number.to_string(), UnixMillis(0)).unwrap();
        }
        assert!(doors.due.lock().unwrap().len() <= MOST);
    }
}
