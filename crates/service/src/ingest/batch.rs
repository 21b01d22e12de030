//! Batches of call records, as they come over HTTP: each is counted exactly once, and durably before it is acknowledged.
//!
//! Batches are read side by side. Committing them is one's turn at a time: whoever's turn it is takes all that wait
//! and commits them together with what is needed to recognise each when it is sent again.

use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use model::{Catalog, Environment, UnixMillis};
use secrets::Digest;
use store::SeenBatch;
use tokio::sync::{OnceCell, oneshot};
use traffic::{Decoder, First, RejectCounts, RejectReason, Tallied, TimeBounds, WorkerTally};

use super::array::{self, Malformed};
use super::blocks::Blocks;
use super::identity::Marks;
use super::rejects::Reject;
use super::round::{Engine, Job, LastLine};
use super::routes::CatalogMatcher;
use super::turns::Turns;
use crate::{Error, Steadfast};

/// For how long a batch is recognised when it is sent again.
const REMEMBERED_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The longest idempotency key, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// Of how many rejected lines the answer tells what was wrong; as many of each block are kept in the rejects file.
const DETAILS: usize = 100;

/// The size from which a batch is read by several threads, in bytes.
const LARGE: usize = 4 << 20;

/// A batch of call records.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The records, unpacked. Its size is for the caller to bound.
    pub body: Vec<u8>,
    /// What they look like.
    pub shape: BatchShape,
    /// The environment of calls that don't name one.
    pub environment: Environment,
    /// The sender's own name for the batch (`Idempotency-Key`): 1 to 255 bytes without control characters.
    pub key: Option<String>,
    /// Who sent it: the id of a token. Senders don't know of each other's batches.
    pub sender: String,
    /// How it is called in the rejects file: `http`, or the name of the token.
    pub source: String,
}

/// What the records of a batch look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchShape {
    /// One a line (NDJSON).
    Lines,
    /// One a line, or one JSON array of all, as the first character tells.
    LinesOrArray,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchOutcome {
    /// How many calls are counted.
    pub accepted: u64,
    /// How many records are not, by reason.
    pub rejected: Vec<(RejectReason, u64)>,
    /// The first of these, 100 at most; none for a batch that was counted before.
    pub details: Vec<BatchReject>,
    /// Whether it was counted before, and not again. The numbers are those of that time.
    pub duplicate: bool,
}

/// A record that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchReject {
    /// The number of the line, or of the element of the array, from 1.
    pub line: u64,
    /// Why.
    pub reason: RejectReason,
    /// What exactly is wrong; may be empty.
    pub detail: String,
}

impl BatchOutcome {
    /// How many records are not counted.
    #[must_use]
    pub fn rejected_total(&self) -> u64 {
        self.rejected.iter().map(|(_, count)| count).sum()
    }

    /// What is said of a batch that was counted before.
    fn again(seen: &SeenBatch) -> Self {
        let reason = |(key, count): &(String, u64)| Some((RejectReason::from_key(key)?, *count));
        let mut rejected: Vec<_> = seen.rejects.iter().filter_map(reason).collect();
        rejected.sort_unstable_by_key(|(reason, _)| *reason);
        Self { accepted: seen.accepted, rejected, details: Vec::new(), duplicate: true }
    }
}

/// What batches share: whose turn it is to commit, and the catalog as it was last met. Clones share it.
#[derive(Clone, Default)]
pub struct Batches(pub(super) Arc<Shared>);

/// See [`Batches`].
#[derive(Default)]
pub(super) struct Shared {
    /// Set once the time zone is checked and kept.
    zone: OnceCell<()>,
    catalog: Mutex<Option<Known>>,
    pub(super) turns: Turns,
}

/// A catalog with what was made of it.
#[derive(Clone)]
struct Known {
    import: Option<i64>,
    catalog: Arc<Catalog>,
    matcher: Arc<CatalogMatcher>,
}

