//! Why a message was not sent, in words for those who run the platform. No error holds a password or a message's text.

use std::path::PathBuf;

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The recipient's address is none.
    #[error("`{0}` is not an e-mail address that mail can be sent to; correct it")]
    Recipient(String),
    /// The message is beyond its limits.
    #[error("the message can't be sent: {0}")]
    Message(&'static str),
    /// The configuration of the mail server can't be used.
    #[error("the mail server `{host}` can't be used as configured: {cause}")]
    Configuration {
        /// The server, without a password.
        host: String,
        /// What is wrong, and what to do.
        cause: String,
    },
    /// There is no connection.
    #[error(
        "cannot reach the mail server `{host}`: {cause}; check its name and port, and that this machine may connect to it"
    )]
    Unreachable {
        /// The server, without a password.
        host: String,
        /// What the system says.
        cause: String,
    },
    /// It took too long.
    #[error(
        "the mail server `{host}` did not answer within {seconds} seconds; check its name and port, and whether the port wants `smtp://` or `smtps://`"
    )]
    Timeout {
        /// The server, without a password.
        host: String,
        /// How long was waited.
        seconds: u64,
    },
    /// No encrypted connection comes about.
    #[error("no encrypted connection to the mail server `{host}`: {cause}; {advice}")]
    Tls {
        /// The server, without a password.
        host: String,
        /// What the handshake says.
        cause: String,
        /// What to do.
        advice: &'static str,
    },
    /// User or password are wrong.
    #[error(
        "the mail server `{host}` does not let us sign in: {answer}; check the user and the password in its address"
    )]
    SignIn {
        /// The server, without a password.
        host: String,
        /// What the server says.
        answer: String,
    },
    /// The server doesn't take it, and won't.
    #[error(
        "the mail server `{host}` refused the message to `{to}`: {answer}; check the address, and that the server lets us send from ours"
    )]
    Refused {
        /// The server, without a password.
        host: String,
        /// The recipient.
        to: String,
        /// What the server says.
        answer: String,
    },
    /// The server doesn't take it now.
    #[error("the mail server `{host}` can't take the message to `{to}` now: {answer}; try again later")]
    Later {
        /// The server, without a password.
        host: String,
        /// The recipient.
        to: String,
        /// What the server says.
        answer: String,
    },
    /// The conversation broke.
    #[error("the mail server `{host}` can't be understood: {cause}; check that it is a mail server")]
    Conversation {
        /// The server, without a password.
        host: String,
        /// What went wrong.
        cause: String,
    },
    /// The folder for mails can't be written.
    #[error("cannot write a mail into `{}`: {cause}; check that the folder exists and is ours", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
}

impl MailError {
    /// Whether the same message may get through when it is sent again later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Later { .. } | Self::Folder { .. } => true,
            Self::Conversation { .. } => true,
            Self::Recipient(_) | Self::Message(_) | Self::Configuration { .. } | Self::Tls { .. } => false,
            Self::SignIn { .. } | Self::Refused { .. } => false,
        }
    }
}
