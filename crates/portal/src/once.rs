//! The header `Idempotency-Key` of requests that create something.

use axum::http::HeaderMap;
use serde::Serialize;
use service::Once;

use crate::access::Caller;
use crate::fault::Fault;

/// The request as one that may be sent again, if it carries a key. `path` and `body` are what it asks for.
pub(crate) fn once(
    caller: &Caller,
    headers: &HeaderMap,
    path: &str,
    body: &impl Serialize,
) -> Result<Option<Once>, Fault> {
    let Some(key) = key(headers)? else { return Ok(None) };
    let content = format!("POST {path}\n{}", serde_json::to_string(body)?);
    Ok(Some(Once::new(caller.actor.doer(), key, &content)?))
}

/// What the header says.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    match (key.to_str(), keys.next()) {
        (Ok(key), None) => Ok(Some(key)),
        _ => Err(Fault::BadRequest("send one header `Idempotency-Key`, in ASCII".to_owned())),
    }
}
