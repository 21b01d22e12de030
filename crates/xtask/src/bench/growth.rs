//! What grows, and what must not: memory with the length of the file, the cost of a line with the number of apps, routes
//! and days.

use super::lines::Extent;
use super::measure::{Cost, cost};
use super::table::{Table, thousands};
use super::{Setting, data};
use crate::shell::Failure;

const MEMORY_GOAL: &str = "under 100 MB (aim 64), the same for all";
/// More days than any of the traffic has.
const RETENTION: (&str, &str) = ("STEADFAST_RETENTION_DAYS", "410");
/// Lines for the cost of a line, unless fewer are asked for.
const LINES: u64 = 2_000_000;
const RUNS: usize = 3;

pub(super) fn memory(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let shorter = (setting.lines / 10).max(1_000);
    for lines in [shorter, setting.lines] {
        let extent = Extent::month(lines);
        let file = data::traffic_of(setting, if lines == shorter { "tenth" } else { "traffic" }, &extent)?;
        let run = ingest(setting, &extent, &file, &data::catalog(setting)?)?;
        table.add(&format!("most memory for {} lines", thousands(lines)), megabytes(&run), MEMORY_GOAL);
    }
    if setting.full {
        // Packed, since it would fill a disk; unpacked as it is read.
        let extent = Extent::month(setting.lines * 10);
        let file = data::packed(setting, &extent, &["zstd", "-3", "-q", "-c"], "full.zst")?;
        let run = ingest(setting, &extent, &file, &data::catalog(setting)?)?;
        data::remove(&file)?;
        let what = format!("most memory for {} lines, packed by zstd", thousands(extent.lines));
        table.add(&what, format!("{}, {:.0} s", megabytes(&run), run.wall), MEMORY_GOAL);
    }
    Ok(())
}

fn megabytes(run: &Cost) -> String {
    format!("{:.0} MB", run.peak as f64 / 1e6)
}

pub(super) fn cost_of_a_line(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let usual = Extent::month(setting.lines.min(LINES));
    let series: [(&str, Vec<(u64, Extent)>); 3] = [
        ("apps", [10, 300, 10_000, 100_000].map(|apps| (apps, Extent { apps, ..usual })).to_vec()),
        ("routes", [100, 2_000, 20_000].map(|routes| (routes, Extent { routes, ..usual })).to_vec()),
        ("days", [1, 30, 400].map(|days| (days, Extent { days, ..usual })).to_vec()),
    ];
    for (what, extents) in series {
        let mut first = None;
        for (number, extent) in extents {
            let nanoseconds = of_extent(setting, &extent)?;
            let least = *first.get_or_insert(nanoseconds);
            let result = format!("{nanoseconds:.0} ns, {:.2} times the first", nanoseconds / least);
            let name = format!("wall time of one of {} lines, {} {what}", thousands(extent.lines), thousands(number));
            table.add(&name, result, "does not grow");
        }
    }
    Ok(())
}

/// Nanoseconds of wall time for each line, the best of some runs.
fn of_extent(setting: &Setting, extent: &Extent) -> Result<f64, Failure> {
    let catalog = data::catalog_of(setting, extent.routes)?;
    let file = data::traffic_of(setting, "growth", extent)?;
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        best = best.min(ingest(setting, extent, &file, &catalog)?.wall);
    }
    // The next has the same name and other lines.
    data::remove(&file)?;
    Ok(best * 1e9 / extent.lines as f64)
}

fn ingest(
    setting: &Setting,
    extent: &Extent,
    file: &std::path::Path,
    catalog: &std::path::Path,
) -> Result<Cost, Failure> {
    let store = setting.fresh("ingest")?;
    cost(setting.steadfast(&["catalog", "import"], &store).arg(catalog), &setting.folder)?;
    let mut command = setting.steadfast(&["ingest"], &store);
    let run = cost(command.env(RETENTION.0, RETENTION.1).arg(file), &setting.folder)?;
    super::ingest::check_sum(&run.said, extent.lines)?;
    Ok(run)
}
