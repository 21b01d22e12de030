//! Work that breaks down or stands still, and what else there is to do meanwhile and afterwards.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use model::{Clock, DayRange, Environment, UnixMillis};
use service::{Batch, BatchOutcome, Error, Steadfast};

use crate::installation::{Installation, NOW, batch, line};

/// A clock that stands still, and breaks once.
pub(crate) struct Breaking {
    asked: AtomicU64,
    /// The how-manieth time it is asked.
    breaks_at: u64,
}

impl Breaking {
    pub(crate) fn at(breaks_at: u64) -> Arc<Self> {
        Arc::new(Self { asked: AtomicU64::new(0), breaks_at })
    }

    /// Whether it has broken.
    pub(crate) fn is_past(&self) -> bool {
        self.asked.load(Ordering::SeqCst) > self.breaks_at
    }
}

impl Clock for Breaking {
    fn now(&self) -> UnixMillis {
        assert_ne!(self.asked.fetch_add(1, Ordering::SeqCst), self.breaks_at, "the clock breaks, as it is to");
        UnixMillis(NOW)
    }
}

/// A clock that stands still, and while it is broken tells the time on one thread only.
pub(crate) struct Off {
    thread: std::thread::ThreadId,
    pub(crate) is_broken: AtomicBool,
}

impl Off {
    /// Where work that may wait is done on this thread, only work that may not breaks down.
    pub(crate) fn elsewhere() -> Arc<Self> {
        Arc::new(Self { thread: std::thread::current().id(), is_broken: AtomicBool::new(true) })
    }
}

impl Clock for Off {
    fn now(&self) -> UnixMillis {
        let is_here = std::thread::current().id() == self.thread;
        assert!(is_here || !self.is_broken.load(Ordering::SeqCst), "the clock is broken, as it is to");
        UnixMillis(NOW)
    }
}

/// A batch with so many undocumented routes, a name for each.
fn routes(name: &str, count: usize) -> Batch {
    let lines: String = (0..count).map(|n| line("acme", n, &format!("/hidden/{name}x{n}x"), 404)).collect();
    batch(lines, Some(name))
}

/// The routes that are kept by name, and all calls.
async fn kept(steadfast: &Steadfast) -> (BTreeSet<String>, u64) {
    let days = DayRange { start: steadfast.today().plus(-30), end: steadfast.today() };
    let acme = "acme".parse().unwrap();
    let tallies = steadfast.store.tallies(&acme, Environment::Production, days).await.unwrap();
    let calls = tallies.iter().map(|tally| tally.counts.calls).sum();
    (tallies.iter().map(|tally| tally.route.text.clone()).collect(), calls)
}

/// Sends a batch; `None` where sending itself breaks down.
async fn send(steadfast: &Steadfast, batch: Batch) -> Option<Result<BatchOutcome, Error>> {
    let steadfast = steadfast.clone();
    tokio::spawn(async move { steadfast.ingest_batch(batch).await }).await.ok()
}

#[tokio::test]
async fn a_commit_that_breaks_down_counts_nothing_and_takes_no_place() {
    for breaks_at in 0.. {
        let installation = Installation::new();
        let clock = Breaking::at(breaks_at);
        let steadfast = Steadfast { clock: clock.clone(), ..installation.steadfast.clone() };
        let first = send(&steadfast, routes("first", 1_000)).await;
        let is_counted = matches!(first, Some(Ok(_)));
        assert_eq!(is_counted, !clock.is_past(), "{breaks_at}: {first:?}");
        let second = installation.steadfast.ingest_batch(routes("second", 1_000)).await.unwrap();
        assert_eq!((second.accepted, second.duplicate), (1_000, false));
        // What broke down has not taken the places of these.
        let (names, calls) = kept(&installation.steadfast).await;
        let of_second = names.iter().filter(|name| name.contains("second")).count();
        assert_eq!((of_second, calls), if is_counted { (0, 2_000) } else { (1_000, 1_000) }, "{breaks_at}");
        if is_counted {
            assert!(breaks_at > 2, "the clock was asked {breaks_at} times only");
            return;
        }
        assert_eq!(installation.steadfast.ingest_batch(routes("first", 1_000)).await.unwrap().accepted, 1_000);
        assert_eq!(kept(&installation.steadfast).await.1, 2_000, "{breaks_at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn batches_beside_one_that_breaks_down_are_counted_once_each() {
    for breaks_at in 0.. {
        let installation = Installation::new();
        let clock = Breaking::at(breaks_at);
        let steadfast = Steadfast { clock: clock.clone(), ..installation.steadfast.clone() };
        let names = ["a", "b", "c", "d", "e"];
        let sending = names.map(|name| {
            let steadfast = steadfast.clone();
            tokio::spawn(async move { (name, send(&steadfast, routes(name, 20)).await) })
        });
        for sending in sending {
            let (name, answer) = sending.await.unwrap();
            let again = installation.steadfast.ingest_batch(routes(name, 20)).await.unwrap();
            assert_eq!(
                (again.accepted, again.duplicate),
                (20, matches!(answer, Some(Ok(_)))),
                "{breaks_at}: {answer:?}"
            );
        }
        assert_eq!(kept(&installation.steadfast).await.1, 100, "{breaks_at}");
        if !clock.is_past() {
            return;
        }
    }
}

#[test]
fn other_work_goes_on_while_a_commit_writes_what_can_not_be_used() {
    let installation = Installation::new();
    // A commit stands still while it writes to a pipe that nobody reads.
    let pipe = installation.path("rejects.ndjson");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let steadfast = installation.steadfast.clone();
    let (ask, asked) = tokio::sync::oneshot::channel::<()>();
    let (answer, answered) = mpsc::channel();
    // All on one thread, as far as it does not wait.
    let working = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let body = format!("{}\n", "no record ".repeat(10)).repeat(50_000);
            let sending = tokio::spawn(async move { steadfast.ingest_batch(batch(body, None)).await });
            asked.await.unwrap();
            answer.send(()).unwrap();
            sending.await.unwrap().unwrap()
        })
    });
    // It opens once the commit does.
    let mut reader = std::fs::File::open(&pipe).unwrap();
    ask.send(()).unwrap();
    let was_answered = answered.recv_timeout(Duration::from_secs(20));
    let written = std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
    assert_eq!(working.join().unwrap().rejected_total(), 50_000);
    assert!(written > 128 << 10, "more than a pipe holds");
    assert!(was_answered.is_ok(), "nothing else was done meanwhile");
}
