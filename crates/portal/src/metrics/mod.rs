//! `GET /metrics`: what is counted and how it goes, in the text format of Prometheus.
//!
//! What the store knows is asked for at each request; how batches come in is measured as they do ([`Measured`]).

mod measured;
mod process;
mod text;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::UnixMillis;
use service::SourceView;

pub(crate) use measured::{Measured, measure};
use text::{Kind, Text};

use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::fault::ApiFault;

/// Version 0.0.4 of the text format, which every scraper reads.
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// `GET /metrics`
pub(crate) async fn show(State(portal): State<Portal>, _staff: Staff<SeePlatform>) -> Result<Response, ApiFault> {
    let steadfast = &portal.steadfast;
    let (now, sources) = (steadfast.clock.now(), steadfast.source_views().await?);
    let window = model::DayRange::before(steadfast.today(), health::WINDOW_DAYS);
    let incomplete = steadfast.incomplete_days_of_any(window).await?;
    let bytes = steadfast.store.bytes().await.map_err(service::Error::from)?;

    let mut text = Text::default();
    text.family("steadfast_build_info", Kind::Gauge, "The version that runs.");
    text.value(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    of_sources(&mut text, &sources, now);
    text.family(
        "steadfast_incomplete_days",
        Kind::Gauge,
        "Days of the last 14 complete ones of which calls are missing.",
    );
    text.value(&[], incomplete.len() as f64);
    portal.measured.write(&mut text);
    text.family("steadfast_ingest_room_bytes", Kind::Gauge, "Memory that batches may still take.");
    text.value(&[], portal.gate.free_bytes() as f64);
    let commits = steadfast.store.commits();
    text.family("steadfast_commit_duration_seconds", Kind::Histogram, "How long commits of counts took.");
    text.histogram(&[], &commits);
    text.family("steadfast_store_bytes", Kind::Gauge, "The size of the database.");
    text.value(&[], bytes as f64);
    if let Some(bytes) = process::resident_bytes() {
        text.family("process_resident_memory_bytes", Kind::Gauge, "Memory of the process.");
        text.value(&[], bytes as f64);
    }
    Ok(([(header::CONTENT_TYPE, FORMAT)], text.finish()).into_response())
}

/// A number of each source, where it has one.
type OfSource = fn(&SourceView, UnixMillis) -> Option<f64>;

/// What is told of each source by one number.
const GAUGES: [(&str, &str, OfSource); 8] = [
    ("steadfast_source_last_call_timestamp_seconds", "The time of the latest call of a source.", |source, _| {
        source.last_call.map(seconds)
    }),
    ("steadfast_source_last_call_age_seconds", "How old the latest call of a source is.", |source, now| {
        source.age_millis(now).map(|millis| millis as f64 / 1000.0)
    }),
    (
        "steadfast_source_lag_seconds",
        "From the latest call of a source to when lines of it were last received.",
        |source, _| source.lag_millis().map(|millis| millis as f64 / 1000.0),
    ),
    (
        "steadfast_source_last_received_timestamp_seconds",
        "When lines of a source were last counted or rejected.",
        |source, _| source.last_received.map(seconds),
    ),
    ("steadfast_source_received_24h", "Calls of a source in the last 24 hours, by their own time.", |source, _| {
        Some(source.received(24) as f64)
    }),
    (
        "steadfast_source_expected_24h",
        "How many calls were expected at least in those of the last 24 hours whose time is up.",
        |source, _| source.expected(24).map(|calls| calls as f64),
    ),
    (
        "steadfast_source_gaps",
        "Gaps of a source that are known: spans of time of which calls are missing.",
        |source, _| Some(source.gaps.len() as f64),
    ),
    ("steadfast_source_unread_files", "Files of a source that can't be read at present.", |source, _| {
        Some(source.unread.len() as f64)
    }),
];

fn of_sources(text: &mut Text, sources: &[SourceView], now: UnixMillis) {
    text.family("steadfast_source_calls_total", Kind::Counter, "Calls that are counted, by source.");
    for source in sources {
        text.value(&[("source", source.name.as_str())], source.calls as f64);
    }
    text.family(
        "steadfast_source_rejected_lines_total",
        Kind::Counter,
        "Lines that could not be used, by source and reason.",
    );
    for source in sources {
        for (reason, lines) in &source.rejects {
            text.value(&[("source", source.name.as_str()), ("reason", reason)], *lines as f64);
        }
    }
    for (name, help, of) in GAUGES {
        text.family(name, Kind::Gauge, help);
        for source in sources {
            if let Some(number) = of(source, now) {
                text.value(&[("source", source.name.as_str())], number);
            }
        }
    }
}

fn seconds(at: UnixMillis) -> f64 {
    at.0 as f64 / 1000.0
}
