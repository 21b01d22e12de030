//! JSON lines of any shape, read through a field map.

use std::borrow::Cow;

use model::{Call, Environment, Principal, UnixMillis};

use super::field_map::{FieldMap, FieldPath};
use super::request_line::RequestLine;
use super::{DecodeJson, Decoded};
use crate::fields;
use crate::format::FormatError;
use crate::json::{FieldTree, Slot, Slots, Value};
use crate::reject::{Reject, RejectReason, TimeBounds};
use crate::time::{RecentDates, UnixUnit, parse_rfc3339, parse_unix};

/// Reads JSON lines through a field map.
#[derive(Clone, Debug)]
pub(crate) struct JsonMapDecoder {
    tree: FieldTree,
    time: Vec<Slot>,
    method: Vec<Slot>,
    path: Vec<Slot>,
    request: Vec<Slot>,
    status: Vec<Slot>,
    app: Vec<Slot>,
    environment: Vec<Slot>,
    company_header: Vec<Slot>,
    principal: Vec<Slot>,
}

impl JsonMapDecoder {
    pub(crate) fn new(map: &FieldMap) -> Result<Self, FormatError> {
        map.check()?;
        let mut tree = FieldTree::new(true);
        let mut add = |paths: &[FieldPath]| {
            let slots: Option<Vec<Slot>> = paths.iter().map(|path| tree.add(&path.0)).collect();
            slots.ok_or_else(|| FormatError::new("the field map names more than 64 places; name fewer".to_owned()))
        };
        Ok(Self {
            time: add(&map.time)?,
            method: add(&map.method)?,
            path: add(&map.path)?,
            request: add(&map.request)?,
            status: add(&map.status)?,
            app: add(&map.app)?,
            environment: add(&map.environment)?,
            company_header: add(&map.company_header)?,
            principal: add(&map.principal)?,
            tree,
        })
    }

    /// Whether the map has a place for the company header.
    pub(crate) fn carries_company_header(&self) -> bool {
        !self.company_header.is_empty()
    }
}

/// One scanned line.
struct Fields<'a, 's> {
    text: &'a str,
    slots: &'s Slots,
}

impl<'a> Fields<'a, '_> {
    /// The first value that holds something.
    fn first(&self, places: &[Slot]) -> Option<Value<'a>> {
        places.iter().filter_map(|slot| self.slots.value(self.text, *slot)).find(holds_something)
    }

    /// The first value that holds something, as text: a number as it is written.
    fn first_text(&self, places: &[Slot]) -> Option<Cow<'a, str>> {
        places.iter().filter_map(|slot| self.slots.value(self.text, *slot)).filter(holds_something).find_map(|value| {
            match value {
                Value::Text(text) => Some(text),
                Value::Number(number) => Some(Cow::Borrowed(number)),
                _ => None,
            }
        })
    }
}

fn holds_something(value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => fields::header_present(text),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null => false,
        Value::Nested(text) => {
            let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
            !inside.trim().is_empty()
        }
    }
}

impl DecodeJson for JsonMapDecoder {
    const STRICT: bool = false;

    fn tree(&self) -> &FieldTree {
        &self.tree
    }

