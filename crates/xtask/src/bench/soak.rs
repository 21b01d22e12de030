//! `cargo xtask soak`: the program under mixed load for a long while. Two followed files that are appended to and rotated, batches
//! over HTTP, people reading pages, days judged anew all the time; beside it memory, log and waiting times are watched, and in the
//! end every call must be counted exactly once.

mod files;
mod load;
mod watch;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::measure::{calls_in, cost};
use super::person::Person;
use super::server::Server;
use super::table::{Table, thousands};
use super::{Setting, calls, data};
use crate::shell::{self, Failure, io_failure};
use files::{Followed, Rotation};
use load::Pages;
use watch::Watch;

const HELP: &str = "\
Builds for release and holds `steadfast serve` under mixed load: two followed files that are rotated every minute, batches over
HTTP, people who read pages, days judged anew. Memory, the log and waiting times are watched; in the end the counts must be exact.

Usage: cargo xtask soak [--minutes N] [--batches N] [--lines N]

Options:
  --minutes N  How long (default 60)
  --batches N  Batches of 1,000 calls a second over HTTP (default 60: a fifth of what two cores can take)
  --lines N    Lines a second into each followed file (default 2,000)
  --help       Show this

The table goes to stdout and to target/bench/soak.md, what the server printed to target/bench/soak/server.log.
";

/// How long the last calls may take to be counted after the load has ended.
const SETTLING: Duration = Duration::from_secs(120);

struct Wish {
    minutes: u64,
    batches: u64,
    lines: u64,
    built: bool,
}

/// Runs `cargo xtask soak`.
pub(crate) fn main(arguments: &[String]) -> Result<(), Failure> {
    let Some(wish) = read(arguments)? else {
        print!("{HELP}");
        return Ok(());
    };
    let release = shell::target().join("release");
    if !wish.built {
        shell::run(shell::cargo().args(["build", "--release", "--package", "steadfast", "--package", "xtask"]))?;
        let mut again = Command::new(release.join("xtask"));
        return super::again_result(again.arg("soak").args(arguments).arg("--built"));
    }
    let folder = shell::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| io_failure("create", &folder, &error))?;
    let setting = Setting {
        lines: 1_000_000,
        full: false,
        program: release.join("steadfast"),
        folder,
        urls: Vec::new(),
        headers: Vec::new(),
    };
    let mut table = Table::new(wish.batches * 1_000 * wish.minutes * 60);
    let outcome = soak(&setting, &wish, &mut table);
    let text = table.to_markdown();
    println!("\n{text}");
    let file = setting.folder.join("soak.md");
    fs::write(&file, &text).map_err(|error| io_failure("write", &file, &error))?;
    outcome
}

fn read(arguments: &[String]) -> Result<Option<Wish>, Failure> {
    let mut wish = Wish { minutes: 60, batches: 60, lines: 2_000, built: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let number = match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--built" => {
                wish.built = true;
                continue;
            }
            "--minutes" => &mut wish.minutes,
            "--batches" => &mut wish.batches,
            "--lines" => &mut wish.lines,
            other => {
                return Err(Failure::usage(format!("there is no option `{other}`; see `cargo xtask soak --help`")));
            }
        };
        let given = rest.next().and_then(|text| text.parse().ok()).filter(|number| (1..=100_000).contains(number));
        *number = given.ok_or_else(|| Failure::usage(format!("`{argument}` needs a number from 1 to 100000")))?;
    }
    Ok(Some(wish))
}

