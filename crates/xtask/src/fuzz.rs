//! `cargo xtask fuzz`: builds the fuzz targets with the nightly compiler and runs them, starting from what is kept of
//! them in `fuzz/corpus`. What is found on the way, and what breaks something, goes to `target/fuzz`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use crate::shell::{self, Failure, io_failure, which};
use crate::test::tools;

const HELP: &str = "\
Builds the fuzz targets with the nightly compiler and runs them, two at a time.

Usage: cargo xtask fuzz [TARGET]... [--seconds N]

Options:
  --seconds N  How long each target runs (default 600)
  --list       List the targets
  --help       Show this

Each starts from `fuzz/corpus/TARGET` and what earlier runs found, kept in target/fuzz/corpus. Input that breaks something is
written to target/fuzz/findings, and the end of what the target said is printed. To try such an input again:

  RUSTUP_TOOLCHAIN=nightly cargo fuzz run TARGET FILE

Examples:
  cargo xtask fuzz
  cargo xtask fuzz matcher steadfast --seconds 60
";

/// How long a target may run, and how often, in the test command. The same seed each time: it is there to notice what
/// broke, not to be lucky.
const SHORT: Limit = Limit { seconds: 8, runs: Some(40_000), seed: Some(20_261_122) };

/// The dictionary of each target that has one.
const DICTIONARIES: &[(&str, &[&str])] = &[
    ("json", &["steadfast", "json_map", "array", "sniff", "privacy"]),
    ("logs", &["log_format", "combined", "time", "syslog"]),
    ("openapi", &["openapi_json", "openapi_yaml"]),
    ("otlp", &["otlp_json", "otlp_protobuf"]),
    ("paths", &["matcher"]),
];

/// How far a target is run.
#[derive(Clone, Copy)]
struct Limit {
    seconds: u64,
    runs: Option<u64>,
    seed: Option<u64>,
}

/// Runs `cargo xtask fuzz`.
pub(crate) fn main(arguments: &[String]) -> Result<(), Failure> {
    let known = targets()?;
    let mut limit = Limit { seconds: 600, runs: None, seed: None };
    let mut wanted = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--list" => {
                known.iter().for_each(|name| println!("{name}"));
                return Ok(());
            }
            "--seconds" => {
                let seconds = rest.next().and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
                limit.seconds = seconds.ok_or_else(|| Failure::usage("`--seconds` needs a number of seconds"))?;
            }
            name if known.iter().any(|target| target == name) => wanted.push(name.to_owned()),
            other => {
                let names = known.join(", ");
                return Err(Failure::usage(format!("there is no target or option `{other}`; the targets are {names}")));
            }
        }
    }
    run(if wanted.is_empty() { &known } else { &wanted }, limit)
}

/// Runs every target for a moment, as a step of the test command. Returns how many there are.
pub(crate) fn short() -> Result<usize, Failure> {
    let targets = targets()?;
    run(&targets, SHORT)?;
    Ok(targets.len())
}

/// The targets: a file each.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = folder().join("targets");
    let files = fs::read_dir(&folder).map_err(|error| io_failure("read", &folder, &error))?;
    let name = |path: PathBuf| Some(path.file_name()?.to_str()?.strip_suffix(".rs")?.to_owned());
    let mut names: Vec<String> = files.flatten().filter_map(|file| name(file.path())).collect();
    names.sort();
    Ok(names)
}

fn folder() -> PathBuf {
    shell::root().join("fuzz")
}

/// Where builds, findings and grown corpora go.
fn output() -> PathBuf {
    shell::target().join("fuzz")
}

fn run(targets: &[String], limit: Limit) -> Result<(), Failure> {
    build()?;
    let findings = output().join("findings");
    fs::create_dir_all(&findings).map_err(|error| io_failure("create", &findings, &error))?;
    let waiting = Mutex::new(targets.iter());
    let failures = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(target) = next(&waiting) {
                    if let Err(failure) = run_one(target, limit)
                        && let Ok(mut failures) = failures.lock()
                    {
                        failures.push(failure.to_string());
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("\n\n"))) }
}

fn next<'a>(waiting: &Mutex<std::slice::Iter<'a, String>>) -> Option<&'a String> {
    waiting.lock().ok()?.next()
}

/// The compiler that knows sanitizers, for programs that rustup picks it for.
fn nightly(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(shell::root()).env("RUSTUP_TOOLCHAIN", "nightly");
    // What the cargo that runs this left for its children names the other compiler.
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_MANIFEST_DIR"] {
        command.env_remove(name);
    }
    command
}

