//! Cutting a block of bytes into lines, and what every format does to a line first.

use crate::reject::{Reject, RejectReason};

/// The longest line that is read, in bytes, without its line end.
pub const MAX_LINE_BYTES: usize = 65_536;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Calls `each` with the first and the past-the-last position of every line of `block`, without its line feed.
/// A last line without line feed is one too.
#[inline]
pub(crate) fn each_line(block: &[u8], mut each: impl FnMut(usize, usize)) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', block) {
        each(start, end);
        start = end + 1;
    }
    if start < block.len() {
        each(start, block.len());
    }
}

/// The end of the line whose content ends at `at`, if it does: perhaps a carriage return, and a line feed or nothing. It
/// is what [`each_line`] says: the position of the line feed, or the text's end.
#[inline(always)]
pub(crate) fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    let end = match bytes.get(at) {
        Some(b'\r') => at + 1,
        _ => at,
    };
    matches!(bytes.get(end), None | Some(b'\n')).then_some(end)
}

/// How much of a block is looked at together, so that it stays in the processor's nearest cache.
const PIECE: usize = 16 << 10;

/// The block in pieces of whole lines.
#[inline]
pub(crate) fn pieces(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let feed = rest.get(PIECE..).and_then(|after| memchr::memchr(b'\n', after));
        let (piece, after) = rest.split_at(feed.map_or(rest.len(), |at| PIECE + at + 1));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Where the content of a line stands: without carriage return at its end and byte order mark at its start.
///
/// # Errors
/// A line that is too long or blank.
#[inline]
pub(crate) fn content(block: &[u8], mut start: usize, mut end: usize) -> Result<(usize, usize), Reject> {
    let line = block.get(start..end).unwrap_or_default();
    if line.last() == Some(&b'\r') {
        end -= 1;
    }
    if end - start > MAX_LINE_BYTES {
        return Err(Reject::plain(RejectReason::LineTooLong));
    }
    if line.starts_with(BYTE_ORDER_MARK) {
        start += BYTE_ORDER_MARK.len();
    }
    match block.get(start..end) {
        Some([first, ..]) if !is_space(*first) => Ok((start, end)),
        Some(line) if !line.iter().all(|byte| is_space(*byte)) => Ok((start, end)),
        _ => Err(Reject::plain(RejectReason::EmptyLine)),
    }
}

#[inline]
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_cut_at_line_feeds() {
        let check = |block: &str, expected: &[&str]| {
            let mut lines = Vec::new();
            each_line(block.as_bytes(), |start, end| lines.push(&block[start..end]));
            assert_eq!(lines, expected, "{block:?}");
        };
        check("", &[]);
        check("\n", &[""]);
        check("a", &["a"]);
        check("a\n", &["a"]);
        check("a\n\nb", &["a", "", "b"]);
    }

    #[test]
    fn pieces_are_whole_lines() {
        let line = |length: usize| "a".repeat(length) + "\n";
        for lengths in [&[][..], &[1], &[0, 0], &[5_000; 20], &[16_384, 3, 16_383, 16_382], &[1, 70_000, 2, 70_000]] {
            let mut block: String = lengths.iter().map(|length| line(*length)).collect();
            for tail in ["", "b", "c\n"] {
                block.push_str(tail);
                let pieces: Vec<&[u8]> = pieces(block.as_bytes()).collect();
                assert_eq!(pieces.concat(), block.as_bytes());
                let (_, but_last) = pieces.split_last().map_or((&[][..], &[][..]), |(last, others)| (*last, others));
                assert!(but_last.iter().all(|piece| piece.len() > PIECE && piece.ends_with(b"\n")));
            }
        }
    }

    #[test]
    fn the_content_is_what_stands_between_mark_and_carriage_return() {
        let check = |line: &[u8], expected: Result<&[u8], RejectReason>| {
            let found = content(line, 0, line.len());
            assert_eq!(found.map(|(start, end)| &line[start..end]).map_err(|reject| reject.reason), expected);
        };
        check(b"a", Ok(b"a"));
        check(b" a\r", Ok(b" a"));
        check(b"\xef\xbb\xbfa\r", Ok(b"a"));
        check(b"\r\r", Err(RejectReason::EmptyLine));
        check(b"\xef\xbb\xbf", Err(RejectReason::EmptyLine));
        check(b" \t\x0b\x0c", Err(RejectReason::EmptyLine));
        check(b"", Err(RejectReason::EmptyLine));
        check(&[b'a'; 65_536], Ok(&[b'a'; 65_536]));
        check(&[b'a'; 65_537], Err(RejectReason::LineTooLong));
        let mut with_return = vec![b'a'; 65_536];
        with_return.push(b'\r');
        check(&with_return, Ok(&[b'a'; 65_536]));
        check(&[b' '; 65_537], Err(RejectReason::LineTooLong));
    }
}
