//! What is received of each source, on its way into the same commit as the counts.

use std::collections::BTreeMap;

use model::{Hour, SourceName, SourceWay, UnixMillis};
use store::{IngestCommit, SourceCommit};
use traffic::{BlockOutcome, RejectCounts};

use super::pending::keyed;

/// What was received of each source since the last commit.
#[derive(Debug, Default)]
pub(super) struct Received(BTreeMap<SourceName, (SourceWay, OfSource)>);

/// What was received of one.
#[derive(Debug, Default)]
pub(super) struct OfSource {
    hours: BTreeMap<Hour, u64>,
    last_call: Option<UnixMillis>,
    rejects: RejectCounts,
}

impl OfSource {
    /// Adds what became of a block.
    pub(super) fn add(&mut self, block: &BlockOutcome) {
        for (hour, calls) in &block.hours {
            *self.hours.entry(Hour::from_epoch_hours(*hour)).or_default() += calls;
        }
        self.last_call = self.last_call.max(block.last_call);
        self.rejects.merge(&block.reject_counts);
    }

    /// Whether nothing was received.
    fn is_empty(&self) -> bool {
        self.hours.is_empty() && self.rejects.total() == 0
    }

    /// Adds another.
    fn merge(&mut self, other: &Self) {
        for (hour, calls) in &other.hours {
            *self.hours.entry(*hour).or_default() += calls;
        }
        self.last_call = self.last_call.max(other.last_call);
        self.rejects.merge(&other.rejects);
    }
}

impl Received {
    /// Adds what was received of a source.
    pub(super) fn add(&mut self, source: &SourceName, way: SourceWay, received: &OfSource) {
        let (last_way, of_source) = self.0.entry(source.clone()).or_insert_with(|| (way, OfSource::default()));
        *last_way = way;
        of_source.merge(received);
    }

    /// Takes all out, into a commit.
    pub(super) fn take_into(&mut self, commit: &mut IngestCommit) {
        let source = |(source, (way, received)): (SourceName, (SourceWay, OfSource))| SourceCommit {
            source,
            way,
            hours: received.hours.into_iter().collect(),
            last_call: received.last_call,
            rejects: keyed(&received.rejects),
        };
        let received = std::mem::take(&mut self.0);
        let something = |(_, (_, of)): &(SourceName, (SourceWay, OfSource))| !of.is_empty();
        commit.sources = received.into_iter().filter(something).map(source).collect();
    }
}
