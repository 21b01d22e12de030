//! How many calls a second are counted that are sent over HTTP, each answered only when it is on disk.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{Connection, Request};
use super::measure::{calls_in, cost, quantile};
use super::person::Person;
use super::server::Server;
use super::table::{Table, thousands};
use super::{Setting, data, overload};
use crate::shell::{Failure, io_failure};

const CONNECTIONS: usize = 8;
/// Calls of one batch.
pub(super) const BATCH: u64 = 1_000;
/// How long is sent, unless there are no more lines.
const LONGEST: Duration = Duration::from_secs(15);
pub(super) const PATH: &str = "/api/v1/calls";

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let (catalog, traffic) = (data::catalog(setting)?, data::traffic(setting)?);
    let store = setting.fresh("http")?;
    cost(setting.steadfast(&["catalog", "import"], &store).arg(&catalog), &setting.folder)?;
    let server = Server::start(setting.steadfast(&["serve", "--listen", "127.0.0.1:0"], &store))?;
    let headers = sender(&server, &Person::first_operator(&server)?)?;

    let open = || File::open(&traffic).map_err(|error| io_failure("open", &traffic, &error));
    measure(&server, &headers, &Mutex::new(BufReader::with_capacity(1 << 20, open()?)), table)?;
    table.add("most memory of the server so far (resident)", server.peak()?, "");
    let counted = calls_in(&store)?;
    overload::run(&server, &headers, open()?, &store, counted, table)
}

/// The headers of whoever sends calls.
pub(super) fn sender(server: &Server, operator: &Person) -> Result<[String; 2], Failure> {
    let token = json!({"name": "gateway", "scopes": ["calls:write"], "days": 7});
    let token = operator.send(server, "POST", "/api/v1/me/tokens", &token, &[])?;
    let token = token["token"].as_str().ok_or_else(|| Failure::new("no token came back"))?;
    Ok([format!("Authorization: Bearer {token}"), "Content-Type: application/x-ndjson".to_owned()])
}

fn measure(
    server: &Server,
    headers: &[String],
    lines: &Mutex<BufReader<File>>,
    table: &mut Table,
) -> Result<(), Failure> {
    let began = Instant::now();
    let send = || send_batches(&server.address, headers, lines, began);
    let sent: Vec<Result<Sent, Failure>> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(send)).collect();
        let ended = |_| Err(Failure::new("a sender panicked"));
        senders.into_iter().map(|sender| sender.join().unwrap_or_else(ended)).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    let (mut accepted, mut waits) = (0, Vec::new());
    for sent in sent {
        let sent = sent?;
        accepted += sent.accepted;
        waits.extend(sent.waits);
    }
    let what = format!(
        "calls per second by `POST {PATH}`, answered when on disk; {CONNECTIONS} connections, batches of {}",
        thousands(BATCH)
    );
    table.add(&what, thousands((accepted as f64 / seconds) as u64), "at least 300,000");
    let (half, most) = (quantile(&mut waits, 0.5) * 1e3, quantile(&mut waits, 0.99) * 1e3);
    let what = format!("acknowledgement of such a batch, {} of them", thousands(waits.len() as u64));
    table.add(&what, format!("p50 {half:.0} ms, p99 {most:.0} ms"), "p99 under 250 ms");
    Ok(())
}

/// What one connection sent.
#[derive(Default)]
struct Sent {
    accepted: u64,
    /// Seconds until each batch was answered.
    waits: Vec<f64>,
}

fn send_batches(
    address: &str,
    headers: &[String],
    lines: &Mutex<impl BufRead>,
    began: Instant,
) -> Result<Sent, Failure> {
    let mut connection = Connection::open(address)?;
    let mut sent = Sent::default();
    let mut body = Vec::new();
    while began.elapsed() < LONGEST {
        let calls = next_batch(lines, BATCH, &mut body)?;
        if calls == 0 {
            break;
        }
        let asked = Instant::now();
        let answer = connection.ask(&Request { method: "POST", path: PATH, headers, body: &body })?;
        sent.waits.push(asked.elapsed().as_secs_f64());
        let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != 200 || told["accepted"].as_u64() != Some(calls) {
            let (status, text) = (answer.status, answer.text());
            return Err(Failure::new(format!("a batch of {calls} calls was answered with {status}: {text}")));
        }
        sent.accepted += calls;
    }
    Ok(sent)
}

/// Reads the lines of a batch, up to so many. Returns how many there are.
pub(super) fn next_batch(lines: &Mutex<impl BufRead>, most: u64, into: &mut Vec<u8>) -> Result<u64, Failure> {
    into.clear();
    let mut lines = lines.lock().map_err(|_| Failure::new("a sender panicked"))?;
    let mut count = 0;
    while count < most {
        let read = lines.read_until(b'\n', into);
        if read.map_err(|error| Failure::new(format!("cannot read the traffic: {error}")))? == 0 {
            break;
        }
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_whole_lines_until_there_are_no_more() {
        let text = "{}\n".repeat(1_005);
        let lines = Mutex::new(text.as_bytes());
        let mut body = Vec::new();
        assert_eq!(next_batch(&lines, 1_000, &mut body).unwrap(), 1_000);
        assert_eq!(body.len(), 3_000);
        assert_eq!(next_batch(&lines, 1_000, &mut body).unwrap(), 5);
        assert_eq!(next_batch(&lines, 1_000, &mut body).unwrap(), 0);
        assert!(body.is_empty());
    }
}
