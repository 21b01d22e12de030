//! Undoing the escapes of JSON strings.

use std::borrow::Cow;

/// Undoes the escapes of a string's inside that the scanner has found valid.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let (plain, mut rest) = raw.split_at(first);
    let mut out = String::with_capacity(raw.len());
    out.push_str(plain);
    while let Some(escaped) = rest.strip_prefix('\\') {
        rest = unescape_one(escaped, &mut out);
        let plain = rest.find('\\').unwrap_or(rest.len());
        let (plain, after) = rest.split_at(plain);
        out.push_str(plain);
        rest = after;
    }
    Cow::Owned(out)
}

/// Undoes one escape, of which `text` is what follows the backslash; returns what follows the escape.
fn unescape_one<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut characters = text.chars();
    let plain = match characters.next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return unescape_unicode(characters.as_str(), out),
        Some(other) => other,
        None => return "",
    };
    out.push(plain);
    characters.as_str()
}

/// Undoes `\u`, of which `text` is what follows the `u`: a character, a surrogate pair, or U+FFFD for a
/// surrogate without its other half.
fn unescape_unicode<'a>(text: &'a str, out: &mut String) -> &'a str {
    let (unit, rest) = hex_unit(text);
    if (0xd800..0xdc00).contains(&unit)
        && let Some((low, after)) = rest.strip_prefix("\\u").map(hex_unit)
        && (0xdc00..0xe000).contains(&low)
    {
        let character = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        out.push(char::from_u32(character).unwrap_or(char::REPLACEMENT_CHARACTER));
        return after;
    }
    out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

fn hex_unit(text: &str) -> (u32, &str) {
    let (digits, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    (u32::from_str_radix(digits, 16).unwrap_or(0xfffd), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let check = |raw: &str, expected: &str| assert_eq!(unescape(raw), expected, "{raw}");
        check("plain", "plain");
        check(r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t");
        check(r"a\u0041b\u00e9", "aAbé");
        check(r"\ud83d\ude00!", "😀!");
        check(r"\uD83D\uDE00", "😀");
        check(r"\ud83d", "\u{fffd}");
        check(r"\ude00\ud83d", "\u{fffd}\u{fffd}");
        check(r"\ud83dx\ud83d\u0041", "\u{fffd}x\u{fffd}A");
        check(r"\ud83d\ud83d\ude00", "\u{fffd}😀");
    }
}
