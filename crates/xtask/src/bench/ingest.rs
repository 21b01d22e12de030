//! How fast a big log is counted, beside the fastest thing one can do with it: `wc -l`.

use std::fs;

use super::measure::{Cost, cost, quantile, wc};
use super::table::{Table, thousands};
use super::{Setting, data};
use crate::shell::Failure;

const RUNS: usize = 3;

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let (catalog, traffic) = (data::catalog(setting)?, data::traffic(setting)?);
    let bytes = fs::metadata(&traffic).map_or(0, |facts| facts.len());
    let (wc_seconds, lines) = wc(&traffic)?;
    table.add("`wc -l` on the same file (warm, median of 5)", format!("{wc_seconds:.2} s"), "");

    let (mut imports, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let store = setting.fresh("ingest")?;
        let mut import = setting.steadfast(&["catalog", "import"], &store);
        imports.push(cost(import.arg(&catalog), &setting.folder)?.wall);
        let mut ingest = setting.steadfast(&["ingest"], &store);
        let run = cost(ingest.arg(&traffic), &setting.folder)?;
        check_sum(&run.said, lines)?;
        eprintln!("run: {:.2} s", run.wall);
        runs.push(run);
    }
    table.add(
        "`catalog import`, 2,000 paths with 3,300 operations",
        format!("{:.2} s", quantile(&mut imports, 0.5)),
        "",
    );
    add(table, &runs, lines, bytes, wc_seconds);
    Ok(())
}

fn add(table: &mut Table, runs: &[Cost], lines: u64, bytes: u64, wc_seconds: f64) {
    let mut walls: Vec<f64> = runs.iter().map(|run| run.wall).collect();
    let wall = quantile(&mut walls, 0.5);
    let cpu = quantile(&mut runs.iter().map(|run| run.cpu).collect::<Vec<_>>(), 0.5);
    let peak = runs.iter().map(|run| run.peak).max().unwrap_or(0);
    let (least, most) = (walls.first().copied().unwrap_or(0.0), walls.last().copied().unwrap_or(0.0));
    let what = format!("`ingest` of {} lines, {} MB (median of {RUNS})", thousands(lines), bytes / 1_000_000);
    table.add(&what, format!("{wall:.2} s [{least:.2}-{most:.2}]"), "");
    table.add("lines per second, counts committed", thousands((lines as f64 / wall) as u64), "at least 2,000,000");
    table.add("bytes per second", format!("{:.2} GB/s", bytes as f64 / wall / 1e9), "");
    table.add("times as long as `wc -l`", format!("{:.1}", wall / wc_seconds), "");
    table.add("processor time", format!("{cpu:.2} s, {:.2} µs a line", cpu * 1e6 / lines as f64), "");
    table.add("most memory (resident)", format!("{:.0} MB", peak as f64 / 1e6), "under 200 MB");
}

/// Holds what `ingest` said against the number of lines: counted and rejected must make them all.
fn check_sum(said: &str, lines: u64) -> Result<(), Failure> {
    let numbers = (number_after(said, "read"), number_after(said, "counted"), number_after(said, "rejected"));
    if matches!(numbers, (Some(read), Some(counted), Some(rejected)) if read == lines && counted + rejected == lines) {
        return Ok(());
    }
    let lines = thousands(lines);
    Err(Failure::new(format!("counted and rejected don't make the {lines} lines of the file; `ingest` said:\n{said}")))
}

/// The number in the first line that begins with `key`, in a text such as `  counted   5,000,000 calls`.
fn number_after(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(key))?;
    line.split_whitespace().next()?.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_counted_and_rejected_is_held_against_the_lines() {
        let said =
            "/log\n  format    steadfast\n  read      5,000 lines\n  counted   4,990 calls\n  rejected  10 lines\n";
        assert!(check_sum(said, 5_000).is_ok());
        assert!(check_sum(said, 5_001).is_err());
        assert!(check_sum(&said.replace("4,990", "4,989"), 5_000).is_err());
        assert!(check_sum("", 0).is_err());
    }
}
