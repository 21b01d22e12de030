//! What is watched while the program is held under load: its memory every few seconds, and what it prints.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::server::Server;
use super::super::table::Table;
use crate::shell::{Failure, io_failure};

const EVERY: Duration = Duration::from_secs(5);
/// The share of the time in which memory may grow: caches fill, the allocator settles.
const WARM_UP: f64 = 0.25;
/// What counts as flat: growth over the whole time after warming up, as a share of what it was then.
const FLAT: f64 = 0.10;

/// What was seen.
pub(super) struct Watch {
    log: File,
    path: PathBuf,
    /// Seconds since the start, and resident bytes.
    samples: Vec<(f64, f64)>,
    lines: u64,
    /// Lines that tell of trouble, the first of them.
    troubles: Vec<String>,
}

impl Watch {
    pub(super) fn new(home: &Path) -> Result<Self, Failure> {
        let path = home.join("server.log");
        let log = File::create(&path).map_err(|error| io_failure("create", &path, &error))?;
        Ok(Self { log, path, samples: Vec::new(), lines: 0, troubles: Vec::new() })
    }

    /// Watches for a while, or until a part of the load stops, which it does only where it fails.
    #[expect(clippy::disallowed_methods, reason = "a sample at a time")]
    pub(super) fn watch(
        &mut self,
        server: &Server,
        began: Instant,
        length: Duration,
        stop: &AtomicBool,
    ) -> Result<(), Failure> {
        let mut told = 0;
        while began.elapsed() < length && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(EVERY.min(length.saturating_sub(began.elapsed())));
            let resident = server.memory("VmRSS")? as f64;
            self.samples.push((began.elapsed().as_secs_f64(), resident));
            self.drain(server)?;
            let minute = began.elapsed().as_secs() / 60;
            if minute > told {
                told = minute;
                eprintln!(
                    "minute {minute}: {:.0} MB, {} lines printed, {} of trouble",
                    resident / 1e6,
                    self.lines,
                    self.troubles.len()
                );
            }
        }
        Ok(())
    }

    /// Takes what was printed since.
    pub(super) fn drain(&mut self, server: &Server) -> Result<(), Failure> {
        for line in server.new_lines() {
            self.lines += 1;
            writeln!(self.log, "{line}").map_err(|error| io_failure("write", &self.path, &error))?;
            if is_trouble(&line) {
                self.troubles.push(line);
            }
        }
        Ok(())
    }

    pub(super) fn add_to(&self, table: &mut Table, length: Duration) {
        let at = |share: f64| {
            let wanted = length.as_secs_f64() * share;
            let sample = self.samples.iter().find(|(seconds, _)| *seconds >= wanted).or(self.samples.last());
            sample.map_or(0.0, |(_, resident)| resident / 1e6)
        };
        let most = self.samples.iter().map(|(_, resident)| *resident).fold(0.0, f64::max) / 1e6;
        let told = format!(
            "{:.0} MB after a tenth, {:.0} after a quarter, {:.0} at half, {:.0} at the end; {most:.0} at most",
            at(0.1),
            at(WARM_UP),
            at(0.5),
            at(1.0)
        );
        table.add(&format!("memory (resident), {} samples", self.samples.len()), told, "flat");
        let told = format!("{:+.1} MB an hour", self.slope() * 3_600.0 / 1e6);
        table.add("its slope after warming up (least squares)", told, "flat");
    }

    pub(super) fn add_log_to(&self, table: &mut Table) {
        let first = self.troubles.first().map_or(String::new(), |line| format!("; the first: {line}"));
        let told = format!("{} of {} lines{first}", self.troubles.len(), self.lines);
        table.add("errors and warnings in the log", told, "none");
    }

    /// Fails on trouble in the log and on memory that grows.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        if !self.troubles.is_empty() {
            return Err(Failure::new(format!("the log tells of trouble; see {}", self.path.display())));
        }
        let settled = self.settled();
        let (Some((from, level)), Some((until, _))) = (settled.first(), settled.last()) else { return Ok(()) };
        // Over a few minutes caches still fill; an hour shows what grows.
        let growth = self.slope() * (until - from) / level;
        if until - from < 600.0 || growth < FLAT {
            return Ok(());
        }
        Err(Failure::new(format!("memory grew by {:.0} % after warming up", growth * 100.0)))
    }

    fn settled(&self) -> &[(f64, f64)] {
        let from = (self.samples.len() as f64 * WARM_UP) as usize;
        self.samples.get(from..).unwrap_or_default()
    }

    /// Bytes a second.
    fn slope(&self) -> f64 {
        slope(self.settled())
    }
}

fn is_trouble(line: &str) -> bool {
    [" ERROR ", " WARN ", "panicked", "error:"].iter().any(|word| line.contains(word))
}

fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let above: f64 = samples.iter().map(|sample| (sample.0 - x) * (sample.1 - y)).sum();
    let below: f64 = samples.iter().map(|sample| (sample.0 - x).powi(2)).sum();
    if below > 0.0 { above / below } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_a_line_is_found() {
        let samples: Vec<(f64, f64)> = (0..100).map(|x| (f64::from(x), 7.0 + 3.0 * f64::from(x))).collect();
        assert!((slope(&samples) - 3.0).abs() < 1e-9);
        assert_eq!(slope(&[]), 0.0);
        assert_eq!(slope(&[(1.0, 5.0)]), 0.0);
    }

    #[test]
    fn trouble_is_told_from_news() {
        assert!(is_trouble("2026-11-22T00:00:00Z  WARN steadfast: part of the upkeep failed"));
        assert!(is_trouble("thread 'main' panicked at"));
        assert!(!is_trouble("Steadfast serves its portal on http://127.0.0.1:1/"));
    }
}
