//! How requests that bring calls are answered: how many with which status, and how long they took.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use service::Durations;

use super::text::{Kind, Text};
use crate::Portal;

/// The paths that are measured.
const PATHS: [&str; 2] = ["/api/v1/calls", "/v1/logs"];

/// What was measured since the program began. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured(Arc<Mutex<Numbers>>);

/// By path: how many answers of each status, and how long they took. Both are few: statuses are our own.
type Numbers = BTreeMap<&'static str, (BTreeMap<u16, u64>, Durations)>;

impl Measured {
    fn add(&self, path: &'static str, status: StatusCode, since: Instant) {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (statuses, durations) = numbers.entry(path).or_default();
        *statuses.entry(status.as_u16()).or_default() += 1;
        durations.add(since.elapsed());
    }

    pub(super) fn write(&self, text: &mut Text) {
        let numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        text.family("steadfast_ingest_requests_total", Kind::Counter, "Requests that bring calls, by path and status.");
        for (path, (statuses, _)) in &numbers {
            for (status, number) in statuses {
                text.value(&[("path", path), ("status", &status.to_string())], *number as f64);
            }
        }
        let help = "How long requests that bring calls took, from their head to the answer.";
        text.family("steadfast_ingest_request_duration_seconds", Kind::Histogram, help);
        for (path, (_, durations)) in &numbers {
            text.histogram(&[("path", path)], durations);
        }
    }
}

/// Measures requests that bring calls.
pub(crate) async fn measure(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let path = PATHS.into_iter().find(|path| request.method() == Method::POST && request.uri().path() == *path);
    let since = Instant::now();
    let response = next.run(request).await;
    if let Some(path) = path {
        portal.measured.add(path, response.status(), since);
    }
    response
}
