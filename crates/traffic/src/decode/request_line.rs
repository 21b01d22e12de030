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
    /// Takes a request line apart. What clients send that is not HTTP, and HTTP/0.9's lines without version, are
    /// refused with the reason that names the first part that is wrong.
    pub(crate) fn parse(line: Cow<'a, str>) -> Result<Self, Reject> {
        let Some(space) = line.find(' ') else {
            return Err(without_target(line));
        };
        let method = fields::method(cut(&line, 0, space))?;
        let Some(version) = line.rfind(' ').filter(|at| *at > space && is_version(line.get(*at + 1..))) else {
            let detail = "the request line has no HTTP version at its end";
            return Err(Reject::because(RejectReason::BadPath, detail));
        };
        let path = fields::path(cut(&line, space + 1, version))?;
        Ok(Self { method, path })
    }
}

fn is_version(text: Option<&str>) -> bool {
    text.and_then(|text| text.strip_prefix("HTTP/"))
        .is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
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
    use super::*;

    #[test]
    fn request_lines_are_taken_apart() {
        let check = |line: &str, expected: Result<(&str, &str), RejectReason>| {
            for line in [Cow::Borrowed(line), Cow::Owned(line.to_owned())] {
                let parsed = RequestLine::parse(line.clone()).map_err(|reject| reject.reason);
                assert_eq!(parsed.as_ref().map(|r| (&*r.method, &*r.path)).map_err(|e| *e), expected, "{line}");
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
        check("GET /a", Err(RejectReason::BadPath));
        check("GET HTTP/1.1", Err(RejectReason::BadPath));
        check("GET  HTTP/1.1", Err(RejectReason::BadPath));
        check("OPTIONS * HTTP/1.1", Err(RejectReason::BadPath));
        check("CONNECT host:443 HTTP/1.1", Err(RejectReason::BadPath));
        check(" GET / HTTP/1.1", Err(RejectReason::BadMethod));
    }
}
