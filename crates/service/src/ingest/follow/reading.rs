//! Reading on in files that are known.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use traffic::{BlockOutcome, Format, RejectReason};

use super::super::blocks::{Blocks, End};
use super::super::identity::Marks;
use super::super::round::{Job, LastLine};
use super::super::{HOPELESS, SNIFFED};
use super::chunk::Of;
use super::file::{FileId, Look, Stretch, read_at};
use super::tracked::{Place, State, Tracked};
use super::{AGAIN, FOLLOWED_OPEN, Follower};
use crate::Error;

/// How long one file is read before it is another's turn.
const TURN: Duration = Duration::from_millis(100);

/// How long files are read until what was read is committed; those that waited longest come first.
pub(super) const PASS: Duration = Duration::from_millis(400);

/// How much longer than it takes to find out that no line of a file can be used it is until that is tried again, at least.
const PROPORTION: u32 = 50;

/// How far a piece of a file was read.
pub(super) enum Piece {
    /// To its present end.
    All,
    /// There is more at once.
    More,
    /// Not at all: what was read before is not in it any more.
    Anew,
}

/// Why a piece of a file can't be read.
pub(super) enum Trouble {
    /// The file.
    File(io::Error),
    /// What is in the file, or what is known of it.
    Content(String),
    /// None of its lines can be used, which took so long to find out.
    Hopeless(Duration),
    /// Anything else: then nothing can be read.
    Other(Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Follower {
    /// Reads what is new in files that are read, each for a while. Tells whether there is more at once.
    pub(super) fn read_news(&mut self, now: Instant) -> Result<bool, Error> {
        let due =
            |tracked: &Tracked| matches!(tracked.state, State::Plain(_)) && tracked.has_news() && tracked.is_due(now);
        let mut more = false;
        for id in self.those(due) {
            if now.elapsed() >= PASS {
                return Ok(true);
            }
            more |= self.read_on(id, None)?;
        }
        Ok(more)
    }

    /// The files for which something holds: those that were read longest ago first, then by their paths.
    pub(super) fn those(&self, holds: impl Fn(&Tracked) -> bool) -> Vec<FileId> {
        let mut ids: Vec<FileId> = self.files.iter().filter(|(_, tracked)| holds(tracked)).map(|(id, _)| *id).collect();
        let place = |id: &FileId| self.files.get(id).map(|tracked| (tracked.turn, tracked.path.as_path()));
        ids.sort_by(|one, other| place(one).cmp(&place(other)));
        ids
    }

    /// Reads on in a plain file; to its very end, if its last line is said to be the last.
    pub(super) fn read_on(&mut self, id: FileId, last_line: Option<LastLine>) -> Result<bool, Error> {
        self.make_ready()?;
        let Some(mut tracked) = self.files.remove(&id) else { return Ok(false) };
        tracked.turn = self.looks;
        let read = self.read_piece(&mut tracked, last_line);
        let anew = matches!(read, Ok(Piece::Anew));
        let more = self.judge(&mut tracked, read);
        self.files.insert(id, tracked);
        self.note_open(id)?;
        let more = more?;
        if anew {
            self.begin_anew(id)?;
            return Ok(true);
        }
        if self.chunk.is_full(&self.reader) {
            self.commit()?;
        }
        Ok(more)
    }

    /// What became of a piece: trouble is told, and the file is tried again after a while.
    pub(super) fn judge(&mut self, tracked: &mut Tracked, read: Result<Piece, Trouble>) -> Result<bool, Error> {
        let mut pause = AGAIN;
        let is_unproven = matches!(&tracked.state, State::Packed(packed) if packed.is_unproven());
        let reason = match read {
            // Nothing was read, so that what is wrong may still be.
            Ok(Piece::All) if is_unproven => return Ok(false),
            Ok(piece) => {
                if tracked.trouble.take().is_some() {
                    self.watcher.note(&format!("`{}` is read again", tracked.path.display()));
                }
                return Ok(matches!(piece, Piece::More));
            }
            Err(Trouble::Other(error)) => return Err(error),
            Err(Trouble::File(error)) => format!("it can't be read: {error}; it is tried again"),
            Err(Trouble::Content(message)) => message,
            Err(Trouble::Hopeless(took)) => {
                pause = pause.max(took * PROPORTION);
                "no line can be used, so it is not marked as read; name the format that it has, in the configuration or \
                 with `--format`"
                    .to_owned()
            }
        };
        if tracked.trouble.as_ref().is_none_or(|(told, _)| *told != reason) {
            self.watcher.warn(&format!("`{}`: {reason}", tracked.path.display()));
        }
        tracked.trouble = Some((reason, Instant::now() + pause));
        Ok(false)
    }

    /// Has the catalog of the moment at hand.
    pub(super) fn make_ready(&mut self) -> Result<(), Error> {
        if self.is_ready {
            return Ok(());
        }
        let known = self.runtime.block_on(self.steadfast.known_catalog())?;
        if self.reader.differs(&known) {
            self.commit()?;
        }
        self.reader.know(known);
        self.is_ready = true;
        Ok(())
    }

    fn read_piece(&mut self, tracked: &mut Tracked, last_line: Option<LastLine>) -> Result<Piece, Trouble> {
        let Some(file) = tracked.open()? else { return Ok(Piece::All) };
        let look = Look::through(&file, &tracked.path)?;
        let (path, source, was_done) = (tracked.path.clone(), tracked.source, tracked.done.is_some());
        let State::Plain(place) = &mut tracked.state else { return Ok(Piece::All) };
        if Marks::of(&file, place.offset)?.as_ref() != Some(&place.marks) {
            return Ok(Piece::Anew);
        }
        let Some(job) = self.job_for(&file, &path, source, place, last_line)? else {
            tracked.done = Some(look);
            return Ok(Piece::All);
        };
        place.live |= self.names.iter().any(|(_, names)| names.is_path(&path)) && tracked.left.is_none();
        let started = Instant::now();
        loop {
            let stretch = Stretch::new(Arc::clone(&file), place.offset, look.size, last_line.is_some());
            let blocks = Blocks::new(Box::new(stretch), place.marks.clone(), place.offset, place.within_line, true);
            let left = look.size.saturating_sub(place.offset);
            let round = self.reader.round(blocks, left, &job, self.steadfast.bounds(), last_line);
            let lines: u64 = round.outcomes.iter().map(|block| block.lines).sum();
            let usable = |block: &BlockOutcome| block.counted + block.reject_counts.get(RejectReason::TooOld);
            let usable: u64 = round.outcomes.iter().map(usable).sum();
            if place.offset == 0 && place.saved.is_none() && usable == 0 && lines >= HOPELESS {
                // Lines that are ahead of the clock may only be so until that is set.
                let is_ahead = |block: &BlockOutcome| block.reject_counts.get(RejectReason::TimeInFuture) > 0;
                tracked.hopeless = (!round.outcomes.iter().any(is_ahead)).then_some(look);
                return Err(Trouble::Hopeless(started.elapsed()));
            }
            tracked.hopeless = None;
            let moved = round.blocks.offset() != place.offset;
            if let Some(source) = self.sources.get(source) {
                let path = &path.display().to_string();
                let of = Of { id: look.id, source: &source.name, path, line: place.lines };
                self.chunk.add(&of, &self.evident, round.outcomes);
            }
            place.dirty |= moved;
            place.live |= moved && was_done && last_line.is_none() && tracked.left.is_none();
            place.lines += lines;
            place.offset = round.blocks.offset();
            place.within_line = round.blocks.within_line();
            place.marks = round.blocks.marks().clone();
            if let Some(End::Failed(error)) = round.blocks.end() {
                return Err(Trouble::File(io::Error::new(error.kind(), error.to_string())));
            }
            if !moved || round.ended {
                tracked.done = Some(look);
                tracked.read_at = self.steadfast.clock.now();
                return Ok(Piece::All);
            }
            if started.elapsed() >= TURN || self.chunk.is_full(&self.reader) {
                return Ok(Piece::More);
            }
        }
    }

    /// How a file is read; `None` as long as there is nothing to tell its format from.
    fn job_for(
        &mut self,
        file: &File,
        path: &std::path::Path,
        source: usize,
        place: &mut Place,
        last_line: Option<LastLine>,
    ) -> Result<Option<Arc<Job>>, Trouble> {
        let format = match place.format {
            Some(format) => format,
            None => {
                let mut first = vec![0; SNIFFED];
                let read = fill(file, &mut first)?;
                first.truncate(read);
                let Some(format) = self.format_of(source, path, &first, last_line.is_some())? else {
                    return Ok(None);
                };
                if !is_blank(&first) {
                    place.format = Some(format);
                }
                format
            }
        };
        Ok(Some(self.reader.job(format, &self.sources, &self.steadfast)?))
    }

    /// The number of the format of a file that begins so, and maybe ends; `None` as long as it can't be told.
    pub(super) fn format_of(
        &mut self,
        source: usize,
        path: &std::path::Path,
        first: &[u8],
        ends: bool,
    ) -> Result<Option<usize>, Trouble> {
        let named = self.sources.get(source).and_then(|source| source.format.clone());
        let format = match named {
            Some(format) => format,
            None => match guess(first, ends) {
                Guess::Wait => return Ok(None),
                Guess::Any => Format::Steadfast,
                Guess::Unknown => {
                    return Err(Trouble::Content(
                        "its format can't be told from its first lines; name it, in the configuration or with \
                         `--format` (`steadfast ingest --help` lists them)"
                            .to_owned(),
                    ));
                }
                Guess::Is(sniffed) => {
                    let traffic::Sniffed { format, reason: because } = *sniffed;
                    let text = format!("`{}` is read as {format} (guessed: {because})", path.display());
                    let name = self.sources.get(source).map_or("", |source| source.name.as_str());
                    if self.told.insert(format!("{name} {format}")) {
                        self.watcher.note(&text);
                    }
                    format
                }
            },
        };
        Ok(Some(self.reader.format(source, format)))
    }

    /// Keeps only so many files open.
    pub(super) fn note_open(&mut self, id: FileId) -> Result<(), Error> {
        self.open.retain(|open| *open != id);
        self.open.push(id);
        if self.open.len() <= FOLLOWED_OPEN {
            return Ok(());
        }
        if self.close_unused() <= FOLLOWED_OPEN {
            return Ok(());
        }
        // What is read and not saved is still needed.
        self.commit()?;
        self.close_unused();
        Ok(())
    }

    /// Closes files that have a name, the longest unused first. Returns how many are open then.
    fn close_unused(&mut self) -> usize {
        let closable = |tracked: &Tracked| {
            tracked.named && tracked.left.is_none() && tracked.saved_place().is_none_or(|place| !place.dirty)
        };
        let files = &mut self.files;
        // Half of them, so that it is not to be done for each file.
        let mut surplus = self.open.len().saturating_sub(FOLLOWED_OPEN / 2);
        self.open.retain(|id| {
            let Some(tracked) = files.get_mut(id).filter(|tracked| tracked.handle.is_some()) else { return false };
            let close = surplus > 0 && closable(tracked);
            if close {
                tracked.handle = None;
                surplus -= 1;
            }
            !close
        });
        self.open.len()
    }
}

impl Tracked {
    /// Whether it is time to try it, if there was trouble, and whether that may be of use.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let has_changed = self.hopeless.is_none_or(|look| look.differs(&self.look));
        has_changed && self.trouble.as_ref().is_none_or(|(_, again)| *again <= now)
    }
}

/// Reads a file from its start, as much as fits. Returns how much there was.
pub(super) fn fill(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match read_at(file, &mut buffer[read..], read as u64) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// What the first bytes say of a format.
enum Guess {
    Is(Box<traffic::Sniffed>),
    /// It makes no difference: there is nothing but blank lines.
    Any,
    /// Too little to tell.
    Wait,
    Unknown,
}

fn guess(first: &[u8], ends: bool) -> Guess {
    let little = first.len() < SNIFFED;
    if little && is_blank(first) {
        return if ends && !first.is_empty() { Guess::Any } else { Guess::Wait };
    }
    if little && !ends && !first.contains(&b'\n') {
        return Guess::Wait;
    }
    traffic::sniff(first).map_or(Guess::Unknown, |sniffed| Guess::Is(Box::new(sniffed)))
}

fn is_blank(first: &[u8]) -> bool {
    first.iter().all(u8::is_ascii_whitespace)
}
