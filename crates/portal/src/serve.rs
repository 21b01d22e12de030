//! Listening and stopping.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::{Portal, router};

/// How long answers under way may take once the portal is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Serves the portal until `shutdown` is ready, then finishes what is under way, for two seconds at most.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    portal: Portal,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router(portal).into_make_service_with_connect_info::<SocketAddr>();
    let (stop, mut stopping) = watch::channel(false);
    let mut stopped = stopping.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which is a reason to stop too.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    tokio::spawn(async move {
        shutdown.await;
        let _ = stop.send(true);
    });
    tokio::select! {
        ended = server => ended,
        () = async {
            let _ = stopping.wait_for(|stop| *stop).await;
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
    }
}
