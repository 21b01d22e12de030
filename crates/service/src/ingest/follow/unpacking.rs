//! What unpacking gives, and how it fails.

use std::io;

use super::super::SNIFFED;

/// What comes out.
pub(super) type Stream = Box<dyn io::Read + Send>;

/// The first bytes, as many as a format is told from, and what comes after them.
pub(super) fn beginning(stream: Stream) -> (Vec<u8>, io::Result<Stream>) {
    let (mut first, mut taken) = (Vec::new(), io::Read::take(stream, SNIFFED as u64));
    let read = io::Read::read_to_end(&mut taken, &mut first);
    (first, read.map(|_| taken.into_inner()))
}

/// What fails as it did before: whoever unpacks need not say it twice.
pub(super) struct Failing(pub(super) Option<io::Error>);

impl io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use model::LossReason;

    use super::super::super::broken::Broken;
    use super::super::super::source::{Input, Source};
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Why what is packed so can't be unpacked to its end, once its beginning was looked at.
    fn reason(packed: &[u8]) -> Option<LossReason> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), packed).unwrap();
        let source = Source::open(&Input::File(file.path().to_owned())).unwrap();
        let (_, rest) = beginning(source.stream);
        let rest = match rest {
            Ok(mut rest) => io::copy(&mut rest, &mut io::sink()).map(drop),
            Err(error) => Failing(Some(error)).read(&mut [0]).map(drop),
        };
        Some(Broken::by(&rest.err()?, None, None)?.reason)
    }

    #[test]
    fn what_is_cut_short_is_told_from_what_is_damaged_whatever_its_size() {
        for size in [10, 1_000, 100_000, 3_000_000_usize] {
            let text: Vec<u8> = (0..size).map(|n| (n * n % 251) as u8).collect();
            for packed in [gzip(&text), zstd(&text)] {
                assert_eq!(reason(&packed), None, "{size}");
                for cut in [packed.len() - 1, packed.len() / 2, 11] {
                    assert_eq!(
                        reason(&packed[..cut.min(packed.len() - 1)]),
                        Some(LossReason::CutShort),
                        "{size} {cut}"
                    );
                }
                let mut damaged = packed.clone();
                // Of the checksum, that of gzip before the size.
                let at = packed.len() - if packed.starts_with(&[0x1f]) { 8 } else { 1 };
                damaged[at] ^= 1;
                assert_eq!(reason(&damaged), Some(LossReason::Corrupt), "{size}");
            }
        }
    }

    #[test]
    fn what_can_not_be_read_is_neither() {
        assert!(Broken::by(&io::Error::from_raw_os_error(5), None, None).is_none());
    }
}
