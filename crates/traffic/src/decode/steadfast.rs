//! The call record, format `steadfast`: one JSON object a line.

use std::borrow::Cow;

use model::{Call, Environment, Principal, UnixMillis};

use super::{DecodeJson, Decoded};
use crate::fields;
use crate::json::{FieldTree, Slot, Slots, Step, Value, scan_object};
use crate::reject::{Reject, RejectReason, TimeBounds};
use crate::time::{UnixUnit, parse_rfc3339, parse_unix};

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
    #[inline]
    fn decode<'a>(
        &self,
        text: &'a str,
        start: usize,
        end: usize,
        slots: &mut Slots,
        bounds: &TimeBounds,
    ) -> Decoded<'a> {
        scan_object(text, start, end, &self.tree, slots)
            .map_err(|malformed| Reject::because(RejectReason::NotJson, malformed.problem))?;
        // Eight fields fit into every tree.
        let fields = self.fields.ok_or(Reject::plain(RejectReason::DoesNotMatchFormat))?;
        let value = |slot| slots.value(text, slot);
        let time = bounds.check(time(value(fields.time))?)?;
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
            company_header: company_header(value(fields.company_header)),
            principal: principal(value(fields.principal)),
        })
    }
}

#[inline]
fn time(value: Option<Value<'_>>) -> Result<UnixMillis, Reject> {
    match value {
        Some(Value::Text(text)) => parse_rfc3339(&text).ok_or_else(|| Reject::quoting(RejectReason::BadTime, &text)),
        Some(Value::Number(number)) => {
            parse_unix(number, UnixUnit::SecondsOrMillis).ok_or_else(|| Reject::quoting(RejectReason::BadTime, number))
        }
        None | Some(Value::Null) => Err(Reject::plain(RejectReason::MissingTime)),
        Some(_) => Err(Reject::plain(RejectReason::BadTime)),
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
fn company_header(value: Option<Value<'_>>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Text(text)) => fields::header_present(&text),
        Some(Value::Number(_) | Value::Bool(_) | Value::Nested(_)) => true,
    }
}

#[inline]
fn principal(value: Option<Value<'_>>) -> Principal {
    match value {
        Some(Value::Text(text)) if text == "service" => Principal::Service,
        _ => Principal::User,
    }
}
