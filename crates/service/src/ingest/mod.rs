//! Ingest: reads sources and counts every call in them exactly once.
//!
//! The source's position is committed together with the counts, so a kill at any moment loses nothing that
//! was committed and repeats nothing: the next run reads on from the position. Between commits, counts live
//! in memory, bounded by [`KEYS`] and [`INTERVAL`].

mod array;
mod batch;
mod blocks;
mod broken;
mod cutter;
mod follow;
mod guess;
mod identity;
mod kept;
mod lock;
mod open_batch;
mod pending;
mod reading;
mod received;
mod rejects;
mod round;
mod routes;
mod source;
mod syslog;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use model::{Catalog, Environment, SourceName, SourceWay, UnixMillis};
use store::{IngestCommit, SourcePosition, StoreError};
use traffic::{BlockOutcome, Format, FormatOptions, RejectCounts, RejectReason, Tallied, WorkerTally};

pub use batch::{Batch, BatchOutcome, BatchReject, BatchShape, Batches};
pub use follow::{FOLLOWED_OPEN, FollowTotals, FollowedSource, Watcher, matching_files};
pub use lock::WriterLock;
pub use open_batch::{BatchHead, DoneBatch, OpenBatch};
pub use reading::{Permission, SourceReading};
pub use rejects::{Reject, RejectsFile};
pub use source::{Input, packed_size};
pub use syslog::{AddressError, Network, SYSLOG_CONNECTIONS, SyslogAddress, SyslogListeners, SyslogSource};

use crate::{Error, Steadfast};
use blocks::{Blocks, End};
use broken::Broken;
use guess::{Guess, SNIFFED, guess};
use identity::Found;
use kept::{Kept, Refused};
use pending::{Pending, keyed};
use received::{OfSource, Received};
use round::{Engine, Job, LastLine};
use routes::CatalogMatcher;

/// Keys in memory at which they are committed: few enough for a commit to be done while the next lines are read, and
/// enough that most keys of a day come to the store once.
const KEYS: usize = 98_304;

/// How long counts stay in memory at most.
const INTERVAL: Duration = Duration::from_secs(5);

/// How many lines have to be unusable, and all of them, for a file to be taken for one of another format.
const HOPELESS: u64 = 20;

/// Rejected lines that are kept as evidence in one commit, and of one round.
const EVIDENCE: usize = 10_000;

/// Rejected lines that are kept as evidence of one block.
const BLOCK_EVIDENCE: usize = 1000;

/// How to read.
#[derive(Clone, Debug)]
pub struct IngestOptions {
    /// The source under which what is read counts as received.
    pub source: SourceName,
    /// The format of the lines; guessed from the first of them if not given.
    pub format: Option<Format>,
    /// Where the app, the environment and the principal stand, if not where the format looks for them. (The
    /// company header is the platform's.)
    pub places: FormatOptions,
    /// The environment of calls that don't name one.
    pub environment: Environment,
    /// How many threads read; of packed input one of them unpacks.
    pub threads: usize,
}

/// What was read of one input.
#[derive(Clone, Debug, Default)]
pub struct IngestOutcome {
    /// The format, in words; none where there was nothing to tell it from.
    pub format: Option<String>,
    /// What the format was told from, where it was guessed.
    pub guessed: Option<String>,
    /// Whether the format says anything about the company header.
    pub carries_company_header: bool,
    /// Lines that were counted by an earlier run, and not again.
    pub lines_before: u64,
    /// Lines read now.
    pub lines: u64,
    /// Lines whose call was counted.
    pub counted: u64,
    /// Of those, calls that name no app.
    pub unidentified: u64,
    /// Lines that could not be used, by reason. Together with `counted` they make `lines`.
    pub rejected: RejectCounts,
    /// Whether none of the lines of a new file could be used. It is not marked as read then, since its format is
    /// most likely another.
    pub hopeless: bool,
    /// Whether a last line without line end was left for the next run.
    pub unfinished: bool,
    /// What ended the reading early; what is counted above is good all the same.
    pub failure: Option<String>,
}

