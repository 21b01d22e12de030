//! The mails that the portal wrote into a folder, read as their receivers do.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::encoding::{from_base64, from_quoted_printable};
use crate::patience;

/// How long a mail may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder of `.eml` files.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    read: RefCell<BTreeSet<PathBuf>>,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Names in lower case, values unfolded and decoded.
    pub headers: Vec<(String, String)>,
    /// The plain part, or all of it where there are no parts.
    pub text: String,
    /// The HTML part; empty where there is none.
    pub html: String,
    /// The file as it is.
    pub source: Vec<u8>,
}

/// The mails in a folder, which need not exist yet.
#[must_use]
pub fn outbox(folder: impl AsRef<Path>) -> Outbox {
    Outbox { folder: folder.as_ref().to_owned(), read: RefCell::default() }
}

impl Outbox {
    /// All mails, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Mail> {
        self.files().iter().map(|file| Mail::read(&std::fs::read(file).unwrap())).collect()
    }

    /// The mails to somebody, oldest first.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.all().into_iter().filter(|mail| mail.is_to(address)).collect()
    }

    /// The newest mail to somebody; waits up to ten seconds for a first one.
    ///
    /// # Panics
    /// When none comes.
    #[must_use]
    pub fn last_to(&self, address: &str) -> Mail {
        let found = patience::retry(PATIENCE, || self.to(address).pop());
        found.unwrap_or_else(|| panic!("no mail to {address}, only {}", self.list()))
    }

    /// The oldest mail to somebody that this function has not returned before; waits up to ten seconds for it.
    ///
    /// # Panics
    /// When none comes.
    #[must_use]
    pub fn next_to(&self, address: &str) -> Mail {
        let next = || {
            let mut read = self.read.borrow_mut();
            let unread = self.files().into_iter().filter(|file| !read.contains(file)).find_map(|file| {
                let mail = Mail::read(&std::fs::read(&file).unwrap());
                mail.is_to(address).then_some((file, mail))
            });
            unread.map(|(file, mail)| {
                read.insert(file);
                mail
            })
        };
        patience::retry(PATIENCE, next).unwrap_or_else(|| panic!("no new mail to {address}, only {}", self.list()))
    }

    fn list(&self) -> String {
        let line = |mail: &Mail| format!("{}: {}", mail.header("to").unwrap_or("-"), mail.subject());
        format!("{:?} in {}", self.all().iter().map(line).collect::<Vec<_>>(), self.folder.display())
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_mail = |file: &PathBuf| file.extension().is_some_and(|end| end == "eml");
        let written =
            |file: &Path| file.metadata().and_then(|facts| facts.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut files: Vec<PathBuf> = entries.filter(is_mail).collect();
        files.sort_by_cached_key(|file| (written(file), file.clone()));
        files
    }
}

impl Mail {
    /// Reads a mail.
    #[must_use]
    pub fn read(source: &[u8]) -> Self {
        let whole = String::from_utf8_lossy(source).replace("\r\n", "\n");
        let (headers, body) = split(&whole);
        let mut mail = Self { headers, text: String::new(), html: String::new(), source: source.to_vec() };
        let headers = mail.headers.clone();
        mail.take(&headers, body);
        mail
    }

    /// Takes the texts out of a part, and out of its parts.
    fn take(&mut self, headers: &[(String, String)], body: &str) {
        let kind = header(headers, "content-type").unwrap_or("text/plain");
        if let Some(boundary) = kind.starts_with("multipart/").then(|| parameter(kind, "boundary")).flatten() {
            let end = format!("\n--{boundary}");
            let whole = format!("\n{body}");
            for part in whole.split(&end).skip(1).take_while(|part| !part.starts_with("--")) {
                let (headers, body) = split(part.trim_start_matches([' ', '\t']).trim_start_matches('\n'));
                self.take(&headers, body);
            }
            return;
        }
        let bytes = match header(headers, "content-transfer-encoding").unwrap_or_default().to_ascii_lowercase().as_str()
        {
            "base64" => from_base64(body),
            "quoted-printable" => from_quoted_printable(body),
            _ => body.as_bytes().to_vec(),
        };
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let place = if kind.starts_with("text/html") { &mut self.html } else { &mut self.text };
        if place.is_empty() {
            *place = text;
        }
    }

