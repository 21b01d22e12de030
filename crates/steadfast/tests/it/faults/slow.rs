//! Senders that take their time.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use testkit::patience;

use super::fed::{Answer, Fed, batch};
use crate::cast::Call;

/// The longest that a batch may wait because others are slow.
const PROMPT: Duration = Duration::from_secs(10);

/// For how long a sender is seen to send a byte a second.
const WATCHED: Duration = Duration::from_secs(12);

/// Lets time pass until it is so long after an instant.
fn pass(since: Instant, time: Duration) {
    let _ = patience::retry(time, || (since.elapsed() >= time).then_some(()));
}

#[test]
fn a_source_that_sends_one_byte_a_second_holds_up_nobody_and_counts_nothing() {
    let fed = Fed::new();
    let server = fed.serve();
    let to = server.address();
    let body = batch(1, 10);
    let mut slow: Vec<_> = (0..64).map(|_| fed.sender.begin(to, &[], body.len()).unwrap()).collect();
    let started = Instant::now();
    let (mut sent, mut accepted) = (0, 0);
    while started.elapsed() < WATCHED {
        // Some may have been cut off by now, which is right.
        slow.retain_mut(|stream| stream.write_all(&body[sent..=sent]).is_ok());
        sent += 1;
        let asked = Instant::now();
        accepted += fed.sender.send(to, &[], &batch(100 + sent, 10)).unwrap().accepted();
        assert_eq!(server.get("/healthz").status, 200);
        assert!(asked.elapsed() < PROMPT, "{:?} with {} slow senders", asked.elapsed(), slow.len());
        pass(asked, Duration::from_secs(1));
    }
    // They give up in the middle of a line.
    for stream in slow {
        let _ = stream.shutdown(Shutdown::Both);
    }
    accepted += fed.sender.send(to, &[], &body).unwrap().accepted();
    drop(server);
    assert_eq!(fed.counted(), accepted);
}

#[test]
fn a_sender_that_stops_midway_is_cut_off() {
    let fed = Fed::with("[limits]\nbody_grace_seconds = 2\nbody_bytes_per_second = 1000000\n");
    let server = fed.serve();
    let body = batch(1, 1_000);
    let mut stream = fed.sender.begin(server.address(), &[], body.len()).unwrap();
    stream.write_all(&body[..body.len() / 2]).unwrap();
    let started = Instant::now();
    // Told so, or just cut off.
    if let Ok(answer) = Answer::read(&mut stream) {
        assert!(matches!(answer.status, 400 | 408), "{}: {}", answer.status, answer.text());
    }
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    assert_eq!(fed.sender.send(server.address(), &[], &body).unwrap().accepted(), 1_000);
    drop(server);
    assert_eq!(fed.counted(), 1_000);
}

#[test]
fn a_syslog_sender_of_one_byte_a_second_holds_up_no_other() {
    let fed = Fed::with("[sources.gate]\nlisten = \"tcp://127.0.0.1:0\"\nformat = \"steadfast\"\n");
    let mut server = fed.serve();
    let said = server.running().output();
    let address = said.split_once("tcp://").and_then(|(_, rest)| rest.split_whitespace().next());
    let address = address.unwrap_or_else(|| panic!("no address of a listener: {said}"));
    let message = format!("<190>1 2026-11-20T13:45:12Z gate api - - - {}", Call::default().line());
    let mut slow: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(address).unwrap()).collect();
    let started = Instant::now();
    for (second, byte) in message.bytes().take(8).enumerate() {
        slow.retain_mut(|stream| stream.write_all(&[byte]).is_ok());
        let mut quick = TcpStream::connect(address).unwrap();
        quick.write_all(message.repeat(5).as_bytes()).unwrap();
        drop(quick);
        let counted = patience::retry(PROMPT, || (fed.counted() == 5 * (second as u64 + 1)).then_some(()));
        assert_eq!(
            counted,
            Some(()),
            "in second {second}: {} are counted; {}",
            fed.counted(),
            server.running().output()
        );
        pass(started, Duration::from_secs(second as u64 + 1));
    }
    drop(slow);
    server.running().terminate();
    assert_eq!(server.running().exit(Duration::from_secs(30)), Some(true), "{}", server.running().output());
    // Half a message may be told as one that can't be read; it is no call.
    assert_eq!(fed.counted(), 40);
}
