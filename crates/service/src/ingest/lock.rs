//! One process at a time adds counts to a data directory: `steadfast serve`, `steadfast ingest` or `steadfast demo`, from
//! beginning to end. The bounds on undocumented routes and companies are exact only while nobody else adds to the store
//! between asking it what is kept and committing; and the limits and mails of a portal are one process's own.
//!
//! The operating system keeps the lock and ends it with its process. The text in the file is for people: it says who has it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use model::UnixMillis;

use crate::Error;

/// The lock's file within the data directory.
const FILE: &str = "ingest.lock";

/// How much of the text is read at most, in bytes.
const TEXT: u64 = 512;

/// How often the text is looked for where there is none yet.
const TRIES: usize = 1_000;

/// The right to add counts to a data directory, until it is dropped or the process ends, however it does.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock of a data directory, which is made if it isn't there. `command` (`steadfast serve`) and `now` are
    /// told to whoever wants it meanwhile. It returns at once.
    ///
    /// # Errors
    /// [`Error::Held`] while another process has it, with who that is; [`Error::Lock`] when the file can't be used.
    pub fn take(data: &Path, command: &str, now: UnixMillis) -> Result<Self, Error> {
        let path = data.join(FILE);
        let failed = |error: &io::Error| Error::Lock { path: path.clone(), message: error.to_string() };
        std::fs::create_dir_all(data).map_err(|error| Error::Lock {
            path: data.to_owned(),
            message: format!("it can't be made a directory: {error}"),
        })?;
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = open.map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Held { data: data.to_owned(), holder: holder(&file) });
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        let lock = Self { file };
        let text = format!("process {}, `{command}`, since {}\n", std::process::id(), minute(now));
        // A full disk keeps nobody from working: whoever is refused then learns less.
        let _ = lock.sign(&text);
        Ok(lock)
    }

    fn sign(&self, text: &str) -> io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(text.as_bytes())
    }
}

/// Who has the lock, as the text says.
fn holder(mut file: &File) -> String {
    let mut read = || {
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(0)).ok()?;
        file.take(TEXT).read_to_end(&mut text).ok()?;
        let text = String::from_utf8(text).ok()?;
        let line = text.strip_suffix('\n')?;
        let plain = line.starts_with("process ") && !line.chars().any(char::is_control);
        plain.then(|| line.to_owned())
    };
    // It may have been taken a moment ago.
    let told = (0..TRIES).find_map(|_| {
        std::thread::yield_now();
        read()
    });
    told.unwrap_or_else(|| "another process".to_owned())
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Should either fail, closing the file ends the lock.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// `2026-11-21 13:45 UTC`.
fn minute(at: UnixMillis) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_182_312_345);

    fn refusal(data: &Path) -> String {
        WriterLock::take(data, "steadfast ingest", NOW).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_second_writer_learns_who_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new").join("data");
        let first = WriterLock::take(&data, "steadfast serve", NOW).unwrap();
        let holder = format!("process {}, `steadfast serve`, since 2026-11-20 13:45 UTC", std::process::id());
        let told = refusal(&data);
        assert!(told.contains(&holder) && told.contains(&data.display().to_string()), "{told}");
        assert_eq!(refusal(&data), told);
        drop(first);
        drop(WriterLock::take(&data, "steadfast ingest", NOW).unwrap());
    }

    #[test]
    fn what_a_dead_process_left_in_the_file_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "process 1, `steadfast serve`, since 2020-01-01 00:00 UTC\n").unwrap();
        let _lock = WriterLock::take(folder.path(), "steadfast serve", NOW).unwrap();
        assert!(refusal(folder.path()).contains(&format!("process {},", std::process::id())));
    }

    #[test]
    fn a_text_that_says_nothing_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let lock = WriterLock::take(folder.path(), "steadfast serve", NOW).unwrap();
        for text in ["", "process \u{1b}[2J\n", "something else\n", "process 12, `stead"] {
            lock.sign(text).unwrap();
            assert!(refusal(folder.path()).contains("in use by another process"), "{text:?}");
        }
    }
}
