//! Giving up files, and telling what is lost of them.

use std::ops::Range;
use std::path::Path;

use model::{LossReason, SourceName, UnixMillis};

use super::super::broken::{Broken, millis, written};
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
    pub(super) fn lose_unread(&mut self, id: FileId) -> Result<(), Error> {
        let Some(tracked) = self.files.get(&id) else { return Ok(()) };
        let (source, path, look) = (tracked.source, tracked.path.clone(), tracked.look);
        let is_unread = match &tracked.state {
            State::New { .. } => look.size > 0 && !tracked.is_older,
            State::Packed(packed) => match packed.broken() {
                Some(broken) => {
                    self.lose_end(source, &path, &look, broken);
                    return Ok(());
                }
                None => packed.is_unproven() && tracked.trouble.is_some(),
            },
            State::Plain(_) | State::Copy { .. } => false,
        };
        if is_unread {
            let (met, written) = (tracked.read_at, written(millis(look.modified), self.steadfast.clock.now()));
            let detail = format!("`{}` went away before it could be read", path.display());
            self.lose(source, met.min(written)..written, LossReason::RotatedAway, &detail);
        }
        Ok(())
    }

    /// Tells that the end of a packed file is lost.
    pub(super) fn lose_end(&mut self, source: usize, path: &Path, look: &Look, broken: Broken) {
        let time = broken.lost(millis(look.modified), self.steadfast.bounds());
        self.lose(source, time, broken.reason, &Broken::detail(path));
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
