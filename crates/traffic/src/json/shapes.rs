//! Shapes of lines that were seen before, so that the next line of the same shape need not be taken apart anew.
//!
//! Programs write their logs by a template: from line to line only the scalars differ, and what stands between them
//! (keys, punctuation, braces, white space) stays the same to the byte. So a line that was scanned is remembered as the
//! texts between its scalars, its *literals*, and which scalars are wanted. The next line is compared with that: a
//! literal, any one scalar, the next literal, and so on to the line's end.
//!
//! Why this finds what the scanner would find: the literals of a shape come from a line that is valid JSON. Whether a
//! text is valid depends on a scalar only through being one, and each scalar is checked by the scanner's own
//! rules. Where the wanted values stand depends on the keys and the nesting, which are in the literals, with one
//! exception: in OpenTelemetry's lists the names of attributes are scalars, and so those count as part of the
//! literals (see [`learn`]). A line that fits no shape says nothing: it goes to the scanner, which also says what is
//! wrong with it.
//!
//! Shapes that begin alike share their beginning: they are a tree of literals, each with those that may follow.

mod learn;

use std::sync::Arc;

use super::lexer::scalar_at;
use super::slots::{Slots, Target};
use super::tree::FieldTree;
use crate::lines::{MAX_LINE_BYTES, line_end};
use crate::window::Literal;

/// How many literals are remembered.
const MAX_NODES: usize = 512;

/// What a line that fits earns, and what one that doesn't costs.
const HIT: i32 = 1;
const MISS: i32 = 8;
/// With what a start is made, and the most that can be earned.
const START: i32 = 400;
const MOST: i32 = 2_000;
/// For how many lines nothing is learned after lines of too many shapes.
const PAUSE: u32 = 2_000;

/// The shapes seen by one thread in the lines of one decoder.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// Whose lines these are the shapes of.
    tree: Option<Arc<()>>,
    nodes: Vec<Node>,
    /// Falls where too few lines fit.
    credit: i32,
    pause: u32,
}

/// One literal and what stands behind it.
#[derive(Clone, Copy, Debug)]
struct Node {
    literal: Literal,
    /// The first of the literals that may follow; none at the end.
    next: u32,
    /// The literal to try where this one doesn't fit.
    other: u32,
    /// The bit of the field that the scalar is, if it is one.
    seen: u64,
    target: Target,
    then: Then,
    length: Length,
}

/// Where there is no other node.
const NONE: u32 = u32::MAX;

/// What follows a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Scalar,
    /// The rest of the literal.
    More,
    /// The line's end.
    End,
}

/// How long the strings at a place are, where all are equally long.
///
/// Where the next literal stands is only known when the end of the string before is found, and so on from scalar to
/// scalar: a chain of instructions of which each waits for the one before. Most strings of a log are as long as the one
/// in the line before (times, ids, names from a short list). A length that is only *checked* need not be waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Length {
    /// The length that is counted on, as the bit behind the string; a bit that is in no mask where there is none.
    bit: u32,
    /// That bit and all below.
    mask: u32,
    length: u32,
    /// How many strings in a row had this length.
    run: u32,
}

/// After how many strings of equal length the next is counted on to be as long.
const RUN: u32 = 32;

impl Default for Length {
    fn default() -> Self {
        Self { bit: 1, mask: 0, length: 0, run: 0 }
    }
}

impl Length {
    /// The first of the bytes marked in `ends`, of which there is one at least.
    #[inline(always)]
    pub(super) fn first_end(&mut self, ends: u32) -> usize {
        if ends & self.mask == self.bit {
            return self.length as usize;
        }
        let length = ends.trailing_zeros();
        // Without a branch, for lengths that change are as good as chance.
        self.run = if length == self.length { self.run + 1 } else { 0 };
        (self.length, self.bit, self.mask) = (length, 1, 0);
        if self.run >= RUN {
            self.bit = 1 << (length & 31);
            self.mask = self.bit | (self.bit - 1);
        }
        length as usize
    }
}

impl Shapes {
    /// Prepares for lines that are read by this tree.
    #[inline]
    pub(crate) fn use_for(&mut self, tree: &FieldTree) {
        let same = self.tree.as_ref().is_some_and(|known| Arc::ptr_eq(known, tree.identity()));
        if !same {
            self.tree = Some(Arc::clone(tree.identity()));
            self.nodes.clear();
            (self.credit, self.pause) = (START, 0);
        }
    }

    /// Where the line ends that begins at `start`, its wanted fields noted in `slots`, if the line fits a shape. The end
    /// is that of [`crate::lines::each_line`]: the position of the line feed, or the text's end. Texts are of less than
    /// 4 GiB.
    #[inline(always)]
    pub(crate) fn fit(&mut self, bytes: &[u8], start: usize, slots: &mut Slots) -> Option<usize> {
        let end = self.walk(bytes, start, slots);
        match end {
            Some(_) => self.credit = (self.credit + HIT).min(MOST),
            None => self.missed(),
        }
        end
    }

    #[inline(always)]
    fn walk(&mut self, bytes: &[u8], start: usize, slots: &mut Slots) -> Option<usize> {
        let (mut at, mut seen) = (start, 0);
        let mut index = 0;
        loop {
            let mut node = self.nodes.get_mut(index)?;
            while !node.literal.stands_at(bytes, at) {
                index = node.other as usize;
                node = self.nodes.get_mut(index)?;
            }
            at += node.literal.len();
            match node.then {
                Then::Scalar => {
                    let scalar = scalar_at(bytes, at, &mut node.length)?;
                    slots.note(node.target, scalar.kind, scalar.start, scalar.end);
                    seen |= node.seen;
                    at = scalar.after;
                }
                Then::More => {}
                Then::End => {
                    slots.see(seen);
                    return line_end(bytes, at).filter(|_| at - start <= MAX_LINE_BYTES);
                }
            }
            index = node.next as usize;
        }
    }

    /// Counts a line that fits no shape. Where too few do, what was learned is forgotten: it is of no use, and each
    /// line that is compared with it in vain costs time.
    #[cold]
    #[inline(never)]
    fn missed(&mut self) {
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        self.credit -= MISS;
        if self.credit < 0 {
            self.nodes.clear();
            (self.credit, self.pause) = (START, PAUSE);
        }
    }
}

#[cfg(test)]
mod tests;
