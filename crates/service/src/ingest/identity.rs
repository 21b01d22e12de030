//! Which source is this, and how far was it read?
//!
//! A source is known by its content, not by its name or inode: a digest of its first [`SPAN`] bytes and one
//! of the [`SPAN`] bytes before the position. So a rotated file, a copy and a compressed copy are all
//! recognised; a file that was truncated and written anew, or replaced, begins differently and is read from its
//! start.

use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::Path;

use store::{SourcePosition, Store};

use super::follow::read_at;
use super::source::{Input, Packing, Source};
use crate::Error;

/// How many bytes each of the two digests covers at most.
pub(super) const SPAN: usize = 4096;

/// A digest that is the same on every machine and in every version.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = twox_hash::XxHash64::with_seed(0);
    hasher.write(bytes);
    hasher.finish()
}

/// The bytes by which a source is known, gathered while it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The first bytes, up to [`SPAN`].
    head: Vec<u8>,
    /// The last bytes, up to [`SPAN`].
    tail: Vec<u8>,
}

impl Marks {
    /// Takes note of the bytes that follow.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let wanted = (SPAN - self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        if bytes.len() >= SPAN {
            self.tail.clear();
            self.tail.extend_from_slice(&bytes[bytes.len() - SPAN..]);
        } else {
            let surplus = (self.tail.len() + bytes.len()).saturating_sub(SPAN);
            self.tail.drain(..surplus);
            self.tail.extend_from_slice(bytes);
        }
    }

    /// The marks of the first `offset` bytes of a plain file; `None` if there are fewer.
    pub(super) fn of(file: &File, offset: u64) -> io::Result<Option<Self>> {
        let span = usize::try_from(offset).unwrap_or(usize::MAX).min(SPAN);
        let mut marks = Self { head: vec![0; span], tail: vec![0; span] };
        let all = read_fully(file, &mut marks.head, 0)? && read_fully(file, &mut marks.tail, offset - span as u64)?;
        Ok(all.then_some(marks))
    }

    /// Whether they are those that a position was saved with.
    pub(super) fn are_of(&self, position: &SourcePosition) -> bool {
        self.head_len() == position.head_len
            && self.head_digest() == position.head_digest
            && self.tail_digest() == position.tail_digest
    }

    /// The first bytes, up to [`SPAN`].
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The last bytes, up to [`SPAN`].
    pub(super) fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// How many bytes the digest of the head covers.
    pub(super) fn head_len(&self) -> u32 {
        u32::try_from(self.head.len()).unwrap_or(u32::MAX)
    }

    /// The digest of the first bytes.
    pub(super) fn head_digest(&self) -> u64 {
        digest(&self.head)
    }

    /// The digest of the last bytes.
    pub(super) fn tail_digest(&self) -> u64 {
        digest(&self.tail)
    }
}

