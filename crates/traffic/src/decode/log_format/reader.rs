//! The reader that a log format makes.

use std::borrow::Cow;

use memchr::memmem::Finder;
use model::{Call, Environment, Principal, UnixMillis};

use super::escape::{path_of_decoded_uri, unescape};
use super::joined::{self, Start};
use super::plain::PlainReader;
use super::template::{Escape, Template, Variable};
use super::variables::{MAX_APPS, PathKind, Role, TimeKind, Variables, roles};
use crate::decode::percent::percent_encoded;
use crate::decode::plain_call::PlainCall;
use crate::decode::request_line::RequestLine;
use crate::decode::{DecodeBytes, Decoded, Scratch};
use crate::fields;
use crate::format::FormatError;
use crate::reject::{Reject, RejectReason, TimeBounds};
use crate::time::{LOCAL_LENGTH, UnixUnit, parse_local, parse_rfc3339, parse_unix};

/// Reads lines of one log format.
#[derive(Clone, Debug)]
pub(crate) struct LogDecoder {
    escape: Escape,
    prefix: Box<[u8]>,
    parts: Vec<Part>,
    plain: Option<PlainReader>,
}

/// A variable, or several with nothing between them, and the text that ends the value.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) role: Role,
    /// The variables that directly follow the first, and where in the value theirs begin.
    pub(super) joined: Vec<(Start, Role)>,
    pub(super) shape: Shape,
    pub(super) after: Finder<'static>,
}

/// What values of a variable may look like where the text that ends them could occur within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Up to the text that follows.
    Plain,
    /// Up to a quote that no backslash escapes.
    Quoted,
    /// `20/Nov/2026:13:45:12 +0000`, which contains a space.
    LocalTime,
    /// A request line without quotes, which contains spaces.
    BareRequest,
    /// Values of several servers, `0.1, 0.2 : 0.3`.
    List,
    /// A number at the end of the format, so that a line that goes on is not of this format.
    LastNumber,
}

/// Which values of a line are kept.
#[derive(Default)]
struct Values<'a> {
    time: Option<(TimeKind, &'a [u8])>,
    request: Option<&'a [u8]>,
    method: Option<&'a [u8]>,
    path: Option<(PathKind, &'a [u8])>,
    status: Option<&'a [u8]>,
    company_header: Option<&'a [u8]>,
    environment: Option<&'a [u8]>,
    principal: Option<&'a [u8]>,
    apps: [Option<&'a [u8]>; MAX_APPS],
}

impl LogDecoder {
    /// The reader for a format's text.
    pub(crate) fn new(format: &str, variables: &Variables) -> Result<Self, FormatError> {
        let template = Template::parse(format)?;
        let roles = roles(&template, variables)?;
        let escape = template.escape;
        let mut parts: Vec<Part> = Vec::new();
        let mut previous: Option<&Variable> = None;
        for (variable, role) in template.variables.iter().zip(roles) {
            let start = previous.filter(|previous| previous.after.is_empty());
            let start = start.and_then(|previous| joined::start(&previous.name, &variable.name));
            let shape = shape(&variable.name, &variable.after, escape);
            let after = Finder::new(variable.after.as_bytes()).into_owned();
            match (start, parts.last_mut()) {
                (Some(start), Some(part)) => part.join(start, role, shape, after, escape),
                _ => parts.push(Part { role, joined: Vec::new(), shape, after }),
            }
            previous = Some(variable);
        }
        let prefix = template.prefix.as_bytes();
        Ok(Self { escape, prefix: prefix.into(), plain: PlainReader::new(prefix, &parts), parts })
    }

    /// Whether the format has the company header's variable.
    pub(crate) fn carries_company_header(&self) -> bool {
        let mut roles = self.parts.iter().flat_map(|part| part.joined.iter().map(|(_, role)| *role).chain([part.role]));
        roles.any(|role| role == Role::CompanyHeader)
    }

    /// Whether the format ends with text, so that a line that matches is whole.
    pub(crate) fn self_terminating(&self) -> bool {
        self.parts.last().is_some_and(|part| !part.after.needle().is_empty())
    }

    fn split<'a>(&self, line: &'a [u8]) -> Result<Values<'a>, Reject> {
        let Some(mut rest) = line.strip_prefix(&*self.prefix) else {
            return Err(Reject::because(RejectReason::DoesNotMatchFormat, "the line begins differently"));
        };
        let mut values = Values::default();
        for part in &self.parts {
            let Some((value, after)) = part.cut(rest) else {
                return Err(Reject::because(
                    RejectReason::DoesNotMatchFormat,
                    "a value has no end where the format says",
                ));
            };
            part.keep(value, &mut values);
            rest = after;
        }
        match rest {
            [] => Ok(values),
            _ => Err(Reject::because(RejectReason::DoesNotMatchFormat, "the line goes on after the format's end")),
        }
    }
}

