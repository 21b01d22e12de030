//! A thousand connections on which nothing happens.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::fed::{Fed, batch};
use super::machine::peak;

#[test]
fn a_thousand_idle_connections_hold_up_nobody() {
    let fed = Fed::new();
    let mut server = fed.serve();
    let to = server.address();
    let before = peak(server.running()).unwrap();
    let idle: Vec<TcpStream> = (0..1_000).map(|_| TcpStream::connect(to).unwrap()).collect();
    // Half of them have begun to ask.
    for stream in idle.iter().step_by(2) {
        std::io::Write::write_all(&mut &*stream, b"POST /api/v1/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nX-").unwrap();
    }
    let mut accepted = 0;
    for number in 0..20 {
        let asked = Instant::now();
        accepted += fed.sender.send(to, &[], &batch(number, 10)).unwrap().accepted();
        assert_eq!(server.get("/readyz").status, 200);
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
    let after = peak(server.running()).unwrap();
    assert!(after < before + 60, "{before} MB before, {after} MB with them");
    drop(idle);
    drop(server);
    assert_eq!(fed.counted(), accepted);
}
