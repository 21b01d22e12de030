//! Files that leave: renamed, removed, emptied, or gone while nobody watched. What is left in them is read where it can be
//! found; what can't be found any more is a loss, and told.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use model::{LossReason, UnixMillis};
use store::{IngestCommit, PositionStep, SourcePosition};

use super::super::identity::{self, Marks};
use super::super::round::LastLine;
use super::super::source::{Input, Packing, Source};
use super::Follower;
use super::file::{FileId, Look};
use super::reading::fill;
use super::tracked::{Place, State, Tracked};
use crate::Error;

/// How long a file has to be quiet, once another has its place, for its last line to be the last.
const QUIET: Duration = Duration::from_secs(5);

/// How long a file is held after that.
const LINGER: Duration = Duration::from_secs(30);

/// How many files of a directory are looked through for the rest of another, at most.
const SIBLINGS: usize = 20_000;

/// After which pause it is looked again for files that an earlier run followed, where nothing new is met before.
const SEEK: Duration = Duration::from_secs(30);

/// How long a file is looked for that has lost its name: it may be renamed at this moment.
const MISSING: Duration = Duration::from_secs(1);

impl Follower {
    /// Whether a file that has lost its name is somewhere else now.
    pub(super) fn is_still_there(&mut self, id: FileId) -> bool {
        let Some(tracked) = self.files.get(&id) else { return false };
        if tracked.named {
            return true;
        }
        match &tracked.handle {
            Some(file) => Look::through(file, &tracked.path).is_ok_and(|look| look.linked),
            None => self.find(id).is_some(),
        }
    }

    /// Looks for a file that has no name that is meant, beside where it was, and opens it.
    fn find(&mut self, id: FileId) -> Option<()> {
        let folder = self.files.get(&id)?.path.parent()?.to_owned();
        let path = self.siblings(&folder).iter().find(|(_, look)| look.id == id)?.0.clone();
        let tracked = self.files.get_mut(&id)?;
        let last = std::mem::replace(&mut tracked.path, path);
        if !matches!(tracked.open(), Ok(Some(_))) {
            tracked.path = last;
            return None;
        }
        Some(())
    }

    /// A file does not hold any more what was read of it: it was emptied and is written anew. What it had more than was
    /// read is looked for in copies.
    pub(super) fn begin_anew(&mut self, id: FileId) -> Result<(), Error> {
        // What was counted belongs to what the file was.
        self.commit()?;
        let Some(tracked) = self.files.get_mut(&id) else { return Ok(()) };
        let State::Plain(place) = &mut tracked.state else { return Ok(()) };
        let (path, source, since) = (tracked.path.clone(), tracked.source, tracked.read_at);
        // Its number may be that of another source's file now.
        tracked.source = self.paths.get(&path).copied().unwrap_or(source);
        let format = place.format.filter(|_| tracked.source == source);
        let fresh = Place { live: place.live, format, ..Place::start() };
        let old = std::mem::replace(place, fresh);
        tracked.done = None;
        let known_size = tracked.largest;
        tracked.largest = 0;
        self.evident.remove(&id);
        self.watcher.note(&format!("`{}` was emptied and is read from its start", path.display()));
        if let Some(saved) = &old.saved {
            self.rows.remove(&saved.id);
        }
        for copy in self.files.values_mut() {
            if matches!(copy.state, State::Copy { of, .. } if of == id) {
                copy.state = State::New { after: None };
            }
        }
        let is_copy = |file: &File| Marks::of(file, old.offset).is_ok_and(|marks| marks.as_ref() == Some(&old.marks));
        let unread = known_size.saturating_sub(old.offset);
        let is_found = old.offset > 0 && self.read_rest(&path, source, &is_copy, &old)?;
        if unread > 0 && !is_found {
            let detail = format!("`{}` was emptied when {unread} bytes of it were not read yet", path.display());
            self.lose(source, since..self.steadfast.clock.now(), LossReason::RotatedAway, &detail);
        }
        if let Some(saved) = old.saved.filter(|saved| !is_found && saved.followed_by.is_some()) {
            self.settle(&saved)?;
        }
        Ok(())
    }

