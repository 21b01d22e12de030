//! `ExportLogsServiceRequest` in protobuf, read where it lies. Numbers of fields are those of
//! `opentelemetry/proto/logs/v1/logs.proto` and `common/v1/common.proto`; other fields are passed over.

use std::ops::Range;

use super::OtlpError;
use super::places::OtlpPlaces;
use super::record::{Attributes, DEPTH, Record, Scalar, Shared, TEXT_BYTES, Time};
use super::wire::{Wire, next_field};

/// An export, and how far it is read: the messages that the next record stands in.
#[derive(Debug)]
pub(super) struct ProtobufExport {
    body: Vec<u8>,
    export: Range<usize>,
    resource_logs: Range<usize>,
    scope_logs: Range<usize>,
    shared: Shared,
}

impl ProtobufExport {
    pub(super) fn new(body: Vec<u8>) -> Self {
        let export = 0..body.len();
        Self { body, export, resource_logs: 0..0, scope_logs: 0..0, shared: Shared::default() }
    }

    /// Appends the line of the next record; false where there is none.
    pub(super) fn next_line(&mut self, places: &OtlpPlaces, line: &mut Vec<u8>) -> Result<bool, OtlpError> {
        let Self { body, export, resource_logs, scope_logs, shared } = self;
        loop {
            if let Some((number, value)) = next_field(body, scope_logs)? {
                if number == 2 {
                    record(body, value.bytes()?, places)?.write_line(shared, places, line);
                    return Ok(true);
                }
            } else if let Some((number, value)) = next_field(body, resource_logs)? {
                if number == 2 {
                    *scope_logs = value.bytes()?;
                    shared.scope = attributes_within(body, scope_logs.clone(), 3, places)?;
                }
            } else if let Some((number, value)) = next_field(body, export)? {
                if number == 1 {
                    *resource_logs = value.bytes()?;
                    shared.resource = attributes_within(body, resource_logs.clone(), 1, places)?;
                }
            } else {
                return Ok(false);
            }
        }
    }
}

/// The attributes of the resource or scope, which is the first field of the message at `place`, in whose own field
/// `number` they stand.
fn attributes_within(
    body: &[u8],
    mut place: Range<usize>,
    number: u64,
    places: &OtlpPlaces,
) -> Result<Attributes<'static>, OtlpError> {
    let mut attributes = Attributes::of(places);
    while let Some((field, value)) = next_field(body, &mut place)? {
        if field == 1 {
            let mut message = value.bytes()?;
            while let Some((field, value)) = next_field(body, &mut message)? {
                if field == number {
                    attribute(body, value.bytes()?, places, &mut attributes)?;
                }
            }
        }
    }
    Ok(attributes.shared())
}

/// A `LogRecord`.
fn record<'a>(body: &'a [u8], mut place: Range<usize>, places: &OtlpPlaces) -> Result<Record<'a>, OtlpError> {
    let (time, observed) = (Time::Nanos(0), Time::Nanos(0));
    let mut record = Record { time, observed, attributes: Attributes::of(places), body: Attributes::of(places) };
    while let Some((number, value)) = next_field(body, &mut place)? {
        match number {
            1 => record.time = Time::Nanos(value.fixed64()?),
            11 => record.observed = Time::Nanos(value.fixed64()?),
            5 => list_of(body, value.bytes()?, places, &mut record.body)?,
            6 => attribute(body, value.bytes()?, places, &mut record.attributes)?,
            _ => {}
        }
    }
    Ok(record)
}

/// The attributes of an `AnyValue` that is a `KeyValueList`; of any other none.
fn list_of<'a>(
    body: &'a [u8],
    mut value: Range<usize>,
    places: &OtlpPlaces,
    attributes: &mut Attributes<'a>,
) -> Result<(), OtlpError> {
    while let Some((number, wire)) = next_field(body, &mut value)? {
        if number == 6 {
            let mut list = wire.bytes()?;
            while let Some((number, wire)) = next_field(body, &mut list)? {
                if number == 1 {
                    attribute(body, wire.bytes()?, places, attributes)?;
                }
            }
        }
    }
    Ok(())
}

/// A `KeyValue`, noted if a call is made from it.
fn attribute<'a>(
    body: &'a [u8],
    mut place: Range<usize>,
    places: &OtlpPlaces,
    attributes: &mut Attributes<'a>,
) -> Result<(), OtlpError> {
    let (mut key, mut value) = (0..0, None);
    while let Some((number, wire)) = next_field(body, &mut place)? {
        match number {
            1 => key = wire.bytes()?,
            2 => value = Some(wire.bytes()?),
            _ => {}
        }
    }
    for position in places.positions(body.get(key).unwrap_or_default()) {
        let scalar = value.clone().map(|value| scalar(body, value, DEPTH)).transpose()?.flatten();
        attributes.set(position, scalar);
    }
    Ok(())
}

/// An `AnyValue`; a list stands for its first element that has a value.
fn scalar(body: &[u8], mut place: Range<usize>, depth: u32) -> Result<Option<Scalar<'_>>, OtlpError> {
    let mut found = None;
    while let Some((number, wire)) = next_field(body, &mut place)? {
        found = match (number, wire) {
            (1, Wire::Bytes(text)) => {
                let text = body.get(text).unwrap_or_default();
                // What is no UTF-8 becomes three times as long.
                Some(Scalar::Text(String::from_utf8_lossy(text.get(..TEXT_BYTES).unwrap_or(text))))
            }
            (2, Wire::Varint(value)) => Some(Scalar::Bool(value != 0)),
            (3, Wire::Varint(value)) => Some(Scalar::integer(value.cast_signed())),
            (4, Wire::Fixed64(bits)) => Some(Scalar::double(f64::from_bits(bits))),
            (5, Wire::Bytes(list)) if depth > 0 => first_of(body, list, depth - 1)?,
            (1..=4, _) => return Err(OtlpError("a value has another type than it should have")),
            // Lists of keys and values, bytes, and whatever is to come.
            (5..=7, _) => None,
            _ => found,
        };
    }
    Ok(found)
}

/// The first value of an `ArrayValue`.
fn first_of(body: &[u8], mut list: Range<usize>, depth: u32) -> Result<Option<Scalar<'_>>, OtlpError> {
    while let Some((number, wire)) = next_field(body, &mut list)? {
        if number == 1
            && let Some(value) = scalar(body, wire.bytes()?, depth)?
        {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
