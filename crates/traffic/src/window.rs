//! Thirty-two bytes of a text at once: which of them are quotes, digits and so on, a bit for each.
//!
//! The `wide` crate's sixteen bytes are the vector instructions of x86-64 and of 64-bit ARM, and arithmetic elsewhere.

use wide::u8x16;

/// How many bytes a window has.
pub(crate) const WIDTH: usize = 32;

/// The bytes of a text from some position on. Beyond the text's end are zeros, so that a search for what ends a value,
/// for which every control character counts, ends there too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window(u8x16, u8x16);

impl Window {
    /// The bytes from `at` on; none where `at` is beyond the end.
    #[inline(always)]
    pub(crate) fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        match rest.first_chunk() {
            Some(chunk) => Some(Self::new(chunk)),
            None => Some(Self::padded(rest)),
        }
    }

    #[cold]
    fn padded(rest: &[u8]) -> Self {
        let mut chunk = [0; WIDTH];
        chunk.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Self::new(&chunk)
    }

    #[inline(always)]
    fn new(chunk: &[u8; WIDTH]) -> Self {
        let half = |from: usize| {
            let half = chunk.get(from..).and_then(|rest| rest.first_chunk());
            u8x16::new(half.copied().unwrap_or_default())
        };
        Self(half(0), half(16))
    }

    /// A bit for each byte for which `each` sets the highest bit.
    #[inline(always)]
    fn bits(self, each: impl Fn(u8x16) -> u8x16) -> u32 {
        each(self.0).to_bitmask() | each(self.1).to_bitmask() << 16
    }

    /// The bytes that end the plain part of a JSON string: quotes, backslashes and control characters.
    #[inline(always)]
    pub(crate) fn string_ends(self) -> u32 {
        // With this bit turned over a quote stands directly behind the control characters, which stay among themselves.
        let (bit, backslash, quote) = (u8x16::splat(2), u8x16::splat(b'\\'), u8x16::splat(b'"' ^ 2));
        self.bits(|half| {
            let turned = half ^ bit;
            turned.min(quote).simd_eq(turned) | half.simd_eq(backslash)
        })
    }

    /// Backslashes, control characters and bytes equal to this one.
    #[inline(always)]
    pub(crate) fn ends(self, byte: u8) -> u32 {
        let (byte, backslash, control) = (u8x16::splat(byte), u8x16::splat(b'\\'), u8x16::splat(0x1f));
        self.bits(|half| half.simd_eq(byte) | half.simd_eq(backslash) | half.min(control).simd_eq(half))
    }

    /// Bytes that are not printable ASCII.
    #[inline(always)]
    pub(crate) fn unprintable(self) -> u32 {
        // With the space as the first of all bytes, what is printable are the first of all.
        let (space, count) = (u8x16::splat(b' '), u8x16::splat(0x7f - b' '));
        self.bits(|half| {
            let from_space = half - space;
            from_space.max(count).simd_eq(from_space)
        })
    }

    /// The digits.
    #[inline(always)]
    pub(crate) fn digits(self) -> u32 {
        let (zero, nine) = (u8x16::splat(b'0'), u8x16::splat(9));
        self.bits(|half| {
            let value = half - zero;
            value.min(nine).simd_eq(value)
        })
    }
}

/// Up to [`Literal::WIDTH`] bytes to be compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    bytes: [u8; Literal::WIDTH],
    /// A bit for each byte.
    mask: u32,
    length: u8,
}

impl Literal {
    /// The most bytes that one has.
    pub(crate) const WIDTH: usize = 16;

    /// The literal of these bytes; nothing where they are too many.
    pub(crate) fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::WIDTH];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        let mask = u32::try_from((1u64 << text.len()) - 1).ok()?;
        Some(Self { bytes, mask, length: u8::try_from(text.len()).ok()? })
    }

    /// Whether it stands in `bytes` at `at`.
    #[inline(always)]
    pub(crate) fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(chunk) => !u8x16::new(*chunk).simd_eq(u8x16::new(self.bytes)).to_bitmask() & self.mask == 0,
            None => self.begins(rest),
        }
    }

    #[cold]
    fn begins(&self, text: &[u8]) -> bool {
        text.starts_with(self.bytes.get(..self.len()).unwrap_or_default())
    }

    /// How many bytes it has.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        usize::from(self.length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits(bytes: &[u8], is: impl Fn(u8) -> bool) -> u32 {
        let padded = bytes.iter().copied().chain(std::iter::repeat(0)).take(WIDTH);
        padded.enumerate().fold(0, |bits, (at, byte)| bits | u32::from(is(byte)) << at)
    }

    #[test]
    fn every_byte_is_told_apart_wherever_it_stands() {
        for byte in 0..=255u8 {
            for at in 0..WIDTH {
                for around in [b'a', 0xff, b'"', b'0', 0] {
                    let mut bytes = [around; WIDTH];
                    bytes[at] = byte;
                    agrees(&bytes);
                }
            }
        }
    }

    fn agrees(bytes: &[u8]) {
        let window = Window::at(bytes, 0).unwrap();
        assert_eq!(window.string_ends(), bits(bytes, |byte| byte < 0x20 || byte == b'"' || byte == b'\\'));
        assert_eq!(window.ends(b']'), bits(bytes, |byte| byte < 0x20 || byte == b']' || byte == b'\\'));
        assert_eq!(window.unprintable(), bits(bytes, |byte| !(0x20..0x7f).contains(&byte)));
        assert_eq!(window.digits(), bits(bytes, |byte| byte.is_ascii_digit()));
    }

    #[test]
    fn beyond_the_end_are_zeros() {
        assert!(Window::at(b"abc", 4).is_none());
        assert_eq!(Window::at(b"abc", 3).unwrap().string_ends(), u32::MAX);
        assert_eq!(Window::at(b"a12", 1).unwrap().digits(), 0b11);
    }

    #[test]
    fn literals_are_bounded() {
        assert_eq!(Literal::new(&[b'a'; 16]).unwrap().len(), 16);
        assert!(Literal::new(&[b'a'; 17]).is_none());
        assert!(Literal::new(b"").unwrap().stands_at(b"", 0));
        assert!(!Literal::new(b"\0").unwrap().stands_at(b"a", 1));
    }

    proptest! {
        #[test]
        fn any_bytes_are_told_apart(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            agrees(&bytes);
        }

        #[test]
        fn a_literal_is_found_where_it_stands(
            text in "[ab]{0,40}", literal in "[ab]{0,16}", at in 0usize..40, length in 0usize..17,
        ) {
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            for literal in [literal.as_bytes(), &rest[..length.min(rest.len())]] {
                prop_assert_eq!(Literal::new(literal).unwrap().stands_at(text.as_bytes(), at), rest.starts_with(literal));
            }
        }
    }
}