/// Fills a buffer from a place in a file. Tells whether there was enough.
fn read_fully(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<bool> {
    while !buffer.is_empty() {
        match read_at(file, buffer, at) {
            Ok(0) => return Ok(false),
            Ok(n) => {
                buffer = &mut buffer[n..];
                at += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Reads and forgets `count` bytes, but for their marks. Returns how many there were.
fn skip(stream: &mut dyn Read, mut count: u64, marks: &mut Marks) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 18];
    let mut skipped = 0;
    while count > 0 {
        let wanted = usize::try_from(count).unwrap_or(usize::MAX).min(buffer.len());
        let n = match stream.read(&mut buffer[..wanted]) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        marks.pass(&buffer[..n]);
        skipped += n as u64;
        count -= n as u64;
    }
    Ok(skipped)
}

/// A source that stands where it is to be read from.
pub(super) struct Located {
    /// The source, past what was counted before.
    pub(super) source: Source,
    /// The marks of what was passed.
    pub(super) marks: Marks,
    /// The position that was found; none for a source that is new.
    pub(super) before: Option<SourcePosition>,
    /// The newest position when it was looked for.
    pub(super) newest_known: i64,
}

/// What a look-up comes to.
pub(super) enum Found {
    /// It can be read.
    Ready(Located),
    /// It begins as a source does that was read further than it goes: most likely an older or unfinished copy.
    /// Its lines can't be told from those that are counted, so none is read.
    Beginning(SourcePosition),
    /// It is packed and begins as the file does that was counted under its name, but goes on differently within what was
    /// counted: one of them is damaged. Which of its calls are counted can't be told, so none is read.
    Damaged(SourcePosition),
}

impl Found {
    /// What is told of one of which nothing is read because it is [`Found::Damaged`].
    pub(super) fn damaged(position: &SourcePosition) -> String {
        format!(
            "{} lines were counted of a file of this name that begins alike and goes on differently, so that one of the \
             two is damaged; which of its calls are counted already can't be told, and nothing of it is",
            position.lines
        )
    }
}

/// Opens an input and passes what was counted of it before. Passing means reading: a saved position holds
/// only if the bytes before it are still the ones that were counted.
pub(super) async fn locate(store: &dyn Store, input: &Input) -> Result<Found, Error> {
    let failed = |error: io::Error| Error::Input { name: input.name(), message: error.to_string() };
    let newest_known = store.newest_position().await?;
    let ready = |source, marks, before| Ok(Found::Ready(Located { source, marks, before, newest_known }));
    if !matches!(input, Input::File(_)) {
        return ready(Source::open(input).map_err(failed)?, Marks::default(), None);
    }
    let (mut shorter, mut damaged) = (None, None);
    for position in candidates(store, input).await? {
        let mut source = Source::open(input).map_err(failed)?;
        let mut marks = Marks::default();
        match skip(source.stream.as_mut(), position.offset, &mut marks) {
            Ok(passed) if passed == position.offset => {
                let same = marks.tail_digest() == position.tail_digest;
                if same && (!is_of_another_file(&position, input) || is_at_end(&mut source).map_err(failed)?) {
                    return ready(source, marks, Some(position));
                }
                let is_packed = source.packing != Packing::Plain;
                if !same && is_packed && position.head_len as usize == SPAN && is_its_path(&position, input) {
                    damaged = Some(position);
                }
            }
            // A packed file that is cut short or damaged ends where it ends; one that can't be read does not.
            Err(error) if is_unreadable(&source, &error) => return Err(failed(error)),
            Ok(_) | Err(_) => shorter = Some(position),
        }
    }
    match (shorter, damaged) {
        (_, Some(position)) => Ok(Found::Damaged(position)),
        // Fewer bytes than that may well begin alike in different files.
        (Some(position), None) if position.head_len as usize == SPAN => Ok(Found::Beginning(position)),
        _ => ready(Source::open(input).map_err(failed)?, Marks::default(), None),
    }
}

/// Whether a position was saved under the path of this input.
fn is_its_path(position: &SourcePosition, input: &Input) -> bool {
    matches!(input, Input::File(path) if std::path::absolute(path).is_ok_and(|path| path == Path::new(&position.path)))
}

/// Whether an error is one of reading a file, and not of unpacking what is in it.
fn is_unreadable(source: &Source, error: &io::Error) -> bool {
    source.packing == Packing::Plain || error.raw_os_error().is_some()
}

/// Whether there is nothing more to read. A byte that is there is put back.
fn is_at_end(source: &mut Source) -> io::Result<bool> {
    let mut byte = Vec::with_capacity(1);
    let end = (&mut source.stream).take(1).read_to_end(&mut byte)? == 0;
    let rest = std::mem::replace(&mut source.stream, Box::new(io::empty()));
    source.stream = Box::new(io::Cursor::new(byte).chain(rest));
    Ok(end)
}

/// Whether a position is that of another file which is still there and goes on differently, and so short that two
/// logs may well begin with all of it. (A file that has nothing but that is a copy all the same.)
pub(super) fn is_of_another_file(position: &SourcePosition, input: &Input) -> bool {
    let Input::File(path) = input else { return false };
    let head_len = position.head_len as usize;
    if head_len == SPAN || is_same_file(Path::new(&position.path), path) {
        return false;
    }
    let head = |path: &Path| {
        let mut head = Vec::with_capacity(SPAN);
        // What lies there now may be something that must not be opened, such as a pipe.
        let source = Some(Input::at(path.to_owned())).filter(|input| matches!(input, Input::File(_)));
        let source = Source::open(&source?).ok()?;
        source.stream.take(SPAN as u64).read_to_end(&mut head).ok()?;
        Some(head)
    };
    let (Some(other), own) = (head(Path::new(&position.path)), head(path)) else { return false };
    let there = other.get(..head_len).is_some_and(|head| digest(head) == position.head_digest);
    there && own != Some(other)
}

/// Whether two paths lead to one file.
fn is_same_file(one: &Path, other: &Path) -> bool {
    match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other || same_inode(&one, &other),
        _ => false,
    }
}

#[cfg(unix)]
fn same_inode(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let inode = |path: &Path| std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    inode(one).is_some_and(|inode_of_one| inode(other) == Some(inode_of_one))
}

#[cfg(not(unix))]
fn same_inode(_: &Path, _: &Path) -> bool {
    false
}

/// The saved positions of sources that begin as this input does, the furthest first.
async fn candidates(store: &dyn Store, input: &Input) -> Result<Vec<SourcePosition>, Error> {
    let failed = |error: io::Error| Error::Input { name: input.name(), message: error.to_string() };
    let mut source = Source::open(input).map_err(failed)?;
    let mut head = Vec::with_capacity(SPAN);
    if let Err(error) = (&mut source.stream).take(SPAN as u64).read_to_end(&mut head)
        && is_unreadable(&source, &error)
    {
        return Err(failed(error));
    }
    let mut candidates = Vec::new();
    for length in store.head_lengths().await? {
        if let Some(bytes) = usize::try_from(length).ok().and_then(|length| head.get(..length)) {
            candidates.extend(store.positions_with_head(length, digest(bytes)).await?);
        }
    }
    candidates.sort_by_key(|position| std::cmp::Reverse((position.offset, position.id)));
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_same_however_the_bytes_came() {
        let bytes: Vec<u8> = (0..20_000u32).map(|n| (n % 251) as u8).collect();
        let mut whole = Marks::default();
        whole.pass(&bytes);
        for size in [1, 7, 1000, 4096, 4097] {
            let mut pieces = Marks::default();
            bytes.chunks(size).for_each(|piece| pieces.pass(piece));
            assert_eq!(pieces.head_digest(), whole.head_digest(), "{size}");
            assert_eq!(pieces.tail_digest(), whole.tail_digest(), "{size}");
        }
        assert_eq!(whole.head_digest(), digest(&bytes[..SPAN]));
        assert_eq!(whole.tail_digest(), digest(&bytes[bytes.len() - SPAN..]));
    }
}
