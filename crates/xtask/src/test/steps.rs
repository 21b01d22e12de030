//! The steps of the test command, cheapest first.

use std::path::PathBuf;
use std::process::Command;

use super::{Outcome, checkers, fixtures, packages, tools};
use crate::fuzz;
use crate::shell::{self, Failure};

/// One step.
pub(super) struct Step {
    /// What `--only` calls it.
    pub(super) name: &'static str,
    /// What it does, in a line.
    pub(super) what: &'static str,
    /// Names of earlier steps without which it can't run.
    pub(super) needs: &'static [&'static str],
    /// What to do when it fails.
    pub(super) advice: &'static str,
    /// Does it.
    pub(super) run: fn() -> Result<Outcome, Failure>,
}

/// Every step, in the order in which they run. The tests come last, so that their summary closes the output.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "the code is formatted",
        needs: &[],
        advice: "run `cargo fmt --all`, look at what it changed, commit",
        run: || plain(shell::cargo().args(["fmt", "--all", "--check"])),
    },
    Step {
        name: "packages",
        what: "system packages for the tests: nginx, Caddy, HAProxy, Chromium and its driver, fonts, npm, Python",
        needs: &[],
        advice: "install what is named above, then run the tests again",
        run: packages::run,
    },
    Step {
        name: "clippy",
        what: "no warnings from the compiler or clippy, in any target",
        needs: &[],
        advice: "fix the warnings above; an exception is `#[expect(..., reason = \"...\")]` with the reason",
        run: || {
            plain(shell::cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ]))
        },
    },
    Step {
        name: "deny",
        what: "dependencies: licences, banned crates, sources, known vulnerabilities",
        needs: &[],
        advice: "take another crate or feature; an exception goes into deny.toml with its reason",
        run: deny,
    },
    Step {
        name: "build",
        what: "the program builds",
        needs: &[],
        advice: "fix the errors above; gcc and make are needed for the bundled SQLite and jemalloc",
        run: || plain(shell::cargo().args(["build", "--package", "steadfast"])),
    },
    Step {
        name: "docs",
        what: "the documentation of every crate builds without a warning",
        needs: &[],
        advice: "mend the doc comments named above",
        run: || {
            plain(shell::cargo().env("RUSTDOCFLAGS", "-D warnings").args([
                "doc",
                "--no-deps",
                "--workspace",
                "--all-features",
            ]))
        },
    },
    Step {
        name: "doctests",
        what: "the examples in doc comments run",
        needs: &[],
        advice: "mend the examples named above",
        run: || plain(shell::cargo().args(["test", "--quiet", "--doc", "--workspace"])),
    },
    Step {
        name: "fuzz",
        what: "each fuzz target for a moment, from the inputs that are kept",
        needs: &["packages"],
        advice: "target/fuzz/findings holds the input; mend what it broke and leave a test behind",
        run: || {
            let mut format = shell::cargo();
            plain(format.args(["fmt", "--check", "--manifest-path"]).arg(shell::root().join("fuzz/Cargo.toml")))?;
            let targets = fuzz::short()?;
            Ok(Outcome { tests: None, remark: Some(format!("{targets} targets, nothing found")) })
        },
    },
    Step {
        name: "fixtures",
        what: "real API descriptions, fetched once into target/fixtures",
        needs: &["packages"],
        advice: "check that the npm registry can be reached; `rm -r target/fixtures` starts afresh",
        run: fixtures::run,
    },
    Step {
        name: "checkers",
        what: "axe-core for pages, Schemathesis for the API, gateways, all pinned",
        needs: &["packages"],
        advice: "the npm registry and the Python index have to be reached once; `rm -r target/tools` starts afresh",
        run: checkers::run,
    },
    Step {
        name: "tests",
        what: "unit, property, whole-program, nginx and browser tests",
        needs: &["packages", "fixtures", "checkers"],
        advice: "one test alone: cargo nextest run -p CRATE NAME (TEST_EVERYTHING=1 forbids skipping)",
        run: tests,
    },
];

fn plain(command: &mut Command) -> Result<Outcome, Failure> {
    shell::run(command).map(|()| Outcome::default())
}

fn deny() -> Result<Outcome, Failure> {
    let deny = tools::find_or_install(&tools::CARGO_DENY)?;
    let command = || {
        let mut command = Command::new(&deny);
        command.current_dir(shell::root()).args(["--workspace", "--all-features"]);
        command
    };
    let reached = shell::succeeds(command().args(["fetch", "db"]));
    if reached {
        return plain(command().args(["check", "--hide-inclusion-graph"]));
    }
    shell::run(command().args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    eprintln!("advisories: NOT CHECKED, the advisory database can't be reached from this machine");
    Ok(Outcome { remark: Some("advisories not checked: database not reachable".to_owned()), tests: None })
}

fn tests() -> Result<Outcome, Failure> {
    let nextest = tools::find_or_install(&tools::CARGO_NEXTEST)?;
    let report = shell::target().join("nextest/everything/junit.xml");
    let _ = std::fs::remove_file(&report);
    // Called as cargo would call it, so that it works where the file lies outside of `PATH`.
    let mut command = Command::new(nextest);
    command.current_dir(shell::root());
    command.args(["nextest", "run", "--workspace", "--profile", "everything"]);
    command.env("TEST_EVERYTHING", "1").env("TEST_OPENAPI_DIRECTORY", fixtures::folder());
    command.env("TEST_TOOLS_DIRECTORY", checkers::folder());
    shell::run(&mut command)?;
    Ok(Outcome { tests: counts(&report), remark: None })
}

/// How many tests ran and failed, from the head of the JUnit report that nextest writes.
fn counts(report: &PathBuf) -> Option<(u64, u64)> {
    count_tests(&std::fs::read_to_string(report).ok()?)
}

fn count_tests(report: &str) -> Option<(u64, u64)> {
    let head = report.split_once("<testsuites ")?.1.split_once('>')?.0;
    let number = |name: &str| {
        let value = head.split_once(&format!("{name}=\""))?.1.split_once('"')?.0;
        value.parse::<u64>().ok()
    };
    Some((number("tests")?, number("failures")?.saturating_add(number("errors").unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_junit_report_are_read() {
        let report =
            r#"<?xml version="1.0"?><testsuites name="run" tests="12" failures="1" errors="0" time="1"><a tests="3"/>"#;
        assert_eq!(count_tests(report), Some((12, 1)));
        assert_eq!(count_tests(""), None);
        assert_eq!(count_tests("<testsuites name=\"a\">"), None);
    }
}
