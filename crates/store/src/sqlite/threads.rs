//! Threads that own connections and do one piece of work after the other, each in a transaction.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::open;
use crate::{Result, StoreError};

/// How many pieces of work may wait before callers do.
const QUEUE: usize = 64;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// What the threads' transactions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// See one state of the database and change nothing.
    Read,
    /// Take the write lock at once (so nothing read in them can change before they end) and commit.
    Write,
}

/// A few threads with a connection each, fed from one bounded queue.
pub(super) struct Threads {
    /// The file that errors are about.
    path: Arc<Path>,
    mode: Mode,
    queue: Option<mpsc::Sender<Work>>,
    handles: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Threads").field("mode", &self.mode).field("threads", &self.handles.len()).finish()
    }
}

impl Threads {
    /// Starts one thread for each connection.
    pub(super) fn start(name: &str, path: &Path, connections: Vec<Connection>, mode: Mode) -> Result<Self> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        let handles = connections
            .into_iter()
            .map(|connection| {
                let receiver = Arc::clone(&receiver);
                std::thread::Builder::new().name(name.to_owned()).spawn(move || work_off(&receiver, connection))
            })
            .collect::<std::io::Result<Vec<_>>>()
            .map_err(|error| StoreError::Unavailable(format!("cannot start a thread: {error}")))?;
        Ok(Self { path: path.into(), mode, queue: Some(sender), handles })
    }

    /// Says which file an error is about that did not end a transaction.
    pub(super) fn at(&self, error: StoreError) -> StoreError {
        open::at(&self.path, error)
    }

    /// Has one of the threads do `work` in a transaction. Waits while the queue is full.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run_then(work, || ()).await
    }

    /// The same, and `then` once the transaction is committed, before anything else on that thread.
    pub(super) async fn run_then<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
        then: impl FnOnce() + Send + 'static,
    ) -> Result<T> {
        let (mode, path) = (self.mode, Arc::clone(&self.path));
        let (reply, answer) = oneshot::channel();
        let boxed: Work = Box::new(move |connection| {
            let done = in_transaction(connection, mode, work).map_err(|error| open::at(&path, error));
            if done.is_ok() {
                then();
            }
            // Nobody waits for the answer any more? The work is done all the same.
            let _ = reply.send(done);
        });
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(boxed).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.queue = None;
        for handle in self.handles.drain(..) {
            // A thread ends by closing its connection; that it might have panicked changes nothing now.
            let _ = handle.join();
        }
    }
}

fn work_off(queue: &Mutex<mpsc::Receiver<Work>>, mut connection: Connection) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(work) = next else { return };
        // A panic rolls the transaction back and reaches the caller as an answer that never comes; the
        // thread and its connection stay good for others.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut connection)));
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    mode: Mode,
    work: impl FnOnce(&Transaction<'_>) -> Result<T>,
) -> Result<T> {
    let behavior = match mode {
        Mode::Read => TransactionBehavior::Deferred,
        Mode::Write => TransactionBehavior::Immediate,
    };
    let transaction = connection.transaction_with_behavior(behavior)?;
    // An error drops the transaction, which rolls it back.
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn stopped() -> StoreError {
    StoreError::Unavailable("a piece of work on the database broke off; see the log and try again".to_owned())
}
