//! The table of results, with the facts of the machine without which no number means anything.

use std::fmt::Write;
use std::fs;
use std::process::Command;

use crate::clock;
use crate::shell;

pub(super) struct Table {
    facts: Vec<String>,
    rows: Vec<[String; 3]>,
}

impl Table {
    /// An empty table; notes the load of the machine before anything is measured.
    pub(super) fn new(lines: u64) -> Self {
        Self { facts: facts(lines), rows: Vec::new() }
    }

    /// Adds a line: what was measured, the result, and the goal (empty where there is none).
    pub(super) fn add(&mut self, what: &str, result: impl Into<String>, goal: &str) {
        let result = result.into();
        eprintln!("{what}: {result}");
        self.rows.push([what.to_owned(), result, goal.to_owned()]);
    }

    pub(super) fn to_markdown(&self) -> String {
        let mut text = String::from("| what | measured | goal |\n|---|---|---|\n");
        for [what, result, goal] in &self.rows {
            let _ = writeln!(text, "| {what} | {result} | {goal} |");
        }
        text.push('\n');
        for fact in &self.facts {
            let _ = writeln!(text, "- {fact}");
        }
        text
    }
}

fn facts(lines: u64) -> Vec<String> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown", |(_, name)| name.trim());
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = memory.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
    let rustc = shell::output(Command::new("rustc").arg("--version")).unwrap_or_default();
    let mut git = Command::new("git");
    let commit =
        shell::output(git.current_dir(shell::root()).args(["describe", "--always", "--dirty"])).unwrap_or_default();
    vec![
        format!("measured on {}, commit {}", clock::date(clock::today()), commit.trim()),
        format!("{cores} cores, {model}, {} GiB of memory", kibibytes.div_ceil(1 << 20)),
        format!("load before the run: {load}"),
        format!("{}, profile `release`", rustc.trim()),
        format!("{} lines of traffic", thousands(lines)),
    ]
}

/// A number with its thousands set apart.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(thousands(number), expected);
        }
    }

    #[test]
    fn the_table_is_markdown() {
        let mut table = Table::new(5);
        table.add("ingest", "2 s", "");
        assert!(
            table
                .to_markdown()
                .starts_with("| what | measured | goal |\n|---|---|---|\n| ingest | 2 s |  |\n\n- measured on ")
        );
    }
}
