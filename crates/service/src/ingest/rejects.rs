//! The rejects file: the lines that could not be used, with where they stand and why, for people to mend.
//!
//! Counts of rejects are exact and live in the store; the file is evidence, bounded in size. A line is
//! written before its count is committed, so after a kill it may stand there twice, but is never missing. No line is
//! written as it came: what may be kept of it is for [`Privacy`] to say.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use traffic::Privacy;

/// The size at which the file is put aside as `rejects.1.ndjson`, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// One rejected line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file it stands in.
    pub source: String,
    /// Its number, from 1.
    pub line: u64,
    /// The key of the reason.
    pub reason: &'static str,
    /// What exactly is wrong.
    pub detail: String,
    /// How the line begins, as it came.
    pub text: String,
}

/// A rejected line as it is written.
#[derive(Serialize)]
struct Written<'a> {
    source: &'a str,
    line: u64,
    reason: &'a str,
    detail: &'a str,
    text: String,
}

/// Where rejected lines are kept.
#[derive(Clone, Debug)]
pub struct RejectsFile {
    path: PathBuf,
    privacy: Arc<Privacy>,
    /// Held while it is written: batches and followed files have their own turns, and lines must stay whole.
    turn: Arc<Mutex<()>>,
}

impl RejectsFile {
    /// The rejects file of a data directory.
    #[must_use]
    pub fn within(data: &Path) -> Self {
        Self { path: data.join("rejects.ndjson"), privacy: Arc::default(), turn: Arc::default() }
    }

    /// The same file with other rules for what may be kept of a line.
    #[must_use]
    pub fn with_privacy(self, privacy: Privacy) -> Self {
        Self { privacy: Arc::new(privacy), ..self }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends lines, all or none.
    ///
    /// # Errors
    /// When the file can't be written.
    pub(super) fn append(&self, rejects: &[Reject]) -> io::Result<()> {
        if rejects.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() >= MAX_BYTES) {
            fs::rename(&self.path, self.path.with_file_name("rejects.1.ndjson"))?;
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        let before = file.metadata()?.len();
        let mut file = BufWriter::new(file);
        let written = self.write(rejects, &mut file).and_then(|()| file.flush());
        if written.is_err() {
            // On a full disk, say. What is written is written again with the rest.
            let (file, _) = file.into_parts();
            let _ = file.set_len(before);
        }
        written
    }

    fn write(&self, rejects: &[Reject], file: &mut impl Write) -> io::Result<()> {
        for reject in rejects {
            let Reject { source, line, reason, detail, text } = reject;
            let text = self.privacy.excerpt(text);
            serde_json::to_writer(&mut *file, &Written { source, line: *line, reason, detail, text })?;
            file.write_all(b"\n")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_several_writers_stay_whole() {
        let directory = tempfile::tempdir().unwrap();
        let file = RejectsFile::within(directory.path());
        let reject = |writer: usize| Reject {
            source: format!("writer {writer}"),
            line: 1,
            reason: "json",
            detail: String::new(),
            text: "no record ".repeat(40),
        };
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let file = file.clone();
                let rejects: Vec<Reject> = (0..100).map(|_| reject(writer)).collect();
                scope.spawn(move || (0..10).for_each(|_| file.append(&rejects).unwrap()));
            }
        });
        let written = fs::read_to_string(file.path()).unwrap();
        let whole = written.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok());
        assert_eq!((whole.count(), written.lines().count()), (4_000, 4_000));
    }
}
