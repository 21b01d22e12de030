//! What is read of followed files and not committed yet, and committing it: everything or nothing, in turn with batches.

use std::sync::Arc;

use model::{Catalog, SourceName, SourceWay};
use store::{IngestCommit, PositionStep};
use traffic::{BlockOutcome, First, RejectCounts, Tallied};

use super::super::kept::Refused;
use super::super::pending::{Pending, keyed};
use super::super::received::{OfSource, Received};
use super::super::rejects::Reject;
use super::super::{EVIDENCE, KEYS};
use super::reader::Reader;
use crate::{Error, Steadfast};

/// Counts of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) read: u64,
    pub(super) counted: u64,
    pub(super) rejected: u64,
}

/// What was read since the last commit, all with one catalog.
#[derive(Default)]
pub(super) struct Chunk {
    firsts: Vec<First>,
    rejected: RejectCounts,
    received: Received,
    evidence: Vec<Reject>,
    pub(super) lines: Lines,
}

impl Chunk {
    /// Whether there is as much as should be held in memory, with what the workers hold.
    pub(super) fn is_full(&self, reader: &Reader) -> bool {
        reader.is_full() || reader.len() + self.firsts.len() >= KEYS
    }

    /// Adds what was read of one file, in its order; `line` is how many lines of it came before.
    pub(super) fn add(&mut self, source: &SourceName, file: &str, mut line: u64, blocks: Vec<BlockOutcome>) {
        let mut received = OfSource::default();
        for block in blocks {
            received.add(&block);
            self.rejected.merge(&block.reject_counts);
            self.lines.read += block.lines;
            self.lines.counted += block.counted;
            self.lines.rejected += block.reject_counts.total();
            for reject in block.rejects {
                if self.evidence.len() < EVIDENCE {
                    self.evidence.push(Reject {
                        source: file.to_owned(),
                        line: line + reject.line_in_block + 1,
                        reason: reject.reason.key(),
                        detail: reject.detail,
                        text: reject.text,
                    });
                }
            }
            line += block.lines;
            self.firsts.extend(block.firsts);
        }
        self.received.add(source, SourceWay::Files, &received);
    }
}

impl Steadfast {
    /// Commits what was read of followed files with the positions that say so.
    pub(super) async fn commit_followed(
        &self,
        mut chunk: Chunk,
        tallied: Vec<Tallied>,
        import: Option<i64>,
        catalog: Arc<Catalog>,
        further: Vec<PositionStep>,
    ) -> Result<(), Error> {
        let mut turn = self.batches.0.turns.turn.lock().await;
        turn.meet(import);
        let save = async {
            turn.kept.learn(chunk.firsts.iter(), self.store.as_ref()).await?;
            let mut pending = Pending::default();
            let mut refused = Refused::default();
            turn.kept.admit(&chunk.firsts, &mut refused);
            for tallied in &tallied {
                pending.add(tallied, &catalog, &refused);
            }
            self.keep_rejects(&chunk.evidence)?;
            let mut commit = IngestCommit {
                newest_known: self.store.newest_position().await?,
                further,
                catalog: import,
                rejects: keyed(&chunk.rejected),
                ..IngestCommit::empty(self.clock.now())
            };
            pending.take_into(&mut commit);
            chunk.received.take_into(&mut commit);
            self.store.commit_ingest(commit).await?;
            Ok(())
        };
        let saved: Result<(), Error> = save.await;
        if saved.is_err() || turn.kept.is_full() {
            // What was admitted for it is not in the store.
            turn.kept.forget();
        }
        saved
    }
}
