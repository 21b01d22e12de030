//! JSON arrays of records, cut into lines as they come.

use serde_json::Value;

#[path = "../../crates/service/src/ingest/array.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "checked where it belongs")]
mod array;

use array::{Malformed, Unfold};

/// An array of JSON values must come out as these values, one a line, however its bytes come; what is no array must come out
/// as it went in.
pub fn check(data: &[u8]) {
    let whole = unfold(data, usize::MAX);
    let step = data.len() % 7 + 1;
    assert_eq!(whole.0, unfold(data, step).0, "the outcome depends on how the bytes come");
    if whole.0.is_ok() {
        assert!(whole.1 == unfold(data, step).1, "the lines depend on how the bytes come");
    }
    let mut as_lines = Vec::new();
    let mut lines = Unfold::lines();
    assert_eq!(lines.add(data, &mut as_lines).and_then(|()| lines.finish(&mut as_lines)), Ok(()));
    assert!(as_lines == data);

    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let first = text.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    if first != Some(&b'[') {
        // White space without end is no beginning; else nothing is changed.
        assert!(whole.0 == Err(Malformed::NoBeginning) || whole.1 == data || data.len() > 60_000);
        return;
    }
    let Ok(expected) = serde_json::from_slice::<Vec<Value>>(text) else { return };
    assert_eq!(whole.0, Ok(()));
    let mut found: Vec<&[u8]> = whole.1.split(|byte| *byte == b'\n').collect();
    if found.last().is_some_and(|last| last.trim_ascii().is_empty()) {
        found.pop();
    }
    assert_eq!(found.len(), expected.len());
    for (line, value) in found.into_iter().zip(expected) {
        assert_eq!(serde_json::from_slice::<Value>(line).ok(), Some(value));
    }
}

fn unfold(data: &[u8], step: usize) -> (Result<(), Malformed>, Vec<u8>) {
    let (mut unfold, mut lines) = (Unfold::default(), Vec::new());
    for piece in data.chunks(step.min(data.len().max(1))) {
        if let Err(malformed) = unfold.add(piece, &mut lines) {
            return (Err(malformed), lines);
        }
    }
    (unfold.finish(&mut lines), lines)
}
