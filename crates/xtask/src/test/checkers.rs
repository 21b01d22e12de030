//! The programs that look at pages and at the API from outside: axe-core, from the npm registry, and Schemathesis,
//! OpenTelemetry's SDK and Prometheus' parser, from the Python index. What is installed is pinned, with checksums, by files in `crates/testkit/assets`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Outcome;
use crate::shell::{self, Failure, io_failure};

struct Checker {
    /// The folder below `crates/testkit/assets` that pins it, and the folder it is installed into.
    name: &'static str,
    /// The files that pin it; the last one decides whether what is installed is what is pinned.
    files: &'static [&'static str],
    /// Installs it into a folder that holds these files and nothing else.
    install: fn(&Path) -> Result<(), Failure>,
}

const CHECKERS: &[Checker] = &[
    Checker { name: "axe", files: &["package.json", "package-lock.json"], install: install_axe },
    Checker { name: "schemathesis", files: &["requirements.txt"], install: install_python },
    Checker { name: "opentelemetry", files: &["requirements.txt"], install: install_python },
    Checker { name: "prometheus", files: &["requirements.txt"], install: install_python },
    Checker { name: "gateways", files: &["requirements.txt"], install: install_python },
];

/// The folder that holds them all, one folder each: what `TEST_TOOLS_DIRECTORY` names.
pub(super) fn folder() -> PathBuf {
    shell::target().join("tools")
}

pub(super) fn run() -> Result<Outcome, Failure> {
    for checker in CHECKERS {
        if is_there(checker)? {
            eprintln!("{} is there, as pinned", checker.name);
        } else {
            install(checker)?;
        }
    }
    Ok(Outcome::default())
}

fn pins(checker: &Checker) -> PathBuf {
    shell::root().join("crates/testkit/assets").join(checker.name)
}

/// Written last: a copy of the file that decides.
fn mark(checker: &Checker) -> PathBuf {
    folder().join(checker.name).join("installed")
}

fn decider(checker: &Checker) -> Result<String, Failure> {
    let file = pins(checker).join(checker.files.last().copied().unwrap_or_default());
    fs::read_to_string(&file).map_err(|error| io_failure("read", &file, &error))
}

fn is_there(checker: &Checker) -> Result<bool, Failure> {
    let pinned = decider(checker)?;
    Ok(fs::read_to_string(mark(checker)).is_ok_and(|installed| installed == pinned))
}

fn install(checker: &Checker) -> Result<(), Failure> {
    let folder = folder().join(checker.name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| io_failure("remove", &folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| io_failure("create", &folder, &error))?;
    for file in checker.files {
        let from = pins(checker).join(file);
        fs::copy(&from, folder.join(file)).map_err(|error| io_failure("copy", &from, &error))?;
    }
    (checker.install)(&folder)?;
    fs::write(mark(checker), decider(checker)?).map_err(|error| io_failure("write", &mark(checker), &error))
}

fn install_axe(folder: &Path) -> Result<(), Failure> {
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]);
    shell::run(&mut npm)
}

fn install_python(folder: &Path) -> Result<(), Failure> {
    let old = "what comes from the Python index needs Python 3.11 or newer, with its module `venv`";
    let mut venv = Command::new("python3");
    venv.current_dir(folder).args(["-m", "venv", "venv"]);
    shell::run(&mut venv).map_err(|failure| failure.advise(old))?;
    let mut pip = Command::new(folder.join("venv/bin/python"));
    pip.current_dir(folder).args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    pip.args(["--require-hashes", "--only-binary=:all:", "--requirement", "requirements.txt"]);
    shell::run(&mut pip).map_err(|failure| failure.advise(old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_pinned_with_checksums_and_names_no_registry() {
        for checker in CHECKERS {
            let pinned = decider(checker).unwrap();
            assert!(pinned.contains("sha512-") || pinned.contains("--hash=sha256:"), "{}", checker.name);
            assert!(!pinned.contains("://"), "{}: a registry's address", checker.name);
        }
    }
}