fn shape(name: &str, after: &str, escape: Escape) -> Shape {
    match name {
        _ if after.starts_with('"') && escape != Escape::None => Shape::Quoted,
        "time_local" if after.starts_with(' ') => Shape::LocalTime,
        "request" if after.starts_with(' ') => Shape::BareRequest,
        "http_x_forwarded_for" | "proxy_add_x_forwarded_for" if after.starts_with(' ') => Shape::List,
        _ if name.starts_with("upstream_") && after.starts_with(' ') => Shape::List,
        "status" | "body_bytes_sent" | "bytes_sent" | "request_time" | "request_length" | "msec"
            if after.is_empty() =>
        {
            Shape::LastNumber
        }
        _ => Shape::Plain,
    }
}

impl Part {
    /// Adds a variable that directly follows; what ends its value ends the whole.
    fn join(&mut self, start: Start, role: Role, shape: Shape, after: Finder<'static>, escape: Escape) {
        if let Some((before, _)) = self.joined.last_mut() {
            *before = before.before(start, escape);
        }
        self.joined.push((start, role));
        (self.shape, self.after) = (shape, after);
    }

    /// Keeps the value of each of the variables.
    #[inline]
    fn keep<'a>(&self, mut value: &'a [u8], values: &mut Values<'a>) {
        let mut role = self.role;
        for (start, next) in &self.joined {
            let (before, after) = value.split_at_checked(start.find(value)).unwrap_or((value, &[]));
            values.keep(role, before);
            (role, value) = (*next, after);
        }
        values.keep(role, value);
    }

    /// The value at the start of `text`, and what follows the text that ends it.
    fn cut<'a>(&self, text: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let literal = self.after.needle();
        if literal.is_empty() {
            let whole = self.shape != Shape::LastNumber || !text.contains(&b' ');
            return whole.then_some((text, &[]));
        }
        let end = self.end(text)?;
        Some((text.get(..end)?, text.get(end + literal.len()..)?))
    }

    fn end(&self, text: &[u8]) -> Option<usize> {
        match self.shape {
            Shape::Plain | Shape::LastNumber => self.next(text, 0),
            Shape::Quoted => {
                let mut end = self.next(text, 0)?;
                while backslashes_before(text, end) % 2 == 1 {
                    end = self.next(text, end + 1)?;
                }
                Some(end)
            }
            Shape::LocalTime => match text.get(LOCAL_LENGTH..).unwrap_or_default().starts_with(self.after.needle()) {
                true => Some(LOCAL_LENGTH),
                false => self.next(text, 0),
            },
            Shape::BareRequest => match memchr::memmem::find(text, b" HTTP/") {
                Some(version) => self.next(text, version + 1),
                None => {
                    let space = self.next(text, 0)?;
                    // HTTP/0.9: a path follows the method, and nothing else.
                    match text.get(space + 1) {
                        Some(b'/') => self.next(text, space + 1),
                        _ => Some(space),
                    }
                }
            },
            Shape::List => {
                let mut end = self.next(text, 0)?;
                loop {
                    let after = text.get(end..).unwrap_or_default();
                    end = match end.checked_sub(1).and_then(|last| text.get(last)) {
                        Some(b',') => self.next(text, end + 1)?,
                        _ if after.starts_with(b" : ") => self.next(text, end + 3)?,
                        _ => return Some(end),
                    };
                }
            }
        }
    }

    /// Where the text that ends the value next occurs.
    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let found = match self.after.needle() {
            [byte] => memchr::memchr(*byte, rest),
            _ => self.after.find(rest),
        };
        found.map(|at| from + at)
    }
}

