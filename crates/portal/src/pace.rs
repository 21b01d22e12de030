//! Bodies that come too slowly are given up: whoever sends a byte a second holds a place that others need. What is refused of
//! calls is read all the same, so that the answer is.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::future::poll_fn;
use http_body::{Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep};

use crate::access::takes_calls;
use crate::{Limits, Portal};

/// How much of what nobody wants any more is read for the sake of the answer, in bytes.
const DRAINED: usize = 32 << 20;

/// How long that may take.
const DRAINING: Duration = Duration::from_secs(5);

/// How long a body that has no calls may be waited for in all: forms and documents are small.
const FORM: Duration = Duration::from_secs(30);

/// The error of a body that came too slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the body came too slowly, and nothing of it was used: after {grace} seconds of waiting at least {rate} bytes have to \
     come each second, and all of it within {total} seconds; send smaller ones"
)]
pub(crate) struct TooSlow {
    grace: u64,
    rate: u32,
    total: u64,
}

impl TooSlow {
    /// The one that an error comes from, if it does.
    pub(crate) fn behind(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        std::iter::successors(Some(error), |error| error.source()).find_map(|error| error.downcast_ref().copied())
    }
}

/// Holds the bodies of all requests to the pace that the portal demands.
pub(crate) async fn paced(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let has_calls = takes_calls(request.method(), request.uri().path());
    let limits = if has_calls { portal.limits } else { of_forms(portal.limits) };
    // Who waits to be asked for the body sends none unasked.
    let drained = has_calls && !request.headers().contains_key(header::EXPECT);
    let paced = |body: Body| if body.is_end_stream() { body } else { Body::new(Paced::new(body, limits, drained)) };
    next.run(request.map(paced)).await
}

/// The limits for bodies that have no calls.
fn of_forms(limits: Limits) -> Limits {
    Limits { body_total: limits.body_total.min(FORM), ..limits }
}

/// A body that has to come fast enough. Time that nobody waits for it does not count.
struct Paced {
    body: Body,
    limits: Limits,
    received: u64,
    /// How long was waited for bytes so far.
    waited: Duration,
    /// Since when is waited, if it is.
    since: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
    /// Whether what nobody read of it is drained.
    drained: bool,
}

impl Paced {
    fn new(body: Body, limits: Limits, drained: bool) -> Self {
        let sleep = Box::pin(tokio::time::sleep(Duration::ZERO));
        Self { body, limits, received: 0, waited: Duration::ZERO, since: None, sleep, drained }
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        if self.drained {
            drain(std::mem::take(&mut self.body));
        }
    }
}

/// How long may be waited in all for so many bytes and the next one.
fn allowance(limits: &Limits, received: u64) -> Duration {
    let earned = Duration::from_millis(received.saturating_mul(1000) / u64::from(limits.body_rate.max(1)));
    (limits.body_grace + earned).min(limits.body_total)
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(frame) = polled {
            if let Some(since) = self.since.take() {
                self.waited += since.elapsed();
            }
            match &frame {
                Some(Ok(frame)) => self.received += frame.data_ref().map_or(0, |data| data.len() as u64),
                // There is no more of it.
                Some(Err(_)) | None => self.drained = false,
            }
            return Poll::Ready(frame);
        }
        if self.since.is_none() {
            let now = Instant::now();
            self.since = Some(now);
            let deadline = now + allowance(&self.limits, self.received).saturating_sub(self.waited);
            self.sleep.as_mut().reset(deadline);
        }
        ready!(self.sleep.as_mut().poll(cx));
        self.drained = false;
        let Limits { body_grace, body_rate, body_total, .. } = self.limits;
        let slow = TooSlow { grace: body_grace.as_secs(), rate: body_rate, total: body_total.as_secs() };
        Poll::Ready(Some(Err(axum::Error::new(slow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Reads what is left of a body and throws it away, behind the back of the answer: whoever sends all of a request before
/// they read would not see why it was refused. Bounded in size and time.
fn drain(mut body: Body) {
    let Ok(runtime) = Handle::try_current() else { return };
    if body.is_end_stream() {
        return;
    }
    runtime.spawn(async move {
        let _ = tokio::time::timeout(DRAINING, async move {
            let mut drained = 0;
            while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                drained += frame.data_ref().map_or(0, Bytes::len);
                if drained > DRAINED {
                    return;
                }
            }
        })
        .await;
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::to_bytes;
    use futures_util::stream::{self, StreamExt as _};

    use super::*;
    use crate::testing::TestPortal;

    #[test]
    fn what_came_allows_to_wait_for_more() {
        let limits = Limits { body_total: Duration::from_secs(100), ..Limits::DEFAULT };
        let seconds = |received| allowance(&limits, received).as_secs();
        assert_eq!((seconds(0), seconds(1024), seconds(10 << 10)), (10, 11, 20));
        assert_eq!(seconds(32 << 20), 100, "but not for ever");
        assert_eq!(allowance(&of_forms(limits), 32 << 20).as_secs(), 30, "and forms are small");
        assert_eq!(of_forms(Limits { body_total: Duration::from_secs(5), ..limits }).body_total.as_secs(), 5);
    }

    /// A body that begins so and then comes no more.
    fn stuck(parts: &[&'static str]) -> Body {
        let parts: Vec<_> =
            parts.iter().map(|part| Ok::<_, axum::Error>(Bytes::from_static(part.as_bytes()))).collect();
        Body::from_stream(stream::iter(parts).chain(stream::pending()))
    }

    #[tokio::test]
    async fn what_is_refused_unread_is_read_all_the_same() {
        for (path, expect, all) in [
            ("/api/v1/calls", false, true),
            ("/v1/logs", false, true),
            ("/v1/logs", true, false),
            ("/rules", false, false),
        ] {
            let read = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&read);
            let parts = stream::iter(0..50).map(move |_| {
                counted.fetch_add(1, Ordering::Relaxed);
                Ok::<_, axum::Error>(Bytes::from_static(b"x"))
            });
            let request = Request::post(path).header("host", "localhost:8080");
            let request = if expect { request.header("expect", "100-continue") } else { request };
            let answer = TestPortal::empty().send(request.body(Body::from_stream(parts)).unwrap()).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
            assert_eq!(read.load(Ordering::Relaxed), if all { 50 } else { 0 }, "{path} {expect}");
        }
    }

    #[tokio::test]
    async fn whoever_sends_a_form_too_slowly_is_told_so() {
        let limits = Limits { body_grace: Duration::from_millis(30), ..Limits::DEFAULT };
        let portal = TestPortal::empty();
        let service = crate::router(portal.portal().with_limits(limits));
        let request = Request::post("/sign-in").header("host", "localhost:8080");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(stuck(&["email=", "a"])).unwrap();
        let answer = tower::ServiceExt::oneshot(service, request).await.unwrap();
        assert_eq!(answer.status(), axum::http::StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn a_body_that_is_waited_for_too_long_is_given_up() {
        let limits = Limits { body_grace: Duration::from_millis(30), ..Limits::DEFAULT };
        for parts in [&[][..], &["a"], &["a", "b"]] {
            let error = to_bytes(Body::new(Paced::new(stuck(parts), limits, true)), usize::MAX).await.unwrap_err();
            assert!(error.to_string().contains("too slowly"), "{error}");
        }
        let whole = Body::new(Paced::new(Body::from("all of it"), limits, true));
        assert_eq!(to_bytes(whole, usize::MAX).await.unwrap(), "all of it");
    }
}
