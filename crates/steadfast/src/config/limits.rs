//! The section `[limits]`.

use std::time::Duration;

use portal::Limits;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsSection {
    connections: u32,
    idle_seconds: u32,
    head_seconds: u32,
    body_grace_seconds: u32,
    body_bytes_per_second: u32,
    body_seconds: u32,
    batch_memory_mib: u32,
    stop_seconds: u32,
}

impl LimitsSection {
    /// The limits that it says.
    pub(super) fn settle(&self, wrong: &mut impl FnMut(&str, String)) -> Limits {
        let mut within = |key: &str, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                wrong(&format!("limits.{key}"), format!("write a number from {least} to {most}"));
            }
            u64::from(value)
        };
        let mut seconds = |key: &str, value: u32| Duration::from_secs(within(key, value, 1, 3600));
        let (idle, head) = (seconds("idle_seconds", self.idle_seconds), seconds("head_seconds", self.head_seconds));
        let body_grace = seconds("body_grace_seconds", self.body_grace_seconds);
        let (body_total, stop) =
            (seconds("body_seconds", self.body_seconds), seconds("stop_seconds", self.stop_seconds));
        within("connections", self.connections, 8, 100_000);
        within("body_bytes_per_second", self.body_bytes_per_second, 1, 1 << 30);
        let memory = within("batch_memory_mib", self.batch_memory_mib, 16, 65_536);
        Limits {
            connections: self.connections as usize,
            idle,
            head,
            body_grace,
            body_rate: self.body_bytes_per_second,
            body_total,
            batch_memory: usize::try_from(memory << 20).unwrap_or(usize::MAX),
            stop,
        }
    }
}
