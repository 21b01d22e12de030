//! A followed file: where it is, how it looked, and how far it is read.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use model::{SourceName, UnixMillis};
use store::SourcePosition;

use super::super::identity::Marks;
use super::file::{FileId, Look};
use super::gone::stem;
use super::packed::Packed;

/// A file that is followed.
pub(super) struct Tracked {
    /// The number of its source.
    pub(super) source: usize,
    /// Under which name it was seen last.
    pub(super) path: PathBuf,
    /// Whether it has a name that is meant at present.
    pub(super) named: bool,
    /// Open, so that it can be read to its end under whatever name.
    pub(super) handle: Option<Arc<File>>,
    /// How it looked last.
    pub(super) look: Look,
    /// How it looked when all of it was read.
    pub(super) done: Option<Look>,
    pub(super) state: State,
    /// When it last changed.
    pub(super) changed: Instant,
    /// Since when another file has its place.
    pub(super) left: Option<Instant>,
    /// Since when it is called otherwise, until its last line is taken for the last.
    pub(super) renamed: Option<Instant>,
    /// At which look it was read last.
    pub(super) turn: u64,
    /// Since when it is not found under any name.
    pub(super) missing: Option<Instant>,
    /// When all of it was read, as far as was known then.
    pub(super) read_at: UnixMillis,
    /// How large it was at most, since it was read from its start.
    pub(super) largest: u64,
    /// Why it can't be read, which was told, and when to try again.
    pub(super) trouble: Option<(String, Instant)>,
    /// How it looked when none of its lines could be used, whenever that is tried.
    pub(super) hopeless: Option<Look>,
    /// Whether it is an older or unfinished copy of what was read.
    pub(super) is_older: bool,
}

/// How far a file is known.
pub(super) enum State {
    /// Not at all: it is new, or was empty.
    New {
        /// The file that lay at its path before, and whether that was being written to.
        after: Option<(FileId, bool)>,
    },
    /// It is read.
    Plain(Place),
    /// It is packed.
    Packed(Packed),
    /// All of it is in another that is followed, or will be.
    Copy {
        /// That one.
        of: FileId,
        /// Since when it is known.
        since: Instant,
    },
}

/// How far a plain file is read.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) within_line: bool,
    pub(super) lines: u64,
    pub(super) marks: Marks,
    /// As it was saved last.
    pub(super) saved: Option<SourcePosition>,
    /// Whether it is to be saved.
    pub(super) dirty: bool,
    /// Whether it was seen to grow, or is named by itself: more is expected. That it ends with half a line does not say
    /// so: a copy may.
    pub(super) live: bool,
    /// Its format, by its number with the reader.
    pub(super) format: Option<usize>,
}

impl Place {
    /// The start of a file.
    pub(super) fn start() -> Self {
        Self {
            offset: 0,
            within_line: false,
            lines: 0,
            marks: Marks::default(),
            saved: None,
            dirty: false,
            live: false,
            format: None,
        }
    }

    /// Where a file was left, if it is the one that was read so far.
    pub(super) fn resume(file: &File, position: &SourcePosition) -> io::Result<Option<Self>> {
        let marks = Marks::of(file, position.offset)?.filter(|marks| marks.are_of(position));
        Ok(marks.map(|marks| Self {
            offset: position.offset,
            within_line: position.within_line,
            lines: position.lines,
            marks,
            live: position.followed_by.is_some(),
            saved: Some(position.clone()),
            ..Self::start()
        }))
    }

    /// Whether more is expected, or was when it was saved last.
    pub(super) fn is_expected(&self) -> bool {
        self.live || self.saved.as_ref().is_some_and(|saved| saved.followed_by.is_some())
    }

    /// The position to be saved.
    pub(super) fn position(&self, path: &Path, source: &SourceName, at: UnixMillis) -> SourcePosition {
        SourcePosition {
            id: self.saved.as_ref().map_or(0, |saved| saved.id),
            path: path.display().to_string(),
            offset: self.offset,
            lines: self.lines,
            within_line: self.within_line,
            head_len: self.marks.head_len(),
            head_digest: self.marks.head_digest(),
            tail_digest: self.marks.tail_digest(),
            updated_at: at,
            followed_by: self.live.then(|| source.clone()),
        }
    }
}

