//! Waiting for other processes: for a condition, with a limit, and never for a guessed while.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

/// Tries until something comes of it, at most for `limit`.
pub fn retry<T>(limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(outcome) = attempt() {
            return Some(outcome);
        }
        if start.elapsed() > limit {
            return None;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// The end of a process, if it comes within `limit`.
pub(crate) fn exit(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    retry(limit, || child.try_wait().ok().flatten())
}

/// Ends a process and waits for its end.
pub(crate) fn kill(child: &mut Child) {
    // Both fail only where it has ended already.
    let _ = child.kill();
    let _ = child.wait();
}
