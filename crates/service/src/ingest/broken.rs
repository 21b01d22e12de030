//! Packed files that can't be unpacked to their end, and when the calls were made that are lost by that.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use model::{LossReason, SourceName, UnixMillis};

use crate::{Error, Steadfast};

/// How long a packed file may be cut short until that is final.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Why a packed file can't be unpacked to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    pub(super) reason: LossReason,
    /// When the last call was made that was read out of it.
    last_call: Option<UnixMillis>,
}

impl Broken {
    /// What an error says; `None` where the file can't be read, which is no fault of what is in it.
    pub(super) fn by(error: &io::Error, last_call: Option<UnixMillis>) -> Option<Self> {
        let reason = match error.kind() {
            _ if error.raw_os_error().is_some() => return None,
            io::ErrorKind::UnexpectedEof => LossReason::CutShort,
            _ => LossReason::Corrupt,
        };
        Some(Self { reason, last_call })
    }

    /// What is told of a file.
    pub(super) fn detail(path: &Path) -> String {
        format!("`{}` can't be unpacked to its end", path.display())
    }
}

/// When a file was written last, as far as is known. Packing leaves the time as it was.
pub(super) fn written(modified: Option<SystemTime>, now: UnixMillis) -> UnixMillis {
    let modified = modified.and_then(|time| i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok());
    modified.map_or(now, |modified| UnixMillis(modified).min(now))
}

impl Steadfast {
    /// When the calls at the end of a packed file were made: from the last one that was read out of it, or, where there is
    /// none, from the end of the last hour before in which its source had calls; until it was written.
    pub(super) async fn lost_end(
        &self,
        source: &SourceName,
        broken: Broken,
        written: UnixMillis,
    ) -> Result<Range<UnixMillis>, Error> {
        if let Some(last_call) = broken.last_call {
            return Ok(last_call..written.max(last_call));
        }
        let hours = self.store.source_hours(0).await?.hours;
        let ends = hours.into_iter().filter(|(of, ..)| of == source).map(|(_, hour, _)| hour.end());
        let from = ends.filter(|end| *end <= written).max();
        Ok(from.unwrap_or(written)..written)
    }

    /// Notes that the end of a packed file is lost, if that is final: nobody writes to it. Tells whether it is.
    pub(super) async fn note_lost_end(&self, source: &SourceName, path: &Path, broken: Broken) -> Result<bool, Error> {
        let now = self.clock.now();
        let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        let written = written(modified, now);
        if u128::from(written.0.abs_diff(now.0)) < PATIENCE.as_millis() {
            return Ok(false);
        }
        let Range { start, end } = self.lost_end(source, broken, written).await?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.record_loss(source, start, end, broken.reason, &Broken::detail(&path)).await?;
        Ok(true)
    }
}