impl IngestOutcome {
    /// Nothing was read of a file that begins as another does, of which more was read.
    fn beginning(of: &SourcePosition) -> Self {
        let failure = format!(
            "it begins as `{}` did when {} lines of that were read, but is shorter: an older or unfinished copy, it \
             seems, so nothing was counted; read it again when it is complete",
            of.path, of.lines
        );
        Self { carries_company_header: true, failure: Some(failure), ..Self::default() }
    }
}

/// Who is told how far reading has come.
pub trait Progress: Send + Sync {
    /// `packed` bytes of the file itself and `lines` lines are read.
    fn advance(&self, packed: u64, lines: u64);
}

impl Steadfast {
    /// Reads one input to its end and counts what is new in it.
    ///
    /// # Errors
    /// When the input can't be opened, its format can't be told, or the store fails. A failure in the middle
    /// of the input is told in [`IngestOutcome::failure`], with what was counted before it.
    pub async fn ingest(
        &self,
        input: &Input,
        options: &IngestOptions,
        progress: &dyn Progress,
    ) -> Result<IngestOutcome, Error> {
        self.keep_zone().await?;
        // What it adds by name, nobody else in this process knows of.
        let mut turn = self.batches.0.turns.turn.lock().await;
        turn.kept.forget();
        let mut located = match identity::locate(self.store.as_ref(), input).await? {
            Found::Ready(located) => located,
            Found::Beginning(position) => return Ok(IngestOutcome::beginning(&position)),
            Found::Damaged(position) => {
                return Err(Error::Input { name: input.name(), message: Found::damaged(&position) });
            }
        };
        let mut outcome = IngestOutcome {
            lines_before: located.before.as_ref().map_or(0, |position| position.lines),
            carries_company_header: true,
            ..IngestOutcome::default()
        };
        let (format, guessed) = match &options.format {
            Some(format) => (format.clone(), None),
            None => match guess(input, &mut located.source)? {
                Guess::Format(format, words) => (*format, Some(words)),
                Guess::Nothing(None) => {
                    outcome.unfinished = packed_size(input).is_some_and(|size| size > 0);
                    return Ok(outcome);
                }
                Guess::Nothing(Some(error)) => {
                    outcome.failure = Some(format!("{error}; nothing could be read of it"));
                    if let Some(broken) = Broken::by(&error, None, None) {
                        self.note_lost_end(&options.source, input, broken, &mut outcome).await?;
                    }
                    return Ok(outcome);
                }
            },
        };
        let places = FormatOptions { company_header: self.platform.company_header.clone(), ..options.places.clone() };
        let decoder =
            format.decoder(&places).map_err(|error| Error::Input { name: input.name(), message: error.to_string() })?;
        outcome.format = Some(format.to_string());
        outcome.guessed = guessed;
        outcome.carries_company_header = decoder.carries_company_header();
        // The number first: should an import come between, the counts are unsettled and settle by themselves.
        let import = self.store.last_import().await?.map(|import| import.number);
        let catalog = Arc::new(self.store.catalog().await?);
        let job = Job {
            decoder,
            matcher: Arc::new(CatalogMatcher::new(Arc::clone(&catalog))),
            import,
            zone: self.platform.zone.clone(),
            hashes: self.batches.0.hashes.clone(),
            environment: options.environment,
            kept_rejects: BLOCK_EVIDENCE,
        };
        let (reading, engine) = Reading::new(self, input, options, located, job, catalog, outcome);
        reading.run(engine, progress).await
    }
}

impl Steadfast {
    /// Appends lines to the rejects file.
    fn keep_rejects(&self, rejects: &[Reject]) -> Result<(), Error> {
        let failed =
            |error: std::io::Error| Error::Rejects { path: self.rejects.path().to_owned(), message: error.to_string() };
        self.rejects.append(rejects).map_err(failed)
    }
}

