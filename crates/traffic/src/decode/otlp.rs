//! `otlp`: OpenTelemetry's attributes of HTTP servers, one log record or span a line, old names and new.
//!
//! Attributes may be an object, `{"http.request.method": "GET"}`, or OTLP's list of keys and values, or stand at the top.
//! The app is taken from `app.id`, `client.id`, `enduser.id`, then `user.id`; the company
//! header from `http.request.header.` with its name. Whole export requests (`resourceLogs`, `resourceSpans`) hold many
//! calls in a line and are not read here.

use super::field_map::{FieldMap, FieldPath};
use crate::format::FormatError;
use crate::json::Step;

const TIMES: &str = "time=timeUnixNano|endTimeUnixNano|startTimeUnixNano|observedTimeUnixNano|timestamp|Timestamp|time";

/// The field map for a company header of this name.
pub(super) fn map(company_header: &str) -> Result<FieldMap, FormatError> {
    let mut map = FieldMap {
        method: attributes(&["http.request.method_original", "http.request.method", "http.method"]),
        path: attributes(&["url.path", "http.target", "url.full", "http.url"]),
        status: attributes(&["http.response.status_code", "http.status_code"]),
        app: attributes(&["app.id", "client.id", "enduser.id", "user.id"]),
        environment: attributes(&["deployment.environment.name", "deployment.environment"]),
        company_header: header(company_header),
        principal: attributes(&["principal"]),
        ..FieldMap::default()
    };
    for place in TIMES.trim_start_matches("time=").split('|') {
        map.add("time", place)?;
    }
    Ok(map)
}

/// Every place of each of these attributes, those of the best name first.
fn attributes(names: &[&str]) -> Vec<FieldPath> {
    let attributes = || Step::Key("attributes".to_owned());
    let places = |name: &&str| {
        let name = (*name).to_owned();
        [
            FieldPath(vec![attributes(), Step::Attribute(name.clone())]),
            FieldPath(vec![attributes(), Step::Key(name.clone())]),
            FieldPath(vec![Step::Key(name)]),
        ]
    };
    names.iter().flat_map(places).collect()
}

/// Headers are lower-case attributes; before 1.21 of the conventions with `_` for `-`.
fn header(name: &str) -> Vec<FieldPath> {
    let lower = name.to_ascii_lowercase();
    let (new, old) =
        (format!("http.request.header.{lower}"), format!("http.request.header.{}", lower.replace('-', "_")));
    attributes(&[&new, &old])
}
