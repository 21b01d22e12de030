//! A log record as far as a call is made from it, and the line that it becomes.

use std::borrow::Cow;
use std::io::Write as _;

use super::places::{Field, OtlpPlaces};
use crate::fields::is_absent;
use crate::lines::MAX_LINE_BYTES;

/// What is kept of a value that all records of a resource or a scope share, in bytes: more than any that is of use.
const SHARED_BYTES: usize = 1024;

/// Of a longer text no more bytes are made characters: as many as [`push_text`] takes, and the rest of the last character.
pub(super) const TEXT_BYTES: usize = MAX_LINE_BYTES + 4;

/// How deep values are looked into.
pub(super) const DEPTH: u32 = 16;

/// A value that is no list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    /// As JSON writes it.
    Number(Cow<'a, str>),
    Bool(bool),
}

impl<'a> Scalar<'a> {
    /// A whole number.
    pub(super) fn integer(number: i64) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }

    /// A number that may have a fraction; one that has none is a whole number.
    pub(super) fn double(number: f64) -> Self {
        // Without a fraction it is written without a point, which is all that differs from what JSON has.
        if number.is_finite() {
            Self::Number(Cow::Owned(number.to_string()))
        } else {
            Self::Text(Cow::Owned(number.to_string()))
        }
    }

    fn holds_something(&self) -> bool {
        !matches!(self, Self::Text(text) if is_absent(text))
    }

    fn shared(self) -> Scalar<'static> {
        let clip = |text: Cow<'a, str>| Cow::Owned(clipped(&text, SHARED_BYTES).to_owned());
        match self {
            Self::Text(text) => Scalar::Text(clip(text)),
            Self::Number(text) => Scalar::Number(clip(text)),
            Self::Bool(value) => Scalar::Bool(value),
        }
    }
}

/// The attributes that calls are made from, at the positions that [`OtlpPlaces`] gives their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes<'a>(Vec<Option<Scalar<'a>>>);

impl<'a> Attributes<'a> {
    pub(super) fn of(places: &OtlpPlaces) -> Self {
        Self(vec![None; places.len()])
    }

    /// Notes the value of an attribute; of equal ones the last counts.
    pub(super) fn set(&mut self, position: usize, value: Option<Scalar<'a>>) {
        if let Some(place) = self.0.get_mut(position) {
            *place = value;
        }
    }

    /// The same for many records, in bounded memory.
    pub(super) fn shared(self) -> Attributes<'static> {
        Attributes(self.0.into_iter().map(|value| value.map(Scalar::shared)).collect())
    }

    fn get(&self, position: usize) -> Option<&Scalar<'a>> {
        self.0.get(position)?.as_ref().filter(|value| value.holds_something())
    }
}

/// When a record says that it was.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Time<'a> {
    /// Nanoseconds since 1970; 0 for unknown.
    Nanos(u64),
    /// No number of nanoseconds.
    Unreadable(Cow<'a, str>),
}

/// One log record.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) time: Time<'a>,
    pub(super) observed: Time<'a>,
    pub(super) attributes: Attributes<'a>,
    pub(super) body: Attributes<'a>,
}

/// What the records of a resource and a scope share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) resource: Attributes<'static>,
    pub(super) scope: Attributes<'static>,
}

impl Record<'_> {
    /// Appends the line that the record becomes: for each field the first of its names under which something stands, in the
    /// record, its body, its scope or its resource.
    pub(super) fn write_line(&self, shared: &Shared, places: &OtlpPlaces, line: &mut Vec<u8>) {
        line.push(b'{');
        let mut first = true;
        let mut key = |line: &mut Vec<u8>, key: &str| {
            if !std::mem::take(&mut first) {
                line.push(b',');
            }
            line.push(b'"');
            line.extend_from_slice(key.as_bytes());
            line.extend_from_slice(b"\":");
        };
        match if self.time == Time::Nanos(0) { &self.observed } else { &self.time } {
            Time::Nanos(0) => {}
            Time::Nanos(nanos) => {
                key(line, "time");
                // Seconds: a u64 of nanoseconds never has so many that they would be taken for milliseconds.
                let (seconds, millis) = (nanos / 1_000_000_000, nanos / 1_000_000 % 1000);
                // Writing to a vector can't fail.
                let _ = write!(line, "{seconds}.{millis:03}");
            }
            Time::Unreadable(text) => {
                key(line, "time");
                push_text(text, line);
            }
        }
        for (field, name) in Field::ALL {
            let layers = [&self.attributes, &self.body, &shared.scope, &shared.resource];
            let found = places.of(field).find_map(|at| layers.iter().find_map(|layer| layer.get(at)));
            if let Some(value) = found {
                key(line, name);
                push_value(value, line);
            }
        }
        line.extend_from_slice(b"}\n");
    }
}

fn push_value(value: &Scalar<'_>, line: &mut Vec<u8>) {
    match value {
        Scalar::Text(text) => push_text(text, line),
        Scalar::Number(digits) => line.extend_from_slice(clipped(digits, MAX_LINE_BYTES).as_bytes()),
        Scalar::Bool(value) => line.extend_from_slice(if *value { b"true" } else { b"false" }),
    }
}

/// A text as JSON has it; of one that is too long for a line only as much as makes the line too long.
fn push_text(text: &str, line: &mut Vec<u8>) {
    line.push(b'"');
    for character in clipped(text, MAX_LINE_BYTES + 1).chars() {
        match character {
            '"' => line.extend_from_slice(b"\\\""),
            '\\' => line.extend_from_slice(b"\\\\"),
            '\0'..='\u{1f}' => {
                let _ = write!(line, "\\u{:04x}", u32::from(character));
            }
            _ => line.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    line.push(b'"');
}

fn clipped(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}
