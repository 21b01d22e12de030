//! Exports in both encodings, as OTLP's documents show them, and what can't be an export.

use std::io::Read;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::format::FormatOptions;

fn places() -> OtlpPlaces {
    OtlpPlaces::new(&FormatOptions::default()).unwrap()
}

fn lines(encoding: OtlpEncoding, body: Vec<u8>) -> Result<Vec<Value>, String> {
    let mut reader = OtlpReader::new(encoding, body, places()).map_err(|error| error.to_string())?;
    let mut text = String::new();
    reader.read_to_string(&mut text).map_err(|error| error.to_string())?;
    assert!(text.is_empty() || text.ends_with('\n'));
    Ok(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// What an export becomes, which must be the same in both encodings.
fn check(export: &Value, expected: &[Value]) {
    let found = lines(OtlpEncoding::Json, export.to_string().into_bytes());
    assert_eq!(found.as_deref(), Ok(expected), "JSON: {export}");
    let pretty = serde_json::to_vec_pretty(export).unwrap();
    assert_eq!(lines(OtlpEncoding::Json, pretty).as_deref(), Ok(expected), "JSON of many lines: {export}");
    assert_eq!(lines(OtlpEncoding::Protobuf, protobuf(export)).as_deref(), Ok(expected), "protobuf: {export}");
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

fn int(key: &str, value: i64) -> Value {
    json!({"key": key, "value": {"intValue": value.to_string()}})
}

/// An export of these records, with attributes of their resource and scope.
fn export(resource: &[Value], scope: &[Value], records: &[Value]) -> Value {
    json!({"resourceLogs": [{
        "resource": {"attributes": resource, "droppedAttributesCount": 1},
        "scopeLogs": [{"scope": {"name": "http", "attributes": scope}, "logRecords": records, "schemaUrl": "x"}],
    }]})
}

fn record(attributes: &[Value]) -> Value {
    json!({
        "timeUnixNano": "1795182312345678901", "observedTimeUnixNano": "1795182399000000000", "severityNumber": 9,
        "severityText": "Info", "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
        "body": {"stringValue": "a request"}, "flags": 1, "attributes": attributes,
    })
}

fn call() -> Vec<Value> {
    vec![text("http.request.method", "GET"), text("url.path", "/a/1"), int("http.response.status_code", 200)]
}

#[test]
fn a_record_of_the_conventions_becomes_a_call_record() {
    let header = json!({"key": "http.request.header.procore-company-id", "value": {"arrayValue": {"values": [
        {"stringValue": "5358233"}, {"stringValue": "7"}]}}});
    let more = [text("client.id", "acme"), header, text("deployment.environment.name", "staging")];
    let service = [text("principal", "service"), text("user_agent.original", "curl/8"), text("http.route", "/a/{id}")];
    let attributes: Vec<Value> = call().into_iter().chain(more).chain(service).collect();
    let expected = json!({"time": 1795182312.345, "method": "GET", "path": "/a/1", "status": 200, "app": "acme",
        "environment": "staging", "company_header": "5358233", "principal": "service"});
    check(&export(&[], &[], &[record(&attributes)]), &[expected]);
}

#[test]
fn old_names_are_read_too() {
    let header = json!({"key": "http.request.header.procore_company_id", "value": {"arrayValue": {"values": [
        {"stringValue": "5"}]}}});
    let old = [text("http.method", "put"), text("http.target", "/a?b=c"), text("http.status_code", "404"), header];
    let more = [text("enduser.id", "acme"), text("deployment.environment", "production")];
    let attributes: Vec<Value> = old.into_iter().chain(more).collect();
    let expected = json!({"time": 1795182312.345, "method": "put", "path": "/a?b=c", "status": "404", "app": "acme",
        "environment": "production", "company_header": "5"});
    check(&export(&[], &[], &[record(&attributes)]), &[expected]);
    let url = [text("http.method", "GET"), text("http.url", "https://h/a"), int("http.status_code", 200)];
    let expected = json!({"time": 1795182312.345, "method": "GET", "path": "https://h/a", "status": 200});
    check(&export(&[], &[], &[record(&url)]), &[expected]);
}

#[test]
fn the_better_name_wins_and_then_the_nearer_place() {
    let attributes: Vec<Value> = call().into_iter().chain([text("user.id", "jo"), text("client.id", "")]).collect();
    let with_app =
        |app: &str| json!({"time": 1795182312.345, "method": "GET", "path": "/a/1", "status": 200, "app": app});
    check(&export(&[text("app.id", "r")], &[], &[record(&attributes)]), &[with_app("r")]);
    check(&export(&[text("app.id", "r")], &[text("app.id", "s")], &[record(&attributes)]), &[with_app("s")]);
    check(&export(&[], &[], &[record(&attributes)]), &[with_app("jo")]);
    let own: Vec<Value> = attributes.iter().cloned().chain([text("app.id", "own")]).collect();
    check(&export(&[text("app.id", "r")], &[text("app.id", "s")], &[record(&own)]), &[with_app("own")]);
}

#[test]
fn a_body_of_keys_and_values_is_read_like_attributes() {
    let mut of_body = record(&[]);
    of_body["body"] = json!({"kvlistValue": {"values": call()}});
    let expected = json!({"time": 1795182312.345, "method": "GET", "path": "/a/1", "status": 200});
    check(&export(&[], &[], &[of_body]), &[expected]);
}

#[test]
fn the_time_is_the_records_own_or_when_it_was_observed() {
    let mut observed = record(&call());
    observed["timeUnixNano"] = json!("0");
    let mut never = observed.clone();
    never["observedTimeUnixNano"] = json!("0");
    let call = |time: f64| json!({"time": time, "method": "GET", "path": "/a/1", "status": 200});
    let untimed = json!({"method": "GET", "path": "/a/1", "status": 200});
    check(&export(&[], &[], &[observed, never]), &[call(1_795_182_399.0), untimed]);
    let json = |time: &str| {
        let body = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"timeUnixNano":{time}}}]}}]}}]}}"#);
        lines(OtlpEncoding::Json, body.into_bytes()).unwrap()[0]["time"].clone()
    };
    assert_eq!(json("1795182312345678901"), json!(1_795_182_312.345));
    assert_eq!(json("5000000000000"), json!(5000.0));
    assert_eq!(json("\"18446744073709551615\""), json!(18_446_744_073.709));
    for unreadable in ["\"soon\"", "-1", "1e30", "true", "[]", "{}"] {
        assert!(json(unreadable).is_string(), "{unreadable}");
    }
    for absent in ["null", "\"\"", "0"] {
        assert_eq!(json(absent), Value::Null, "{absent}");
    }
}

