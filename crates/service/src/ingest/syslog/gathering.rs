//! Messages on their way into a commit: gathered by all that listens for a source, taken by what commits. Bounded: whoever
//! adds waits for room first.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use traffic::syslog;

/// From how many bytes on they are committed at once.
const ENOUGH: usize = 1 << 20;

/// From how many bytes on nothing is read until they are taken.
const FULL: usize = 4 << 20;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    gathered: Mutex<Gathered>,
    came: Notify,
    taken: Notify,
}

/// What was gathered since it was taken last.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// A line for each message.
    pub(super) lines: Vec<u8>,
    /// Messages of which only the beginning came.
    pub(super) cut_short: u64,
}

impl Gathered {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.cut_short == 0
    }
}

impl Gathering {
    /// Adds the messages of these frames.
    pub(super) fn add<'a>(&self, frames: impl IntoIterator<Item = &'a [u8]>) {
        let mut gathered = self.lock();
        let before = gathered.lines.len();
        for frame in frames {
            push(&mut gathered.lines, frame);
        }
        let after = gathered.lines.len();
        drop(gathered);
        if (before == 0 && after > 0) || (before < ENOUGH && after >= ENOUGH) {
            self.came.notify_one();
        }
    }

    /// Notes that a message was cut short.
    pub(super) fn add_cut_short(&self) {
        self.lock().cut_short += 1;
        self.came.notify_one();
    }

    /// Whether nothing is to be read at present.
    pub(super) fn is_full(&self) -> bool {
        self.lock().lines.len() >= FULL
    }

    /// Waits for room.
    pub(super) async fn room(&self) {
        loop {
            let mut taken = std::pin::pin!(self.taken.notified());
            // From here on no notice is missed.
            taken.as_mut().enable();
            if !self.is_full() {
                return;
            }
            taken.await;
        }
    }

    /// Waits until something came.
    pub(super) async fn some(&self) {
        while self.lock().is_empty() {
            self.came.notified().await;
        }
    }

    /// Waits until as much came as makes a commit worth while.
    pub(super) async fn enough(&self) {
        while self.lock().lines.len() < ENOUGH {
            self.came.notified().await;
        }
    }

    /// Takes what came.
    pub(super) fn take(&self) -> Gathered {
        let gathered = std::mem::take(&mut *self.lock());
        self.taken.notify_waiters();
        gathered
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds the message of a frame as a line. A message is one line, whatever stands in it.
fn push(lines: &mut Vec<u8>, frame: &[u8]) {
    let start = lines.len();
    lines.extend_from_slice(syslog::message(frame));
    let mut within = start;
    while let Some(at) = memchr::memchr(b'\n', &lines[within..]) {
        within += at;
        lines[within] = b' ';
    }
    lines.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_a_line() {
        let gathering = Gathering::default();
        let frames: [&[u8]; 4] =
            [b"<190>Nov 20 13:45:12 gate nginx: {\"a\":1}\n", b"{\n}", b"<190>1 - - - - - -", b"\xff\0"];
        gathering.add(frames);
        assert_eq!(gathering.take().lines, b"{\"a\":1}\n{ }\n\n\xff\n");
        assert!(gathering.take().is_empty());
    }

    #[tokio::test]
    async fn whoever_adds_waits_while_it_is_full() {
        let gathering = Gathering::default();
        let message = vec![b'x'; FULL];
        gathering.add([message.as_slice()]);
        gathering.enough().await;
        tokio::select! {
            biased;
            () = gathering.room() => panic!("there is no room"),
            () = std::future::ready(()) => {}
        }
        let (taken, ()) = tokio::join!(async { gathering.take() }, gathering.room());
        assert_eq!(taken.lines.len(), FULL + 1);
    }
}
