//! What sends traffic: what came of each source and when, so that it can be told what did not.

use async_trait::async_trait;
use model::{Hour, LossReason, SourceName, SourceWay, UnixMillis};

use crate::Result;

/// How many losses are kept of a source.
pub const LOSSES: u32 = 1000;

/// The longest detail of a loss, in bytes.
pub const LOSS_DETAIL: usize = 500;

/// What a commit adds to a source, in the same transaction as the counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCommit {
    /// Which.
    pub source: SourceName,
    /// How it came in.
    pub way: SourceWay,
    /// Its calls by the UTC hour of their own time. Hours are distinct.
    pub hours: Vec<(Hour, u64)>,
    /// The time of the latest of them.
    pub last_call: Option<UnixMillis>,
    /// Its rejected lines by reason; they count under the hour of the commit. Reasons are distinct.
    pub rejects: Vec<(String, u64)>,
}

/// A source as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSeen {
    /// Its name.
    pub name: SourceName,
    /// How its last calls came in; `None` if only losses are known of it.
    pub way: Option<SourceWay>,
    /// The UTC hour of its earliest call.
    pub first_hour: Option<Hour>,
    /// The time of its latest call.
    pub last_call: Option<UnixMillis>,
    /// When lines of it were last counted or rejected.
    pub last_received: Option<UnixMillis>,
    /// All its calls that were ever counted.
    pub calls: u64,
    /// All its lines that were ever rejected, by reason, most frequent first.
    pub rejects: Vec<(String, u64)>,
}

/// Calls that a reader knows to be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Of which source.
    pub source: SourceName,
    /// They were made at this instant or later,
    pub from: UnixMillis,
    /// and before this one.
    pub until: UnixMillis,
    /// Why they are lost.
    pub reason: LossReason,
    /// What exactly happened, such as the name of a file; may be empty.
    pub detail: String,
    /// When it was noticed.
    pub at: UnixMillis,
}

/// Until when messages of a source were listened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listened {
    /// Of which source.
    pub source: SourceName,
    /// What came before this instant is committed, or known to be lost.
    pub until: UnixMillis,
    /// Whether listening ended then; else it went on.
    pub ended: bool,
}

/// A file that a source means and that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadFile {
    /// Of which source.
    pub source: SourceName,
    /// Where it is.
    pub path: String,
    /// Why, and what to do.
    pub reason: String,
}

/// Whether what was made of [`Sources::source_hours`] and [`Sources::losses`] still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// Grows with every change of them.
    pub revision: i64,
    /// What was made at an earlier revision is to be made anew as a whole.
    pub reset: i64,
}

/// Hours of sources, as of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHours {
    /// The revision.
    pub revision: i64,
    /// How many calls each source has in each hour, in no order.
    pub hours: Vec<(SourceName, Hour, u64)>,
}

/// What is known of sources. What a commit adds comes with [`crate::IngestCommit::sources`].
#[async_trait]
pub trait Sources: Send + Sync {
    /// Whether what was made of hours and losses still holds.
    async fn source_state(&self) -> Result<SourceState>;

    /// All sources, by name.
    async fn sources(&self) -> Result<Vec<SourceSeen>>;

    /// The hours that changed after a revision, or all with 0, each with all of its calls.
    async fn source_hours(&self, since: i64) -> Result<SourceHours>;

    /// Lines rejected since an hour (that of their receipt), by source, then reason, most frequent first.
    async fn source_rejects(&self, since: Hour) -> Result<Vec<(SourceName, String, u64)>>;

    /// All losses that are kept, by source, then time.
    async fn losses(&self) -> Result<Vec<Loss>>;

    /// Adds a loss. With those of the same source and reason that it overlaps or touches it becomes one. Where a source has
    /// more than [`LOSSES`] then, the two of a reason that lie closest become one with what is between them: no instant that
    /// was of a loss ever is of none, until it is purged. Tells whether anything is new, which the instant when it was
    /// noticed is not. Details are joined, up to [`LOSS_DETAIL`].
    async fn add_loss(&self, loss: &Loss) -> Result<bool>;

    /// Until when each source was listened for, by source.
    async fn listened(&self) -> Result<Vec<Listened>>;

    /// Notes until when a source was listened for, if it is known: of a source of which nothing ever came, nothing is kept.
    /// Tells whether it is.
    async fn keep_listened(&self, listened: &Listened) -> Result<bool>;

    /// Forgets that a source was listened for.
    async fn forget_listened(&self, source: &SourceName) -> Result<()>;

    /// The files that can't be read, as they were kept last, by source and path.
    async fn unread_files(&self) -> Result<Vec<UnreadFile>>;

    /// Keeps which files can't be read, in place of those that were kept before.
    async fn keep_unread_files(&self, files: &[UnreadFile]) -> Result<()>;

    /// Deletes hours, rejects by hour, and losses that are before an hour. Totals stay. Deletes positions of files that nobody
    /// follows and that were last read more than a day before that hour too: all their calls are from before it. Without its
    /// position a file that is still there is new, so the counts of those days have to be gone, but for what nobody can read:
    /// [`crate::Store::purge_before`] comes first.
    async fn purge_sources(&self, before: Hour) -> Result<()>;
}
