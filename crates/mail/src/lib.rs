//! Mail to people: through an SMTP server, or into a folder of `.eml` files where none is configured.
//!
//! Plain text alone: every client shows it, and nothing in it can be disguised. What is sent, and in which words, is
//! for the ones who send.

mod compose;
mod error;
mod folder;
mod mailer;
mod message;
mod outbox;
mod smtp;
mod smtp_url;
#[cfg(test)]
mod testing;

pub use compose::Letterhead;
pub use error::MailError;
pub use folder::Folder;
pub use mailer::Mailer;
pub use message::{Mailbox, MailboxError, Message, is_address};
pub use outbox::Outbox;
pub use smtp::Smtp;
pub use smtp_url::{Security, SmtpUrl, SmtpUrlError};
