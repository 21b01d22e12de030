//! How long the API Call Activity Report takes when it is very long.

use std::process::Stdio;
use std::time::Instant;

use super::measure::{cost, quantile};
use super::table::{Table, thousands};
use super::{Setting, data};
use crate::shell::{self, Failure};

/// The app that makes all the calls.
const APP: &str = "app-1000";
const RUNS: usize = 7;

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let store = setting.fresh("report")?;
    cost(setting.steadfast(&["catalog", "import"], &store).arg(data::catalog(setting)?), &setting.folder)?;
    cost(setting.steadfast(&["ingest"], &store).arg(data::rows(setting)?), &setting.folder)?;
    let report = || setting.steadfast(&["report", APP], &store);
    let rows = shell::output(&mut report())?.lines().count() as u64 - 1;
    if rows != data::REPORT_ROWS {
        return Err(Failure::new(format!("the report has {rows} rows, not {}", data::REPORT_ROWS)));
    }
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let mut command = report();
        let began = Instant::now();
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        if !status.is_ok_and(|status| status.success()) {
            return Err(Failure::new("`steadfast report` failed; see above"));
        }
        seconds.push(began.elapsed().as_secs_f64());
    }
    let what = format!("`report` of {} rows, whole process (median of {RUNS})", thousands(rows));
    table.add(&what, format!("{:.0} ms", quantile(&mut seconds, 0.5) * 1e3), "under 1 s");
    Ok(())
}
