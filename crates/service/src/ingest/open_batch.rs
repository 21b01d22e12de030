//! A batch while it comes in: hashed, decoded and added up piece by piece, so that it needs little memory whatever its size.
//! Nothing of it is counted before all of it is there and right.

use std::io::Read;
use std::sync::PoisonError;

use model::{Environment, PlatformZone, SourceName};
use secrets::Digester;
use store::SeenBatch;
use traffic::{
    BlockContext, BlockOutcome, Decoder, First, Firsts, FormatOptions, OtlpEncoding, OtlpPlaces, OtlpReader,
    RejectCounts, Tallied, TimeBounds, WorkerTally,
};

use super::array::{Malformed, Unfold};
use super::batch::{BatchReject, BatchShape, Batches, Identity, Known, ReadBatch, check_key};
use super::cutter::Cutter;
use super::reading::{Permission, SourceReading};
use super::received::OfSource;
use super::rejects::Reject;
use crate::{Error, Steadfast};

/// Of how many rejected lines the answer tells what was wrong; as many of each block are kept in the rejects file.
const DETAILS: usize = 100;

/// How many rejected lines of a batch are kept in the rejects file.
const EVIDENCE: usize = 1000;

/// How many tallies are kept for later blocks.
const KEPT_TALLIES: usize = 8;

/// How much of an export is read at once, in bytes.
const STEP: usize = 64 << 10;

/// How much room an export that is coming in has to spare at most, in bytes.
const SPARE: usize = 1 << 20;

/// About how much memory a count takes, in bytes.
const COUNT_BYTES: usize = 64;

/// About how much memory an app of a block takes beside its id, in bytes.
const APP_BYTES: usize = 64;

/// How much memory the first occurrence of a route or a company takes, in bytes.
const FIRST_BYTES: usize = size_of::<First>();

/// What keeps lines that look like an array apart from that array: no array ends so.
const NO_ARRAY: &[u8] = b"\nlines";

/// What is known of a batch before its first byte.
#[derive(Clone, Debug)]
pub struct BatchHead {
    /// What its records look like.
    pub shape: BatchShape,
    /// The environment of calls that don't name one.
    pub environment: Environment,
    /// The sender's own name for the batch (`Idempotency-Key`): 1 to 255 visible ASCII characters.
    pub key: Option<String>,
    /// Who sends it: the id of a token. Senders don't know of each other's batches.
    pub sender: String,
    /// The source under which it counts as received, and which the rejects file names.
    pub source: SourceName,
    /// How its lines are read.
    pub reading: SourceReading,
    /// Which of its calls the sender may send.
    pub permission: Permission,
}

/// A batch that is coming in.
pub struct OpenBatch {
    head: BatchHead,
    digester: Digester,
    /// The batch that was counted under the same key: then its digest is all that is looked at.
    seen: Option<SeenBatch>,
    unfold: Unfold,
    /// Whether lines look like an array.
    looks: Unfold,
    lines: Vec<u8>,
    cutter: Cutter,
    /// An OTLP export, which is read once it is whole.
    export: Vec<u8>,
    company_header: String,
    tallying: Tallying,
}

/// A batch that was taken in to its end, to be given to [`Steadfast::commit_batch`].
pub struct DoneBatch(pub(super) Done);

/// See [`DoneBatch`].
pub(super) enum Done {
    /// One was counted under the same key; the digest of this one.
    CountedBefore(SeenBatch, [u8; 32]),
    /// It is added up.
    Read(Box<ReadBatch>),
}