/// By what a batch is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) sender: String,
    pub(super) key: Option<String>,
    pub(super) digest: [u8; 32],
}

impl Identity {
    /// Whether, after the other was counted, this one would be taken for it.
    pub(super) fn follows(&self, other: &Self) -> bool {
        self.sender == other.sender
            && match &self.key {
                Some(_) => self.key == other.key,
                None => self.digest == other.digest,
            }
    }
}

/// A batch that is read but not committed.
pub(super) struct ReadBatch {
    pub(super) identity: Identity,
    pub(super) import: Option<i64>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) tallied: Vec<Tallied>,
    pub(super) firsts: Vec<First>,
    pub(super) accepted: u64,
    pub(super) rejected: RejectCounts,
    pub(super) details: Vec<BatchReject>,
    pub(super) evidence: Vec<Reject>,
}

impl ReadBatch {
    /// How many keys it has at most.
    pub(super) fn len(&self) -> usize {
        self.tallied.iter().map(Tallied::len).sum()
    }

    /// What is said of it once it is committed.
    pub(super) fn outcome(&self) -> BatchOutcome {
        BatchOutcome {
            accepted: self.accepted,
            rejected: self.rejected.iter().collect(),
            details: self.details.clone(),
            duplicate: false,
        }
    }
}

impl Steadfast {
    /// Counts a batch of call records, unless it was counted in the last 24 hours: under the same key, or without a key,
    /// with the same bytes and environment. On return it is durable. A caller who goes away stops nothing midway.
    ///
    /// # Errors
    /// [`Error::Batch`] for one that can't be used as a whole, [`Error::KeyReused`] for a key of a batch with other
    /// bytes, [`Error::Busy`] while another process ingests, or when the store fails. Nothing of it is counted then.
    pub async fn ingest_batch(&self, batch: Batch) -> Result<BatchOutcome, Error> {
        check_key(batch.key.as_deref())?;
        self.batches.0.zone.get_or_try_init(|| self.keep_zone()).await?;
        let known = self.known_catalog().await?;
        let identified = tokio::task::spawn_blocking(move || identify(batch));
        let (batch, identity) = identified.await.map_err(|_| Error::Interrupted)?;
        if let Some(outcome) = self.counted_before(&identity).await? {
            return Ok(outcome);
        }
        let now = self.clock.now();
        let bounds = TimeBounds { now, oldest: self.oldest(now) };
        let zone = self.platform.zone.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let job = Job {
                decoder: Decoder::steadfast(),
                matcher: known.matcher,
                import: known.import,
                zone,
                environment: batch.environment,
                kept_rejects: DETAILS,
            };
            read(batch, identity, &job, known.catalog, bounds)
        });
        let read = reading.await.map_err(|_| Error::Interrupted)??;
        if read.accepted == 0 && read.rejected.total() == 0 {
            return Ok(read.outcome());
        }
        self.take_turn(read).await
    }

    /// What was said of this batch when it was counted, if it was.
    pub(super) async fn counted_before(&self, identity: &Identity) -> Result<Option<BatchOutcome>, Error> {
        let Identity { sender, key, digest } = identity;
        match self.store.batch_seen(sender, key.as_deref(), digest, self.forgotten_since()).await? {
            None => Ok(None),
            Some(seen) if seen.digest == *digest => Ok(Some(BatchOutcome::again(&seen))),
            Some(_) => Err(Error::KeyReused),
        }
    }

    /// Batches up to this instant are forgotten.
    pub(crate) fn forgotten_since(&self) -> UnixMillis {
        self.clock.now().plus_millis(-REMEMBERED_MILLIS)
    }

    /// The catalog as of the last import, with its matcher.
    async fn known_catalog(&self) -> Result<Known, Error> {
        // The number first: should an import come between, the counts are unsettled and settle by themselves.
        let import = self.store.last_import().await?.map(|import| import.number);
        let kept = &self.batches.0.catalog;
        let last = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = last.filter(|known| known.import == import) {
            return Ok(known);
        }
        let catalog = Arc::new(self.store.catalog().await?);
        let matcher = Arc::new(CatalogMatcher::new(Arc::clone(&catalog)));
        let known = Known { import, catalog, matcher };
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    /// Waits until the batch is committed, in a turn of its own or in another's.
    async fn take_turn(&self, read: ReadBatch) -> Result<BatchOutcome, Error> {
        let (answer, answered) = oneshot::channel();
        self.batches.0.turns.wait(read, answer);
        let steadfast = self.clone();
        // A task of its own, so that a sender who hangs up stops nothing midway.
        tokio::spawn(async move { steadfast.batches.0.turns.take(&steadfast).await });
        answered.await.map_err(|_| Error::Interrupted)?
    }
}

