//! How fast a big log is counted, beside the fastest thing one can do with it, `wc -l`, and beside DuckDB doing the same job.

use std::fs;
use std::path::Path;

use super::log_line::FORMAT;
use super::measure::{Cost, cost, quantile, wc};
use super::rival::Rival;
use super::table::{Table, thousands};
use super::{Setting, data, growth, packed};
use crate::shell::Failure;

const RUNS: usize = 3;

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let (catalog, traffic) = (data::catalog(setting)?, data::traffic(setting)?);
    let bytes = fs::metadata(&traffic).map_or(0, |facts| facts.len());
    let (wc_seconds, lines) = wc(&traffic)?;
    table.add("`wc -l` on the same file (warm, median of 5)", format!("{wc_seconds:.2} s"), "");

    let rival = Rival::find_or_install()?;
    let (mut imports, mut runs, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (import, run) = ingest(setting, &catalog, &traffic, &[], lines)?;
        imports.push(import.wall);
        runs.push(run);
        theirs.push(rival.count(setting, &catalog, &traffic)?);
    }
    table.add(
        "`catalog import`, 2,000 paths with 3,300 operations",
        format!("{:.2} s", quantile(&mut imports, 0.5)),
        "",
    );
    let equal = rival.compare(setting, &setting.folder.join("ingest"))?;
    let wall = add(table, &runs, lines, bytes, wc_seconds);
    let (their_wall, their_peak) = (wall_of(&theirs), theirs.iter().map(|run| run.peak).max().unwrap_or(0));
    let what = format!("DuckDB's command line, the same job on the same file (median of {RUNS})");
    table.add(&what, format!("{their_wall:.2} s, {:.0} MB", their_peak as f64 / 1e6), "");
    table.add("counts of both, by app, day, route, method, status, absent headers", equal, "equal");
    table.add("times as fast as DuckDB", format!("{:.1}", their_wall / wall), "at least 4 (aim 7)");

    log_format(setting, table, &rival, &catalog)?;
    packed::run(setting, table)?;
    growth::memory(setting, table)?;
    growth::cost_of_a_line(setting, table)
}

/// The same calls, logged by nginx; their counts must be the same.
fn log_format(setting: &Setting, table: &mut Table, rival: &Rival, catalog: &Path) -> Result<(), Failure> {
    let log = data::log(setting, setting.lines)?;
    let bytes = fs::metadata(&log).map_or(0, |facts| facts.len());
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(ingest(setting, catalog, &log, &["--format", FORMAT], setting.lines)?.1);
    }
    let equal = rival.compare(setting, &setting.folder.join("ingest"))?;
    let (wall, rate) = (wall_of(&runs), setting.lines as f64 / wall_of(&runs));
    let what = format!("the same calls as lines of a `log_format`, {} MB (median of {RUNS})", bytes / 1_000_000);
    table.add(&what, format!("{wall:.2} s, {} lines/s", thousands(rate as u64)), "as fast");
    table.add("counts of both", equal, "equal");
    Ok(())
}

/// Counts a file into a fresh data directory with the catalog: what the import cost, and what the reading.
fn ingest(
    setting: &Setting,
    catalog: &Path,
    file: &Path,
    arguments: &[&str],
    lines: u64,
) -> Result<(Cost, Cost), Failure> {
    let store = setting.fresh("ingest")?;
    let import = cost(setting.steadfast(&["catalog", "import"], &store).arg(catalog), &setting.folder)?;
    let run = cost(setting.steadfast(&["ingest"], &store).args(arguments).arg(file), &setting.folder)?;
    check_sum(&run.said, lines)?;
    eprintln!("run: {:.2} s", run.wall);
    Ok((import, run))
}

fn wall_of(runs: &[Cost]) -> f64 {
    quantile(&mut runs.iter().map(|run| run.wall).collect::<Vec<_>>(), 0.5)
}

/// Adds what the runs took. Returns the median.
fn add(table: &mut Table, runs: &[Cost], lines: u64, bytes: u64, wc_seconds: f64) -> f64 {
    let mut walls: Vec<f64> = runs.iter().map(|run| run.wall).collect();
    let wall = quantile(&mut walls, 0.5);
    let cpu = quantile(&mut runs.iter().map(|run| run.cpu).collect::<Vec<_>>(), 0.5);
    let peak = runs.iter().map(|run| run.peak).max().unwrap_or(0);
    let (least, most) = (walls.first().copied().unwrap_or(0.0), walls.last().copied().unwrap_or(0.0));
    let what = format!("`ingest` of {} lines, {} MB (median of {RUNS})", thousands(lines), bytes / 1_000_000);
    table.add(&what, format!("{wall:.2} s [{least:.2}-{most:.2}]"), "");
    table.add("lines per second, counts committed", thousands((lines as f64 / wall) as u64), "at least 5,000,000");
    table.add("bytes per second", format!("{:.2} GB/s", bytes as f64 / wall / 1e9), "");
    table.add("times as long as `wc -l`", format!("{:.1}", wall / wc_seconds), "aim 2");
    table.add("processor time", format!("{cpu:.2} s, {:.2} µs a line", cpu * 1e6 / lines as f64), "");
    table.add("most memory (resident)", format!("{:.0} MB", peak as f64 / 1e6), "under 100 MB (aim 64)");
    wall
}

/// Holds what `ingest` said against the number of lines: counted and rejected must make them all.
pub(super) fn check_sum(said: &str, lines: u64) -> Result<(), Failure> {
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
