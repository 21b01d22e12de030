//! What the tests of this crate share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use model::{Random, UnixMillis};

use crate::{Letterhead, Mailbox};

/// Zeros at the first call, ones at the second, and so on.
struct Counting(AtomicU8);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// From the partner team, on 20 November 2026.
pub(crate) fn letterhead() -> Letterhead {
    Letterhead {
        from: Mailbox::named("Partner Team", "portal@example.com"),
        clock: Arc::new(UnixMillis(1_795_182_312_345)),
        random: Arc::new(Counting(AtomicU8::new(0))),
    }
}
