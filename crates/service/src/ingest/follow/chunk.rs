//! What is read of followed files and not committed yet, and committing it: everything or nothing, in turn with batches.

use std::collections::HashMap;
use std::sync::Arc;

use model::{Catalog, SourceName, SourceWay};
use store::{IngestCommit, PositionStep};
use traffic::{BlockOutcome, Firsts, RejectCounts, Tallied};

use super::super::kept::Refused;
use super::super::pending::{Pending, keyed};
use super::super::received::{OfSource, Received};
use super::super::rejects::Reject;
use super::super::{EVIDENCE, KEYS};
use super::file::FileId;
use super::reader::Reader;
use crate::{Error, Steadfast};

/// Counts of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) read: u64,
    pub(super) counted: u64,
    pub(super) rejected: u64,
}

/// Up to which line of a file what can't be used of it is kept, though its counts are not saved: what is read again is not
/// kept again.
pub(super) type Evident = HashMap<FileId, u64>;

/// Of which file something was read.
pub(super) struct Of<'a> {
    pub(super) id: FileId,
    pub(super) source: &'a SourceName,
    pub(super) path: &'a str,
    /// How many lines of it came before.
    pub(super) line: u64,
}

/// What was read since the last commit, all with one catalog.
#[derive(Default)]
pub(super) struct Chunk {
    /// Of each block that has any.
    firsts: Vec<Firsts>,
    /// How many these are together.
    new: usize,
    rejected: RejectCounts,
    received: Received,
    evidence: Vec<Reject>,
    /// Up to which line each file was read.
    reached: HashMap<FileId, u64>,
    pub(super) lines: Lines,
}

impl Chunk {
    /// Whether there is as much as should be held in memory, with what the workers hold.
    pub(super) fn is_full(&self, reader: &Reader) -> bool {
        reader.is_full() || reader.len() + self.new >= KEYS
    }

    /// Adds what was read of one file, in its order.
    pub(super) fn add(&mut self, of: &Of<'_>, evident: &Evident, blocks: Vec<BlockOutcome>) {
        let (mut received, mut line) = (OfSource::default(), of.line);
        let kept = evident.get(&of.id).copied().unwrap_or_default();
        for block in blocks {
            received.add(&block);
            self.rejected.merge(&block.reject_counts);
            self.lines.read += block.lines;
            self.lines.counted += block.counted;
            self.lines.rejected += block.reject_counts.total();
            for reject in block.rejects {
                let number = line + reject.line_in_block + 1;
                if number > kept && self.evidence.len() < EVIDENCE {
                    self.evidence.push(Reject {
                        source: of.path.to_owned(),
                        line: number,
                        reason: reject.reason.key(),
                        detail: reject.detail,
                        text: reject.text,
                    });
                }
            }
            line += block.lines;
            if !block.firsts.list().is_empty() {
                self.new += block.firsts.list().len();
                self.firsts.push(block.firsts);
            }
        }
        self.received.add(of.source, SourceWay::Files, &received);
        self.reached.insert(of.id, line);
    }

    /// Writes what can't be used. To be done before it is committed, and once, whatever comes of that.
    pub(super) fn keep_evidence(&mut self, steadfast: &Steadfast, evident: &mut Evident) -> Result<(), Error> {
        steadfast.keep_rejects(&std::mem::take(&mut self.evidence))?;
        for (id, line) in &self.reached {
            let kept = evident.entry(*id).or_default();
            *kept = (*kept).max(*line);
        }
        Ok(())
    }

    /// What need not be remembered any more once it is committed.
    pub(super) fn settle(reached: &HashMap<FileId, u64>, evident: &mut Evident) {
        evident.retain(|id, kept| reached.get(id).is_none_or(|line| line < kept));
    }

    /// Up to which line each file was read.
    pub(super) fn reached(&self) -> HashMap<FileId, u64> {
        self.reached.clone()
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
        // Handed on only once what was admitted is in the store.
        let mut kept = std::mem::take(&mut turn.kept);
        kept.learn(chunk.firsts.iter(), &self.batches.0.hashes, self.store.as_ref()).await?;
        let mut pending = Pending::default();
        let mut refused = Refused::default();
        chunk.firsts.iter().for_each(|firsts| kept.admit(firsts, &mut refused));
        for tallied in &tallied {
            pending.add(tallied, &catalog, &refused);
        }
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
        if !kept.is_full() {
            turn.kept = kept;
        }
        Ok(())
    }
}
