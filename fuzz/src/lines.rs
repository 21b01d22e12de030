//! Blocks of lines: what any decoder makes of a line must not depend on what stands around it.

use model::Call;
use traffic::{Decoder, Reject, RejectReason, Scratch};

use crate::bounds;

/// What became of a line.
pub type Decoded<'a> = Result<Call<'a>, Reject>;

/// Decodes a block, holds every line of it against the same line read alone by a decoder that has read nothing yet, and
/// gives lines and outcomes to `each`.
pub fn decode<'a>(decoder: &Decoder, block: &'a [u8], mut each: impl FnMut(&'a [u8], &Decoded<'a>)) {
    let mut expected = lines_of(block).into_iter();
    let mut scratch = Scratch::default();
    decoder.decode_block(block, &bounds(), &mut scratch, |line, decoded| {
        let cut = expected.next().expect("no more lines than line ends, and one");
        assert_eq!(line, cut, "the block was cut elsewhere");
        let alone = line.to_vec();
        let again = decoder.decode_line(&alone, &bounds(), &mut Scratch::default()).map_err(|reject| reject.reason);
        assert_eq!(decoded.as_ref().map_err(|reject| reject.reason), again.as_ref().map_err(|reason| *reason));
        check_call(line, &decoded);
        each(line, &decoded);
    });
    assert!(expected.next().is_none(), "a line is missing");
}

fn lines_of(block: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = block.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

/// What holds for every call, and every rejection.
fn check_call(line: &[u8], decoded: &Decoded<'_>) {
    match decoded {
        Ok(call) => {
            assert!((100..=599).contains(&call.status), "{call:?}");
            assert!((1..=32).contains(&call.method.len()), "{call:?}");
            assert!(call.method.bytes().all(|byte| byte.is_ascii_uppercase()), "{call:?}");
            assert!(call.path.starts_with('/'), "{call:?}");
            assert!(bounds().check(call.time).is_ok(), "{call:?}");
            if let Some(app) = &call.app {
                assert!((1..=200).contains(&app.len()) && !app.chars().any(char::is_control) && app != "-", "{call:?}");
            }
        }
        Err(reject) => {
            assert!(reject.detail.len() < 2_000, "{reject:?}");
            assert_eq!(
                reject.reason == RejectReason::EmptyLine,
                content(line).len() <= 65_536 && is_blank(content(line))
            );
        }
    }
}

/// A line without the carriage return at its end and the byte order mark at its start.
pub fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// Whether a line has nothing but white space.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
}

/// Whether bytes are one JSON object that is not nested deeper than lines may be. `None` where this can't be told.
pub fn is_json_object(line: &[u8]) -> Option<bool> {
    let text = std::str::from_utf8(line).ok()?;
    if depth(text) > 500 {
        return None;
    }
    // Looks at everything, but makes nothing of it: numbers may be of any size, escapes of any half of a pair.
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let raw: Result<&serde_json::value::RawValue, _> = serde::Deserialize::deserialize(&mut reader);
    Some(raw.is_ok_and(|raw| raw.get().starts_with('{') && reader.end().is_ok()))
}

/// At most how deep values are nested; more, if brackets stand in strings.
fn depth(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count()
}
