//! Commits what came for a source, again and again until it is done, and keeps what is known to be lost: while it listens, and
//! of the time before in which nobody did.

use std::time::{Duration, Instant};

use model::{LossReason, UnixMillis};
use store::Listened;
use tokio::task::JoinHandle;

use super::Listening;
use super::drops::Drops;
use super::gathering::Gathered;
use crate::ingest::batch::{Batch, BatchShape};
use crate::ingest::reading::Permission;
use crate::{Error, Steadfast};

/// How long the first message waits for others to be committed with.
const GATHER: Duration = Duration::from_millis(250);

/// How long is waited before a commit that failed is tried again: at first, and at most.
const AGAIN: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// How often a commit may break down until its messages are given up: it was not for want of anything that may come back.
const BREAKDOWNS: u32 = 3;

/// How often is looked for datagrams that were dropped.
const LOOK: Duration = Duration::from_secs(5);

/// How often losses are kept: a flood makes a line a minute, not one a look.
const KEEP_LOSSES: Duration = Duration::from_secs(60);

/// How often is noted until when was listened: what happens before the next time is told as lost should the process be killed.
const KEEP_LISTENED: Duration = Duration::from_secs(60);

/// How long nobody may have listened without that being a loss, in milliseconds, if listening ended in order: an update of the
/// program marks no day. Whoever is killed loses what it hadn't committed, and has no such grace.
const GRACE_MILLIS: i64 = 10_000;

/// See the module.
pub(super) struct Committing {
    steadfast: Steadfast,
    listening: Listening,
    drops: Vec<Drops>,
    losses: Losses,
    /// When listening began, until it is known whether somebody listened before.
    began: Option<UnixMillis>,
    /// When was noted last until when was listened, or tried to.
    noted: Option<Instant>,
}

/// What was lost and isn't kept yet.
struct Losses {
    dropped: u64,
    cut_short: u64,
    /// Messages whose commit broke down again and again.
    given_up: u64,
    /// When everything was committed and nothing lost, as far as is known.
    since: UnixMillis,
    looked: Instant,
    kept: Option<Instant>,
}

impl Losses {
    fn none(since: UnixMillis, kept: Option<Instant>) -> Self {
        Self { dropped: 0, cut_short: 0, given_up: 0, since, looked: Instant::now(), kept }
    }

    fn are_none(&self) -> bool {
        self.dropped + self.cut_short + self.given_up == 0
    }
}

impl Committing {
    pub(super) fn new(steadfast: Steadfast, listening: Listening, drops: Vec<Drops>) -> Self {
        let since = steadfast.clock.now();
        let losses = Losses::none(since, None);
        Self { steadfast, listening, drops, losses, began: Some(since), noted: None }
    }

