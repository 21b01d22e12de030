//! Undoing the escapes of log values.

use std::borrow::Cow;

use super::template::Escape;
use crate::decode::percent::percent_encoded;
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

/// The path of nginx's `$uri`, which is decoded already, written so that it can be decoded again; each of its bytes
/// is percent-encoded once at most.
pub(super) fn path_of_decoded_uri(uri: Cow<'_, [u8]>) -> Cow<'_, str> {
    if !uri.iter().any(|byte| matches!(byte, b'%' | b'?' | b'#')) {
        return percent_encoded(uri);
    }
    let mut path = String::with_capacity(uri.len() + 16);
    for chunk in uri.utf8_chunks() {
        for character in chunk.valid().chars() {
            match u8::try_from(character) {
                Ok(byte @ (b'%' | b'?' | b'#')) => push_escaped(&mut path, byte),
                _ => path.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_escaped(&mut path, *byte));
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
    fn a_decoded_uri_is_encoded_where_decoding_again_would_change_it() {
        let check = |uri: &[u8], expected: &str| assert_eq!(path_of_decoded_uri(Cow::Borrowed(uri)), expected);
        check("/a b/é".as_bytes(), "/a b/é");
        check(b"/100%/who?/#1", "/100%25/who%3F/%231");
        check(b"/\xff", "/%FF");
        check(b"/%\xff?\xc3\xa9", "/%25%FF%3Fé");
    }
}
