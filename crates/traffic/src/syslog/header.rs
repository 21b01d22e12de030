//! What stands before the text of a message.

/// The text of a syslog message, without its header, a byte order mark, and line ends behind it.
///
/// Understood are RFC 5424 with structured data, and RFC 3164 as it is really written: with or without a host, a tag, or
/// a time, which may also be one of RFC 3339. What does not begin as syslog does (`<`, a priority, `>`) is all text.
#[must_use]
pub fn message(frame: &[u8]) -> &[u8] {
    let text = match after_priority(frame) {
        None => frame,
        Some(rest) => after_version(rest).and_then(modern).unwrap_or_else(|| classic(rest)),
    };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let end = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r' | 0)).map_or(0, |last| last + 1);
    &text[..end]
}

/// The highest priority: facility 23, severity 7.
const HIGHEST: u32 = 191;

/// What follows `<PRIORITY>`.
fn after_priority(frame: &[u8]) -> Option<&[u8]> {
    let (number, rest) = number(frame.strip_prefix(b"<")?, 3)?;
    (number <= HIGHEST).then_some(rest)?.strip_prefix(b">")
}

/// A number of so many digits at most, and what follows it.
fn number(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let digits = bytes.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = bytes.split_at(digits);
    let value = number.iter().fold(0, |value, digit| 10 * value + u32::from(digit - b'0'));
    (digits > 0).then_some((value, rest))
}

/// What follows the version of RFC 5424, which RFC 3164 doesn't have.
fn after_version(rest: &[u8]) -> Option<&[u8]> {
    let (version, rest) = number(rest, 2)?;
    (version > 0).then_some(rest)?.strip_prefix(b" ")
}

/// The text of a message of RFC 5424, from its time on; `None` if it is not one.
fn modern(rest: &[u8]) -> Option<&[u8]> {
    let (time, rest) = word(rest)?;
    if time != b"-" && !is_date(time) {
        return None;
    }
    let (_host, rest) = word(rest)?;
    let (_app, rest) = word(rest)?;
    let (_process, rest) = word(rest)?;
    let (_kind, rest) = word(rest)?;
    let rest = after_data(rest)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(b" ") }
}

/// The bytes up to a space, and what follows it. A word is not empty.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b' ')?;
    (end > 0).then(|| (&bytes[..end], &bytes[end + 1..]))
}

/// What follows the structured data: `-`, or elements in brackets, in whose values `]` and `"` are escaped.
fn after_data(bytes: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = bytes.strip_prefix(b"-") {
        return Some(rest);
    }
    let mut rest = bytes.strip_prefix(b"[")?;
    loop {
        let end = element_end(rest)?;
        rest = &rest[end + 1..];
        match rest.strip_prefix(b"[") {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
}

/// Where the bracket stands that ends an element.
fn element_end(element: &[u8]) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    element.iter().position(|byte| {
        let is_escaped = std::mem::take(&mut escaped);
        match byte {
            b'\\' if quoted && !is_escaped => escaped = true,
            b'"' if !is_escaped => quoted = !quoted,
            b']' if !quoted => return true,
            _ => {}
        }
        false
    })
}

/// Whether it begins as a date of RFC 3339 does.
fn is_date(word: &[u8]) -> bool {
    word.len() >= 11 && shape(&word[..11], b"0000-00-00T")
}

/// Whether bytes have the form of an example, in which `0` stands for any digit, `a` for any letter, `_` for a digit or
/// a space.
fn shape(bytes: &[u8], example: &[u8]) -> bool {
    let fits = |(byte, example): (&u8, &u8)| match example {
        b'0' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        b'_' => byte.is_ascii_digit() || *byte == b' ',
        other => byte == other,
    };
    bytes.len() == example.len() && bytes.iter().zip(example).all(fits)
}

/// The text of a message of RFC 3164, from its time on, if it has one.
fn classic(rest: &[u8]) -> &[u8] {
    let Some(timed) = after_time(rest) else { return after_tag(rest).unwrap_or(rest) };
    if let Some(text) = after_tag(timed) {
        return text;
    }
    let after_host = word(timed).filter(|(host, _)| host.iter().all(|byte| is_host_byte(*byte)));
    after_host.and_then(|(_, rest)| after_tag(rest)).unwrap_or(timed)
}

/// What follows `Nov 20 13:45:12 `, or a date of RFC 3339.
fn after_time(rest: &[u8]) -> Option<&[u8]> {
    const EXAMPLE: &[u8] = b"aaa _0 00:00:00 ";
    match rest.get(..EXAMPLE.len()) {
        Some(start) if shape(start, EXAMPLE) => Some(&rest[EXAMPLE.len()..]),
        _ => word(rest).filter(|(time, _)| is_date(time)).map(|(_, rest)| rest),
    }
}

/// The longest tag that is taken for one, without the process in brackets.
const LONGEST_TAG: usize = 64;

/// What follows a tag with its colon: `nginx: `, `haproxy[4711]: `.
fn after_tag(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.iter().take(LONGEST_TAG + 1).take_while(|byte| is_tag_byte(**byte)).count();
    if length == 0 || length > LONGEST_TAG {
        return None;
    }
    let mut rest = &bytes[length..];
    if let Some(process) = rest.strip_prefix(b"[") {
        let end = process.iter().take(LONGEST_TAG).position(|byte| *byte == b']')?;
        rest = &process[end + 1..];
    }
    let rest = rest.strip_prefix(b":")?;
    // Without the space, what stands here may be anything, such as an IPv6 address.
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(b" ") }
}

