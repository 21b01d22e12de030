//! Committing batches, one's turn at a time: those that wait share a commit.
//!
//! A turn is work for a thread that may be busy: there is much to add up, and files to write. Once begun it goes on to its
//! end, whoever goes away meanwhile; should it break down, nothing of it is committed, nor remembered as if it were.

use std::collections::VecDeque;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use store::{BatchCommit, IngestCommit, StoreError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use traffic::RejectCounts;

use super::KEYS;
use super::batch::{BatchOutcome, Identity, ReadBatch};
use super::kept::{Kept, Refused};
use super::pending::{Pending, keyed};
use super::received::Received;
use crate::{Error, Steadfast};

/// How many batches share a commit at most.
const SHARED: usize = 64;

/// Of how many batches that could not be committed is remembered that their evidence is written.
const EVIDENT: usize = 1024;

/// Batches that wait to be committed, and what whoever commits them has to know.
#[derive(Default)]
pub(super) struct Turns {
    waiting: Mutex<Vec<Waiting>>,
    /// Held by the one whose turn it is, whatever it commits.
    pub(super) turn: Arc<tokio::sync::Mutex<Turn>>,
}

/// A batch, and where the answer is waited for.
struct Waiting {
    batch: ReadBatch,
    answer: oneshot::Sender<Result<BatchOutcome, Error>>,
}

/// What is handed on from turn to turn.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) kept: Kept,
    /// The last import that was met.
    import: Option<i64>,
    /// Batches whose lines that can't be used stand in the rejects file though they are not committed: what is sent again and
    /// again is not written again and again.
    evident: VecDeque<Identity>,
}

impl Turns {
    /// Has a batch wait. To be followed by [`Turns::take`].
    pub(super) fn wait(&self, batch: ReadBatch, answer: oneshot::Sender<Result<BatchOutcome, Error>>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Waiting { batch, answer });
    }

    /// Waits for a turn and commits what waits then, if others have not done so yet. Where the store can't be had, all that
    /// wait are told so: it would be no other for them, and waiting for it takes a while.
    pub(super) async fn take(&self, steadfast: &Steadfast) {
        let mut turn = Arc::clone(&self.turn).lock_owned().await;
        let group = self.next_group();
        if group.is_empty() {
            return;
        }
        let (steadfast, runtime) = (steadfast.clone(), Handle::current());
        let committing = tokio::task::spawn_blocking(move || {
            if let Err(error @ Error::Store(_)) = runtime.block_on(turn.commit(&steadfast, group)) {
                refuse(steadfast.batches.0.turns.all().into_iter(), &error);
            }
        });
        if committing.await.is_err() {
            // Those of the group get no answer, which says the same.
            tracing::error!("committing batches broke down; nothing of them is counted");
        }
    }

    /// All batches that wait.
    fn all(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The batches that waited longest, as many as make one commit; always one at least if any waits, so that as many
    /// turns as batches are enough.
    fn next_group(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = 0;
        let fits = waiting.iter().take(SHARED).take_while(|next| {
            let first = keys == 0;
            keys += next.batch.len().max(1);
            first || keys <= KEYS
        });
        let count = fits.count();
        waiting.drain(..count).collect()
    }
}

impl Turn {
    /// Commits batches together and answers each; where that fails because of one of them, each by itself.
    ///
    /// # Errors
    /// When it fails because of none of them. Those that are not counted are told so already.
    async fn commit(&mut self, steadfast: &Steadfast, mut group: Vec<Waiting>) -> Result<(), Error> {
        while !group.is_empty() {
            group = self.commit_distinct(steadfast, group).await?;
        }
        Ok(())
    }

