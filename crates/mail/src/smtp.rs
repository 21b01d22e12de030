//! Mail through an SMTP server.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::message::address;
use crate::{Letterhead, MailError, Mailer, Message, Security, SmtpUrl};

/// How long connecting may take, in seconds.
const LIMIT: Duration = Duration::from_secs(10);

/// How much longer the whole conversation may take.
const CONVERSATION: u32 = 3;

/// The most characters of a server's answer in an error.
const MAX_ANSWER: usize = 300;

/// Sends messages through an SMTP server, each in a connection of its own.
pub struct Smtp {
    url: SmtpUrl,
    letterhead: Letterhead,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    limit: Duration,
}

impl Smtp {
    /// Through the server at `url`. Reads the certificates that the machine trusts; connects with the first message.
    ///
    /// # Errors
    /// When the sender's address is none, or certificates can't be read.
    pub fn new(url: &SmtpUrl, letterhead: Letterhead) -> Result<Self, MailError> {
        Self::with_limit(url, letterhead, LIMIT)
    }

    /// Like [`Smtp::new`], with another limit than ten seconds for connecting; the whole conversation may take three
    /// times as long.
    ///
    /// # Errors
    /// The same.
    pub fn with_limit(url: &SmtpUrl, letterhead: Letterhead, limit: Duration) -> Result<Self, MailError> {
        let from =
            address(&letterhead.from.email).ok_or_else(|| MailError::Recipient(letterhead.from.email.clone()))?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(url.host.clone())
            .port(url.port)
            .timeout(Some(limit))
            // Who we are is best told by the domain that we send from: the machine's own name often says nothing.
            .hello_name(ClientId::Domain(from.domain().to_owned()))
            .tls(protection(url)?);
        if let Some((user, password)) = &url.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { url: url.clone(), letterhead, transport: builder.build(), limit })
    }

    fn timeout(&self, after: Duration) -> MailError {
        MailError::Timeout { host: self.url.to_string(), seconds: after.as_secs() }
    }

    /// What went wrong, in words for people.
    fn told(&self, error: &Error, to: &str) -> MailError {
        let host = self.url.to_string();
        let answer = self.shown(&cause(error));
        let code = error.status().map(u16::from);
        match code {
            // RFC 4954, 4 and 6.
            Some(530 | 534 | 535 | 538) => return MailError::SignIn { host, answer },
            Some(code) if error.is_transient() => {
                return MailError::Later { host, to: to.to_owned(), answer: format!("{code} {answer}") };
            }
            Some(code) => return MailError::Refused { host, to: to.to_owned(), answer: format!("{code} {answer}") },
            None => {}
        }
        if error.is_timeout() {
            return self.timeout(self.limit);
        }
        match advice(&answer) {
            Some(advice) => MailError::Tls { host, cause: answer, advice },
            None if error.is_response() || error.is_client() => MailError::Conversation { host, cause: answer },
            None => MailError::Unreachable { host, cause: answer },
        }
    }

    /// A server's answer, short, on one line and without the password, should a server repeat it.
    fn shown(&self, answer: &str) -> String {
        let breaks = |character: char| character.is_whitespace() || character.is_control();
        let words: Vec<&str> = answer.split(breaks).filter(|word| !word.is_empty()).collect();
        let answer = words.join(" ");
        let answer = match &self.url.credentials {
            Some((_, password)) => answer.replace(password.as_str(), "(the password)"),
            None => answer,
        };
        answer.chars().take(MAX_ANSWER).collect()
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let composed = self.letterhead.compose(message)?;
        let conversation = self.transport.send_raw(&composed.envelope, &composed.bytes);
        let limit = self.limit.saturating_mul(CONVERSATION);
        match tokio::time::timeout(limit, conversation).await {
            Ok(sent) => sent.map(|_| ()).map_err(|error| self.told(&error, &message.to.email)),
            Err(_) => Err(self.timeout(limit)),
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("url", &self.url).field("letterhead", &self.letterhead).finish_non_exhaustive()
    }
}

fn protection(url: &SmtpUrl) -> Result<Tls, MailError> {
    if url.security == Security::None {
        return Ok(Tls::None);
    }
    let configuration = |cause: String| MailError::Configuration { host: url.to_string(), cause };
    let mut builder = TlsParameters::builder(url.host.clone());
    if let Some(path) = &url.authority {
        let told = |cause: &dyn fmt::Display| {
            configuration(format!("cannot read the certificates in `{}`: {cause}; write a PEM file", path.display()))
        };
        let pem = std::fs::read(path).map_err(|cause| told(&cause))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|cause| told(&cause))?);
    }
    let parameters = builder.build_rustls().map_err(|error| {
        configuration(format!("{}; install the certificates of public authorities (`ca-certificates`)", cause(&error)))
    })?;
    Ok(if url.security == Security::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

/// The innermost cause, which says most.
fn cause(error: &Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told = cause.to_string();
        source = cause.source();
    }
    told
}

/// What to do where the encryption is what failed.
fn advice(cause: &str) -> Option<&'static str> {
    let cause = cause.to_lowercase();
    if cause.contains("starttls") {
        return Some("the server offers none on this port; use `smtps://` with its port for TLS, often 465");
    }
    if cause.contains("certificate") {
        return Some(
            "check that the host's name is the one in its certificate; if the authority is your own, name its certificate with `?ca=/path/of/authority.pem`",
        );
    }
    if cause.contains("corrupt message") || cause.contains("handshake") || cause.contains("tls") {
        return Some("check whether the port wants `smtp://` (often 587) or `smtps://` (often 465)");
    }
    None
}

#[cfg(test)]
mod tests;
