//! Messages as datagrams. While nothing is to be read, they wait in the system, which drops what it has no room for.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::UdpSocket;

use super::drops::Drops;
use super::{Listening, Strangers, SyslogAddress, ended};

/// Room for datagrams that is asked of the system; it grants as much as it allows (`net.core.rmem_max`).
const ROOM: usize = 8 << 20;

/// More than the longest datagram.
const LONGEST: usize = 1 << 16;

/// How many datagrams are read before others get their turn.
const RUN: usize = 512;

/// How many bytes that wait in the system are read in the end, at most: more than it has room for.
const LAST: usize = 2 * ROOM;

/// After which pause is read again where that failed.
const PAUSE: Duration = Duration::from_millis(100);

/// A socket.
#[derive(Debug)]
pub(super) struct UdpWay {
    socket: UdpSocket,
    address: SocketAddr,
}

impl UdpWay {
    pub(super) async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address).await?;
        // As much as may be; less is fine too.
        let _ = SockRef::from(&socket).set_recv_buffer_size(ROOM);
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    pub(super) fn address(&self) -> SyslogAddress {
        SyslogAddress::Udp(self.address)
    }

    /// What tells how many datagrams the system drops.
    pub(super) fn drops(&self) -> Drops {
        Drops::of(&self.socket, self.address)
    }

    /// Reads to the end.
    pub(super) async fn read(self, listening: Listening) {
        let mut ending = listening.ending.clone();
        let (mut buffer, mut strangers) = (vec![0; LONGEST], Strangers::default());
        loop {
            let ready = async {
                listening.gathering.room().await;
                self.socket.readable().await
            };
            let ready = tokio::select! {
                () = ended(&mut ending) => break,
                ready = ready => ready,
            };
            if ready.and_then(|()| self.some(&listening, &mut strangers, &mut buffer)).is_err() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        if let Ok(socket) = self.socket.into_std() {
            last(&socket, &listening, &mut strangers, &mut buffer);
        }
    }

    /// Reads what is there, until others get their turn.
    fn some(&self, listening: &Listening, strangers: &mut Strangers, buffer: &mut [u8]) -> io::Result<()> {
        for _ in 0..RUN {
            match self.socket.try_recv_from(buffer) {
                Ok((length, from)) => take(listening, strangers, from, buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            if listening.gathering.is_full() {
                break;
            }
        }
        Ok(())
    }
}

/// Takes a datagram.
fn take(listening: &Listening, strangers: &mut Strangers, from: SocketAddr, datagram: &[u8]) {
    if !listening.allows(from) {
        strangers.one(listening, from);
    } else if !datagram.is_empty() {
        listening.gathering.add([datagram]);
    }
}

/// Reads what came before the end, of a socket that doesn't wait. The system is asked itself: the runtime may not know yet
/// what came just now.
fn last(socket: &std::net::UdpSocket, listening: &Listening, strangers: &mut Strangers, buffer: &mut [u8]) {
    let mut left = LAST;
    while left > 0 {
        match socket.recv_from(buffer) {
            Ok((length, from)) => {
                take(listening, strangers, from, buffer.get(..length).unwrap_or_default());
                left = left.saturating_sub(length.max(1));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