#[test]
fn every_record_is_a_line_whatever_it_holds() {
    let odd = json!({"key": "url.path", "value": {"stringValue": "/a\"\\\n\u{1}é😀"}});
    let nested = json!({"key": "url.path", "value": {"arrayValue": {"values": [
        {}, {"arrayValue": {"values": []}}, {"arrayValue": {"values": [{"boolValue": true}]}}]}}});
    let number = json!({"key": "app.id", "value": {"doubleValue": 2.5}});
    let whole = json!({"key": "http.status_code", "value": {"doubleValue": 200.0}});
    let list = json!({"key": "app.id", "value": {"kvlistValue": {"values": [text("a", "b")]}}});
    let bytes = json!({"key": "url.path", "value": {"bytesValue": "AAAA"}});
    let time = 1_795_182_312.345;
    check(
        &export(&[], &[], &[record(&[]), record(&[odd]), record(&[nested, number]), record(&[whole, list, bytes])]),
        &[
            json!({"time": time}),
            json!({"time": time, "path": "/a\"\\\n\u{1}é😀"}),
            json!({"time": time, "path": true, "app": 2.5}),
            json!({"time": time, "status": 200}),
        ],
    );
}

#[test]
fn exports_without_records_have_no_lines() {
    for empty in [json!({}), json!({"resourceLogs": []}), json!({"resourceLogs": [{}]}), export(&[], &[], &[])] {
        check(&empty, &[]);
    }
    for empty in [r#"{"resourceLogs":null,"other":[1,{"a":"]"}]}"#, r#"{"resourceLogs":[{"scopeLogs":null}]}"#] {
        assert_eq!(lines(OtlpEncoding::Json, empty.into()), Ok(Vec::new()));
    }
}

