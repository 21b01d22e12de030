//! How fast paths are matched to routes, without anything else.

use super::table::{Table, thousands};
use super::{Setting, data};
use crate::shell::{self, Failure};

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let bench = shell::root().join("crates/catalog/benches/matching.rs");
    if !bench.is_file() {
        table.add("matching, one thread", "not measured: `crates/catalog` has no bench called `matching`", "");
        return Ok(());
    }
    let mut command = shell::cargo();
    command.args(["bench", "--quiet", "--package", "catalog", "--bench", "matching"]);
    command.env("STEADFAST_BENCH_CATALOG", data::catalog(setting)?).env("STEADFAST_BENCH_PATHS", data::paths(setting)?);
    let said = shell::output(&mut command)?;
    for (key, what) in
        [("cut_and_match", "cutting and matching a path, one thread"), ("match", "matching a cut path, one thread")]
    {
        let line = said.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        let rate = line.and_then(|rate| rate.split_whitespace().next()?.parse::<u64>().ok());
        let rate = rate.ok_or_else(|| Failure::new(format!("the bench did not say `{key}: N`, but:\n{said}")))?;
        table.add(what, format!("{} paths/s", thousands(rate)), "");
    }
    Ok(())
}
