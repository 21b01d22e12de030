//! `POST /api/v1/calls`.

use std::collections::BTreeMap;

use access::{Actor, Proof};
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use model::Environment;
use serde::Serialize;
use service::{Batch, BatchOutcome, Error, Refusal};
use utoipa::{OpenApi, ToSchema};

use super::body;
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SendCalls;
use crate::fault::{ApiFault, Fault};
use crate::once;
use crate::openapi::Problem;
use crate::query::Params;

/// After how many seconds another process may have ended its ingest.
const BUSY_SECONDS: u32 = 5;

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchAnswer {
    /// How many calls are counted.
    accepted: u64,
    /// How many records are not, because they can't be used.
    rejected: u64,
    /// Whether the batch was counted before, and not again. The numbers are those of that time.
    duplicate: bool,
    /// The first 100 records that can't be used; empty for a batch that was counted before.
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
#[utoipa::path(
    post,
    path = "/api/v1/calls",
    tag = "calls",
    operation_id = "send_calls",
    params(
        ("environment" = Option<String>, Query, pattern = "^(production|sandbox)?$", description = "The environment of calls that don't name theirs; `production` unless given",
            example = "production"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "The sender's own name for the batch: 1 to 255 bytes")
    ),
    request_body(
        description = "Call records, at most 32 MiB, packed (`Content-Encoding: gzip` or `zstd`) and unpacked",
        content(
            (String = "application/x-ndjson"),
            (serde_json::Value = "application/json",
                example = json!([{"time": "2026-11-20T13:45:12Z", "app": "acme-erp", "method": "GET", "path": "/rest/v1.0/me", "status": 200}]))
        )
    ),
    responses(
        (status = 200, description = "The batch is counted and durable", body = BatchAnswer),
        (status = 400, description = "The batch can't be used as a whole", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody known asks", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Who asks may not send calls", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 32 MiB, packed or unpacked", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Another content type or encoding", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key was used for a batch with other content", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tokens that nobody has, from this address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "No room at the moment; `Retry-After` says when to send it again", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn send(
    State(portal): State<Portal>,
    staff: Staff<SendCalls>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<BatchAnswer>, ApiFault> {
    let params = Params::of_api(query, &["environment"])?;
    let environment = params.word("environment", &["production", "sandbox"], Environment::from_key)?;
    let shape = body::shape(&headers)?;
    let key = once::key(&headers)?.map(str::to_owned);
    let _room = portal.gate.enter(&headers)?;
    let body = body::read(&headers, body).await?;
    let batch = Batch {
        body,
        shape,
        environment: environment.unwrap_or(Environment::Production),
        key,
        sender: sender(&staff.caller.actor),
        source: "http".to_owned(),
    };
    let outcome = portal.steadfast.ingest_batch(batch).await.map_err(fault)?;
    Ok(Json(outcome.into()))
}

/// Senders don't know of each other's batches: a token's are its own.
fn sender(actor: &Actor) -> String {
    match actor {
        Actor::Person { proof: Proof::Token(token, _), .. } | Actor::Organisation { token, .. } => token.to_string(),
        Actor::Person { id, .. } => id.to_string(),
        Actor::Stranger => String::new(),
    }
}

fn fault(error: Error) -> Fault {
    match error {
        Error::Batch(sentence) => Fault::BadRequest(sentence),
        Error::KeyReused => Refusal::Conflict(Error::KeyReused.to_string()).into(),
        Error::Busy => Fault::Unavailable(Error::Busy.to_string(), BUSY_SECONDS),
        other => other.into(),
    }
}

#[derive(OpenApi)]
#[openapi(paths(send), components(schemas(BatchAnswer, RejectedRecord)))]
struct Document;

/// What this topic describes.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
