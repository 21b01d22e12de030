//! Ten times the load that the server can take: a thousand senders that never back off, where it has room for the batches of some
//! eighty, and some that never get done. Memory has to stay bounded, who is refused has to be told when to come again, and
//! what is acknowledged is counted exactly once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::calls::{PATH, next_batch};
use super::measure::calls_in;
use super::server::Server;
use super::table::{Table, thousands};
use crate::shell::Failure;

const SENDERS: usize = 1_000;
const SLOW: usize = 20;
/// Calls of one batch: so many that it takes longer to count those of all senders than the server has them wait.
const BATCH: u64 = 5_000;
/// How many different batches there are. All senders send all of them, under keys of their own.
const BODIES: usize = 50;
const LONGEST: Duration = Duration::from_secs(20);
/// How long the answer to a batch whose fate is unknown is sought after the load has ended.
const SETTLING: Duration = Duration::from_secs(60);

/// What all senders came to.
#[derive(Default)]
struct Sums {
    acknowledged: AtomicU64,
    batches: AtomicU64,
    refused: AtomicU64,
    without_advice: AtomicU64,
    broken: AtomicU64,
    sent_bytes: AtomicU64,
    others: Mutex<BTreeMap<u16, u64>>,
}

/// What a batch came to.
enum Fate {
    Counted(u64),
    /// Refused with 429 or 503.
    Refused,
    /// The connection broke before an answer.
    Unknown,
    Other,
}

pub(super) fn run(
    server: &Server,
    headers: &[String],
    traffic: File,
    data: &Path,
    counted_before: u64,
    table: &mut Table,
) -> Result<(), Failure> {
    let bodies = bodies(traffic)?;
    let sums = Sums::default();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..SENDERS {
            let (bodies, sums) = (&bodies, &sums);
            scope.spawn(move || send(server, headers, bodies, sums, number, began));
        }
        for _ in 0..SLOW {
            scope.spawn(|| trickle(server, headers, began));
        }
    });
    let peak = server.memory("VmHWM")?;
    let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let acknowledged = read(&sums.acknowledged);
    let what = format!(
        "{} senders without back-off and {SLOW} slow ones, {} s: acknowledged",
        thousands(SENDERS as u64),
        LONGEST.as_secs()
    );
    let (batches, refused) = (read(&sums.batches), read(&sums.refused));
    table.add(&what, format!("{} calls in {} batches", thousands(acknowledged), thousands(batches)), "");
    let told = format!("{} batches, {} of them without `Retry-After`", thousands(refused), read(&sums.without_advice));
    table.add("refused with 429 or 503", told, "all with `Retry-After`");
    let others = sums.others.into_inner().unwrap_or_default();
    let told =
        format!("{others:?}; {} connections broke before an answer, their batches sent again", read(&sums.broken));
    table.add("other answers", told, "none");
    table.add("most memory of the server (resident)", format!("{:.0} MB", peak as f64 / 1e6), "under 200 MB");
    let counted = calls_in(data)? - counted_before;
    let result = format!("{} acknowledged, {} counted", thousands(acknowledged), thousands(counted));
    table.add("every acknowledged call is counted once", result, "equal");
    if acknowledged == 0 {
        return Err(Failure::new("nothing was acknowledged, so nothing was measured"));
    }
    if counted == acknowledged { Ok(()) } else { Err(Failure::new("acknowledged and counted differ; see above")) }
}

/// The batches that are sent.
fn bodies(traffic: File) -> Result<Vec<Vec<u8>>, Failure> {
    let lines = Mutex::new(BufReader::with_capacity(1 << 20, traffic));
    let body = |_| {
        let mut body = Vec::new();
        match next_batch(&lines, BATCH, &mut body)? {
            BATCH => Ok(body),
            _ => Err(Failure::new(format!("the overload needs {} lines of traffic", thousands(BATCH * BODIES as u64)))),
        }
    };
    (0..BODIES).map(body).collect()
}