fn build() -> Result<(), Failure> {
    let rustup = which("rustup").and_then(|rustup| Some(rustup.parent()?.join("cargo")));
    let cargo = rustup.unwrap_or_else(|| "cargo".into());
    if !shell::succeeds(nightly(&cargo).arg("--version")) {
        return Err(Failure::new("fuzzing needs the nightly compiler; `rustup toolchain install nightly` installs it"));
    }
    let fuzz = tools::find_or_install(&tools::CARGO_FUZZ)?;
    let mut command = nightly(&fuzz);
    // Cargo by this name is found through rustup's.
    command.env("CARGO", &cargo);
    command.args(["fuzz", "build", "--fuzz-dir"]).arg(folder()).arg("--target-dir").arg(output().join("build"));
    shell::run(&mut command)
}

/// Where the built target lies, below the folder of whatever this machine is called.
fn binary(target: &str) -> Result<PathBuf, Failure> {
    let build = output().join("build");
    let folders = fs::read_dir(&build).map_err(|error| io_failure("read", &build, &error))?;
    let files = folders.flatten().map(|folder| folder.path().join("release").join(target));
    files.into_iter().find(|file| file.is_file()).ok_or_else(|| {
        Failure::new(format!("`{target}` was not built; has `fuzz/Cargo.toml` a `[[bin]]` of that name?"))
    })
}

fn run_one(target: &str, limit: Limit) -> Result<(), Failure> {
    let grown = output().join(if limit.seed.is_some() { "short" } else { "corpus" }).join(target);
    if limit.seed.is_some() && grown.exists() {
        // A run of the test command owes nothing to those before.
        fs::remove_dir_all(&grown).map_err(|error| io_failure("remove", &grown, &error))?;
    }
    fs::create_dir_all(&grown).map_err(|error| io_failure("create", &grown, &error))?;
    let mut command = Command::new(binary(target)?);
    command.current_dir(output()).env("RUST_BACKTRACE", "0");
    command.arg(&grown).arg(folder().join("corpus").join(target));
    command.arg(format!("-max_total_time={}", limit.seconds));
    command.args(limit.runs.map(|runs| format!("-runs={runs}")));
    command.args(limit.seed.map(|seed| format!("-seed={seed}")));
    command.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0", "-close_fd_mask=1"]);
    command.arg(format!("-artifact_prefix={}/{target}-", output().join("findings").display()));
    command.args(dictionary(target).map(|file| format!("-dict={}", file.display())));
    let ran = command.output().map_err(|error| Failure::new(format!("cannot start `{target}`: {error}")))?;
    let said = String::from_utf8_lossy(&ran.stderr);
    if ran.status.success() {
        eprintln!("{target:<14} {} runs, nothing found", statistic(&said, "number_of_executed_units"));
        return Ok(());
    }
    let lines = said.lines().skip_while(|line| !line.contains("panicked at") && !line.contains("ERROR"));
    let told = lines.clone().take(30).chain(lines.skip(30).filter(|line| line.contains("Test unit written to")));
    let told = told.collect::<Vec<_>>().join("\n");
    let advice = format!("again: {} INPUT, with the input named above", shell::spell(&Command::new(binary(target)?)));
    Err(Failure::new(format!("the fuzz target `{target}` found something:\n{told}")).advise(&advice))
}

/// What a target says at its end about itself.
fn statistic<'a>(said: &'a str, name: &str) -> &'a str {
    let value = |line: &'a str| Some(line.strip_prefix("stat::")?.strip_prefix(name)?.trim_start_matches(':').trim());
    said.lines().find_map(value).unwrap_or("?")
}

fn dictionary(target: &str) -> Option<PathBuf> {
    let (name, _) = DICTIONARIES.iter().find(|(_, targets)| targets.contains(&target))?;
    Some(folder().join("dictionaries").join(Path::new(name).with_extension("dict")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_built_and_has_something_to_start_from() {
        let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
        let targets = targets().unwrap();
        assert!(targets.len() >= 10);
        for target in &targets {
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} has no [[bin]]");
            let seeds = fs::read_dir(folder().join("corpus").join(target)).unwrap().count();
            assert!((1..=20).contains(&seeds), "{target} has {seeds} inputs to start from");
        }
        for (dictionary, of) in DICTIONARIES {
            assert!(folder().join("dictionaries").join(dictionary).with_extension("dict").is_file(), "{dictionary}");
            assert!(of.iter().any(|target| targets.iter().any(|known| known == target)), "{dictionary}");
        }
    }

    #[test]
    fn what_is_kept_stays_small() {
        let mut size = 0;
        for folder in fs::read_dir(folder().join("corpus")).unwrap() {
            size += fs::read_dir(folder.unwrap().path())
                .unwrap()
                .map(|file| file.unwrap().metadata().unwrap().len())
                .sum::<u64>();
        }
        assert!(size < 200_000, "{size} bytes");
    }

    #[test]
    fn statistics_are_read() {
        let said = "Done\nstat::number_of_executed_units: 4096\nstat::x: 1\n";
        assert_eq!(statistic(said, "number_of_executed_units"), "4096");
        assert_eq!(statistic(said, "other"), "?");
    }
}
