//! Who may stay connected: so many at a time. When one more comes, whoever was silent for longest makes room, since a
//! gateway that has something to say connects again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How many connections there may be on a listener.
pub(super) const MOST: usize = 512;

/// For how long a connection has to have been silent to make room.
const SILENT: Duration = Duration::from_secs(5);

/// The places of a listener.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    silent: Duration,
    taken: Mutex<(u64, HashMap<u64, Seat>)>,
}

#[derive(Debug)]
struct Seat {
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
        Self { most: MOST, silent: SILENT, taken: Mutex::default() }
    }
}

impl Places {
    /// Takes a place, which somebody who is silent may have to leave for it; none if there is no such.
    pub(super) fn take(self: &Arc<Self>) -> Option<Place> {
        let mut taken = self.lock();
        if taken.1.len() >= self.most {
            let silent = taken.1.iter().min_by_key(|(_, seat)| seat.heard).map(|(number, _)| *number)?;
            let is_silent = taken.1.get(&silent).is_some_and(|seat| seat.heard.elapsed() >= self.silent);
            let seat = if is_silent { taken.1.remove(&silent)? } else { return None };
            seat.leave.notify_one();
        }
        taken.0 += 1;
        let (number, leave) = (taken.0, Arc::new(Notify::new()));
        taken.1.insert(number, Seat { heard: Instant::now(), leave: Arc::clone(&leave) });
        Some(Place { places: Arc::clone(self), number, leave })
    }

    fn lock(&self) -> MutexGuard<'_, (u64, HashMap<u64, Seat>)> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Notes that something came.
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

    #[tokio::test]
    async fn whoever_was_silent_for_longest_makes_room() {
        let places = Arc::new(Places { most: 2, silent: Duration::ZERO, taken: Mutex::default() });
        let (first, second) = (places.take().unwrap(), places.take().unwrap());
        first.heard();
        let third = places.take().unwrap();
        second.wanted().await;
        // What is told to leave has no place to give back.
        drop(second);
        drop(first);
        let fourth = places.take().unwrap();
        assert_eq!(places.lock().1.len(), 2);
        drop((third, fourth));
        assert_eq!(places.lock().1.len(), 0);
    }

    #[test]
    fn nobody_who_speaks_is_sent_away() {
        let places = Arc::new(Places { most: 1, silent: SILENT, taken: Mutex::default() });
        let first = places.take().unwrap();
        assert!(places.take().is_none());
        drop(first);
        assert!(places.take().is_some());
    }
}
