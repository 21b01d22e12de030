//! Syslog: gateways send each call as a message, over UDP or TCP, and it is counted as a line of the source's format.
//!
//! What came is gathered in memory, up to a bound, and committed within a second in the way that batches over HTTP are.
//! Nobody is told that it is: syslog has no acknowledgement. What came but isn't committed when the process is killed is
//! lost, and so is what the system drops of UDP while nobody reads. The latter is noticed and kept as a loss, and so is the
//! time in which nobody listened: until when somebody did is kept with the counts, and looked at when listening begins anew.

mod address;
mod committing;
mod drops;
mod gathering;
mod places;
mod refused;
mod tcp;
mod udp;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::SourceName;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use address::{AddressError, Network, SyslogAddress};
pub use places::MOST as SYSLOG_CONNECTIONS;

use super::reading::SourceReading;
use crate::{Error, Steadfast};
use committing::Committing;
use gathering::Gathering;
use refused::Refused;
use tcp::TcpWay;
use udp::UdpWay;

/// How long the end waits for what came to be committed.
const LAST_COMMIT: Duration = Duration::from_secs(20);

/// A source that sends syslog.
#[derive(Clone, Debug)]
pub struct SyslogSource {
    /// Its name.
    pub name: SourceName,
    /// Where to listen for it.
    pub listen: Vec<SyslogAddress>,
    /// From where messages are taken; from everywhere where there is none.
    pub allow: Vec<Network>,
    /// How messages are read.
    pub reading: SourceReading,
}

/// Listeners at work, until this is [finished](Self::finish) or dropped; the latter waits for nothing.
#[derive(Debug)]
pub struct SyslogListeners {
    addresses: Vec<(SourceName, SyslogAddress)>,
    ending: watch::Sender<bool>,
    committing: Vec<JoinHandle<()>>,
}

/// What all that listens for a source shares.
#[derive(Clone)]
struct Listening {
    source: Arc<SyslogSource>,
    gathering: Arc<Gathering>,
    ending: watch::Receiver<bool>,
}

impl Listening {
    /// Whether messages from there are taken.
    fn allows(&self, from: SocketAddr) -> bool {
        let allow = &self.source.allow;
        allow.is_empty() || allow.iter().any(|network| network.contains(from.ip()))
    }
}

/// Those who send and may not.
#[derive(Debug, Default)]
struct Strangers(Refused);

impl Strangers {
    /// Notes one that was refused.
    fn one(&mut self, listening: &Listening, from: SocketAddr) {
        if let Some(number) = self.0.one(Instant::now()) {
            tracing::warn!(
                "syslog from {from} is refused: `allow` of source `{}` doesn't have it; {number} so since this was told last",
                listening.source.name
            );
        }
    }
}

/// Waits for the end of the listeners.
async fn ended(ending: &mut watch::Receiver<bool>) {
    // Whoever could say so being gone means the same.
    let _ = ending.wait_for(|ending| *ending).await;
}

impl Steadfast {
    /// Listens for sources, in the background. With port 0 the system chooses a port; see [`SyslogListeners::addresses`].
    ///
    /// # Errors
    /// When an address can't be listened on; then none is.
    pub async fn listen_for_syslog(&self, sources: Vec<SyslogSource>) -> Result<SyslogListeners, Error> {
        let (ending, ended) = watch::channel(false);
        let mut ready = Vec::new();
        for source in sources {
            let source = Arc::new(source);
            let gathering = Arc::new(Gathering::default());
            let listening = Listening { source, gathering, ending: ended.clone() };
            let (mut tcp, mut udp) = (Vec::new(), Vec::new());
            for address in &listening.source.listen {
                let failed = |error| failed(&listening.source.name, *address, &error);
                match address {
                    SyslogAddress::Tcp(at) => tcp.push(TcpWay::bind(*at).await.map_err(failed)?),
                    SyslogAddress::Udp(at) => udp.push(UdpWay::bind(*at).await.map_err(failed)?),
                }
            }
            ready.push((listening, tcp, udp));
        }
        self.forget_others(&ready.iter().map(|(listening, ..)| &listening.source.name).collect::<Vec<_>>()).await;
        let mut listeners = SyslogListeners { addresses: Vec::new(), ending, committing: Vec::new() };
        for (listening, tcp, udp) in ready {
            let mut addresses: Vec<SyslogAddress> = tcp.iter().map(TcpWay::address).collect();
            addresses.extend(udp.iter().map(UdpWay::address));
            listeners.addresses.extend(addresses.into_iter().map(|at| (listening.source.name.clone(), at)));
            let drops = udp.iter().map(UdpWay::drops).collect();
            let mut readers: Vec<JoinHandle<()>> = Vec::new();
            readers.extend(tcp.into_iter().map(|way| tokio::spawn(way.read(listening.clone()))));
            readers.extend(udp.into_iter().map(|way| tokio::spawn(way.read(listening.clone()))));
            let committing = Committing::new(self.clone(), listening, drops);
            listeners.committing.push(tokio::spawn(committing.run(readers)));
        }
        Ok(listeners)
    }

    /// Forgets until when was listened for sources that are not to be listened for any more: should one come back, nobody
    /// missed it meanwhile.
    async fn forget_others(&self, wanted: &[&SourceName]) {
        let forget = async {
            for listened in self.store.listened().await? {
                if !wanted.contains(&&listened.source) {
                    self.store.forget_listened(&listened.source).await?;
                }
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = forget.await {
            tracing::warn!("which sources are listened for no more can't be kept: {error}");
        }
    }
}

impl SyslogListeners {
    /// Where is listened for which source.
    #[must_use]
    pub fn addresses(&self) -> &[(SourceName, SyslogAddress)] {
        &self.addresses
    }

    /// Takes what came already, commits it, and ends. Gives up after a while where it can't be committed.
    pub async fn finish(self) {
        let _ = self.ending.send(true);
        let all = async {
            for committing in self.committing {
                // A task that panicked has nothing left to commit.
                let _ = committing.await;
            }
        };
        if tokio::time::timeout(LAST_COMMIT, all).await.is_err() {
            tracing::error!("the last syslog messages could not be committed in time and are lost");
        }
    }
}

fn failed(source: &SourceName, address: SyslogAddress, error: &std::io::Error) -> Error {
    let message = format!("cannot listen on `{address}`: {error}; choose another address for its `listen`");
    Error::Input { name: format!("sources.{source}"), message }
}
