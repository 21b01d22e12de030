//! Faults as OTLP's clients expect them: a `google.rpc.Status` in the encoding of the request.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;
use service::OtlpEncoding;

use super::{language, message};

/// After how many seconds to send an export again where nothing else is known.
const AGAIN: &str = "5";

/// The largest problem document.
const MOST_BYTES: usize = 64 << 10;

/// Tells whatever goes wrong below `/v1/`, wherever it does, as a `Status` instead of a problem document.
pub(crate) async fn in_the_senders_words(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    // Who sends something else can still read JSON.
    let encoding = language::of_request(request.headers()).unwrap_or(OtlpEncoding::Json);
    let mut response = next.run(request).await;
    if is_passing(response.status()) {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static(AGAIN));
    }
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let detail = detail(&mut response).await;
        language::put(&mut response, encoding, message::status(encoding, code(status), &detail));
    }
    response
}

/// Whether an export may well be taken when it is sent again. Clients of OTLP give one up that is answered with anything
/// but 429, 502, 503 and 504; nothing of it was counted, and to send it again counts nothing twice.
fn is_passing(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::INTERNAL_SERVER_ERROR)
}

/// What a problem document says in detail.
async fn detail(response: &mut Response) -> String {
    let is_problem =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    let body = std::mem::take(response.body_mut());
    if !is_problem {
        return String::new();
    }
    let problem: Value = match to_bytes(body, MOST_BYTES).await {
        Ok(body) => serde_json::from_slice(&body).unwrap_or_default(),
        Err(_) => Value::Null,
    };
    problem.get("detail").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The code of `google.rpc.Code` that goes with an HTTP status.
fn code(status: StatusCode) -> u8 {
    match status {
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::FORBIDDEN => 7,
        StatusCode::NOT_FOUND => 5,
        StatusCode::CONFLICT => 10,
        StatusCode::METHOD_NOT_ALLOWED => 12,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::TOO_MANY_REQUESTS => 8,
        StatusCode::SERVICE_UNAVAILABLE => 14,
        status if status.is_client_error() => 3,
        _ => 13,
    }
}
