//! JSON lines through field maps: every ready one, and maps that the data brings.

use serde_json::Value;
use traffic::{Format, FormatOptions, ReadyMap, RejectReason};

use crate::lines::{Decoded, content, decode, is_blank, is_json_object};
use crate::split_head;

/// A map whose values are compared with serde_json's.
const COMPARED: &str = "json time=t method=m path=p status=s app=a.b|c company_header=headers.x";

/// The first line names a format: its first byte a ready map, or else it is a field map. Then come lines.
pub fn check(data: &[u8]) {
    let (head, lines) = split_head(data);
    let format = match head {
        [b'=', map @ ..] => match format!("json {}", String::from_utf8_lossy(map)).parse() {
            Ok(format) => format,
            Err(_) => return,
        },
        [first, ..] if usize::from(*first) % 9 < 8 => Format::Ready(ReadyMap::ALL[usize::from(*first) % 9]),
        _ => COMPARED.parse().expect("a good map"),
    };
    let compared = format == COMPARED.parse().expect("a good map");
    let Ok(decoder) = format.decoder(&FormatOptions::default()) else { return };
    decode(&decoder, lines, |line, decoded| {
        let line = content(line);
        if line.len() > 65_536 || is_blank(line) {
            return;
        }
        let reason = decoded.as_ref().err().map(|reject| reject.reason);
        if let Some(json) = is_json_object(line) {
            assert_eq!(reason != Some(RejectReason::NotJson), json, "{:?}", decoded.as_ref().err());
            if compared && json {
                compare(line, decoded);
            }
        }
    });
}

/// Holds a call against what serde_json finds in the same places.
fn compare(line: &[u8], decoded: &Decoded<'_>) {
    let (Ok(call), Ok(value)) = (decoded, serde_json::from_slice::<Value>(line)) else { return };
    if let Some(Value::String(method)) = value.get("m") {
        assert_eq!(call.method, method.to_ascii_uppercase());
    }
    if let Some(Value::String(path)) =
        value.get("p").filter(|path| path.as_str().is_some_and(|path| path.starts_with('/')))
    {
        assert_eq!(call.path, path.as_str());
    }
    if let Some(status) = value.get("s").and_then(Value::as_u64) {
        assert_eq!(u64::from(call.status), status);
    }
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|text| !text.is_empty() && *text != "-").map(str::to_owned)
    };
    if let Some(app) = text(value.pointer("/a/b")) {
        assert_eq!(call.app.as_deref(), Some(app.as_str()));
    }
}