    #[inline]
    fn call<'a>(&self, text: &'a str, slots: &Slots, dates: &mut RecentDates, bounds: &TimeBounds) -> Decoded<'a> {
        let line = Fields { text, slots };
        let time = bounds.check(time(line.first(&self.time), dates)?)?;
        let request = line.first_text(&self.request);
        let (method, path) = match (line.first_text(&self.method), line.first_text(&self.path), request) {
            (Some(method), Some(path), _) => (fields::method(method)?, fields::path(path)?),
            (method, path, Some(request)) => {
                let request = RequestLine::parse(request)?;
                let method = method.map_or(Ok(request.method), fields::method)?;
                (method, path.map_or(Ok(request.path), fields::path)?)
            }
            (None, _, None) => return Err(Reject::plain(RejectReason::MissingMethod)),
            (Some(method), None, None) => {
                fields::method(method)?;
                return Err(Reject::plain(RejectReason::MissingPath));
            }
        };
        let status = match line.first_text(&self.status) {
            Some(digits) => fields::status(&digits)?,
            None => return Err(Reject::plain(RejectReason::MissingStatus)),
        };
        let app = match line.first(&self.app) {
            Some(Value::Text(text)) => fields::app(text)?,
            Some(Value::Number(number)) if !number.contains(['.', 'e', 'E']) => fields::app(Cow::Borrowed(number))?,
            None => None,
            Some(_) => return Err(Reject::plain(RejectReason::BadApp)),
        };
        Ok(Call {
            time,
            app,
            environment: line.first_text(&self.environment).map(|name| Environment::named(&name)),
            method,
            path,
            status,
            company: line.first(&self.company_header).and_then(Value::into_text),
            principal: match line.first_text(&self.principal) {
                Some(principal) if principal == "service" => Principal::Service,
                _ => Principal::User,
            },
        })
    }
}

/// What a time should be.
const TIME: &str =
    "RFC 3339 with an offset (`2026-11-20T13:45:12Z`), `20/Nov/2026:13:45:12 +0000`, or Unix time as a number";

fn time(value: Option<Value<'_>>, dates: &mut RecentDates) -> Result<UnixMillis, Reject> {
    let text = match value {
        Some(Value::Text(text)) => text,
        Some(Value::Number(number)) => Cow::Borrowed(number),
        Some(_) => return Err(Reject::plain(RejectReason::BadTime).wanting(TIME)),
        None => return Err(Reject::plain(RejectReason::MissingTime)),
    };
    parse_any_time(&text, dates).ok_or_else(|| Reject::quoting(RejectReason::BadTime, &text).wanting(TIME))
}

/// A time in any of the ways in which gateways write one.
fn parse_any_time(text: &str, dates: &mut RecentDates) -> Option<UnixMillis> {
    dates
        .rfc3339(text)
        .or_else(|| parse_unix(text, UnixUnit::Any))
        .or_else(|| dates.local(text))
        .or_else(|| parse_rfc3339(&with_colon_in_offset(text)?))
}

