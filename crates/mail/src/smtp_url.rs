//! The address of a mail server as it is configured: one line that holds all there is to say.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::{Host, Url};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// `smtp://`: plain at first, encrypted before anything is said that matters; else nothing is sent.
    StartTls,
    /// `smtps://`: encrypted from the first byte.
    Tls,
    /// `smtp://localhost?tls=none`: for a relay on the same machine alone.
    None,
}

/// Where a mail server is: `smtp://user:password@mail.example.com:587`, `smtps://user:password@mail.example.com`,
/// `smtp://localhost:25?tls=none`. With `?ca=/path/ca.pem`, certificates of that authority are trusted too. Neither
/// `Debug` nor `Display` shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) authority: Option<PathBuf>,
}

/// Why a text is no address of a mail server. It never repeats the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Not a URL.
    #[error(
        "not the address of a mail server; write `smtp://user:password@mail.example.com:587`, with `@ : / %` in user and password as `%40 %3A %2F %25`"
    )]
    Form,
    /// Another scheme.
    #[error("the address of a mail server begins with `smtp://` (port 587) or `smtps://` (port 465)")]
    Scheme,
    /// Half of the credentials.
    #[error("a mail server wants a user and a password, or neither; write `smtp://user:password@mail.example.com`")]
    Credentials,
    /// Plain text to another machine.
    #[error("`tls=none` is for a mail server on the same machine; leave it out, or name `localhost`")]
    PlainText,
    /// Something else after the host.
    #[error("after the port of a mail server only `?tls=none` and `?ca=/path/of/authority.pem` are known")]
    Option,
}

impl SmtpUrl {
    /// How the connection is protected.
    #[must_use]
    pub fn security(&self) -> Security {
        self.security
    }
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| SmtpUrlError::Form)?;
        let (mut security, port) = match url.scheme() {
            "smtp" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            _ => return Err(SmtpUrlError::Scheme),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpUrlError::Form)?;
        // Without brackets, for connecting and for the certificate.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let mut authority = None;
        for (key, value) in url.query_pairs() {
            match (key.as_ref(), value.as_ref()) {
                ("tls", "none") if security != Security::Tls => security = Security::None,
                ("ca", path) if !path.is_empty() => authority = Some(PathBuf::from(path)),
                _ => return Err(SmtpUrlError::Option),
            }
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlError::Option);
        }
        if security == Security::None && !is_this_machine(&host) {
            return Err(SmtpUrlError::PlainText);
        }
        let credentials = match (decoded(url.username())?, url.password().map(decoded).transpose()?) {
            (user, None) if user.is_empty() => None,
            (user, Some(password)) if !user.is_empty() && !password.is_empty() => Some((user, password)),
            _ => return Err(SmtpUrlError::Credentials),
        };
        let port = url.port().unwrap_or(if security == Security::None { 25 } else { port });
        Ok(Self { host, port, security, credentials, authority })
    }
}

/// Without user and password: `smtp://mail.example.com:587`.
impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.security == Security::Tls { "smtps" } else { "smtp" };
        let bracketed = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{}{}{}:{}", bracketed.0, self.host, bracketed.1, self.port)?;
        if self.security == Security::None { f.write_str("?tls=none") } else { Ok(()) }
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signs_in = if self.credentials.is_some() { ", signs in" } else { "" };
        write!(f, "SmtpUrl({self}{signs_in})")
    }
}

fn is_this_machine(host: &str) -> bool {
    match Host::parse(if host.contains(':') { "" } else { host }) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        _ => host.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
    }
}

/// Percent-decoded.
fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit =
                |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(SmtpUrlError::Form);
            let value = digit(rest.next())? * 16 + digit(rest.next())?;
            bytes.push(u8::try_from(value).map_err(|_| SmtpUrlError::Form)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| SmtpUrlError::Form)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> SmtpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn the_scheme_tells_protection_and_port() {
        for (text, security, shown) in [
            ("smtp://mail.example.com", Security::StartTls, "smtp://mail.example.com:587"),
            ("smtp://mail.example.com:2525/", Security::StartTls, "smtp://mail.example.com:2525"),
            ("smtps://mail.example.com", Security::Tls, "smtps://mail.example.com:465"),
            ("smtp://localhost?tls=none", Security::None, "smtp://localhost:25?tls=none"),
            ("smtp://127.0.0.1:1025?tls=none", Security::None, "smtp://127.0.0.1:1025?tls=none"),
            ("smtp://[::1]:25?tls=none", Security::None, "smtp://[::1]:25?tls=none"),
        ] {
            assert_eq!((read(text).security(), read(text).to_string()), (security, shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_never_shown() {
        let url = read("smtp://portal%40example.com:p%40ss%2Fw%25rd@mail.example.com:587?ca=/etc/ca.pem");
        assert_eq!(url.credentials, Some(("portal@example.com".to_owned(), "p@ss/w%rd".to_owned())));
        assert_eq!(url.authority, Some(PathBuf::from("/etc/ca.pem")));
        assert_eq!(
            format!("{url:?} {url}"),
            "SmtpUrl(smtp://mail.example.com:587, signs in) smtp://mail.example.com:587"
        );
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (text, error) in [
            ("", SmtpUrlError::Form),
            ("mail.example.com", SmtpUrlError::Form),
            ("smtp://", SmtpUrlError::Form),
            ("smtp://user:50%@mail.example.com", SmtpUrlError::Form),
            ("https://mail.example.com", SmtpUrlError::Scheme),
            ("mail.example.com:587", SmtpUrlError::Scheme),
            ("smtp://user@mail.example.com", SmtpUrlError::Credentials),
            ("smtp://:password@mail.example.com", SmtpUrlError::Credentials),
            ("smtp://mail.example.com?tls=none", SmtpUrlError::PlainText),
            ("smtp://localhost.example.com?tls=none", SmtpUrlError::PlainText),
            ("smtp://localhost?tls=maybe", SmtpUrlError::Option),
            ("smtps://localhost?tls=none", SmtpUrlError::Option),
            ("smtp://mail.example.com/inbox", SmtpUrlError::Option),
        ] {
            assert_eq!(text.parse::<SmtpUrl>(), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "(smtps?://)?.*") {
            let _ = text.parse::<SmtpUrl>();
        }

        #[test]
        fn every_password_can_be_written(password in ".{1,30}") {
            let written: String = password.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let url = read(&format!("smtp://user:{written}@mail.example.com"));
            prop_assert_eq!(url.credentials, Some(("user".to_owned(), password)));
        }
    }
}
