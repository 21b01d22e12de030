//! The message as it travels: headers and an encoded body (RFC 5322, RFC 2045 to 2047).

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use lettre::address::Envelope;
use lettre::message::Mailbox as Parsed;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use model::{Clock, Random, UnixMillis};

use crate::message::address;
use crate::{MailError, Mailbox, Message};

/// The most characters of a subject.
const MAX_SUBJECT: usize = 200;

/// The most characters of a name.
const MAX_NAME: usize = 100;

/// The most bytes of a text.
const MAX_TEXT: usize = 64 * 1024;

/// The last second of the year 9999, after which dates can't be written.
const LAST_SECOND: u64 = 253_402_300_799;

/// What all messages share: whom they come from, when they are written, and what makes their ids unique.
#[derive(Clone)]
pub struct Letterhead {
    /// Whom they come from.
    pub from: Mailbox,
    /// Tells their date.
    pub clock: Arc<dyn Clock>,
    /// Makes their ids unique.
    pub random: Arc<dyn Random>,
}

/// A message ready to be sent or written.
pub(crate) struct Composed {
    pub(crate) envelope: Envelope,
    /// Headers and body, without the end of the last line.
    pub(crate) bytes: Vec<u8>,
    pub(crate) at: UnixMillis,
}

impl Letterhead {
    pub(crate) fn compose(&self, message: &Message) -> Result<Composed, MailError> {
        if message.text.len() > MAX_TEXT {
            return Err(MailError::Message("its text has more than 64 KiB; shorten it"));
        }
        let from = address(&self.from.email).ok_or_else(|| MailError::Recipient(self.from.email.clone()))?;
        let to = address(&message.to.email).ok_or_else(|| MailError::Recipient(message.to.email.clone()))?;
        let at = self.clock.now();
        let id = format!("<{}@{}>", HEXLOWER.encode(&self.random.bytes::<16>()), from.domain());
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
            .map_err(|_| MailError::Message("it has no recipient"))?;
        let letter = lettre::Message::builder()
            .date(date(at))
            .from(Parsed::new(name(&self.from), from))
            .to(Parsed::new(name(&message.to), to))
            .subject(line(&message.subject, MAX_SUBJECT))
            .message_id(Some(id))
            // RFC 3834: so that nobody's holiday answers us.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .envelope(envelope.clone())
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(lines(&message.text))
            .map_err(|_| MailError::Message("its headers can't be written; simplify the name of the sender"))?;
        Ok(Composed { envelope, bytes: letter.formatted(), at })
    }
}

impl fmt::Debug for Letterhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letterhead").field("from", &self.from).finish_non_exhaustive()
    }
}

