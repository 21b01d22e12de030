//! Which file is this that was not there before? One that is read under another name, the rest of one that was read by an
//! earlier run, a copy, or a new one.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::SourcePosition;

use super::super::identity::{self, Marks, SPAN};
use super::super::source::{Input, Packing};
use super::Follower;
use super::file::{FileId, Look};
use super::gone::stem;
use super::packed::Packed;
use super::reading::{PASS, Piece, Trouble, fill};
use super::tracked::{Place, State, Tracked};
use crate::Error;

/// How long a copy that has more than what it was copied from waits for that to be emptied, as copying and truncating does.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a new file is found to be.
enum Kind {
    /// To be read from there.
    At(Place),
    /// Packed.
    Packed,
    /// A copy of one that is followed.
    CopyOf(FileId),
}

impl Follower {
    /// Finds out about files that are new, and reads them.
    pub(super) fn identify_new(&mut self, now: Instant) -> Result<bool, Error> {
        self.free_copies(now);
        self.free_packed(now);
        let mut more = false;
        let is_new = |tracked: &Tracked| {
            matches!(tracked.state, State::New { .. }) && tracked.look.size > 0 && tracked.is_due(now)
        };
        let started = Instant::now();
        for id in self.those(is_new) {
            if started.elapsed() >= PASS {
                return Ok(true);
            }
            let Some(mut tracked) = self.files.remove(&id) else { continue };
            if let Some(source) = self.paths.get(&tracked.path) {
                // Where the number of a file that is gone is another's now, it may be another source's too.
                tracked.source = *source;
            }
            let kind = self.kind_of(&mut tracked);
            let (read, is_plain) = match kind {
                // That tells nothing of what was known of it.
                Ok(None) => {
                    self.files.insert(id, tracked);
                    self.note_open(id)?;
                    continue;
                }
                Ok(Some(Kind::At(place))) => {
                    if let Some(saved) = &place.saved {
                        self.rows.insert(saved.id, id);
                        tracked.was_called(saved, now);
                    }
                    if tracked.look.size < tracked.largest {
                        // It is not the file that it was.
                        self.evident.remove(&id);
                        tracked.largest = tracked.look.size;
                    }
                    tracked.state = State::Plain(place);
                    tracked.done = None;
                    (Ok(Piece::All), true)
                }
                Ok(Some(Kind::Packed)) => {
                    tracked.state = State::Packed(Packed::new(tracked.look, now));
                    tracked.handle = None;
                    (Ok(Piece::All), false)
                }
                Ok(Some(Kind::CopyOf(of))) => {
                    tracked.state = State::Copy { of, since: now };
                    tracked.done = Some(tracked.look);
                    tracked.handle = None;
                    (Ok(Piece::All), false)
                }
                Err(trouble) => (Err(trouble), false),
            };
            tracked.is_older = matches!(read, Err(Trouble::Content(_)));
            if tracked.is_older {
                tracked.handle = None;
            }
            let judged = self.judge(&mut tracked, read);
            self.files.insert(id, tracked);
            self.note_open(id)?;
            judged?;
            if is_plain {
                more |= self.read_on(id, None)?;
            }
        }
        Ok(more)
    }

    fn kind_of(&mut self, tracked: &mut Tracked) -> Result<Option<Kind>, Trouble> {
        let Some(file) = tracked.open()? else { return Ok(None) };
        let look = Look::through(&file, &tracked.path)?;
        tracked.look = look;
        let mut head = vec![0; SPAN];
        let read = fill(&file, &mut head)?;
        head.truncate(read);
        if head.is_empty() {
            return Ok(None);
        }
        if Packing::of(&head) != Packing::Plain {
            return Ok(Some(Kind::Packed));
        }
        let after = match tracked.state {
            State::New { after } => after,
            _ => None,
        };
        if let Some((last, was_live)) = after
            && let Some(place) = self.succeeds(last, was_live, &file, look)?
        {
            return Ok(Some(Kind::At(place)));
        }
        if let Some(of) = self.copied_from(tracked, &file, look, &head)? {
            return Ok(Some(Kind::CopyOf(of)));
        }
        if self.is_being_unpacked(&tracked.path, &head) {
            return Ok(None);
        }
        self.look_up(tracked, &file, look, &head).map(|place| Some(Kind::At(place)))
    }