/// ISO 8601's `+0100` as RFC 3339 wants it.
fn with_colon_in_offset(text: &str) -> Option<String> {
    let (head, offset) = text.split_at_checked(text.len().checked_sub(5)?)?;
    let (hours, minutes) = offset.split_at_checked(3)?;
    offset.starts_with(['+', '-']).then(|| format!("{head}{hours}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Scratch;
    use crate::decode::json_lines::decode_json_line;

    fn decode(map: &str, line: &str) -> Result<String, RejectReason> {
        let decoder = JsonMapDecoder::new(&map.parse().unwrap()).unwrap();
        let bounds = TimeBounds { now: UnixMillis(1_800_000_000_000), oldest: UnixMillis(0) };
        let call = decode_json_line(&decoder, line.as_bytes(), &bounds, &mut Scratch::default())
            .map_err(|reject| reject.reason)?;
        Ok(format!(
            "{} {:?} {:?} {} {} {} {} {:?}",
            call.time.0,
            call.app.as_deref(),
            call.environment,
            call.method,
            call.path,
            call.status,
            call.company.is_some(),
            call.principal
        ))
    }

    const MAP: &str = "time=ts method=request.method path=request.uri status=response.status app=consumer.id|user \
        company_header=request.headers.Company-Id environment=env principal=as";

    #[test]
    fn fields_are_found_wherever_the_map_says() {
        let line = r#"{"ts":1795182312.345,"request":{"method":"get","uri":"/a?b","headers":{"company-id":["7"]}},
            "response":{"status":"200"},"consumer":{"id":null},"user":"u1","env":"staging","as":"service"}"#
            .replace('\n', "");
        assert_eq!(
            decode(MAP, &line).as_deref(),
            Ok("1795182312345 Some(\"u1\") Some(Sandbox) GET /a?b 200 true Service")
        );
    }

    #[test]
    fn what_is_absent_is_absent() {
        let line = |extra: &str| {
            format!(
                r#"{{"ts":"2026-11-20T13:45:12Z","request":{{"method":"GET","uri":"/a"{extra}}},"response":{{"status":200}},"user":"-"}}"#
            )
        };
        let expected = "1795182312000 None None GET /a 200 false User";
        for extra in [
            "",
            r#","headers":{}"#,
            r#","headers":{"Company-Id":[]}"#,
            r#","headers":{"Company-Id":[""]}"#,
            r#","headers":{"Company-Id":"-"}"#,
        ] {
            assert_eq!(decode(MAP, &line(extra)).as_deref(), Ok(expected), "{extra}");
        }
    }

    #[test]
    fn reasons_come_in_the_order_of_the_fields() {
        let check = |line: &str, reason| assert_eq!(decode(MAP, line), Err(reason), "{line}");
        check("{", RejectReason::NotJson);
        check("{}", RejectReason::MissingTime);
        check(r#"{"ts":true}"#, RejectReason::BadTime);
        check(r#"{"ts":"yesterday"}"#, RejectReason::BadTime);
        check(r#"{"ts":9e12}"#, RejectReason::TimeInFuture);
        check(r#"{"ts":1}"#, RejectReason::MissingMethod);
        check(r#"{"ts":1,"request":{"method":"-"}}"#, RejectReason::MissingMethod);
        check(r#"{"ts":1,"request":{"method":"G T"}}"#, RejectReason::BadMethod);
        check(r#"{"ts":1,"request":{"method":"GET"}}"#, RejectReason::MissingPath);
        check(r#"{"ts":1,"request":{"method":"GET","uri":"*"}}"#, RejectReason::BadPath);
        check(r#"{"ts":1,"request":{"method":"GET","uri":"/"}}"#, RejectReason::MissingStatus);
        check(r#"{"ts":1,"request":{"method":"GET","uri":"/"},"response":{"status":"0"}}"#, RejectReason::BadStatus);
        check(
            r#"{"ts":1,"request":{"method":"GET","uri":"/"},"response":{"status":200},"user":1.5}"#,
            RejectReason::BadApp,
        );
    }

    #[test]
    fn a_request_line_stands_in_for_method_and_path() {
        let map = "time=t request=r status=s";
        let decoded = decode(map, r#"{"t":"20/Nov/2026:13:45:12 +0000","r":"POST /x?y HTTP/1.1","s":201}"#);
        assert_eq!(decoded.as_deref(), Ok("1795182312000 None None POST /x?y 201 false User"));
        assert_eq!(decode(map, r#"{"t":1,"r":"","s":400}"#), Err(RejectReason::MissingMethod));
    }

    #[test]
    fn times_of_every_gateway_are_read() {
        let check = |text: &str| {
            assert_eq!(
                parse_any_time(text, &mut RecentDates::default()).map(|time| time.0 / 1000),
                Some(1_795_182_312),
                "{text}"
            );
        };
        for text in [
            "2026-11-20T13:45:12.345Z",
            "2026-11-20T14:45:12+0100",
            "2026-11-20T13:45:12.000-0000",
            "20/Nov/2026:13:45:12 +0000",
            "1795182312",
            "1795182312.345",
            "1795182312345",
            "1795182312345678",
            "1795182312345678901",
            "1.795182312345e9",
        ] {
            check(text);
        }
        assert_eq!(parse_any_time("2026-11-20T13:45:12", &mut RecentDates::default()), None);
        for (found, value) in [("found `aaaa`; ", Value::Text("noon".into())), ("", Value::Bool(true))] {
            let bad = time(Some(value), &mut RecentDates::default()).unwrap_err();
            assert_eq!(bad.detail, format!("{found}write {TIME}"));
        }
    }
}
