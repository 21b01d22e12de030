//! The rejects file: the lines that could not be used, with where they stand and why, for people to mend.
//!
//! Counts of rejects are exact and live in the store; the file is evidence, bounded in size. A line is
//! written before its count is committed, so after a kill it may stand there twice, but is never missing.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// The size at which the file is put aside as `rejects.1.ndjson`, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// One rejected line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The file it stands in.
    pub source: String,
    /// Its number, from 1.
    pub line: u64,
    /// The key of the reason.
    pub reason: &'static str,
    /// What exactly is wrong.
    pub detail: String,
    /// How the line begins.
    pub text: String,
}

/// Where rejected lines are kept.
#[derive(Clone, Debug)]
pub struct RejectsFile {
    path: PathBuf,
}

impl RejectsFile {
    /// The rejects file of a data directory.
    #[must_use]
    pub fn within(data: &Path) -> Self {
        Self { path: data.join("rejects.ndjson") }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends lines.
    ///
    /// # Errors
    /// When the file can't be written.
    pub(super) fn append(&self, rejects: &[Reject]) -> io::Result<()> {
        if rejects.is_empty() {
            return Ok(());
        }
        if fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() >= MAX_BYTES) {
            fs::rename(&self.path, self.path.with_file_name("rejects.1.ndjson"))?;
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::new(options.open(&self.path)?);
        for reject in rejects {
            serde_json::to_writer(&mut file, reject)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    }
}
