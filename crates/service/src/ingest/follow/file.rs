//! A file as it is met: which one it is, how it looks, and reading on in it.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// Which file it is, whatever it is called: the same for all its names, and while it is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileId {
    device: u64,
    number: u64,
}

/// How a file looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) id: FileId,
    /// In bytes.
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
    /// Whether it has a name at all.
    pub(super) linked: bool,
}

impl Look {
    /// What lies at a path; `None` where it is no file that can be followed.
    ///
    /// # Errors
    /// Where there is nothing, or nothing that may be looked at.
    pub(super) fn at(path: &Path) -> io::Result<Option<Self>> {
        let metadata = std::fs::metadata(path)?;
        Ok(metadata.is_file().then(|| Self::of(&metadata, path)))
    }

    /// An open file, which was opened at a path.
    ///
    /// # Errors
    /// When the system says so.
    pub(super) fn through(file: &File, path: &Path) -> io::Result<Self> {
        Ok(Self::of(&file.metadata()?, path))
    }

    #[cfg(unix)]
    fn of(metadata: &Metadata, _: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            id: FileId { device: metadata.dev(), number: metadata.ino() },
            size: metadata.len(),
            modified: metadata.modified().ok(),
            linked: metadata.nlink() > 0,
        }
    }

    /// Where files have no number, the path stands for it.
    #[cfg(not(unix))]
    fn of(metadata: &Metadata, path: &Path) -> Self {
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self {
            id: FileId { device: 0, number: super::super::identity::digest(real.as_os_str().as_encoded_bytes()) },
            size: metadata.len(),
            modified: metadata.modified().ok(),
            linked: true,
        }
    }

    /// Whether it was written to since.
    pub(super) fn differs(&self, other: &Self) -> bool {
        self.size != other.size || self.modified != other.modified
    }
}

/// Reads at a place, without a position of the file's own.
///
/// # Errors
/// When the file can't be read.
#[cfg(unix)]
pub(in crate::ingest) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Reads at a place.
///
/// # Errors
/// When the file can't be read.
#[cfg(not(unix))]
pub(in crate::ingest) fn read_at(mut file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read(buffer)
}

/// What is in a plain file from one place to another. Then comes either its end, or (as far as readers know) more,
/// at some time.
pub(super) struct Stretch {
    file: Arc<File>,
    at: u64,
    until: u64,
    ends: bool,
}

impl Stretch {
    pub(super) fn new(file: Arc<File>, at: u64, until: u64, ends: bool) -> Self {
        Self { file, at, until, ends }
    }
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.until.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        let read = if left == 0 { 0 } else { read_at(&self.file, &mut buffer[..left], self.at)? };
        self.at += read as u64;
        match read {
            0 if self.ends => Ok(0),
            0 => Err(io::ErrorKind::TimedOut.into()),
            read => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::super::blocks::{Block, Blocks, End};
    use super::super::super::identity::Marks;
    use super::*;

    /// Reads what is in a file from some place to another.
    fn read(file: File, until: u64, ends: bool) -> (Vec<u8>, Blocks) {
        let stretch = Stretch::new(Arc::new(file), 2, until, ends);
        let mut blocks = Blocks::new(Box::new(stretch), Marks::default(), 2, false, true);
        let (mut block, mut all) = (Block::default(), Vec::new());
        while blocks.next(&mut block).is_some() {
            all.extend_from_slice(block.bytes());
        }
        (all, blocks)
    }

    #[test]
    fn a_read_that_fails_is_not_taken_for_the_end() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"a\nb\nc\n").unwrap();
        for ends in [false, true] {
            let (lines, blocks) = read(file.reopen().unwrap(), 6, ends);
            assert_eq!((lines.as_slice(), blocks.end().is_some()), (b"b\nc\n".as_slice(), ends));
            // One that may only be written can't be read.
            let unreadable = File::options().write(true).open(file.path()).unwrap();
            let (lines, blocks) = read(unreadable, 6, ends);
            assert!(lines.is_empty() && matches!(blocks.end(), Some(End::Failed(_))), "{:?}", blocks.end());
        }
    }
}
