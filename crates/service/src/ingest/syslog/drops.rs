//! How many datagrams the system dropped because they came faster than they were read. Linux tells in `/proc/net/udp`;
//! elsewhere nobody knows.

use std::net::SocketAddr;

use tokio::net::UdpSocket;

/// The drops of a socket.
#[derive(Debug)]
pub(super) struct Drops {
    address: SocketAddr,
    /// By which the system knows the socket.
    inode: Option<u64>,
    told: u64,
}

impl Drops {
    pub(super) fn of(socket: &UdpSocket, address: SocketAddr) -> Self {
        Self { address, inode: inode(socket), told: 0 }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many there were since this was asked last.
    pub(super) fn new_ones(&mut self) -> u64 {
        let Some(inode) = self.inode else { return 0 };
        let table = if self.address.is_ipv4() { "/proc/net/udp" } else { "/proc/net/udp6" };
        let Ok(table) = std::fs::read_to_string(table) else { return 0 };
        // The system counts in 32 bits; should they run over, one report is too small.
        let dropped = drops_in(&table, inode).unwrap_or(self.told);
        let new = dropped.saturating_sub(self.told);
        self.told = dropped;
        new
    }
}

#[cfg(unix)]
fn inode(socket: &UdpSocket) -> Option<u64> {
    use std::os::fd::AsRawFd;
    let link = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok()?;
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(not(unix))]
fn inode(_socket: &UdpSocket) -> Option<u64> {
    None
}

/// The last column of the socket's line.
fn drops_in(table: &str, inode: u64) -> Option<u64> {
    let inode = inode.to_string();
    let line = table.lines().find(|line| line.split_ascii_whitespace().nth(9) == Some(&inode))?;
    line.split_ascii_whitespace().nth(12)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  411: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1071 2 0000000000000000 3
 3190: 0100007F:158A 00000000:0000 07 00000000:00068A00 00:00000000 00000000  1000        0 99071 2 0000000000000000 12345
";

    #[test]
    fn the_system_s_table_tells() {
        assert_eq!(drops_in(TABLE, 99_071), Some(12_345));
        assert_eq!(drops_in(TABLE, 1_071), Some(3));
        assert_eq!(drops_in(TABLE, 7), None);
        assert_eq!(drops_in("", 7), None);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_nobody_reads_is_dropped_and_counted_once() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let mut drops = Drops::of(&socket, address);
        assert_eq!(drops.new_ones(), 0);
        socket2::SockRef::from(&socket).set_recv_buffer_size(4096).unwrap();
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..200 {
            sender.send_to(&[b'x'; 1000], address).unwrap();
        }
        let mut read = 0;
        while socket.try_recv(&mut [0; 2000]).is_ok() {
            read += 1;
        }
        // Without having been told readable the socket may not be asked yet.
        if read == 0 {
            socket.readable().await.unwrap();
            while socket.try_recv(&mut [0; 2000]).is_ok() {
                read += 1;
            }
        }
        assert_eq!((drops.new_ones() + read, drops.new_ones()), (200, 0));
        assert!(read < 200);
    }
}
