//! What is the same for all formats whose lines are JSON objects.
//!
//! A block is taken in pieces that the processor's cache holds: a piece is checked to be UTF-8, and then read line by
//! line while it is near. A line of a shape that was seen before is not scanned anew (see [`Shapes`]).

use std::borrow::Cow;

use model::Call;

use super::percent::percent_encoded;
use super::{DecodeJson, Decoded, Scratch};
use crate::json::scan_object;
use crate::lines::{content, each_line, pieces};
use crate::reject::{Reject, RejectReason, TimeBounds};

/// Decodes the lines of a block.
#[inline]
pub(super) fn decode_json_block<'a, D: DecodeJson>(
    decoder: &D,
    block: &'a [u8],
    bounds: &TimeBounds,
    scratch: &mut Scratch,
    mut sink: impl FnMut(&'a [u8], Decoded<'a>),
) {
    scratch.shapes.use_for(decoder.tree());
    for piece in pieces(block) {
        // Positions within a piece are kept in 32 bits. What is longer is one line that is too long, or two.
        match simdutf8::basic::from_utf8(piece).ok().filter(|_| u32::try_from(piece.len()).is_ok()) {
            Some(text) => decode_text(decoder, text, bounds, scratch, &mut sink),
            None => decode_line_by_line(decoder, piece, bounds, scratch, &mut sink),
        }
    }
}

fn decode_text<'a, D: DecodeJson>(
    decoder: &D,
    text: &'a str,
    bounds: &TimeBounds,
    scratch: &mut Scratch,
    sink: &mut impl FnMut(&'a [u8], Decoded<'a>),
) {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let end = match scratch.shapes.fit(bytes, start, &mut scratch.slots) {
            Some(end) => {
                let line = bytes.get(start..end).unwrap_or_default();
                match decoder.plain_call(text, &scratch.slots, &mut scratch.dates, bounds) {
                    Some(call) => sink(line, Ok(call.into_call())),
                    None => sink(line, decoder.call(text, &scratch.slots, &mut scratch.dates, bounds)),
                }
                end
            }
            None => decode_unknown(decoder, text, start, bounds, scratch, sink),
        };
        start = end + 1;
    }
}

/// Decodes a line of no shape that is known; returns its end.
#[inline(never)]
fn decode_unknown<'a, D: DecodeJson>(
    decoder: &D,
    text: &'a str,
    start: usize,
    bounds: &TimeBounds,
    scratch: &mut Scratch,
    sink: &mut impl FnMut(&'a [u8], Decoded<'a>),
) -> usize {
    let bytes = text.as_bytes();
    let rest = bytes.get(start..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |length| start + length);
    let decoded = scan_line(decoder, text, start, end, scratch)
        .and_then(|()| decoder.call(text, &scratch.slots, &mut scratch.dates, bounds));
    sink(bytes.get(start..end).unwrap_or_default(), decoded);
    end
}

/// Scans a line and remembers its shape.
fn scan_line<D: DecodeJson>(
    decoder: &D,
    text: &str,
    start: usize,
    end: usize,
    scratch: &mut Scratch,
) -> Result<(), Reject> {
    let (start, end) = content(text.as_bytes(), start, end)?;
    scan(decoder, text, start, end, scratch)?;
    scratch.shapes.learn(text.as_bytes(), start, end, decoder.tree(), &scratch.slots);
    Ok(())
}

fn scan<D: DecodeJson>(decoder: &D, text: &str, start: usize, end: usize, scratch: &mut Scratch) -> Result<(), Reject> {
    scan_object(text, start, end, decoder.tree(), &mut scratch.slots)
        .map_err(|malformed| Reject::because(RejectReason::NotJson, malformed.problem))
}

/// Decodes lines of which some are not UTF-8.
#[cold]
#[inline(never)]
fn decode_line_by_line<'a, D: DecodeJson>(
    decoder: &D,
    piece: &'a [u8],
    bounds: &TimeBounds,
    scratch: &mut Scratch,
    sink: &mut impl FnMut(&'a [u8], Decoded<'a>),
) {
    each_line(piece, |start, end| {
        let decoded = content(piece, start, end).and_then(|(start, end)| {
            decode_json_line(decoder, piece.get(start..end).unwrap_or_default(), bounds, scratch)
        });
        sink(piece.get(start..end).unwrap_or_default(), decoded);
    });
}

/// Decodes the content of one line.
pub(super) fn decode_json_line<'a, D: DecodeJson>(
    decoder: &D,
    line: &'a [u8],
    bounds: &TimeBounds,
    scratch: &mut Scratch,
) -> Decoded<'a> {
    match simdutf8::basic::from_utf8(line) {
        Ok(text) => {
            scan(decoder, text, 0, text.len(), scratch)?;
            decoder.call(text, &scratch.slots, &mut scratch.dates, bounds)
        }
        Err(_) if D::STRICT => Err(Reject::plain(RejectReason::NotUtf8)),
        Err(_) => decode_percent_encoded(decoder, line, bounds, scratch),
    }
}

/// Decodes a line that is not UTF-8. What is percent-encoded is no JSON outside of strings, so such bytes are let
/// through within strings only.
#[cold]
fn decode_percent_encoded<D: DecodeJson>(
    decoder: &D,
    line: &[u8],
    bounds: &TimeBounds,
    scratch: &mut Scratch,
) -> Decoded<'static> {
    let text = percent_encoded(Cow::Borrowed(line));
    scan(decoder, &text, 0, text.len(), scratch)?;
    let call = decoder.call(&text, &scratch.slots, &mut scratch.dates, bounds)?;
    Ok(Call {
        time: call.time,
        app: call.app.map(|app| Cow::Owned(app.into_owned())),
        environment: call.environment,
        method: Cow::Owned(call.method.into_owned()),
        path: Cow::Owned(call.path.into_owned()),
        status: call.status,
        company: call.company.map(|company| Cow::Owned(company.into_owned())),
        principal: call.principal,
    })
}
