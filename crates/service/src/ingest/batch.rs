//! Batches of call records, as they come over HTTP: each is counted exactly once, and durably before it is acknowledged.
//!
//! Batches are read side by side. Committing them is one's turn at a time: whoever's turn it is takes all that wait
//! and commits them together with what is needed to recognise each when it is sent again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::iter;
use std::sync::{Arc, Mutex, PoisonError};

use model::{Catalog, Environment, SourceName, SourceWay, UnixMillis};
use secrets::Digester;
use store::SeenBatch;
use tokio::sync::{OnceCell, oneshot};
use traffic::{Firsts, OtlpEncoding, RejectCounts, RejectReason, Tallied, TextHasher, WorkerTally};

use super::open_batch::{BatchHead, Done, DoneBatch};
use super::reading::{Permission, SourceReading};
use super::received::OfSource;
use super::rejects::Reject;
use super::routes::CatalogMatcher;
use super::turns::Turns;
use crate::{Error, Steadfast};

/// For how long a batch is recognised when it is sent again.
const REMEMBERED_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The longest idempotency key, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// How much of a body is taken in at once, in bytes.
const STEP: usize = 64 << 10;

/// A batch of call records.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The records, unpacked. Its size is for the caller to bound.
    pub body: Vec<u8>,
    /// What they look like.
    pub shape: BatchShape,
    /// The environment of calls that don't name one.
    pub environment: Environment,
    /// The sender's own name for the batch (`Idempotency-Key`): 1 to 255 visible ASCII characters.
    pub key: Option<String>,
    /// Who sent it: the id of a token. Senders don't know of each other's batches.
    pub sender: String,
    /// The source under which it counts as received, and which the rejects file names.
    pub source: SourceName,
    /// How its lines are read.
    pub reading: SourceReading,
    /// Which of its calls the sender may send.
    pub permission: Permission,
}

/// What the records of a batch look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchShape {
    /// One a line (NDJSON).
    Lines,
    /// One a line, or one JSON array of all, as the first character tells.
    LinesOrArray,
    /// The log records of an OTLP export, each of which is a line.
    Otlp(OtlpEncoding),
}

impl BatchShape {
    /// What keeps batches of the same bytes apart that mean different things.
    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Self::Lines | Self::LinesOrArray => b"\n",
            Self::Otlp(OtlpEncoding::Protobuf) => b"\notlp\n",
            Self::Otlp(OtlpEncoding::Json) => b"\notlp json\n",
        }
    }
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
    /// Whether it was counted before, and not read again. The numbers are those of that time.
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
    pub(super) fn again(seen: &SeenBatch) -> Self {
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
pub(super) struct Shared {
    /// Of all that is read, by batches and otherwise, since it meets in [`super::kept::Kept`].
    pub(super) hashes: TextHasher,
    /// Set once the time zone is checked and kept.
    zone: OnceCell<()>,
    catalog: Mutex<Option<Known>>,
    /// Tallies that nobody uses at the moment: each is good for a block of any batch.
    pub(super) tallies: Mutex<Vec<WorkerTally>>,
    pub(super) turns: Turns,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            hashes: TextHasher::new(RandomState::new().hash_one(0)),
            zone: OnceCell::default(),
            catalog: Mutex::default(),
            tallies: Mutex::default(),
            turns: Turns::default(),
        }
    }
}

/// A catalog with what was made of it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) import: Option<i64>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) matcher: Arc<CatalogMatcher>,
}

/// By what a batch is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) sender: String,
    pub(super) key: Option<String>,
    pub(super) digest: [u8; 32],
    /// Where nothing of it could be used and no key names it: the digest of its bytes and of why. It is remembered by that
    /// alone, so that it is another batch once more can be read of it, and the same rejects count once.
    pub(super) of_rejects: Option<[u8; 32]>,
}

impl Identity {
    /// That of a batch of which so much came.
    pub(super) fn new(
        sender: String,
        key: Option<String>,
        digest: [u8; 32],
        accepted: u64,
        rejected: &RejectCounts,
    ) -> Self {
        let with_rejects = || {
            let mut digester = Digester::default();
            digester.update(&digest);
            for (reason, lines) in rejected.iter() {
                digester.update(format!("\n{} {lines}", reason.key()).as_bytes());
            }
            *digester.finish().as_bytes()
        };
        let of_rejects = (key.is_none() && accepted == 0).then(with_rejects);
        Self { sender, key, digest, of_rejects }
    }