fn soak(setting: &Setting, wish: &Wish, table: &mut Table) -> Result<(), Failure> {
    let home = setting.fresh("soak")?;
    let (store, logs) = (home.join("data"), home.join("logs"));
    fs::create_dir_all(&logs).map_err(|error| io_failure("create", &logs, &error))?;
    let traffic = data::traffic(setting)?;
    cost(setting.steadfast(&["catalog", "import"], &store).arg(data::catalog(setting)?), &setting.folder)?;
    let configuration = home.join("steadfast.toml");
    fs::write(&configuration, sources(&logs)).map_err(|error| io_failure("write", &configuration, &error))?;
    let mut serve = setting.steadfast(&["serve", "--listen", "127.0.0.1:0"], &store);
    serve.arg("--config").arg(&configuration);
    let server = Server::start(serve)?;
    let operator = Person::first_operator(&server)?;
    let headers = calls::sender(&server, &operator)?;

    let (stop, length) = (AtomicBool::new(false), Duration::from_secs(wish.minutes * 60));
    let began = Instant::now();
    let mut watch = Watch::new(&home)?;
    let (sent, one, two, pages) = std::thread::scope(|scope| {
        let stop = &stop;
        let http = scope.spawn(|| ending(stop, load::send(&server, &headers, &traffic, wish.batches, stop)));
        let file = |name: &str, rotation| Followed::new(logs.join(name), rotation, wish.lines);
        let (one, two) = (file("one.log", Rotation::Rename), file("two.log", Rotation::CopyAndTruncate));
        let one = scope.spawn(move || ending(stop, one.write(stop)));
        let two = scope.spawn(move || ending(stop, two.write(stop)));
        let readers = [(); 2].map(|()| scope.spawn(|| ending(stop, load::read_pages(&server, &operator, stop))));
        let watched = watch.watch(&server, began, length, stop);
        stop.store(true, Ordering::Relaxed);
        let ended = |_| Failure::new("a part of the load panicked");
        let mut pages = Pages::default();
        for reader in readers {
            pages.add(reader.join().map_err(ended)??);
        }
        watched?;
        Ok::<_, Failure>((
            http.join().map_err(ended)??,
            one.join().map_err(ended)??,
            two.join().map_err(ended)??,
            pages,
        ))
    })?;
    let what = format!("{} minutes: sent over HTTP, {} batches a second", wish.minutes, wish.batches);
    table.add(&what, format!("{} calls acknowledged, {}", thousands(sent.accepted), sent.spell()), "");
    table.add("written to two followed files", format!("{} lines", thousands(one + two)), "");
    pages.add_to(table);
    watch.add_to(table, length);
    let expected = sent.accepted + one + two;
    let counted = settle(&store, expected)?;
    watch.drain(&server)?;
    watch.add_log_to(table);
    let result = format!("{} of {}", thousands(counted), thousands(expected));
    table.add("counted of what was acknowledged and written", result, "all, once");
    if counted != expected {
        return Err(Failure::new("the counts are not what was sent; see above"));
    }
    watch.verdict().and(pages.verdict())
}

/// Stops everything where a part of the load fails.
fn ending<T>(stop: &AtomicBool, outcome: Result<T, Failure>) -> Result<T, Failure> {
    if outcome.is_err() {
        stop.store(true, Ordering::Relaxed);
    }
    outcome
}

/// Waits until everything is counted. Returns what is.
#[expect(clippy::disallowed_methods, reason = "a store tells nobody that counts came")]
fn settle(store: &Path, expected: u64) -> Result<u64, Failure> {
    let until = Instant::now() + SETTLING;
    loop {
        let counted = calls_in(store)?;
        if counted >= expected || Instant::now() > until {
            // Nothing may come after the last either.
            std::thread::sleep(Duration::from_secs(3));
            return calls_in(store);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn sources(logs: &Path) -> String {
    let source = |name: &str| {
        format!(
            "[sources.{name}]\npaths = [\"{}\"]\nformat = \"steadfast\"\n\n",
            logs.join(format!("{name}.log*")).display()
        )
    };
    source("one") + &source("two")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_and_rates_are_read() {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let wish = read(&words(&["--minutes", "5", "--batches", "7"])).unwrap().unwrap();
        assert_eq!((wish.minutes, wish.batches, wish.lines), (5, 7, 2_000));
        assert!(read(&words(&["--help"])).unwrap().is_none());
        for wrong in [&["--minutes"][..], &["--minutes", "0"], &["--hours", "1"]] {
            assert!(read(&words(wrong)).is_err());
        }
    }
}
