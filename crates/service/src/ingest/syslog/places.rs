//! Who may stay connected: so many at a time, and so many of them of one peer. When one more comes, whoever was silent
//! for longest makes room, since a gateway that has something to say connects again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::Peer;
use tokio::sync::Notify;

/// How many connections there may be on a listener for syslog.
pub const MOST: usize = 512;

/// How many of them there may be of one peer: an address, or a network of IPv6.
const MOST_OF_ONE: usize = MOST / 4;

/// For how long a connection has to have been silent to make room.
const SILENT: Duration = Duration::from_secs(5);

/// The places of a listener.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    most_of_one: usize,
    silent: Duration,
    taken: Mutex<(u64, HashMap<u64, Seat>)>,
}

#[derive(Debug)]
struct Seat {
    from: Peer,
    heard: Instant,
    leave: Arc<Notify>,
}

/// A place that was taken. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
    leave: Arc<Notify>,
}

impl Default for Places {
    fn default() -> Self {
        Self { most: MOST, most_of_one: MOST_OF_ONE, silent: SILENT, taken: Mutex::default() }
    }
}

impl Places {
    /// Takes a place for whoever connects from there. Somebody who is silent may have to leave for it: somebody of the same
    /// peer, where it has all that one may have. None if there is no such.
    pub(super) fn take(self: &Arc<Self>, from: IpAddr) -> Option<Place> {
        let from = Peer::from(from);
        let mut taken = self.lock();
        let of_one = taken.1.values().filter(|seat| seat.from == from).count() >= self.most_of_one;
        if of_one || taken.1.len() >= self.most {
            let others = taken.1.iter().filter(|(_, seat)| !of_one || seat.from == from);
            let silent = others.min_by_key(|(_, seat)| seat.heard).map(|(number, _)| *number)?;
            let is_silent = taken.1.get(&silent).is_some_and(|seat| seat.heard.elapsed() >= self.silent);
            let seat = if is_silent { taken.1.remove(&silent)? } else { return None };
            seat.leave.notify_one();
        }
        taken.0 += 1;
        let (number, leave) = (taken.0, Arc::new(Notify::new()));
        taken.1.insert(number, Seat { from, heard: Instant::now(), leave: Arc::clone(&leave) });
        Some(Place { places: Arc::clone(self), number, leave })
    }

    fn lock(&self) -> MutexGuard<'_, (u64, HashMap<u64, Seat>)> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Notes that a message came.
    pub(super) fn heard(&self) {
        if let Some(seat) = self.places.lock().1.get_mut(&self.number) {
            seat.heard = Instant::now();
        }
    }

    /// Waits until the place is wanted by another.
    pub(super) async fn wanted(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.lock().1.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize, most_of_one: usize, silent: Duration) -> Arc<Places> {
        Arc::new(Places { most, most_of_one, silent, taken: Mutex::default() })
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test]
    async fn whoever_was_silent_for_longest_makes_room() {
        let places = places(2, 2, Duration::ZERO);
        let (first, second) = (places.take(address(1)).unwrap(), places.take(address(2)).unwrap());
        first.heard();
        let third = places.take(address(3)).unwrap();
        second.wanted().await;
        // What is told to leave has no place to give back.
        drop(second);
        drop(first);
        let fourth = places.take(address(4)).unwrap();
        assert_eq!(places.lock().1.len(), 2);
        drop((third, fourth));
        assert_eq!(places.lock().1.len(), 0);
    }

    #[test]
    fn nobody_who_speaks_is_sent_away() {
        let places = places(1, 1, SILENT);
        let first = places.take(address(1)).unwrap();
        assert!(places.take(address(2)).is_none());
        drop(first);
        assert!(places.take(address(2)).is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let places = places(8, 2, SILENT);
        let take = |text: &str| places.take(text.parse().unwrap());
        let taken = [take("2001:db8:1:2::1").unwrap(), take("2001:db8:1:2:ffff::2").unwrap()];
        assert!(take("2001:db8:1:2::3").is_none());
        assert!(take("2001:db8:1:3::1").is_some());
        drop(taken);
    }

    #[tokio::test]
    async fn one_address_has_no_more_than_its_part_of_the_places() {
        let speaking = places(8, 2, SILENT);
        let of_one = [speaking.take(address(1)).unwrap(), speaking.take(address(1)).unwrap()];
        assert!(speaking.take(address(1)).is_none());
        // The same, written as IPv6.
        assert!(speaking.take("::ffff:192.0.2.1".parse().unwrap()).is_none());
        let other = speaking.take(address(2)).unwrap();
        drop((of_one, other));
        assert!(speaking.take(address(1)).is_some());
        // Its own make room, and not those of others who were silent for longer.
        let silent = places(8, 2, Duration::ZERO);
        let others = silent.take(address(2)).unwrap();
        let of_one = [silent.take(address(1)).unwrap(), silent.take(address(1)).unwrap()];
        let one_more = silent.take(address(1)).unwrap();
        of_one[0].wanted().await;
        assert_eq!(silent.lock().1.len(), 3);
        drop((others, of_one, one_more));
    }
}