    /// Looks beside a file for one that holds what was read of it, and has the rest of that read. Tells whether there is one.
    fn read_rest(
        &mut self,
        path: &Path,
        source: usize,
        is_copy: &dyn Fn(&File) -> bool,
        old: &Place,
    ) -> Result<bool, Error> {
        let Some((found, look)) = self.find_rest(path, is_copy) else { return Ok(false) };
        if self.files.contains_key(&look.id) {
            // It is met by its name as well.
            return Ok(true);
        }
        let at = self.steadfast.clock.now();
        let now = Instant::now();
        let mut tracked = Tracked::new(source, found, look, now, at);
        if tracked.open().ok().flatten().is_none() {
            return Ok(false);
        }
        tracked.named = false;
        tracked.left = Some(now);
        tracked.state = State::Plain(Place { live: false, dirty: old.dirty || old.live, ..old.clone() });
        if let Some(saved) = &old.saved {
            self.rows.insert(saved.id, look.id);
        }
        self.files.insert(look.id, tracked);
        self.read_on(look.id, None)?;
        Ok(true)
    }

    /// A plain file beside another, called alike, of which something holds.
    fn find_rest(&mut self, path: &Path, holds: &dyn Fn(&File) -> bool) -> Option<(PathBuf, Look)> {
        let folder = path.parent()?;
        let stem = stem(path)?;
        let siblings = self.siblings(folder);
        let alike = siblings.iter().filter(|(sibling, _)| sibling != path && self::stem(sibling) == Some(stem));
        let mut free = alike.filter(|(_, look)| {
            let is_read = |tracked: &Tracked| matches!(tracked.state, State::Plain(_));
            self.files.get(&look.id).is_none_or(|tracked| !is_read(tracked))
        });
        free.find(|(sibling, _)| File::open(sibling).is_ok_and(|file| holds(&file))).cloned()
    }

    /// The files of a directory, the latest first, as they are in this pass.
    fn siblings(&mut self, folder: &Path) -> Arc<Vec<(PathBuf, Look)>> {
        if let Some(listed) = self.listings.get(folder) {
            return Arc::clone(listed);
        }
        let listed = Arc::new(list(folder));
        self.listings.insert(folder.to_owned(), Arc::clone(&listed));
        listed
    }

    /// Lets files go that have left and are read to their end.
    pub(super) fn let_go(&mut self, now: Instant) -> Result<(), Error> {
        for id in self.those(|tracked| !tracked.named || tracked.left.max(tracked.renamed).is_some()) {
            let Some(tracked) = self.files.get(&id) else { continue };
            let left = tracked.left.max(tracked.renamed);
            let quiet = now.duration_since(left.map_or(tracked.changed, |left| left.max(tracked.changed)));
            let is_plain = matches!(tracked.state, State::Plain(_));
            if tracked.named {
                if is_plain && quiet >= QUIET && tracked.is_read(now) {
                    self.finish(id)?;
                }
                continue;
            }
            if !is_plain {
                if self.is_over(id, quiet, now) {
                    self.lose_unread(id)?;
                    self.forget(id);
                }
                continue;
            }
            if tracked.handle.is_none() && self.find(id).is_none() {
                let Some(tracked) = self.files.get_mut(&id) else { continue };
                if now.duration_since(*tracked.missing.get_or_insert(now)) < MISSING {
                    continue;
                }
                self.give_up(id, "removed")?;
                continue;
            }
            let Some(tracked) = self.files.get(&id) else { continue };
            let (replaced, renamed) = (tracked.is_replaced(), tracked.renamed.is_some());
            if replaced && tracked.trouble.is_some() && quiet >= LINGER {
                self.give_up(id, "rotated away")?;
                continue;
            }
            if (replaced || renamed) && quiet >= QUIET && tracked.is_read(now) {
                self.finish(id)?;
                if replaced && quiet >= LINGER {
                    self.give_up(id, "rotated away")?;
                }
            }
        }
        Ok(())
    }

