//! Packed files that can't be unpacked to their end, and when the calls were made that are lost by that.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use model::{LossReason, SourceName, UnixMillis};
use traffic::TimeBounds;

use super::{IngestOutcome, Input};
use crate::{Error, Steadfast};

/// How long a packed file may be cut short until that is final.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Why a packed file can't be unpacked to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    pub(super) reason: LossReason,
    /// When the last call was made that was read out of it.
    last_call: Option<UnixMillis>,
    /// Until when what is packed was written, as it says itself.
    packed_until: Option<UnixMillis>,
}

impl Broken {
    /// What an error says; `None` where the file can't be read, which is no fault of what is in it.
    pub(super) fn by(
        error: &io::Error,
        last_call: Option<UnixMillis>,
        packed_until: Option<UnixMillis>,
    ) -> Option<Self> {
        let reason = match error.kind() {
            _ if error.raw_os_error().is_some() => return None,
            io::ErrorKind::UnexpectedEof => LossReason::CutShort,
            _ => LossReason::Corrupt,
        };
        Some(Self { reason, last_call, packed_until })
    }

    /// What is told of a file.
    pub(super) fn detail(path: &Path) -> String {
        format!("`{}` can't be unpacked to its end", path.display())
    }

    /// When the calls at its end were made: from the last one that was read out of it until it was written. Where there is
    /// none, they may be any that are kept: what came from other files says nothing of this one.
    pub(super) fn lost(&self, modified: Option<UnixMillis>, bounds: TimeBounds) -> Range<UnixMillis> {
        let written = written(modified, bounds.now);
        let Some(last_call) = self.last_call else { return bounds.oldest.min(written)..written };
        // A time that a later call belies is that of the beginning, and after what is corrupt there may be another log.
        let is_cut = self.reason == LossReason::CutShort;
        let packed_until = self.packed_until.filter(|until| is_cut && last_call < *until);
        last_call..packed_until.map_or(written, |until| until.min(written)).max(last_call)
    }
}

/// When a file was changed last, as the file system says. Packing leaves the time as it was.
pub(super) fn millis(modified: Option<SystemTime>) -> Option<UnixMillis> {
    i64::try_from(modified?.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok().map(UnixMillis)
}

/// When a file was written last, as far as is known.
pub(super) fn written(modified: Option<UnixMillis>, now: UnixMillis) -> UnixMillis {
    modified.map_or(now, |modified| modified.min(now))
}

/// Whether nobody writes to a file. A clock may be a little ahead; a time far in the future is none at which it was written.
fn is_left_alone(modified: Option<UnixMillis>, now: UnixMillis) -> bool {
    modified.is_none_or(|modified| u128::from(modified.0.abs_diff(now.0)) >= PATIENCE.as_millis())
}

impl Steadfast {
    /// Notes that the end of a packed file is lost, if that is final: nobody writes to it. What came of it says so then.
    pub(super) async fn note_lost_end(
        &self,
        source: &SourceName,
        input: &Input,
        broken: Broken,
        outcome: &mut IngestOutcome,
    ) -> Result<(), Error> {
        let Input::File(path) = input else { return Ok(()) };
        let modified = millis(std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok());
        let bounds = self.bounds();
        if !is_left_alone(modified, bounds.now) {
            return Ok(());
        }
        let Range { start, end } = broken.lost(modified, bounds);
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        self.record_loss(source, start, end, broken.reason, &Broken::detail(&path)).await?;
        if let Some(failure) = &mut outcome.failure {
            failure.push_str(", and the rest is known as a loss");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_spans_what_may_be_missing() {
        let bounds = TimeBounds { now: UnixMillis(1_000), oldest: UnixMillis(100) };
        let lost = |kind: io::ErrorKind, last_call: Option<i64>, packed_until: Option<i64>, modified: Option<i64>| {
            let broken = Broken::by(&kind.into(), last_call.map(UnixMillis), packed_until.map(UnixMillis)).unwrap();
            let Range { start, end } = broken.lost(modified.map(UnixMillis), bounds);
            (start.0, end.0)
        };
        let (cut, corrupt) = (io::ErrorKind::UnexpectedEof, io::ErrorKind::InvalidInput);
        for (kind, last_call, packed_until, modified, expected) in [
            (cut, Some(500), None, Some(700), (500, 700)),
            (cut, Some(500), None, Some(9_000), (500, 1_000)),
            (cut, Some(500), None, None, (500, 1_000)),
            // A copy.
            (cut, Some(500), Some(600), Some(700), (500, 600)),
            (cut, Some(500), Some(800), Some(700), (500, 700)),
            // Packed while it was written: that is when it began.
            (cut, Some(500), Some(400), Some(700), (500, 700)),
            (cut, Some(500), Some(500), Some(700), (500, 700)),
            // Another log may follow in it.
            (corrupt, Some(500), Some(600), Some(700), (500, 700)),
            // Nothing was read.
            (cut, None, Some(600), Some(700), (100, 700)),
            (corrupt, None, None, Some(700), (100, 700)),
            (corrupt, None, None, Some(50), (50, 50)),
        ] {
            let case = (kind, last_call, packed_until, modified);
            assert_eq!(lost(kind, last_call, packed_until, modified), expected, "{case:?}");
        }
    }

    #[test]
    fn a_file_is_left_alone_that_was_not_written_within_a_minute_of_now() {
        let now = UnixMillis(10_000_000);
        for (modified, expected) in [
            (Some(now), false),
            (Some(now.plus_millis(-59_999)), false),
            (Some(now.plus_millis(-60_000)), true),
            (Some(now.plus_millis(59_999)), false),
            (Some(now.plus_millis(60_000)), true),
            (None, true),
        ] {
            assert_eq!(is_left_alone(modified, now), expected, "{modified:?}");
        }
    }
}
