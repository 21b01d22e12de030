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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The wanted fields of one line, to be used again for the next.
///
/// Each part is written and read as a whole, so that a value that was just written can be read without waiting.
#[derive(Debug)]
pub(crate) struct Slots {
    seen: u64,
    /// First and past-the-last position, the first in the lower half.
    spans: [u64; PLACES],
    kinds: [Kind; PLACES],
}

/// One place for each field, and as many for what is not wanted.
const PLACES: usize = 2 * MAX_SLOTS;

/// Where a value is noted that is not wanted, so that there is no need to ask whether it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target(u8);

impl Target {
    /// Nobody's place.
    pub(super) const NONE: Self = Self(MAX_SLOTS as u8);

    /// A field's place, if there is one.
    pub(super) fn of(slot: Option<Slot>) -> Self {
        slot.map_or(Self::NONE, |slot| Self(slot.index() as u8))
    }
}

impl Default for Slots {
    fn default() -> Self {
        Self { seen: 0, spans: [0; PLACES], kinds: [Kind::Null; PLACES] }
    }
}

/// A field's value, as far as it can be used as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Simple<'a> {
    /// The line doesn't have it, or it is `null`.
    Absent,
    /// A string without escapes.
    Text(&'a str),
    /// A number.
    Number(&'a str),
    /// Anything else.
    Other,
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
        self.note(Target::of(Some(slot)), place.kind, place.start as usize, place.end as usize);
    }

    /// Notes where a value stands in a text of less than 4 GiB; [`Slots::see`] makes it known.
    #[inline(always)]
    pub(super) fn note(&mut self, target: Target, kind: Kind, start: usize, end: usize) {
        // The remainder lets the compiler see that the place is in range.
        let at = usize::from(target.0) % PLACES;
        self.spans[at] = start as u64 | (end as u64) << 32;
        self.kinds[at] = kind;
    }

    /// Says which fields were noted.
    #[inline(always)]
    pub(super) fn see(&mut self, mask: u64) {
        self.seen = mask;
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "takes the two halves apart again")]
    pub(super) fn place(&self, slot: Slot) -> Option<Place> {
        let span = self.spans[slot.index() % PLACES];
        let place = Place { kind: self.kinds[slot.index() % PLACES], start: span as u32, end: (span >> 32) as u32 };
        (self.seen & slot.mask() != 0).then_some(place)
    }

    /// Where the value of a field stands, if the line has it.
    #[inline(always)]
    pub(crate) fn span(&self, slot: Slot) -> (usize, usize) {
        let span = self.spans[slot.index() % PLACES];
        ((span & u64::from(u32::MAX)) as usize, (span >> 32) as usize)
    }

    /// The value of a field, as far as it needs no work.
    #[inline(always)]
    pub(crate) fn simple<'a>(&self, text: &'a str, slot: Slot) -> Simple<'a> {
        let Some(place) = self.place(slot) else { return Simple::Absent };
        let raw = || text.get(place.start as usize..place.end as usize);
        match place.kind {
            Kind::Plain => raw().map_or(Simple::Other, Simple::Text),
            Kind::Number => raw().map_or(Simple::Other, Simple::Number),
            Kind::Null => Simple::Absent,
            _ => Simple::Other,
        }
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
