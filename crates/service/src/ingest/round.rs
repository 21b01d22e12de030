//! One round: all cores take blocks in turn, until a share of the source is read.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::{Environment, PlatformZone};
use traffic::{BlockContext, BlockOutcome, Decoder, First, Named, TimeBounds, WorkerTally};

use super::blocks::{Block, Blocks};
use super::routes::CatalogMatcher;
use super::{EVIDENCE, KEYS};

/// How many blocks make a round at most: little enough to hold what is kept of each in memory.
const BLOCKS: u64 = 256;

/// How many bytes what is new ([`traffic::First`]) has in a round at most, as soon as that is noticed.
const FIRSTS: usize = 4 << 20;

/// What one of these has beside its name, about, in bytes.
const FIRST: usize = 128;

/// Bytes of texts of routes and companies that are held until they are committed.
const TEXT: usize = 8 << 20;

/// How long a round lasts at most, so that a slow source is committed too.
const LONGEST: Duration = Duration::from_secs(1);

/// What every worker needs to know.
pub(super) struct Job {
    pub(super) decoder: Decoder,
    pub(super) matcher: Arc<CatalogMatcher>,
    /// The import that the matcher was made from.
    pub(super) import: Option<i64>,
    pub(super) zone: PlatformZone,
    pub(super) environment: Environment,
    /// How many rejected lines of a block are kept with their text, at most.
    pub(super) kept_rejects: usize,
}

/// What a last line without line end may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastLine {
    /// Part of a line that is being written, as in a plain file: counted only if the format shows that it is whole.
    MayGoOn,
    /// Part of a line of which the rest may be appended in one piece, as in a packed file: counted if it can be read.
    MayGrow,
    /// The last there is, as from standard input: counted or rejected.
    IsFinal,
}

/// One worker's own tallies and buffer, reused over rounds.
struct Worker {
    tally: WorkerTally,
    block: Block,
}

/// The reader and its workers.
pub(super) struct Engine {
    pub(super) blocks: Blocks,
    workers: Vec<Worker>,
}

impl Engine {
    pub(super) fn new(blocks: Blocks, threads: usize, job: &Job) -> Self {
        let seed = RandomState::new().hash_one(0);
        let worker = || Worker { tally: WorkerTally::new(job.zone.clone(), seed), block: Block::default() };
        Self { blocks, workers: std::iter::repeat_with(worker).take(threads.max(1)).collect() }
    }

    /// Reads a round. Its outcomes come in the order of the source; counts stay
    /// with the workers until [`Engine::tallies`] are drained, since their order does not matter.
    pub(super) fn round(&mut self, job: &Job, bounds: TimeBounds) -> Vec<BlockOutcome> {
        let started = Instant::now();
        let (keys, firsts) = (AtomicUsize::new(self.len()), AtomicUsize::new(0));
        let rejects = AtomicUsize::new(0);
        let shared = Mutex::new((&mut self.blocks, BLOCKS));
        let next = |block: &mut Block| {
            let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let (blocks, left) = &mut *guard;
            let full = keys.load(Ordering::Relaxed) > KEYS || firsts.load(Ordering::Relaxed) > FIRSTS;
            // A round with no block at all would pass for the end.
            let is_late = *left < BLOCKS && started.elapsed() > LONGEST;
            if *left == 0 || full || is_late {
                return None;
            }
            let sequence = blocks.next(block);
            *left = if sequence.is_some() { *left - 1 } else { 0 };
            sequence
        };
        let work = |worker: &mut Worker| {
            let mut outcomes = Vec::new();
            while let Some(sequence) = next(&mut worker.block) {
                let before = worker.tally.len();
                let room = EVIDENCE.saturating_sub(rejects.load(Ordering::Relaxed)).min(job.kept_rejects);
                let outcome = tally(&mut worker.tally, worker.block.bytes(), sequence, job, bounds, room);
                rejects.fetch_add(outcome.rejects.len(), Ordering::Relaxed);
                keys.fetch_add(worker.tally.len().saturating_sub(before), Ordering::Relaxed);
                firsts.fetch_add(outcome.firsts.iter().map(size).sum(), Ordering::Relaxed);
                outcomes.push(outcome);
            }
            outcomes
        };
        let mut outcomes: Vec<BlockOutcome> = match self.workers.as_mut_slice() {
            [only] => work(only),
            workers => std::thread::scope(|scope| {
                let handles: Vec<_> = workers.iter_mut().map(|worker| scope.spawn(|| work(worker))).collect();
                handles
                    .into_iter()
                    .flat_map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect()
            }),
        };
        outcomes.sort_by_key(|outcome| outcome.seq);
        outcomes
    }

