//! The scanner itself: one pass over a line's bytes, with a bounded recursion for nested values.

use super::MAX_DEPTH;
use super::slots::{Kind, Place, Slots};
use super::text::{plain_end, unescape};
use super::tree::{FieldTree, Node, NodeId};

/// Where and why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What is wrong.
    pub(crate) problem: &'static str,
}

type Scanned<T> = Result<T, Malformed>;

const fn malformed<T>(problem: &'static str) -> Scanned<T> {
    Err(Malformed { problem })
}

/// Scans the JSON object that `text` holds from `start` to `end` and notes the places of the wanted fields.
/// Places are positions in `text`. What follows `end` is never part of a value; where it exists it should be
/// the line's end, so that the scanner may look past the last bytes without counting them.
#[inline]
pub(crate) fn scan_object(text: &str, start: usize, end: usize, tree: &FieldTree, slots: &mut Slots) -> Scanned<()> {
    slots.clear();
    if u32::try_from(text.len()).is_err() {
        return malformed("the line stands in a block of more than 4 GiB");
    }
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: start, tree, slots };
    scanner.skip_space();
    if !scanner.take(b'{') {
        return malformed("the line does not begin with `{`");
    }
    scanner.object(tree.root(), 1)?;
    scanner.skip_space();
    // A carriage return that was cut off the line is white space like any other.
    if scanner.at >= end { Ok(()) } else { malformed("something follows the JSON object, or it has no end") }
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tree: &'a FieldTree,
    slots: &'a mut Slots,
}

