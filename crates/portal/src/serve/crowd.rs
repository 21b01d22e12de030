//! More connect than there is room for.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use crate::Limits;
use crate::testing::TestPortal;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Those who open many connections, and somebody else.
const MANY: [u8; 4] = [127, 0, 0, 2];
const OTHER: [u8; 4] = [127, 0, 0, 1];

/// A portal for few, who may take their time.
struct House {
    address: SocketAddr,
    serving: JoinHandle<()>,
    _portal: TestPortal,
}

impl House {
    const PLACES: usize = 64;

    async fn open() -> Self {
        let minute = Duration::from_secs(60);
        let limits =
            Limits { connections: Self::PLACES, head: minute, body_grace: minute, idle: minute, ..Limits::DEFAULT };
        let test = TestPortal::empty();
        let portal = test.portal().with_limits(limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving =
            tokio::spawn(async move { crate::serve(listener, portal, std::future::pending()).await.unwrap() });
        Self { address, serving, _portal: test }
    }

    async fn connect(&self, from: [u8; 4]) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(IpAddr::from(from), 0)).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// Connects and begins a request.
    async fn begin(&self, from: [u8; 4], request: &str) -> TcpStream {
        let mut stream = self.connect(from).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Asks for something, and reads all of the answer. `false` where the connection was ended instead.
async fn ask(stream: &mut TcpStream) -> bool {
    let asking = async {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost:8080\r\n\r\n").await?;
        let mut answer = Vec::new();
        while !is_whole(&answer) {
            if stream.read_buf(&mut answer).await? == 0 {
                return Ok(false);
            }
        }
        Ok::<_, std::io::Error>(answer.starts_with(b"HTTP/1.1 200"))
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("no answer came in time").unwrap_or(false)
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| body.len() >= length.trim().parse().unwrap())
}

/// Waits until the other side has ended a connection.
async fn ended(stream: &mut TcpStream) {
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 16])).await;
    assert!(matches!(read, Ok(Ok(0) | Err(_))), "{read:?}");
}

#[tokio::test]
async fn requests_that_do_not_go_on_make_room() {
    let form = "POST /sign-in HTTP/1.1\r\nhost: localhost:8080\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                content-length: 1000\r\n\r\nemail=";
    for request in [form, "GET /healthz HTTP/1.1\r\nhost: local"] {
        let house = House::open().await;
        let mut slow = Vec::new();
        for _ in 0..House::PLACES + 2 {
            slow.push(house.begin(MANY, request).await);
        }
        assert!(ask(&mut house.connect(OTHER).await).await, "{request}");
    }
}

#[tokio::test]
async fn whoever_has_the_most_connections_loses_the_one_that_is_idle_for_longest() {
    let house = House::open().await;
    let (mut few, mut many) = (Vec::new(), std::collections::VecDeque::new());
    for _ in 0..2 {
        let mut stream = house.connect(OTHER).await;
        assert!(ask(&mut stream).await);
        few.push(stream);
    }
    // From here on they are idle for longer than all others.
    for _ in 0..House::PLACES + 8 {
        let mut stream = house.connect(MANY).await;
        assert!(ask(&mut stream).await);
        many.push_back(stream);
        // One place is kept for whoever comes next.
        if few.len() + many.len() >= House::PLACES {
            ended(many.front_mut().unwrap()).await;
            many.pop_front();
        }
    }
    for stream in few.iter_mut().chain(&mut many) {
        assert!(ask(stream).await);
    }
}
