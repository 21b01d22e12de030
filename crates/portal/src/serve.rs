//! Listening and stopping.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::Service as _;

use crate::connection::{Coming, InAnswer, Phase, Watched};
use crate::seats::Seats;
use crate::{Limits, Portal, router};

#[cfg(test)]
mod crowd;

/// How much is read of a connection at once, and how long the head of a request may be, in bytes.
const BUFFER: usize = 16 << 10;

/// How long to wait when no connection can be taken, for want of file descriptors, say.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves the portal until `shutdown` is ready, then finishes what is under way, for as long as the limits say at most.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    portal: Portal,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let limits = portal.limits;
    let all = u32::try_from(limits.connections.clamp(1, 1 << 20)).unwrap_or(u32::MAX);
    let (stop, stopping) = watch::channel(false);
    let house = House {
        router: router(portal),
        limits,
        places: Arc::new(Semaphore::new(all as usize)),
        seats: Arc::default(),
        stopping,
    };
    tokio::select! {
        never = house.let_in(&listener) => match never {},
        () = shutdown => {}
    }
    drop(listener);
    // An error means that no connection is there to be told.
    let _ = stop.send(true);
    // What is not finished by then is cut off.
    let _ = tokio::time::timeout(limits.stop, house.places.acquire_many(all)).await;
    Ok(())
}

/// What all connections share.
struct House {
    router: Router,
    limits: Limits,
    /// One for each connection.
    places: Arc<Semaphore>,
    /// Who has them.
    seats: Arc<Seats>,
    /// Whether the portal is to stop.
    stopping: watch::Receiver<bool>,
}

impl House {
    /// Lets connections in, for ever.
    async fn let_in(&self, listener: &TcpListener) -> std::convert::Infallible {
        loop {
            let place = self.place().await;
            match listener.accept().await {
                Ok((stream, peer)) => self.attend(stream, peer, place),
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be taken");
                    // Whoever went away before it was let in needs no room.
                    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
                        self.seats.make_room();
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
    }

    /// A place for one more. Where there is none, one that can be spared makes room.
    async fn place(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return place;
            }
            self.seats.make_room();
            let place = tokio::time::timeout(PAUSE, Arc::clone(&self.places).acquire_owned()).await;
            if let Ok(Ok(place)) = place {
                return place;
            }
        }
    }

    /// Attends to a connection, on a task of its own.
    fn attend(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        // Answers are written whole; without this small ones wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let phase = Phase::new();
        let io = TokioIo::new(Watched::new(stream, phase.clone(), self.limits));
        let (router, answering) = (self.router.clone(), phase.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            answering.answer();
            let in_answer = InAnswer::new(answering.clone());
            let mut router = router.clone();
            let mut request = request.map(|body| Body::new(Coming::new(body, answering.clone())));
            request.extensions_mut().insert(ConnectInfo(peer));
            async move { router.call(request).await.map(|response| in_answer.around(response)) }
        });
        let connection = http1::Builder::new().max_buf_size(BUFFER).serve_connection(io, service);
        let seat = self.seats.take(peer.ip(), phase);
        let mut stopping = self.stopping.clone();
        tokio::spawn(async move {
            let _place = place;
            let mut connection = std::pin::pin!(connection);
            tokio::select! {
                // What has come already is read before it is asked whether the connection can be spared.
                biased;
                // An error is the other side's: it went away, was too slow, or spoke something else.
                _ended = connection.as_mut() => return,
                () = seat.wanted() => return,
                _told = stopping.wait_for(|stop| *stop) => {}
            }
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        });
    }
}
