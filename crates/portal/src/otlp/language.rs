//! The two encodings of OTLP, told by their media types: an answer comes in that of the request.

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::Response;
use service::OtlpEncoding;

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// The encoding that the content type says; none for any other.
pub(super) fn of_request(headers: &HeaderMap) -> Option<OtlpEncoding> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        PROTOBUF => Some(OtlpEncoding::Protobuf),
        JSON => Some(OtlpEncoding::Json),
        _ => None,
    }
}

/// Gives an answer this body.
pub(super) fn put(response: &mut Response, encoding: OtlpEncoding, body: Vec<u8>) {
    let media_type = match encoding {
        OtlpEncoding::Protobuf => PROTOBUF,
        OtlpEncoding::Json => JSON,
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(body);
}
