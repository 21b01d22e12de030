//! Undoing the escapes of log values.

use std::borrow::Cow;

use super::template::Escape;
use crate::route::push_escaped;

/// Undoes nginx's `\xHH` and JSON's escapes, and those of Apache (`\"`, `\n` …); anything else stays as it is.
pub(super) fn unescape(value: &[u8], escape: Escape) -> Cow<'_, [u8]> {
    if escape == Escape::None || memchr::memchr(b'\\', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, after @ ..] = rest {
        if *first == b'\\'
            && let Some(after) = unescape_one(after, &mut out)
        {
            rest = after;
            continue;
        }
        out.push(*first);
        rest = after;
    }
    Cow::Owned(out)
}

/// Undoes one escape, of which `text` is what follows the backslash.
fn unescape_one<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (kind, rest) = text.split_first()?;
    let plain = match kind {
        b'x' => {
            let (digits, rest) = rest.split_first_chunk::<2>()?;
            out.push(u8::try_from(hex(digits)?).ok()?);
            return Some(rest);
        }
        b'u' => {
            let (digits, rest) = rest.split_first_chunk::<4>()?;
            let character = char::from_u32(hex(digits)?).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(rest);
        }
        b'"' | b'\\' | b'/' => *kind,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        _ => return None,
    };
    out.push(plain);
    Some(rest)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

/// Bytes as text; what is not UTF-8 is percent-encoded.
pub(super) fn percent_encoded(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    let owned = match bytes {
        Cow::Borrowed(bytes) => match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => return Cow::Borrowed(text),
            Err(_) => encode_invalid(bytes),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => encode_invalid(error.as_bytes()),
        },
    };
    Cow::Owned(owned)
}

fn encode_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| push_escaped(&mut text, *byte));
    }
    text
}

/// The path of nginx's `$uri`, which is decoded already, written so that it can be decoded again.
pub(super) fn path_of_decoded_uri(uri: Cow<'_, str>) -> Cow<'_, str> {
    if !uri.contains(['%', '?', '#']) {
        return uri;
    }
    let mut path = String::with_capacity(uri.len() + 16);
    for character in uri.chars() {
        match u8::try_from(character) {
            Ok(byte @ (b'%' | b'?' | b'#')) => push_escaped(&mut path, byte),
            _ => path.push(character),
        }
    }
    Cow::Owned(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let check = |value: &str, expected: &[u8]| {
            assert_eq!(&*unescape(value.as_bytes(), Escape::Default), expected, "{value}");
        };
        check("plain", b"plain");
        check(r"a\x22b\x5Cc\xC3\xA9", b"a\"b\\c\xc3\xa9");
        check(r#"\"\\\n\t"#, b"\"\\\n\t");
        check(r"\u00e9\u0001", "é\u{1}".as_bytes());
        check(r"\x2", br"\x2");
        check(r"\q\", br"\q\");
        assert_eq!(&*unescape(br"\x22", Escape::None), br"\x22");
    }

    #[test]
    fn bytes_that_are_no_text_are_percent_encoded() {
        assert_eq!(percent_encoded(Cow::Borrowed(b"/caf\xc3\xa9/\xff\xc3")), "/café/%FF%C3");
        assert_eq!(percent_encoded(Cow::Owned(b"/\xe9".to_vec())), "/%E9");
    }

    #[test]
    fn a_decoded_uri_is_encoded_where_decoding_again_would_change_it() {
        assert_eq!(path_of_decoded_uri(Cow::Borrowed("/a b/é")), "/a b/é");
        assert_eq!(path_of_decoded_uri(Cow::Borrowed("/100%/who?/#1")), "/100%25/who%3F/%231");
    }
}
