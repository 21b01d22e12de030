//! The call record, format `steadfast`: one JSON object a line.

use std::borrow::Cow;

use model::{Call, Environment, Principal, UnixMillis};

use super::plain_call::PlainCall;
use super::{DecodeJson, Decoded};
use crate::fields;
use crate::json::{FieldTree, Simple, Slot, Slots, Step, Value};
use crate::reject::{Reject, RejectReason, TimeBounds};
use crate::time::{RecentDates, UnixUnit, parse_unix};

/// Reads the call record.
#[derive(Clone, Debug)]
pub(crate) struct SteadfastDecoder {
    tree: FieldTree,
    fields: Option<Fields>,
}

#[derive(Clone, Copy, Debug)]
struct Fields {
    time: Slot,
    app: Slot,
    environment: Slot,
    method: Slot,
    path: Slot,
    status: Slot,
    company_header: Slot,
    principal: Slot,
}

impl SteadfastDecoder {
    pub(crate) fn new() -> Self {
        let mut tree = FieldTree::new(false);
        let fields = Fields::add_to(&mut tree);
        Self { tree, fields }
    }
}

impl Fields {
    fn add_to(tree: &mut FieldTree) -> Option<Self> {
        let mut add = |name: &str| tree.add(&[Step::Key(name.to_owned())]);
        Some(Self {
            time: add("time")?,
            app: add("app")?,
            environment: add("environment")?,
            method: add("method")?,
            path: add("path")?,
            status: add("status")?,
            company_header: add("company_header")?,
            principal: add("principal")?,
        })
    }
}

impl DecodeJson for SteadfastDecoder {
    const STRICT: bool = true;

    fn tree(&self) -> &FieldTree {
        &self.tree
    }

    #[inline(always)]
    fn plain_call<'a>(
        &self,
        text: &'a str,
        slots: &Slots,
        dates: &mut RecentDates,
        bounds: &TimeBounds,
    ) -> Option<PlainCall<'a>> {
        self.fields.as_ref()?.plain_call(text, slots, dates, bounds)
    }

    fn call<'a>(&self, text: &'a str, slots: &Slots, dates: &mut RecentDates, bounds: &TimeBounds) -> Decoded<'a> {
        // Eight fields fit into every tree.
        let fields = self.fields.ok_or(Reject::plain(RejectReason::DoesNotMatchFormat))?;
        fields.call(text, slots, dates, bounds)
    }
}

impl Fields {
    /// The call of a line that is right and as programs write them: each value of the usual kind, without escapes. It is
    /// what [`Fields::call`] makes of it, without asking what else there could be.
    #[inline(always)]
    fn plain_call<'a>(
        &self,
        text: &'a str,
        slots: &Slots,
        dates: &mut RecentDates,
        bounds: &TimeBounds,
    ) -> Option<PlainCall<'a>> {
        let (Simple::Text(time), Simple::Text(method), Simple::Text(path)) =
            (slots.simple(text, self.time), slots.simple(text, self.method), slots.simple(text, self.path))
        else {
            return None;
        };
        let (Simple::Number(status) | Simple::Text(status)) = slots.simple(text, self.status) else { return None };
        let time = dates.rfc3339(time).filter(|time| bounds.contain(*time))?;
        let status = fields::plain_status(status)?;
        // What is left out, or is a text that is not empty.
        let optional = |slot| match slots.simple(text, slot) {
            Simple::Absent => Some(None),
            Simple::Text(text) => Some(Some(text).filter(|text| !fields::is_absent(text))),
            _ => None,
        };
        let app = optional(self.app)?;
        let (app_start, app_end) = slots.span(self.app);
        let (method_start, method_end) = slots.span(self.method);
        let plain = fields::is_common_method(text, method_start, method_end)
            && path.starts_with('/')
            && (app.is_none() || fields::is_plain_app(text, app_start, app_end));
        if !plain {
            return None;
        }
        Some(PlainCall {
            time,
            app,
            environment: optional(self.environment)?.map(Environment::named),
            method,
            path,
            status,
            company: optional(self.company_header)?,
            principal: match optional(self.principal)? {
                Some("service") => Principal::Service,
                _ => Principal::User,
            },
        })
    }

    fn call<'a>(&self, text: &'a str, slots: &Slots, dates: &mut RecentDates, bounds: &TimeBounds) -> Decoded<'a> {
        let fields = self;
        let value = |slot| slots.value(text, slot);
        let time = bounds.check(time(value(fields.time), dates)?)?;
        let method =
            fields::method(text_of(value(fields.method), RejectReason::MissingMethod, RejectReason::BadMethod)?)?;
        let path = fields::path(text_of(value(fields.path), RejectReason::MissingPath, RejectReason::BadPath)?)?;
        let status = status(value(fields.status))?;
        let app = app(value(fields.app))?;
        Ok(Call {
            time,
            app,
            environment: environment(value(fields.environment)),
            method,
            path,
            status,
            company: company(value(fields.company_header)),
            principal: principal(value(fields.principal)),
        })
    }
}