    /// The first header of this name, written in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The subject; empty where there is none.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.header("subject").unwrap_or_default()
    }

    /// Whether somebody is among its receivers.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let receivers = self.header("to").unwrap_or_default().to_lowercase();
        receivers.split(',').any(|receiver| receiver.trim().trim_end_matches('>').rsplit('<').next() == Some(&address))
    }

    /// All URLs in its text, in order.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let text = if self.text.is_empty() { &self.html } else { &self.text };
        let mut links = Vec::new();
        let mut rest = text.as_str();
        while let Some(start) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
            rest = &rest[start..];
            let end = rest.find(|c: char| c.is_whitespace() || "<>\"'".contains(c)).unwrap_or(rest.len());
            links.push(crate::html::unescape(rest[..end].trim_end_matches(['.', ',', ')', ';'])));
            rest = &rest[end..];
        }
        links
    }

    /// The first URL in its text.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn link(&self) -> String {
        self.links().into_iter().next().unwrap_or_else(|| panic!("no link in the mail: {}", self.text))
    }
}

/// Headers and body.
fn split(text: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = match text.strip_prefix('\n') {
        Some(body) => ("", body),
        None => text.split_once("\n\n").unwrap_or((text, "")),
    };
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let pair = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), decode_words(value.trim())))
    };
    (unfolded.lines().filter_map(pair).collect(), body)
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A parameter of a header: `boundary` of `multipart/alternative; boundary="x"`.
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split(';').skip(1).find_map(|part| {
        let (known, value) = part.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// A header's text without encoded words (RFC 2047): `=?utf-8?q?gr=C3=BCn?=`.
fn decode_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut parts = after.splitn(3, '?');
        let (_, Some(kind), Some(text)) = (parts.next(), parts.next(), parts.next()) else { break };
        let Some((text, next)) = text.split_once("?=") else { break };
        let bytes = match kind {
            "b" | "B" => from_base64(text),
            _ => from_quoted_printable(&text.replace('_', " ")),
        };
        // White space between two encoded words is not part of the text.
        if out.is_empty() || !before.trim().is_empty() {
            out.push_str(before);
        }
        out.push_str(&String::from_utf8_lossy(&bytes));
        rest = next;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTED: &str = "From: Portal <portal@example.com>\r\nTo: Anna <Anna@Example.com>,\r\n bo@example.com\r\n\
        Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?IQ==?=\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nOpen http://127.0.0.1:80/verify?token=3Dabc=\r\ndef.\r\n\
        Or (https://example.com/x).\r\n";

    const PARTS: &str = "To: cy@example.com\nContent-Type: multipart/alternative;\n\tboundary=\"b1\"\n\nskipped\n--b1\n\
        Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naHR0cDovL2EuZXhhbXBsZS8x\n--b1\n\
        Content-Type: text/html\n\n<a href=\"http://a.example/1\">\n--b1--\nafter\n";

    #[test]
    fn a_mail_of_one_part_is_decoded() {
        let mail = Mail::read(QUOTED.as_bytes());
        assert_eq!(mail.subject(), "Grüße!");
        assert!(mail.is_to("anna@example.com") && mail.is_to("bo@example.com") && !mail.is_to("a@example.com"));
        assert_eq!(mail.links(), ["http://127.0.0.1:80/verify?token=abcdef", "https://example.com/x"]);
    }

    #[test]
    fn a_mail_of_two_parts_is_decoded() {
        let mail = Mail::read(PARTS.as_bytes());
        assert_eq!((mail.link().as_str(), mail.text.as_str()), ("http://a.example/1", "http://a.example/1"));
        assert!(mail.html.contains("<a href"));
    }

    #[test]
    fn mails_are_found_by_their_receivers_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        for (name, number) in [("1.eml", "1"), ("2.eml", "2"), ("3.txt", "3")] {
            let text = format!("To: cy@example.com\n\nhttp://a.example/{number}\n");
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("4.eml"), QUOTED).unwrap();
        let outbox = outbox(folder.path());
        assert_eq!(outbox.last_to("cy@example.com").link(), "http://a.example/2");
        assert_eq!(outbox.next_to("cy@example.com").link(), "http://a.example/1");
        assert_eq!(outbox.next_to("cy@example.com").link(), "http://a.example/2");
        assert_eq!((outbox.all().len(), outbox.to("anna@example.com").len()), (3, 1));
    }
}
