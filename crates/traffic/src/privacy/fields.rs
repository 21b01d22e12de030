//! The plain fields of a call, told by the names under which logs have them, and what of their values may stay.

use super::Privacy;
use super::mask::shape;
use crate::reject::RejectReason;
use crate::time::{UnixUnit, parse_local, parse_rfc3339, parse_unix};

/// What a value is expected to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    Time,
    Method,
    Path,
    /// A whole request line.
    Request,
    Status,
    App,
    Environment,
    Principal,
    /// The name of an attribute in a list of names and values.
    Name,
    /// Anything else.
    #[default]
    Other,
}

/// Names without their `.`, `-`, `_` and `@`, in lower case.
const NAMES: &[(Kind, &[&str])] = &[
    (
        Kind::Time,
        &[
            "time",
            "timestamp",
            "ts",
            "datetime",
            "date",
            "msec",
            "timeiso8601",
            "timelocal",
            "timeunixnano",
            "observedtimeunixnano",
            "starttime",
            "starttimeunixnano",
            "endtimeunixnano",
            "startedat",
            "startutc",
            "startlocal",
            "requesttime",
        ],
    ),
    (Kind::Method, &["method", "requestmethod", "httpmethod", "httprequestmethod", "httprequestmethodoriginal"]),
    (
        Kind::Path,
        &[
            "path",
            "uri",
            "url",
            "requesturi",
            "requestpath",
            "requesturl",
            "documenturi",
            "httpuri",
            "httppath",
            "httptarget",
            "httpurl",
            "urlpath",
            "urlfull",
            "resourcepath",
            "upstreamuri",
        ],
    ),
    (Kind::Request, &["request", "requestline"]),
    (
        Kind::Status,
        &[
            "status",
            "statuscode",
            "responsecode",
            "responsestatus",
            "httpstatus",
            "httpstatuscode",
            "httpresponsestatuscode",
            "downstreamstatus",
            "originstatus",
        ],
    ),
    (Kind::App, &["app", "appid"]),
    (Kind::Environment, &["environment", "env", "deploymentenvironment", "deploymentenvironmentname"]),
    (Kind::Principal, &["principal"]),
    (Kind::Name, &["key", "name"]),
];

/// The methods that may be told.
const METHODS: &[&str] = &[
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "REPORT", "SEARCH",
    "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "PURGE",
];

/// Environments that may be told.
const ENVIRONMENTS: &[&str] =
    &["production", "prod", "sandbox", "staging", "stage", "development", "dev", "test", "testing", "demo"];

/// The longest app that may be told: longer ones are more likely a token.
const APP_BYTES: usize = 40;

/// From 2001 to 2100, in milliseconds.
const TIMES: std::ops::Range<i64> = 978_307_200_000..4_102_444_800_000;

impl Kind {
    /// What a field of this name should hold.
    pub(super) fn of(name: &str) -> Self {
        let bare: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase();
        NAMES.iter().find(|(_, names)| names.contains(&bare.as_str())).map_or(Self::Other, |(kind, _)| *kind)
    }
}

/// A name in lower case with `_` for `-`, by which names are compared.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_lowercase().replace('-', "_")
}

/// Whether a text may be told as the name of a field: not what looks like a value that stands in a name's place.
pub(super) fn is_name(text: &str) -> bool {
    let has_form = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-@$/: ".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let inner = text.strip_prefix('@').unwrap_or(text);
    let word = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        word.len() <= 32 && digits <= 4 && !(digits > 0 && word.len() > 16)
    };
    has_form && !inner.contains('@') && inner.split(['_', '.', '-', '$', '/', ':', ' ']).all(word)
}

impl Privacy {
    /// What may stay of a value that is expected to be of a kind.
    pub(super) fn value(&self, kind: Kind, value: &str) -> String {
        match kind {
            _ if value.is_empty() || value == "-" => Some(value.to_owned()),
            Kind::Path => self.path(value),
            Kind::Request => self.request(value),
            Kind::Name => (Kind::of(value) != Kind::Other).then(|| value.to_owned()),
            kind if is_plain(kind, value) => Some(value.to_owned()),
            _ => self.address(value),
        }
        .unwrap_or_else(|| shape(value))
    }

    /// `GET /path HTTP/1.1`, or the beginning of one.
    pub(super) fn request(&self, line: &str) -> Option<String> {
        let (method, rest) = line.split_once(' ')?;
        if !is_plain(Kind::Method, method) {
            return None;
        }
        let (target, version) = match rest.rsplit_once(' ') {
            Some((target, version)) if is_version(version) => (target, Some(version)),
            _ => (rest, None),
        };
        let target = self.path(target).unwrap_or_else(|| shape(target));
        Some(version.map_or_else(|| format!("{method} {target}"), |version| format!("{method} {target} {version}")))
    }
}

/// `HTTP/1.1` and the like.
pub(super) fn is_version(word: &str) -> bool {
    ["HTTP/0.9", "HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3", "HTTP/3.0"].contains(&word)
}

