//! `steadfast serve`: the portal, and the daily upkeep beside it.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use service::Steadfast;
use tokio::net::TcpListener;

use super::{Failure, Outcome, open};
use crate::cli::Serve;
use crate::config::Config;

/// How often is looked for days to judge. A day is judged soon after it is over, and late calls soon after
/// they are read.
const UPKEEP: Duration = Duration::from_secs(60);

pub(super) async fn run(arguments: Serve, config: Config) -> Outcome {
    let listen = arguments.listen.unwrap_or(config.listen);
    let steadfast = open(&arguments.data.path, config)?;
    steadfast.check_zone().await?;
    let listener = bind(listen).await?;
    let data = arguments.data.path.display();
    portal(steadfast, listener, |address| {
        eprintln!("Steadfast serves its portal on http://{address}/ from `{data}` (Ctrl-C ends it)");
    })
    .await
}

/// Takes the address, if it is one that the portal may have.
pub(super) async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    portal::check_address(listen)?;
    TcpListener::bind(listen).await.map_err(|error| {
        Failure::new(format!("cannot listen on `{listen}`: {error}; choose another address with `--listen`"))
    })
}

/// Serves until the program is told to end.
pub(super) async fn portal(steadfast: Steadfast, listener: TcpListener, ready: impl FnOnce(SocketAddr)) -> Outcome {
    steadfast.upkeep().await?;
    ready(listener.local_addr()?);
    let upkeep = tokio::spawn(keep_up(steadfast.clone()));
    let served = portal::serve(listener, portal::Portal::new(steadfast), ended()).await;
    upkeep.abort();
    served?;
    Ok(ExitCode::SUCCESS)
}

async fn keep_up(steadfast: Steadfast) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = steadfast.upkeep().await {
            tracing::warn!("the daily upkeep failed and is tried again in a minute: {error}");
        }
    }
}

/// Waits for Ctrl-C or a polite request to end.
async fn ended() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