impl Steadfast {
    /// Begins a batch. Its bytes are added as they come, and once all are there it is finished and committed
    /// ([`Steadfast::commit_batch`]); to drop it on the way leaves no trace.
    ///
    /// # Errors
    /// For a key that can't be one, and when the store fails.
    pub async fn open_batch(&self, head: BatchHead) -> Result<OpenBatch, Error> {
        check_key(head.key.as_deref())?;
        self.keep_zone_once().await?;
        let seen = match &head.key {
            Some(key) => self.store.batch_seen(&head.sender, Some(key), &[0; 32], self.forgotten_since()).await?,
            None => None,
        };
        let now = self.clock.now();
        let mut digester = Digester::default();
        // The same bytes for another environment are another batch.
        digester.update(head.environment.key().as_bytes());
        digester.update(head.shape.mark());
        let is_array = head.shape == BatchShape::LinesOrArray;
        Ok(OpenBatch {
            digester,
            seen,
            unfold: if is_array { Unfold::default() } else { Unfold::lines() },
            looks: Unfold::default(),
            lines: Vec::new(),
            cutter: Cutter::default(),
            export: Vec::new(),
            company_header: self.platform.company_header.clone(),
            tallying: Tallying {
                batches: self.batches.clone(),
                export_decoder: matches!(head.shape, BatchShape::Otlp(_)).then(Decoder::steadfast),
                known: self.known_catalog().await?,
                zone: self.platform.zone.clone(),
                bounds: TimeBounds { now, oldest: self.oldest(now) },
                line: 1,
                held: 0,
                tallied: Vec::new(),
                firsts: Vec::new(),
                received: OfSource::default(),
                accepted: 0,
                rejected: RejectCounts::default(),
                details: Vec::new(),
                evidence: Vec::new(),
            },
            head,
        })
    }
}

impl OpenBatch {
    /// Takes in the next bytes: work for a thread that may be busy for a while.
    ///
    /// # Errors
    /// [`Error::Batch`] once it shows that the batch can't be used as a whole.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.digester.update(bytes);
        if self.head.shape == BatchShape::Lines {
            self.looks.look(bytes);
        }
        if self.seen.is_some() {
            return Ok(());
        }
        let Self { head, unfold, lines, cutter, export, tallying, .. } = self;
        match head.shape {
            BatchShape::Otlp(_) => extend(export, bytes),
            BatchShape::Lines => cutter.add(bytes, |block| tallying.add(head, block)),
            BatchShape::LinesOrArray => {
                lines.clear();
                unfold.add(bytes, lines).map_err(malformed)?;
                cutter.add(lines, |block| tallying.add(head, block));
            }
        }
        Ok(())
    }

    /// About how much memory what was added up so far takes, in bytes, beside a few hundred kibibytes that every batch
    /// needs.
    #[must_use]
    pub fn held(&self) -> usize {
        self.tallying.held + self.export.capacity()
    }

    /// Ends the batch: work for a thread that may be busy for a while.
    ///
    /// # Errors
    /// [`Error::Batch`] if it can't be used as a whole.
    pub fn finish(self) -> Result<DoneBatch, Error> {
        let Self {
            head,
            mut digester,
            seen,
            mut unfold,
            looks,
            mut lines,
            mut cutter,
            export,
            company_header,
            mut tallying,
        } = self;
        if looks.is_array() {
            digester.update(NO_ARRAY);
        }
        let digest = *digester.finish().as_bytes();
        if let Some(seen) = seen {
            return Ok(DoneBatch(Done::CountedBefore(seen, digest)));
        }
        if let BatchShape::Otlp(encoding) = head.shape {
            let options = FormatOptions { company_header, ..head.reading.options.clone() };
            read_export(encoding, export, &options, |bytes| {
                cutter.add(bytes, |block| tallying.add(&head, block));
            })?;
        }
        lines.clear();
        unfold.finish(&mut lines).map_err(malformed)?;
        cutter.add(&lines, |block| tallying.add(&head, block));
        cutter.finish(|block| tallying.add(&head, block));
        let BatchHead { key, sender, source, reading, .. } = head;
        let Tallying { known, tallied, firsts, received, accepted, rejected, details, evidence, .. } = tallying;
        Ok(DoneBatch(Done::Read(Box::new(ReadBatch {
            identity: Identity::new(sender, key, digest, accepted, &rejected),
            source,
            way: reading.way,
            received,
            import: known.import,
            catalog: known.catalog,
            tallied,
            firsts,
            accepted,
            rejected,
            details,
            evidence,
        }))))
    }
}

fn malformed(malformed: Malformed) -> Error {
    let sentence = match malformed {
        Malformed::NoEnd => "the JSON array has no end; nothing of it was counted, send all of it",
        Malformed::GoesOn => "something follows the JSON array; send one array, or one record a line",
        Malformed::NoBeginning => "it begins with white space that does not end; send the records alone",
    };
    Error::Batch(sentence.to_owned())
}

