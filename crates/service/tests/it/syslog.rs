//! Syslog: every message that comes in is counted or rejected, and what the system drops is known.

use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use model::{Environment, LossReason, SourceWay, UnixMillis};
use service::{SourceReading, SyslogAddress, SyslogListeners, SyslogSource};
use store::{Loss, SourceSeen};
use traffic::{Format, FormatOptions};

use crate::breakdown::{Breaking, Off};
use crate::installation::{Installation, NOW, line};
use crate::meddler::Meddler;

const PATIENCE: Duration = Duration::from_secs(30);

fn source(name: &str, listen: &[&str], allow: &[&str]) -> SyslogSource {
    let options = FormatOptions { company_header: "Procore-Company-Id".to_owned(), ..FormatOptions::default() };
    let reading = SourceReading::new(Some(&Format::Steadfast), &options, Environment::Production).unwrap();
    SyslogSource {
        name: name.parse().unwrap(),
        listen: listen.iter().map(|text| text.parse().unwrap()).collect(),
        allow: allow.iter().map(|text| text.parse().unwrap()).collect(),
        reading: reading.of_syslog(),
    }
}

async fn listen(installation: &Installation, source: SyslogSource) -> (SyslogListeners, Vec<SocketAddr>) {
    let listeners = installation.steadfast.listen_for_syslog(vec![source]).await.unwrap();
    let addresses = listeners.addresses().iter().map(|(_, address)| address.socket()).collect();
    (listeners, addresses)
}