    /// Commits to the end, which is when all that reads has ended.
    pub(super) async fn run(mut self, readers: Vec<JoinHandle<()>>) {
        let gathering = self.listening.gathering.clone();
        let mut read = std::pin::pin!(async {
            for reader in readers {
                // One that panicked reads nothing any more.
                let _ = reader.await;
            }
        });
        self.look_back().await;
        self.note_listened(false).await;
        loop {
            let came = async {
                gathering.some().await;
                let _ = tokio::time::timeout(GATHER, gathering.enough()).await;
            };
            tokio::select! {
                () = &mut read => break,
                () = came => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            let looks = (self.losses.looked.elapsed() >= LOOK).then(|| self.steadfast.clock.now());
            self.commit(gathering.take()).await;
            if let Some(taken) = looks {
                self.look(taken, KEEP_LOSSES).await;
                self.look_back().await;
            }
            if self.noted.is_none_or(|noted| noted.elapsed() >= KEEP_LISTENED) {
                self.note_listened(false).await;
            }
        }
        let taken = self.steadfast.clock.now();
        self.commit(self.listening.gathering.take()).await;
        self.look(taken, Duration::ZERO).await;
        self.look_back().await;
        self.note_listened(true).await;
    }

    /// Keeps as lost what may have come since somebody listened last. Until that is done, nothing else is noted.
    async fn look_back(&mut self) {
        let Some(began) = self.began else { return };
        match self.try_look_back(began).await {
            Ok(()) => self.began = None,
            Err(error) => {
                let source = &self.listening.source.name;
                tracing::warn!("when was listened for `{source}` last can't be looked up yet: {error}");
            }
        }
    }

    async fn try_look_back(&self, began: UnixMillis) -> Result<(), Error> {
        let source = &self.listening.source.name;
        let listened = self.steadfast.store.listened().await?;
        let Some(last) = listened.iter().find(|listened| listened.source == *source) else { return Ok(()) };
        let Some(from) = unheard(last, began) else { return Ok(()) };
        let detail = if last.ended {
            "`steadfast serve` was not running"
        } else {
            "`steadfast serve` ended abruptly, with what it had not committed, and was not running"
        };
        tracing::warn!("nobody listened for syslog of `{source}` from {from} to {began}: {detail}");
        self.steadfast.record_loss(source, from, began, LossReason::NobodyListened, detail).await
    }

    /// Notes until when was listened and everything that came is committed or known to be lost.
    async fn note_listened(&mut self, ended: bool) {
        if self.began.is_some() {
            return;
        }
        let (source, until) = (self.listening.source.name.clone(), self.losses.since);
        // With what is lost and can't be kept it has not ended: the next to listen looks back on it.
        let ended = ended && self.losses.are_none();
        match self.steadfast.store.keep_listened(&Listened { source, until, ended }).await {
            // Of a source of which nothing ever came, nothing can be missing.
            Ok(is_known) => self.noted = is_known.then(Instant::now),
            Err(error) => {
                self.noted = Some(Instant::now());
                let source = &self.listening.source.name;
                tracing::warn!("until when was listened for `{source}` can't be kept yet: {error}");
            }
        }
    }

    /// Counts messages. Meanwhile others are gathered, up to the bound.
    async fn commit(&mut self, gathered: Gathered) {
        self.losses.cut_short += gathered.cut_short;
        if gathered.lines.is_empty() {
            return;
        }
        let source = &self.listening.source;
        // A name of its own, so that a commit that was done but not told is not done again; and that equal messages,
        // which are as many calls, are not taken for one.
        let key = u128::from_le_bytes(self.steadfast.random.bytes()).to_string();
        let batch = Batch {
            body: gathered.lines,
            shape: BatchShape::Lines,
            environment: source.reading.environment(),
            key: Some(key),
            sender: format!("syslog {}", source.name),
            source: source.name.clone(),
            reading: source.reading.clone(),
            permission: Permission::default(),
        };
        let (mut pause, mut breakdowns) = (AGAIN.0, 0);
        while let Err(error) = self.try_commit(batch.clone()).await {
            breakdowns += u32::from(matches!(error, Error::Interrupted));
            if breakdowns == BREAKDOWNS {
                self.losses.given_up += memchr::memchr_iter(b'\n', &batch.body).count() as u64;
                tracing::error!("committing syslog messages of `{}` broke down; they are lost", source.name);
                return;
            }
            tracing::warn!("syslog messages of `{}` are not committed yet, which is tried again: {error}", source.name);
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(AGAIN.1);
        }
    }

    /// Tries once, on a task of its own: should it break down, this one goes on.
    async fn try_commit(&self, batch: Batch) -> Result<(), Error> {
        let steadfast = self.steadfast.clone();
        let trying = tokio::spawn(async move { steadfast.ingest_batch(batch).await });
        trying.await.map_err(|_| Error::Interrupted)?.map(drop)
    }

    /// Looks for what was lost, and keeps it unless that was done just now. What came until `taken` is committed.
    async fn look(&mut self, taken: UnixMillis, distance: Duration) {
        self.losses.looked = Instant::now();
        let now = self.steadfast.clock.now();
        for drops in &mut self.drops {
            let new = drops.new_ones();
            if new > 0 {
                let (source, address) = (&self.listening.source.name, drops.address());
                tracing::warn!("{new} syslog messages of `{source}` were dropped at udp://{address}");
            }
            self.losses.dropped += new;
        }
        let losses = &mut self.losses;
        if losses.are_none() {
            losses.since = taken;
        } else if losses.kept.is_none_or(|kept| kept.elapsed() >= distance) {
            let from = losses.since;
            let kept = self.keep(from, now).await;
            if let Err(error) = kept {
                tracing::warn!("what was lost of `{}` can't be kept yet: {error}", self.listening.source.name);
                return;
            }
            self.losses = Losses::none(taken, Some(Instant::now()));
        }
    }

    /// Keeps what was lost.
    async fn keep(&self, from: UnixMillis, now: UnixMillis) -> Result<(), Error> {
        let (source, losses) = (&self.listening.source.name, &self.losses);
        let mut details = Vec::new();
        if losses.dropped > 0 {
            details
                .push(format!("{} dropped, since they came over UDP faster than they were read", were(losses.dropped)));
        }
        if losses.cut_short > 0 {
            details.push(format!("{} cut off at the end of a connection", were(losses.cut_short)));
        }
        if losses.given_up > 0 {
            details.push(format!("{} not counted, since counting broke down", were(losses.given_up)));
        }
        self.steadfast.record_loss(source, from, now, LossReason::Dropped, &details.join("; ")).await
    }
}

/// Since when nobody listened, where that is to be told. A clock that was set back tells nothing.
fn unheard(last: &Listened, began: UnixMillis) -> Option<UnixMillis> {
    let grace = if last.ended { GRACE_MILLIS } else { 0 };
    (last.until.plus_millis(grace) < began).then_some(last.until)
}

fn were(messages: u64) -> String {
    if messages == 1 { "1 syslog message was".to_owned() } else { format!("{messages} syslog messages were") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_pause_in_order_is_no_loss() {
        let last = |ended| Listened { source: model::SourceName::http(), until: UnixMillis(100_000), ended };
        for (ended, began, expected) in [
            (true, 100_000, None),
            (true, 110_000, None),
            (true, 110_001, Some(100_000)),
            (false, 100_001, Some(100_000)),
            (false, 100_000, None),
            // The clock was set back.
            (true, 5, None),
            (false, 5, None),
        ] {
            assert_eq!(unheard(&last(ended), UnixMillis(began)), expected.map(UnixMillis), "{ended} {began}");
        }
    }
}