    /// Whether a packed file is read at this moment that this one may have been unpacked from: how far it is read is
    /// known once that is saved.
    fn is_being_unpacked(&self, path: &Path, head: &[u8]) -> bool {
        self.files.values().any(|other| {
            let State::Packed(packed) = &other.state else { return false };
            let is_alike = |place: &Place| {
                let known = place.marks.head();
                let common = known.len().min(head.len());
                common > 0 && known[..common] == head[..common]
            };
            packed.is_busy() && (other.path.with_extension("") == path || packed.place().is_some_and(is_alike))
        })
    }

    /// Whether a saved position is that of a file which goes on being read. A packed one does not: what it is unpacked
    /// to takes its position over.
    fn is_held(&self, row: i64) -> bool {
        let holder = self.rows.get(&row).and_then(|id| self.files.get(id));
        holder.is_some_and(|holder| !matches!(holder.state, State::Packed(_)))
    }

    /// Where a file is read from that has taken the place of another: from its start if that one was written to there and
    /// went to another name; if it is gone, where it was left, if this one goes on like it, or from its start if this one
    /// is shorter. Anything else is to be looked up.
    fn succeeds(&mut self, last: FileId, was_live: bool, file: &File, look: Look) -> Result<Option<Place>, Trouble> {
        let is_there = self.is_still_there(last);
        let Some(State::Plain(place)) = self.files.get(&last).map(|tracked| &tracked.state) else { return Ok(None) };
        if is_there {
            return Ok(was_live.then(Place::start));
        }
        if look.size < place.offset {
            return Ok(was_live.then(Place::start));
        }
        if place.offset == 0 || Marks::of(file, place.offset)?.as_ref() != Some(&place.marks) {
            return Ok(None);
        }
        let place = place.clone();
        self.files.remove(&last);
        // Its number may soon be another file's.
        self.evident.remove(&last);
        Ok(Some(place))
    }

    /// The followed file that this one is a copy of. Copies are called alike: logs of several servers may well begin with
    /// the same lines.
    fn copied_from(
        &mut self,
        tracked: &Tracked,
        file: &File,
        look: Look,
        head: &[u8],
    ) -> Result<Option<FileId>, Trouble> {
        let mut alike = Vec::new();
        for (other_id, other) in &self.files {
            let State::Plain(place) = &other.state else { continue };
            let is_called_alike = other.source == tracked.source && stem(&other.path) == stem(&tracked.path);
            let known = place.marks.head();
            let common = known.len().min(head.len());
            if is_called_alike && *other_id != look.id && common > 0 && known[..common] == head[..common] {
                alike.push(*other_id);
            }
        }
        for other_id in alike {
            let Some(other) = self.files.get_mut(&other_id) else { continue };
            // A file that can't be opened any more can't be compared with.
            let opened = other.open();
            let Ok(Some(other_file)) = opened else { continue };
            let Ok(other_look) = Look::through(&other_file, &other.path) else { continue };
            let common = look.size.min(other_look.size);
            self.note_open(other_id)?;
            let same = same_beginning(file, &other_file, common)?;
            if same && (look.size <= other_look.size || common >= SPAN as u64) {
                return Ok(Some(other_id));
            }
        }
        Ok(None)
    }