fn date(at: UnixMillis) -> SystemTime {
    let seconds = u64::try_from(at.0.div_euclid(1000)).unwrap_or(0).min(LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn name(mailbox: &Mailbox) -> Option<String> {
    mailbox.name.as_deref().map(|name| line(name, MAX_NAME)).filter(|name| !name.is_empty())
}

/// One line of at most `limit` characters: what a header holds. Without this, a line break would begin another header.
fn line(text: &str, limit: usize) -> String {
    let breaks = |character: char| character.is_whitespace() || is_invisible(character);
    let words: Vec<&str> = text.split(breaks).filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").chars().take(limit).collect();
    line.trim_end().to_owned()
}

/// Line ends as `\n`, none after the last line, and no control characters but tabs.
fn lines(text: &str) -> String {
    let text = text.trim_end().replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|character| matches!(character, '\n' | '\t') || !is_invisible(*character)).collect()
}

/// Control characters, and those that turn the direction of what follows, so that a name can disguise an address.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::letterhead;

    fn message(name: &str, subject: &str, text: &str) -> Message {
        Message { to: Mailbox::named(name, "anna@example.com"), subject: subject.to_owned(), text: text.to_owned() }
    }

    /// Subject, the recipient's name and the text, as a mail program shows them.
    fn shown(message: &Message) -> (String, String, String) {
        let composed = letterhead().compose(message).unwrap();
        let read = MessageParser::default().parse(&composed.bytes).unwrap();
        let to = read.to().unwrap().as_list().unwrap();
        assert_eq!(to.len(), 1);
        assert_eq!(to[0].address(), Some("anna@example.com"));
        assert_eq!(read.from().unwrap().first().unwrap().address(), Some("portal@example.com"));
        let headers: Vec<&str> = read.headers().iter().map(|header| header.name()).collect();
        let expected = [
            "Date",
            "From",
            "To",
            "Subject",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        ];
        assert_eq!(headers, expected);
        let text = read.body_text(0).unwrap().replace("\r\n", "\n");
        let name = to[0].name().unwrap_or_default();
        (read.subject().unwrap_or_default().to_owned(), name.to_owned(), text)
    }

    #[test]
    fn a_message_reads_as_it_was_written() {
        let message =
            message("Anna Lindqvist", "Verify your address", "Hello,\n\nhttps://x.example/verify?token=a_b-c\n");
        let composed = letterhead().compose(&message).unwrap();
        let text = String::from_utf8(composed.bytes).unwrap();
        let expected = "Date: Fri, 20 Nov 2026 13:45:12 +0000\r\n\
            From: \"Partner Team\" <portal@example.com>\r\n\
            To: \"Anna Lindqvist\" <anna@example.com>\r\n\
            Subject: Verify your address\r\n\
            Message-ID: <00000000000000000000000000000000@example.com>\r\n\
            Auto-Submitted: auto-generated\r\n\
            MIME-Version: 1.0\r\n\
            Content-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: 7bit\r\n\
            \r\n\
            Hello,\r\n\r\nhttps://x.example/verify?token=a_b-c";
        assert_eq!(text, expected);
    }

    #[test]
    fn letters_of_all_scripts_arrive() {
        let (name, subject, text) =
            ("Åsa \"Öst\" Перова, 佐藤", "Bestätigen Sie – 確認 ✓", "Grüße\n.\n..\nFrom here\n\n佐藤");
        assert_eq!(shown(&message(name, subject, text)), (subject.into(), name.into(), text.into()));
    }

    #[test]
    fn a_line_break_begins_no_header() {
        let (subject, name, _) = shown(&message(
            "Anna\r\nBcc: all@example.com",
            "Hi\nBcc: all@example.com\r\n\r\nanother body\u{2028}\0\u{202e}x",
            "text",
        ));
        assert_eq!(name, "Anna Bcc: all@example.com");
        assert_eq!(subject, "Hi Bcc: all@example.com another body x");
    }

    #[test]
    fn what_is_too_long_is_cut_or_refused() {
        let (subject, name, _) = shown(&message(&"n".repeat(500), &"ö".repeat(500), ""));
        assert_eq!((subject.chars().count(), name.len()), (MAX_SUBJECT, MAX_NAME));
        let error = letterhead().compose(&message("", "", &"x".repeat(MAX_TEXT + 1)));
        assert!(matches!(error, Err(MailError::Message(_))));
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for email in ["anna", "anna@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com"] {
            let message = Message { to: Mailbox::new(email), ..message("", "", "") };
            assert!(matches!(letterhead().compose(&message), Err(MailError::Recipient(_))), "{email}");
        }
    }

    #[test]
    fn dates_far_away_are_written_too() {
        for at in [i64::MIN, -1, 0, i64::MAX] {
            let letterhead = Letterhead { clock: Arc::new(UnixMillis(at)), ..letterhead() };
            assert!(letterhead.compose(&message("", "", "")).is_ok());
        }
    }

    proptest! {
        #[test]
        fn every_text_arrives(name in "\\PC{0,60}", subject in "\\PC{0,120}", text in "(\\PC|\n){0,400}") {
            let read = shown(&message(&name, &subject, &text));
            prop_assert_eq!(read, (line(&subject, MAX_SUBJECT), line(&name, MAX_NAME), lines(&text)));
        }

        #[test]
        fn no_text_adds_a_header(name in ".*", subject in ".*", text in ".*") {
            let _ = shown(&message(&name, &subject, &text));
        }

        #[test]
        fn no_line_is_too_long_for_a_server(name in "\\PC{0,200}", subject in "\\PC{0,400}", text in "[a-z ]{0,3000}") {
            let composed = letterhead().compose(&message(&name, &subject, &text)).unwrap();
            // RFC 5322, 2.1.1.
            prop_assert!(composed.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
        }
    }
}
