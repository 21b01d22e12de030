//! The endpoint.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use model::Environment;
use service::{BatchOutcome, BatchShape};

use super::{language, message};
use crate::Portal;
use crate::access::CallWriter;
use crate::calls::{Sent, take};
use crate::fault::{ApiFault, Fault};
use crate::query::Params;

/// How many rejected records are named in an answer.
const NAMED: usize = 5;

/// Counts the log records of an export. The answer comes once they are durable; an export that is sent again within 24
/// hours is acknowledged and not counted twice. Records that can't be used are told as partial success.
pub(crate) async fn send(
    State(portal): State<Portal>,
    writer: CallWriter,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiFault> {
    let params = Params::of_api(query, &["environment"])?;
    let environment = params.word("environment", &["production", "sandbox"], Environment::from_key)?;
    let Some(encoding) = language::of_request(&headers) else {
        return Err(Fault::WrongMediaType(
            "send an `ExportLogsServiceRequest` as `application/x-protobuf` or `application/json`".to_owned(),
        )
        .into());
    };
    let sent = Sent { writer, shape: BatchShape::Otlp(encoding), environment, key: None };
    let outcome = take(&portal, sent, &headers, body).await?;
    let mut response = Response::default();
    let answer = message::export_response(encoding, outcome.rejected_total(), &told(&outcome));
    language::put(&mut response, encoding, answer);
    Ok(response)
}

/// What is said of records that can't be used; nothing where all could.
fn told(outcome: &BatchOutcome) -> String {
    let rejected = outcome.rejected_total();
    if rejected == 0 {
        return String::new();
    }
    let reasons: Vec<String> = outcome
        .rejected
        .iter()
        .map(|(reason, count)| format!("{count} `{}` ({})", reason.key(), reason.text()))
        .collect();
    let all = outcome.accepted + rejected;
    let mut told = format!("{rejected} of {all} log records are not counted: {}", reasons.join(", "));
    let named: Vec<String> = outcome
        .details
        .iter()
        .take(NAMED)
        .map(|reject| match reject.detail.as_str() {
            "" => format!("record {} `{}`", reject.line, reject.reason.key()),
            detail => format!("record {} `{}` {detail}", reject.line, reject.reason.key()),
        })
        .collect();
    if !named.is_empty() {
        told.push_str("; ");
        told.push_str(&named.join(", "));
    }
    told
}
