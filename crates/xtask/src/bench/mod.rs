//! `cargo xtask bench`: makes a day-true month of traffic, measures the release build on it, writes a table.
//! What the numbers mean, and what they were, is in `docs/performance.md`.

mod calls;
mod cast;
mod data;
mod growth;
mod http;
mod ingest;
mod lines;
mod log_line;
mod many;
mod matching;
mod measure;
mod overload;
mod packed;
mod pages;
mod person;
mod random;
mod report;
mod rival;
mod server;
pub(crate) mod soak;
mod surface;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, Failure, io_failure};
use table::Table;

const HELP: &str = "\
Builds for release, makes traffic, measures, and writes a table to stdout and to target/bench/results.md.

Usage: cargo xtask bench [PART]... [--lines N] [--full]

Parts (default: all):
  ingest    `steadfast catalog import` and `steadfast ingest` of one big file, beside `wc -l` and DuckDB on the same file; the
            same calls as an nginx log, packed with gzip and zstd; memory by the length of the file; the cost of a line
            by the number of apps, routes and days
  http      `POST /api/v1/calls`: calls a second that are on disk, over 8 connections; then ten times the load it can take
  match     route matching alone: paths per second
  pages     the health page of the busiest demo app: time on the server
  report    an API Call Activity Report of 100,000 rows
  many      every main page with 5,000 apps, 400 days of counts and 240 people (two minutes to make, kept for the day)

Options:
  --lines N      Lines of traffic for `ingest`, at least 1,000 (default 10,000,000; a line has about 341 bytes)
  --full         `ingest` also measures the memory for 100,000,000 lines (7 GB of disk, twenty minutes)
  --url PATH     Another page for `many`; may be given several times
  --header LINE  A header for every page of `many` instead of the sessions of its own people, such as
                 'Authorization: Bearer …'; may be given several times
  --help         Show this

The traffic is the same for every run of a day and kept in target/bench until another day's is made.
Run it on a quiet machine; the load before the run stands in the table.

Examples:
  cargo xtask bench
  cargo xtask bench ingest --lines 10000000
  cargo xtask bench pages report
  cargo xtask bench many --url '/apps?q=app-4' --header 'Cookie: session=…'
";

type Part = fn(&Setting, &mut Table) -> Result<(), Failure>;

const PARTS: &[(&str, Part)] = &[
    ("ingest", ingest::run),
    ("http", calls::run),
    ("match", matching::run),
    ("pages", pages::run),
    ("report", report::run),
    ("many", many::run),
];

/// What every part needs to know.
struct Setting {
    /// How many lines of traffic.
    lines: u64,
    /// Whether to measure what takes very long too.
    full: bool,
    /// The program under test.
    program: PathBuf,
    /// The folder for everything made on the way.
    folder: PathBuf,
    /// More pages to measure.
    urls: Vec<String>,
    /// More headers to ask with: `Name: value`.
    headers: Vec<String>,
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

#[derive(Default)]
struct Wish {
    parts: Vec<String>,
    lines: u64,
    full: bool,
    built: bool,
    urls: Vec<String>,
    headers: Vec<String>,
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
    let Wish { parts, lines, full, urls, headers, .. } = wish;
    measure_all(&parts, &Setting { lines, full, program: release.join("steadfast"), folder, urls, headers })
}

fn again_result(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| Failure::new(format!("cannot start the release build: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new("a measurement failed; see above")) }
}

fn measure_all(parts: &[String], setting: &Setting) -> Result<(), Failure> {
    let mut table = Table::new(setting.lines);
    for (name, part) in PARTS {
        if parts.is_empty() || parts.iter().any(|wanted| wanted == name) {
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
    let mut wish = Wish { lines: 10_000_000, ..Wish::default() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, value) = match argument.split_once('=').filter(|_| argument.starts_with("--")) {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let mut value = || value.or_else(|| rest.next().map(String::as_str)).unwrap_or_default();
        match name {
            "--built" => wish.built = true,
            "--full" => wish.full = true,
            "--lines" => wish.lines = read_lines(value())?,
            "--url" => wish.urls.push(read_url(value())?),
            "--header" => wish.headers.push(read_header(value())?),
            other if PARTS.iter().any(|(name, _)| *name == other) => wish.parts.push(other.to_owned()),
            other => {
                let message = format!("there is no part or option `{other}`; see `cargo xtask bench --help`");
                return Err(Failure::usage(message));
            }
        }
    }
    Ok(wish)
}

fn read_url(text: &str) -> Result<String, Failure> {
    let usable = text.starts_with('/') && !text.contains(char::is_whitespace);
    let wrong = || Failure::usage(format!("`{text}` is no path of a page; write one such as `/apps?q=x`"));
    usable.then(|| text.to_owned()).ok_or_else(wrong)
}

fn read_header(text: &str) -> Result<String, Failure> {
    let usable = text.contains(':') && !text.contains(char::is_control);
    let wrong = || Failure::usage(format!("`{text}` is no header; write one such as `Cookie: a=b`"));
    usable.then(|| text.to_owned()).ok_or_else(wrong)
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
        assert_eq!(read(&[]).unwrap().lines, 10_000_000);
        let many = read(&words(&["many", "--url=/a?q=1", "--url", "/b", "--header", "Cookie: a=b"])).unwrap();
        assert_eq!((many.urls, many.headers), (words(&["/a?q=1", "/b"]), words(&["Cookie: a=b"])));
        let wrong: [&[&str]; 7] = [
            &["nonsense"],
            &["--lines"],
            &["--lines", "7"],
            &["--lines=x"],
            &["--url", "b"],
            &["--url"],
            &["--header=x"],
        ];
        for wrong in wrong {
            assert!(read(&words(wrong)).is_err(), "{wrong:?}");
        }
    }
}
