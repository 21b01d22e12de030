//! An export in OTLP's JSON, read where it lies. Keys that OTLP doesn't know are passed over; numbers may be texts.

use std::borrow::Cow;
use std::ops::Range;

use super::OtlpError;
use super::places::OtlpPlaces;
use super::record::{Attributes, DEPTH, Record, Scalar, Shared, TEXT_BYTES, Time};

/// Of a longer string with escapes no more bytes are unescaped: none has more than six for one.
const ESCAPED_BYTES: usize = 6 * TEXT_BYTES;

/// An export, and how far it is read: the lists that the next record stands in.
#[derive(Debug)]
pub(super) struct JsonExport {
    text: String,
    resource_logs: Range<usize>,
    scope_logs: Range<usize>,
    records: Range<usize>,
    shared: Shared,
}

impl JsonExport {
    pub(super) fn new(body: Vec<u8>) -> Result<Self, OtlpError> {
        let text = String::from_utf8(body).map_err(|_| OtlpError("the body is not UTF-8"))?;
        // From here on it is known to be JSON, so that looking for the ends of values is enough.
        serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(|_| OtlpError("the body is not JSON"))?;
        let whole = 0..text.len();
        let [resource_logs] = members(&text, whole, ["resourceLogs"])?;
        let resource_logs = elements(&text, resource_logs)?;
        Ok(Self { text, resource_logs, scope_logs: 0..0, records: 0..0, shared: Shared::default() })
    }

    /// Appends the line of the next record; false where there is none.
    pub(super) fn next_line(&mut self, places: &OtlpPlaces, line: &mut Vec<u8>) -> Result<bool, OtlpError> {
        let Self { text, resource_logs, scope_logs, records, shared } = self;
        loop {
            if let Some(value) = next_element(text, records) {
                record(text, value, places)?.write_line(shared, places, line);
                return Ok(true);
            } else if let Some(value) = next_element(text, scope_logs) {
                let [scope, list] = members(text, value, ["scope", "logRecords"])?;
                shared.scope = attributes_within(text, scope, places)?;
                *records = elements(text, list)?;
            } else if let Some(value) = next_element(text, resource_logs) {
                let [resource, list] = members(text, value, ["resource", "scopeLogs"])?;
                shared.resource = attributes_within(text, resource, places)?;
                *scope_logs = elements(text, list)?;
            } else {
                return Ok(false);
            }
        }
    }
}

/// The attributes of a resource or scope, where there is one.
fn attributes_within(
    text: &str,
    place: Option<Range<usize>>,
    places: &OtlpPlaces,
) -> Result<Attributes<'static>, OtlpError> {
    let mut attributes = Attributes::of(places);
    if let Some(place) = place {
        let [list] = members(text, place, ["attributes"])?;
        read_list(text, list, places, &mut attributes)?;
    }
    Ok(attributes.shared())
}

fn record<'a>(text: &'a str, place: Range<usize>, places: &OtlpPlaces) -> Result<Record<'a>, OtlpError> {
    let [time, observed, list, body] =
        members(text, place, ["timeUnixNano", "observedTimeUnixNano", "attributes", "body"])?;
    let (time, observed) = (nanos(text, time), nanos(text, observed));
    let mut record = Record { time, observed, attributes: Attributes::of(places), body: Attributes::of(places) };
    read_list(text, list, places, &mut record.attributes)?;
    if let Some(body) = body.filter(|body| at(text, body.start) == b'{') {
        let [list] = members(text, body, ["kvlistValue"])?;
        if let Some(list) = list {
            let [values] = members(text, list, ["values"])?;
            read_list(text, values, places, &mut record.body)?;
        }
    }
    Ok(record)
}

/// A time in nanoseconds, as a number or as digits.
fn nanos(text: &str, place: Option<Range<usize>>) -> Time<'_> {
    let Some(place) = place else { return Time::Nanos(0) };
    let digits = match value_text(text, place) {
        Some(digits) if digits.is_empty() => return Time::Nanos(0),
        Some(digits) => digits,
        None => return Time::Unreadable(Cow::Borrowed("")),
    };
    if let Ok(nanos) = digits.parse() {
        return Time::Nanos(nanos);
    }
    match digits.parse::<f64>() {
        // What JSON writes with an exponent is as exact as it can be.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the range")]
        Ok(number) if (0.0..=1.8e19).contains(&number) => Time::Nanos(number as u64),
        _ => Time::Unreadable(digits),
    }
}

/// A list of `{"key": …, "value": …}`.
fn read_list<'a>(
    text: &'a str,
    list: Option<Range<usize>>,
    places: &OtlpPlaces,
    attributes: &mut Attributes<'a>,
) -> Result<(), OtlpError> {
    let mut list = elements(text, list)?;
    while let Some(element) = next_element(text, &mut list) {
        let [key, value] = members(text, element, ["key", "value"])?;
        let Some(key) = key.and_then(|key| value_text(text, key)) else { continue };
        for position in places.positions(key.as_bytes()) {
            let scalar = value.clone().map(|value| scalar(text, value, DEPTH)).transpose()?.flatten();
            attributes.set(position, scalar);
        }
    }
    Ok(())
}

