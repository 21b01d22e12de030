//! Syslog over the whole program: who may not send is told, and what nobody listened for is known.

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use serde_json::Value;
use testkit::patience;
use testkit::program::{Program, Server};

use crate::cast::program;

const PATIENCE: Duration = Duration::from_secs(60);

const LINE: &str = r#"{"time":"2026-11-19T10:00:00Z","app":"acme","method":"GET","path":"/a","status":200}"#;

/// Where the program listens: `udp` or `tcp`.
fn address(server: &mut Server, way: &str) -> SocketAddr {
    let told = server.running().output();
    let address = told.lines().find_map(|line| line.split_once(&format!(" comes in at {way}://")));
    address.unwrap_or_else(|| panic!("no {way} in:\n{told}")).1.trim().parse().unwrap()
}

/// What is known of the source.
fn gate(program: &Program) -> Value {
    let sources = program.run(&["sources", "--format", "json"]).succeeded().json();
    sources["sources"].as_array().unwrap().iter().find(|source| source["name"] == "gate").cloned().unwrap_or_default()
}

#[test]
fn who_may_not_send_is_told_on_either_way() {
    let program = program();
    let listen = "[sources.gate]\nlisten = [\"udp://127.0.0.1:0\", \"tcp://127.0.0.1:0\"]\nformat = \"steadfast\"\n";
    program.write("steadfast.toml", format!("{listen}allow = [\"10.20.0.0/16\"]\n"));
    let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let (udp, tcp) = (address(&mut server, "udp"), address(&mut server, "tcp"));
    let told = |server: &mut Server, from: SocketAddr| {
        let line = format!("syslog from {from} is refused: `allow` of source `gate` doesn't have it; 1 so since");
        let found = server.running().find(PATIENCE, |text| text.contains(&line).then_some(()));
        assert!(found.is_some(), "{line}\n{}", server.running().output());
    };
    let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
    datagrams.send_to(LINE.as_bytes(), udp).unwrap();
    told(&mut server, datagrams.local_addr().unwrap());
    let stream = TcpStream::connect(tcp).unwrap();
    told(&mut server, stream.local_addr().unwrap());
    // Not each is told: anybody can send as many as they like.
    for _ in 0..100 {
        datagrams.send_to(LINE.as_bytes(), udp).unwrap();
    }
    server.running().terminate();
    assert_eq!(server.running().exit(PATIENCE), Some(true), "{}", server.running().output());
    assert_eq!(server.running().output().matches("is refused").count(), 2);
}

#[test]
fn what_nobody_listened_for_after_a_kill_is_a_loss() {
    let program = program();
    program.write("steadfast.toml", "[sources.gate]\nlisten = \"udp://127.0.0.1:0\"\nformat = \"steadfast\"\n");
    let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let (there, sender) = (address(&mut server, "udp"), UdpSocket::bind("127.0.0.1:0").unwrap());
    for calls in 1..=2 {
        sender.send_to(LINE.as_bytes(), there).unwrap();
        let counted = patience::retry(PATIENCE, || (gate(&program)["calls"] == calls).then_some(()));
        assert!(counted.is_some(), "{}", gate(&program));
    }
    assert_eq!(gate(&program)["losses"], Value::Array(Vec::new()));
    server.running().kill();
    let _server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let lost =
        patience::retry(PATIENCE, || gate(&program)["losses"].as_array().filter(|losses| !losses.is_empty()).cloned());
    let lost = lost.unwrap_or_else(|| panic!("no loss: {}", gate(&program)));
    assert_eq!((lost.len(), &lost[0]["reason"]), (1, &Value::from("nobody_listened")), "{lost:?}");
    assert!(program.run(&["sources"]).succeeded().stdout().contains("nobody listened"));
}
