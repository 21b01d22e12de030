//! Excerpts of lines that are not JSON: words with spaces between, some of them in quotes or brackets, some with a name.

use super::fields::{Kind, is_name, is_plain, is_version};
use super::mask::shape;
use super::{Privacy, REMOVED};

/// What may be kept of a line.
pub(super) fn excerpt(privacy: &Privacy, text: &str, is_whole: bool) -> String {
    let kept = String::with_capacity(text.len());
    let mut line = Line { privacy, rest: text, is_whole, kept, after_method: false };
    while let Some(character) = line.rest.chars().next() {
        match character {
            '"' => line.enclosed('"'),
            '[' => line.enclosed(']'),
            _ if character.is_whitespace() => line.copy(' ', character.len_utf8()),
            _ => line.word(),
        }
    }
    line.kept
}

struct Line<'a, 'p> {
    privacy: &'p Privacy,
    rest: &'a str,
    /// Whether the text ends where the line does.
    is_whole: bool,
    kept: String,
    /// Whether the last word was a method, so that the next is what was asked for.
    after_method: bool,
}

impl<'a> Line<'a, '_> {
    fn copy(&mut self, character: char, length: usize) {
        self.kept.push(character);
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// What stands in quotes or brackets: a request, a time, or words.
    fn enclosed(&mut self, close: char) {
        let (inside, length, closes) = inside(self.rest, close);
        let open = self.rest.chars().next().unwrap_or('"');
        self.kept.push(open);
        self.kept.push_str(&self.of_kind(Kind::Other, inside, closes));
        if closes {
            self.kept.push(close);
        }
        self.skip(length);
        self.after_method = false;
    }

    fn of_kind(&self, kind: Kind, inside: &str, is_whole: bool) -> String {
        if is_whole && is_plain(Kind::Time, inside) && !inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            return inside.to_owned();
        }
        if kind == Kind::Other
            && let Some(request) = self.privacy.request(inside)
        {
            return request;
        }
        self.privacy.value(kind, inside)
    }

    /// A word, or `name=value`.
    fn word(&mut self) {
        let end = self.rest.find(|c: char| c.is_whitespace() || c == '"' || c == '[').unwrap_or(self.rest.len());
        let word = self.rest.get(..end).unwrap_or_default();
        let is_whole = self.is_whole || end < self.rest.len();
        let after_method = std::mem::replace(&mut self.after_method, false);
        if let Some((name, _)) = word.split_once('=') {
            let value = self.rest.get(name.len() + 1..).unwrap_or_default();
            let is_removed = is_name(name) && !name.contains('/') && self.privacy.is_never_stored(name);
            if is_removed || (!after_method && is_label(name, value)) {
                self.named(name);
                return;
            }
        }
        let core = word.trim_matches(|c: char| "()<>{},;'".contains(c));
        let kept = match core {
            _ if after_method => self.privacy.path(word).unwrap_or_else(|| shape(word)),
            "-" | "" => word.to_owned(),
            _ if is_version(core) => word.to_owned(),
            // A number that may be a status is kept; longer ones may be anybody's.
            _ if is_whole && core.len() == 3 && is_plain(Kind::Status, core) => word.to_owned(),
            _ if core.contains('-') && is_plain(Kind::Time, core) => word.to_owned(),
            _ if core.bytes().all(|byte| byte.is_ascii_uppercase()) && is_plain(Kind::Method, core) => {
                self.after_method = true;
                word.to_owned()
            }
            _ => match self.privacy.address(core) {
                Some(address) => word.replacen(core, &address, 1),
                None => shape(word),
            },
        };
        self.kept.push_str(&kept);
        self.skip(end);
    }

    /// `name=value`, the value as it is or in quotes.
    fn named(&mut self, name: &str) {
        if is_label_alone(name) {
            self.kept.push_str(name);
        } else {
            self.kept.push_str(&shape(name));
        }
        self.kept.push('=');
        self.skip(name.len() + 1);
        let (value, length, quoted) = match self.rest.chars().next() {
            Some('"') => {
                let (value, length, _) = inside(self.rest, '"');
                (value, length, true)
            }
            _ => {
                let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
                (self.rest.get(..end).unwrap_or_default(), end, false)
            }
        };
        let is_whole = self.is_whole || length < self.rest.len();
        let kept = if self.privacy.is_never_stored(name) {
            REMOVED.to_owned()
        } else {
            let kind = Kind::of(name);
            let cut_off = !is_whole && !matches!(kind, Kind::Path | Kind::Request);
            if cut_off { shape(value) } else { self.of_kind(kind, value, is_whole) }
        };
        if quoted {
            self.kept.push('"');
        }
        self.kept.push_str(&kept);
        if quoted {
            self.kept.push('"');
        }
        self.skip(length);
        self.after_method = false;
    }
}

/// Whether what stands before `=` is the name of what comes after it: no path, and not the end of padded Base64.
fn is_label(name: &str, value: &str) -> bool {
    let begins = value.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || "\"/-[".contains(c));
    begins && is_label_alone(name)
}

/// Whether a name may be told where nothing shows that it is one. One with digits is more likely a value, unless it is known.
fn is_label_alone(name: &str) -> bool {
    let is_known = || Kind::of(name) != Kind::Other;
    is_name(name) && !name.contains(['/', ':']) && (!name.bytes().any(|byte| byte.is_ascii_digit()) || is_known())
}

/// The inside of what a text begins with up to `close`, how long both are together, and whether it is closed.
fn inside(text: &str, close: char) -> (&str, usize, bool) {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let ends = char::from(byte) == close && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(at)
    });
    match end {
        Some(end) => (text.get(1..end).unwrap_or_default(), end + 1, true),
        None => (text.get(1..).unwrap_or_default(), text.len(), false),
    }
}
