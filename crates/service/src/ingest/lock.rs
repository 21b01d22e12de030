//! One process at a time adds counts to a data directory: the bounds on undocumented routes and companies are exact
//! only while nobody else adds to the store between asking it what is kept and committing.
//!
//! `steadfast ingest` holds the file `ingest.lock` from beginning to end, `steadfast serve` for each commit of batches.
//! Whoever has it leaves a name in it, and so finds out whether what it remembers of the store still holds.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Error;

/// How long a batch waits for another process.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it looks.
const STEP: Duration = Duration::from_millis(20);

/// The lock of a data directory, as one process has it open.
pub(super) struct IngestLock {
    file: File,
    path: PathBuf,
    /// This process's own name.
    name: [u8; 8],
}

/// The lock, held until it is dropped.
pub(super) struct Held<'a> {
    file: &'a File,
    /// Whether nobody else had it since this process had it last.
    pub(super) undisturbed: bool,
}

impl IngestLock {
    /// Opens the lock of the directory in which this file is; `name` is a number that no other process has.
    pub(super) fn beside(file: &Path, name: u64) -> Result<Self, Error> {
        let path = file.with_file_name("ingest.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = open.map_err(|error| failed(&path, &error))?;
        Ok(Self { file, path, name: name.to_ne_bytes() })
    }

    /// Waits until no other process has the lock, for a moment.
    pub(super) async fn hold(&self) -> Result<Held<'_>, Error> {
        let started = Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => tokio::time::sleep(STEP).await,
                Err(TryLockError::WouldBlock) => return Err(Error::Busy),
                Err(TryLockError::Error(error)) => return Err(failed(&self.path, &error)),
            }
        }
        let mut held = Held { file: &self.file, undisturbed: false };
        held.undisturbed = self.sign().map_err(|error| failed(&self.path, &error))?;
        Ok(held)
    }

    /// Leaves this process's name in the file. Tells whether it was there already.
    fn sign(&self) -> io::Result<bool> {
        let mut file = &self.file;
        let mut last = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(64).read_to_end(&mut last)?;
        if last == self.name {
            return Ok(true);
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&self.name)?;
        Ok(false)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Should it fail, closing the file ends the lock.
        let _ = self.file.unlock();
    }
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::Input { name: path.display().to_string(), message: format!("it can't be locked: {error}") }
}