fn check_key(key: Option<&str>) -> Result<(), Error> {
    match key {
        Some(key) if key.is_empty() || key.len() > MAX_KEY_BYTES || key.chars().any(char::is_control) => {
            Err(Error::Batch(format!("an idempotency key has 1 to {MAX_KEY_BYTES} bytes without control characters")))
        }
        _ => Ok(()),
    }
}

fn identify(batch: Batch) -> (Batch, Identity) {
    // The same bytes for another environment are another batch.
    let digest = *Digest::of_parts(&[batch.environment.key().as_bytes(), b"\n", &batch.body]).as_bytes();
    let identity = Identity { sender: batch.sender.clone(), key: batch.key.clone(), digest };
    (batch, identity)
}

/// Reads a batch to its end.
fn read(
    batch: Batch,
    identity: Identity,
    job: &Job,
    catalog: Arc<Catalog>,
    bounds: TimeBounds,
) -> Result<ReadBatch, Error> {
    let Batch { mut body, shape, source, .. } = batch;
    if shape == BatchShape::LinesOrArray && array::is_array(&body) {
        array::to_lines(&mut body).map_err(|malformed| {
            Error::Batch(match malformed {
                Malformed::NoEnd => "the JSON array has no end; nothing of it was counted, send all of it".to_owned(),
                Malformed::GoesOn => {
                    "something follows the JSON array; send one array, or one record a line".to_owned()
                }
            })
        })?;
    }
    let threads = match body.len() {
        LARGE.. => std::thread::available_parallelism().map_or(1, Into::into),
        _ => 1,
    };
    let blocks = Blocks::new(Box::new(Cursor::new(body)), Marks::default(), 0, false, false);
    let mut engine = Engine::new(blocks, threads, job);
    let mut read = ReadBatch {
        identity,
        import: job.import,
        catalog,
        tallied: Vec::new(),
        firsts: Vec::new(),
        accepted: 0,
        rejected: RejectCounts::default(),
        details: Vec::new(),
        evidence: Vec::new(),
    };
    let mut line = 1;
    loop {
        let mut outcomes = engine.round(job, bounds);
        let ended = engine.blocks.end().is_some();
        if ended {
            outcomes.extend(engine.last_line(job, bounds, LastLine::IsFinal));
        }
        for outcome in outcomes {
            read.accepted += outcome.counted;
            read.rejected.merge(&outcome.reject_counts);
            read.firsts.extend(outcome.firsts);
            for reject in outcome.rejects {
                let (line, reason) = (line + reject.line_in_block, reject.reason);
                if read.details.len() < DETAILS {
                    read.details.push(BatchReject { line, reason, detail: reject.detail.clone() });
                }
                let (source, reason) = (source.clone(), reason.key());
                read.evidence.push(Reject { source, line, reason, detail: reject.detail, text: reject.text });
            }
            line += outcome.lines;
        }
        if ended {
            break;
        }
    }
    read.tallied = engine.tallies().map(WorkerTally::drain).collect();
    Ok(read)
}
