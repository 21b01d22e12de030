//! A message and whom it goes to.

use std::fmt;
use std::str::FromStr;

use lettre::Address;

/// The longest address that SMTP knows, in bytes (RFC 5321, 4.5.3.1.3, without the brackets).
const MAX_ADDRESS: usize = 254;

/// A person or a program that mail goes to, or comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name that is shown, if there is one. Any text: it can't add a header.
    pub name: Option<String>,
    /// The address, such as `anna@example.com`.
    pub email: String,
}

/// A text that is no mailbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an e-mail address; write `name@example.com` or `Name <name@example.com>`")]
pub struct MailboxError(String);

impl Mailbox {
    /// Without a name.
    #[must_use]
    pub fn new(email: impl Into<String>) -> Self {
        Self { name: None, email: email.into() }
    }

    /// With a name.
    #[must_use]
    pub fn named(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: Some(name.into()), email: email.into() }
    }
}

/// As people write it in a configuration: `name@example.com` or `Name <name@example.com>`.
impl FromStr for Mailbox {
    type Err = MailboxError;

    fn from_str(text: &str) -> Result<Self, MailboxError> {
        let text = text.trim();
        let (name, email) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, email)) => (name.trim().trim_matches('"').trim(), email.trim()),
            None => ("", text),
        };
        if is_address(email) {
            Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), email: email.to_owned() })
        } else {
            Err(MailboxError(text.chars().take(MAX_ADDRESS).collect()))
        }
    }
}

/// `name@example.com` or `Name <name@example.com>`, for people to read.
impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.email),
            None => f.write_str(&self.email),
        }
    }
}

/// Whether mail can go to this address as far as its form tells: `local@domain` of at most 254 bytes, without quotes,
/// spaces, comments and numeric hosts, which no person's address has.
#[must_use]
pub fn is_address(text: &str) -> bool {
    address(text).is_some()
}

pub(crate) fn address(text: &str) -> Option<Address> {
    let unusual =
        |character: char| character.is_whitespace() || character.is_control() || "\"()<>[]\\,;:".contains(character);
    if text.len() > MAX_ADDRESS || text.contains(unusual) || text.matches('@').count() != 1 {
        return None;
    }
    text.parse().ok()
}

/// One message to one mailbox. Its `Debug` doesn't show the text, which may hold a link that signs somebody in.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Whom it goes to.
    pub to: Mailbox,
    /// One line; line breaks in it become spaces, and what is beyond 200 characters is cut.
    pub subject: String,
    /// Plain text, with any line ends; at most 64 KiB.
    pub text: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_args!("({} bytes)", self.text.len());
        f.debug_struct("Message").field("to", &self.to).field("subject", &self.subject).field("text", &text).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mailboxes_are_written_in_two_ways() {
        let plain = Mailbox::new("portal@example.com");
        assert_eq!("portal@example.com".parse(), Ok(plain.clone()));
        assert_eq!(" <portal@example.com> ".parse(), Ok(plain));
        let named = Mailbox::named("Partner Team", "portal@example.com");
        assert_eq!("Partner Team <portal@example.com>".parse(), Ok(named.clone()));
        assert_eq!("\"Partner Team\" <portal@example.com>".parse(), Ok(named.clone()));
        assert_eq!(named.to_string(), "Partner Team <portal@example.com>");
    }

    #[test]
    fn addresses_are_those_of_people() {
        for good in ["a@b.example", "anna.l+test@mail.example.co.uk", "o'brien@example.com", "dev@intranet"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "a b@example.com",
            "a@b@c.example",
            "<a@b.example>",
            "a@b.example\n",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example,c@d.example",
            "\"a b\"@b.example",
            "a@[127.0.0.1]",
            &long,
        ] {
            assert!(!is_address(bad), "{bad}");
        }
        let error = Mailbox::from_str("nobody").unwrap_err().to_string();
        assert!(error.starts_with("`nobody` is not an e-mail address; write"), "{error}");
    }

    #[test]
    fn a_debug_print_hides_the_text() {
        let message =
            Message { to: Mailbox::new("a@b.example"), subject: "Reset".into(), text: "https://secret".into() };
        assert!(!format!("{message:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = Mailbox::from_str(&text);
        }

        #[test]
        fn what_is_displayed_is_read_again(name in "[a-zA-Z .'-]*[a-z]", local in "[a-z0-9.]{0,20}[a-z]") {
            let email = format!("x{}@example.com", local.replace("..", "."));
            prop_assume!(is_address(&email));
            let mailbox = Mailbox::named(name.trim(), email);
            prop_assert_eq!(mailbox.to_string().parse(), Ok(mailbox));
        }
    }
}
