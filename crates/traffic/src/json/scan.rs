//! The scanner itself: one pass over a line's bytes, with a bounded recursion for nested values.

use super::MAX_DEPTH;
use super::lexer::{Lexer, Scanned, malformed, place};
use super::slots::{Kind, Place, Slots};
use super::text::unescape;
use super::tree::{FieldTree, Node, NodeId};

/// Scans the JSON object that `text` holds from `start` to `end` and notes the places of the wanted fields.
/// Places are positions in `text`. What follows `end` is never part of a value; where it exists it should be
/// the line's end, so that the scanner may look past the last bytes without counting them.
#[inline]
pub(crate) fn scan_object(text: &str, start: usize, end: usize, tree: &FieldTree, slots: &mut Slots) -> Scanned<()> {
    slots.clear();
    if u32::try_from(text.len()).is_err() {
        return malformed("the line stands in a block of more than 4 GiB");
    }
    let mut scanner = Scanner { text, lexer: Lexer { bytes: text.as_bytes(), at: start }, tree, slots };
    scanner.lexer.skip_space();
    if !scanner.lexer.take(b'{') {
        return malformed("the line does not begin with `{`");
    }
    scanner.object(tree.root(), 1)?;
    scanner.lexer.skip_space();
    // A carriage return that was cut off the line is white space like any other.
    if scanner.lexer.at >= end { Ok(()) } else { malformed("something follows the JSON object, or it has no end") }
}

struct Scanner<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    tree: &'a FieldTree,
    slots: &'a mut Slots,
}

impl<'a> Scanner<'a> {
    /// An object, from behind its `{` to behind its `}`.
    fn object(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<()> {
        self.lexer.skip_space();
        if self.lexer.take(b'}') {
            return Ok(());
        }
        loop {
            if !self.lexer.take(b'"') {
                return malformed("a key in quotes is missing");
            }
            let key = self.lexer.string()?;
            if !self.lexer.take(b':') {
                self.lexer.skip_space();
                if !self.lexer.take(b':') {
                    return malformed("`:` is missing after a key");
                }
            }
            self.lexer.skip_space();
            let child = match node {
                Some(node) => self.child(node, key),
                None => None,
            };
            self.value(child, depth)?;
            if self.lexer.take(b',') {
                self.lexer.skip_space();
                continue;
            }
            self.lexer.skip_space();
            if self.lexer.take(b'}') {
                return Ok(());
            }
            if !self.lexer.take(b',') {
                return malformed("`,` or `}` is missing after a value");
            }
            self.lexer.skip_space();
        }
    }

    #[inline(always)]
    fn child(&self, node: &'a Node, key: Place) -> Option<&'a Node> {
        let (start, end) = (key.start as usize, key.end as usize);
        if key.kind == Kind::Escaped {
            let key = unescape(self.text.get(start..end)?);
            return self.tree.node(node.child(key.as_bytes(), 0, key.len())?);
        }
        self.tree.node(node.child(self.lexer.bytes, start, end)?)
    }

    /// A value; noted where `node` says so.
    #[inline(always)]
    fn value(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<()> {
        let Some(node) = node else {
            return self.any_value(None, depth).map(|_| ());
        };
        // An equal key before this one may have left something.
        self.slots.forget(node.mask);
        if self.tree.looks_into_arrays() && self.lexer.peek() == b'[' {
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
        match self.lexer.peek() {
            b'{' | b'[' => self.nested(node, depth),
            _ => self.lexer.scalar(),
        }
    }

    fn nested(&mut self, node: Option<&'a Node>, depth: u32) -> Scanned<Place> {
        if depth >= MAX_DEPTH {
            return malformed("values are nested more than 512 deep");
        }
        let start = self.lexer.at;
        let kind = if self.lexer.take(b'{') {
            self.object(node, depth + 1)?;
            Kind::Object
        } else {
            self.lexer.at += 1;
            self.elements(depth + 1)?;
            Kind::Array
        };
        Ok(place(kind, start, self.lexer.at))
    }

    /// An array, from behind its `[` to behind its `]`, of which nothing is wanted.
    fn elements(&mut self, depth: u32) -> Scanned<()> {
        self.lexer.skip_space();
        if self.lexer.take(b']') {
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
        self.lexer.skip_space();
        if self.lexer.take(b',') {
            self.lexer.skip_space();
            Ok(false)
        } else if self.lexer.take(b']') {
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
        let start = self.lexer.at;
        self.lexer.at += 1;
        self.lexer.skip_space();
        let mut ended = self.lexer.take(b']');
        if ended && let Some(slot) = node.slot {
            self.slots.set(slot, place(Kind::Array, start, self.lexer.at));
        }
        let mut first = true;
        while !ended {
            if node.has_attributes() && self.lexer.peek() == b'{' {
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
        self.lexer.at += 1;
        self.lexer.skip_space();
        let mut ended = self.lexer.take(b'}');
        while !ended {
            if !self.lexer.take(b'"') {
                return malformed("a key in quotes is missing");
            }
            let key = self.lexer.string()?;
            self.lexer.skip_space();
            if !self.lexer.take(b':') {
                return malformed("`:` is missing after a key");
            }
            self.lexer.skip_space();
            match self.lexer.bytes.get(key.start as usize..key.end as usize) {
                Some(b"key") => name = Some(self.any_value(None, depth + 1)?),
                Some(b"value") => value = self.attribute_value(depth + 1)?,
                _ => drop(self.any_value(None, depth + 1)?),
            }
            self.lexer.skip_space();
            ended = self.lexer.take(b'}');
            if !ended && !self.lexer.take(b',') {
                return malformed("`,` or `}` is missing after a value");
            }
            if !ended {
                self.lexer.skip_space();
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
        let is_object = self.lexer.peek() == b'{';
        if !is_object && self.lexer.peek() != b'[' {
            return self.any_value(None, depth).map(Some);
        }
        if depth >= MAX_DEPTH {
            return malformed("values are nested more than 512 deep");
        }
        self.lexer.at += 1;
        let close = if is_object { b'}' } else { b']' };
        let mut found = None;
        self.lexer.skip_space();
        let mut ended = self.lexer.take(close);
        while !ended {
            if is_object {
                if !self.lexer.take(b'"') {
                    return malformed("a key in quotes is missing");
                }
                self.lexer.string()?;
                self.lexer.skip_space();
                if !self.lexer.take(b':') {
                    return malformed("`:` is missing after a key");
                }
                self.lexer.skip_space();
            }
            let value = self.attribute_value(depth + 1)?;
            found = found.or(value);
            self.lexer.skip_space();
            ended = self.lexer.take(close);
            if !ended && !self.lexer.take(b',') {
                return malformed("`,` is missing after a value");
            }
            if !ended {
                self.lexer.skip_space();
            }
        }
        Ok(found)
    }
}
