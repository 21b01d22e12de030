//! Opening what is to be read: files plain or compressed, and standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use flate2::GzHeader;
use flate2::bufread::MultiGzDecoder;
use model::UnixMillis;

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file: its position is kept, so nothing in it is counted twice.
    File(PathBuf),
    /// A pipe with a name, as of `<(zcat old.gz)`: like standard input.
    Pipe(PathBuf),
    /// Standard input: it can be read only once and has no position; what is sent twice is counted twice.
    Stdin,
}

impl Input {
    /// What lies at a path: a file, or something else that can be read only once.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        let once = std::fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        if once { Self::Pipe(path) } else { Self::File(path) }
    }

    /// How it is called in messages and in the rejects file.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) | Self::Pipe(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
        }
    }
}

/// How the bytes of a source are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
}

impl Packing {
    /// Told from the first bytes, whatever the file is called.
    pub(super) fn of(first: &[u8]) -> Self {
        match first {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// A source, opened at its start.
pub(super) struct Source {
    /// The unpacked bytes.
    pub(super) stream: Box<dyn Read + Send>,
    /// How they were packed.
    pub(super) packing: Packing,
    /// Until when what is packed was written, where gzip noted it.
    pub(super) packed_until: Option<UnixMillis>,
    /// Bytes of the file (before unpacking) that were read so far.
    pub(super) progress: Arc<AtomicU64>,
}

/// Whether a failed read is only to be tried again.
pub(super) fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

/// The bytes at the start by which [`Packing::of`] and the sniffer tell what comes.
const FIRST_BYTES: usize = 4;

impl Source {
    /// Opens an input at its start.
    pub(super) fn open(input: &Input) -> io::Result<Self> {
        match input {
            Input::File(path) => {
                let file = File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory; name the files in it"));
                }
                let mut source = Self::unpack(Box::new(file))?;
                if source.packing != Packing::Plain {
                    source.stream = Box::new(Ahead::new(source.stream));
                }
                Ok(source)
            }
            Input::Pipe(path) => Self::unpack(Box::new(Patient::new(File::open(path)?)?)),
            Input::Stdin => Self::unpack(Box::new(Patient::new(io::stdin())?)),
        }
    }

    /// Recognises the packing and unpacks. Bytes already taken from the stream are put back in front.
    fn unpack(raw: Box<dyn Read + Send>) -> io::Result<Self> {
        let progress = Arc::new(AtomicU64::new(0));
        let mut raw = Metered { inner: raw, count: Arc::clone(&progress) };
        let mut first = Vec::with_capacity(FIRST_BYTES);
        while first.len() < FIRST_BYTES {
            let mut byte = [0];
            match raw.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => first.push(byte[0]),
                Err(error) if is_pause(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let packing = Packing::of(&first);
        let raw = io::Cursor::new(first).chain(raw);
        let mut packed_until = None;
        let stream: Box<dyn Read + Send> = match packing {
            Packing::Plain => Box::new(raw),
            Packing::Gzip => {
                let unpacked = MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, raw));
                let second = unpacked.header().map(GzHeader::mtime).filter(|second| *second > 0);
                // It was within that second.
                packed_until = second.map(|second| UnixMillis((i64::from(second) + 1) * 1_000));
                Box::new(unpacked)
            }
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(raw)?),
        };
        Ok(Self { stream, packing, packed_until, progress })
    }
}

/// Unpacks on a thread of its own, so that whoever needs the bytes does not wait while others are unpacked. Files of
/// which only the beginning is looked at need none.
struct Ahead {
    /// Until the thread is started.
    stream: Option<Box<dyn Read + Send>>,
    /// Bytes read before.
    beginning: usize,
    chunks: Option<Receiver<io::Result<Vec<u8>>>>,
    chunk: io::Cursor<Vec<u8>>,
    /// Chunks that were read, to be filled again.
    spent: Option<SyncSender<Vec<u8>>>,
}

/// How many bytes are looked at before the thread is started.
const BEGINNING: usize = 512 << 10;

/// How many bytes are handed over at once.
const CHUNK: usize = 256 << 10;

/// How many chunks wait at most.
const CHUNKS: usize = 4;

impl Ahead {
    fn new(stream: Box<dyn Read + Send>) -> Self {
        Self { stream: Some(stream), beginning: 0, chunks: None, chunk: io::Cursor::default(), spent: None }
    }

