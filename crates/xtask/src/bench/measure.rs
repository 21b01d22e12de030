//! Time, processor time and memory of a program, as the kernel accounts for them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::shell::{self, Failure, spell, which};

/// What a run of a program cost.
#[derive(Clone, Debug)]
pub(super) struct Cost {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of processor time, in the program and in the kernel for it, over all cores.
    pub(super) cpu: f64,
    /// The most memory it held at a time (resident), in bytes.
    pub(super) peak: u64,
    /// What it wrote to stdout, then what it wrote to stderr.
    pub(super) said: String,
}

/// Runs a program to its end under GNU time, which asks the kernel (`wait4`) what it used.
pub(super) fn cost(command: &Command, folder: &Path) -> Result<Cost, Failure> {
    let time = which("time").ok_or_else(|| {
        Failure::new("GNU time is missing, which measures memory; on Debian: apt-get install time".to_owned())
    })?;
    let notes = folder.join("time.txt");
    let mut timed = Command::new(time);
    timed.args(["--quiet", "--format", "%U %S %M", "--output"]).arg(&notes).arg(command.get_program());
    timed.args(command.get_args()).stdin(Stdio::null());
    timed.current_dir(command.get_current_dir().unwrap_or(folder));
    for (name, value) in command.get_envs() {
        value.map(|value| timed.env(name, value));
    }
    let began = Instant::now();
    let output = timed.output().map_err(|error| Failure::new(format!("cannot start `{}`: {error}", spell(command))))?;
    let wall = began.elapsed().as_secs_f64();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if !output.status.success() {
        return Err(Failure::new(format!("`{}` failed: {}\n{said}", spell(command), output.status)));
    }
    let numbers = std::fs::read_to_string(&notes).unwrap_or_default();
    let numbers: Vec<f64> = numbers.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [user, system, kibibytes] => Ok(Cost { wall, cpu: user + system, peak: kibibytes as u64 * 1_024, said }),
        _ => Err(Failure::new(format!("`{}` left no numbers in `{}`", "time", notes.display()))),
    }
}

/// All calls that are counted in a data directory, which may be in use.
pub(super) fn calls_in(data: &Path) -> Result<u64, Failure> {
    let script = shell::root().join("crates/xtask/bench-sql/calls.py");
    let said = shell::output(Command::new("python3").arg(script).arg(data.join("steadfast.db")))?;
    said.trim().parse().map_err(|_| Failure::new(format!("no number of calls, but `{}`", said.trim())))
}

/// A line of the kernel's account of a process, such as `VmHWM`, in bytes.
pub(super) fn memory_of(process: u32, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let rest = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    Some(rest.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

/// Seconds that `wc -l` takes on a file, the median of five after one that warms up, and the lines it counts.
pub(super) fn wc(file: &Path) -> Result<(f64, u64), Failure> {
    let run = || {
        let began = Instant::now();
        let said = shell::output(Command::new("wc").arg("-l").arg(file).env("LC_ALL", "C"))?;
        let seconds = began.elapsed().as_secs_f64();
        let lines = said.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
        lines.map(|lines| (seconds, lines)).ok_or_else(|| Failure::new(format!("`wc -l` said `{}`", said.trim())))
    };
    let (_, lines) = run()?;
    let mut seconds = Vec::new();
    for _ in 0..5 {
        seconds.push(run()?.0);
    }
    Ok((quantile(&mut seconds, 0.5), lines))
}

/// The value below which `share` of the numbers lie (nearest rank); 0 without numbers.
pub(super) fn quantile(numbers: &mut [f64], share: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let rank = (numbers.len() as f64 * share).ceil() as usize;
    numbers.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let mut numbers: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(quantile(&mut numbers, 0.5), 100.0);
        assert_eq!(quantile(&mut numbers, 0.99), 198.0);
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&mut [], 0.5), 0.0);
    }
}
