//! Exports as OpenTelemetry's SDKs and collectors send them.

use std::collections::HashMap;
use std::io::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use axum::{Router, middleware};
use model::{DayRange, Environment, PlatformRole, Scope};
use serde_json::{Value, json};
use service::SourceReading;
use tower::ServiceExt as _;

use crate::fault::{ApiFault, Fault};
use crate::router;
use crate::testing::{Answer, Asks, TestPortal, TestToken, today};

const JSON: (&str, &str) = ("content-type", "application/json");
const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

/// 20 November 2026, the first day of the tests.
const NANOS: &str = "1795132800000000000";

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

fn record(status: u16) -> Value {
    let status = json!({"key": "http.response.status_code", "value": {"intValue": status.to_string()}});
    json!({"timeUnixNano": NANOS, "body": {"stringValue": "a request"}, "traceId": "5b8efff798038103d269b633813fc60c",
        "attributes": [text("http.request.method", "GET"), text("url.path", "/a/1"), status]})
}

fn export(app: &str, records: &[Value]) -> String {
    let resource = json!({"attributes": [text("service.name", "gateway"), text("client.id", app)]});
    json!({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": records}]}]}).to_string()
}

struct Collector {
    portal: TestPortal,
    token: TestToken,
}

impl Collector {
    async fn new() -> Self {
        let portal = TestPortal::empty();
        let olga = portal.operator().await;
        let token = portal.token(&olga, &[Scope::CallsWrite]).await;
        Self { portal, token }
    }

    async fn send(&self, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        self.send_to("/v1/logs", headers, body).await
    }

    async fn send_to(&self, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let request = Request::post(url).header("host", "localhost:8080");
        let request =
            headers.iter().fold(self.token.sign(request), |request, (name, value)| request.header(*name, *value));
        self.portal.send(request.body(body.into()).unwrap()).await
    }

    async fn calls(&self, app: &str, environment: Environment) -> u64 {
        let app = app.parse().unwrap();
        let tallies = self.portal.steadfast.store.tallies(&app, environment, DayRange::only(today())).await.unwrap();
        tallies.iter().map(|tally| tally.counts.calls).sum()
    }
}

#[tokio::test]
async fn an_export_in_json_is_counted_once() {
    let collector = Collector::new().await;
    let body = export("acme", &[record(200), record(403), record(200)]);
    for _ in 0..2 {
        let answer = collector.send(&[JSON], body.clone()).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "{}"));
        assert_eq!(answer.header("content-type"), "application/json");
    }
    assert_eq!(collector.calls("acme", Environment::Production).await, 3);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(body.as_bytes()).unwrap();
    collector.send(&[JSON, ("content-encoding", "gzip")], gzip.finish().unwrap()).await;
    assert_eq!(collector.calls("acme", Environment::Production).await, 3, "the same export, packed");
    collector.send(&[JSON], export("acme", &[record(200), record(403)])).await;
    assert_eq!(collector.calls("acme", Environment::Production).await, 5, "another export");
}

