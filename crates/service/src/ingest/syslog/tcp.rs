//! Messages on connections. While nothing is to be read, they aren't, and who sends has to wait.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use traffic::syslog::Stream;

use super::gathering::Gathering;
use super::places::{MOST, Place, Places};
use super::refused::Refused;
use super::{Listening, Strangers, SyslogAddress, ended};

/// How long a message may take from its first byte to its last.
const SLOWEST: Duration = Duration::from_secs(30);

/// For how long a connection is silent before the other side is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// How long in the end what a sender has on its way is waited for: in all, and for more.
const DRAIN: Duration = Duration::from_secs(2);
const QUIET: Duration = Duration::from_millis(100);

/// After which pause connections are accepted again where that failed.
const PAUSE: Duration = Duration::from_millis(100);

/// How much of what is there is read of each connection in the end, at most.
const LAST: usize = 1 << 20;

/// A listener.
#[derive(Debug)]
pub(super) struct TcpWay {
    listener: TcpListener,
    address: SocketAddr,
}

impl TcpWay {
    pub(super) async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    pub(super) fn address(&self) -> SyslogAddress {
        SyslogAddress::Tcp(self.address)
    }

    /// Accepts connections and reads them to the end. It ends after the last of them.
    pub(super) async fn read(self, listening: Listening) {
        let places = Arc::new(Places::default());
        let mut ending = listening.ending.clone();
        let mut connections = tokio::task::JoinSet::new();
        let (mut strangers, mut too_many) = (Strangers::default(), Refused::default());
        loop {
            while connections.try_join_next().is_some() {}
            let accepted = tokio::select! {
                () = ended(&mut ending) => break,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((_, from)) if !listening.allows(from) => strangers.one(&listening, from),
                Ok((stream, from)) => match places.take(from.ip()) {
                    Some(place) => {
                        connections.spawn(Connection { stream, place, listening: listening.clone() }.read());
                    }
                    None => {
                        if let Some(number) = too_many.one(Instant::now()) {
                            tracing::warn!(
                                "syslog from {from} is refused: too many are connected to {}, or of its address; {number} \
                                 so since this was told last",
                                self.address()
                            );
                        }
                    }
                },
                // Too many open files, most likely.
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        if let Ok(listener) = self.listener.into_std() {
            last_senders(&listener, &listening);
        }
        while connections.join_next().await.is_some() {}
    }
}

/// Takes what those sent already who wait to be accepted.
fn last_senders(listener: &std::net::TcpListener, listening: &Listening) {
    for _ in 0..MOST {
        let Ok((from, address)) = listener.accept() else { return };
        if listening.allows(address) && from.set_nonblocking(true).is_ok() {
            let mut stream = Stream::default();
            last(from, &mut stream, &listening.gathering);
            take_rest(&stream, &listening.gathering);
        }
    }
}

/// One sender.
struct Connection {
    stream: TcpStream,
    place: Place,
    listening: Listening,
}

impl Connection {
    /// Reads until the sender or the listener ends, or the sender takes too long.
    async fn read(self) {
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
        // Without it, a sender that is gone without a word holds its place until another wants it.
        let _ = SockRef::from(&self.stream).set_tcp_keepalive(&keepalive);
        let gathering = &self.listening.gathering;
        let (mut ending, mut stream) = (self.listening.ending.clone(), Stream::default());
        let mut begun = None;
        let ends_here = loop {
            let more = async {
                gathering.room().await;
                self.stream.readable().await
            };
            let patience = async {
                match begun {
                    Some(begun) => tokio::time::sleep_until(begun + SLOWEST).await,
                    None => std::future::pending().await,
                }
            };
            let more = tokio::select! {
                () = ended(&mut ending) => break true,
                () = self.place.wanted() => break true,
                more = more => more.and_then(|()| fill(&self.stream, &mut stream)),
                () = patience, if !gathering.is_full() => break false,
            };
            match more {
                Ok(Some(0)) | Err(_) => break false,
                Ok(None) => {}
                Ok(Some(_)) => {
                    // Bytes alone hold no place: they cost nothing to send.
                    if take(&mut stream, gathering) {
                        self.place.heard();
                        begun = None;
                    }
                    begun = begun.filter(|_| stream.within_message());
                    if stream.within_message() && begun.is_none() {
                        begun = Some(tokio::time::Instant::now());
                    }
                }
            }
        };
        if ends_here {
            self.drain(&mut stream).await;
            if let Ok(from) = self.stream.into_std() {
                last(from, &mut stream, gathering);
            }
        }
        take_rest(&stream, gathering);
    }

    /// Reads on while something comes: what a sender's system holds because there was no room for it here.
    async fn drain(&self, stream: &mut Stream) {
        let deadline = tokio::time::Instant::now() + DRAIN;
        while tokio::time::timeout_at(deadline, self.listening.gathering.room()).await.is_ok() {
            let quiet = deadline.min(tokio::time::Instant::now() + QUIET);
            let Ok(Ok(())) = tokio::time::timeout_at(quiet, self.stream.readable()).await else { return };
            match fill(&self.stream, stream) {
                Ok(Some(0)) | Err(_) => return,
                Ok(None) => {}
                Ok(Some(_)) => drop(take(stream, &self.listening.gathering)),
            }
        }
    }
}

/// Takes what is left of a connection that has ended.
fn take_rest(stream: &Stream, gathering: &Gathering) {
    let (rest, cut_short) = stream.rest();
    if !rest.is_empty() {
        gathering.add([rest]);
    }
    if cut_short {
        gathering.add_cut_short();
    }
}

/// Reads what is there already, of a socket that doesn't wait. The system is asked itself: the runtime may not know yet what
/// came just now.
fn last(mut from: std::net::TcpStream, stream: &mut Stream, gathering: &Gathering) {
    let mut left = LAST;
    while left > 0 {
        match from.read(stream.room()) {
            Ok(count @ 1..) => {
                stream.filled(count);
                take(stream, gathering);
                left = left.saturating_sub(count);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
        }
    }
}

/// Reads once, if there is something: how many bytes, 0 at the end.
fn fill(from: &TcpStream, stream: &mut Stream) -> io::Result<Option<usize>> {
    match from.try_read(stream.room()) {
        Ok(count) => {
            stream.filled(count);
            Ok(Some(count))
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes the messages that are whole. Tells whether there was one.
fn take(stream: &mut Stream, gathering: &Gathering) -> bool {
    let mut some = false;
    while let Some(frame) = stream.next() {
        gathering.add([frame.bytes()]);
        some = true;
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_are_taken_and_not_the_ends_of_lines() {
        let (mut stream, gathering) = (Stream::default(), Gathering::default());
        for (bytes, is_message) in
            [("\n", false), ("\r\n\0\n", false), ("<13>a", false), ("\n", true), ("6 <13>ab", true)]
        {
            stream.room()[..bytes.len()].copy_from_slice(bytes.as_bytes());
            stream.filled(bytes.len());
            assert_eq!(take(&mut stream, &gathering), is_message, "{bytes:?}");
        }
    }
}
