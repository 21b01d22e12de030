//! Programs of the machine that some tests need.

use std::path::{Path, PathBuf};

/// Set to `1` where everything has to be tested: then what is missing fails the test that needs it.
pub const EVERYTHING: &str = "TEST_EVERYTHING";

/// logrotate, if it is installed.
#[must_use]
pub fn logrotate() -> Option<PathBuf> {
    find("logrotate", &["/usr/sbin/logrotate"])
}

/// The first of these paths that exists. Else says what is missing, and that the test is skipped.
pub(crate) fn find(package: &str, paths: &[&str]) -> Option<PathBuf> {
    let found = paths.iter().map(Path::new).find(|path| path.exists());
    if found.is_none() {
        skip(&format!("{} is not installed; `apt-get install {package}` installs it", paths[0]));
    }
    found.map(Path::to_path_buf)
}

/// A file of a program that `cargo xtask test` installs, if it is there in the version that is pinned. Else says what is
/// missing, and that the test is skipped.
pub(crate) fn checker(name: &str, pin: &str, file: &str) -> Option<PathBuf> {
    let folder = tools()?.join(name);
    let pinned = std::fs::read_to_string(folder.join("installed")).is_ok_and(|installed| installed == pin);
    let file = folder.join(file);
    if pinned && file.exists() {
        return Some(file);
    }
    skip(&format!("{name} is not installed as pinned; `cargo xtask test --only checkers` installs it"));
    None
}

fn skip(reason: &str) {
    assert!(std::env::var(EVERYTHING).as_deref() != Ok("1"), "{reason}");
    eprintln!("skipped: {reason}");
}

/// Where they are installed: the folder that a variable names, else `tools` in the folder that builds go to.
fn tools() -> Option<PathBuf> {
    std::env::var_os("TEST_TOOLS_DIRECTORY").map(PathBuf::from).or_else(|| Some(target()?.join("tools")))
}

/// The folder that builds go to: that of the running test, which Cargo marks.
#[must_use]
pub fn target() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_path_buf)
}