#[test]
fn the_order_of_members_does_not_matter_in_json() {
    let body = r#" { "resourceLogs" : [ { "scopeLogs" : [ { "logRecords" : [ { "attributes" : [ { "value" :
        { "stringValue" : "GET" } , "key" : "http.request.m\u0065thod" } ] , "timeUnixNano" : "1795182312000000000" } ] ,
        "x" : [ "\\" , "\"]}" ] } ] , "resource" : { "attributes" : [ { "key" : "app.id" , "value" : { "stringValue" : "acme" } } ] } } ] } "#;
    let expected = json!({"time": 1_795_182_312.0, "method": "GET", "app": "acme"});
    assert_eq!(lines(OtlpEncoding::Json, body.into()), Ok(vec![expected]));
}

#[test]
fn what_can_not_be_decoded_is_refused() {
    for body in ["", "{", "[]", "1", "{} x", r#"{"resourceLogs":{}}"#, r#"{"resourceLogs":[1]}"#, "\u{0}", "{'a':1}"] {
        assert!(lines(OtlpEncoding::Json, body.into()).is_err(), "{body}");
    }
    assert!(lines(OtlpEncoding::Json, b"{\"a\":\"\xff\"}".to_vec()).is_err());
    let good = protobuf(&export(&[], &[], &[record(&call())]));
    for length in 1..good.len() {
        assert!(lines(OtlpEncoding::Protobuf, good[..length].to_vec()).is_err(), "{length} bytes");
    }
    // A group, a field without a number, another type, a number without end, and JSON where protobuf should be.
    for body in [&b"\x0b"[..], b"\x02\x00", b"\x08\x01", b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"{}"] {
        assert!(lines(OtlpEncoding::Protobuf, body.to_vec()).is_err(), "{body:?}");
    }
}

#[test]
fn unknown_fields_of_every_type_are_passed_over() {
    let mut body = protobuf(&export(&[], &[], &[record(&call())]));
    body.extend_from_slice(b"\x78\x05\x79\x01\x02\x03\x04\x05\x06\x07\x08\x7a\x02hi\x7d\x01\x02\x03\x04");
    assert_eq!(lines(OtlpEncoding::Protobuf, body).unwrap().len(), 1);
}

#[test]
fn deep_nesting_and_huge_lists_are_no_harm() {
    let deep = format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"attributes":[{{"key":"app.id","value":{}{}}}]}}]}}]}}]}}"#,
        r#"{"arrayValue":{"values":["#.repeat(3_000),
        "]}}".repeat(3_000)
    );
    assert_eq!(lines(OtlpEncoding::Json, deep.into()).unwrap().len(), 1);
    let mut value = message(&[(1, b"x".to_vec())]);
    for _ in 0..500 {
        value = message(&[(5, message(&[(1, value)]))]);
    }
    let attribute = message(&[(1, b"app.id".to_vec()), (2, value)]);
    let logs = message(&[(2, message(&[(2, message(&[(6, attribute)]))]))]);
    assert_eq!(lines(OtlpEncoding::Protobuf, message(&[(1, logs)])), Ok(vec![json!({})]));
    let many = message(&[(1, message(&[(2, [0x12, 0].repeat(200_000))]))]);
    let mut reader = OtlpReader::new(OtlpEncoding::Protobuf, many, places()).unwrap();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 16];
    while let read @ 1.. = reader.read(&mut buffer).unwrap() {
        bytes += read;
        assert!(reader.lines.capacity() < 1 << 20);
    }
    assert_eq!(bytes, 600_000);
}

#[test]
fn a_value_without_measure_makes_a_line_that_is_too_long_and_no_longer() {
    let long = "\u{1}".repeat(1 << 20);
    let records = [record(&[text("url.path", &long)]), record(&call())];
    let lines = lines(OtlpEncoding::Protobuf, protobuf(&export(&[text("app.id", &long)], &[], &records))).unwrap();
    assert_eq!(lines[0]["path"].as_str().map(str::len), Some(crate::MAX_LINE_BYTES + 1));
    assert_eq!(lines[1]["app"].as_str().map(str::len), Some(1024));
}

