//! How much and how long those who send may take.

use std::time::Duration;

/// Limits that keep any sender from taking the place of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections there may be at once; where more come, whoever has the most loses one that is idle or slow.
    pub connections: usize,
    /// How long a connection may be idle between requests.
    pub idle: Duration,
    /// How long the head of a request may take, from its first byte on; and how long an answer may find no taker.
    pub head: Duration,
    /// How long may be waited for a body beyond what its rate allows.
    pub body_grace: Duration,
    /// How many bytes of a body have to come in a second, on average over the time that is waited for them.
    pub body_rate: u32,
    /// How long may be waited for a body in all; for one that has no calls, not for longer than 30 seconds.
    pub body_total: Duration,
    /// How much memory batches of calls share that are on their way in, in bytes.
    pub batch_memory: usize,
    /// How long answers under way may take once the portal is told to stop.
    pub stop: Duration,
}

impl Limits {
    /// Those of a portal where nothing else is said.
    pub const DEFAULT: Self = Self {
        connections: 2048,
        idle: Duration::from_secs(60),
        head: Duration::from_secs(10),
        body_grace: Duration::from_secs(10),
        body_rate: 1024,
        body_total: Duration::from_secs(300),
        batch_memory: 24 << 20,
        stop: Duration::from_secs(5),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
