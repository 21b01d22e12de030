//! Routes of paths that no template matches (“Undocumented paths” in `docs/rules.md`).

use model::{Segment, Segments};

/// Where undocumented routes beyond [`UNDOCUMENTED_ROUTES_PER_DAY`] are counted.
pub const OTHER_ROUTE: &str = "/:other";

/// How many distinct undocumented routes are kept for an app and a day.
pub const UNDOCUMENTED_ROUTES_PER_DAY: usize = 1000;

/// The route of an undocumented path: segments that look like an identifier become `:id`, all others stay as
/// they came, control characters percent-encoded. `/` for a path without segments.
#[must_use]
pub fn undocumented_route(segments: &Segments<'_>) -> String {
    let mut route = String::new();
    write_undocumented_route(segments, &mut route);
    route
}

/// The same in a text that is used again and again.
pub(crate) fn write_undocumented_route(segments: &Segments<'_>, route: &mut String) {
    route.clear();
    if segments.is_empty() {
        route.push('/');
    }
    for segment in segments {
        route.push('/');
        if looks_like_identifier(&segment.text) {
            route.push_str(":id");
        } else {
            push_printable(route, segment);
        }
    }
}

/// Appends the segment as it came, control characters percent-encoded.
fn push_printable(route: &mut String, segment: &Segment<'_>) {
    if !segment.raw.chars().any(char::is_control) {
        route.push_str(segment.raw);
        return;
    }
    for character in segment.raw.chars() {
        if character.is_control() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                push_escaped(route, byte);
            }
        } else {
            route.push(character);
        }
    }
}

/// Appends a byte as `%HH`.
pub(crate) fn push_escaped(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Whether a decoded segment looks like an identifier.
fn looks_like_identifier(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    if !has_digit {
        // Every form but `@` has a digit in it, except a UUID or ULID made of letters alone.
        return bytes.contains(&b'@') || is_uuid(bytes) || is_ulid(bytes);
    }
    bytes.iter().all(u8::is_ascii_digit)
        || (bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_hexdigit))
        || (bytes.len() >= 20 && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
        || bytes.contains(&b'@')
        || is_uuid(bytes)
        || is_ulid(bytes)
}

/// 32 hex digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// 26 characters of Crockford's base 32 (no I, L, O, U), the first at most 7, in either case.
fn is_ulid(bytes: &[u8]) -> bool {
    bytes.len() == 26
        && matches!(bytes.first(), Some(b'0'..=b'7'))
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() && !matches!(b.to_ascii_uppercase(), b'I' | b'L' | b'O' | b'U'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &str) {
        assert_eq!(undocumented_route(&model::cut_path(path)), expected, "{path}");
    }

    #[test]
    fn identifiers_become_id() {
        check("/a/123/b", "/a/:id/b");
        check("/a/0", "/a/:id");
        check("/a/123e4567-e89b-12d3-a456-426614174000", "/a/:id");
        check("/a/AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee", "/a/:id");
        check("/a/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/a/:id");
        check("/a/deadbee1", "/a/:id");
        check("/a/0123456789abcdef0123456789abcdef", "/a/:id");
        check("/a/a-token_of_20_chars-1", "/a/:id");
        check("/users/jo@example.com", "/users/:id");
        check("/users/@", "/users/:id");
    }

    #[test]
    fn words_and_versions_stay() {
        check("/rest/v1.0/projects", "/rest/v1.0/projects");
        check("/a/deadbeef", "/a/deadbeef");
        check("/a/deadbe1", "/a/deadbe1");
        check("/a/a-token-without-any-digit", "/a/a-token-without-any-digit");
        check("/a/12.5", "/a/12.5");
        check("/a/a.token.of.20.chars.12345", "/a/a.token.of.20.chars.12345");
        check("/a/١٢٣", "/a/١٢٣");
        check("/a/123e4567-e89b-12d3-a456", "/a/:id");
        check("/a/-1", "/a/-1");
    }

    #[test]
    fn the_decoded_text_is_tested_and_the_raw_text_kept() {
        check("/a/%31%32", "/a/:id");
        check("/users/jo%40example.com", "/users/:id");
        check("/caf%c3%a9/x%2Fy", "/caf%c3%a9/x%2Fy");
        check("/%ff/12", "/%ff/:id");
    }

    #[test]
    fn control_characters_are_encoded() {
        check("/a\u{1}b\u{85}/\u{7f}", "/a%01b%C2%85/%7F");
    }

    #[test]
    fn empty_segments_and_the_query_do_not_count() {
        check("/", "/");
        check("//a//b/?q=1#f", "/a/b");
        check("/?", "/");
    }
}