/// The reading of one input.
struct Reading<'a> {
    steadfast: &'a Steadfast,
    input: &'a Input,
    source: SourceName,
    job: Arc<Job>,
    catalog: Arc<Catalog>,
    packed: Arc<AtomicU64>,
    /// As of its [`source::Source`].
    packed_until: Option<UnixMillis>,
    /// What its last line may be.
    last_line: LastLine,
    /// The last committed position.
    position: Option<SourcePosition>,
    /// The newest position when this one was looked for.
    newest_known: i64,
    /// Lines of the source that are read, earlier runs included.
    line: u64,
    rejects: RejectCounts,
    received: OfSource,
    kept: Kept,
    refused: Refused,
    evidence: Vec<Reject>,
    /// Why it can't be unpacked to its end.
    broken: Option<Broken>,
    outcome: IngestOutcome,
}

impl<'a> Reading<'a> {
    fn new(
        steadfast: &'a Steadfast,
        input: &'a Input,
        options: &IngestOptions,
        located: identity::Located,
        job: Job,
        catalog: Arc<Catalog>,
        outcome: IngestOutcome,
    ) -> (Self, Engine) {
        let (offset, within_line, line) = located
            .before
            .as_ref()
            .map_or((0, false, 0), |position| (position.offset, position.within_line, position.lines));
        let live = !matches!(input, Input::File(_));
        // Whatever is unpacked is waited for: that has a processor for itself.
        let unpacking = usize::from(located.source.packing != source::Packing::Plain);
        let threads = options.threads.saturating_sub(unpacking);
        let blocks = Blocks::new(located.source.stream, located.marks, offset, within_line, live);
        let engine = Engine::new(blocks, threads, &job);
        let reading = Self {
            steadfast,
            input,
            source: options.source.clone(),
            packed: located.source.progress,
            packed_until: located.source.packed_until,
            last_line: match located.source.packing {
                _ if live => LastLine::IsFinal,
                source::Packing::Plain => LastLine::MayGoOn,
                source::Packing::Gzip | source::Packing::Zstd => LastLine::MayGrow,
            },
            position: located.before,
            newest_known: located.newest_known,
            line,
            job: Arc::new(job),
            catalog,
            rejects: RejectCounts::default(),
            received: OfSource::default(),
            kept: Kept::default(),
            refused: Refused::default(),
            evidence: Vec::new(),
            broken: None,
            outcome,
        };
        (reading, engine)
    }

    /// Reads rounds to the end. While one is read, what the one before told is gone through, and the counts of those before
    /// that are committed.
    async fn run(mut self, engine: Engine, progress: &dyn Progress) -> Result<IngestOutcome, Error> {
        let mut commit: Option<Saving> = None;
        let mut prepared = Instant::now();
        let mut reading = self.read_round(engine);
        loop {
            let Round { mut engine, outcomes, ended } = reading.await.map_err(|_| Error::Interrupted)?;
            self.outcome.lines += outcomes.iter().map(|outcome| outcome.lines).sum::<u64>();
            self.outcome.counted += outcomes.iter().map(|outcome| outcome.counted).sum::<u64>();
            outcomes.iter().for_each(|outcome| self.outcome.rejected.merge(&outcome.reject_counts));
            progress.advance(self.packed.load(Ordering::Relaxed), self.outcome.lines);
            let full = self.kept.is_full() || engine.is_full();
            let keys = engine.len();
            let held = keys > 0 || self.rejects.total() > 0 || !self.evidence.is_empty();
            let silent = self.last_line == LastLine::IsFinal && outcomes.is_empty() && held;
            let due = ended || full || silent || keys >= KEYS || prepared.elapsed() >= INTERVAL;
            let hopeless = self.hopeless();
            let mut counts = None;
            if due && (ended || !hopeless) {
                self.finish(commit.take()).await?;
                counts = Some(self.take_counts(&mut engine, &outcomes));
            }
            let next = (!ended).then(|| self.read_round(engine));
            self.admit(&outcomes).await?;
            if let Some(counts) = counts.filter(|_| !hopeless) {
                commit = Some(tokio::spawn(self.prepare_commit(counts)?.save(self.steadfast.clone())));
                self.kept.turn_over();
                prepared = Instant::now();
            }
            if ended || full {
                self.finish(commit.take()).await?;
                self.kept.forget();
            }
            match next {
                Some(next) => reading = next,
                None => return self.end(hopeless).await,
            }
        }
    }

