//! The fields of a call, checked: what every format has in common once it found the texts.
//!
//! A decoder checks time, method, path, status and app in this order, so that a line with several faults
//! has the same reason in every format.

use std::borrow::Cow;

use model::{AppId, Company};

use crate::reject::{Reject, RejectReason};
use crate::window::{WIDTH, Window};

/// What stands for an absent value in logs.
pub(crate) const ABSENT: &str = "-";

/// The longest method, in bytes.
const MAX_METHOD_BYTES: usize = 32;

/// Whether what stands from `start` to `end` is one of the methods that nearly all calls have, as they should be
/// written. Which of them it is changes from call to call, so none is asked for before the others.
#[inline(always)]
pub(crate) fn is_common_method(text: &str, start: usize, end: usize) -> bool {
    let Some(length) = end.checked_sub(start).filter(|length| *length < 8) else { return false };
    // What follows the method reads as bytes that no text has.
    let beyond = u64::MAX << (8 * length);
    let word = match text.as_bytes().get(start..).and_then(|rest| rest.first_chunk()) {
        Some(chunk) => u64::from_le_bytes(*chunk) | beyond,
        None => last_word(text, start) | beyond,
    };
    let is = |method: &[u8; 8]| word == u64::from_le_bytes(*method);
    is(b"GET\xff\xff\xff\xff\xff")
        | is(b"PUT\xff\xff\xff\xff\xff")
        | is(b"POST\xff\xff\xff\xff")
        | is(b"HEAD\xff\xff\xff\xff")
        | is(b"PATCH\xff\xff\xff")
        | is(b"DELETE\xff\xff")
        | is(b"OPTIONS\xff")
}

/// The fewer than eight bytes from `start` on.
#[cold]
fn last_word(text: &str, start: usize) -> u64 {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// A method of 1 to 32 ASCII letters, in upper case.
#[inline]
pub(crate) fn method(text: Cow<'_, str>) -> Result<Cow<'_, str>, Reject> {
    if text.is_empty() || text.len() > MAX_METHOD_BYTES {
        return Err(Reject::quoting(RejectReason::BadMethod, &text));
    }
    if is_common_method(&text, 0, text.len()) || text.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(text);
    }
    if !text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(Reject::quoting(RejectReason::BadMethod, &text));
    }
    Ok(Cow::Owned(text.to_ascii_uppercase()))
}

/// A path that begins with `/`; an absolute URL is cut to its path.
#[inline]
pub(crate) fn path(text: Cow<'_, str>) -> Result<Cow<'_, str>, Reject> {
    if text.as_bytes().first() == Some(&b'/') { Ok(text) } else { path_of_url(&text) }
}

#[cold]
fn path_of_url<'a>(text: &Cow<'a, str>) -> Result<Cow<'a, str>, Reject> {
    let Some(start) = path_start(text) else {
        return Err(Reject::quoting(RejectReason::BadPath, text));
    };
    let path = match text {
        Cow::Borrowed(text) => text.get(start..).map(Cow::Borrowed),
        Cow::Owned(text) => text.get(start..).map(|path| Cow::Owned(path.to_owned())),
    };
    // `https://host` and `https://host?query` ask for the root.
    Ok(path.filter(|path| path.starts_with('/')).unwrap_or(Cow::Borrowed("/")))
}

/// Where the authority of `scheme://authority…` ends; `None` for anything but an absolute URL.
fn path_start(text: &str) -> Option<usize> {
    let colon = text.find("://")?;
    let scheme = text.get(..colon)?.as_bytes();
    let valid = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let authority = colon + 3;
    let length = text.get(authority..)?.find(['/', '?', '#']);
    valid.then(|| length.map_or(text.len(), |length| authority + length))
}

/// A status from 100 to 599 written in digits.
#[inline]
pub(crate) fn status(digits: &str) -> Result<u16, Reject> {
    plain_status(digits).map_or_else(|| long_status(digits), Ok)
}

/// The status that three digits are.
#[inline]
pub(crate) fn plain_status(digits: &str) -> Option<u16> {
    match digits.as_bytes() {
        [a @ b'1'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
        }
        _ => None,
    }
}

/// The same for leading zeros, and the refusal of everything else.
#[cold]
fn long_status(digits: &str) -> Result<u16, Reject> {
    let significant = digits.trim_start_matches('0');
    if significant.len() < digits.len() && significant.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return status(significant);
    }
    Err(Reject::quoting(RejectReason::BadStatus, digits))
}

