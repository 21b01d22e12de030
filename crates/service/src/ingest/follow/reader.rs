//! Reading pieces of many files with the same workers: a round of one, then a round of another.

use std::io;
use std::sync::Arc;

use model::Catalog;
use traffic::{BlockOutcome, Format, FormatOptions, Tallied, TimeBounds, WorkerTally};

use super::super::BLOCK_EVIDENCE;
use super::super::batch::Known;
use super::super::blocks::Blocks;
use super::super::identity::Marks;
use super::super::round::{Engine, Job, LastLine};
use super::FollowedSource;
use crate::{Error, Steadfast};

/// How much is left to read at least for several threads to be worth their start, in bytes.
const LARGE: u64 = 4 << 20;

/// The workers, and what they need to know for each format.
pub(super) struct Reader {
    threads: usize,
    small: Option<Engine>,
    large: Option<Engine>,
    known: Option<Known>,
    /// The formats of each source that were met.
    formats: Vec<(usize, Format)>,
    /// How each is read with the catalog of the moment.
    jobs: Vec<Option<Arc<Job>>>,
}

/// What a round gave.
pub(super) struct Round {
    pub(super) blocks: Blocks,
    pub(super) outcomes: Vec<BlockOutcome>,
    /// Whether the stream has come to its end.
    pub(super) ended: bool,
}

impl Reader {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, small: None, large: None, known: None, formats: Vec::new(), jobs: Vec::new() }
    }

    /// The number of a format of a source.
    pub(super) fn format(&mut self, source: usize, format: Format) -> usize {
        let known = self.formats.iter().position(|(of, known)| *of == source && *known == format);
        known.unwrap_or_else(|| {
            self.formats.push((source, format));
            self.jobs.push(None);
            self.formats.len() - 1
        })
    }

    /// Whether what is read from now on is matched with another catalog than what was read so far.
    pub(super) fn differs(&self, known: &Known) -> bool {
        self.known.as_ref().is_some_and(|last| last.import != known.import)
    }

    /// Matches with this catalog from now on.
    pub(super) fn know(&mut self, known: Known) {
        if self.known.as_ref().is_none_or(|last| last.import != known.import) {
            self.jobs.fill(None);
            self.known = Some(known);
        }
    }

    /// The catalog and the import that it came by.
    pub(super) fn catalog(&self) -> Option<(Option<i64>, Arc<Catalog>)> {
        self.known.as_ref().map(|known| (known.import, Arc::clone(&known.catalog)))
    }

    /// How a file of a format is read.
    pub(super) fn job(
        &mut self,
        format: usize,
        sources: &[FollowedSource],
        steadfast: &Steadfast,
    ) -> Result<Arc<Job>, Error> {
        if let Some(Some(job)) = self.jobs.get(format) {
            return Ok(Arc::clone(job));
        }
        let (known, (source, format_read)) = match (&self.known, self.formats.get(format)) {
            (Some(known), Some(format)) => (known, format),
            _ => return Err(Error::Interrupted),
        };
        let source = sources.get(*source).ok_or(Error::Interrupted)?;
        let places =
            FormatOptions { company_header: steadfast.platform.company_header.clone(), ..source.places.clone() };
        let decoder = format_read
            .decoder(&places)
            .map_err(|error| Error::Input { name: source.name.to_string(), message: error.to_string() })?;
        let job = Arc::new(Job {
            decoder,
            matcher: Arc::clone(&known.matcher),
            import: known.import,
            zone: steadfast.platform.zone.clone(),
            hashes: steadfast.batches.0.hashes.clone(),
            environment: source.environment,
            kept_rejects: BLOCK_EVIDENCE,
        });
        if let Some(kept) = self.jobs.get_mut(format) {
            *kept = Some(Arc::clone(&job));
        }
        Ok(job)
    }

    /// Reads a round of a stream of which about `left` bytes are left, and at its end what its last line is, if that is said.
    pub(super) fn round(
        &mut self,
        blocks: Blocks,
        left: u64,
        job: &Job,
        bounds: TimeBounds,
        last_line: Option<LastLine>,
    ) -> Round {
        let (engine, threads) =
            if left >= LARGE && self.threads > 1 { (&mut self.large, self.threads) } else { (&mut self.small, 1) };
        let engine = engine.get_or_insert_with(|| Engine::new(nothing(), threads, job));
        engine.blocks = blocks;
        let mut outcomes = engine.round(job, bounds);
        let ended = engine.blocks.end().is_some();
        if let (true, Some(last_line)) = (ended, last_line) {
            outcomes.extend(engine.last_line(job, bounds, last_line));
        }
        Round { blocks: std::mem::replace(&mut engine.blocks, nothing()), outcomes, ended }
    }

    /// How many keys the workers hold.
    pub(super) fn len(&self) -> usize {
        [&self.small, &self.large].into_iter().flatten().map(Engine::len).sum()
    }

    /// Whether the texts that the workers hold fill as much memory as they should.
    pub(super) fn is_full(&self) -> bool {
        [&self.small, &self.large].into_iter().flatten().any(Engine::is_full)
    }

    /// Takes out what the workers counted.
    pub(super) fn drain(&mut self) -> Vec<Tallied> {
        let engines = [&mut self.small, &mut self.large].into_iter().flatten();
        engines.flat_map(Engine::tallies).map(WorkerTally::drain).collect()
    }
}

fn nothing() -> Blocks {
    Blocks::new(Box::new(io::empty()), Marks::default(), 0, false, false)
}
