//! A connection that is watched: what is idle, slow to ask or slow to take its answer is ended.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::Limits;

/// How long a connection is idle before it may be ended for the sake of others.
const IDLE: Duration = Duration::from_secs(1);

/// How long the other side may let a request be waited for before the same.
const SLOW: Duration = Duration::from_secs(2);

/// What a connection is about, and since when. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Phase(Arc<Mutex<Now>>);

#[derive(Debug)]
struct Now {
    stage: Stage,
    since: Instant,
    /// How long, while a request is answered, was waited for more of its body or for somebody to take the answer.
    waited: Duration,
    /// Since when is waited so, if it is.
    waits: Option<Instant>,
    /// Who waits for the next request while one is answered: told when that is over, since it has a deadline from then on.
    reader: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing of a request has come.
    Idle,
    /// The head of a request is coming.
    Asking,
    /// A request is answered. Its body has a pace of its own.
    Answering,
}

impl Now {
    fn at(stage: Stage) -> Self {
        Self { stage, since: Instant::now(), waited: Duration::ZERO, waits: None, reader: None }
    }
}

/// How a connection could be spared: idle ones before those that are slow, and among these the longest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spared {
    /// It lets a request be waited for, for so long already.
    Slow(Duration),
    /// It is idle for so long.
    Idle(Duration),
}

impl Phase {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Now::at(Stage::Idle))))
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self) -> (Stage, Instant) {
        let now = self.lock();
        (now.stage, now.since)
    }

    fn set(&self, stage: Stage) {
        let last = std::mem::replace(&mut *self.lock(), Now::at(stage));
        if let Some(reader) = last.reader {
            reader.wake();
        }
    }

    /// Has the reader told when the stage is another.
    fn tell(&self, reader: &Waker) {
        self.lock().reader = Some(reader.clone());
    }

    /// It is for the other side to go on.
    fn wait(&self) {
        self.lock().waits.get_or_insert_with(Instant::now);
    }

    /// The other side has gone on.
    fn go_on(&self) {
        let mut now = self.lock();
        if let Some(since) = now.waits.take() {
            now.waited += since.elapsed();
        }
    }

    /// A request is answered from now on.
    pub(crate) fn answer(&self) {
        self.set(Stage::Answering);
    }

    /// Whether the connection could be spared, with so much more patience than is due. One that is answered, and is waited for
    /// by nobody, can't.
    pub(crate) fn spared(&self, patience: u32) -> Option<Spared> {
        let now = self.lock();
        let slow = |waited: Duration| (waited >= SLOW * patience).then_some(Spared::Slow(waited));
        match now.stage {
            // The last of an answer is yet to be taken.
            Stage::Idle if now.waits.is_some() => now.waits.and_then(|since| slow(now.waited + since.elapsed())),
            Stage::Idle => Some(now.since.elapsed()).filter(|idle| *idle >= IDLE * patience).map(Spared::Idle),
            Stage::Asking => slow(now.since.elapsed()),
            Stage::Answering => now.waits.and_then(|since| slow(now.waited + since.elapsed())),
        }
    }
}

/// A connection that ends by itself when it is idle or slow for too long.
pub(crate) struct Watched {
    stream: TcpStream,
    phase: Phase,
    limits: Limits,
    /// When a read that finds nothing is given up.
    reading: Timer,
    /// When a write that finds no taker is.
    writing: Timer,
}

impl Watched {
    pub(crate) fn new(stream: TcpStream, phase: Phase, limits: Limits) -> Self {
        Self { stream, phase, limits, reading: Timer::default(), writing: Timer::default() }
    }

    /// What became of a write, which is given up once the other side has not taken anything for too long.
    fn wrote<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            if self.writing.since.take().is_some() {
                self.phase.go_on();
            }
            return polled;
        }
        self.phase.wait();
        let since = self.writing.since.unwrap_or_else(Instant::now);
        self.writing.run(cx, since, self.limits.head).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Watched {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let watched = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut watched.stream).poll_read(cx, buffer);
        let (stage, since) = watched.phase.get();
        if polled.is_ready() {
            if buffer.filled().len() > before && stage == Stage::Idle {
                watched.phase.set(Stage::Asking);
            }
            return polled;
        }
        let patience = match stage {
            Stage::Idle => watched.limits.idle,
            Stage::Asking => watched.limits.head,
            Stage::Answering => {
                watched.phase.tell(cx.waker());
                return Poll::Pending;
            }
        };
        watched.reading.run(cx, since, patience).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let watched = self.get_mut();
        let polled = Pin::new(&mut watched.stream).poll_write(cx, bytes);
        watched.wrote(cx, polled)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let watched = self.get_mut();
        let polled = Pin::new(&mut watched.stream).poll_write_vectored(cx, slices);
        watched.wrote(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// A deadline that is set only when somebody waits.
#[derive(Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    /// Since when the time runs.
    since: Option<Instant>,
}

impl Timer {
    /// Ready once `patience` has passed since `since`.
    fn run(&mut self, cx: &mut Context<'_>, since: Instant, patience: Duration) -> Poll<()> {
        let deadline = since + patience;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        self.since = Some(since);
        sleep.as_mut().poll(cx)
    }
}

/// The body of a request, which says when it is waited for.
pub(crate) struct Coming {
    body: Incoming,
    phase: Phase,
}

impl Coming {
    pub(crate) fn new(body: Incoming, phase: Phase) -> Self {
        Self { body, phase }
    }
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_pending() {
            self.phase.wait();
        } else {
            self.phase.go_on();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.phase.go_on();
    }
}

/// Says that a request is answered, until it is dropped.
pub(crate) struct InAnswer(Phase);

impl InAnswer {
    pub(crate) fn new(phase: Phase) -> Self {
        Self(phase)
    }

    /// The same answer, which says so until the last of it is gone.
    pub(crate) fn around(self, response: Response) -> Response {
        response.map(|body| Body::new(Answer { body, _in_answer: self }))
    }
}

impl Drop for InAnswer {
    fn drop(&mut self) {
        self.0.set(Stage::Idle);
    }
}

/// The body of an answer.
struct Answer {
    body: Body,
    _in_answer: InAnswer,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