    fn start(&mut self) -> io::Result<()> {
        let Some(mut stream) = self.stream.take() else { return Ok(()) };
        let (send, chunks) = std::sync::mpsc::sync_channel(CHUNKS);
        let (spent, again) = std::sync::mpsc::sync_channel::<Vec<u8>>(CHUNKS);
        std::thread::Builder::new().name("unpack".to_owned()).spawn(move || {
            loop {
                let mut chunk = again.try_recv().unwrap_or_default();
                chunk.resize(CHUNK, 0);
                let (filled, end) = fill(stream.as_mut(), &mut chunk);
                chunk.truncate(filled);
                // Whoever reads may have gone.
                if filled > 0 && send.send(Ok(chunk)).is_err() {
                    return;
                }
                if let Some(end) = end {
                    // An empty chunk says that this is all, which a thread that broke down does not.
                    let _ = send.send(end.map(|()| Vec::new()));
                    return;
                }
            }
        })?;
        (self.chunks, self.spent) = (Some(chunks), Some(spent));
        Ok(())
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.beginning >= BEGINNING {
            self.start()?;
        }
        if let Some(stream) = &mut self.stream {
            let n = stream.read(buffer)?;
            self.beginning += n;
            return Ok(n);
        }
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            let Some(chunks) = &self.chunks else { return Ok(0) };
            let next = chunks.recv().map_err(|_| io::Error::other("unpacking broke down"))??;
            if next.is_empty() {
                self.chunks = None;
                return Ok(0);
            }
            let spent = std::mem::replace(&mut self.chunk, io::Cursor::new(next)).into_inner();
            let _ = self.spent.as_ref().map(|again| again.try_send(spent));
        }
        self.chunk.read(buffer)
    }
}

/// Fills a buffer as far as there is anything. Returns how far, and how the stream ended if it did.
fn fill(stream: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Result<()>>) {
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => return (filled, Some(Ok(()))),
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(Err(error))),
        }
    }
    (filled, None)
}

/// Reads on a thread of its own, so that whoever waits for bytes can stop waiting: a read that finds none for
/// [`PATIENCE`] fails with [`io::ErrorKind::TimedOut`], and nothing is lost.
struct Patient {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
}

/// How long a read of standard input waits before it gives what was counted a chance to be committed.
const PATIENCE: Duration = Duration::from_secs(1);

impl Patient {
    fn new(mut from: impl Read + Send + 'static) -> io::Result<Self> {
        // Few and small: what is read ahead is memory.
        let (send, chunks) = std::sync::mpsc::sync_channel(4);
        std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = match from.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let last = !matches!(read, Ok(n) if n > 0);
                if send.send(read.map(|n| buffer[..n].to_vec())).is_err() || last {
                    return;
                }
            }
        })?;
        Ok(Self { chunks, chunk: io::Cursor::default() })
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.chunk.position() == self.chunk.get_ref().len() as u64 {
            self.chunk = match self.chunks.recv_timeout(PATIENCE) {
                Ok(chunk) => io::Cursor::new(chunk?),
                Err(RecvTimeoutError::Timeout) => return Err(io::ErrorKind::TimedOut.into()),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            };
        }
        self.chunk.read(buffer)
    }
}

/// Counts the bytes that pass, for progress bars.
struct Metered<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// The size of an input in its packed form, where it is known.
#[must_use]
pub fn packed_size(input: &Input) -> Option<u64> {
    match input {
        Input::File(path) => size_of(path),
        Input::Pipe(_) | Input::Stdin => None,
    }
}

fn size_of(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that fails after some bytes, most often giving fewer than it is asked for.
    struct Breaking(io::Cursor<Vec<u8>>);

    impl Read for Breaking {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(10_007);
            match self.0.read(&mut buffer[..most])? {
                0 => Err(io::ErrorKind::InvalidData.into()),
                n => Ok(n),
            }
        }
    }

    /// A stream whose reading breaks down after some bytes.
    struct Panicking(usize);

    impl Read for Panicking {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            assert!(self.0 > 0, "broken on purpose");
            let most = buffer.len().min(self.0);
            self.0 -= most;
            Ok(most)
        }
    }

    #[test]
    fn a_breakdown_while_unpacking_ahead_is_no_end() {
        let mut read = Vec::new();
        let ended = Ahead::new(Box::new(Panicking(BEGINNING + CHUNK))).read_to_end(&mut read);
        assert!(ended.is_err());
    }

    #[test]
    fn what_is_read_ahead_is_the_stream_to_its_end() {
        for length in [0, 1, BEGINNING - 1, BEGINNING, BEGINNING + 1, BEGINNING + CHUNK, 3_000_000] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut read = Vec::new();
            Ahead::new(Box::new(io::Cursor::new(bytes.clone()))).read_to_end(&mut read).unwrap();
            assert!(read == bytes, "{length}");
            let mut read = Vec::new();
            let ended = Ahead::new(Box::new(Breaking(io::Cursor::new(bytes.clone())))).read_to_end(&mut read);
            assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::InvalidData);
            assert!(read == bytes, "{length}");
        }
    }
}
