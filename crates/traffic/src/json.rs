//! A strict, validating, single-pass reader of one JSON object a line that picks out only wanted fields.
//!
//! It accepts exactly what RFC 8259 calls JSON, with two bounds: the outermost value is an object, and values
//! are nested at most [`MAX_DEPTH`] deep. Keys may come in any order, escaped or not; of equal keys the last
//! wins, with everything that the earlier one held. A `\u` escape of a lone surrogate, which is valid JSON but
//! no character, reads as U+FFFD.

mod lexer;
mod scan;
mod shapes;
mod slots;
mod text;
mod tree;

pub(crate) use scan::scan_object;
pub(crate) use shapes::Shapes;
pub(crate) use slots::{Simple, Slots, Value};
pub(crate) use tree::{FieldTree, Slot, Step};

/// How deep values may be nested.
pub(crate) const MAX_DEPTH: u32 = 512;

#[cfg(test)]
mod tests;
