//! The published JSON Schema of manifests.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The JSON Schema of manifests
///
/// JSON Schema 2020-12 of a manifest that is fit for a version; for editors and for checks without this platform.
#[utoipa::path(
    get, path = "/api/v1/manifest.schema.json", tag = "manifests", operation_id = "manifest_schema",
    responses((status = 200, body = Object, content_type = "application/schema+json")),
    security(())
)]
pub(crate) async fn show() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, manifest::SCHEMA).into_response()
}