fn backslashes_before(text: &[u8], at: usize) -> usize {
    text.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count()
}

impl<'a> Values<'a> {
    /// Keeps a value; of a variable that the format has twice, the first.
    fn keep(&mut self, role: Role, value: &'a [u8]) {
        let place = match role {
            Role::Ignored => return,
            Role::Time(kind) => {
                self.time.get_or_insert((kind, value));
                return;
            }
            Role::Path(kind) => {
                self.path.get_or_insert((kind, value));
                return;
            }
            Role::Request => &mut self.request,
            Role::Method => &mut self.method,
            Role::Status => &mut self.status,
            Role::CompanyHeader => &mut self.company_header,
            Role::Environment => &mut self.environment,
            Role::Principal => &mut self.principal,
            Role::App(rank) => match self.apps.get_mut(rank) {
                Some(place) => place,
                None => return,
            },
        };
        place.get_or_insert(value);
    }
}

impl DecodeBytes for LogDecoder {
    #[inline(always)]
    fn decode_plain<'a>(
        &self,
        text: &'a str,
        start: usize,
        bounds: &TimeBounds,
        scratch: &mut Scratch,
    ) -> Option<(PlainCall<'a>, usize)> {
        self.plain.as_ref()?.decode(text, start, bounds, scratch)
    }

    fn decode<'a>(&self, line: &'a [u8], bounds: &TimeBounds) -> Decoded<'a> {
        let values = self.split(line)?;
        let text = |value: &'a [u8]| percent_encoded(unescape(value, self.escape));
        let present = |value: Option<&'a [u8]>| value.map(text).filter(|text| !fields::is_absent(text));

        let time = bounds.check(time(values.time)?)?;
        // The request line is only looked at where method or path have no variable of their own.
        let needs_request = values.method.is_none() || values.path.is_none();
        let request = match values.request.filter(|_| needs_request && values.method.is_none()) {
            Some(request) => Some(RequestLine::parse(text(request))?),
            None => None,
        };
        let (method, path_of_request) = match request {
            Some(request) => (request.method, Some(request.path)),
            None => {
                let method = present(values.method).ok_or(Reject::plain(RejectReason::MissingMethod))?;
                let method = fields::method(method)?;
                let request = values.request.filter(|_| needs_request).map(|request| RequestLine::parse(text(request)));
                (method, request.transpose()?.map(|request| request.path))
            }
        };
        let path = match (values.path, path_of_request) {
            (Some((kind, value)), _) => {
                let bytes = unescape(value, self.escape);
                let path = match kind {
                    PathKind::Raw => percent_encoded(bytes),
                    PathKind::Decoded => path_of_decoded_uri(bytes),
                };
                if fields::is_absent(&path) {
                    return Err(Reject::plain(RejectReason::MissingPath));
                }
                fields::path(path)?
            }
            (None, Some(path)) => path,
            (None, None) => return Err(Reject::plain(RejectReason::MissingPath)),
        };
        let status = present(values.status).ok_or(Reject::plain(RejectReason::MissingStatus))?;
        let status = fields::status(&status)?;
        let app = values.apps.into_iter().find_map(present).map_or(Ok(None), fields::app)?;
        Ok(Call {
            time,
            app,
            environment: present(values.environment).map(|name| Environment::named(&name)),
            method,
            path,
            status,
            company: present(values.company_header),
            principal: match present(values.principal) {
                Some(principal) if principal == "service" => Principal::Service,
                _ => Principal::User,
            },
        })
    }
}

fn time(value: Option<(TimeKind, &[u8])>) -> Result<UnixMillis, Reject> {
    let Some((kind, value)) = value.filter(|(_, value)| !value.is_empty() && *value != b"-") else {
        return Err(Reject::plain(RejectReason::MissingTime));
    };
    let text = percent_encoded(Cow::Borrowed(value));
    let (time, wanted) = match kind {
        TimeKind::Unix => (parse_unix(&text, UnixUnit::SecondsOrMillis), "Unix time (`1795182312.345`)"),
        TimeKind::Iso8601 => (parse_rfc3339(&text), "RFC 3339 with an offset (`2026-11-20T13:45:12+00:00`)"),
        TimeKind::Local => (parse_local(&text), "`20/Nov/2026:13:45:12 +0000`"),
    };
    time.ok_or_else(|| Reject::quoting(RejectReason::BadTime, &text).wanting(wanted))
}