    /// Where a file was left by an earlier run, or its start.
    fn look_up(&mut self, tracked: &Tracked, file: &File, look: Look, head: &[u8]) -> Result<Place, Trouble> {
        let path = tracked.path.display().to_string();
        let mut positions = self.positions_like(head)?;
        let source = self.sources.get(tracked.source).map(|source| &source.name);
        let is_of_other_source =
            |position: &SourcePosition| position.followed_by.as_ref().is_some_and(|of| Some(of) != source);
        positions.retain(|position| !self.is_held(position.id) && !is_of_other_source(position));
        // What was read under this name last, then what was read furthest.
        positions.sort_by_key(|position| {
            std::cmp::Reverse((position.path == path, position.updated_at.0, position.offset, position.id))
        });
        let mut shorter = None;
        for position in positions {
            let is_another = || identity::is_of_another_file(&position, &Input::File(tracked.path.clone()));
            match Place::resume(file, &position)? {
                Some(place) if position.offset == look.size || !is_another() => return Ok(place),
                Some(_) => {}
                None if look.size < position.offset && position.head_len as usize == SPAN => shorter = Some(position),
                None => {}
            }
        }
        match shorter {
            None => Ok(Place::start()),
            Some(position) => Err(Trouble::Content(format!(
                "it begins as `{}` did when {} lines of that were read, but is shorter: an older or unfinished copy, it \
                 seems, so it waits until it is as long",
                position.path, position.lines
            ))),
        }
    }

    /// Saved positions of files that begin so.
    pub(super) fn positions_like(&mut self, head: &[u8]) -> Result<Vec<SourcePosition>, Error> {
        let store = Arc::clone(&self.steadfast.store);
        let positions = self.runtime.block_on(async {
            let mut positions = Vec::new();
            for length in store.head_lengths().await? {
                if let Some(bytes) = usize::try_from(length).ok().and_then(|length| head.get(..length)) {
                    positions.extend(store.positions_with_head(length, identity::digest(bytes)).await?);
                }
            }
            Ok::<_, Error>(positions)
        })?;
        Ok(positions)
    }

    /// Looks again at copies: those whose original is gone or was emptied, and, after a while, those that have more than
    /// their original or were written to. (They may still be written when they are met.)
    fn free_copies(&mut self, now: Instant) {
        for id in self.those(|tracked| matches!(tracked.state, State::Copy { .. })) {
            let Some(mut tracked) = self.files.remove(&id) else { continue };
            if let State::Copy { of, since } = tracked.state {
                let waited = now.duration_since(since) >= PATIENCE;
                // What the original has is read from that one.
                let is_longer =
                    |original: &&Tracked| waited && !original.has_news() && tracked.look.size > original.look.size;
                let place = match self.files.get(&of).filter(is_longer).map(|original| &original.state) {
                    Some(State::Plain(place)) => Some(place.clone()),
                    _ => None,
                };
                let more = place.and_then(|place| surplus(&mut tracked, &place).ok().flatten());
                let is_another = !self.files.contains_key(&of) || (waited && tracked.has_news());
                let next = more.map(State::Plain).or(is_another.then_some(State::New { after: None }));
                if let Some(next) = next {
                    tracked.done = None;
                    tracked.state = next;
                }
            }
            self.files.insert(id, tracked);
        }
    }

    /// Meets packed files anew that were written to: nobody holds them open, so that each may be another file by now that
    /// was given its number, and may not be packed.
    fn free_packed(&mut self, now: Instant) {
        for tracked in self.files.values_mut().filter(|tracked| tracked.named && tracked.is_due(now)) {
            if matches!(&tracked.state, State::Packed(packed) if packed.has_changed(&tracked.look)) {
                tracked.state = State::New { after: None };
                tracked.done = None;
            }
        }
    }
}

/// What a copy has more than its original, which is read as far as `place`.
fn surplus(copy: &mut Tracked, place: &Place) -> io::Result<Option<Place>> {
    let Some(file) = copy.open()? else { return Ok(None) };
    let same = Marks::of(&file, place.offset)?.as_ref() == Some(&place.marks);
    Ok(same.then(|| Place { saved: None, dirty: false, live: false, ..place.clone() }))
}

/// Whether two files are the same up to there, as far as their beginnings and what comes before that place tell.
fn same_beginning(one: &File, other: &File, size: u64) -> io::Result<bool> {
    let marks = Marks::of(one, size)?;
    Ok(marks.is_some() && marks == Marks::of(other, size)?)
}
