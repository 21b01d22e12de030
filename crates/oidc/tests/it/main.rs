//! Sign-in, from the button to the person, with a real provider and with providers that answer wrongly.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod hostile;
mod outage;
mod real_provider;
mod refused;
mod scripted;

use std::sync::atomic::{AtomicU64, Ordering};

use model::Random;

/// Different at every call, and that is all that a test needs.
#[derive(Default)]
struct Counter(AtomicU64);

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = u8::try_from(self.0.fetch_add(1, Ordering::Relaxed) * 181 % 256).unwrap();
        }
    }
}
