//! `cargo xtask bench`: makes a day-true month of traffic, measures the release build on it, writes a table.
//! What the numbers mean, and what they were, is in `docs/performance.md`.

mod data;
mod ingest;
mod lines;
mod matching;
mod measure;
mod pages;
mod random;
mod report;
mod surface;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, Failure, io_failure};
use table::Table;

const HELP: &str = "\
Builds for release, makes traffic, measures, and writes a table to stdout and to target/bench/results.md.

Usage: cargo xtask bench [PART]... [--lines N]

Parts (default: all):
  ingest    `steadfast catalog import` and `steadfast ingest` of one big file, beside `wc -l` on the same file
  match     route matching alone: paths per second
  pages     the health page of the busiest demo app: time on the server
  report    an API Call Activity Report of 100,000 rows

Options:
  --lines N  Lines of traffic, at least 1,000 (default 5,000,000; a line has about 341 bytes)
  --help     Show this

The traffic is the same for every run of a day and kept in target/bench until another day's is made.
Run it on a quiet machine; the load before the run stands in the table.

Examples:
  cargo xtask bench
  cargo xtask bench ingest --lines 10000000
  cargo xtask bench pages report
";

type Part = fn(&Setting, &mut Table) -> Result<(), Failure>;

const PARTS: &[(&str, Part)] =
    &[("ingest", ingest::run), ("match", matching::run), ("pages", pages::run), ("report", report::run)];

/// What every part needs to know.
struct Setting {
    /// How many lines of traffic.
    lines: u64,
    /// The program under test.
    program: PathBuf,
    /// The folder for everything made on the way.
    folder: PathBuf,
}

impl Setting {
    /// The program with its first arguments and a data directory.
    fn steadfast(&self, arguments: &[&str], data: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--data").arg(data).current_dir(&self.folder);
        command
    }

    /// An empty folder of this name.
    fn fresh(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| io_failure("remove", &folder, &error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| io_failure("create", &folder, &error))?;
        Ok(folder)
    }
}

struct Wish {
    parts: Vec<String>,
    lines: u64,
    built: bool,
}

/// Builds, then hands over to the release build of this same program, which makes data many times faster.
pub(crate) fn main(arguments: &[String]) -> Result<(), Failure> {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let wish = read(arguments)?;
    let release = shell::target().join("release");
    if !wish.built {
        shell::run(shell::cargo().args(["build", "--release", "--package", "steadfast", "--package", "xtask"]))?;
        let mut again = Command::new(release.join("xtask"));
        return again_result(again.arg("bench").args(arguments).arg("--built"));
    }
    let folder = shell::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| io_failure("create", &folder, &error))?;
    measure_all(&wish, &Setting { lines: wish.lines, program: release.join("steadfast"), folder })
}

fn again_result(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| Failure::new(format!("cannot start the release build: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new("a measurement failed; see above")) }
}

fn measure_all(wish: &Wish, setting: &Setting) -> Result<(), Failure> {
    let mut table = Table::new(setting.lines);
    for (name, part) in PARTS {
        if wish.parts.is_empty() || wish.parts.iter().any(|wanted| wanted == name) {
            eprintln!("\n=== {name}");
            part(setting, &mut table).map_err(|failure| failure.advise(&format!("while measuring `{name}`")))?;
        }
    }
    let text = table.to_markdown();
    let file = setting.folder.join("results.md");
    fs::write(&file, &text).map_err(|error| io_failure("write", &file, &error))?;
    println!("\n{text}");
    eprintln!("written to {}", file.display());
    Ok(())
}

fn read(arguments: &[String]) -> Result<Wish, Failure> {
    let mut wish = Wish { parts: Vec::new(), lines: 5_000_000, built: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--built" => wish.built = true,
            "--lines" => wish.lines = read_lines(rest.next().map_or("", String::as_str))?,
            other => match other.strip_prefix("--lines=") {
                Some(number) => wish.lines = read_lines(number)?,
                None if PARTS.iter().any(|(name, _)| *name == other) => wish.parts.push(other.to_owned()),
                None => {
                    return Err(Failure::usage(format!(
                        "there is no part or option `{other}`; see `cargo xtask bench --help`"
                    )));
                }
            },
        }
    }
    Ok(wish)
}

fn read_lines(text: &str) -> Result<u64, Failure> {
    let number =
        text.replace(['_', ','], "").parse::<u64>().ok().filter(|number| (1_000..=1_000_000_000).contains(number));
    number.ok_or_else(|| Failure::usage(format!("`{text}` is no number of lines; write one from 1000 to 1000000000")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn parts_and_lines_are_read() {
        let wish = read(&words(&["pages", "--lines", "10_000", "report"])).unwrap();
        assert_eq!((wish.parts, wish.lines), (words(&["pages", "report"]), 10_000));
        assert_eq!(read(&[]).unwrap().lines, 5_000_000);
        for wrong in [&["nonsense"][..], &["--lines"], &["--lines", "7"], &["--lines=x"]] {
            assert!(read(&words(wrong)).is_err(), "{wrong:?}");
        }
    }
}