/// The lines of an export of one record with this path, and the reasons for which they can't be used.
fn rejected(encoding: OtlpEncoding, body: Vec<u8>) -> (usize, Option<usize>) {
    let mut reader = OtlpReader::new(encoding, body, places()).unwrap();
    let (mut all, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    while let read @ 1.. = reader.read(&mut buffer).unwrap() {
        all.extend_from_slice(&buffer[..read]);
    }
    let line = all.strip_suffix(b"\n").unwrap();
    let path = serde_json::from_slice::<Value>(line).unwrap()["path"].as_str().map(str::len);
    assert!(!line.contains(&b'\n') && line.len() > crate::MAX_LINE_BYTES, "{}", line.len());
    (reader.lines.capacity(), path)
}

#[test]
fn a_long_text_is_not_made_longer_by_being_understood() {
    // Each byte that is no UTF-8 takes three; each end of a line that is escaped two.
    let value = message(&[(1, vec![0xff; 1 << 22])]);
    let attribute = message(&[(1, b"url.path".to_vec()), (2, value)]);
    let logs = message(&[(2, message(&[(2, message(&[(6, attribute)]))]))]);
    let (room, path) = rejected(OtlpEncoding::Protobuf, message(&[(1, logs)]));
    assert!(room < 1 << 20);
    assert_eq!(path, Some(crate::MAX_LINE_BYTES / 3 * 3));
    for (long, length) in [
        (r"\u0041".repeat(1 << 19), crate::MAX_LINE_BYTES + 1),
        (r"\n".repeat(1 << 20), crate::MAX_LINE_BYTES + 1),
        (format!(r"\n{}", "é".repeat(1 << 20)), crate::MAX_LINE_BYTES + 1),
        (format!(r"\\{}", "é".repeat(1 << 20)), crate::MAX_LINE_BYTES + 1),
        (format!(r"{}\n", "x".repeat(1 << 20)), crate::MAX_LINE_BYTES + 1),
        // Half a pair: the text as it is written.
        (r"\ud83d".repeat(1 << 19), crate::MAX_LINE_BYTES + 1),
        (r"\ud83d\ude00".repeat(1 << 18), crate::MAX_LINE_BYTES),
    ] {
        let export = export(&[], &[], &[record(&[text("url.path", "LONG")])]).to_string().replace("LONG", &long);
        let (room, path) = rejected(OtlpEncoding::Json, export.into_bytes());
        assert!(room < 1 << 20);
        assert_eq!(path, Some(length), "{}", &long[..20]);
    }
}

#[test]
fn a_text_that_is_as_long_as_can_be_is_cut_within_no_escape() {
    for before in 0..12 {
        let long = format!("{}{}", "x".repeat(before), r"\ud83d\ude00".repeat(40_000));
        let export = export(&[], &[], &[record(&[text("url.path", "LONG")])]).to_string().replace("LONG", &long);
        let (_, path) = rejected(OtlpEncoding::Json, export.into_bytes());
        assert!(path.is_some_and(|length| length + 4 > crate::MAX_LINE_BYTES), "{path:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200), cut in any::<prop::sample::Index>()) {
        let _ = lines(OtlpEncoding::Protobuf, body.clone());
        let _ = lines(OtlpEncoding::Json, body);
        let mut good = protobuf(&export(&[], &[], &[record(&call())]));
        let at = cut.index(good.len());
        good[at] ^= 0x55;
        let _ = lines(OtlpEncoding::Protobuf, good);
    }

    #[test]
    fn both_encodings_tell_the_same(
        apps in prop::collection::vec("[a-z\"\\\\é/\\n]{0,12}", 0..5), codes in prop::collection::vec(any::<i64>(), 0..5),
        shared in prop::option::of("[a-z]{1,5}"), nanos in any::<u64>(),
    ) {
        let records: Vec<Value> = apps.iter().zip(&codes).map(|(app, code)| {
            let mut record = record(&[text("app.id", app), int("http.status_code", *code)]);
            record["timeUnixNano"] = json!(nanos.to_string());
            record
        }).collect();
        let resource: Vec<Value> = shared.iter().map(|app| text("app.id", app)).collect();
        let export = export(&resource, &[], &records);
        let found = lines(OtlpEncoding::Json, export.to_string().into_bytes()).unwrap();
        prop_assert_eq!(found.len(), records.len());
        prop_assert_eq!(lines(OtlpEncoding::Protobuf, protobuf(&export)).unwrap(), found);
    }
}

/// A message of fields that are texts or messages.
fn message(fields: &[(u64, Vec<u8>)]) -> Vec<u8> {
    fields.iter().flat_map(|(number, bytes)| delimited(*number, bytes)).collect()
}

fn delimited(number: u64, bytes: &[u8]) -> Vec<u8> {
    let length = varint(bytes.len() as u64);
    [varint(number << 3 | 2), length, bytes.to_vec()].concat()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// The protobuf of an export that is given as JSON.
fn protobuf(export: &Value) -> Vec<u8> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let attributes = |number: u64, of: &Value| -> Vec<u8> {
        list(&of["attributes"]).iter().flat_map(|pair| delimited(number, &key_value(pair))).collect()
    };
    let record = |record: &Value| {
        let nanos = |number: u64, key: &str| match record[key].as_str() {
            Some(text) => [varint(number << 3 | 1), text.parse::<u64>().unwrap().to_le_bytes().to_vec()].concat(),
            None => Vec::new(),
        };
        let body = if record["body"].is_null() { Vec::new() } else { delimited(5, &any_value(&record["body"])) };
        let other = [varint(2 << 3), varint(9), delimited(9, &[7; 16]), varint(8 << 3 | 5), vec![1, 0, 0, 0]].concat();
        [nanos(1, "timeUnixNano"), nanos(11, "observedTimeUnixNano"), body, attributes(6, record), other].concat()
    };
    let scope = |scope_logs: &Value| {
        let records: Vec<u8> =
            list(&scope_logs["logRecords"]).iter().flat_map(|one| delimited(2, &record(one))).collect();
        // The scope after its records, which protobuf allows.
        [records, delimited(1, &attributes(3, &scope_logs["scope"])), delimited(3, b"schema")].concat()
    };
    let resource = |resource_logs: &Value| {
        let scopes: Vec<u8> =
            list(&resource_logs["scopeLogs"]).iter().flat_map(|one| delimited(2, &scope(one))).collect();
        [delimited(1, &attributes(1, &resource_logs["resource"])), scopes].concat()
    };
    list(&export["resourceLogs"]).iter().flat_map(|one| delimited(1, &resource(one))).collect()
}

fn key_value(pair: &Value) -> Vec<u8> {
    [delimited(1, pair["key"].as_str().unwrap().as_bytes()), delimited(2, &any_value(&pair["value"]))].concat()
}

fn any_value(value: &Value) -> Vec<u8> {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else { return Vec::new() };
    let values = |number: u64, each: fn(&Value) -> Vec<u8>| -> Vec<u8> {
        inner["values"].as_array().unwrap().iter().flat_map(|one| delimited(number, &each(one))).collect()
    };
    match kind.as_str() {
        "stringValue" => delimited(1, inner.as_str().unwrap().as_bytes()),
        "boolValue" => [varint(2 << 3), varint(u64::from(inner.as_bool().unwrap()))].concat(),
        "intValue" => [varint(3 << 3), varint(inner.as_str().unwrap().parse::<i64>().unwrap() as u64)].concat(),
        "doubleValue" => [varint(4 << 3 | 1), inner.as_f64().unwrap().to_le_bytes().to_vec()].concat(),
        "arrayValue" => delimited(5, &values(1, any_value)),
        "kvlistValue" => delimited(6, &values(1, key_value)),
        "bytesValue" => delimited(7, b"\0\0\0"),
        other => panic!("no such value: {other}"),
    }
}
