//! The JSON of sources, the same on the command line and over HTTP.

use health::{Expect, Gap, HourState};
use model::{SourceName, UnixMillis};
use serde::Serialize;
use store::{Loss, UnreadFile};

use super::seen::SourceView;

/// How many gaps, losses and unread files of a source are told, the latest.
const LATEST: usize = 100;

#[derive(Serialize)]
struct SourceJson<'a> {
    name: &'a SourceName,
    ways: Vec<&'static str>,
    from: &'a str,
    expect: Expect,
    allowance_minutes: u32,
    last_call_at: Option<String>,
    last_received_at: Option<String>,
    age_seconds: Option<i64>,
    lag_seconds: Option<i64>,
    calls: u64,
    received_24h: u64,
    expected_24h: Option<u64>,
    hours: Vec<HourJson>,
    gaps: Vec<GapJson>,
    rejected: Vec<RejectJson<'a>>,
    losses: Vec<LossJson<'a>>,
    unread_files: Vec<UnreadJson<'a>>,
}

#[derive(Serialize)]
struct HourJson {
    hour: String,
    expected: Option<u64>,
    received: u64,
    over: bool,
    gap: bool,
}

#[derive(Serialize)]
struct GapJson {
    from: String,
    until: String,
    expected: Option<u64>,
    received: Option<u64>,
}

#[derive(Serialize)]
struct RejectJson<'a> {
    reason: &'a str,
    lines: u64,
    lines_24h: u64,
}

#[derive(Serialize)]
struct LossJson<'a> {
    from: String,
    until: String,
    reason: &'static str,
    detail: &'a str,
    noticed_at: String,
}

#[derive(Serialize)]
struct UnreadJson<'a> {
    path: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct SourcesJson<'a> {
    now: String,
    sources: Vec<SourceJson<'a>>,
}

impl<'a> SourceJson<'a> {
    fn new(source: &'a SourceView, now: UnixMillis) -> Self {
        let time = |at: Option<UnixMillis>| at.map(|at| at.to_string());
        let latest_gaps = source.gaps.get(source.gaps.len().saturating_sub(LATEST)..).unwrap_or_default();
        let latest_losses = source.losses.get(source.losses.len().saturating_sub(LATEST)..).unwrap_or_default();
        Self {
            name: &source.name,
            ways: source.ways.iter().map(|way| way.key()).collect(),
            from: &source.from,
            expect: source.declared.expect,
            allowance_minutes: source.declared.allowance_minutes,
            last_call_at: time(source.last_call),
            last_received_at: time(source.last_received),
            age_seconds: source.age_millis(now).map(|millis| millis / 1000),
            lag_seconds: source.lag_millis().map(|millis| millis / 1000),
            calls: source.calls,
            received_24h: source.received(24),
            expected_24h: source.expected(24),
            hours: source.hours.iter().map(HourJson::from).collect(),
            gaps: latest_gaps.iter().map(GapJson::from).collect(),
            rejected: rejected(source),
            losses: latest_losses.iter().map(LossJson::from).collect(),
            unread_files: source.unread.iter().take(LATEST).map(UnreadJson::from).collect(),
        }
    }
}

impl From<&HourState> for HourJson {
    fn from(state: &HourState) -> Self {
        let HourState { hour, expected, received, over, gap } = *state;
        Self { hour: hour.to_string(), expected, received, over, gap }
    }
}

impl From<&Gap> for GapJson {
    fn from(gap: &Gap) -> Self {
        let Gap { from, until, expected, received } = *gap;
        // What came in the span of a loss is not counted by itself, and nothing is known of how much did not.
        let received = expected.map(|_| received);
        Self { from: from.to_string(), until: until.to_string(), expected, received }
    }
}

impl<'a> From<&'a Loss> for LossJson<'a> {
    fn from(loss: &'a Loss) -> Self {
        Self {
            from: loss.from.to_string(),
            until: loss.until.to_string(),
            reason: loss.reason.key(),
            detail: &loss.detail,
            noticed_at: loss.at.to_string(),
        }
    }
}

impl<'a> From<&'a UnreadFile> for UnreadJson<'a> {
    fn from(file: &'a UnreadFile) -> Self {
        Self { path: &file.path, reason: &file.reason }
    }
}

fn rejected(source: &SourceView) -> Vec<RejectJson<'_>> {
    let of_today = |reason: &str| source.rejects_today.iter().find(|(other, _)| other == reason);
    let mut rejected = Vec::with_capacity(source.rejects.len());
    for (reason, lines) in &source.rejects {
        let lines_24h = of_today(reason).map_or(0, |(_, lines)| *lines);
        rejected.push(RejectJson { reason, lines: *lines, lines_24h });
    }
    rejected
}

/// Sources as one JSON object.
#[must_use]
pub fn sources_json(now: UnixMillis, sources: &[SourceView]) -> String {
    let sources = sources.iter().map(|source| SourceJson::new(source, now)).collect();
    serde_json::to_string(&SourcesJson { now: now.to_string(), sources }).unwrap_or_default()
}

/// One source as a JSON value.
#[must_use]
pub fn source_json(now: UnixMillis, source: &SourceView) -> serde_json::Value {
    serde_json::to_value(SourceJson::new(source, now)).unwrap_or_default()
}
