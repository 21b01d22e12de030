//! Packed files among those that are followed: as a rule rotations of what was read before, which are recognised by their
//! content. Each is read once it is complete, one after the other, beside everything else.

use std::io;
use std::time::{Duration, Instant};

use model::UnixMillis;
use store::SourcePosition;
use tokio::task::JoinHandle;

use super::super::blocks::{Blocks, End};
use super::super::broken::{Broken, PATIENCE};
use super::super::identity::{self, Found, Located};
use super::super::round::LastLine;
use super::super::source::Input;
use super::Follower;
use super::chunk::Of;
use super::file::{FileId, Look};
use super::reading::{Piece, Trouble};
use super::tracked::{Place, State, Tracked};
use super::unpacking::{Failing, Stream, beginning};
use crate::Error;

/// How long a packed file has to be as it is before it is read: somebody may be packing it.
const QUIET: Duration = Duration::from_secs(1);

/// How long it is read before it is another's turn.
const TURN: Duration = Duration::from_millis(200);

/// How far a packed file is.
pub(super) struct Packed {
    stage: Stage,
    /// How it looked when it came to that stage.
    look: Look,
    since: Instant,
    /// Why it can't be unpacked to its end, where that was told.
    broken: Option<Broken>,
    /// Whether it is to be read again, since it could not be read.
    again: bool,
}

enum Stage {
    /// It may still be written.
    Waits,
    /// It is unpacked to the place up to which it was read.
    Located(JoinHandle<Result<Found, Error>>),
    /// It is read.
    Read(Box<Open>),
    /// All of it is read, or was.
    Done,
    /// What is in it is read from another file, which holds this saved position.
    Elsewhere(i64),
    /// It can't be read further than this at present.
    Stuck,
}

/// A packed file that is read.
struct Open {
    blocks: Option<Blocks>,
    place: Place,
    /// As of its [`super::super::source::Source`].
    packed_until: Option<UnixMillis>,
}

impl Packed {
    pub(super) fn new(look: Look, now: Instant) -> Self {
        Self { stage: Stage::Waits, look, since: now, broken: None, again: false }
    }

    /// Whether it is known which file it is.
    pub(super) fn is_decided(&self) -> bool {
        matches!(self.stage, Stage::Read(_) | Stage::Done | Stage::Elsewhere(_) | Stage::Stuck)
    }

    pub(super) fn place(&self) -> Option<&Place> {
        match &self.stage {
            Stage::Read(open) => Some(&open.place),
            _ => None,
        }
    }

    pub(super) fn place_mut(&mut self) -> Option<&mut Place> {
        match &mut self.stage {
            Stage::Read(open) => Some(&mut open.place),
            _ => None,
        }
    }

    /// What was read and not saved is read again.
    pub(super) fn give_back(&mut self) {
        if matches!(&self.stage, Stage::Read(open) if open.place.dirty) {
            self.stage = Stage::Waits;
        }
    }

    /// It can't be read or unpacked any further than up to some call.
    fn fail(&mut self, error: &io::Error, last_call: Option<UnixMillis>, packed_until: Option<UnixMillis>) -> Trouble {
        self.since = Instant::now();
        self.broken = Broken::by(error, last_call, packed_until);
        self.again = self.broken.is_none();
        if self.again {
            return Trouble::File(io::Error::new(error.kind(), error.to_string()));
        }
        Trouble::Content(format!("it can't be unpacked any further ({error}); what came before is counted"))
    }

    /// It is read as far as it can be.
    fn settle(&mut self) {
        match self.broken {
            _ if self.again => *self = Self::new(self.look, Instant::now()),
            Some(_) => self.stage = Stage::Stuck,
            None => self.stage = Stage::Done,
        }
    }

    /// Why it can't be unpacked to its end, where that was told and not taken for final.
    pub(super) fn broken(&self) -> Option<Broken> {
        self.broken
    }

    /// Whether it looked otherwise when it came to where it is, and is not being unpacked.
    pub(super) fn has_changed(&self, look: &Look) -> bool {
        !self.is_busy() && look.differs(&self.look)
    }

    /// Whether it can't be told yet, or not any more, whether it can be read.
    pub(super) fn is_unproven(&self) -> bool {
        matches!(self.stage, Stage::Waits | Stage::Located(_) | Stage::Stuck)
    }

    /// Whether it is being unpacked.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Located(_) | Stage::Read(_))
    }
}

