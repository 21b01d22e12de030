//! Protobuf's wire format, as far as reading takes it: fields by number, one after the other.

use std::ops::Range;

use super::OtlpError;

/// The value of a field. Bytes are a place in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    Varint(u64),
    Fixed64(u64),
    Bytes(Range<usize>),
    Fixed32,
}

impl Wire {
    /// The place of a text or of a message within this one.
    pub(super) fn bytes(self) -> Result<Range<usize>, OtlpError> {
        match self {
            Self::Bytes(place) => Ok(place),
            _ => Err(OtlpError("a field has another type than it should have")),
        }
    }

    /// A number of 64 bits.
    pub(super) fn fixed64(self) -> Result<u64, OtlpError> {
        match self {
            Self::Fixed64(number) => Ok(number),
            _ => Err(OtlpError("a field has another type than it should have")),
        }
    }
}

/// Takes the next field of the message that stands at `place`, which shrinks to what follows; `None` at its end.
pub(super) fn next_field(body: &[u8], place: &mut Range<usize>) -> Result<Option<(u64, Wire)>, OtlpError> {
    if place.start >= place.end {
        return Ok(None);
    }
    let key = varint(body, place)?;
    let number = key >> 3;
    if number == 0 || number > 0x1fff_ffff {
        return Err(OtlpError("a field has a number that protobuf does not allow"));
    }
    let value = match key & 7 {
        0 => Wire::Varint(varint(body, place)?),
        1 => {
            let bytes = take(body, place, 8)?;
            let bytes = body.get(bytes).and_then(|bytes| bytes.first_chunk::<8>()).copied();
            Wire::Fixed64(u64::from_le_bytes(bytes.unwrap_or_default()))
        }
        2 => {
            let length = usize::try_from(varint(body, place)?).unwrap_or(usize::MAX);
            Wire::Bytes(take(body, place, length)?)
        }
        5 => {
            take(body, place, 4)?;
            Wire::Fixed32
        }
        _ => return Err(OtlpError("a field has a type that protobuf does not have")),
    };
    Ok(Some((number, value)))
}

fn take(body: &[u8], place: &mut Range<usize>, length: usize) -> Result<Range<usize>, OtlpError> {
    let end = place.start.checked_add(length).filter(|end| *end <= place.end && *end <= body.len());
    let end = end.ok_or(OtlpError("a field ends beyond its message"))?;
    let taken = place.start..end;
    place.start = end;
    Ok(taken)
}

fn varint(body: &[u8], place: &mut Range<usize>) -> Result<u64, OtlpError> {
    let mut number = 0_u64;
    for shift in (0..70).step_by(7) {
        let byte = take(body, place, 1)?;
        let byte = body.get(byte.start).copied().unwrap_or_default();
        // What goes beyond 64 bits is cut off, as every decoder does.
        number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(OtlpError("a number has more than ten bytes"))
}