/// Sends one batch after the other. Sets aside nothing: a batch whose fate is unknown is sent again, under its key, until it
/// is known.
fn send(server: &Server, headers: &[String], bodies: &[Vec<u8>], sums: &Sums, number: usize, began: Instant) {
    let mut connection = None;
    for (batch, body) in bodies.iter().cycle().skip(number % BODIES).enumerate() {
        if began.elapsed() > LONGEST {
            return;
        }
        let key = format!("overload-{number}-{batch}");
        let mut unknown = false;
        loop {
            match post(&mut connection, server, headers, &key, body, sums) {
                Fate::Counted(calls) => {
                    sums.acknowledged.fetch_add(calls, Ordering::Relaxed);
                    sums.batches.fetch_add(1, Ordering::Relaxed);
                    break;
                }
                Fate::Unknown => unknown = true,
                // It may have been counted before it was refused.
                Fate::Refused if unknown => {}
                Fate::Refused | Fate::Other => break,
            }
            if began.elapsed() > LONGEST + SETTLING {
                eprintln!("the fate of batch `{key}` could not be learnt");
                break;
            }
        }
    }
}

/// Sends a batch over the connection, opened if need be, and reads the answer even if it comes before all is sent.
fn post(
    connection: &mut Option<BufReader<TcpStream>>,
    server: &Server,
    headers: &[String],
    key: &str,
    body: &[u8],
    sums: &Sums,
) -> Fate {
    let mut exchange = || -> std::io::Result<(u16, bool, Vec<u8>)> {
        if connection.is_none() {
            let stream = TcpStream::connect(&server.address)?;
            stream.set_read_timeout(Some(SETTLING))?;
            stream.set_write_timeout(Some(SETTLING))?;
            *connection = Some(BufReader::new(stream));
        }
        let stream = connection.as_mut().ok_or(std::io::ErrorKind::NotConnected)?;
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: {}\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n{more}\r\n",
            server.address,
            body.len()
        );
        // A refusal may come while the body is still on its way, and the connection be closed behind it.
        let sent = stream.get_mut().write_all(head.as_bytes()).and_then(|()| stream.get_mut().write_all(body));
        let answer = read_answer(stream);
        sums.sent_bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        match (sent, answer) {
            (Ok(()), answer) => answer,
            (Err(_), Ok(answer)) => {
                *connection = None;
                Ok(answer)
            }
            (Err(error), Err(_)) => Err(error),
        }
    };
    let Ok((status, advised, text)) = exchange() else {
        *connection = None;
        sums.broken.fetch_add(1, Ordering::Relaxed);
        return Fate::Unknown;
    };
    match status {
        200 => {
            let told: Value = serde_json::from_slice(&text).unwrap_or_default();
            Fate::Counted(told["accepted"].as_u64().unwrap_or(0))
        }
        429 | 503 => {
            sums.refused.fetch_add(1, Ordering::Relaxed);
            sums.without_advice.fetch_add(u64::from(!advised), Ordering::Relaxed);
            Fate::Refused
        }
        other => {
            if let Ok(mut others) = sums.others.lock() {
                *others.entry(other).or_default() += 1;
            }
            *connection = None;
            Fate::Other
        }
    }
}

/// Status, whether `Retry-After` is there, and the body.
fn read_answer(stream: &mut BufReader<TcpStream>) -> std::io::Result<(u16, bool, Vec<u8>)> {
    let mut line = String::new();
    let mut next = |stream: &mut BufReader<TcpStream>| -> std::io::Result<String> {
        line.clear();
        match stream.read_line(&mut line)? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_ascii_lowercase()),
        }
    };
    let status = next(stream)?;
    let status = status.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
    let (mut advised, mut length) = (false, 0);
    loop {
        let header = next(stream)?;
        if header.is_empty() {
            break;
        }
        advised |= header.starts_with("retry-after:");
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, advised, body))
}

/// A sender that promises a batch and brings little of it.
#[expect(clippy::disallowed_methods, reason = "being slow is what it is for")]
fn trickle(server: &Server, headers: &[String], began: Instant) {
    while began.elapsed() < LONGEST {
        let Ok(mut stream) = TcpStream::connect(&server.address) else { return };
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!("POST {PATH} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000000\r\n{more}\r\n", server.address);
        let mut open = stream.write_all(head.as_bytes()).is_ok();
        while open && began.elapsed() < LONGEST {
            std::thread::sleep(Duration::from_millis(500));
            open = stream.write_all(b"{").is_ok();
        }
    }
}
