//! Cutting a path into segments, eight bytes at a time; [`model::cut_path`] says what comes out.

use std::borrow::Cow;

use model::{Segment, Segments, cut_path};

const ONES: u64 = 0x0101_0101_0101_0101;
const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// The same segments as [`cut_path`], which is asked itself where anything is percent-encoded.
#[inline]
pub(crate) fn cut(path: &str) -> Segments<'_> {
    let bytes = path.as_bytes();
    let mut segments = Segments::new();
    let mut start = 0;
    let mut chunk_start = 0;
    while chunk_start < bytes.len() {
        let mut special = special_bytes(word(bytes, chunk_start));
        while special != 0 {
            let at = chunk_start + (special.trailing_zeros() / 8) as usize;
            match bytes.get(at) {
                Some(b'/') => {}
                Some(b'%') => return cut_path(path),
                // `?`, `#`, or beyond the end.
                _ => {
                    push(&mut segments, path, start, at.min(bytes.len()));
                    return segments;
                }
            }
            push(&mut segments, path, start, at);
            start = at + 1;
            special &= special - 1;
        }
        chunk_start += 8;
    }
    push(&mut segments, path, start, bytes.len());
    segments
}

#[inline]
fn push<'a>(segments: &mut Segments<'a>, path: &'a str, start: usize, end: usize) {
    if let Some(raw) = path.get(start..end)
        && !raw.is_empty()
    {
        segments.push(Segment { raw, text: Cow::Borrowed(raw) });
    }
}

/// The eight bytes from `at` on, as if question marks followed the last.
#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => rest.iter().rev().fold(ONES * u64::from(b'?'), |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Marks the high bits of `/`, `?`, `#` and `%`, and of no other bytes.
#[inline]
fn special_bytes(word: u64) -> u64 {
    // `/` and `?` differ in one bit only.
    let slash_or_question = zero_bytes((word & (ONES * 0xef)) ^ (ONES * u64::from(b'/')));
    let hash = zero_bytes(word ^ (ONES * u64::from(b'#')));
    let percent = zero_bytes(word ^ (ONES * u64::from(b'%')));
    slash_or_question | hash | percent
}

/// Marks the high bits of bytes that are zero, exactly.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    !(((word & LOWS) + LOWS) | word | LOWS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_byte_is_told_apart() {
        for byte in 0..=255u8 {
            let marked = special_bytes(ONES * u64::from(byte));
            let expected = if b"/?#%".contains(&byte) { ONES << 7 } else { 0 };
            assert_eq!(marked, expected, "{byte}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn it_cuts_as_the_model_says(path in prop_oneof!["[/a-c0-9]{0,40}", "[/a-c%2F?#é]{0,40}", "/\\PC{0,20}"]) {
            prop_assert_eq!(cut(&path), cut_path(&path));
        }
    }
}
