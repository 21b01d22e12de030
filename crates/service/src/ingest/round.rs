//! One round: all cores take blocks in turn, until a share of the source is read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::{Environment, PlatformZone, UnixMillis};
use traffic::{BlockContext, BlockOutcome, Decoder, TextHasher, TimeBounds, WorkerTally};

use super::blocks::{Block, Blocks};
use super::identity::SPAN;
use super::routes::CatalogMatcher;
use super::{EVIDENCE, KEYS};

/// How many blocks make a round at most: little enough to hold what is kept of each in memory, and enough that cores seldom wait for
/// each other at its end.
const BLOCKS: u64 = 1024;

/// How many bytes what is new ([`traffic::First`]) and the texts that are new take in a round at most, as soon as that is
/// noticed.
const NEW: usize = 4 << 20;

/// What one of these takes until it is admitted and after, about, in bytes.
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
    /// The same for all that is read in this process.
    pub(super) hashes: TextHasher,
    pub(super) environment: Environment,
    /// How many rejected lines of a block are kept with their text, at most.
    pub(super) kept_rejects: usize,
}

impl Job {
    /// When the last call was made of lines that end so, the first of which may lack its beginning.
    pub(super) fn last_call(&self, end: &[u8], bounds: TimeBounds) -> Option<UnixMillis> {
        let whole = if end.len() < SPAN { Some(0) } else { memchr::memchr(b'\n', end).map(|newline| newline + 1) };
        let mut nobodys = WorkerTally::new(self.zone.clone(), &self.hashes);
        tally(&mut nobodys, &end[whole?..], 0, self, bounds, 0).last_call
    }
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
        let worker = || Worker { tally: WorkerTally::new(job.zone.clone(), &job.hashes), block: Block::default() };
        Self { blocks, workers: std::iter::repeat_with(worker).take(threads.max(1)).collect() }
    }

    /// Reads a round. Its outcomes come in the order of the source; counts stay
    /// with the workers until [`Engine::tallies`] are drained, since their order does not matter.
    pub(super) fn round(&mut self, job: &Job, bounds: TimeBounds) -> Vec<BlockOutcome> {
        self.round_within(LONGEST, job, bounds)
    }

    fn round_within(&mut self, longest: Duration, job: &Job, bounds: TimeBounds) -> Vec<BlockOutcome> {
        let started = Instant::now();
        let (keys, new) = (AtomicUsize::new(self.len()), AtomicUsize::new(0));
        let rejects = AtomicUsize::new(0);
        let shared = Mutex::new((&mut self.blocks, BLOCKS));
        let next = |block: &mut Block| {
            let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let (blocks, left) = &mut *guard;
            let full = keys.load(Ordering::Relaxed) > KEYS || new.load(Ordering::Relaxed) > NEW;
            // A round with no block at all would pass for the end.
            let is_late = *left < BLOCKS && started.elapsed() > longest;
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
                let (before, texts) = (worker.tally.len(), worker.tally.text_bytes());
                let room = EVIDENCE.saturating_sub(rejects.load(Ordering::Relaxed)).min(job.kept_rejects);
                let outcome = tally(&mut worker.tally, worker.block.bytes(), sequence, job, bounds, room);
                rejects.fetch_add(outcome.rejects.len(), Ordering::Relaxed);
                keys.fetch_add(worker.tally.len().saturating_sub(before), Ordering::Relaxed);
                let texts = worker.tally.text_bytes().saturating_sub(texts);
                new.fetch_add(outcome.firsts.list().len() * FIRST + texts, Ordering::Relaxed);
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
    use std::io::Cursor;

    use model::Catalog;

    use super::*;
    use crate::ingest::identity::Marks;

    #[test]
    fn a_round_ends_when_much_memory_is_taken_by_texts_that_are_new() {
        let long = "x".repeat(50_000);
        let call = |number: usize| {
            format!("{{\"time\":9,\"app\":\"a\",\"method\":\"GET\",\"path\":\"/n{number}/{long}\",\"status\":404}}\n")
        };
        let calls: String = (0..3 * NEW / long.len()).map(call).collect();
        let job = Job {
            decoder: Decoder::steadfast(),
            matcher: Arc::new(CatalogMatcher::new(Arc::new(Catalog::default()))),
            import: None,
            zone: PlatformZone::utc(),
            hashes: TextHasher::new(1),
            environment: Environment::Production,
            kept_rejects: 0,
        };
        let blocks = Blocks::new(Box::new(Cursor::new(calls)), Marks::default(), 0, false, false);
        let mut engine = Engine::new(blocks, 1, &job);
        let bounds = TimeBounds { now: UnixMillis(10_000), oldest: UnixMillis(0) };
        let outcomes = engine.round_within(Duration::MAX, &job, bounds);
        let texts: usize = engine.tallies().map(|tally| tally.text_bytes()).sum();
        assert!((NEW - NEW / 4..NEW + NEW / 4).contains(&texts), "{texts}");
        let counted = outcomes.iter().map(|outcome| outcome.counted).sum::<u64>();
        // What is new in the next round is not what is held since the one before.
        let next = engine.round_within(Duration::MAX, &job, bounds);
        assert!(next.iter().map(|outcome| outcome.counted).sum::<u64>() >= counted);
        assert!(engine.blocks.end().is_none());
    }

    #[test]
    fn of_lines_that_can_not_be_used_a_round_keeps_only_so_many() {
        let job = Job {
            decoder: Decoder::steadfast(),
            matcher: Arc::new(CatalogMatcher::new(Arc::default())),
            import: None,
            zone: PlatformZone::utc(),
            hashes: TextHasher::new(1),
            environment: Environment::Production,
            kept_rejects: super::super::BLOCK_EVIDENCE,
        };
        let text = "garbage\n".repeat(1 << 19);
        let blocks = Blocks::new(Box::new(Cursor::new(text)), Marks::default(), 0, false, false);
        let bounds = TimeBounds { now: UnixMillis(0), oldest: UnixMillis(0) };
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
