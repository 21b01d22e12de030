//! Unpacking a body while it comes.

use std::io::{self, Write as _};

use axum::http::header::{self, HeaderMap};
use flate2::write::MultiGzDecoder;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

use crate::fault::Fault;

/// How much is unpacked at once, in bytes.
const STEP: usize = 32 << 10;

/// The largest window of Zstandard that is unpacked, as a power of two: what the format asks every decoder to manage
/// (RFC 8878, 3.1.1.1.2). A larger one would be memory that the sender chooses.
const WINDOW_LOG: u32 = 23;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// What the header says.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
        let coding = codings.next().map_or(Ok(""), |value| value.to_str()).unwrap_or("?").trim().to_ascii_lowercase();
        match (coding.as_str(), codings.next()) {
            ("" | "identity", None) => Ok(Self::None),
            ("gzip" | "x-gzip", None) => Ok(Self::Gzip),
            ("zstd", None) => Ok(Self::Zstd),
            _ => Err(Fault::WrongMediaType(
                "send the body as it is, or with one `Content-Encoding` that is `gzip` or `zstd`".to_owned(),
            )),
        }
    }

    /// How much memory it takes to unpack a body that begins so, in bytes.
    pub(super) fn memory(self, first: &[u8]) -> usize {
        match self {
            Self::None => 0,
            Self::Gzip => 128 << 10,
            Self::Zstd => (1 << window_log(first)) + (512 << 10),
        }
    }
}

/// The window of a frame, as a power of two that is not less; none below 1 MiB. The largest, where the header doesn't tell.
fn window_log(first: &[u8]) -> u32 {
    let log = |window: u64| window.checked_next_power_of_two().map_or(WINDOW_LOG, u64::trailing_zeros);
    window(first).map_or(WINDOW_LOG, |window| log(window).clamp(20, WINDOW_LOG))
}

/// What the header of a frame says of its window, in bytes (RFC 8878, 3.1.1.1).
fn window(frame: &[u8]) -> Option<u64> {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, fields @ ..] = frame else { return None };
    let is_single_segment = descriptor & 0x20 != 0;
    if !is_single_segment {
        let byte = fields.first()?;
        let base = 1_u64 << (10 + (byte >> 3));
        return Some(base + base / 8 * u64::from(byte & 7));
    }
    let dictionary_id = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = fields.get(dictionary_id..)?;
    match descriptor >> 6 {
        0 => size.first().map(|byte| u64::from(*byte)),
        1 => size.first_chunk().map(|bytes| u64::from(u16::from_le_bytes(*bytes)) + 256),
        2 => size.first_chunk().map(|bytes| u64::from(u32::from_le_bytes(*bytes))),
        _ => size.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)),
    }
}

/// Refuses a body that comes as it is but begins as a packed one does: no line of it could be read, and whoever sent it
/// would take it for counted.
pub(super) fn refuse_packed(first: &[u8]) -> Result<(), Fault> {
    let packed = match first {
        [0x1f, 0x8b, 8, ..] => "gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        _ => return Ok(()),
    };
    Err(Fault::WrongMediaType(format!("this is packed with {packed}; send it with `Content-Encoding: {packed}`")))
}

/// What unpacks a body.
pub(super) enum Unpacking {
    None,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zstd(Box<Frames>),
}

/// Frames of Zstandard, one after the other.
pub(super) struct Frames {
    decoder: Decoder<'static>,
    buffer: Vec<u8>,
    /// Whether the last frame has not ended.
    is_open: bool,
    /// The largest window so far, as a power of two.
    window_log: u32,
}

impl Unpacking {
    /// For a body that begins so.
    pub(super) fn new(packing: Packing, first: &[u8]) -> io::Result<Self> {
        Ok(match packing {
            Packing::None => Self::None,
            Packing::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(Vec::with_capacity(STEP)))),
            Packing::Zstd => {
                let mut decoder = Decoder::new()?;
                decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))?;
                let (buffer, window_log) = (vec![0; STEP], window_log(first));
                Self::Zstd(Box::new(Frames { decoder, buffer, is_open: false, window_log }))
            }
        })
    }

    /// Unpacks the next bytes and hands on what comes of them, piece by piece. Where that takes more memory than the body
    /// seemed to need, so many bytes more are asked for before.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        grow: impl FnMut(usize) -> Result<(), Fault>,
        mut hand_on: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self {
            Self::None => hand_on(bytes),
            Self::Gzip(members) => {
                let mut rest = bytes;
                while !rest.is_empty() {
                    let taken = members.write(rest).map_err(|error| broken(&error))?;
                    rest = rest.get(taken..).unwrap_or_default();
                    let unpacked = members.get_mut();
                    if taken == 0 && unpacked.is_empty() {
                        return Err(broken(&"something follows its end"));
                    }
                    hand_on(unpacked)?;
                    unpacked.clear();
                }
                Ok(())
            }
            Self::Zstd(frames) => frames.add(bytes, grow, hand_on),
        }
    }

    /// Ends it: what is packed has to be complete.
    pub(super) fn finish(self, mut hand_on: impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
        match self {
            Self::None => Ok(()),
            Self::Gzip(members) => hand_on(&members.finish().map_err(|error| broken(&error))?),
            Self::Zstd(frames) if frames.is_open => Err(broken(&"it ends before it is complete")),
            Self::Zstd(_) => Ok(()),
        }
    }
}