#[tokio::test]
async fn records_that_are_no_calls_are_told_as_partial_success() {
    let collector = Collector::new().await;
    let no_call = json!({"timeUnixNano": NANOS, "body": {"stringValue": "started"}});
    let body = export("acme", &[record(200), no_call, record(999)]);
    for again in [false, true] {
        let answer = collector.send(&[JSON], body.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let partial = &answer.json()["partialSuccess"];
        assert_eq!(partial["rejectedLogRecords"], json!("2"));
        let message = partial["errorMessage"].as_str().unwrap();
        assert!(message.starts_with("2 of 3 log records are not counted: 1 `missing_method`"), "{message}");
        assert_eq!(message.contains("record 2 `missing_method`"), !again, "{message}");
    }
    assert_eq!(collector.calls("acme", Environment::Production).await, 1);
}

#[tokio::test]
async fn an_export_in_protobuf_is_answered_in_protobuf() {
    let collector = Collector::new().await;
    let empty = collector.send(&[PROTOBUF], Vec::new()).await;
    assert_eq!((empty.status, empty.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(empty.header("content-type"), "application/x-protobuf");
    // One record, without anything in it.
    let one = collector.send(&[PROTOBUF], b"\x0a\x04\x12\x02\x12\x00".to_vec()).await;
    assert_eq!(one.status, StatusCode::OK);
    assert!(one.body.starts_with('\n') && one.body.contains("1 of 1 log records"), "{:?}", one.body);
    let wrong = collector.send(&[PROTOBUF], b"{\"resourceLogs\":[]}".to_vec()).await;
    assert_eq!((wrong.status, wrong.header("content-type")), (StatusCode::BAD_REQUEST, "application/x-protobuf"));
    assert!(wrong.body.starts_with("\u{8}\u{3}\u{12}") && wrong.body.contains("can't be decoded"), "{:?}", wrong.body);
}

#[tokio::test]
async fn what_is_wrong_is_told_as_a_status() {
    let collector = Collector::new().await;
    for (headers, body, status, code) in [
        (vec![], "{}", 415, 3),
        (vec![("content-type", "text/plain")], "{}", 415, 3),
        (vec![JSON, ("content-encoding", "br")], "{}", 415, 3),
        (vec![JSON, ("content-encoding", "gzip")], "{}", 400, 3),
        (vec![JSON], "{", 400, 3),
        (vec![JSON], "[]", 400, 3),
        (vec![JSON], r#"{"resourceLogs":{}}"#, 400, 3),
        (vec![JSON, ("content-length", "99999999999")], "{}", 413, 8),
    ] {
        let answer = collector.send(&headers, body).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["code"], json!(code), "{}", answer.body);
        assert!(!answer.json()["message"].as_str().unwrap().is_empty());
    }
    let stranger = Request::post("/v1/logs").header("host", "localhost:8080").header(JSON.0, JSON.1);
    let answer = collector.portal.send(stranger.body(Body::from("{}")).unwrap()).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNAUTHORIZED, &json!(16)));
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let elsewhere = Request::post("/v1/logs").header("host", "evil.example").header(JSON.0, JSON.1);
    let answer = collector.portal.send(elsewhere.body(Body::from("{}")).unwrap()).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::MISDIRECTED_REQUEST, &json!(3)));
    let rita = collector.portal.staff("rita", PlatformRole::Reviewer).await;
    let token = collector.portal.token(&rita, &[Scope::CallsWrite]).await;
    let request = token.sign(Request::post("/v1/logs").header("host", "localhost:8080").header(JSON.0, JSON.1));
    let answer = collector.portal.send(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::FORBIDDEN, &json!(7)));
    let get = Request::get("/v1/logs").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = collector.portal.send(get).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!(12)));
    let traces = collector.send_to("/v1/traces", &[JSON], "{}").await;
    assert_eq!((traces.status, &traces.json()["code"]), (StatusCode::NOT_FOUND, &json!(5)));
}