#[cfg(test)]
mod tests {
    use super::super::{COMBINED, COMMON};
    use super::*;

    fn decoder(format: &str) -> LogDecoder {
        let variables = Variables { company_header: "Procore-Company-Id".to_owned(), ..Variables::default() };
        LogDecoder::new(format, &variables).unwrap_or_else(|error| panic!("{format}: {error}"))
    }

    fn decode(format: &str, line: impl AsRef<[u8]>) -> Result<String, RejectReason> {
        let bounds = TimeBounds { now: UnixMillis(1_800_000_000_000), oldest: UnixMillis(0) };
        let call = decoder(format).decode(line.as_ref(), &bounds).map_err(|reject| reject.reason)?;
        Ok(format!(
            "{} {:?} {} {} {} {}",
            call.time.0 / 1000,
            call.app.as_deref(),
            call.method,
            call.path,
            call.status,
            call.company.is_some()
        ))
    }

    fn check(format: &str, line: impl AsRef<[u8]>, expected: Result<&str, RejectReason>) {
        let decoded = decode(format, line.as_ref());
        assert_eq!(decoded.as_deref().map_err(|e| *e), expected, "{}", String::from_utf8_lossy(line.as_ref()));
    }

    #[test]
    fn combined_and_common_are_read() {
        let line = r#"1.2.3.4 - acme [20/Nov/2026:13:45:12 +0000] "GET /a?b HTTP/1.1" 200 12"#;
        let expected = Ok(r#"1795182312 Some("acme") GET /a?b 200 false"#);
        check(COMMON, line, expected);
        check(COMBINED, format!(r#"{line} "-" "curl/8 \"x\" (y)""#), expected);
        check(COMBINED, format!(r#"{line} "-" "curl\x22""#), expected);
        check(COMBINED, line, Err(RejectReason::DoesNotMatchFormat));
        check(COMMON, format!("{line} \"-\" \"-\""), Err(RejectReason::DoesNotMatchFormat));
        check(
            COMMON,
            r#"1.2.3.4 - - [20/Nov/2026:13:45:12 +0000] "GET /a?b HTTP/1.1" 200 12"#,
            Ok("1795182312 None GET /a?b 200 false"),
        );
        check(
            COMMON,
            r#"1.2.3.4 - a b [20/Nov/2026:13:45:12 +0000] "GET /a?b HTTP/1.1" 200 12"#,
            Ok("1795182312 Some(\"a b\") GET /a?b 200 false"),
        );
    }

    const PLATFORM: &str =
        r#"$remote_addr [$time_local] "$request" $status "$http_procore_company_id" "$http_x_app_id" $remote_user"#;

    #[test]
    fn the_platforms_own_headers_are_read() {
        let line = |header: &str, app: &str, user: &str| {
            format!(r#"::1 [20/Nov/2026:13:45:12 +0000] "GET /a HTTP/1.1" 200 "{header}" "{app}" {user}"#)
        };
        check(PLATFORM, line("77", "acme", "jo"), Ok(r#"1795182312 Some("acme") GET /a 200 true"#));
        check(PLATFORM, line("-", "-", "jo"), Ok(r#"1795182312 Some("jo") GET /a 200 false"#));
        check(PLATFORM, line("", "", "-"), Ok("1795182312 None GET /a 200 false"));
        check(PLATFORM, line(" ", r"a\x22\xC3\xA9", "-"), Ok("1795182312 Some(\"a\\\"é\") GET /a 200 true"));
        check(PLATFORM, line("1", r"a\x0Ab", "-"), Err(RejectReason::BadApp));
    }

    #[test]
    fn malformed_requests_have_their_reasons() {
        let line = |request: &str| format!(r#"::1 [20/Nov/2026:13:45:12 +0000] "{request}" 400 "-" "-" -"#);
        check(PLATFORM, line(""), Err(RejectReason::MissingMethod));
        check(PLATFORM, line("-"), Err(RejectReason::MissingMethod));
        check(PLATFORM, line(r"\x16\x03\x01\x02"), Err(RejectReason::BadMethod));
        check(PLATFORM, line(r"\x16 \x03"), Err(RejectReason::BadMethod));
        check(PLATFORM, line("GET"), Err(RejectReason::MissingPath));
        check(PLATFORM, line("GET a"), Err(RejectReason::BadPath));
        check(PLATFORM, line("GET /a b"), Err(RejectReason::BadPath));
        check(PLATFORM, line("GET /a"), Ok("1795182312 None GET /a 400 false"));
        check(PLATFORM, line("CONNECT h:1 HTTP/1.1"), Err(RejectReason::BadPath));
        check(PLATFORM, line(r"GET /caf\xC3\xA9/\xFF HTTP/1.1"), Ok("1795182312 None GET /café/%FF 400 false"));
    }

    #[test]
    fn raw_bytes_in_a_path_are_percent_encoded() {
        let format = "escape=none $msec $request_method $status $request_uri";
        check(format, b"1795182312.345 GET 200 /a\xff\xc3\xa9", Ok("1795182312 None GET /a%FFé 200 false"));
    }

    #[test]
    fn bytes_of_a_decoded_path_are_percent_encoded_once() {
        let format = "$time_iso8601 $remote_user $status $request_method $uri";
        let line = |path: &str| format!("2026-11-20T13:45:12+00:00 - 200 GET {path}");
        check(format, line(r"/\xFF"), Ok("1795182312 None GET /%FF 200 false"));
        check(format, line(r"/%FF\xFF\x22"), Ok("1795182312 None GET /%25FF%FF\" 200 false"));
        check(format, line("-"), Err(RejectReason::MissingPath));
        let raw = format.replace("$uri", "$request_uri");
        check(&raw, line(r"/\xFF"), Ok("1795182312 None GET /%FF 200 false"));
    }

    #[test]
    fn a_path_is_found_in_variables_with_nothing_between() {
        let check = |path: &str, logged: &str, expected: Result<&str, RejectReason>| {
            let expected = expected.map(|path| format!("1795182312 None GET {path} 200 false"));
            let expected = expected.as_deref().map_err(|reason| *reason);
            check(&format!("$msec $request_method {path} $status"), format!("1795182312 GET {logged} 200"), expected);
            check(&format!("$msec $request_method $status {path}"), format!("1795182312 GET 200 {logged}"), expected);
            check(
                &format!("$msec $request_method \"{path}\" $status"),
                format!("1795182312 GET \"{logged}\" 200"),
                expected,
            );
        };
        for path in ["$uri$is_args$args", "$document_uri$is_args$query_string", "$host$uri$is_args$args"] {
            check(path, "/a?b=/c?d", Ok("/a"));
            check(path, "/a", Ok("/a"));
            // nginx writes `-` for `$args` where there are none.
            check(path, "/a-", Ok("/a"));
            check(path, "/a--", Ok("/a-"));
            check(path, "/a-?b-", Ok("/a-"));
            check(path, r"/%\xFF?b", Ok("/%25%FF"));
        }
        check("$uri$is_args$args", "--", Err(RejectReason::MissingPath));
        check("$uri$is_args", "/a-", Ok("/a-"));
        check("$host$request_uri", "example.com/a?b=/c", Ok("/a?b=/c"));
        check("$host$request_uri", "-/a", Ok("/a"));
        check("$host$request_uri", "example.com-", Err(RejectReason::MissingPath));
        check("$scheme://$host$request_uri", "https://example.com/a", Ok("/a"));
        check("$host:$server_port$request_uri", "example.com:443//a-", Ok("//a-"));
    }

    #[test]
    fn the_most_exact_variables_are_read() {
        let format = r#"[$time_local] $msec $time_iso8601 $request_method $uri $request_uri "$request" $status"#;
        let line = r#"[x] 1795182312.345 y PUT /z /a%2Fb?c "nonsense" 204"#;
        check(format, line, Ok("1795182312 None PUT /a%2Fb?c 204 false"));
        check(
            "$time_iso8601 $request_method $uri $status",
            "2026-11-20T13:45:12+00:00 GET /50%?x 200",
            Ok("1795182312 None GET /50%25%3Fx 200 false"),
        );
        check(
            "$msec $request_method \"$request\" $status",
            "1795182312 GET \"GET /q HTTP/1.0\" 200",
            Ok("1795182312 None GET /q 200 false"),
        );
    }

    #[test]
    fn values_with_spaces_are_found_without_quotes() {
        check(
            "$time_local $request $status",
            "20/Nov/2026:13:45:12 +0000 GET /a b HTTP/1.1 200",
            Ok("1795182312 None GET /a b 200 false"),
        );
        check("$msec $request $status", "1795182312 GET /old 200", Ok("1795182312 None GET /old 200 false"));
        check("$msec $request $status", "1795182312 - 400", Err(RejectReason::MissingMethod));
        let format =
            "$http_x_forwarded_for $upstream_addr $upstream_response_time $msec $request_method $request_uri $status";
        check(
            format,
            "1.1.1.1, 2.2.2.2 a:1, b:2 : c:3 0.1, - : 0.3 1795182312.0 GET /a 200",
            Ok("1795182312 None GET /a 200 false"),
        );
        check(format, "- - - 1795182312.0 GET /a 200", Ok("1795182312 None GET /a 200 false"));
    }

    #[test]
    fn json_written_by_a_log_format_is_read_as_text() {
        let format = r#"log_format j escape=json '{"t":"$time_iso8601","m":"$request_method","p":"$request_uri","s":$status,"c":"$http_procore_company_id","app":"$http_x_app_id"}';"#;
        let line = r#"{"t":"2026-11-20T13:45:12+00:00","m":"GET","p":"/a\"b\\","s":200,"c":"","app":"x\u0041"}"#;
        check(format, line, Ok(r#"1795182312 Some("xA") GET /a"b\ 200 false"#));
        assert!(decoder(format).self_terminating());
        assert!(decoder(format).carries_company_header());
    }

    #[test]
    fn missing_and_bad_values_have_their_reasons() {
        let format = "$msec $request_method $request_uri $status x";
        check(format, "- GET /a 200 x", Err(RejectReason::MissingTime));
        check(format, "abc GET /a 200 x", Err(RejectReason::BadTime));
        check(format, "99999999999 GET /a 200 x", Err(RejectReason::TimeInFuture));
        check(format, "1 - /a 200 x", Err(RejectReason::MissingMethod));
        check(format, "1 G-T /a 200 x", Err(RejectReason::BadMethod));
        check(format, "1 GET - 200 x", Err(RejectReason::MissingPath));
        check(format, "1 GET a 200 x", Err(RejectReason::BadPath));
        check(format, "1 GET /a - x", Err(RejectReason::MissingStatus));
        check(format, "1 GET /a 000 x", Err(RejectReason::BadStatus));
        check(format, "1 GET /a 200", Err(RejectReason::DoesNotMatchFormat));
        check(format, "1 GET /a 200 xy", Err(RejectReason::DoesNotMatchFormat));
        let detail = |kind| time(Some((kind, b"noon"))).unwrap_err().detail;
        assert_eq!(detail(TimeKind::Unix), "found `aaaa`; write Unix time (`1795182312.345`)");
        assert!(detail(TimeKind::Iso8601).ends_with("write RFC 3339 with an offset (`2026-11-20T13:45:12+00:00`)"));
        assert!(detail(TimeKind::Local).ends_with("write `20/Nov/2026:13:45:12 +0000`"));
    }

    #[test]
    fn what_a_reader_needs_is_said() {
        let error = |format: &str| LogDecoder::new(format, &Variables::default()).unwrap_err().to_string();
        assert!(error("$status $request").contains("no time; add `$time_iso8601`"));
        assert!(error("$msec $status $request_uri").contains("no method"));
        assert!(error("$msec $status $request_method").contains("no path"));
        assert!(error("$msec $request").contains("no status"));
        let variables = Variables { app: Some("http_x_tenant".to_owned()), ..Variables::default() };
        assert!(LogDecoder::new(COMBINED, &variables).unwrap_err().to_string().contains("no `$http_x_tenant`"));
    }
}
