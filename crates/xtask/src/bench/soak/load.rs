//! What comes over HTTP while the program is held under load: batches at a steady rate, and people who read pages.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::calls::{BATCH, PATH, next_batch};
use super::super::http::{Connection, Request};
use super::super::measure::quantile;
use super::super::person::Person;
use super::super::server::Server;
use super::super::table::{Table, thousands};
use crate::shell::{Failure, io_failure};

const CONNECTIONS: usize = 4;
/// The goal for every page.
const GOAL_MILLIS: f64 = 100.0;
/// What people read, one after the other, with a moment between.
const PAGES: &[&str] = &[
    "/platform",
    "/apps/app-1000",
    "/apps/app-1000/health",
    "/apps/app-1000/activity",
    "/apps/app-1042/health",
    "/apps/app-1042/activity?status=403",
    "/platform/sources",
    "/platform/deprecated",
    "/api/v1/apps/app-1000/health",
];
const MOMENT: Duration = Duration::from_millis(20);

/// What was sent over HTTP.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) accepted: u64,
    refused: u64,
    /// Milliseconds until each acknowledgement.
    waits: Vec<f64>,
}

impl Sent {
    pub(super) fn spell(&self) -> String {
        let mut waits = self.waits.clone();
        let (half, most) = (quantile(&mut waits, 0.5), quantile(&mut waits, 0.99));
        format!("{} times refused; acknowledged p50 {half:.0} ms, p99 {most:.0} ms", thousands(self.refused))
    }
}

/// Sends batches at a rate, over and over the same traffic, each under a key of its own.
pub(super) fn send(
    server: &Server,
    headers: &[String],
    traffic: &Path,
    batches_a_second: u64,
    stop: &AtomicBool,
) -> Result<Sent, Failure> {
    let open = || File::open(traffic).map_err(|error| io_failure("open", traffic, &error));
    let lines = Mutex::new(BufReader::with_capacity(1 << 20, open()?));
    let (began, next) = (Instant::now(), AtomicU64::new(0));
    let one = || -> Result<Sent, Failure> {
        let mut connection = Connection::open(&server.address)?;
        let (mut sent, mut body) = (Sent::default(), Vec::new());
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            wait_until(began + Duration::from_secs_f64(number as f64 / batches_a_second as f64));
            if next_batch(&lines, BATCH, &mut body)? == 0 {
                *lines.lock().map_err(|_| Failure::new("a sender panicked"))? =
                    BufReader::with_capacity(1 << 20, open()?);
                next_batch(&lines, BATCH, &mut body)?;
            }
            let headers = [headers, &[format!("Idempotency-Key: soak-{number}")]].concat();
            let asked = Instant::now();
            loop {
                let answer = connection.ask(&Request { method: "POST", path: PATH, headers: &headers, body: &body })?;
                match answer.status {
                    200 => {
                        let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                        sent.accepted += told["accepted"].as_u64().unwrap_or(0);
                        break;
                    }
                    429 | 503 => {
                        sent.refused += 1;
                        wait_until(Instant::now() + Duration::from_secs(1));
                    }
                    other => return Err(Failure::new(format!("a batch was answered with {other}: {}", answer.text()))),
                }
            }
            sent.waits.push(asked.elapsed().as_secs_f64() * 1e3);
        }
        Ok(sent)
    };
    let mut all = Sent::default();
    let parts: Vec<Result<Sent, Failure>> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(one)).collect();
        let ended = |_| Err(Failure::new("a sender panicked"));
        senders.into_iter().map(|sender| sender.join().unwrap_or_else(ended)).collect()
    });
    for sent in parts {
        let sent = sent?;
        all.accepted += sent.accepted;
        all.refused += sent.refused;
        all.waits.extend(sent.waits);
    }
    Ok(all)
}

#[expect(clippy::disallowed_methods, reason = "a steady rate is what it is for")]
fn wait_until(moment: Instant) {
    std::thread::sleep(moment.saturating_duration_since(Instant::now()));
}

/// Milliseconds of each page.
#[derive(Default)]
pub(super) struct Pages(BTreeMap<&'static str, Vec<f64>>);

impl Pages {
    pub(super) fn add(&mut self, other: Self) {
        for (page, waits) in other.0 {
            self.0.entry(page).or_default().extend(waits);
        }
    }

    pub(super) fn add_to(&self, table: &mut Table) {
        for (page, waits) in &self.0 {
            let mut waits = waits.clone();
            let (half, most) = (quantile(&mut waits, 0.5), quantile(&mut waits, 0.99));
            let what = format!("`{page}`, {} times", thousands(waits.len() as u64));
            table.add(&what, format!("p50 {half:.1} ms, p99 {most:.1} ms"), "p99 under 100 ms");
        }
    }

    /// Fails where a page was too slow.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        let slow = |(_, waits): &(&&str, &Vec<f64>)| quantile(&mut (*waits).clone(), 0.99) >= GOAL_MILLIS;
        let slow: Vec<&str> = self.0.iter().filter(slow).map(|(page, _)| *page).collect();
        if slow.is_empty() { Ok(()) } else { Err(Failure::new(format!("too slow: {}", slow.join(", ")))) }
    }
}

/// Reads pages until it is told to stop.
pub(super) fn read_pages(server: &Server, person: &Person, stop: &AtomicBool) -> Result<Pages, Failure> {
    let mut pages = Pages::default();
    // What the first calls make appear isn't there at once.
    wait_until(Instant::now() + Duration::from_secs(5));
    for path in PAGES.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let asked = Instant::now();
        let answer = server.send("GET", path, std::slice::from_ref(&person.cookie), &[])?;
        let took = asked.elapsed().as_secs_f64() * 1e3;
        if answer.status != 200 {
            return Err(Failure::new(format!("`{path}` answered {}", answer.status)));
        }
        pages.0.entry(path).or_default().push(took);
        wait_until(Instant::now() + MOMENT);
    }
    Ok(pages)
}