    /// Whether a file that is not plain and has lost its name is to be followed no longer.
    fn is_over(&mut self, id: FileId, quiet: Duration, now: Instant) -> bool {
        let Some(tracked) = self.files.get(&id) else { return false };
        let was_never_open = tracked.handle.is_none() && tracked.look.size > 0;
        if matches!(tracked.state, State::New { .. }) && was_never_open && self.find(id).is_some() {
            return false;
        }
        let Some(tracked) = self.files.get_mut(&id) else { return false };
        match &tracked.state {
            State::New { .. } if was_never_open => now.duration_since(*tracked.missing.get_or_insert(now)) >= MISSING,
            State::New { .. } => tracked.look.size == 0 || (tracked.trouble.is_some() && quiet >= LINGER),
            // It may be renamed at this moment, and is read to its end through the stream that is open.
            State::Packed(packed) => {
                let missing = *tracked.missing.get_or_insert(now);
                !packed.is_busy() && now.duration_since(missing) >= MISSING
            }
            State::Plain(_) | State::Copy { .. } => true,
        }
    }

    /// Takes the last line for the last there is, and no more for expected where something else has its place. That it
    /// was renamed is done with once this is saved.
    fn finish(&mut self, id: FileId) -> Result<(), Error> {
        let Some(tracked) = self.files.get_mut(&id) else { return Ok(()) };
        let (unread, replaced) = (tracked.unread(), tracked.is_replaced());
        let Some(place) = tracked.saved_place_mut() else { return Ok(()) };
        if replaced && place.is_expected() {
            place.live = false;
            place.dirty |= place.offset > 0;
        }
        if unread > 0 {
            self.read_on(id, Some(LastLine::IsFinal))?;
        } else if !place.dirty {
            tracked.renamed = None;
            if tracked.named {
                tracked.left = None;
            }
        }
        Ok(())
    }

    /// Looks for files that an earlier run followed and that are not among those that are there: what was written to them
    /// after that run is read where it is found, and is lost otherwise. Tells whether all of them are settled.
    pub(super) fn seek_missing(&mut self) -> Result<bool, Error> {
        if self.files.values().any(Tracked::is_undecided) {
            return Ok(false);
        }
        let mut settled = true;
        for row in self.runtime.block_on(self.steadfast.store.positions())? {
            let path = PathBuf::from(&row.path);
            let source = self.names.iter().find(|(source, names)| {
                let name = self.sources.get(*source).map(|source| &source.name);
                name == row.followed_by.as_ref() && names.mean(&path)
            });
            let Some(source) = source.map(|(source, _)| *source).filter(|_| !self.rows.contains_key(&row.id)) else {
                continue;
            };
            settled &= self.seek(&row, &path, source)?;
        }
        self.seek_again = (!settled).then(|| Instant::now() + SEEK);
        Ok(settled)
    }

