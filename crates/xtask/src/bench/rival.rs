//! The same job done by DuckDB's command line on the same file, by the SQL in `crates/xtask/bench-sql`; its counts are held
//! against Steadfast's, key by key.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Setting;
use super::measure::{Cost, cost};
use super::table::thousands;
use crate::shell::{self, Failure, io_failure, which};

/// The release that is measured, of the Python index.
const VERSION: &str = "1.5.6";

/// DuckDB, ready to do the job.
pub(super) struct Rival {
    program: PathBuf,
}

impl Rival {
    /// Installs it into `target/tools`, unless it is there.
    pub(super) fn find_or_install() -> Result<Self, Failure> {
        let folder = shell::target().join("tools").join(format!("duckdb-{VERSION}"));
        let program = folder.join("duckdb_cli/duckdb");
        let works = |program: &Path| program.is_file() && shell::succeeds(Command::new(program).arg("--version"));
        if !works(&program) {
            let pip = which("pip3").or_else(|| which("pip"));
            let pip = pip.ok_or_else(|| Failure::new("pip is missing; on Debian: apt-get install python3-pip"))?;
            let mut command = Command::new(pip);
            command.args(["install", "--quiet", "--no-deps", "--no-input", "--disable-pip-version-check"]);
            command.args(["--root-user-action=ignore", "--only-binary=:all:", "--upgrade", "--target"]).arg(&folder);
            shell::run(command.arg(format!("duckdb-cli=={VERSION}")))?;
        }
        if works(&program) { Ok(Self { program }) } else { Err(Failure::new("DuckDB was installed and does not run")) }
    }

    /// Counts a file into a table of a fresh database.
    pub(super) fn count(&self, setting: &Setting, catalog: &Path, traffic: &Path) -> Result<Cost, Failure> {
        let database = setting.fresh("duckdb")?.join("counts.duckdb");
        let script = script(setting, "count.sql", &[("$CATALOG", catalog), ("$TRAFFIC", traffic)])?;
        let mut command = Command::new(&self.program);
        command.arg("-bail").arg(database).arg("-c").arg(format!(".read {}", script.display()));
        cost(&command, &setting.folder)
    }

    /// Holds the counts of the last run against those in a data directory. Says how many there are.
    pub(super) fn compare(&self, setting: &Setting, data: &Path) -> Result<String, Failure> {
        let export = setting.folder.join("duckdb/export.csv");
        let mut python = Command::new("python3");
        python.arg(folder().join("export.py")).arg(data.join("steadfast.db")).arg(&export);
        shell::run(&mut python)?;
        let script = script(setting, "compare.sql", &[("$EXPORT", &export)])?;
        let mut command = Command::new(&self.program);
        command.arg("-bail").arg("-readonly").arg(setting.folder.join("duckdb/counts.duckdb"));
        let said = shell::output(command.arg("-c").arg(format!(".read {}", script.display())))?;
        judge(&said)
    }
}

/// What the comparison said: equal, or where not.
fn judge(said: &str) -> Result<String, Failure> {
    let summary = said.lines().find_map(|line| line.strip_prefix("summary,")).unwrap_or_default();
    let numbers: Vec<u64> = summary.split(',').filter_map(|word| word.trim().parse().ok()).collect();
    match numbers[..] {
        [keys, calls, 0] => Ok(format!("equal: {} keys, {} calls", thousands(keys), thousands(calls))),
        _ => Err(Failure::new(format!("the counts of DuckDB and Steadfast differ:\n{said}"))),
    }
}

fn folder() -> PathBuf {
    shell::root().join("crates/xtask/bench-sql")
}

/// A script with its files named in it.
fn script(setting: &Setting, name: &str, files: &[(&str, &Path)]) -> Result<PathBuf, Failure> {
    let from = folder().join(name);
    let mut text = fs::read_to_string(&from).map_err(|error| io_failure("read", &from, &error))?;
    for (place, file) in files {
        text = text.replace(place, &file.display().to_string().replace('\'', "''"));
    }
    let to = setting.folder.join("duckdb").join(name);
    fs::write(&to, text).map_err(|error| io_failure("write", &to, &error))?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_counts_that_differ_in_nothing_are_equal() {
        assert_eq!(judge("summary,54309,500000,0\n").unwrap(), "equal: 54,309 keys, 500,000 calls");
        assert!(judge("only duckdb,app-1,2026-11-20,/a,GET,200,1,0\nsummary,3,5,1\n").is_err());
        assert!(judge("").is_err());
    }
}