    /// What was read, at the end.
    async fn end(mut self, hopeless: bool) -> Result<IngestOutcome, Error> {
        self.outcome.hopeless = hopeless;
        if hopeless {
            // The evidence alone.
            self.steadfast.keep_rejects(&std::mem::take(&mut self.evidence))?;
        } else if let Some(broken) = self.broken {
            self.steadfast.note_lost_end(&self.source, self.input, broken, &mut self.outcome).await?;
        }
        Ok(self.outcome)
    }

    /// Whether nothing of a new file could be used so far, which is most likely read in a wrong format. Then it is
    /// not marked as read, so that it can be read in the right one. (Lines that are only too old are read rightly.)
    fn hopeless(&self) -> bool {
        let new_file = matches!(self.input, Input::File(_)) && self.position.is_none();
        let usable = self.outcome.counted + self.outcome.rejected.get(RejectReason::TooOld);
        new_file && usable == 0 && self.outcome.lines >= HOPELESS
    }

    /// Waits for a commit under way.
    async fn finish(&mut self, commit: Option<Saving>) -> Result<(), Error> {
        if let Some(commit) = commit {
            let (position, unidentified) = commit.await.map_err(|_| Error::Interrupted)??;
            self.position = position;
            self.outcome.unidentified += unidentified;
        }
        Ok(())
    }

    /// Reads a round on the blocking threads.
    fn read_round(&self, mut engine: Engine) -> tokio::task::JoinHandle<Round> {
        let (job, bounds, last_line) = (Arc::clone(&self.job), self.steadfast.bounds(), self.last_line);
        tokio::task::spawn_blocking(move || {
            let mut outcomes = engine.round(&job, bounds);
            let ended = engine.blocks.end().is_some();
            if ended {
                outcomes.extend(engine.last_line(&job, bounds, last_line));
            }
            Round { engine, outcomes, ended }
        })
    }

    /// Adds what the blocks of a round told.
    async fn admit(&mut self, outcomes: &[BlockOutcome]) -> Result<(), Error> {
        let firsts = outcomes.iter().map(|outcome| &outcome.firsts);
        self.kept.learn(firsts, &self.job.hashes, self.steadfast.store.as_ref()).await?;
        outcomes.iter().for_each(|outcome| self.add(outcome));
        Ok(())
    }

    /// Adds what one block told, in the order of the source.
    fn add(&mut self, block: &BlockOutcome) {
        self.rejects.merge(&block.reject_counts);
        self.received.add(block);
        self.kept.admit(&block.firsts, &mut self.refused);
        for reject in &block.rejects {
            if self.evidence.len() < EVIDENCE {
                self.evidence.push(Reject {
                    source: self.input.name(),
                    line: self.line + reject.line_in_block + 1,
                    reason: reject.reason.key(),
                    detail: reject.detail.clone(),
                    text: reject.text.clone(),
                });
            }
        }
        self.line += block.lines;
    }

    /// Takes everything counted so far, with the position up to which it was: what the last blocks told is yet to be added.
    fn take_counts(&mut self, engine: &mut Engine, last: &[BlockOutcome]) -> Counted {
        let at = self.steadfast.clock.now();
        self.outcome.unfinished = !engine.blocks.unfinished().is_empty();
        if let Some(End::Failed(error)) = engine.blocks.end() {
            self.outcome.failure = Some(format!("{error}; what is counted above is kept"));
            // It is packed, and not piped.
            if self.last_line == LastLine::MayGrow {
                let last_call = self.job.last_call(engine.blocks.marks().tail(), self.steadfast.bounds());
                self.broken = Broken::by(error, last_call, self.packed_until);
            }
        }
        let lines = self.line + last.iter().map(|block| block.lines).sum::<u64>();
        let after = position(self.input, &engine.blocks, lines, at);
        Counted { at, tallied: engine.tallies().map(WorkerTally::drain).collect(), after }
    }