fn is_tag_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./@".contains(&byte)
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.:%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(frame: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(message(frame.as_bytes())), expected, "{frame:?}");
    }

    #[test]
    fn what_gateways_write_in_the_old_form() {
        check(r#"<190>Nov 20 13:45:12 gate-1 nginx: {"a":"b: c"}"#, r#"{"a":"b: c"}"#);
        check("<190>Nov  2 13:45:12 nginx: 203.0.113.7 - - x", "203.0.113.7 - - x");
        check("<134>Nov 20 13:45:12 haproxy[4711]: GET / 200\n", "GET / 200");
        check("<134>2026-11-20T13:45:12.345678+01:00 gate haproxy[4711]: a", "a");
        check("<134>Nov 20 13:45:12 2001:db8::7 kong: a", "a");
        check("<134>haproxy[4711]: a", "a");
        check("<134>just text", "just text");
    }

    #[test]
    fn a_message_without_a_tag_is_kept_whole() {
        check(r#"<13>Nov 20 13:45:12 {"time": 1, "b": 2}"#, r#"{"time": 1, "b": 2}"#);
        check("<13>Nov 20 13:45:12 2001:db8:: - - [x] a", "2001:db8:: - - [x] a");
        check("<13>Nov 20 13:45:12 gate x:y", "gate x:y");
        check(r#"<13>{"a":1}"#, r#"{"a":1}"#);
        check("<13>Nov 20 13:45:12 nginx:", "");
        check("<13>", "");
    }

    #[test]
    fn what_gateways_write_in_the_new_form() {
        check("<134>1 2026-11-20T13:45:12.345+00:00 gate haproxy 4711 - - {\"a\":1}", "{\"a\":1}");
        check("<165>1 - - - - - - \u{feff}text\r\n", "text");
        check(r#"<165>1 2026-11-20T13:45:12Z h a - m [x@1 k="v\"]\\" l="]"][y] text - [z]"#, "text - [z]");
        check("<165>1 2026-11-20T13:45:12Z h a - m [x@1]", "");
        check("<165>1 2026-11-20T13:45:12Z h a - m -", "");
    }

    #[test]
    fn what_is_broken_is_read_as_the_old_form_and_what_is_no_syslog_as_text() {
        check("<165>1 2026-11-20T13:45:12Z h a - m [x", "1 2026-11-20T13:45:12Z h a - m [x");
        check("<165>1 x", "1 x");
        check("<192>Nov 20 13:45:12 a: b", "<192>Nov 20 13:45:12 a: b");
        check("<>a", "<>a");
        check("<1234>a", "<1234>a");
        check(r#"{"a":1}"#, r#"{"a":1}"#);
        check("\u{feff}{}\0", "{}");
        check("", "");
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_text_that_stands_in_them(frame in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = message(&frame);
            prop_assert!(text.is_empty() || frame.windows(text.len()).any(|window| window == text));
        }

        #[test]
        fn a_text_comes_back_out_of_every_form(
            text in r#"[\{"/a-z0-9][ -~]{0,80}[!-~]"#, host in "[a-z0-9.-]{1,20}", tag in "[a-z_]{1,20}", pid in 0u32..99_999,
        ) {
            for frame in [
                format!("<190>Nov 20 13:45:12 {host} {tag}: {text}"),
                format!("<190>Nov 20 13:45:12 {tag}[{pid}]: {text}"),
                format!("<190>2026-11-20T13:45:12Z {host} {tag}[{pid}]: {text}"),
                format!("<190>1 2026-11-20T13:45:12Z {host} {tag} {pid} - - {text}"),
                format!("<190>1 - {host} {tag} {pid} - [x@9 a=\"\\]\"] \u{feff}{text}"),
            ] {
                prop_assert_eq!(String::from_utf8_lossy(message(frame.as_bytes())), &text[..]);
            }
        }
    }
}