/// Whether a value looks like what it should be, and so may stay as it is.
pub(super) fn is_plain(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Time => is_time(value),
        Kind::Method => METHODS.iter().any(|method| method.eq_ignore_ascii_case(value)),
        Kind::Status => (1..=3).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()),
        Kind::App => {
            let has_form = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
            has_form && value.len() <= APP_BYTES && !(value.starts_with("ey") && value.contains('.'))
        }
        Kind::Environment => ENVIRONMENTS.contains(&value),
        Kind::Principal => ["user", "service"].contains(&value),
        Kind::Path | Kind::Request | Kind::Name | Kind::Other => false,
    }
}

fn is_time(value: &str) -> bool {
    let time = parse_rfc3339(value).or_else(|| parse_local(value)).or_else(|| parse_unix(value, UnixUnit::Any));
    value.len() <= 40 && time.is_some_and(|time| TIMES.contains(&time.0))
}

/// What may be told of the value for which a line is rejected.
pub(crate) fn quoted(reason: RejectReason, value: &str) -> String {
    let kind = match reason {
        // These tell a time that was understood, an environment, and an id that would be shown wherever apps are, were it
        // allowed.
        RejectReason::TimeInFuture
        | RejectReason::TooOld
        | RejectReason::AppNotAllowed
        | RejectReason::EnvironmentNotAllowed => return value.to_owned(),
        RejectReason::BadTime => Kind::Time,
        RejectReason::BadMethod => Kind::Method,
        RejectReason::BadPath => Kind::Path,
        RejectReason::BadStatus => Kind::Status,
        _ => Kind::Other,
    };
    if is_plain(kind, value) || value.is_empty() { value.to_owned() } else { shape(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_under_every_name_that_logs_give_them() {
        for (name, kind) in [
            ("time", Kind::Time),
            ("@timestamp", Kind::Time),
            ("StartUTC", Kind::Time),
            ("http.request.method", Kind::Method),
            ("RequestMethod", Kind::Method),
            ("request_uri", Kind::Path),
            ("http.response.status_code", Kind::Status),
            ("app.id", Kind::App),
            ("user", Kind::Other),
            ("", Kind::Other),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
    }

    #[test]
    fn values_stay_only_where_they_look_like_what_they_should() {
        let check = |kind: Kind, value: &str, expected: &str| {
            assert_eq!(Privacy::default().value(kind, value), expected, "{value}");
        };
        check(Kind::Time, "2026-11-20T13:45:12Z", "2026-11-20T13:45:12Z");
        check(Kind::Time, "20/Nov/2026:13:45:12 +0000", "20/Nov/2026:13:45:12 +0000");
        check(Kind::Time, "1795182312.345", "1795182312.345");
        check(Kind::Time, "2026-11-20 13:45", "0000-00-00 00:00");
        check(Kind::Time, "hunter2", "aaaaaa0");
        check(Kind::Time, "42", "00");
        check(Kind::Method, "patch", "patch");
        check(Kind::Method, "HUNTER", "AAAAAA");
        check(Kind::Status, "999", "999");
        check(Kind::Status, "1234", "0000");
        check(Kind::App, "acme-erp", "acme-erp");
        check(Kind::App, "Bearer abc", "Aaaaaa aaa");
        check(Kind::App, "eyJhbGciOi.eyJzdWIi.x", "aaAaaAaaAa.aaAaaAAa.a");
        check(Kind::App, &"x".repeat(41), &("a".repeat(40) + "…"));
        check(Kind::Environment, "staging", "staging");
        check(Kind::Environment, "hunter", "aaaaaa");
        check(Kind::Request, "GET /a/7?b=c HTTP/1.1", "GET /a/0 HTTP/1.1");
        check(Kind::Request, "GET /a b", "GET /a a");
        check(Kind::Request, "HUNTER /a HTTP/1.1", "AAAAAA /a AAAA/0.0");
        check(Kind::Other, "203.0.113.77", "203.0.113.0");
        check(Kind::Other, "-", "-");
    }

    #[test]
    fn names_are_words() {
        for name in ["time", "@timestamp", "http.request.header.x-b3-traceid", "X-Api-Key", "time_iso8601", "a b"] {
            assert!(is_name(name), "{name}");
        }
        for other in
            ["", "123", "jo@example.com", "4bf92f3577b34da6a3ce929d0e0e4736", "x\"y", "key8f3kd92ls01kd83m", "é"]
        {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn a_quoted_value_tells_what_is_wrong_with_it_and_no_more() {
        assert_eq!(quoted(RejectReason::BadStatus, "999"), "999");
        assert_eq!(quoted(RejectReason::BadStatus, "20000"), "00000");
        assert_eq!(quoted(RejectReason::BadMethod, "M-SEARCH"), "A-AAAAAA");
        assert_eq!(quoted(RejectReason::BadTime, "2026-11-20 13:45"), "0000-00-00 00:00");
        assert_eq!(quoted(RejectReason::BadPath, "example.com:443"), "aaaaaaa.aaa:000");
        assert_eq!(quoted(RejectReason::TooOld, "1999-01-01T00:00:00Z"), "1999-01-01T00:00:00Z");
    }
}
