//! What these stories ask of the machine: a mount namespace of one's own, libfaketime, the kernel's account of memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::installed::EVERYTHING;
use testkit::patience;
use testkit::program::{Program, Running};

/// Runs shell scripts in which file systems can be mounted that nobody else sees and that go with the script.
pub(super) struct Namespace {
    options: &'static [&'static str],
}

impl Namespace {
    /// If this machine lets us. As root it does, or where users may have namespaces of their own; where neither is so, these
    /// tests fail under `cargo xtask test`, and otherwise say that they are skipped.
    pub(super) fn find() -> Option<Self> {
        const WAYS: [&[&str]; 2] = [&["--mount"], &["--mount", "--user", "--map-root-user"]];
        let works = |options: &&&[&str]| {
            let mut unshare = Command::new("unshare");
            unshare.args(**options).args(["sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]);
            unshare.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        };
        let found = WAYS.iter().find(works).map(|options| Self { options });
        if found.is_none() {
            skip("no file system can be mounted, neither as root nor in a user namespace (`unshare --mount`)");
        }
        found
    }

    /// A program that runs `script` (with the program's own path as `$0`) in a namespace: its first argument.
    pub(super) fn arguments<'a>(&self, script: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let own = [env!("CARGO_BIN_EXE_steadfast")];
        self.options.iter().chain(&["sh", "-c", script]).chain(&own).chain(more).copied().collect()
    }
}

/// The library that sets clocks for a program, Debian's `faketime`.
pub(super) fn libfaketime() -> Option<PathBuf> {
    let libraries = Path::new("/usr/lib").read_dir().into_iter().flatten().flatten();
    let files = libraries.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    let found = files.into_iter().find(|file| file.is_file());
    if found.is_none() {
        skip("libfaketime is not installed; `apt-get install faketime` installs it");
    }
    found
}

fn skip(reason: &str) {
    assert!(std::env::var(EVERYTHING).as_deref() != Ok("1"), "{reason}");
    eprintln!("skipped: {reason}");
}

/// The most memory that a running program has held at a time, in MB.
pub(super) fn peak(running: &mut Running) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child().id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1_024)
}

/// A run that was watched to its end.
pub(super) struct Watched {
    pub(super) succeeded: bool,
    pub(super) output: String,
    /// The most memory that it held, in MB.
    pub(super) peak: u64,
}

/// Runs the program to its end and watches its memory.
pub(super) fn watch(program: &Program, arguments: &[&str]) -> Watched {
    watch_to_end(program.start(arguments))
}

/// Watches a program to its end.
pub(super) fn watch_to_end(mut running: Running) -> Watched {
    let mut most = 0;
    let ended = patience::retry(Duration::from_secs(170), || {
        most = most.max(peak(&mut running).unwrap_or(0));
        running.exit(Duration::ZERO)
    });
    let succeeded = ended.unwrap_or_else(|| panic!("it doesn't end: {}", running.output()));
    // What it printed last is still on its way.
    let _ = running.find(Duration::from_secs(2), |_| None::<()>);
    Watched { succeeded, output: running.output(), peak: most }
}