/// An `AnyValue`; a list stands for its first element that has a value, and what is none of them for itself.
fn scalar(text: &str, place: Range<usize>, depth: u32) -> Result<Option<Scalar<'_>>, OtlpError> {
    if at(text, place.start) != b'{' {
        return Ok(bare(text, place));
    }
    let [string, boolean, integer, double, array] =
        members(text, place, ["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue"])?;
    if let Some(place) = string.or(boolean) {
        return Ok(bare(text, place));
    }
    if let Some(place) = integer {
        let number = value_text(text, place.clone()).and_then(|digits| digits.parse().ok());
        return Ok(number.map(Scalar::integer).or_else(|| bare(text, place)));
    }
    if let Some(place) = double {
        // `NaN` and the infinities are texts.
        let number = value_text(text, place.clone()).and_then(|digits| digits.parse().ok());
        return Ok(number.map(Scalar::double).or_else(|| bare(text, place)));
    }
    let Some(array) = array.filter(|_| depth > 0) else { return Ok(None) };
    let [values] = members(text, array, ["values"])?;
    let mut values = elements(text, values)?;
    while let Some(element) = next_element(text, &mut values) {
        if let Some(value) = scalar(text, element, depth - 1)? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// A value of JSON's own that is no list.
fn bare(text: &str, place: Range<usize>) -> Option<Scalar<'_>> {
    match at(text, place.start) {
        b'"' => Some(Scalar::Text(string(text, place))),
        b't' => Some(Scalar::Bool(true)),
        b'f' => Some(Scalar::Bool(false)),
        b'-' | b'0'..=b'9' => Some(Scalar::Number(Cow::Borrowed(text.get(place)?))),
        _ => None,
    }
}

/// A text, or a number as it is written.
fn value_text(text: &str, place: Range<usize>) -> Option<Cow<'_, str>> {
    match bare(text, place)? {
        Scalar::Text(text) | Scalar::Number(text) => Some(text),
        Scalar::Bool(_) => None,
    }
}

/// A string, quotes included, without its escapes.
fn string(text: &str, place: Range<usize>) -> Cow<'_, str> {
    let quoted = text.get(place.clone()).unwrap_or_default();
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Cow::Borrowed(inside);
    }
    let head = head(inside);
    let unescaped = if head.len() == inside.len() {
        serde_json::from_str(quoted)
    } else {
        serde_json::from_str(&format!("\"{head}\""))
    };
    // Half a surrogate pair is JSON, but no character; then the text stays as it is written.
    unescaped.map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// The beginning of what stands in a string, without half an escape: enough for a line that is too long.
fn head(inside: &str) -> &str {
    let mut end = 0;
    while end < ESCAPED_BYTES {
        let found = memchr::memchr(b'\\', inside.as_bytes().get(end..).unwrap_or_default());
        let Some(escape) = found.map(|found| end + found).filter(|escape| *escape < ESCAPED_BYTES) else {
            end = ESCAPED_BYTES;
            break;
        };
        end = escape + if at(inside, escape + 1) == b'u' { 6 } else { 2 };
    }
    inside.get(..inside.floor_char_boundary(end)).unwrap_or(inside)
}

/// The values of these members of an object; of equal keys the last counts, and `null` is none.
fn members<const N: usize>(
    text: &str,
    place: Range<usize>,
    names: [&str; N],
) -> Result<[Option<Range<usize>>; N], OtlpError> {
    let mut found = std::array::from_fn(|_| None);
    let start = skip_space(text, place.start);
    if at(text, start) != b'{' {
        return Err(OtlpError("something is not a JSON object where OTLP has one"));
    }
    let mut inside = start + 1..place.end;
    while let Some(key) = next_element(text, &mut inside).filter(|key| at(text, key.start) == b'"') {
        // Behind the colon.
        inside.start = skip_space(text, inside.start) + 1;
        let Some(value) = next_element(text, &mut inside) else { break };
        let name = string(text, key);
        if let Some(position) = names.iter().position(|known| *known == name) {
            let is_null = at(text, value.start) == b'n';
            if let Some(place) = found.get_mut(position) {
                *place = (!is_null).then_some(value);
            }
        }
    }
    Ok(found)
}

/// The inside of an array; nothing where there is none.
fn elements(text: &str, place: Option<Range<usize>>) -> Result<Range<usize>, OtlpError> {
    match place {
        None => Ok(0..0),
        Some(place) if at(text, place.start) == b'[' => Ok(place.start + 1..place.end),
        Some(_) => Err(OtlpError("something is not a JSON array where OTLP has one")),
    }
}

/// Takes the next value within an array or object, and the comma before it; `None` at its end.
fn next_element(text: &str, inside: &mut Range<usize>) -> Option<Range<usize>> {
    let mut start = skip_space(text, inside.start);
    if at(text, start) == b',' {
        start = skip_space(text, start + 1);
    }
    if start >= inside.end || matches!(at(text, start), b']' | b'}' | 0) {
        inside.start = inside.end;
        return None;
    }
    let end = value_end(text.as_bytes(), start);
    inside.start = end;
    Some(start..end)
}

/// Where the value ends that begins at `start`.
fn value_end(text: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at = string_end(text, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {
                at += 1;
                continue;
            }
        }
        if *byte != b'"' {
            at += 1;
        }
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return at;
        }
    }
    text.len()
}

/// Behind the string that begins at `start`.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += found;
        if text.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

fn skip_space(text: &str, mut start: usize) -> usize {
    while matches!(at(text, start), b' ' | b'\t' | b'\n' | b'\r') {
        start += 1;
    }
    start
}

/// The byte there; 0 beyond the end.
fn at(text: &str, position: usize) -> u8 {
    text.as_bytes().get(position).copied().unwrap_or_default()
}
