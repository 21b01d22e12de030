//! The ways in which bytes are written down as text: base64, hexadecimal, percent signs, quoted-printable.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 as in RFC 4648, with its padding.
#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for place in 0..4 {
            let letter = BASE64[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// Base64 with the letters that URLs allow, without padding.
#[must_use]
pub fn to_base64_url(bytes: &[u8]) -> String {
    to_base64(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// The bytes behind base64 of either alphabet. White space is skipped; reading ends at padding or a foreign letter.
#[must_use]
pub fn from_base64(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// Hexadecimal in lower case.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every byte that is not a letter, a digit or one of `-._~` as `%XX`.
#[must_use]
pub fn to_percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The body of a form: `a=1&b=x%20y`.
#[must_use]
pub fn to_form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", to_percent(name), to_percent(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The bytes behind quoted-printable (RFC 2045). What is not valid stays as it is.
#[must_use]
pub fn from_quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            out.push(byte);
        } else if let Some(next) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = next;
        } else if let Some(byte) = after.get(..2).and_then(hex_byte) {
            out.push(byte);
            rest = &after[2..];
        } else {
            out.push(byte);
        }
    }
    out
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_written_and_read() {
        for (text, expected) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba")] {
            assert_eq!(from_base64(text), expected.as_bytes());
            assert_eq!(to_base64(expected.as_bytes()), text);
        }
        assert_eq!(to_base64_url(&[0xfb, 0xff]), "-_8");
        assert_eq!(from_base64("-_8"), [0xfb, 0xff]);
        assert_eq!(from_base64("Zm\r\n9v\r\n"), b"foo");
    }

    #[test]
    fn quoted_printable_is_read_with_its_soft_line_breaks() {
        let text = "a=3Db, gr=C3=BC=\r\nn =\nend =zz =";
        assert_eq!(String::from_utf8(from_quoted_printable(text)).unwrap(), "a=b, grün end =zz =");
    }

    #[test]
    fn forms_and_percent_signs_are_written() {
        assert_eq!(to_form(&[("name", "Roof & Röhre"), ("a", "")]), "name=Roof%20%26%20R%C3%B6hre&a=");
        assert_eq!(to_hex(&[0, 0xfe]), "00fe");
    }
}