    /// Counts the last line, which has no line end, if it is one to count. Returns its outcome, or `None` if
    /// it was left for the next run.
    ///
    pub(super) fn last_line(&mut self, job: &Job, bounds: TimeBounds, end: LastLine) -> Option<BlockOutcome> {
        let line = self.blocks.unfinished();
        let whole = end != LastLine::MayGoOn || job.decoder.self_terminating();
        if line.is_empty() || !whole {
            return None;
        }
        let worker = self.workers.first_mut()?;
        let outcome = tally(&mut worker.tally, line, u64::MAX, job, bounds, job.kept_rejects);
        if outcome.counted == 0 && end != LastLine::IsFinal {
            return None;
        }
        self.blocks.take_unfinished();
        Some(outcome)
    }

    /// The workers' tallies.
    pub(super) fn tallies(&mut self) -> impl Iterator<Item = &mut WorkerTally> {
        self.workers.iter_mut().map(|worker| &mut worker.tally)
    }

    /// How many keys the workers hold.
    pub(super) fn len(&self) -> usize {
        self.workers.iter().map(|worker| worker.tally.len()).sum()
    }

    /// Whether the texts that the workers hold, which may be as long as lines, fill as much memory as they should.
    pub(super) fn is_full(&self) -> bool {
        self.workers.iter().map(|worker| worker.tally.text_bytes()).sum::<usize>() > TEXT
    }
}

fn size(first: &First) -> usize {
    let (Named::Route(name) | Named::Company(name)) = &first.name;
    FIRST + name.len()
}

fn tally(
    tally: &mut WorkerTally,
    bytes: &[u8],
    sequence: u64,
    job: &Job,
    bounds: TimeBounds,
    kept_rejects: usize,
) -> BlockOutcome {
    let context = BlockContext {
        decoder: &job.decoder,
        matcher: job.matcher.as_ref(),
        bounds,
        default_environment: job.environment,
        allowed: None,
        kept_rejects,
    };
    tally.tally_block(bytes, sequence, &context)
}

#[cfg(test)]
mod tests {
    use super::super::identity::Marks;
    use super::*;

    #[test]
    fn of_lines_that_can_not_be_used_a_round_keeps_only_so_many() {
        let job = Job {
            decoder: Decoder::steadfast(),
            matcher: Arc::new(CatalogMatcher::new(Arc::default())),
            import: None,
            zone: PlatformZone::utc(),
            environment: Environment::Production,
            kept_rejects: super::super::BLOCK_EVIDENCE,
        };
        let text = "garbage\n".repeat(1 << 19);
        let blocks = Blocks::new(Box::new(std::io::Cursor::new(text)), Marks::default(), 0, false, false);
        let bounds = TimeBounds { now: model::UnixMillis(0), oldest: model::UnixMillis(0) };
        let mut engine = Engine::new(blocks, 1, &job);
        let (mut kept, mut rejected) = (0, 0);
        while engine.blocks.end().is_none() {
            let outcomes = engine.round(&job, bounds);
            kept = kept.max(outcomes.iter().map(|outcome| outcome.rejects.len()).sum::<usize>());
            rejected += outcomes.iter().map(|outcome| outcome.reject_counts.total()).sum::<u64>();
        }
        assert_eq!((kept, rejected), (EVIDENCE, 1 << 19));
    }
}