/// An app's id; none where it is empty or `-`.
#[inline]
pub(crate) fn app(text: Cow<'_, str>) -> Result<Option<Cow<'_, str>>, Reject> {
    if is_absent(&text) {
        return Ok(None);
    }
    if is_plain_app(&text, 0, text.len()) || AppId::validate(&text).is_ok() {
        Ok(Some(text))
    } else {
        Err(Reject::quoting(RejectReason::BadApp, &text))
    }
}

/// Whether what stands from `start` to `end` is short enough for an app's id and printable ASCII throughout, as nearly
/// all are.
#[inline(always)]
pub(crate) fn is_plain_app(text: &str, start: usize, end: usize) -> bool {
    match (end.checked_sub(start), Window::at(text.as_bytes(), start)) {
        (Some(length @ 0..WIDTH), Some(window)) => window.unprintable() & ((1 << length) - 1) == 0,
        _ => is_plain_long_app(text.get(start..end)),
    }
}

fn is_plain_long_app(app: Option<&str>) -> bool {
    app.is_some_and(|app| app.len() <= AppId::MAX_BYTES && app.bytes().all(|byte| (0x20..0x7f).contains(&byte)))
}

/// The longest name of a company that is kept, in bytes.
const MAX_COMPANY_BYTES: usize = 200;

/// The company that the value of the header names, as it is kept: calls whose value is too long or has control
/// characters are counted with those of the companies beyond the bound.
pub(crate) fn company(value: Option<&str>) -> Company<&str> {
    match value {
        None => Company::Absent,
        Some(name) if name.len() <= MAX_COMPANY_BYTES && !name.chars().any(char::is_control) => Company::Named(name),
        Some(_) => Company::Others,
    }
}

/// Whether a text stands for no value at all.
#[inline]
pub(crate) fn is_absent(text: &str) -> bool {
    text.is_empty() || text == ABSENT
}

/// Whether the text of a header says that it was sent with a value.
#[inline]
pub(crate) fn header_present(text: &str) -> bool {
    !is_absent(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_letters_in_upper_case() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(method(Cow::Borrowed(text)).ok().as_deref(), expected, "{text}");
        };
        check("GET", Some("GET"));
        check("patch", Some("PATCH"));
        check("Q", Some("Q"));
        check("", None);
        check("GET ", None);
        check("M-SEARCH", None);
        check("ÄT", None);
        check(&"A".repeat(32), Some(&"A".repeat(32)));
        check(&"A".repeat(33), None);
    }

    #[test]
    fn paths_begin_with_a_slash_and_urls_are_cut() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(path(Cow::Borrowed(text)).ok().as_deref(), expected, "{text}");
            assert_eq!(path(Cow::Owned(text.to_owned())).ok().as_deref(), expected, "{text}");
        };
        check("/", Some("/"));
        check("/a?b", Some("/a?b"));
        check("//a", Some("//a"));
        check("https://host/a?b", Some("/a?b"));
        check("HTTP://user@host:80/a", Some("/a"));
        check("https://host", Some("/"));
        check("https://host?q=/x", Some("/"));
        check("https:///a", Some("/a"));
        check("a/b", None);
        check("", None);
        check("*", None);
        check("://host/a", None);
        check("1a://host/a", None);
        check("example.com:443", None);
        check("?u=http://host/a", None);
    }

    #[test]
    fn a_status_is_a_whole_number_in_range() {
        let check = |text: &str, expected: Option<u16>| assert_eq!(status(text).ok(), expected, "{text}");
        check("100", Some(100));
        check("599", Some(599));
        check("0200", Some(200));
        for text in ["", "99", "600", "1000", "-200", "+200", "200.0", "2e2", " 200", "20a", "000", "٢٠٠"] {
            check(text, None);
        }
    }

    #[test]
    fn plain_apps_are_told_from_others_at_every_place() {
        for length in 0..40 {
            for at in 0..length {
                for byte in 0..0x80 {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = byte;
                    let text = String::from_utf8(bytes).unwrap();
                    let plain = (0x20..0x7f).contains(&byte);
                    assert_eq!(is_plain_app(&text, 0, length), plain, "{byte} at {at} of {length}");
                    assert_eq!(is_plain_app(&format!("\n{text}\n"), 1, 1 + length), plain);
                }
            }
        }
        assert!(is_plain_app(&"a".repeat(200), 0, 200) && !is_plain_app(&"a".repeat(201), 0, 201));
        assert!(!is_plain_app("é", 0, 2));
    }

    #[test]
    fn common_methods_are_told_from_others() {
        let common = ["GET", "PUT", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS"];
        for text in common.into_iter().chain(["", "GE", "GETX", "get", "GET\0", "PURGE", "OPTIONSX", "CONNECT", "É"]) {
            for (before, after) in [("", ""), ("\"", "\""), (" ", " and more"), ("é", "é")] {
                let all = format!("{before}{text}{after}");
                let found = is_common_method(&all, before.len(), before.len() + text.len());
                assert_eq!(found, common.contains(&text), "{all}");
            }
        }
    }

    #[test]
    fn apps_are_bounded_and_printable() {
        let check = |text: &str, expected: Result<Option<&str>, RejectReason>| {
            let found = app(Cow::Borrowed(text)).map_err(|reject| reject.reason);
            assert_eq!(found.as_ref().map(|app| app.as_deref()).map_err(|reason| *reason), expected, "{text}");
        };
        check("acme-erp", Ok(Some("acme-erp")));
        check("", Ok(None));
        check("-", Ok(None));
        check(" ", Ok(Some(" ")));
        check("é", Ok(Some("é")));
        check("a\nb", Err(RejectReason::BadApp));
        check("a\u{85}b", Err(RejectReason::BadApp));
        check("a\u{7f}b", Err(RejectReason::BadApp));
        check(&"é".repeat(101), Err(RejectReason::BadApp));
    }

    #[test]
    fn companies_are_bounded_and_printable() {
        assert_eq!(company(None), Company::Absent);
        assert_eq!(company(Some("5358233")), Company::Named("5358233"));
        assert_eq!(company(Some("é")), Company::Named("é"));
        assert_eq!(company(Some(&"é".repeat(100))), Company::Named("é".repeat(100).as_str()));
        for refused in ["a\nb".to_owned(), "\u{85}".to_owned(), "é".repeat(101)] {
            assert_eq!(company(Some(&refused)), Company::Others, "{refused:?}");
        }
    }

    #[test]
    fn a_header_is_absent_when_it_is_empty_or_a_dash() {
        for (text, present) in [("1", true), (" 1 ", true), ("", false), ("-", false), (" ", true), (" - ", true)] {
            assert_eq!(header_present(text), present, "{text:?}");
        }
    }
}