/// Appends bytes, with little room to spare: it counts for the memory that batches share.
fn extend(export: &mut Vec<u8>, bytes: &[u8]) {
    if export.capacity() - export.len() < bytes.len() {
        export.reserve_exact(bytes.len().max(export.len().min(SPARE)));
    }
    export.extend_from_slice(bytes);
}

/// Reads the log records of an export, one a line.
fn read_export(
    encoding: OtlpEncoding,
    export: Vec<u8>,
    options: &FormatOptions,
    mut take: impl FnMut(&[u8]),
) -> Result<(), Error> {
    let undecodable = |error: &dyn std::fmt::Display| {
        Error::Batch(format!("the batch can't be decoded, and nothing of it was counted: {error}"))
    };
    let places = OtlpPlaces::new(options).map_err(|error| Error::Batch(error.to_string()))?;
    let mut reader = OtlpReader::new(encoding, export, places).map_err(|error| undecodable(&error))?;
    let mut buffer = vec![0; STEP];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(buffer.get(..read).unwrap_or_default()),
            Err(error) => return Err(undecodable(&error)),
        }
    }
}

/// What was added up of a batch so far.
struct Tallying {
    batches: Batches,
    /// What reads the lines that the records of an OTLP export become.
    export_decoder: Option<Decoder>,
    known: Known,
    zone: PlatformZone,
    bounds: TimeBounds,
    /// The number of the next line.
    line: u64,
    /// About how much memory the rest takes.
    held: usize,
    tallied: Vec<Tallied>,
    /// Of each block that has any.
    firsts: Vec<Firsts>,
    received: OfSource,
    accepted: u64,
    rejected: RejectCounts,
    details: Vec<BatchReject>,
    evidence: Vec<Reject>,
}

impl Tallying {
    /// Adds a block of whole lines.
    fn add(&mut self, head: &BatchHead, block: &[u8]) {
        let context = BlockContext {
            decoder: self.export_decoder.as_ref().unwrap_or(head.reading.decoder.as_ref()),
            matcher: self.known.matcher.as_ref(),
            bounds: self.bounds,
            default_environment: head.environment,
            allowed: head.permission.limits(),
            kept_rejects: DETAILS,
        };
        let mut tally = self.borrow_tally();
        let outcome = tally.tally_block(block, 0, &context);
        let texts = tally.text_bytes();
        let tallied = tally.drain().shrunk();
        self.give_back(tally);
        if !tallied.is_empty() {
            // Once as what is counted, once as what was met for the first time.
            let apps: usize = tallied.apps().iter().map(|app| 2 * app.len() + APP_BYTES).sum();
            self.held += tallied.len() * COUNT_BYTES + texts + apps;
            self.tallied.push(tallied);
        }
        self.add_outcome(head, outcome);
    }

    fn add_outcome(&mut self, head: &BatchHead, outcome: BlockOutcome) {
        self.accepted += outcome.counted;
        self.rejected.merge(&outcome.reject_counts);
        self.received.add(&outcome);
        if !outcome.firsts.list().is_empty() {
            self.held += outcome.firsts.list().len() * FIRST_BYTES;
            self.firsts.push(outcome.firsts);
        }
        for reject in outcome.rejects {
            let (line, reason) = (self.line + reject.line_in_block, reject.reason);
            if self.details.len() < DETAILS {
                self.details.push(BatchReject { line, reason, detail: reject.detail.clone() });
            }
            if self.evidence.len() < EVIDENCE {
                self.held += reject.detail.len() + reject.text.len();
                self.evidence.push(Reject {
                    source: head.source.to_string(),
                    line,
                    reason: reason.key(),
                    detail: reject.detail,
                    text: reject.text,
                });
            }
        }
        self.line += outcome.lines;
    }

    /// A tally that nobody uses: a batch needs one for the time of a block only.
    fn borrow_tally(&self) -> WorkerTally {
        let kept = self.batches.0.tallies.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| WorkerTally::new(self.zone.clone(), &self.batches.0.hashes))
    }

    fn give_back(&self, tally: WorkerTally) {
        let mut kept = self.batches.0.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT_TALLIES {
            kept.push(tally);
        }
    }
}