    /// Prepares a commit of what was counted, when all that the blocks told is added.
    fn prepare_commit(&mut self, counted: Counted) -> Result<Prepared, Error> {
        let Counted { at, tallied, after } = counted;
        self.steadfast.keep_rejects(&std::mem::take(&mut self.evidence))?;
        let mut commit = IngestCommit {
            before: self.position.clone(),
            after,
            newest_known: self.newest_known,
            catalog: self.job.import,
            rejects: keyed(&std::mem::take(&mut self.rejects)),
            ..IngestCommit::empty(at)
        };
        let mut received = Received::default();
        received.add(&self.source, self.input.way(), &std::mem::take(&mut self.received));
        received.take_into(&mut commit);
        let refused = std::mem::take(&mut self.refused);
        Ok(Prepared { commit, tallied, refused, catalog: Arc::clone(&self.catalog) })
    }
}

impl Input {
    /// The source under which it counts as received where none is named.
    #[must_use]
    pub fn default_source(&self) -> SourceName {
        match self {
            Self::File(_) => SourceName::files(),
            Self::Pipe(_) | Self::Stdin => SourceName::stdin(),
        }
    }

    /// The way by which its calls come in.
    fn way(&self) -> SourceWay {
        match self {
            Self::File(_) => SourceWay::Files,
            Self::Pipe(_) | Self::Stdin => SourceWay::Stdin,
        }
    }
}

/// A commit under way, which gives the position as it was saved, and how many of its calls name no app.
type Saving = tokio::task::JoinHandle<Result<(Option<SourcePosition>, u64), Error>>;

/// What was counted up to some moment, and where the source stood then.
struct Counted {
    at: UnixMillis,
    tallied: Vec<Tallied>,
    after: Option<SourcePosition>,
}

/// A commit, and what is to be put together for it.
struct Prepared {
    commit: IngestCommit,
    tallied: Vec<Tallied>,
    refused: Refused,
    catalog: Arc<Catalog>,
}

impl Prepared {
    /// Commits, while the next lines are read.
    async fn save(self, steadfast: Steadfast) -> Result<(Option<SourcePosition>, u64), Error> {
        let put_together = tokio::task::spawn_blocking(move || {
            let Self { mut commit, tallied, refused, catalog } = self;
            let mut pending = Pending::default();
            let mut unidentified = 0;
            for tallied in tallied {
                unidentified += pending.add(&tallied, &catalog, &refused);
            }
            pending.take_into(&mut commit);
            (commit, unidentified)
        });
        let (commit, unidentified) = put_together.await.map_err(|_| Error::Interrupted)?;
        Ok((save(steadfast, commit).await?, unidentified))
    }
}

/// A round, with the engine that read it.
struct Round {
    engine: Engine,
    outcomes: Vec<BlockOutcome>,
    ended: bool,
}

/// The position to be saved; none for standard input, and none before the first byte.
fn position(input: &Input, blocks: &Blocks, lines: u64, at: UnixMillis) -> Option<SourcePosition> {
    let Input::File(path) = input else { return None };
    let marks = blocks.marks();
    // It is compared with paths of runs in other directories.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    (blocks.offset() > 0).then(|| SourcePosition {
        id: 0,
        path: path.display().to_string(),
        offset: blocks.offset(),
        lines,
        within_line: blocks.within_line(),
        head_len: marks.head_len(),
        head_digest: marks.head_digest(),
        tail_digest: marks.tail_digest(),
        updated_at: at,
        followed_by: None,
    })
}

/// Commits, if there is anything to commit. Returns the position as it is saved then.
async fn save(steadfast: Steadfast, commit: IngestCommit) -> Result<Option<SourcePosition>, Error> {
    let unmoved = match (&commit.before, &commit.after) {
        (Some(before), Some(after)) => before.offset == after.offset,
        (_, None) => true,
        (None, Some(_)) => false,
    };
    if unmoved && commit.tallies.is_empty() && commit.rejects.is_empty() {
        return Ok(commit.before);
    }
    let name = commit.after.as_ref().map(|position| position.path.clone());
    steadfast.store.commit_ingest(commit).await.map_err(|error| match (error, name) {
        (StoreError::Conflict, Some(name)) => Error::Input {
            name,
            message: "another process is reading the same file; nothing was counted twice, but let one finish first"
                .to_owned(),
        },
        (error, _) => error.into(),
    })
}
