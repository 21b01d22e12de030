//! Mail goes out behind the request's back: how long a mail server takes must not tell whether there was a mail to
//! send, and nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use mail::{Mailer, Message};

use crate::Steadfast;

/// After how many seconds a mail is tried again when the server can't take it now.
const PAUSES: [u64; 3] = [5, 60, 300];

impl Steadfast {
    /// Sends a mail, in a while. What does not get through is told to the log; links can be asked for again.
    pub(crate) fn post(&self, message: Message) {
        let mailer = Arc::clone(&self.accounts.mailer);
        tokio::spawn(async move { deliver(&*mailer, &message).await });
    }
}

async fn deliver(mailer: &dyn Mailer, message: &Message) {
    let mut pauses = PAUSES.iter();
    loop {
        let Err(error) = mailer.send(message).await else { return };
        match pauses.next() {
            Some(pause) if error.is_temporary() => {
                tracing::warn!(%error, seconds = pause, "a mail has to wait");
                tokio::time::sleep(Duration::from_secs(*pause)).await;
            }
            _ => {
                tracing::error!(%error, subject = message.subject, "a mail was not sent");
                return;
            }
        }
    }
}
