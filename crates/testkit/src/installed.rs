//! Programs of the machine that some tests need.

use std::path::{Path, PathBuf};

/// Set to `1` where everything has to be tested: then what is missing fails the test that needs it.
pub const EVERYTHING: &str = "TEST_EVERYTHING";

/// The first of these paths that exists. Else says what is missing, and that the test is skipped.
pub(crate) fn find(package: &str, paths: &[&str]) -> Option<PathBuf> {
    let found = paths.iter().map(Path::new).find(|path| path.exists());
    if found.is_none() {
        let reason = format!("{} is not installed; `apt-get install {package}` installs it", paths[0]);
        assert!(std::env::var(EVERYTHING).as_deref() != Ok("1"), "{reason}");
        eprintln!("skipped: {reason}");
    }
    found.map(Path::to_path_buf)
}