    /// The digest that is remembered.
    pub(super) fn remembered(&self) -> [u8; 32] {
        self.of_rejects.unwrap_or(self.digest)
    }

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
    pub(super) source: SourceName,
    pub(super) way: SourceWay,
    pub(super) received: OfSource,
    pub(super) import: Option<i64>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) tallied: Vec<Tallied>,
    /// Of each block that has any.
    pub(super) firsts: Vec<Firsts>,
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
    /// Without a key, a batch none of which could be used is not taken for counted: sent again it is read anew, since the
    /// format may be mended meanwhile, or the clock. Where nothing comes of it again, its rejects are told again and still
    /// count once.
    ///
    /// # Errors
    /// [`Error::Batch`] for one that can't be used as a whole, [`Error::KeyReused`] for a key of a batch with other
    /// bytes, or when the store fails. Nothing of it is counted then.
    pub async fn ingest_batch(&self, batch: Batch) -> Result<BatchOutcome, Error> {
        let Batch { body, shape, environment, key, sender, source, reading, permission } = batch;
        let head = BatchHead { shape, environment, key, sender, source, reading, permission };
        let mut open = self.open_batch(head).await?;
        let reading = tokio::task::spawn_blocking(move || {
            for part in body.chunks(STEP) {
                open.add(part)?;
            }
            open.finish()
        });
        let done = reading.await.map_err(|_| Error::Interrupted)??;
        self.commit_batch(done).await
    }

    /// Commits a batch that was taken in to its end, unless it was counted before; see [`Steadfast::ingest_batch`].
    ///
    /// # Errors
    /// As there.
    pub async fn commit_batch(&self, done: DoneBatch) -> Result<BatchOutcome, Error> {
        let read = match done.0 {
            Done::CountedBefore(seen, digest) if seen.digest == digest => return Ok(BatchOutcome::again(&seen)),
            Done::CountedBefore(..) => return Err(Error::KeyReused),
            Done::Read(read) => *read,
        };
        if let Some(outcome) = self.counted_before(&read).await? {
            return Ok(outcome);
        }
        if read.accepted == 0 && read.rejected.total() == 0 {
            return Ok(read.outcome());
        }
        self.take_turn(read).await
    }

    /// Checks once that the counts are in days of the configured time zone.
    pub(super) async fn keep_zone_once(&self) -> Result<(), Error> {
        self.batches.0.zone.get_or_try_init(|| self.keep_zone()).await?;
        Ok(())
    }

    /// What is said of this batch if there is nothing to count any more: what was said when it was counted, or that again
    /// nothing of it could be used.
    pub(super) async fn counted_before(&self, read: &ReadBatch) -> Result<Option<BatchOutcome>, Error> {
        let Identity { sender, key, digest, of_rejects } = &read.identity;
        for digest in iter::once(digest).chain(of_rejects) {
            match self.store.batch_seen(sender, key.as_deref(), digest, self.forgotten_since()).await? {
                None => {}
                Some(seen) if seen.digest == *digest && of_rejects.as_ref() == Some(digest) => {
                    return Ok(Some(read.outcome()));
                }
                Some(seen) if seen.digest == *digest => return Ok(Some(BatchOutcome::again(&seen))),
                Some(_) => return Err(Error::KeyReused),
            }
        }
        Ok(None)
    }

    /// Batches up to this instant are forgotten.
    pub(crate) fn forgotten_since(&self) -> UnixMillis {
        self.clock.now().plus_millis(-REMEMBERED_MILLIS)
    }

    /// The catalog as of the last import, with its matcher.
    pub(super) async fn known_catalog(&self) -> Result<Known, Error> {
        // The number first: should an import come between, the counts are unsettled and settle by themselves.
        let import = self.store.last_import().await?.map(|import| import.number);
        let kept = &self.batches.0.catalog;
        let last = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = last.filter(|known| known.import == import) {
            return Ok(known);
        }
        let catalog = Arc::new(self.store.catalog().await?);
        // Thousands of routes take a while.
        let making = tokio::task::spawn_blocking(move || {
            let matcher = Arc::new(CatalogMatcher::new(Arc::clone(&catalog)));
            Known { import, catalog, matcher }
        });
        let known = making.await.map_err(|_| Error::Interrupted)?;
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

pub(super) fn check_key(key: Option<&str>) -> Result<(), Error> {
    match key {
        Some(key) if !(1..=MAX_KEY_BYTES).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(Error::Batch(format!("an idempotency key has 1 to {MAX_KEY_BYTES} visible ASCII characters")))
        }
        _ => Ok(()),
    }
}
