//! `otlp`: OpenTelemetry's attributes of HTTP servers, one log record or span a line, old names and new.
//!
//! Attributes may be an object, `{"http.request.method": "GET"}`, or OTLP's list of keys and values, or stand at the top.
//! The app is taken from `app.id`, `client.id`, `enduser.id`, then `user.id`; the company
//! header from `http.request.header.` with its name. Whole export requests (`resourceLogs`, `resourceSpans`) hold many
//! calls in a line and are not read here.

use super::field_map::{FieldMap, FieldPath};
use crate::format::{FormatError, FormatOptions};
use crate::json::Step;
use crate::otlp::attribute;

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

/// The map with the attributes that the options name instead of its own; a place may also be a way through the line.
pub(super) fn with_options(mut map: FieldMap, options: &FormatOptions) -> Result<FieldMap, FormatError> {
    for (list, places) in [
        (&mut map.app, &options.app),
        (&mut map.environment, &options.environment),
        (&mut map.principal, &options.principal),
    ] {
        let Some(places) = places else { continue };
        list.clear();
        for place in places.split('|') {
            list.extend(attributes(&[&attribute(place)?]));
            list.push(place.trim().parse()?);
        }
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

#[cfg(test)]
mod tests {
    use model::UnixMillis;

    use super::*;
    use crate::decode::Scratch;
    use crate::format::{Format, ReadyMap};
    use crate::reject::TimeBounds;

    #[test]
    fn options_name_attributes() {
        let bounds = TimeBounds { now: UnixMillis(1_800_000_000_000), oldest: UnixMillis(0) };
        let line = |attributes: &str| {
            format!(
                r#"{{"timeUnixNano":"1795182312345678901","http.method":"GET","http.target":"/a","http.status_code":200{attributes}}}"#
            )
        };
        let check = |places: &str, attributes: &str, app: Option<&str>| {
            let options = FormatOptions { app: Some(places.to_owned()), ..FormatOptions::default() };
            let decoder = Format::Ready(ReadyMap::Otlp).decoder(&options).unwrap();
            let line = line(attributes);
            let call = decoder.decode_line(line.as_bytes(), &bounds, &mut Scratch::default()).unwrap();
            assert_eq!(call.app.as_deref(), app, "{places} in {line}");
        };
        let list = r#","attributes":[{"key":"tenant.app","value":{"stringValue":"acme"}},{"key":"client.id","value":{"stringValue":"c"}}]"#;
        for places in ["tenant.app", "attributes.tenant.app", "/attributes/tenant.app", "x.y|tenant.app|client.id"] {
            check(places, list, Some("acme"));
        }
        check("tenant.app", r#","attributes":{"tenant.app":"acme"}"#, Some("acme"));
        check("tenant.app", r#","tenant":{"app":"acme"}"#, Some("acme"));
        check("resource.attributes.app", r#","resource":{"attributes":{"app":"acme"}}"#, Some("acme"));
        check("tenant.app", r#","client.id":"c""#, None);
    }
}
