//! `POST /api/v1/calls`.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header;
use model::Environment;
use serde::Serialize;
use service::{BatchOutcome, BatchShape, SourceReading};
use utoipa::{OpenApi, ToSchema};

use super::intake::{Sent, take};
use crate::Portal;
use crate::access::CallWriter;
use crate::fault::{ApiFault, Fault};
use crate::once;
use crate::openapi::Problem;
use crate::query::Params;

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchAnswer {
    /// How many calls are counted.
    accepted: u64,
    /// How many records are not, because they can't be used.
    rejected: u64,
    /// Whether the batch was counted before, and not again. The numbers are those of that time.
    duplicate: bool,
    /// The first 100 records that can't be used; empty for a batch that was counted before and is not read again.
    #[schema(max_items = 100)]
    rejects: Vec<RejectedRecord>,
    /// How many records can't be used, by reason.
    reasons: BTreeMap<String, u64>,
}

/// A record that can't be used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedRecord {
    /// The number of its line, or of its place in the array, from 1.
    #[schema(minimum = 1)]
    line: u64,
    /// Why, in a word.
    #[schema(example = "missing_status")]
    reason: String,
    /// What exactly is wrong; may be empty.
    detail: String,
}

impl From<BatchOutcome> for BatchAnswer {
    fn from(outcome: BatchOutcome) -> Self {
        let rejected = outcome.rejected_total();
        let reject = |reject: service::BatchReject| RejectedRecord {
            line: reject.line,
            reason: reject.reason.key().to_owned(),
            detail: reject.detail,
        };
        Self {
            accepted: outcome.accepted,
            rejected,
            duplicate: outcome.duplicate,
            rejects: outcome.details.into_iter().map(reject).collect(),
            reasons: outcome.rejected.into_iter().map(|(reason, count)| (reason.key().to_owned(), count)).collect(),
        }
    }
}

/// Counts a batch of call records
///
/// One JSON object a line (`application/x-ndjson`), or a JSON array of them (`application/json`); the records are those of
/// `steadfast ingest`. The answer comes once the batch is durable. A batch that is sent again within 24 hours, under the
/// same `Idempotency-Key` or without one with the same bytes, is acknowledged and not counted twice. Records that can't be
/// used are told, and keep none of the others from being counted.
///
/// The token is an operator's with the scope `calls:write`, or a source's (`stf_s_…`), which may be limited to apps and
/// environments: records of others are rejected. Lines of a source are read in the format that the configuration gives it, and
/// may come as `text/plain` then.
#[utoipa::path(
    post,
    path = "/api/v1/calls",
    tag = "calls",
    operation_id = "send_calls",
    params(
        ("environment" = Option<String>, Query, pattern = "^(production|sandbox)?$", description = "The environment of calls that don't name theirs; `production` unless given",
            example = "production"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "The sender's own name for the batch: 1 to 255 visible ASCII characters")
    ),
    request_body(
        description = "Call records, at most 32 MiB, packed (`Content-Encoding: gzip` or `zstd`) and unpacked",
        content(
            (String = "application/x-ndjson"),
            (String = "text/plain"),
            (serde_json::Value = "application/json",
                example = json!([{"time": "2026-11-20T13:45:12Z", "app": "acme-erp", "method": "GET", "path": "/rest/v1.0/me", "status": 200}]))
        )
    ),
    responses(
        (status = 200, description = "The batch is counted and durable", body = BatchAnswer),
        (status = 400, description = "The batch can't be used as a whole", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody known asks", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Who asks may not send calls", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly; the connection is closed", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 32 MiB, packed or unpacked, or more than there is memory for in one", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Another content type or encoding, or packed without saying so", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key was used for a batch with other content", body = Problem, content_type = "application/problem+json"),
        (status = 421, description = "The request names another host than the portal's, and brings no token", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tokens that nobody has, from this address; `Retry-After` says when to try again", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No room at the moment; `Retry-After` says when to send it again", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn send(
    State(portal): State<Portal>,
    writer: CallWriter,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<BatchAnswer>, ApiFault> {
    let params = Params::of_api(query, &["environment"])?;
    let environment = params.word("environment", &["production", "sandbox"], Environment::from_key)?;
    let shape = shape(&headers, &writer.reading)?;
    let key = once::key(&headers)?.map(str::to_owned);
    let outcome = take(&portal, Sent { writer, shape, environment, key }, &headers, body).await?;
    Ok(Json(outcome.into()))
}

/// What the header says that records look like.
fn shape(headers: &HeaderMap, reading: &SourceReading) -> Result<BatchShape, Fault> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(BatchShape::Lines),
        "text/plain" if reading.is_named() => Ok(BatchShape::Lines),
        "application/json" if reading.is_json() => Ok(BatchShape::LinesOrArray),
        _ if !reading.is_json() => Err(Fault::WrongMediaType(
            "the lines of this source are no JSON; send them with `Content-Type: text/plain`".to_owned(),
        )),
        _ => Err(Fault::WrongMediaType(
            "send one JSON object a line with `Content-Type: application/x-ndjson`, or a JSON array with \
             `Content-Type: application/json`"
                .to_owned(),
        )),
    }
}

#[derive(OpenApi)]
#[openapi(paths(send), components(schemas(BatchAnswer, RejectedRecord)))]
struct Document;

/// What this topic describes.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