impl Follower {
    /// Reads on in packed files. Tells whether there is more at once.
    pub(super) fn read_packed(&mut self, now: Instant) -> Result<bool, Error> {
        let mut more = false;
        let packed = self.those(|tracked| matches!(tracked.state, State::Packed(_)) && tracked.is_due(now));
        let mut busy = packed.iter().any(|id| self.is_busy(id));
        for id in packed {
            let may_start = !busy || self.is_busy(&id);
            let Some(mut tracked) = self.files.remove(&id) else { continue };
            let read = self.step(id, &mut tracked, may_start, now);
            let judged = self.judge(&mut tracked, read);
            self.files.insert(id, tracked);
            more |= judged?;
            busy |= self.is_busy(&id);
            if self.chunk.is_full(&self.reader) {
                self.commit()?;
            }
            self.close_packed(id)?;
        }
        Ok(more)
    }

    fn is_busy(&self, id: &FileId) -> bool {
        matches!(self.files.get(id).map(|tracked| &tracked.state), Some(State::Packed(packed)) if packed.is_busy())
    }

    fn step(&mut self, id: FileId, tracked: &mut Tracked, may_start: bool, now: Instant) -> Result<Piece, Trouble> {
        let look = tracked.look;
        let State::Packed(packed) = &mut tracked.state else { return Ok(Piece::All) };
        match &mut packed.stage {
            Stage::Elsewhere(row) if self.rows.get(row).is_none_or(|of| *of == id) => *packed = Packed::new(look, now),
            Stage::Waits if may_start && tracked.named && now.duration_since(packed.since) >= QUIET => {
                let store = std::sync::Arc::clone(&self.steadfast.store);
                let input = Input::File(tracked.path.clone());
                let runtime = self.runtime.clone();
                let look = move || runtime.block_on(identity::locate(store.as_ref(), &input));
                packed.stage = Stage::Located(self.runtime.spawn_blocking(look));
            }
            Stage::Located(task) if task.is_finished() => {
                let located = self.runtime.block_on(task);
                if !Look::at(&tracked.path).is_ok_and(|there| there.is_some_and(|there| there.id == id)) {
                    // It was renamed meanwhile.
                    *packed = Packed::new(look, now);
                    return Ok(Piece::All);
                }
                packed.stage = Stage::Stuck;
                let located = located.map_err(|_| Trouble::Content("unpacking it broke down".to_owned()))?;
                match located {
                    Ok(Found::Ready(located)) => match self.open_packed(id, tracked, located) {
                        Ok(true) => {}
                        Ok(false) => tracked.state = State::Packed(Packed::new(look, now)),
                        Err(trouble @ Trouble::Content(_)) => return Err(trouble),
                        Err(trouble) => {
                            tracked.state = State::Packed(Packed::new(look, now));
                            return Err(trouble);
                        }
                    },
                    // An older copy, or one that is not complete; nothing to do unless it changes.
                    Ok(Found::Beginning(_)) => {}
                    Ok(Found::Damaged(position)) => return Err(Trouble::Content(Found::damaged(&position))),
                    // It can't be read at the moment.
                    Err(Error::Input { message, .. }) => {
                        *packed = Packed::new(look, now);
                        return Err(Trouble::Content(format!("{message}; it is tried again")));
                    }
                    Err(error) => {
                        packed.stage = Stage::Waits;
                        return Err(Trouble::Other(error));
                    }
                }
                return Ok(Piece::More);
            }
            Stage::Stuck if now.duration_since(packed.since) >= PATIENCE => {
                if let Some(broken) = packed.broken {
                    self.lose_end(tracked.source, &tracked.path, &look, broken);
                    // It is not tried again.
                    (packed.stage, packed.broken, tracked.trouble) = (Stage::Done, None, None);
                }
            }
            Stage::Read(_) => return self.read_packed_piece(tracked),
            Stage::Waits | Stage::Done | Stage::Elsewhere(_) | Stage::Stuck | Stage::Located(_) => {}
        }
        Ok(Piece::All)
    }

