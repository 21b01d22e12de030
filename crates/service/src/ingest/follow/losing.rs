//! Giving up files, and telling what is lost of them.

use std::ops::Range;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use model::{LossReason, SourceName, UnixMillis};

use super::Follower;
use super::file::{FileId, Look};
use super::tracked::{State, Tracked};
use crate::Error;

/// How many losses are held that can't be saved at present; what comes then is told to the watcher alone.
const HELD: usize = 1_000;

/// A loss that is not saved yet.
pub(super) struct Untold {
    source: SourceName,
    from: UnixMillis,
    until: UnixMillis,
    reason: LossReason,
    detail: String,
}

impl Follower {
    /// Follows a file no longer that can't be read on, and tells what is lost by that. `how` says how it went away.
    pub(super) fn give_up(&mut self, id: FileId, how: &str) -> Result<(), Error> {
        if let Some(place) = self.files.get_mut(&id).and_then(Tracked::saved_place_mut) {
            place.dirty |= place.live;
            place.live = false;
        }
        self.commit()?;
        let Some(tracked) = self.files.get(&id) else { return Ok(()) };
        let (unread, path) = (tracked.unread(), tracked.path.display().to_string());
        let (source, since) = (tracked.source, tracked.read_at);
        self.forget(id);
        if unread > 0 {
            let detail = format!("`{path}` was {how} when {unread} bytes of it were not read yet");
            self.lose(source, since..self.steadfast.clock.now(), LossReason::RotatedAway, &detail);
        }
        Ok(())
    }

    /// Tells what is lost of a file that goes away and was never read, or never to its end, since it could not be.
    pub(super) fn lose_unread(&mut self, id: FileId) {
        let Some(tracked) = self.files.get_mut(&id) else { return };
        let (source, path, look) = (tracked.source, tracked.path.clone(), tracked.look);
        let is_unread = match &mut tracked.state {
            State::New { .. } => look.size > 0 && !tracked.is_older,
            State::Packed(packed) => match packed.take_broken() {
                Some(reason) => return self.lose_end(Some((reason, source, path, look))),
                None => packed.is_unproven() && tracked.trouble.is_some(),
            },
            State::Plain(_) | State::Copy { .. } => false,
        };
        if is_unread {
            let (met, written) = (tracked.read_at, self.written(&look));
            let detail = format!("`{}` went away before it could be read", path.display());
            self.lose(source, met.min(written)..written, LossReason::RotatedAway, &detail);
        }
    }

    pub(super) fn lose_end(&mut self, lost: Option<(LossReason, usize, PathBuf, Look)>) {
        let Some((reason, source, path, look)) = lost else { return };
        // What it ends with was written last. Packing leaves the time as it was.
        let at = self.written(&look);
        self.lose(source, at..at, reason, &format!("`{}` can't be unpacked to its end", path.display()));
    }

    /// When a file was written last, as far as is known.
    fn written(&self, look: &Look) -> UnixMillis {
        let now = self.steadfast.clock.now();
        let modified =
            look.modified.and_then(|time| i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok());
        modified.map_or(now, |modified| UnixMillis(modified).min(now))
    }

    /// Follows a file no longer.
    pub(super) fn forget(&mut self, id: FileId) {
        self.files.remove(&id);
        self.rows.retain(|_, of| *of != id);
        self.open.retain(|open| *open != id);
        self.evident.remove(&id);
    }

    /// Tells that something of a source is lost. If that can't be saved now, it is tried again.
    pub(super) fn lose(&mut self, source: usize, time: Range<UnixMillis>, reason: LossReason, detail: &str) {
        self.totals.losses += 1;
        self.watcher.warn(&format!("something may be lost: {detail}"));
        let Some(source) = self.sources.get(source) else { return };
        let Range { start: from, end: until } = time;
        let lost = Untold { source: source.name.clone(), from, until, reason, detail: detail.to_owned() };
        if let Err(error) = self.save_loss(&lost) {
            self.watcher.warn(&format!("that it is lost can't be saved: {error}; it is tried again"));
            if self.untold.len() < HELD {
                self.untold.push(lost);
            }
        }
    }

    /// Saves the losses that could not be saved before, as far as that can be done now.
    pub(super) fn save_losses(&mut self) {
        while self.untold.last().is_some_and(|lost| self.save_loss(lost).is_ok()) {
            self.untold.pop();
        }
    }

    fn save_loss(&self, lost: &Untold) -> Result<(), Error> {
        let Untold { source, from, until, reason, detail } = lost;
        self.runtime.block_on(self.steadfast.record_loss(source, *from, *until, *reason, detail))
    }
}