impl Frames {
    fn add(
        &mut self,
        bytes: &[u8],
        mut grow: impl FnMut(usize) -> Result<(), Fault>,
        mut hand_on: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut input = InBuffer::around(bytes);
        loop {
            let before = input.pos();
            let next = bytes.get(before..).unwrap_or_default();
            let window_log = if self.is_open || next.is_empty() { 0 } else { window_log(next) };
            if window_log > self.window_log {
                grow((1 << window_log) - (1 << self.window_log))?;
                self.window_log = window_log;
            }
            let mut output = OutBuffer::around(self.buffer.as_mut_slice());
            let left = self.decoder.run(&mut input, &mut output).map_err(|error| broken(&error))?;
            let unpacked = output.pos();
            // Nothing taken and nothing made says nothing of a frame.
            if input.pos() > before || unpacked > 0 {
                self.is_open = left > 0;
            }
            hand_on(self.buffer.get(..unpacked).unwrap_or_default())?;
            if input.pos() == bytes.len() && unpacked < STEP {
                return Ok(());
            }
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> Fault {
    Fault::BadRequest(format!("the body can't be unpacked as its `Content-Encoding` says: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(packing: Packing, bytes: &[u8], step: usize) -> Result<Vec<u8>, Fault> {
        unpack_within(packing, bytes, step, usize::MAX)
    }

    /// With so much memory beyond what it seems to need.
    fn unpack_within(packing: Packing, bytes: &[u8], step: usize, mut spare: usize) -> Result<Vec<u8>, Fault> {
        let (mut unpacking, mut all) = (Unpacking::new(packing, bytes).unwrap(), Vec::new());
        let mut grow = |more| {
            spare = usize::checked_sub(spare, more).ok_or(Fault::TooLarge(more))?;
            Ok(())
        };
        for part in bytes.chunks(step) {
            unpacking.add(part, &mut grow, |piece| {
                assert!(piece.len() <= 4 * STEP || packing == Packing::None, "{}", piece.len());
                all.extend_from_slice(piece);
                Ok(())
            })?;
        }
        unpacking.finish(|piece| {
            all.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(all)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 1).unwrap()
    }

    #[test]
    fn what_was_packed_comes_out_as_it_was_in_whatever_pieces_it_comes() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|n| format!("{{\"n\":{}}}\n", n * n % 977).into_bytes()).collect();
        for step in [1, 7, 1000, 1 << 20] {
            assert_eq!(unpack(Packing::None, &text, step).unwrap(), text);
            for (packing, one) in [(Packing::Gzip, gzip(&text)), (Packing::Zstd, zstd(&text))] {
                assert!(unpack(packing, &one, step).unwrap() == text, "{packing:?} {step}");
                assert!(unpack(packing, &[one.clone(), one].concat(), step).unwrap() == [&*text, &*text].concat());
            }
        }
        assert_eq!(unpack(Packing::Gzip, &gzip(b""), 5), Ok(Vec::new()));
        assert_eq!(unpack(Packing::Zstd, &zstd(b""), 5), Ok(Vec::new()));
    }

    #[test]
    fn a_bomb_is_handed_on_in_pieces() {
        let bomb = vec![b' '; 20 << 20];
        for (packing, packed) in [(Packing::Gzip, gzip(&bomb)), (Packing::Zstd, zstd(&bomb))] {
            let mut unpacking = Unpacking::new(packing, &packed).unwrap();
            let mut most = 0;
            let no_more = |_| Err(Fault::Broken);
            unpacking
                .add(&packed, no_more, |piece| {
                    most = most.max(piece.len());
                    Ok(())
                })
                .unwrap();
            assert!((1..=4 * STEP).contains(&most), "{packing:?} {most}");
            let mut refused = Unpacking::new(packing, &packed).unwrap();
            assert_eq!(refused.add(&packed, no_more, |_| Err(Fault::TooLarge(1))), Err(Fault::TooLarge(1)));
        }
    }

    #[test]
    fn what_is_cut_short_or_damaged_is_refused() {
        let text = b"{\"time\":1}\n".repeat(5000);
        for (packing, packed) in [(Packing::Gzip, gzip(&text)), (Packing::Zstd, zstd(&text))] {
            for length in [1, 5, packed.len() / 2, packed.len() - 3, packed.len() - 1] {
                let cut = unpack(packing, &packed[..length], 100);
                assert!(matches!(cut, Err(Fault::BadRequest(_))), "{packing:?} {length} of {}", packed.len());
            }
            let rubbish = unpack(packing, b"rubbish that is long enough", 5);
            assert!(matches!(rubbish, Err(Fault::BadRequest(_))), "{packing:?}");
            let more = unpack(packing, &[&*packed, b"rubbish that is long enough"].concat(), 100);
            assert!(matches!(more, Err(Fault::BadRequest(_))), "{packing:?}");
        }
    }

    #[test]
    fn a_window_that_takes_much_memory_is_refused() {
        // A frame's header: 128 MiB window, content size unknown, no checksum.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3, 0x01, 0x00, 0x00];
        assert!(matches!(unpack(Packing::Zstd, &frame, 100), Err(Fault::BadRequest(_))));
    }

    #[test]
    fn a_later_frame_with_a_larger_window_asks_for_more_memory() {
        let text: Vec<u8> =
            (0..300_000_u32).flat_map(|n| format!("{}\n", n.wrapping_mul(n) % 9973).into_bytes()).collect();
        let (small, large) =
            (zstd::bulk::compress(&text[..9000], 3).unwrap(), zstd::stream::encode_all(&*text, 3).unwrap());
        assert_eq!((window_log(&small), window_log(&large)), (20, 21));
        let (body, expected) = ([&*small, &*large].concat(), [&text[..9000], &*text].concat());
        for step in [small.len(), body.len()] {
            assert!(unpack_within(Packing::Zstd, &body, step, 1 << 20) == Ok(expected.clone()), "{step}");
            assert_eq!(unpack_within(Packing::Zstd, &body, step, (1 << 20) - 1), Err(Fault::TooLarge(1 << 20)));
        }
        assert!(unpack_within(Packing::Zstd, &[&*large, &*small, &*large].concat(), 1 << 30, 0).is_ok());
        // Where a header comes in parts, it is not known yet.
        assert!(unpack_within(Packing::Zstd, &body, 1, 7 << 20) == Ok(expected));
    }

    #[test]
    fn what_is_packed_is_known_by_its_first_bytes() {
        for (packed, words) in [(gzip(b""), "`Content-Encoding: gzip`"), (zstd(b""), "`Content-Encoding: zstd`")] {
            let refused = refuse_packed(&packed[..4]);
            assert!(matches!(&refused, Err(Fault::WrongMediaType(text)) if text.contains(words)), "{refused:?}");
        }
        for plain in [&b""[..], b"{", b"[{}]", b"\x0a\x04\x12\x02", b"\x1f\x8b", b"\xef\xbb\xbf{"] {
            assert_eq!(refuse_packed(plain), Ok(()));
        }
    }

    #[test]
    fn the_window_stands_in_the_header() {
        let text = vec![b'x'; 100_000];
        assert_eq!(window(&zstd::bulk::compress(&text, 3).unwrap()), Some(100_000), "single segment");
        assert_eq!(window(&zstd::bulk::compress(&text[..200], 3).unwrap()), Some(200));
        assert_eq!(window(&zstd::bulk::compress(&text[..1000], 3).unwrap()), Some(1000));
        assert_eq!(window(&zstd::stream::encode_all(&*text, 3).unwrap()), Some(2 << 20));
        assert_eq!(window(&[0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3 | 1]), Some((1 << 27) + (1 << 24)));
        for unknown in [&b""[..], b"rubbish", &[0x28, 0xb5, 0x2f, 0xfd, 0], &[0x28, 0xb5, 0x2f, 0xfd, 0xe0, 1]] {
            assert_eq!(window(unknown), None);
            assert_eq!(window_log(unknown), WINDOW_LOG);
        }
    }
}
