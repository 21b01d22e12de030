//! Remembering the shape of a line.

use super::{Length, MAX_NODES, NONE, Node, Shapes, Then};
use crate::json::slots::{Kind, Slots, Target};
use crate::json::tree::{FieldTree, Slot};
use crate::window::Literal;

/// Longer lines, lines with more scalars and lines nested deeper are not remembered.
const MAX_BYTES: usize = 8_192;
const MAX_SCALARS: usize = 256;
const MAX_DEPTH: u32 = 32;

/// How many literals may be tried at one place.
const MAX_OTHERS: usize = 8;

impl Shapes {
    /// Remembers the shape of the line that stands in `bytes` from `start` to `end` and that the scanner has read: it
    /// is valid, and `slots` hold what is wanted of it.
    #[cold]
    #[inline(never)]
    pub(crate) fn learn(&mut self, bytes: &[u8], start: usize, end: usize, tree: &FieldTree, slots: &Slots) {
        if self.pause > 0 || end - start > MAX_BYTES {
            return;
        }
        let Some(scalars) = scalars(bytes, start, end, tree.knows_attributes()) else { return };
        if let Some(wanted) = wanted(&scalars, slots) {
            self.add(bytes, (start, end), &scalars, &wanted);
        }
    }

    /// Adds a line by its scalars and which of them are wanted. A shape that is not added to its end is never found,
    /// for only the end makes a line fit.
    fn add(&mut self, bytes: &[u8], line: (usize, usize), scalars: &[(usize, usize)], wanted: &[Option<Slot>]) {
        let mut parent = None;
        let mut at = line.0;
        for ((start, end), slot) in scalars.iter().zip(wanted) {
            let literal = bytes.get(at..*start).unwrap_or_default();
            let Some(added) = self.add_literal(parent, literal, Then::Scalar, *slot) else { return };
            (parent, at) = (Some(added), *end);
        }
        self.add_literal(parent, bytes.get(at..line.1).unwrap_or_default(), Then::End, None);
    }

    /// Adds a literal of any length below a node.
    fn add_literal(&mut self, mut parent: Option<u32>, mut text: &[u8], then: Then, slot: Option<Slot>) -> Option<u32> {
        while let Some((head, rest)) = text.split_at_checked(Literal::WIDTH).filter(|(_, rest)| !rest.is_empty()) {
            parent = Some(self.add_node(parent, Literal::new(head)?, Then::More, None)?);
            text = rest;
        }
        self.add_node(parent, Literal::new(text)?, then, slot)
    }

    /// The node below `parent` with this literal, added where there is none.
    ///
    /// Of literals at one place the first that fits is taken, whatever comes behind it. That no other line is taken
    /// for one of this shape does not depend on their order: a line's literals, one behind the other, are all of the
    /// line, and the shape at whose end it arrives was added from a line with the same.
    fn add_node(&mut self, parent: Option<u32>, literal: Literal, then: Then, slot: Option<Slot>) -> Option<u32> {
        let target = Target::of(slot);
        let mut before = None;
        let mut at = match parent {
            Some(parent) => self.nodes.get(parent as usize)?.next,
            None if self.nodes.is_empty() => NONE,
            None => 0,
        };
        let mut others = 0;
        while let Some(node) = self.nodes.get(at as usize) {
            if node.literal == literal {
                // The same literal with something else behind it can't be told apart.
                return ((node.then, node.target) == (then, target)).then_some(at);
            }
            (before, at) = (Some(at), node.other);
            others += 1;
        }
        if self.nodes.len() >= MAX_NODES || others >= MAX_OTHERS {
            return None;
        }
        let added = u32::try_from(self.nodes.len()).ok()?;
        let seen = slot.map_or(0, Slot::mask);
        self.nodes.push(Node { literal, next: NONE, other: NONE, seen, target, then, length: Length::default() });
        match (before, parent) {
            (Some(before), _) => self.nodes.get_mut(before as usize)?.other = added,
            (None, Some(parent)) => self.nodes.get_mut(parent as usize)?.next = added,
            (None, None) => {}
        }
        Some(added)
    }
}

/// For each scalar the field that it is. None where a wanted value is something else than one of the scalars.
fn wanted(scalars: &[(usize, usize)], slots: &Slots) -> Option<Vec<Option<Slot>>> {
    let mut wanted = vec![None; scalars.len()];
    for (slot, place) in slots.all() {
        let quote = usize::from(matches!(place.kind, Kind::Plain | Kind::Escaped));
        let start = (place.start as usize).checked_sub(quote)?;
        let at = scalars.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        if wanted.get_mut(at)?.replace(slot).is_some() {
            return None;
        }
    }
    Some(wanted)
}

/// The places of the scalars of a valid line, strings with their quotes. Where names of attributes are looked at, those
/// are none: the value of any key `key`, whatever it is.
pub(super) fn scalars(bytes: &[u8], start: usize, end: usize, attributes: bool) -> Option<Vec<(usize, usize)>> {
    let mut scalars = Vec::new();
    // A bit for each value that is open, set where it is an object.
    let mut open = 0u64;
    let mut depth = 0u32;
    let (mut key_comes, mut is_name) = (false, false);
    let mut at = start;
    while at < end {
        match bytes.get(at)? {
            byte @ (b'{' | b'[') => {
                key_comes = *byte == b'{';
                open = open << 1 | u64::from(key_comes);
                depth += 1;
                if depth > MAX_DEPTH {
                    return None;
                }
                at += 1;
            }
            b'}' | b']' => {
                open >>= 1;
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' => {
                key_comes = open & 1 == 1;
                at += 1;
            }
            b':' => {
                key_comes = false;
                at += 1;
            }
            b' ' | b'\t' | b'\r' => at += 1,
            _ => {
                let after = scalar_end(bytes, at, end)?;
                if key_comes {
                    is_name = attributes && bytes.get(at..after) == Some(b"\"key\"");
                } else if !is_name {
                    scalars.push((at, after));
                }
                at = after;
            }
        }
    }
    (scalars.len() <= MAX_SCALARS).then_some(scalars)
}

/// Where a scalar ends that begins at `at`.
fn scalar_end(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    let rest = bytes.get(at..end)?;
    if rest.first() != Some(&b'"') {
        let length = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r'))?;
        return Some(at + length);
    }
    let mut length = 1;
    loop {
        match rest.get(length)? {
            b'"' => return Some(at + length + 1),
            b'\\' => length += 2,
            _ => length += 1,
        }
    }
}
