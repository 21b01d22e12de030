//! `steadfast serve`: the portal, and the daily upkeep beside it.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, SourceName};
use portal::{Limits, Portal};
use service::{FollowTotals, FollowedSource, SourceReading, Steadfast, Watcher, WriterLock};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Failure, Outcome, open};
use crate::cli::Serve;
use crate::clock::SystemClock;
use crate::config::{Config, Provider};
use crate::key_file;
use crate::open_files;
use crate::term::printable;

/// How often is looked for days to judge. A day is judged soon after it is over, and late calls soon after
/// they are read.
const UPKEEP: Duration = Duration::from_secs(60);

/// How long the first upkeep is waited for, so that whoever looks first finds everything judged. After the first import
/// of a year's logs it takes minutes, and goes on while the portal serves.
const FIRST_UPKEEP: Duration = Duration::from_secs(2);

pub(super) async fn run(arguments: Serve, config: Config) -> Outcome {
    let listen = arguments.listen.unwrap_or(config.listen);
    if !listen.ip().to_canonical().is_loopback() && config.public_url.is_none() {
        return Err(Failure::new(format!(
            "cannot listen on `{listen}` without knowing the address that people open; set `portal.public_url`, such as \
             `https://developers.example.com`, and have a proxy there that speaks TLS"
        )));
    }
    let data = arguments.data.path;
    let place = Place::of(&config);
    let syslog = config.syslog_sources();
    let followed = config.followed()?;
    let alone = WriterLock::take(&data, "steadfast serve", SystemClock.now())?;
    let steadfast = open(&data, config, &alone)?;
    steadfast.check_zone().await?;
    let listener = bind(listen).await?;
    let portal = place.portal(steadfast, &data, &listener)?;
    let site = portal.steadfast.accounts.public_url.clone();
    let syslog = portal.steadfast.listen_for_syslog(syslog).await?;
    if site.starts_with("http://") && !listen.ip().to_canonical().is_loopback() {
        eprintln!("Warning: `{site}` is not protected by TLS: whoever listens on the network reads passwords.");
    }
    let link = portal.steadfast.first_operator_link().await?;
    let at = listener.local_addr()?;
    let also = if site == format!("http://{at}") { String::new() } else { format!(", listening on {at},") };
    let follower = Follower::start(&portal.steadfast, followed);
    let served = serve(portal, listener, || {
        for (source, address) in syslog.addresses() {
            eprintln!("Syslog of `{source}` comes in at {address}");
        }
        eprintln!("Steadfast serves its portal on {site}/{also} from `{}` (Ctrl-C ends it)", data.display());
        if let Some(link) = link {
            eprintln!("\nNobody runs this platform yet. Open this link to become its first operator (good for a day):\n  {link}");
        }
    })
    .await;
    syslog.finish().await;
    follower.finish().await;
    served
}

/// The following of the configured sources' files, beside everything else.
struct Follower {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Follower {
    fn start(steadfast: &Steadfast, sources: Vec<FollowedSource>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let steadfast = steadfast.clone();
        let task = tokio::spawn(async move {
            let stopped = async {
                // Whoever could say so being gone says so too.
                let _ = stopped.await;
            };
            let threads = std::thread::available_parallelism().map_or(1, Into::into);
            if let Err(error) = steadfast.keep_following(sources, threads, Arc::new(InTheLog), stopped).await {
                tracing::error!("the files of sources are not followed: {error}");
            }
        });
        Self { stop, task }
    }

    /// Has what is read committed, and ends.
    async fn finish(self) {
        drop(self.stop);
        let _ = self.task.await;
    }
}

/// Tells the log what comes of following.
struct InTheLog;

impl Watcher for InTheLog {
    fn note(&self, text: &str) {
        tracing::info!("{}", printable(text));
    }

    fn warn(&self, text: &str) {
        tracing::warn!("{}", printable(text));
    }

    fn advance(&self, _: &FollowTotals) {}
}

/// Where the portal is found, and through whom people may come in.
pub(super) struct Place {
    public_url: Option<String>,
    trusted_proxies: Vec<IpAddr>,
    providers: BTreeMap<String, Provider>,
    limits: Limits,
    /// How many files and connections sources may have open.
    open_for_sources: u64,
    readings: HashMap<SourceName, SourceReading>,
}

impl Place {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            public_url: config.public_url.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            providers: config.providers.clone(),
            limits: config.limits,
            open_for_sources: config.open_for_sources(),
            readings: config.readings(),
        }
    }

    /// The portal on this listener, with the key of the data directory.
    pub(super) fn portal(
        self,
        mut steadfast: Steadfast,
        data: &Path,
        listener: &TcpListener,
    ) -> Result<Portal, Failure> {
        let public_url = match self.public_url {
            Some(url) => url,
            None => format!("http://{}", listener.local_addr()?),
        };
        let key = key_file::load_or_make(data, &*steadfast.random)?;
        let accounts = &mut steadfast.accounts;
        (accounts.csrf_key, accounts.seal_key) = (key.csrf_key(), key);
        accounts.public_url.clone_from(&public_url);
        let site = portal::Site::new(&public_url, self.trusted_proxies)?;
        let mut providers = Vec::new();
        for (name, provider) in self.providers {
            let config = oidc::Config {
                issuer_url: provider.issuer,
                client_id: provider.client_id,
                client_secret: provider.client_secret,
                scopes: provider.scopes,
                label: provider.label,
            };
            let known = oidc::Provider::discover(config)
                .map_err(|problem| Failure::new(format!("`providers.{name}`: {problem}")))?;
            providers.push((name, known));
        }
        let portal = Portal::new(steadfast, site).with_providers(providers);
        let connections = open_files::connections(self.limits.connections, self.open_for_sources);
        let limits = Limits { connections, ..self.limits };
        Ok(portal.with_limits(limits).with_sources(self.readings))
    }
}

/// Takes the address.
pub(super) async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|error| {
        Failure::new(format!("cannot listen on `{listen}`: {error}; choose another address with `--listen`"))
    })
}

/// Serves until the program is told to end.
pub(super) async fn serve(portal: Portal, listener: TcpListener, ready: impl FnOnce()) -> Outcome {
    let (done, first) = oneshot::channel();
    let upkeep = tokio::spawn(keep_up(portal.steadfast.clone(), done));
    let _ = tokio::time::timeout(FIRST_UPKEEP, first).await;
    let ended = ended();
    ready();
    let served = portal::serve(listener, portal, ended).await;
    upkeep.abort();
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Does the upkeep again and again. Whoever waits for the first is told when it is done.
async fn keep_up(steadfast: Steadfast, first: oneshot::Sender<()>) {
    let mut first = Some(first);
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        for error in steadfast.upkeep().await.err().into_iter().flatten() {
            tracing::warn!("part of the upkeep failed and is tried again in a minute: {error}");
        }
        drop(first.take());
    }
}

/// Waits for Ctrl-C or a polite request to end, which are heard from this call on.
#[cfg(unix)]
pub(super) fn ended() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt()).ok(), signal(SignalKind::terminate()).ok());
    async move {
        // One that can't be heard ends the program all the same, as the system does it.
        tokio::select! {
            Some(Some(())) = async { Some(interrupt.as_mut()?.recv().await) } => {}
            Some(Some(())) = async { Some(terminate.as_mut()?.recv().await) } => {}
            else => std::future::pending().await,
        }
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn ended() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
