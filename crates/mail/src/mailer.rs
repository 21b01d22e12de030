//! What sends mail.

use async_trait::async_trait;

use crate::{MailError, Message};

/// What sends mail. One attempt for each call: whoever calls decides whether to try again
/// ([`MailError::is_temporary`]).
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one message, and returns when the next one on its way has it.
    ///
    /// # Errors
    /// When it was not taken.
    async fn send(&self, message: &Message) -> Result<(), MailError>;
}
