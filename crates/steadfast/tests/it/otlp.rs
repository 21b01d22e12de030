//! OpenTelemetry's own SDK exports logs to the real program, as it would from a gateway.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use testkit::http::{self, Response};
use testkit::otlp::Sdk;
use testkit::program::Program;
use testkit::stub::Stub;

use crate::cast::days_ago;
use crate::people::{Portal, token};

const APP: &str = "acme-otel";

/// Records that are calls, and of these those that are refused; and records that are none.
const CALLS: usize = 1000;
const NO_CALLS: usize = 50;

/// Noon of yesterday, in nanoseconds since 1970, and so many milliseconds.
fn time(millis: usize) -> u64 {
    let days = days_ago(1) - jiff::civil::date(1970, 1, 1);
    (u64::try_from(days.get_days()).unwrap() * 86_400_000 + 43_200_000 + millis as u64) * 1_000_000
}

fn status(number: usize) -> u16 {
    [200, 200, 200, 200, 200, 403, 403, 429, 200, 200][number % 10]
}

/// The log records of a gateway: a call each, every twentieth record something else.
fn records() -> Vec<Value> {
    let call = |number: usize| {
        json!({"time": time(number), "body": format!("GET /things/{number}"), "attributes": {
            "http.request.method": "GET", "url.path": format!("/things/{number}"), "url.query": "page=2",
            "http.response.status_code": status(number), "http.route": "/things/{id}", "user_agent.original": "acme/2.3",
            "http.request.header.procore-company-id": [format!("{}", 5000 + number % 3)], "client.address": "203.0.113.7",
        }})
    };
    let other =
        |number: usize| json!({"time": time(number), "body": {"event": "started"}, "attributes": {"worker": number}});
    let mut records: Vec<Value> = (0..CALLS).map(call).collect();
    for number in 0..NO_CALLS {
        records.insert(number * 20, other(number));
    }
    records
}

fn resource() -> Value {
    json!({"service.name": "gateway", "client.id": APP, "deployment.environment.name": "production"})
}

/// How many calls of the app are counted, by status.
fn counted(program: &Program) -> BTreeMap<u16, usize> {
    let report = program.run(&["report", APP]).succeeded().stdout();
    let mut counted = BTreeMap::new();
    for line in report.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!((fields[2], fields[3]), ("GET", "/things/:id"), "{line}");
        *counted.entry(fields[1].parse().unwrap()).or_default() += fields[4].trim().parse::<usize>().unwrap();
    }
    counted
}

fn expected() -> BTreeMap<u16, usize> {
    BTreeMap::from([(200, 700), (403, 200), (429, 100)])
}

/// How many records lie in the rejects file.
fn rejected(program: &Program) -> usize {
    std::fs::read_to_string(program.data().join("rejects.ndjson")).unwrap_or_default().lines().count()
}

fn sender(portal: &Portal) -> String {
    token(&mut portal.operator(), &["calls:write"])
}

#[test]
fn every_call_that_an_sdk_exports_is_counted_once() {
    let portal = Portal::start();
    let token = sender(&portal);
    let sdk = Sdk::to(&portal.server.url("/v1/logs")).token(&token).most(200).resource(resource());
    let Some(said) = sdk.send(&records()) else { return };
    assert!(!said.contains("ERROR") && !said.contains("WARNING"), "{said}");
    assert_eq!(counted(&portal.program), expected());
    assert_eq!(rejected(&portal.program), NO_CALLS);
}

#[test]
fn an_export_whose_answer_was_lost_is_sent_again_and_counted_once() {
    let portal = Portal::start();
    let token = sender(&portal);
    let address = portal.server.address();
    let seen = Arc::new(AtomicUsize::new(0));
    let requests = Arc::clone(&seen);
    // Something in between that takes every other answer away.
    let between = Stub::start(move |request| {
        let kept: Vec<(&str, &str)> = request
            .headers
            .iter()
            .filter(|(name, _)| !["host", "connection", "content-length", "accept-encoding"].contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer: Response = http::request(address, &request.method, &request.path, &kept, &request.body);
        if requests.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            return Stub::answer(503, &[("Retry-After", "0")], "");
        }
        Stub::answer(answer.status, &[("Content-Type", "application/x-protobuf")], &answer.text())
    });
    let sdk = Sdk::to(&format!("http://{}/v1/logs", between.address())).token(&token).most(500).resource(resource());
    let Some(said) = sdk.send(&records()) else { return };
    assert!(seen.load(Ordering::Relaxed) >= 6, "three exports, each sent twice: {said}");
    assert_eq!(counted(&portal.program), expected());
}

#[test]
fn an_export_in_json_needs_nothing_but_a_client_of_http() {
    let portal = Portal::start();
    let authorization = format!("Bearer {}", sender(&portal));
    let record = |record: &Value| {
        let value = |value: &Value| match value {
            Value::Array(values) => json!({"arrayValue": {"values": [{"stringValue": values[0]}]}}),
            Value::Number(number) => json!({"intValue": number.to_string()}),
            text => json!({"stringValue": text}),
        };
        let attributes: Vec<Value> = record["attributes"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(key, of)| json!({"key": key, "value": value(of)}))
            .collect();
        json!({"timeUnixNano": record["time"].to_string(), "attributes": attributes, "somethingNew": {"a": [1]}})
    };
    let records: Vec<Value> = records().iter().map(record).collect();
    let attributes: Vec<Value> = resource()
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, of)| json!({"key": key, "value": {"stringValue": of}}))
        .collect();
    let export = json!({"resourceLogs": [{
        "resource": {"attributes": attributes}, "scopeLogs": [{"scope": {"name": "x"}, "logRecords": records}]}]});
    let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
    for _ in 0..2 {
        let body = export.to_string();
        let answer = http::request(portal.server.address(), "POST", "/v1/logs", &headers, body.as_bytes()).expect(200);
        assert_eq!(answer.json()["partialSuccess"]["rejectedLogRecords"], json!(NO_CALLS.to_string()));
    }
    assert_eq!(counted(&portal.program), expected());
    let wrong = http::request(portal.server.address(), "POST", "/v1/logs", &headers, b"{").expect(400);
    assert_eq!(wrong.json()["code"], json!(3), "{}", wrong.text());
    let stranger = [("content-type", "application/json")];
    let refused = http::request(portal.server.address(), "POST", "/v1/logs", &stranger, b"{}").expect(401);
    assert_eq!(refused.json()["code"], json!(16), "{}", refused.text());
}
