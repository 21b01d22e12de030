//! The one place that asks the machine for randomness.

use model::Random;

/// The machine's randomness.
#[derive(Debug)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::panic, reason = "without randomness no secret can be made, and a machine always has it")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the machine gives no random bytes: {error}");
        }
    }
}
