//! What a scan found: for each wanted field where its value stands.

use std::borrow::Cow;

use super::text::unescape;
use super::tree::{MAX_SLOTS, Slot};

/// What kind of value stands somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    Number,
    True,
    False,
    #[default]
    Null,
    Object,
    Array,
}

/// A value's kind and place in the scanned text; of a string, its inside.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The wanted fields of one line, to be used again for the next.
#[derive(Debug)]
pub(crate) struct Slots {
    seen: u64,
    places: [Place; MAX_SLOTS],
}

impl Default for Slots {
    fn default() -> Self {
        Self { seen: 0, places: [Place::default(); MAX_SLOTS] }
    }
}

/// A field's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// A string, escapes undone.
    Text(Cow<'a, str>),
    /// A number as it is written.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object or an array, as it is written.
    Nested(&'a str),
}

impl<'a> Value<'a> {
    /// What is not a string as it is written; nothing for `null`.
    #[inline]
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(text) | Self::Nested(text) => Some(Cow::Borrowed(text)),
            Self::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            Self::Null => None,
        }
    }
}

impl Slots {
    /// Forgets everything.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.seen = 0;
    }

    /// Forgets some fields.
    #[inline]
    pub(super) fn forget(&mut self, mask: u64) {
        self.seen &= !mask;
    }

    #[inline]
    pub(super) fn set(&mut self, slot: Slot, place: Place) {
        self.seen |= slot.mask();
        // `& 63` lets the compiler see that the slot is in range.
        self.places[slot.index() & (MAX_SLOTS - 1)] = place;
    }

    #[inline]
    pub(super) fn place(&self, slot: Slot) -> Option<Place> {
        (self.seen & slot.mask() != 0).then(|| self.places[slot.index() & (MAX_SLOTS - 1)])
    }

    /// All fields that the line has, and where.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, Place)> {
        Slot::all().filter_map(|slot| Some((slot, self.place(slot)?)))
    }

    /// The value of a field, where the line has it; `text` is what was scanned.
    #[inline]
    pub(crate) fn value<'a>(&self, text: &'a str, slot: Slot) -> Option<Value<'a>> {
        let place = self.place(slot)?;
        let raw = text.get(place.start as usize..place.end as usize)?;
        Some(match place.kind {
            Kind::Plain => Value::Text(Cow::Borrowed(raw)),
            Kind::Escaped => Value::Text(unescape(raw)),
            Kind::Number => Value::Number(raw),
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Null => Value::Null,
            Kind::Object | Kind::Array => Value::Nested(raw),
        })
    }
}
