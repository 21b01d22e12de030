//! `cargo xtask test`: everything that must hold before a change lands, in one command. CI runs it as it is.

mod checkers;
mod fixtures;
mod packages;
mod steps;
pub(crate) mod tools;

use std::time::{Duration, Instant};

use crate::shell::Failure;
use steps::{STEPS, Step};

/// What a run of the steps leaves behind for the last lines.
#[derive(Default)]
struct Outcome {
    /// Tests that ran, and how many of them failed.
    tests: Option<(u64, u64)>,
    /// What a step wants said in the table, such as a part it had to leave out.
    remark: Option<String>,
}

enum Wish {
    Help,
    List,
    Run(Vec<&'static Step>),
}

/// Runs the steps, all or those asked for, and stops at the first that fails.
pub(crate) fn main(arguments: &[String]) -> Result<(), Failure> {
    match read(arguments)? {
        Wish::Help => {
            print!("{}", help());
            Ok(())
        }
        Wish::List => {
            for step in STEPS {
                println!("{:<10} {}", step.name, step.what);
            }
            Ok(())
        }
        Wish::Run(steps) => run(&steps),
    }
}

fn read(arguments: &[String]) -> Result<Wish, Failure> {
    let mut only = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--list" => return Ok(Wish::List),
            "--only" => only.push(rest.next().map_or("", String::as_str)),
            other => match other.strip_prefix("--only=") {
                Some(name) => only.push(name),
                None => {
                    return Err(Failure::usage(format!("there is no option `{other}`; see `cargo xtask test --help`")));
                }
            },
        }
    }
    for name in &only {
        if !STEPS.iter().any(|step| step.name == *name) {
            return Err(Failure::usage(format!("there is no step `{name}`; `cargo xtask test --list` lists them")));
        }
    }
    let wanted = |step: &&Step| only.is_empty() || only.iter().any(|name| needed(name, step));
    Ok(Wish::Run(STEPS.iter().filter(wanted).collect()))
}

/// Whether `step` is the step called `name`, or one that it needs.
fn needed(name: &str, step: &Step) -> bool {
    step.name == name || STEPS.iter().any(|other| other.name == name && other.needs.contains(&step.name))
}

fn help() -> String {
    let mut text = "\
Installs what the tests need, then checks and tests everything. CI runs exactly this.
As root on Debian or Ubuntu missing packages are installed; elsewhere the command that does it is printed.

Usage: cargo xtask test [--only STEP]...

Options:
  --only STEP  Run this step (and what it needs) alone; may be given several times
  --list       List the steps
  --help       Show this

Steps, in order:
"
    .to_owned();
    for step in STEPS {
        text.push_str(&format!("  {:<10} {}\n", step.name, step.what));
    }
    text.push_str(
        "
Examples:
  cargo xtask test                             everything
  cargo xtask test --only fmt --only clippy    before a commit
  cargo xtask test --only tests                the tests, with nothing skipped
",
    );
    text
}

struct Line {
    name: &'static str,
    took: Duration,
    result: String,
}

fn run(steps: &[&Step]) -> Result<(), Failure> {
    let start = Instant::now();
    let mut lines = Vec::new();
    let mut tests = None;
    for (index, step) in steps.iter().enumerate() {
        eprintln!("\n=== {}/{} {}: {}", index + 1, steps.len(), step.name, step.what);
        let began = Instant::now();
        let outcome = (step.run)();
        let took = began.elapsed();
        match outcome {
            Ok(outcome) => {
                tests = outcome.tests.or(tests);
                let result = outcome.remark.map_or_else(|| "ok".to_owned(), |remark| format!("ok ({remark})"));
                lines.push(Line { name: step.name, took, result });
            }
            Err(failure) => {
                lines.push(Line { name: step.name, took, result: "FAILED".to_owned() });
                let left = steps[index + 1..].iter();
                lines.extend(left.map(|step| Line {
                    name: step.name,
                    took: Duration::ZERO,
                    result: "not run".to_owned(),
                }));
                print_table(&lines, start.elapsed());
                let again = format!("alone again: cargo xtask test --only {}", step.name);
                return Err(failure.advise(step.advice).advise(&again));
            }
        }
    }
    print_table(&lines, start.elapsed());
    if let Some((ran, failed)) = tests {
        println!("\ntests: {} passed, {failed} failed", ran.saturating_sub(failed));
    }
    Ok(())
}

fn print_table(lines: &[Line], total: Duration) {
    println!("\n{:<10} {:>9}  result", "step", "seconds");
    for line in lines {
        println!("{:<10} {:>9.1}  {}", line.name, line.took.as_secs_f64(), line.result);
    }
    println!("{:<10} {:>9.1}", "total", total.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Vec<&'static str> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        match read(&arguments) {
            Ok(Wish::Run(steps)) => steps.iter().map(|step| step.name).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn without_arguments_every_step_runs() {
        assert_eq!(names(&[]).len(), STEPS.len());
    }

    #[test]
    fn a_step_alone_brings_what_it_needs_in_order() {
        assert_eq!(names(&["--only", "fmt"]), ["fmt"]);
        assert_eq!(names(&["--only=tests"]), ["packages", "fixtures", "checkers", "tests"]);
    }

    #[test]
    fn what_a_step_needs_is_a_step_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(STEPS[..index].iter().any(|earlier| earlier.name == *need), "{}", step.name);
            }
        }
    }

    #[test]
    fn an_unknown_step_or_option_is_wrong_usage() {
        for arguments in [["--only", "nonsense"], ["--olny", "fmt"], ["--only", ""]] {
            assert!(read(&arguments.map(str::to_owned)).is_err());
        }
    }
}