impl<'a> Scanner<'a> {
    /// The next byte; a line feed, which no line contains, at the end.
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(b'\n')
    }

    /// Steps over the next byte if it is this one.
    #[inline(always)]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    /// An object, from behind its `{` to behind its `}`.
    fn object(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<()> {
        self.skip_space();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            if !self.take(b'"') {
                return malformed("a key in quotes is missing");
            }
            let key = self.string()?;
            if !self.take(b':') {
                self.skip_space();
                if !self.take(b':') {
                    return malformed("`:` is missing after a key");
                }
            }
            self.skip_space();
            let child = match node {
                Some(node) => self.child(node, key),
                None => None,
            };
            self.value(child, depth)?;
            if self.take(b',') {
                self.skip_space();
                continue;
            }
            self.skip_space();
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return malformed("`,` or `}` is missing after a value");
            }
            self.skip_space();
        }
    }

    #[inline(always)]
    fn child(&self, node: &'a Node, key: Place) -> Option<&'a Node> {
        let (start, end) = (key.start as usize, key.end as usize);
        if key.kind == Kind::Escaped {
            let key = unescape(self.text.get(start..end)?);
            return self.tree.node(node.child(key.as_bytes(), 0, key.len())?);
        }
        self.tree.node(node.child(self.bytes, start, end)?)
    }

    /// A value; noted where `node` says so.
    #[inline(always)]
    fn value(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<()> {
        let Some(node) = node else {
            return self.any_value(None, depth).map(|_| ());
        };
        // An equal key before this one may have left something.
        self.slots.forget(node.mask);
        if self.tree.looks_into_arrays() && self.peek() == b'[' {
            return self.array_of(node, depth);
        }
        let place = self.any_value(Some(node), depth)?;
        if let Some(slot) = node.slot {
            self.slots.set(slot, place);
        }
        Ok(())
    }

    #[inline(always)]
    fn any_value(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<Place> {
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.string()
            }
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal(b"true", Kind::True),
            b'f' => self.literal(b"false", Kind::False),
            b'n' => self.literal(b"null", Kind::Null),
            b'{' | b'[' => self.nested(node, depth),
            _ => malformed("a value is missing, or is none of JSON's"),
        }
    }

    fn nested(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<Place> {
        if depth >= MAX_DEPTH {
            return malformed("values are nested more than 512 deep");
        }
        let start = self.at;
        let kind = if self.take(b'{') {
            self.object(node, depth + 1)?;
            Kind::Object
        } else {
            self.at += 1;
            self.elements(depth + 1)?;
            Kind::Array
        };
        Ok(place(kind, start, self.at))
    }

    /// An array, from behind its `[` to behind its `]`, of which nothing is wanted.
    fn elements(&mut self, depth: u32) -> Scanned<()> {
        self.skip_space();
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.any_value(None, depth)?;
            if self.element_end()? {
                return Ok(());
            }
        }
    }

    /// Steps over `,` or `]` after an element; whether it was the latter.
    fn element_end(&mut self) -> Scanned<bool> {
        self.skip_space();
        if self.take(b',') {
            self.skip_space();
            Ok(false)
        } else if self.take(b']') {
            Ok(true)
        } else {
            malformed("`,` or `]` is missing after an element")
        }
    }

    /// An array whose first element stands for it, or a list of attributes.
    #[cold]
    fn array_of(&mut self, node: &'a Node, depth: u32) -> Scanned<()> {
        if depth >= MAX_DEPTH {
            return malformed("values are nested more than 512 deep");
        }
        let start = self.at;
        self.at += 1;
        self.skip_space();
        let mut ended = self.take(b']');
        if ended && let Some(slot) = node.slot {
            self.slots.set(slot, place(Kind::Array, start, self.at));
        }
        let mut first = true;
        while !ended {
            if node.has_attributes() && self.peek() == b'{' {
                self.attribute(node, depth + 1)?;
            } else {
                self.value(first.then_some(node), depth + 1)?;
            }
            first = false;
            ended = self.element_end()?;
        }
        Ok(())
    }

    /// One attribute of a list: notes its value under the field that is named like its key.
    fn attribute(&mut self, list: &'a Node, depth: u32) -> Scanned<()> {
        if depth >= MAX_DEPTH {
            return malformed("values are nested more than 512 deep");
        }
        let (mut name, mut value) = (None, None);
        self.at += 1;
        self.skip_space();
        let mut ended = self.take(b'}');
        while !ended {
            if !self.take(b'"') {
                return malformed("a key in quotes is missing");
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return malformed("`:` is missing after a key");
            }
            self.skip_space();
            match self.bytes.get(key.start as usize..key.end as usize) {
                Some(b"key") => name = Some(self.any_value(None, depth + 1)?),
                Some(b"value") => value = self.attribute_value(depth + 1)?,
                _ => drop(self.any_value(None, depth + 1)?),
            }
            self.skip_space();
            ended = self.take(b'}');
            if !ended && !self.take(b',') {
                return malformed("`,` or `}` is missing after a value");
            }
            if !ended {
                self.skip_space();
            }
        }
        if let (Some(name), Some(value)) = (name, value)
            && let Some(slot) = self.attribute_node(list, name).and_then(|node| node.slot)
        {
            self.slots.set(slot, value);
        }
        Ok(())
    }

    fn attribute_node(&self, list: &'a Node, name: Place) -> Option<&'a Node> {
        let raw = self.text.get(name.start as usize..name.end as usize)?;
        let id: NodeId = match name.kind {
            Kind::Plain => list.attribute(raw)?,
            Kind::Escaped => list.attribute(&unescape(raw))?,
            _ => return None,
        };
        self.tree.node(id)
    }

    /// What an attribute's `value` holds: the first scalar found in `{"stringValue": …}` and the like, or in
    /// `{"arrayValue": {"values": [{"stringValue": …}]}}`. A bare scalar stands for itself.
    fn attribute_value(&mut self, depth: u32) -> Scanned<Option<Place>> {
        let is_object = self.peek() == b'{';
        if !is_object && self.peek() != b'[' {
            return self.any_value(None, depth).map(Some);
        }
        if depth >= MAX_DEPTH {
            return malformed("values are nested more than 512 deep");
        }
        self.at += 1;
        let close = if is_object { b'}' } else { b']' };
        let mut found = None;
        self.skip_space();
        let mut ended = self.take(close);
        while !ended {
            if is_object {
                if !self.take(b'"') {
                    return malformed("a key in quotes is missing");
                }
                self.string()?;
                self.skip_space();
                if !self.take(b':') {
                    return malformed("`:` is missing after a key");
                }
                self.skip_space();
            }
            let value = self.attribute_value(depth + 1)?;
            found = found.or(value);
            self.skip_space();
            ended = self.take(close);
            if !ended && !self.take(b',') {
                return malformed("`,` is missing after a value");
            }
            if !ended {
                self.skip_space();
            }
        }
        Ok(found)
    }

    /// A string, from behind its first quote to behind its last; the place is its inside.
    #[inline(always)]
    fn string(&mut self) -> Scanned<Place> {
        let start = self.at;
        let end = plain_end(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(place(Kind::Plain, start, end));
        }
        self.string_with_escapes(start, end)
    }

    #[cold]
    fn string_with_escapes(&mut self, start: usize, mut at: usize) -> Scanned<Place> {
        loop {
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(place(Kind::Escaped, start, at));
                }
                Some(b'\\') => at += self.escape_length(at)?,
                _ => return malformed("a string has no end, or a control character within"),
            }
            at = plain_end(self.bytes, at);
        }
    }

    fn escape_length(&self, at: usize) -> Scanned<usize> {
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') => match self.bytes.get(at + 2..at + 6) {
                Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(6),
                _ => malformed("`\\u` is not followed by four hex digits"),
            },
            _ => malformed("a string has an escape that JSON does not know"),
        }
    }

    #[inline(always)]
    fn number(&mut self) -> Scanned<Place> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits("a number has no digits")?;
        }
        if self.take(b'.') {
            self.digits("a number has no digits after its point")?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits("a number has no digits in its exponent")?;
        }
        Ok(place(Kind::Number, start, self.at))
    }

    /// One or more digits.
    #[inline(always)]
    fn digits(&mut self, problem: &'static str) -> Scanned<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { malformed(problem) } else { Ok(()) }
    }

    #[inline(always)]
    fn literal<const N: usize>(&mut self, word: &[u8; N], kind: Kind) -> Scanned<Place> {
        let start = self.at;
        if self.bytes.get(start..).and_then(|rest| rest.first_chunk()) != Some(word) {
            return malformed("a value is none of JSON's");
        }
        self.at = start + N;
        Ok(place(kind, start, self.at))
    }
}

/// A place in a text of less than 4 GiB, as [`scan_object`] has made sure.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the text's length fits")]
fn place(kind: Kind, start: usize, end: usize) -> Place {
    Place { kind, start: start as u32, end: end as u32 }
}
