//! What every fuzz target asserts. A target is a function of bytes that panics on a finding: it may read no file, ask
//! for no time, and remember nothing, so that every finding happens again.
//!
//! Beyond not panicking, most hold what they fuzz against something simpler: serde_json for what is JSON, testkit's plain
//! reading of the rules for calls and routes, a line read alone for a line read within a block.

pub mod array;
mod damage;
mod fault;
pub mod json_map;
pub mod lines;
pub mod log_format;
pub mod matcher;
pub mod openapi;
pub mod otlp;
pub mod packed;
pub mod privacy;
pub mod sniff;
pub mod steadfast;
pub mod syslog;
pub mod time;
pub mod unpack;

use damage::{Result, StoreError};
use model::UnixMillis;
use traffic::TimeBounds;

/// The present in all targets: 2026-11-22T00:00:00Z.
pub const NOW: i64 = 1_795_305_600_000;

/// How long calls are kept.
const RETENTION_MILLIS: i64 = 400 * 86_400_000;

/// The instants between which calls are counted.
pub fn bounds() -> TimeBounds {
    TimeBounds { now: UnixMillis(NOW), oldest: UnixMillis(NOW - RETENTION_MILLIS) }
}

/// Cuts data at its first line feed: what configures a target, and what it reads.
pub fn split_head(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
