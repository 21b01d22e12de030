//! Killed a hundred times under load, with senders who send again what was not acknowledged.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::fed::{Fed, Sender, batch};

const KILLS: u64 = 100;
const SENDERS: usize = 4;
const CALLS: usize = 40;

/// Where the server listens at the moment.
type Address = Mutex<Option<std::net::SocketAddr>>;

#[test]
fn kill_minus_nine_a_hundred_times_under_http_load_loses_and_repeats_nothing() {
    let fed = Fed::new();
    let (address, stop, acknowledged) = (Address::default(), AtomicBool::new(false), AtomicU64::new(0));
    let mut duplicates = 0;
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|number| {
                let (address, stop, acknowledged) = (&address, &stop, &acknowledged);
                let sender = fed.sender.clone();
                scope.spawn(move || send(&sender, number, address, stop, acknowledged))
            })
            .collect();
        for kill in 0..KILLS {
            let mut server = fed.serve();
            *address.lock().unwrap() = Some(server.address());
            // Moments that differ: from before the first batch to some way into the load.
            let (moment, before) = (Duration::from_millis(kill * 37 % 150), acknowledged.load(Ordering::Relaxed));
            let started = Instant::now();
            while started.elapsed() < moment || (kill % 4 == 0 && acknowledged.load(Ordering::Relaxed) == before) {
                assert!(started.elapsed() < Duration::from_secs(60), "nothing is acknowledged any more");
                std::thread::park_timeout(Duration::from_millis(1));
            }
            *address.lock().unwrap() = None;
            server.running().kill();
        }
        let server = fed.serve();
        *address.lock().unwrap() = Some(server.address());
        stop.store(true, Ordering::Relaxed);
        duplicates = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
        drop(server);
    });
    let acknowledged = acknowledged.into_inner();
    eprintln!("{acknowledged} calls acknowledged, {duplicates} batches were counted before they were acknowledged");
    assert_eq!(fed.counted(), acknowledged);
}

/// Sends one batch after the other, each until it is acknowledged. Returns how many of them were counted already when they were
/// sent again.
fn send(sender: &Sender, number: usize, address: &Address, stop: &AtomicBool, acknowledged: &AtomicU64) -> u64 {
    let mut duplicates = 0;
    for count in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let body = batch(number + SENDERS * count, CALLS);
        let key = format!("{number}-{count}");
        // Every other sender is known by a key, the others by the bytes alone.
        let headers: &[(&str, &str)] = if number.is_multiple_of(2) { &[("Idempotency-Key", &key)] } else { &[] };
        loop {
            let known = *address.lock().unwrap();
            let answer = known.and_then(|address| sender.send(address, headers, &body).ok());
            match answer {
                Some(answer) if answer.status == 200 => {
                    assert_eq!(answer.accepted(), CALLS as u64);
                    acknowledged.fetch_add(CALLS as u64, Ordering::Relaxed);
                    duplicates += u64::from(answer.json()["duplicate"] == true);
                    break;
                }
                Some(answer) => assert!(matches!(answer.status, 429 | 503), "{}: {}", answer.status, answer.text()),
                None => std::thread::park_timeout(Duration::from_millis(2)),
            }
        }
    }
    duplicates
}
