//! What is the same for all formats whose lines are bytes that need not be UTF-8. In pieces of a block that are UTF-8
//! throughout, nearly all lines are plain.

use super::{DecodeBytes, Decoded, Scratch};
use crate::lines::{content, each_line, pieces};
use crate::reject::TimeBounds;

/// Decodes the lines of a block.
#[inline]
pub(super) fn decode_bytes_block<'a, D: DecodeBytes>(
    decoder: &D,
    block: &'a [u8],
    bounds: &TimeBounds,
    scratch: &mut Scratch,
    mut sink: impl FnMut(&'a [u8], Decoded<'a>),
) {
    for piece in pieces(block) {
        match simdutf8::basic::from_utf8(piece) {
            Ok(text) => decode_text(decoder, text, bounds, scratch, &mut sink),
            Err(_) => each_line(piece, |start, end| {
                sink(piece.get(start..end).unwrap_or_default(), decode_content(decoder, piece, start, end, bounds));
            }),
        }
    }
}

fn decode_text<'a, D: DecodeBytes>(
    decoder: &D,
    text: &'a str,
    bounds: &TimeBounds,
    scratch: &mut Scratch,
    sink: &mut impl FnMut(&'a [u8], Decoded<'a>),
) {
    let bytes = text.as_bytes();
    let mut start = 0;
    while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
        let end = match decoder.decode_plain(text, start, bounds, scratch) {
            Some((call, end)) => {
                sink(bytes.get(start..end).unwrap_or_default(), Ok(call.into_call()));
                end
            }
            None => {
                let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |length| start + length);
                let decoded = decode_content(decoder, bytes, start, end, bounds);
                sink(bytes.get(start..end).unwrap_or_default(), decoded);
                end
            }
        };
        start = end + 1;
    }
}

#[inline(never)]
fn decode_content<'a, D: DecodeBytes>(
    decoder: &D,
    bytes: &'a [u8],
    start: usize,
    end: usize,
    bounds: &TimeBounds,
) -> Decoded<'a> {
    let (start, end) = content(bytes, start, end)?;
    decoder.decode(bytes.get(start..end).unwrap_or_default(), bounds)
}
