//! What a supervisor asks: is the program alive, and can it answer?

use axum::extract::State;
use axum::http::StatusCode;

use crate::Portal;

/// `GET /healthz`: the program runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers.
pub(crate) async fn readyz(State(portal): State<Portal>) -> (StatusCode, &'static str) {
    match portal.steadfast.store.last_import().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}