/// What is known of the source, once that many of its messages are counted or rejected.
async fn once(installation: &Installation, messages: u64) -> SourceSeen {
    let started = Instant::now();
    loop {
        let seen = installation.steadfast.store.sources().await.unwrap().pop();
        let count = seen.as_ref().map_or(0, |seen| seen.calls + rejected(seen));
        if count >= messages || started.elapsed() > PATIENCE {
            assert_eq!(count, messages);
            return seen.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn rejected(seen: &SourceSeen) -> u64 {
    seen.rejects.iter().map(|(_, count)| count).sum()
}

/// The line as gateways send it: in the old form and the new.
fn messages(app: &str, n: usize) -> [String; 3] {
    let line = line(app, n, "/a", 200).trim_end().to_owned();
    [
        format!("<190>Nov 19 10:00:00 gate nginx: {line}"),
        format!("<134>1 2026-11-19T10:00:00Z gate haproxy 4711 - [x@1 a=\"]\"] \u{feff}{line}"),
        line,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_datagram_is_a_call_even_where_two_are_alike() {
    let installation = Installation::new();
    let (listeners, addresses) = listen(&installation, source("gate", &["udp://127.0.0.1:0"], &[])).await;
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..100 {
        for message in messages("acme", n / 2) {
            sender.send_to(message.as_bytes(), addresses[0]).unwrap();
        }
    }
    sender.send_to(b"<13>hello", addresses[0]).unwrap();
    sender.send_to(b"", addresses[0]).unwrap();
    sender.send_to(&[b'x'; 65_507], addresses[0]).unwrap();
    let seen = once(&installation, 302).await;
    assert_eq!((seen.name.as_str(), seen.way, seen.calls), ("gate", Some(SourceWay::Syslog), 300));
    assert_eq!(seen.rejects, [("not_json".to_owned(), 2)]);
    listeners.finish().await;
    assert_eq!(installation.report("acme").await.lines().nth(1).unwrap(), "2026-11-19,200,GET,/a,300");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_on_connections_are_told_by_their_length_or_by_line_ends() {
    let installation = Installation::new();
    let (listeners, addresses) = listen(&installation, source("gate", &["tcp://127.0.0.1:0"], &["127.0.0.0/8"])).await;
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let address = addresses[0];
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                for n in 0..300 {
                    let [old, new, bare] = messages("acme", n);
                    let text = format!("{old}\n{} {new}{bare}\r\n", new.len());
                    // Some in small pieces.
                    for piece in text.as_bytes().chunks(if (n + sender).is_multiple_of(50) { 7 } else { 4096 }) {
                        stream.write_all(piece).unwrap();
                    }
                }
                // The last has no line end.
                stream.write_all(messages("acme", 7)[0].as_bytes()).unwrap();
            })
        })
        .collect();
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    let seen = once(&installation, 8 * 901).await;
    assert_eq!(seen.calls, 8 * 901);
    listeners.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_costs_a_reject_and_a_message_that_is_cut_off_is_a_loss() {
    let installation = Installation::new();
    let (listeners, addresses) = listen(&installation, source("gate", &["tcp://127.0.0.1:0"], &[])).await;
    let send = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(addresses[0]).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        stream
    };
    let mut long = vec![b'x'; 3_000_000];
    long.extend_from_slice(b"\n\0\0\n\n\xff\xfe\n");
    let _long = send(&long);
    let _hello = send(b"\x16\x03\x01\x02\0\x01\0\x01");
    let _good = send(line("acme", 1, "/a", 200).as_bytes());
    let _cut = send(format!("900 <190>{}", line("acme", 2, "/a", 200)).as_bytes());
    let seen = once(&installation, 4).await;
    assert_eq!(seen.calls, 1);
    let mut reasons: Vec<&str> = seen.rejects.iter().map(|(reason, _)| reason.as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["line_too_long", "not_json", "not_utf8"]);
    listeners.finish().await;
    let losses = installation.steadfast.store.losses().await.unwrap();
    assert_eq!(losses.len(), 1, "{losses:?}");
    assert_eq!((losses[0].source.as_str(), losses[0].reason), ("gate", LossReason::Dropped));
    assert!(losses[0].detail.contains("1 syslog message was cut off"), "{losses:?}");
}

#[tokio::test]
async fn what_can_not_be_counted_since_that_breaks_down_is_a_loss() {
    let mut installation = Installation::new();
    let clock = Off::elsewhere();
    installation.steadfast.clock = clock.clone();
    let (listeners, addresses) = listen(&installation, source("gate", &["udp://127.0.0.1:0"], &[])).await;
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..3 {
        sender.send_to(line("acme", n, "/a", 200).as_bytes(), addresses[0]).unwrap();
    }
    listeners.finish().await;
    assert!(installation.steadfast.store.sources().await.unwrap().iter().all(|seen| seen.calls == 0));
    let losses = installation.steadfast.store.losses().await.unwrap();
    assert_eq!(losses.len(), 1, "{losses:?}");
    assert_eq!((losses[0].source.as_str(), losses[0].reason), ("gate", LossReason::Dropped));
    assert_eq!(losses[0].detail, "3 syslog messages were not counted, since counting broke down");
    // What comes later is counted.
    clock.is_broken.store(false, Ordering::SeqCst);
    let (listeners, addresses) = listen(&installation, source("gate", &["udp://127.0.0.1:0"], &[])).await;
    sender.send_to(line("acme", 4, "/a", 200).as_bytes(), addresses[0]).unwrap();
    once(&installation, 1).await;
    listeners.finish().await;
}

#[tokio::test]
async fn messages_are_counted_once_where_that_breaks_down_at_first() {
    for breaks_at in 1.. {
        let mut installation = Installation::new();
        let clock = Breaking::at(breaks_at);
        let (listeners, addresses) = {
            installation.steadfast.clock = clock.clone();
            listen(&installation, source("gate", &["udp://127.0.0.1:0"], &[])).await
        };
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.send_to(line("acme", 1, "/a", 200).as_bytes(), addresses[0]).unwrap();
        once(&installation, 1).await;
        if !clock.is_past() {
            assert!(breaks_at > 3, "the clock was asked {breaks_at} times only");
            return;
        }
        listeners.finish().await;
        assert!(installation.steadfast.store.losses().await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_the_end_is_committed() {
    let installation = Installation::new();
    let wanted = source("gate", &["udp://127.0.0.1:0", "tcp://127.0.0.1:0"], &[]);
    let (listeners, addresses) = listen(&installation, wanted).await;
    let tcp = listeners.addresses().iter().position(|(_, at)| matches!(at, SyslogAddress::Tcp(_))).unwrap();
    let mut stream = TcpStream::connect(addresses[tcp]).unwrap();
    stream.write_all(line("acme", 1, "/a", 200).as_bytes()).unwrap();
    once(&installation, 1).await;
    for n in 0..2_000 {
        stream.write_all(line("acme", n, "/a", 200).as_bytes()).unwrap();
    }
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..100 {
        sender.send_to(line("acme", n, "/a", 200).as_bytes(), addresses[1 - tcp]).unwrap();
    }
    listeners.finish().await;
    assert_eq!(once(&installation, 2_101).await.calls, 2_101);
    assert!(TcpStream::connect(addresses[tcp]).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_networks_that_are_allowed_may_send() {
    let installation = Installation::new();
    let wanted = source("gate", &["udp://127.0.0.1:0", "tcp://127.0.0.1:0"], &["10.0.0.0/8", "127.0.0.2"]);
    let (listeners, _) = listen(&installation, wanted).await;
    for (_, address) in listeners.addresses() {
        match address {
            SyslogAddress::Udp(address) => {
                for from in ["127.0.0.1:0", "127.0.0.2:0"] {
                    let sender = UdpSocket::bind(from).unwrap();
                    sender.send_to(line("acme", 1, "/a", 200).as_bytes(), address).unwrap();
                }
            }
            SyslogAddress::Tcp(address) => {
                let mut stream = TcpStream::connect(address).unwrap();
                // Closed, perhaps before it could be written to.
                let _ = stream.write_all(line("acme", 1, "/a", 200).as_bytes());
                let _ = stream.shutdown(Shutdown::Write);
                assert!(matches!(std::io::Read::read(&mut stream, &mut [0]), Ok(0) | Err(_)));
            }
        }
    }
    once(&installation, 1).await;
    listeners.finish().await;
    once(&installation, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_told_and_nothing_listens() {
    let installation = Installation::new();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = format!("udp://{}", taken.local_addr().unwrap());
    let wanted = source("gate", &["tcp://127.0.0.1:0", &address], &[]);
    let Err(error) = installation.steadfast.listen_for_syslog(vec![wanted]).await else { panic!("it listens twice") };
    let text = error.to_string();
    assert!(text.contains("sources.gate") && text.contains(&format!("cannot listen on `{address}`")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_on_a_connection_waits_when_it_comes_faster_than_it_can_be_committed() {
    let installation = Installation::new();
    let (listeners, addresses) = listen(&installation, source("gate", &["tcp://127.0.0.1:0"], &[])).await;
    // Distinct routes are costly; all of them come in far more quickly than they can be counted.
    let count = 40_000;
    let address = addresses[0];
    let sender = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let mut text = Vec::new();
        for n in 0..count {
            text.extend_from_slice(line("acme", n, &format!("/{}", "x".repeat(n % 1000)), 200).as_bytes());
        }
        stream.write_all(&text).unwrap();
    });
    let seen = once(&installation, count as u64).await;
    sender.join().unwrap();
    assert_eq!(seen.calls, count as u64);
    listeners.finish().await;
    assert_eq!(installation.steadfast.store.losses().await.unwrap(), []);
}

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600_000;

/// So long after the beginning.
fn later(millis: i64) -> UnixMillis {
    UnixMillis(NOW + millis)
}

/// Listens, so long after the beginning, sends some messages over UDP, and ends in order.
async fn listen_at(installation: &mut Installation, millis: i64, name: &str, messages: usize) {
    installation.steadfast.clock = Arc::new(later(millis));
    let (listeners, addresses) = listen(installation, source(name, &["udp://127.0.0.1:0"], &[])).await;
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..messages {
        sender.send_to(line("acme", n, "/a", 200).as_bytes(), addresses[0]).unwrap();
    }
    listeners.finish().await;
}

async fn losses(installation: &Installation) -> Vec<Loss> {
    installation.steadfast.store.losses().await.unwrap()
}

/// Until when was listened, after the beginning, and whether it ended then.
async fn listened(installation: &Installation) -> Vec<(String, i64, bool)> {
    let listened = installation.steadfast.store.listened().await.unwrap();
    listened.into_iter().map(|it| (it.source.to_string(), it.until.0 - NOW, it.ended)).collect()
}

#[tokio::test]
async fn the_time_in_which_nobody_listened_is_a_loss() {
    let mut installation = Installation::new();
    // Whoever starts for the first time, or again at once, has missed nothing.
    for millis in [0, 10 * SECOND] {
        listen_at(&mut installation, millis, "gate", 1).await;
        assert_eq!(losses(&installation).await, []);
        assert_eq!(listened(&installation).await, [("gate".to_owned(), millis, true)]);
    }
    let again = 26 * HOUR;
    listen_at(&mut installation, again, "gate", 0).await;
    let loss = Loss {
        source: "gate".parse().unwrap(),
        from: later(10 * SECOND),
        until: later(again),
        reason: LossReason::NobodyListened,
        detail: "`steadfast serve` was not running".to_owned(),
        at: later(again),
    };
    assert_eq!(losses(&installation).await, std::slice::from_ref(&loss));
    let steadfast = &installation.steadfast;
    let (missed, days) = (steadfast.platform.zone.day_of(later(0)), steadfast.today());
    assert_eq!(steadfast.completeness().await.unwrap().days.of_any(model::DayRange::before(days, 14)), [missed]);
    // A clock that was set back, and goes on from there, tells nothing.
    for millis in [HOUR, HOUR + SECOND] {
        listen_at(&mut installation, millis, "gate", 1).await;
        assert_eq!(listened(&installation).await, [("gate".to_owned(), millis, true)]);
    }
    assert_eq!(losses(&installation).await, [loss]);
}

#[tokio::test]
async fn a_source_of_which_nothing_ever_came_and_one_that_was_not_wanted_miss_nothing() {
    let mut installation = Installation::new();
    for n in 0..3 {
        listen_at(&mut installation, n * HOUR, "silent", 0).await;
        assert_eq!((listened(&installation).await, losses(&installation).await), (vec![], vec![]));
    }
    listen_at(&mut installation, 3 * HOUR, "gate", 1).await;
    assert_eq!(listened(&installation).await, [("gate".to_owned(), 3 * HOUR, true)]);
    // Not in the configuration for a while.
    listen_at(&mut installation, 4 * HOUR, "other", 1).await;
    listen_at(&mut installation, 5 * HOUR, "gate", 1).await;
    assert_eq!(listened(&installation).await, [("gate".to_owned(), 5 * HOUR, true)]);
    installation.steadfast.listen_for_syslog(Vec::new()).await.unwrap().finish().await;
    assert_eq!((listened(&installation).await, losses(&installation).await), (vec![], vec![]));
}

#[test]
fn whoever_is_killed_may_have_lost_what_it_had_not_committed_however_soon_it_comes_back() {
    let mut installation = Installation::new();
    let killed = tokio::runtime::Runtime::new().unwrap();
    let listeners = killed.block_on(async {
        let (listeners, addresses) = listen(&installation, source("gate", &["udp://127.0.0.1:0"], &[])).await;
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for n in 1..=2 {
            // The second is committed after it was noted that is listened for the first.
            sender.send_to(line("acme", 1, "/a", 200).as_bytes(), addresses[0]).unwrap();
            once(&installation, n).await;
        }
        listeners
    });
    killed.shutdown_background();
    drop(listeners);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        assert_eq!(listened(&installation).await, [("gate".to_owned(), 0, false)]);
        listen_at(&mut installation, SECOND, "gate", 0).await;
        let losses = losses(&installation).await;
        let [loss] = losses.as_slice() else { panic!("{losses:?}") };
        assert_eq!((loss.from, loss.until, loss.reason), (later(0), later(SECOND), LossReason::NobodyListened));
        assert!(loss.detail.contains("ended abruptly"), "{loss:?}");
        assert_eq!(listened(&installation).await, [("gate".to_owned(), SECOND, true)]);
    });
}

#[tokio::test]
async fn that_nobody_listened_is_told_later_where_it_can_not_be_kept_at_once() {
    let mut installation = Installation::new();
    listen_at(&mut installation, 0, "gate", 1).await;
    let refuse = "CREATE TRIGGER meddler BEFORE INSERT ON source_loss BEGIN SELECT RAISE(ABORT, 'no'); END";
    drop(Meddler::new(&installation, refuse));
    listen_at(&mut installation, HOUR, "gate", 1).await;
    assert_eq!(once(&installation, 2).await.calls, 2);
    assert_eq!(
        (listened(&installation).await, losses(&installation).await),
        (vec![("gate".to_owned(), 0, true)], vec![])
    );
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    listen_at(&mut installation, 2 * HOUR, "gate", 1).await;
    let losses = losses(&installation).await;
    assert_eq!(losses.iter().map(|it| (it.from, it.until)).collect::<Vec<_>>(), [(later(0), later(2 * HOUR))]);
    assert_eq!(listened(&installation).await, [("gate".to_owned(), 2 * HOUR, true)]);
}

#[tokio::test]
async fn what_is_lost_and_not_kept_is_looked_back_on() {
    let mut installation = Installation::new();
    listen_at(&mut installation, 0, "gate", 1).await;
    let (listeners, addresses) = listen(&installation, source("gate", &["tcp://127.0.0.1:0"], &[])).await;
    let refuse = "CREATE TRIGGER meddler BEFORE INSERT ON source_loss BEGIN SELECT RAISE(ABORT, 'no'); END";
    drop(Meddler::new(&installation, refuse));
    TcpStream::connect(addresses[0]).unwrap().write_all(b"900 <190>cut off").unwrap();
    listeners.finish().await;
    assert_eq!(listened(&installation).await, [("gate".to_owned(), 0, false)]);
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    listen_at(&mut installation, SECOND, "gate", 0).await;
    assert_eq!(losses(&installation).await.len(), 1);
}