    /// Reads on where a packed file was left, unless that is for another to do. Tells whether that is decided; if not, it is
    /// to be located again.
    fn open_packed(&mut self, id: FileId, tracked: &mut Tracked, located: Located) -> Result<bool, Trouble> {
        let State::Packed(packed) = &mut tracked.state else { return Ok(true) };
        let Located { source, marks, before, newest_known } = located;
        if let Some(before) = &before
            && self.rows.get(&before.id).is_some_and(|of| *of != id)
        {
            // What it was made of is still there and is read itself.
            packed.stage = Stage::Elsewhere(before.id);
            return Ok(true);
        }
        let (place, packed_until) = (place_at(before, marks.clone()), source.packed_until);
        let (head, rest, passed) = match place.offset {
            0 => {
                let (head, rest) = beginning(source.stream);
                (head, rest, None)
            }
            _ => {
                let again = super::super::source::Source::open(&Input::File(tracked.path.clone()))?;
                let (head, rest) = beginning(again.stream);
                (head, rest, Some(source.stream))
            }
        };
        if place.saved.is_none() {
            // The same may have been read from another file while this one was looked for.
            self.commit()?;
            if self.positions_like(&head)?.iter().any(|position| position.id > newest_known) {
                return Ok(false);
            }
        }
        let format = self.format_of(tracked.source, &tracked.path, &head, rest.is_ok())?;
        let stream: Stream = match (passed, rest) {
            (_, Err(error)) if format.is_none() => {
                let trouble = packed.fail(&error, None, None);
                packed.settle();
                return Err(trouble);
            }
            (Some(passed), _) => passed,
            (None, Ok(rest)) => Box::new(io::Read::chain(io::Cursor::new(head), rest)),
            (None, Err(error)) => Box::new(io::Read::chain(io::Cursor::new(head), Failing(Some(error)))),
        };
        if let Some(saved) = &place.saved {
            self.rows.insert(saved.id, id);
        }
        let blocks = Blocks::new(stream, marks, place.offset, place.within_line, false);
        let place = Place { format, ..place };
        packed.stage = Stage::Read(Box::new(Open { blocks: Some(blocks), place, packed_until }));
        Ok(true)
    }

    fn read_packed_piece(&mut self, tracked: &mut Tracked) -> Result<Piece, Trouble> {
        self.make_ready()?;
        let (path, source, bounds) = (tracked.path.display().to_string(), tracked.source, self.steadfast.bounds());
        let State::Packed(packed) = &mut tracked.state else { return Ok(Piece::All) };
        let Stage::Read(open) = &mut packed.stage else { return Ok(Piece::All) };
        let Some(format) = open.place.format else {
            // There is nothing in it that says how it is to be read.
            packed.stage = Stage::Done;
            return Ok(Piece::All);
        };
        let job = self.reader.job(format, &self.sources, &self.steadfast)?;
        let started = Instant::now();
        while let Some(blocks) = open.blocks.take() {
            let round = self.reader.round(blocks, u64::MAX, &job, bounds, Some(LastLine::MayGrow));
            let lines: u64 = round.outcomes.iter().map(|block| block.lines).sum();
            if let Some(source) = self.sources.get(source) {
                let of = Of { id: tracked.look.id, source: &source.name, path: &path, line: open.place.lines };
                self.chunk.add(&of, &self.evident, round.outcomes);
            }
            let place = &mut open.place;
            place.dirty |= round.blocks.offset() != place.offset;
            place.lines += lines;
            place.offset = round.blocks.offset();
            place.within_line = round.blocks.within_line();
            place.marks = round.blocks.marks().clone();
            if let Some(End::Failed(error)) = round.blocks.end() {
                let last_call = job.last_call(place.marks.tail(), bounds);
                let packed_until = open.packed_until;
                return Err(packed.fail(error, last_call, packed_until));
            }
            if round.ended {
                return Ok(Piece::All);
            }
            open.blocks = Some(round.blocks);
            if started.elapsed() >= TURN || self.chunk.is_full(&self.reader) {
                return Ok(Piece::More);
            }
        }
        Ok(Piece::All)
    }

    /// Closes a packed file that is read as far as it can be.
    fn close_packed(&mut self, id: FileId) -> Result<(), Error> {
        let State::Packed(packed) = (match self.files.get(&id) {
            Some(tracked) => &tracked.state,
            None => return Ok(()),
        }) else {
            return Ok(());
        };
        if !matches!(&packed.stage, Stage::Read(open) if open.blocks.is_none()) {
            return Ok(());
        }
        self.commit()?;
        if let Some(State::Packed(packed)) = self.files.get_mut(&id).map(|tracked| &mut tracked.state) {
            packed.settle();
        }
        Ok(())
    }
}

/// Where a packed file is read on.
fn place_at(before: Option<SourcePosition>, marks: super::super::identity::Marks) -> Place {
    match before {
        None => Place::start(),
        Some(saved) => Place {
            offset: saved.offset,
            within_line: saved.within_line,
            lines: saved.lines,
            marks,
            saved: Some(saved),
            ..Place::start()
        },
    }
}