impl Tracked {
    pub(super) fn new(source: usize, path: PathBuf, look: Look, now: Instant, at: UnixMillis) -> Self {
        Self {
            source,
            path,
            named: true,
            handle: None,
            look,
            done: None,
            state: State::New { after: None },
            changed: now,
            left: None,
            renamed: None,
            turn: 0,
            missing: None,
            read_at: at,
            largest: look.size,
            trouble: None,
            hopeless: None,
            is_older: false,
        }
    }

    /// Takes note of how it looks now.
    pub(super) fn seen(&mut self, look: Look, now: Instant) {
        if look.differs(&self.look) {
            self.changed = now;
        }
        self.look = look;
        self.largest = self.largest.max(look.size);
    }

    /// Whether it was written to since all of it was read.
    pub(super) fn has_news(&self) -> bool {
        self.done.is_none_or(|done| done.differs(&self.look))
    }

    /// How many bytes of it are known not to be read.
    pub(super) fn unread(&self) -> u64 {
        match &self.state {
            State::New { .. } => self.look.size,
            State::Plain(place) => self.look.size.saturating_sub(place.offset),
            State::Packed(_) | State::Copy { .. } => 0,
        }
    }

    /// Whether more is expected to be written to it.
    pub(super) fn is_live(&self) -> bool {
        self.left.is_none() && self.saved_place().is_some_and(|place| place.live)
    }

    /// Takes note that it is not called any more as it was when an earlier run read it, and expected more of it or left
    /// some of it.
    pub(super) fn was_called(&mut self, saved: &SourcePosition, now: Instant) {
        let last = Path::new(&saved.path);
        let there = Look::at(last).ok().flatten();
        if last == self.path || there.is_some_and(|there| there.id == self.look.id) {
            return;
        }
        // Where it was a copy that was read, this one was not renamed.
        let has_rest = || {
            let is_beside = last.parent() == self.path.parent() && stem(last) == stem(&self.path);
            saved.offset < self.look.size && is_beside && !(there.is_some() && holds(last, saved))
        };
        if saved.followed_by.is_some() || has_rest() {
            let since = if there.is_some() { &mut self.left } else { &mut self.renamed };
            *since = Some(now);
        }
    }

    /// How far it is read, if it is read.
    pub(super) fn saved_place(&self) -> Option<&Place> {
        match &self.state {
            State::Plain(place) => Some(place),
            State::Packed(packed) => packed.place(),
            State::New { .. } | State::Copy { .. } => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn saved_place_mut(&mut self) -> Option<&mut Place> {
        match &mut self.state {
            State::Plain(place) => Some(place),
            State::Packed(packed) => packed.place_mut(),
            State::New { .. } | State::Copy { .. } => None,
        }
    }

    /// Goes back to what was saved last. Where that can't be told at the moment, or is not as it was known
    /// (`is_moved`), the file is found again by its content.
    pub(super) fn give_back(&mut self, is_moved: bool) {
        match &mut self.state {
            State::Plain(place) if place.dirty => {
                self.done = None;
                let (live, format) = (place.live, place.format);
                let back = place.saved.take().filter(|_| !is_moved).and_then(|saved| {
                    let file = self.handle.as_ref()?;
                    Place::resume(file, &saved).ok().flatten()
                });
                // What was never saved may be what a copy has more than its original, so it is met anew too.
                self.state =
                    back.map_or(State::New { after: None }, |back| State::Plain(Place { live, format, ..back }));
            }
            State::Packed(packed) => packed.give_back(),
            State::Plain(_) | State::New { .. } | State::Copy { .. } => {}
        }
    }

    /// The file, opened; `None` where another lies at its path now.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(super) fn open(&mut self) -> io::Result<Option<Arc<File>>> {
        if let Some(file) = &self.handle {
            return Ok(Some(Arc::clone(file)));
        }
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => Arc::new(file?),
        };
        if Look::through(&file, &self.path)?.id != self.look.id {
            return Ok(None);
        }
        self.handle = Some(Arc::clone(&file));
        Ok(Some(file))
    }
}

/// Whether what lies at a path holds what was read.
fn holds(path: &Path, saved: &SourcePosition) -> bool {
    File::open(path).and_then(|file| Place::resume(&file, saved)).is_ok_and(|place| place.is_some())
}
