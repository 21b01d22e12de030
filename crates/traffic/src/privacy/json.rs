//! Excerpts of JSON, whole or cut off, valid or not.

use std::borrow::Cow;

use super::fields::{Kind, is_name, is_plain};
use super::mask::shape;
use super::{Privacy, REMOVED};

/// One object or array that is open.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    is_object: bool,
    /// What was expected in its place.
    outer: Kind,
    /// In an object: what the value of the key just read is expected to be.
    next: Kind,
    /// In a list of names and values: what the value of the name just read is expected to be.
    named: Option<Named>,
}

#[derive(Clone, Copy, Debug)]
enum Named {
    Kind(Kind),
    Never,
}

/// What may be kept of a text that begins like JSON.
pub(super) fn excerpt(privacy: &Privacy, text: &str, is_whole: bool) -> String {
    let kept = String::with_capacity(text.len());
    Walk { privacy, text, is_whole, at: 0, open: Vec::new(), before: ' ', kept }.run()
}

struct Walk<'a> {
    privacy: &'a Privacy,
    text: &'a str,
    /// Whether the text ends where the line does.
    is_whole: bool,
    at: usize,
    open: Vec<Open>,
    /// The last character that was neither space nor part of a value.
    before: char,
    kept: String,
}

impl<'a> Walk<'a> {
    fn run(mut self) -> String {
        while let Some(character) = self.rest().chars().next() {
            match character {
                '"' => self.string(),
                '{' | '[' => {
                    self.step(character);
                    let outer = self.take_expected();
                    self.open.push(Open { is_object: character == '{', outer, ..Open::default() });
                }
                '}' | ']' => {
                    self.open.pop();
                    self.step(character);
                }
                ',' | ':' => self.step(character),
                _ if character.is_whitespace() => {
                    self.kept.push(' ');
                    self.at += character.len_utf8();
                }
                _ => self.bare(),
            }
        }
        self.kept
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self, character: char) {
        self.kept.push(character);
        self.before = character;
        self.at += character.len_utf8();
    }

    /// What a value that comes now should be. In an object that is said for one value only: in a line that is no JSON,
    /// anything may come after it.
    fn take_expected(&mut self) -> Kind {
        match self.open.last_mut() {
            Some(open) if open.is_object => std::mem::take(&mut open.next),
            Some(open) => open.outer,
            None => Kind::Other,
        }
    }

    fn string(&mut self) {
        let rest = self.rest();
        let end = string_end(rest);
        // Cut off, it has no closing quote.
        let inside = rest.get(1..end.unwrap_or(rest.len())).unwrap_or_default();
        let length = end.map_or(rest.len(), |end| end + 1);
        let follows_colon = rest.get(length..).unwrap_or_default().trim_start().starts_with(':');
        let is_key =
            follows_colon && matches!(self.before, '{' | ',') && self.open.last().is_some_and(|open| open.is_object);
        self.at += length;
        if is_key {
            self.key(inside);
            return;
        }
        let expected = self.take_expected();
        let inside = unescaped(inside);
        let kept = self.privacy.value(expected, &inside);
        if expected == Kind::Name {
            self.name(&inside);
        }
        self.before = '"';
        self.push_string(&kept);
    }

    /// A key: what it names decides on the value, which goes as a whole where nothing of it may be kept.
    fn key(&mut self, key: &str) {
        let kept = if is_name(key) { key.to_owned() } else { shape(key) };
        self.push_string(&kept);
        let named = self.open.last().and_then(|open| open.named);
        let is_value = key.eq_ignore_ascii_case("value");
        let never = self.privacy.is_never_stored(key) || (is_value && matches!(named, Some(Named::Never)));
        let kind = match (named, Kind::of(key)) {
            (Some(Named::Kind(kind)), Kind::Other) if is_value => kind,
            // `{"stringValue": …}` stands for what the object should be.
            (_, Kind::Other) if key.ends_with("Value") => self.open.last().map_or(Kind::Other, |open| open.outer),
            (_, kind) => kind,
        };
        if let Some(open) = self.open.last_mut() {
            open.next = kind;
        }
        self.before = '"';
        if never {
            self.remove_value();
        }
    }

    /// The name of an attribute, for the value that follows.
    fn name(&mut self, name: &str) {
        let named = if self.privacy.is_never_stored(name) { Named::Never } else { Named::Kind(Kind::of(name)) };
        if let Some(open) = self.open.last_mut() {
            open.named = Some(named);
        }
    }

    /// Passes over the colon and the value behind it, however much is nested in it.
    fn remove_value(&mut self) {
        let rest = self.rest();
        let colon = rest.find(':').map_or(rest.len(), |colon| colon + 1);
        self.kept.push_str(":\"");
        self.kept.push_str(REMOVED);
        self.kept.push('"');
        let after = rest.get(colon..).unwrap_or_default();
        self.at += colon + (after.len() - after.trim_start().len()) + value_length(after.trim_start());
    }

    /// A number or word outside of quotes.
    fn bare(&mut self) {
        let rest = self.rest();
        let end = rest.find(|c: char| "\"{}[],:".contains(c) || c.is_whitespace()).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        let expected = self.take_expected();
        let stays = ["true", "false", "null"].contains(&word) || is_plain(expected, word);
        if stays && (self.is_whole || end < rest.len()) {
            self.kept.push_str(word);
        } else {
            // No number of JSON begins with more than one 0.
            self.kept.push_str(&shape(word).replace('0', "9"));
        }
        self.before = 'a';
        self.at += end;
    }

    fn push_string(&mut self, text: &str) {
        self.kept.push('"');
        self.kept.push_str(text);
        self.kept.push('"');
    }
}

/// The inside of a string without backslashes: whatever is escaped is a letter, but for the slash.
fn unescaped(inside: &str) -> Cow<'_, str> {
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match (character, if character == '\\' { characters.next() } else { None }) {
            ('\\', Some('/')) => text.push('/'),
            ('\\', escaped) => {
                if escaped == Some('u') {
                    characters.nth(3);
                }
                text.push('a');
            }
            (plain, _) => text.push(plain),
        }
    }
    Cow::Owned(text)
}

/// Where the closing quote stands of a string that a text begins with.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(at)
    })
}

/// How long the value is that a text begins with; all of it where it has no end.
fn value_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => match string_end(text.get(at..).unwrap_or_default()) {
                Some(end) => at += end + 1,
                None => return text.len(),
            },
            b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => (depth, at) = (depth - 1, at + 1),
            b',' if depth == 0 => return at,
            _ => {
                at += 1;
                continue;
            }
        }
        // Strings, objects and arrays end here; what follows one without a comma is looked at like any other text.
        if depth == 0 {
            return at;
        }
    }
    text.len()
}
