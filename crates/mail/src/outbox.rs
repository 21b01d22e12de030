//! Mail kept in memory: for tests, and for trying things out.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::{MailError, Mailer, Message};

/// Keeps the last messages in memory and sends none.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<Vec<Message>>);

/// The most that it keeps; older ones go.
const CAPACITY: usize = 1000;

impl Outbox {
    /// The messages so far, the oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The latest message to this address.
    #[must_use]
    pub fn last_to(&self, email: &str) -> Option<Message> {
        self.messages().into_iter().rev().find(|message| message.to.email == email)
    }
}

#[async_trait]
impl Mailer for Outbox {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == CAPACITY {
            messages.remove(0);
        }
        messages.push(message.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mailbox;

    #[tokio::test]
    async fn it_keeps_what_was_sent() {
        let outbox = Outbox::default();
        for subject in ["one", "two"] {
            let to = Mailbox::new("anna@example.com");
            outbox.send(&Message { to, subject: subject.into(), text: String::new() }).await.unwrap();
        }
        assert_eq!(outbox.messages().len(), 2);
        assert_eq!(outbox.last_to("anna@example.com").unwrap().subject, "two");
        assert_eq!(outbox.last_to("ben@example.com"), None);
    }
}
