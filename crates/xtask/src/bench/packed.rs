//! Packed files: counted as fast as they can be unpacked?

use std::fs;
use std::path::Path;

use super::lines::Extent;
use super::measure::{cost, quantile};
use super::table::{Table, thousands};
use super::{Setting, data};
use crate::shell::{self, Failure};

/// Enough for the start of a program not to matter, and few enough to be packed in seconds.
const MOST_LINES: u64 = 3_000_000;
const RUNS: usize = 3;

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let extent = Extent::month(setting.lines.min(MOST_LINES));
    let catalog = data::catalog(setting)?;
    for (name, program, end) in
        [("zstd -3", ["zstd", "-3", "-q", "-c"], "zst"), ("gzip -6", ["gzip", "-6", "-n", "-c"], "gz")]
    {
        let file = data::packed(setting, &extent, &program, end)?;
        let alone = decoder_alone(&file)?;
        let mut walls = Vec::new();
        for _ in 0..RUNS {
            let store = setting.fresh("ingest")?;
            cost(setting.steadfast(&["catalog", "import"], &store).arg(&catalog), &setting.folder)?;
            let run = cost(setting.steadfast(&["ingest"], &store).arg(&file), &setting.folder)?;
            super::ingest::check_sum(&run.said, extent.lines)?;
            walls.push(run.wall);
        }
        let wall = quantile(&mut walls, 0.5);
        let size = fs::metadata(&file).map_or(0, |facts| facts.len());
        let what = format!("`{name}` of {} lines, {} MB: `ingest`", thousands(extent.lines), size / 1_000_000);
        let rate = thousands((extent.lines as f64 / wall) as u64);
        table.add(&what, format!("{wall:.2} s, {rate} lines/s"), "");
        let share = format!("{:.0} % of its decoder alone ({alone:.2} s)", 100.0 * alone / wall);
        table.add(&format!("`{name}`: speed"), share, "at least 90 %");
    }
    Ok(())
}

/// Seconds in which the decoder that the program uses unpacks a file and does nothing with it.
fn decoder_alone(file: &Path) -> Result<f64, Failure> {
    let mut command = shell::cargo();
    command.args(["bench", "--quiet", "--package", "service", "--bench", "unpacking"]);
    let said = shell::output(command.env("STEADFAST_BENCH_PACKED", file))?;
    let seconds =
        said.lines().find_map(|line| line.strip_prefix("unpacked: ")?.split_whitespace().next()?.parse().ok());
    seconds.ok_or_else(|| Failure::new(format!("the bench did not say `unpacked: SECONDS`, but:\n{said}")))
}
