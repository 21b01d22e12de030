//! Committing batches, one's turn at a time: those that wait share a commit.

use std::collections::VecDeque;
use std::iter;
use std::sync::{Mutex, PoisonError};

use store::{BatchCommit, IngestCommit, StoreError};
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
    pub(super) turn: tokio::sync::Mutex<Turn>,
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

    /// Waits for a turn and commits what waits then, if others have not done so yet.
    pub(super) async fn take(&self, steadfast: &Steadfast) {
        let mut turn = self.turn.lock().await;
        let group = self.next_group();
        if !group.is_empty() {
            turn.commit(steadfast, group).await;
        }
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
    async fn commit(&mut self, steadfast: &Steadfast, mut group: Vec<Waiting>) {
        while !group.is_empty() {
            group = self.commit_distinct(steadfast, group).await;
        }
    }

    /// Commits all batches but those that would be taken for one of the others, which are returned.
    async fn commit_distinct(&mut self, steadfast: &Steadfast, group: Vec<Waiting>) -> Vec<Waiting> {
        let (mut distinct, mut later): (Vec<Waiting>, Vec<Waiting>) = (Vec::new(), Vec::new());
        for waiting in group {
            let identity = &waiting.batch.identity;
            let is_alike =
                |other: &Waiting| identity.follows(&other.batch.identity) || other.batch.identity.follows(identity);
            if distinct.iter().any(is_alike) {
                later.push(waiting);
            } else if let Some(answer) = steadfast.counted_before(identity).await.transpose() {
                give(waiting, answer);
            } else {
                distinct.push(waiting);
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
                    return later;
                }
                Err(error) if for_all(&error).is_some() => {
                    refuse(distinct.into_iter().chain(later), &error);
                    return Vec::new();
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
                    return Vec::new();
                }
                // Counted by somebody else just now?
                Err(error) => match steadfast.counted_before(&waiting.batch.identity).await {
                    Ok(Some(outcome)) => Ok(outcome),
                    Err(Error::KeyReused) => Err(Error::KeyReused),
                    Ok(None) | Err(_) => Err(error),
                },
            };
            give(waiting, answer);
        }
        later
    }

    /// Commits batches together, all or nothing.
    async fn save(&mut self, steadfast: &Steadfast, batches: &[&ReadBatch]) -> Result<(), Error> {
        let saved = self.try_save(steadfast, batches).await;
        if saved.is_err() || self.kept.is_full() {
            // What was admitted for them is not in the store.
            self.kept.forget();
        }
        saved
    }

    /// Takes note of an import that something was read with.
    pub(super) fn meet(&mut self, import: Option<i64>) {
        if import > self.import {
            // Routes that are documented now take no place among the undocumented ones any more.
            self.kept.forget();
            self.import = import;
        }
    }

    async fn try_save(&mut self, steadfast: &Steadfast, batches: &[&ReadBatch]) -> Result<(), Error> {
        self.meet(batches.iter().filter_map(|batch| batch.import).max());
        self.kept.learn(batches.iter().flat_map(|batch| &batch.firsts), steadfast.store.as_ref()).await?;
        let (mut pending, mut received) = (Pending::default(), Received::default());
        let mut rejected = RejectCounts::default();
        for batch in batches {
            received.add(&batch.source, batch.way, &batch.received);
            let mut refused = Refused::default();
            self.kept.admit(&batch.firsts, &mut refused);
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
            digest: batch.identity.digest,
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
        steadfast.store.commit_ingest(commit).await?;
        self.evident.retain(|identity| batches.iter().all(|batch| batch.identity != *identity));
        Ok(())
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