/// What a time should be.
const TIME: &str = "RFC 3339 with an offset (`2026-11-20T13:45:12Z`), or Unix time as a JSON number";

#[inline]
fn time(value: Option<Value<'_>>, dates: &mut RecentDates) -> Result<UnixMillis, Reject> {
    let bad = |found: &str| Reject::quoting(RejectReason::BadTime, found).wanting(TIME);
    match value {
        Some(Value::Text(text)) => dates.rfc3339(&text).ok_or_else(|| bad(&text)),
        Some(Value::Number(number)) => parse_unix(number, UnixUnit::SecondsOrMillis).ok_or_else(|| bad(number)),
        None | Some(Value::Null) => Err(Reject::plain(RejectReason::MissingTime)),
        Some(_) => Err(Reject::plain(RejectReason::BadTime).wanting(TIME)),
    }
}

#[inline]
fn text_of(value: Option<Value<'_>>, missing: RejectReason, bad: RejectReason) -> Result<Cow<'_, str>, Reject> {
    match value {
        Some(Value::Text(text)) => Ok(text),
        None | Some(Value::Null) => Err(Reject::plain(missing)),
        Some(Value::Number(number)) => Err(Reject::quoting(bad, number)),
        Some(_) => Err(Reject::plain(bad)),
    }
}

#[inline]
fn status(value: Option<Value<'_>>) -> Result<u16, Reject> {
    match value {
        Some(Value::Text(digits)) => fields::status(&digits),
        Some(Value::Number(number)) => fields::status(number),
        None | Some(Value::Null) => Err(Reject::plain(RejectReason::MissingStatus)),
        Some(_) => Err(Reject::plain(RejectReason::BadStatus)),
    }
}

#[inline]
fn app(value: Option<Value<'_>>) -> Result<Option<Cow<'_, str>>, Reject> {
    match value {
        Some(Value::Text(text)) => fields::app(text),
        Some(Value::Number(number)) if !number.contains(['.', 'e', 'E']) => fields::app(Cow::Borrowed(number)),
        Some(Value::Number(number)) => Err(Reject::quoting(RejectReason::BadApp, number)),
        None | Some(Value::Null) => Ok(None),
        Some(_) => Err(Reject::plain(RejectReason::BadApp)),
    }
}

/// Anything but a name is some environment other than production.
#[inline]
fn environment(value: Option<Value<'_>>) -> Option<Environment> {
    match value {
        None | Some(Value::Null) => None,
        Some(Value::Text(name)) if fields::is_absent(&name) => None,
        Some(Value::Text(name)) => Some(Environment::named(&name)),
        Some(_) => Some(Environment::Sandbox),
    }
}

#[inline]
fn company(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    value?.into_text().filter(|text| fields::header_present(text))
}

#[inline]
fn principal(value: Option<Value<'_>>) -> Principal {
    match value {
        Some(Value::Text(text)) if text == "service" => Principal::Service,
        _ => Principal::User,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::Scratch;
    use crate::decode::json_lines::decode_json_line;

    const BOUNDS: TimeBounds = TimeBounds { now: UnixMillis(1_800_000_000_000), oldest: UnixMillis(0) };

    fn decode(line: &str) -> Decoded<'_> {
        decode_json_line(&SteadfastDecoder::new(), line.as_bytes(), &BOUNDS, &mut Scratch::default())
    }

    /// A record with one field replaced, or added; without it where the value is empty.
    fn with(field: &str, value: &str) -> String {
        let fields = [("time", "1795182312"), ("method", "\"GET\""), ("path", "\"/\""), ("status", "200")];
        let mut members: Vec<String> = fields
            .iter()
            .filter(|(name, _)| *name != field)
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        if !value.is_empty() {
            members.push(format!("\"{field}\":{value}"));
        }
        format!("{{{}}}", members.join(","))
    }

    fn check<T: PartialEq + std::fmt::Debug>(
        field: &str,
        value: &str,
        get: impl Fn(&Call<'_>) -> T,
        expected: Result<T, RejectReason>,
    ) {
        let line = with(field, value);
        let decoded = decode(&line).map(|call| get(&call)).map_err(|reject| reject.reason);
        assert_eq!((decoded, line.as_str()), (expected, line.as_str()));
    }

    #[test]
    fn times() {
        let check = |value: &str, expected| check("time", value, |call| call.time.0, expected);
        check("\"2026-11-20T13:45:12.345Z\"", Ok(1_795_182_312_345));
        check("1795182312.345", Ok(1_795_182_312_345));
        check("1795182312345", Ok(1_795_182_312_345));
        check("\"1795182312\"", Err(RejectReason::BadTime));
        check("\"\"", Err(RejectReason::BadTime));
        check("true", Err(RejectReason::BadTime));
        check("{}", Err(RejectReason::BadTime));
        check("1800000300", Ok(1_800_000_300_000));
        check("1800000300.001", Err(RejectReason::TimeInFuture));
        check("-0.001", Err(RejectReason::TooOld));
        check("null", Err(RejectReason::MissingTime));
        check("", Err(RejectReason::MissingTime));
        for (value, found) in [
            ("\"2026-11-22T08:00:00\"", "found `0000-00-00A00:00:00`; "),
            ("\"1795334400\"", "found `1795334400`; "),
            ("1e400", "found `0a000`; "),
            ("true", ""),
        ] {
            assert_eq!(decode(&with("time", value)).unwrap_err().detail, format!("{found}write {TIME}"));
        }
    }

    #[test]
    fn methods_and_paths() {
        let method = |value: &str, expected: Result<&str, RejectReason>| {
            check("method", value, |call| call.method.clone().into_owned(), expected.map(str::to_owned));
        };
        method("\"get\"", Ok("GET"));
        method("\"\"", Err(RejectReason::BadMethod));
        method("\"-\"", Err(RejectReason::BadMethod));
        method("5", Err(RejectReason::BadMethod));
        method("null", Err(RejectReason::MissingMethod));
        method("", Err(RejectReason::MissingMethod));
        let path = |value: &str, expected: Result<&str, RejectReason>| {
            check("path", value, |call| call.path.clone().into_owned(), expected.map(str::to_owned));
        };
        path("\"/a\\/b?c\"", Ok("/a/b?c"));
        path("\"https://h/a\\u002fb\"", Ok("/a/b"));
        path("\"\"", Err(RejectReason::BadPath));
        path("7", Err(RejectReason::BadPath));
        path("", Err(RejectReason::MissingPath));
    }

    #[test]
    fn statuses() {
        let check = |value: &str, expected| check("status", value, |call| call.status, expected);
        check("599", Ok(599));
        check("\"100\"", Ok(100));
        for bad in ["200.0", "2e2", "99", "600", "-200", "true", "[200]", "\"\"", "\"2e2\"", "20000000000000000000000"]
        {
            check(bad, Err(RejectReason::BadStatus));
        }
        check("null", Err(RejectReason::MissingStatus));
    }

    #[test]
    fn apps() {
        let check = |value: &str, expected: Result<Option<&str>, RejectReason>| {
            check(
                "app",
                value,
                |call| call.app.as_deref().map(str::to_owned),
                expected.map(|app| app.map(str::to_owned)),
            );
        };
        check("\"acme\"", Ok(Some("acme")));
        check("12", Ok(Some("12")));
        check("-12", Ok(Some("-12")));
        for absent in ["", "null", "\"\"", "\"-\""] {
            check(absent, Ok(None));
        }
        for bad in ["1.0", "1e3", "true", "[]", "{}", "\"a\\nb\"", "\"a\\u0085\""] {
            check(bad, Err(RejectReason::BadApp));
        }
        check(&format!("\"{}\"", "a".repeat(201)), Err(RejectReason::BadApp));
    }

    #[test]
    fn the_optional_fields() {
        let environment = |value: &str, expected| check("environment", value, |call| call.environment, Ok(expected));
        environment("\"production\"", Some(Environment::Production));
        environment("\"sandbox\"", Some(Environment::Sandbox));
        environment("\"Production\"", Some(Environment::Sandbox));
        environment("7", Some(Environment::Sandbox));
        for absent in ["", "null", "\"\"", "\"-\""] {
            environment(absent, None);
            check("company_header", absent, |call| call.company.is_some(), Ok(false));
            check("principal", absent, |call| call.principal, Ok(Principal::User));
        }
        for present in ["\"7\"", "7", "0", "\" 7\""] {
            check("company_header", present, |call| call.company.is_some(), Ok(true));
        }
        check("company_header", "\" \\t\"", |call| call.company.is_some(), Ok(true));
        check("principal", "\"service\"", |call| call.principal, Ok(Principal::Service));
        check("principal", "\"robot\"", |call| call.principal, Ok(Principal::User));
        check("unknown", "{\"time\":[1,{}]}", |call| call.status, Ok(200));
    }

    #[test]
    fn a_line_with_several_faults_has_the_first_of_them() {
        let check = |line: &str, reason: RejectReason| {
            assert_eq!(decode(line).map_err(|reject| reject.reason), Err(reason), "{line}");
        };
        check(r#"{"app":1.5}"#, RejectReason::MissingTime);
        check(r#"{"app":1.5,"time":1}"#, RejectReason::MissingMethod);
        check(r#"{"app":1.5,"time":1,"method":"GET"}"#, RejectReason::MissingPath);
        check(r#"{"app":1.5,"time":1,"method":"GET","path":"/"}"#, RejectReason::MissingStatus);
        check(r#"{"app":1.5,"time":1,"method":"GET","path":"/","status":200}"#, RejectReason::BadApp);
        check(r#"{"app":1.5,"time":1,"method":"GET","path":"/","status":200"#, RejectReason::NotJson);
        check(r#"[{"time":1}]"#, RejectReason::NotJson);
    }

    proptest! {
        #[test]
        fn fields_are_found_in_any_order_and_the_last_of_equal_keys_wins(
            order in Just(vec!["time", "method", "path", "status", "app", "company_header"]).prop_shuffle(),
            app in "[a-zé\"\\\\ ]{1,20}", again in "[a-z]{1,5}", space in "[ \t]{0,2}",
        ) {
            prop_assume!(app != "-");
            let member = |field: &&str| {
                let value = match *field {
                    "time" => "1795182312".to_owned(),
                    "method" => "\"PUT\"".to_owned(),
                    "path" => "\"/x\"".to_owned(),
                    "status" => "\"204\"".to_owned(),
                    "app" => serde_json::to_string(&app).unwrap(),
                    _ => "5".to_owned(),
                };
                format!("{space}\"{field}\"{space}:{space}{value}{space}")
            };
            let members: Vec<String> = order.iter().map(member).collect();
            let line = format!("{{{}}}", members.join(","));
            let call = decode(&line).unwrap();
            prop_assert_eq!((call.app.as_deref(), call.status, call.company.as_deref()), (Some(app.as_str()), 204, Some("5")));
            let twice = format!("{{\"app\":7,{},\"app\":\"{again}\"}}", members.join(","));
            let call = decode(&twice).unwrap();
            prop_assert_eq!(call.app.as_deref(), Some(again.as_str()));
        }

        #[test]
        fn no_line_panics(line in "\\PC*") {
            let _ = decode(&line);
        }
    }
}