#[tokio::test]
async fn an_export_that_is_packed_has_to_say_so() {
    let collector = Collector::new().await;
    let packed = zstd::stream::encode_all(export("acme", &[record(200)]).as_bytes(), 1).unwrap();
    for kind in [JSON, PROTOBUF] {
        let answer = collector.send(&[kind], packed.clone()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", answer.body);
        assert!(answer.body.contains("`Content-Encoding: zstd`"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_bomb_and_too_large_an_export_are_refused() {
    let collector = Collector::new().await;
    let most = crate::calls::MOST_BYTES;
    assert_eq!(collector.send(&[JSON], vec![b' '; most + 1]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&vec![b' '; most + 1]).unwrap();
    let bomb = gzip.finish().unwrap();
    let answer = collector.send(&[PROTOBUF, ("content-encoding", "gzip")], bomb).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn calls_may_be_of_the_sandbox() {
    let collector = Collector::new().await;
    collector.send_to("/v1/logs?environment=sandbox", &[JSON], export("acme", &[record(200)])).await;
    let mut named = record(200);
    named["attributes"].as_array_mut().unwrap().push(text("deployment.environment.name", "staging"));
    collector.send(&[JSON], export("acme", &[named])).await;
    assert_eq!(collector.calls("acme", Environment::Sandbox).await, 2);
    assert_eq!(collector.calls("acme", Environment::Production).await, 0);
}

#[tokio::test]
async fn the_same_bytes_as_a_batch_of_call_records_are_something_else() {
    let collector = Collector::new().await;
    let body = export("acme", &[record(200)]);
    collector.send_to("/api/v1/calls", &[JSON], body.clone()).await;
    collector.send(&[JSON], body).await;
    assert_eq!(collector.calls("acme", Environment::Production).await, 1);
}

#[tokio::test]
async fn a_source_sends_what_its_token_allows() {
    let mut collector = Collector::new().await;
    collector.token = collector.portal.source_token("gateway", &["acme"], &["production"]).await;
    let mut sandbox = record(200);
    sandbox["attributes"].as_array_mut().unwrap().push(text("deployment.environment", "test"));
    let answer = collector.send(&[JSON], export("acme", &[record(200), sandbox])).await;
    let message = answer.json()["partialSuccess"]["errorMessage"].as_str().unwrap().to_owned();
    assert!(message.contains("1 of 2") && message.contains("`environment_not_allowed`"), "{message}");
    let other = collector.send(&[JSON], export("other", &[record(200)])).await;
    assert!(other.body.contains("`app_not_allowed`"), "{}", other.body);
    assert_eq!(collector.calls("acme", Environment::Production).await, 1);
    assert_eq!(collector.calls("other", Environment::Production).await, 0);
}

#[tokio::test]
async fn a_source_may_name_its_own_attributes_whatever_its_lines_are() {
    let collector = Collector::new().await;
    let token = collector.portal.source_token("gateway", &[], &[]).await;
    let options = service::FormatOptions { app: Some("tenant.app".to_owned()), ..Default::default() };
    let kong: service::Format = "kong".parse().unwrap();
    let reading = SourceReading::new(Some(&kong), &options, Environment::Sandbox).unwrap();
    let portal = collector.portal.portal().with_sources(HashMap::from([("gateway".parse().unwrap(), reading)]));
    let mut record = record(200);
    record["attributes"].as_array_mut().unwrap().push(text("tenant.app", "of-tenant"));
    let request = token.sign(Request::post("/v1/logs").header("host", "localhost:8080").header(JSON.0, JSON.1));
    let request = request.body(Body::from(export("acme", &[record]))).unwrap();
    assert_eq!(router(portal).oneshot(request).await.unwrap().status(), StatusCode::OK);
    assert_eq!(collector.calls("of-tenant", Environment::Sandbox).await, 1);
    assert_eq!(collector.calls("acme", Environment::Sandbox).await, 0);
}

#[tokio::test]
async fn the_largest_export_is_taken() {
    let collector = Collector::new().await;
    let mut body = export("acme", &[record(200)]).into_bytes();
    body.resize(crate::calls::MOST_BYTES, b' ');
    let answer = collector.send(&[JSON], body).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "{}"));
    assert_eq!(collector.calls("acme", Environment::Production).await, 1);
}

#[tokio::test]
async fn what_may_pass_is_told_so_that_clients_try_again() {
    for (fault, status, retry) in [
        (Fault::Broken, 503, "5"),
        (Fault::TooSlow("too slow".to_owned()), 503, "5"),
        (Fault::Unavailable("later".to_owned(), 1), 503, "1"),
        (Fault::TooMany(7), 429, "7"),
        (Fault::BadRequest("wrong".to_owned()), 400, ""),
    ] {
        let refuse = move || async move { ApiFault(fault) };
        let app: Router =
            Router::new().route("/v1/logs", post(refuse)).layer(middleware::from_fn(super::in_the_senders_words));
        let request = Request::post("/v1/logs").header(JSON.0, JSON.1).body(Body::empty()).unwrap();
        let answer = app.oneshot(request).await.unwrap();
        let told = answer.headers().get("retry-after").map_or("", |value| value.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), told), (status, retry));
    }
}
