//! Request lines, `GET /path HTTP/1.1`, as nginx's `$request` and Apache's `%r` write them.

use std::borrow::Cow;

use crate::fields;
use crate::reject::{Reject, RejectReason};

/// A request line, taken apart and checked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestLine<'a> {
    pub(crate) method: Cow<'a, str>,
    pub(crate) path: Cow<'a, str>,
}

impl<'a> RequestLine<'a> {
    /// Takes a request line apart, as leniently as servers do: more spaces than one may stand between its words, and
    /// HTTP/0.9's lines have no version. What clients send that is not HTTP is refused with the reason that names the
    /// first part that is wrong.
    pub(crate) fn parse(line: Cow<'a, str>) -> Result<Self, Reject> {
        let Some(space) = line.find(' ') else {
            return Err(without_target(line));
        };
        let method = fields::method(cut(&line, 0, space))?;
        let end = line.trim_end_matches(' ').len();
        let after_method = line.get(space..end).unwrap_or_default();
        let start = end - after_method.trim_start_matches(' ').len();
        let words = line.get(start..end).unwrap_or_default();
        let length = match words.rsplit_once(' ') {
            Some((target, version)) if is_version(version) => target.trim_end_matches(' ').len(),
            // A path with spaces in it is only told from other text by the version that follows.
            Some(_) => {
                let detail = "the request line has no HTTP version at its end";
                return Err(Reject::because(RejectReason::BadPath, detail));
            }
            None => words.len(),
        };
        let path = fields::path(cut(&line, start, start + length))?;
        Ok(Self { method, path })
    }
}

/// Where in the request line that stands from `start` to `end` the method ends, and where the path, if it is one as
/// nearly all are: a common method, a path and a version of three characters, one space between each. What it takes
/// apart, [`RequestLine::parse`] takes apart alike.
#[inline(always)]
pub(crate) fn plain_request(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let line = text.as_bytes().get(start..end)?;
    let [before, b' ', b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', a, b] = line.last_chunk::<10>()? else {
        return None;
    };
    // The first space, found in one step: its lowest mark is right, whatever stands above it.
    let spaces = u64::from_le_bytes(*line.first_chunk()?) ^ (ONES * u64::from(b' '));
    let space = (spaces.wrapping_sub(ONES) & !spaces & (ONES * 0x80)).trailing_zeros() as usize / 8;
    let plain = fields::is_common_method(text, start, start + space)
        & (line.get(space + 1) == Some(&b'/'))
        & (*before != b' ' && *a != b' ' && *b != b' ')
        & (line.len() > space + 10);
    plain.then_some((start + space, end - 9))
}

fn is_version(word: &str) -> bool {
    word.strip_prefix("HTTP/").is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
}

fn without_target(line: Cow<'_, str>) -> Reject {
    if fields::is_absent(&line) {
        return Reject::because(RejectReason::MissingMethod, "the request line is empty");
    }
    match fields::method(line) {
        Ok(_) => Reject::because(RejectReason::MissingPath, "the request line has only one word"),
        Err(reject) => reject,
    }
}

fn cut<'a>(text: &Cow<'a, str>, start: usize, end: usize) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(line: &str) -> Option<(&str, &str)> {
        let text = format!("{line}\" ");
        let found = plain_request(&text, 0, line.len());
        assert_eq!(plain_request(line, 0, line.len()), found);
        found.map(|(method, path)| (&line[..method], &line[method + 1..path]))
    }

    #[test]
    fn request_lines_are_taken_apart() {
        let check = |line: &str, expected: Result<(&str, &str), RejectReason>| {
            for line in [Cow::Borrowed(line), Cow::Owned(line.to_owned())] {
                let parsed = RequestLine::parse(line.clone()).map_err(|reject| reject.reason);
                assert_eq!(parsed.as_ref().map(|r| (&*r.method, &*r.path)).map_err(|e| *e), expected, "{line}");
                if let Some(plain) = plain(&line) {
                    assert_eq!(Ok(plain), expected, "{line}");
                }
            }
        };
        check("GET /a?b HTTP/1.1", Ok(("GET", "/a?b")));
        check("get / HTTP/2.0", Ok(("GET", "/")));
        check("GET /a b c HTTP/1.1", Ok(("GET", "/a b c")));
        check("GET https://host/a HTTP/1.1", Ok(("GET", "/a")));
        check("", Err(RejectReason::MissingMethod));
        check("-", Err(RejectReason::MissingMethod));
        check("\u{16}\u{3}\u{1}", Err(RejectReason::BadMethod));
        check("\u{16}\u{3} \u{1}", Err(RejectReason::BadMethod));
        check("GET", Err(RejectReason::MissingPath));
        check("GET ", Err(RejectReason::BadPath));
        check("GET a", Err(RejectReason::BadPath));
        check("GET /a b", Err(RejectReason::BadPath));
        check("GET /a HTTP/x", Err(RejectReason::BadPath));
        check("GET HTTP/1.1", Err(RejectReason::BadPath));
        check("GET  HTTP/1.1", Err(RejectReason::BadPath));
        check("OPTIONS * HTTP/1.1", Err(RejectReason::BadPath));
        check("CONNECT host:443 HTTP/1.1", Err(RejectReason::BadPath));
        check(" GET / HTTP/1.1", Err(RejectReason::BadMethod));
    }

    #[test]
    fn request_lines_that_servers_take_too_are_taken_apart() {
        let check = |line: &str, path: &str| {
            let expected = RequestLine { method: Cow::Borrowed("GET"), path: Cow::Borrowed(path) };
            assert_eq!(RequestLine::parse(Cow::Borrowed(line)), Ok(expected), "{line}");
        };
        // HTTP/0.9
        check("GET /old", "/old");
        check("GET /old?q ", "/old?q");
        check("GET http://host/old", "/old");
        // More spaces than one
        check("GET   /a HTTP/1.1", "/a");
        check("GET  /a  HTTP/1.1  ", "/a");
    }

    proptest! {
        #[test]
        fn plain_request_lines_are_taken_apart_alike(
            line in "(GET|PUT|get|P) {1,2}[/a é]{0,6} {0,2}HTTP/[0-9 x.]{1,4}", at in any::<prop::sample::Index>(), with in "[ é/x]{0,1}",
        ) {
            let mut damaged = line.clone();
            damaged.insert_str(line.floor_char_boundary(at.index(line.len())), &with);
            for line in [line, damaged] {
                if let Some((method, path)) = plain(&line) {
                    let expected = RequestLine { method: Cow::Borrowed(method), path: Cow::Borrowed(path) };
                    prop_assert_eq!(RequestLine::parse(Cow::Borrowed(&line)), Ok(expected));
                }
            }
        }
    }

    #[test]
    fn most_request_lines_are_plain() {
        assert_eq!(plain("GET /a b?c HTTP/1.1"), Some(("GET", "/a b?c")));
        assert_eq!(plain("DELETE / HTTP/2.0"), Some(("DELETE", "/")));
        assert_eq!(plain("GET  /a HTTP/1.1"), None);
        assert_eq!(plain("PROPFIND /a HTTP/1.1"), None);
    }
}
