//! Batches as a gateway sends them.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::StreamExt as _;
use model::{DayRange, Environment, PlatformRole, Scope};
use serde_json::json;

use crate::testing::{Answer, Asks, TestPortal, TestToken, today};

const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";

/// A record of a call on the first day of the tests.
fn record(app: &str, status: u16) -> String {
    json!({"time": "2026-11-20T00:00:00Z", "app": app, "method": "GET", "path": "/a/1", "status": status}).to_string()
}

struct Gateway {
    portal: TestPortal,
    token: TestToken,
}

impl Gateway {
    async fn new() -> Self {
        let portal = TestPortal::empty();
        let olga = portal.operator().await;
        let token = portal.token(&olga, &[Scope::CallsWrite]).await;
        Self { portal, token }
    }

    async fn send(&self, headers: &[(&str, &str)], query: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(format!("/api/v1/calls{query}")).header("host", "localhost:8080");
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
async fn a_batch_of_lines_is_counted_and_what_can_not_be_used_is_told() {
    let gateway = Gateway::new().await;
    let body = format!("{}\nnot json\n{}\n{}\n", record("acme", 200), record("acme", 403), record("acme", 999));
    let answer = gateway.send(&[("content-type", NDJSON)], "", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let told = answer.json();
    assert_eq!(
        (&told["accepted"], &told["rejected"], &told["duplicate"]),
        (&json!(2), &json!(2), &json!(false)),
        "{told}"
    );
    let lines: Vec<(u64, &str)> = told["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reject| (reject["line"].as_u64().unwrap(), reject["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(lines, [(2, "not_json"), (4, "bad_status")]);
    assert_eq!(told["reasons"], json!({"not_json": 1, "bad_status": 1}));
    assert_eq!(gateway.calls("acme", Environment::Production).await, 2);
}

#[tokio::test]
async fn an_array_is_a_batch_too_packed_or_not() {
    let gateway = Gateway::new().await;
    let array = |app: &str| format!("[{},\n{}]", record(app, 200), record(app, 403));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(array("zipped").as_bytes()).unwrap();
    let zstd = zstd::stream::encode_all(array("packed").as_bytes(), 1).unwrap();
    for (app, headers, body) in [
        ("plain", vec![("content-type", "application/json; charset=utf-8")], array("plain").into_bytes()),
        ("zipped", vec![("content-type", JSON), ("content-encoding", "gzip")], gzip.finish().unwrap()),
        ("packed", vec![("content-type", JSON), ("content-encoding", "zstd")], zstd),
    ] {
        let answer = gateway.send(&headers, "", body).await;
        assert_eq!((answer.status, &answer.json()["accepted"]), (StatusCode::OK, &json!(2)), "{}", answer.body);
        assert_eq!(gateway.calls(app, Environment::Production).await, 2);
    }
}

#[tokio::test]
async fn what_is_packed_has_to_say_so() {
    let gateway = Gateway::new().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(record("acme", 200).as_bytes()).unwrap();
    let zstd = zstd::stream::encode_all(record("acme", 200).as_bytes(), 1).unwrap();
    for (packing, body) in [("gzip", gzip.finish().unwrap()), ("zstd", zstd)] {
        // However it comes, and whatever it should be.
        let bytewise = futures_util::stream::iter(body.clone()).map(|byte| Ok::<_, axum::Error>(vec![byte]));
        for (headers, body) in [
            ([("content-type", NDJSON)], Body::from(body.clone())),
            ([("content-type", JSON)], Body::from(body)),
            ([("content-type", NDJSON)], Body::from_stream(bytewise)),
        ] {
            let refused = gateway.send(&headers, "", body).await;
            assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{packing}: {}", refused.body);
            assert!(refused.body.contains(&format!("`Content-Encoding: {packing}`")), "{}", refused.body);
        }
    }
    assert_eq!(gateway.portal.steadfast.store.rejects().await.unwrap(), []);
}

#[tokio::test]
async fn frames_of_different_windows_are_one_batch() {
    let gateway = Gateway::new().await;
    let line = record("framed", 200) + "\n";
    let small = zstd::bulk::compress(line.as_bytes(), 3).unwrap();
    let large = zstd::stream::encode_all(line.repeat(2000).as_bytes(), 3).unwrap();
    let body = [&*small, &*large, &*small].concat();
    let answer = gateway.send(&[("content-type", NDJSON), ("content-encoding", "zstd")], "", body).await;
    assert_eq!((answer.status, &answer.json()["accepted"]), (StatusCode::OK, &json!(2002)), "{}", answer.body);
}

#[tokio::test]
async fn a_batch_that_is_sent_again_is_acknowledged_and_not_counted_twice() {
    let gateway = Gateway::new().await;
    let body = format!("{}\n?\n", record("acme", 200));
    let headers = [("content-type", NDJSON), ("idempotency-key", "batch-1")];
    for duplicate in [false, true] {
        let told = gateway.send(&headers, "", body.clone()).await.json();
        assert_eq!((&told["accepted"], &told["rejected"]), (&json!(1), &json!(1)), "{told}");
        assert_eq!(told["duplicate"], json!(duplicate));
    }
    let other = gateway.send(&headers, "", record("acme", 404)).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.body.contains("idempotency key"), "{}", other.body);
    let unnamed = gateway.send(&[("content-type", NDJSON)], "", body).await.json();
    assert_eq!(unnamed["duplicate"], json!(true), "the same bytes without a key");
    assert_eq!(gateway.calls("acme", Environment::Production).await, 1);
}

#[tokio::test]
async fn calls_may_be_of_the_sandbox() {
    let gateway = Gateway::new().await;
    let headers = [("content-type", NDJSON)];
    gateway.send(&headers, "?environment=sandbox", record("acme", 200)).await;
    assert_eq!(gateway.calls("acme", Environment::Sandbox).await, 1);
    assert_eq!(gateway.calls("acme", Environment::Production).await, 0);
    let refused = gateway.send(&headers, "?environment=moon", record("acme", 200)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let refused = gateway.send(&headers, "?env=sandbox", record("acme", 200)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_can_not_be_read_is_refused_with_what_to_send() {
    let gateway = Gateway::new().await;
    let long_key = "k".repeat(256);
    for (headers, body, status) in [
        (vec![], "{}", 415),
        (vec![("content-type", "text/plain")], "{}", 415),
        (vec![("content-type", NDJSON), ("content-encoding", "br")], "{}", 415),
        (vec![("content-type", NDJSON), ("content-encoding", "gzip"), ("content-encoding", "gzip")], "{}", 415),
        (vec![("content-type", NDJSON), ("content-encoding", "gzip")], "{}", 400),
        (vec![("content-type", NDJSON), ("content-encoding", "zstd")], "{}", 400),
        (vec![("content-type", JSON)], "[{},", 400),
        (vec![("content-type", NDJSON), ("idempotency-key", "")], "{}", 400),
        (vec![("content-type", NDJSON), ("idempotency-key", "a b")], "{}", 400),
        (vec![("content-type", NDJSON), ("idempotency-key", &long_key)], "{}", 400),
        (vec![("content-type", NDJSON), ("idempotency-key", "a"), ("idempotency-key", "b")], "{}", 400),
        (vec![("content-type", NDJSON), ("content-length", "99999999999")], "{}", 413),
    ] {
        let answer = gateway.send(&headers, "", body).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn thirty_two_mebibytes_are_read_and_not_a_byte_more() {
    let gateway = Gateway::new().await;
    let most = super::MOST_BYTES;
    let headers = [("content-type", NDJSON)];
    // One rejected line after the other would take long; two long ones are as large.
    let mut body = vec![b'x'; most];
    body[most / 2] = b'\n';
    let told = gateway.send(&headers, "", body.clone()).await.json();
    assert_eq!((&told["rejected"], &told["reasons"]), (&json!(2), &json!({"line_too_long": 2})));
    body.push(b'x');
    let refused = gateway.send(&headers, "", body).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.body.contains("at most 32 MiB") && refused.body.contains("smaller"), "{}", refused.body);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&vec![b' '; most + 1]).unwrap();
    let bomb = [("content-type", NDJSON), ("content-encoding", "gzip")];
    assert_eq!(gateway.send(&bomb, "", gzip.finish().unwrap()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn only_operators_send_calls() {
    let gateway = Gateway::new().await;
    let rita = gateway.portal.staff("rita", PlatformRole::Reviewer).await;
    let token = gateway.portal.token(&rita, &[Scope::CallsWrite]).await;
    let request =
        token.sign(Request::post("/api/v1/calls").header("host", "localhost:8080").header("content-type", NDJSON));
    let answer = gateway.portal.send(request.body(Body::from(record("acme", 200))).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(gateway.calls("acme", Environment::Production).await, 0);
}