    /// Commits all batches but those that would be taken for one of the others, which are returned.
    async fn commit_distinct(&mut self, steadfast: &Steadfast, group: Vec<Waiting>) -> Result<Vec<Waiting>, Error> {
        let (mut distinct, mut later): (Vec<Waiting>, Vec<Waiting>) = (Vec::new(), Vec::new());
        let mut group = group.into_iter();
        while let Some(waiting) = group.next() {
            let identity = &waiting.batch.identity;
            let is_alike =
                |other: &Waiting| identity.follows(&other.batch.identity) || other.batch.identity.follows(identity);
            if distinct.iter().any(is_alike) {
                later.push(waiting);
                continue;
            }
            match steadfast.counted_before(&waiting.batch).await {
                Ok(None) => distinct.push(waiting),
                Err(error) if for_all(&error).is_some() => {
                    refuse(iter::once(waiting).chain(group).chain(distinct).chain(later), &error);
                    return Err(error);
                }
                Ok(Some(outcome)) => give(waiting, Ok(outcome)),
                Err(error) => give(waiting, Err(error)),
            }
        }
        if let [_, _, ..] = distinct.as_slice() {
            let batches: Vec<&ReadBatch> = distinct.iter().map(|waiting| &waiting.batch).collect();
            let saved = self.save(steadfast, &batches).await;
            match saved {
                Ok(()) => {
                    for waiting in distinct {
                        let outcome = waiting.batch.outcome();
                        give(waiting, Ok(outcome));
                    }
                    return Ok(later);
                }
                Err(error) if for_all(&error).is_some() => {
                    refuse(distinct.into_iter().chain(later), &error);
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        let mut singles = distinct.into_iter();
        while let Some(waiting) = singles.next() {
            let saved = self.save(steadfast, &[&waiting.batch]).await;
            let answer = match saved {
                Ok(()) => Ok(waiting.batch.outcome()),
                Err(error) if for_all(&error).is_some() => {
                    refuse(iter::once(waiting).chain(singles).chain(later), &error);
                    return Err(error);
                }
                // Counted by somebody else just now?
                Err(error) => match steadfast.counted_before(&waiting.batch).await {
                    Ok(Some(outcome)) => Ok(outcome),
                    Err(Error::KeyReused) => Err(Error::KeyReused),
                    Ok(None) | Err(_) => Err(error),
                },
            };
            give(waiting, answer);
        }
        Ok(later)
    }

    /// Commits batches together, all or nothing.
    async fn save(&mut self, steadfast: &Steadfast, batches: &[&ReadBatch]) -> Result<(), Error> {
        self.meet(batches.iter().filter_map(|batch| batch.import).max());
        // Handed on only once what was admitted is in the store: not after an error or a breakdown.
        let mut kept = std::mem::take(&mut self.kept);
        self.save_with(&mut kept, steadfast, batches).await?;
        if !kept.is_full() {
            self.kept = kept;
        }
        Ok(())
    }

    /// Takes note of an import that something was read with.
    pub(super) fn meet(&mut self, import: Option<i64>) {
        if import > self.import {
            // Routes that are documented now take no place among the undocumented ones any more.
            self.kept.forget();
            self.import = import;
        }
    }

    async fn save_with(&mut self, kept: &mut Kept, steadfast: &Steadfast, batches: &[&ReadBatch]) -> Result<(), Error> {
        let firsts = batches.iter().flat_map(|batch| &batch.firsts);
        kept.learn(firsts, &steadfast.batches.0.hashes, steadfast.store.as_ref()).await?;
        // A batch that can't be added up must not cost those beside it.
        let put_together = catch_unwind(AssertUnwindSafe(|| self.put_together(kept, steadfast, batches)));
        let commit = put_together.map_err(|_| Error::Interrupted)??;
        steadfast.store.commit_ingest(commit).await?;
        self.evident.retain(|identity| batches.iter().all(|batch| batch.identity != *identity));
        Ok(())
    }

    /// Makes one commit of batches, whose evidence is written then.
    fn put_together(
        &mut self,
        kept: &mut Kept,
        steadfast: &Steadfast,
        batches: &[&ReadBatch],
    ) -> Result<IngestCommit, Error> {
        let (mut pending, mut received) = (Pending::default(), Received::default());
        let mut rejected = RejectCounts::default();
        for batch in batches {
            received.add(&batch.source, batch.way, &batch.received);
            let mut refused = Refused::default();
            batch.firsts.iter().for_each(|firsts| kept.admit(firsts, &mut refused));
            for tallied in &batch.tallied {
                pending.add(tallied, &batch.catalog, &refused);
            }
            rejected.merge(&batch.rejected);
            self.keep_evidence(steadfast, batch)?;
        }
        let since = steadfast.forgotten_since();
        let seen = |batch: &&ReadBatch| BatchCommit {
            sender: batch.identity.sender.clone(),
            key: batch.identity.key.clone(),
            digest: batch.identity.remembered(),
            since,
            accepted: batch.accepted,
            rejects: keyed(&batch.rejected),
        };
        let mut commit = IngestCommit {
            // The oldest of their catalogs: if it is not the last any more, counts settle by themselves.
            catalog: batches.iter().map(|batch| batch.import).min().flatten(),
            batches: batches.iter().map(seen).collect(),
            rejects: keyed(&rejected),
            ..IngestCommit::empty(steadfast.clock.now())
        };
        pending.take_into(&mut commit);
        received.take_into(&mut commit);
        Ok(commit)
    }

    /// Writes what can't be used of a batch, unless that was done when it could not be committed.
    fn keep_evidence(&mut self, steadfast: &Steadfast, batch: &ReadBatch) -> Result<(), Error> {
        if batch.evidence.is_empty() || self.evident.contains(&batch.identity) {
            return Ok(());
        }
        steadfast.keep_rejects(&batch.evidence)?;
        self.evident.push_back(batch.identity.clone());
        if self.evident.len() > EVIDENT {
            self.evident.pop_front();
        }
        Ok(())
    }
}

/// The same error for all that wait, where it is no fault of one of them: each would only wait for it anew.
fn for_all(error: &Error) -> Option<Error> {
    match error {
        Error::Store(StoreError::Unavailable(text)) => Some(StoreError::Unavailable(text.clone()).into()),
        Error::Rejects { path, message } => Some(Error::Rejects { path: path.clone(), message: message.clone() }),
        _ => None,
    }
}

fn refuse(group: impl Iterator<Item = Waiting>, error: &Error) {
    for waiting in group {
        if let Some(error) = for_all(error) {
            give(waiting, Err(error));
        }
    }
}

fn give(waiting: Waiting, answer: Result<BatchOutcome, Error>) {
    // Nobody waits any more? It is counted all the same, and recognised when it is sent again.
    let _ = waiting.answer.send(answer);
}