    /// Looks for one of them. Tells whether that is settled.
    fn seek(&mut self, row: &SourcePosition, path: &Path, source: usize) -> Result<bool, Error> {
        let place_in = |file: &File| Place::resume(file, row).ok().flatten();
        if let Some((found, _)) = self.find_rest(path, &|file| place_in(file).is_some())
            && let Some(place) = File::open(&found).ok().as_ref().and_then(place_in)
        {
            self.read_rest(path, source, &|file| place_in(file).is_some(), &place)?;
            self.commit()?;
            return Ok(true);
        }
        if self.is_packed_beside(path, row) {
            self.settle(row)?;
            return Ok(true);
        }
        if std::fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            // It may come back: a directory that is mounted later, or a file that is made with its first line.
            return Ok(false);
        }
        let now = self.steadfast.clock.now();
        let until = born(path).filter(|born| *born > row.updated_at).map_or(now, |born| born.min(now));
        let detail =
            format!("`{}` was replaced while it was not followed, and what it was is not found", path.display());
        self.lose(source, row.updated_at..until, LossReason::RotatedAway, &detail);
        self.settle(row)?;
        Ok(true)
    }

    /// Whether a packed file beside a path holds what was read, so that it is read with that or was.
    fn is_packed_beside(&mut self, path: &Path, row: &SourcePosition) -> bool {
        let Some((folder, stem)) = path.parent().zip(stem(path)) else { return false };
        let siblings = self.siblings(folder);
        siblings.iter().filter(|(sibling, _)| self::stem(sibling) == Some(stem)).any(|(sibling, _)| {
            let mut first = [0; 4];
            let packed = File::open(sibling)
                .and_then(|file| fill(&file, &mut first))
                .is_ok_and(|read| Packing::of(&first[..read]) != Packing::Plain);
            packed && begins_as(sibling, row)
        })
    }

    /// Expects no more of a file that was followed by an earlier run.
    fn settle(&mut self, row: &SourcePosition) -> Result<(), Error> {
        let after = SourcePosition { followed_by: None, ..row.clone() };
        let import = self.runtime.block_on(self.steadfast.store.last_import())?.map(|import| import.number);
        let commit = IngestCommit {
            further: vec![PositionStep { before: Some(row.clone()), after }],
            catalog: import,
            ..IngestCommit::empty(self.steadfast.clock.now())
        };
        self.runtime.block_on(self.steadfast.store.commit_ingest(commit))?;
        Ok(())
    }
}

impl Tracked {
    /// Whether it is not known yet which file it is.
    fn is_undecided(&self) -> bool {
        match &self.state {
            State::New { .. } => self.look.size > 0,
            // One that can't be read may stay so.
            State::Packed(packed) => !packed.is_decided() && self.trouble.is_none(),
            State::Plain(_) | State::Copy { .. } => false,
        }
    }

    /// Whether it is read to its present end, and its last line may be tried.
    fn is_read(&self, now: Instant) -> bool {
        !self.has_news() && self.is_due(now)
    }

    /// Whether another file has its place, or it has none.
    fn is_replaced(&self) -> bool {
        self.left.is_some() || !self.look.linked
    }
}

/// The beginning of a name that rotation leaves as it is: `access` of `access.log`, `access.log.2.gz` and
/// `access-20261120.log`.
pub(super) fn stem(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let end = name.char_indices().skip(1).find(|(_, letter)| matches!(letter, '.' | '-' | '_')).map(|(at, _)| at);
    Some(&name[..end.unwrap_or(name.len())])
}

/// The files of a directory, the latest first.
fn list(folder: &Path) -> Vec<(PathBuf, Look)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<(PathBuf, Look)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let path = entry.path();
            Some((path.clone(), Look::at(&path).ok()??))
        })
        .collect();
    files.sort_by_key(|(_, look)| std::cmp::Reverse(look.modified));
    files.truncate(SIBLINGS);
    files
}

/// Whether what a packed file holds begins as what was read.
fn begins_as(path: &Path, row: &SourcePosition) -> bool {
    let Ok(source) = Source::open(&Input::File(path.to_owned())) else { return false };
    let mut head = Vec::new();
    let read = std::io::Read::read_to_end(&mut std::io::Read::take(source.stream, u64::from(row.head_len)), &mut head);
    read.is_ok() && head.len() == row.head_len as usize && identity::digest(&head) == row.head_digest
}

/// When a file was made, where the file system knows.
fn born(path: &Path) -> Option<UnixMillis> {
    let made = std::fs::metadata(path).ok()?.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(made.as_millis()).ok().map(UnixMillis)
}
