//! Cuts bytes that come by and by into blocks of whole lines. Its memory is bounded: of a line longer than any that is
//! accepted only the beginning is handed out, to be rejected, and the rest is passed over.

use memchr::{memchr, memrchr};

/// How many bytes a block has at least, but for the last.
const BLOCK: usize = 128 << 10;

/// More than the longest line that any format accepts (64 KiB), so that what is cut here is rejected there.
const LONGEST: usize = 128 << 10;

/// What came and is not handed out yet.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    buffer: Vec<u8>,
    /// Passing over the rest of a line whose beginning was handed out.
    passing: bool,
}

impl Cutter {
    /// Takes in the next bytes; hands out blocks as they are full.
    pub(super) fn add(&mut self, mut bytes: &[u8], mut hand_out: impl FnMut(&[u8])) {
        if self.passing {
            let Some(end) = memchr(b'\n', bytes) else { return };
            self.passing = false;
            bytes = bytes.get(end + 1..).unwrap_or_default();
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < BLOCK {
            return;
        }
        if let Some(newline) = memrchr(b'\n', &self.buffer) {
            hand_out(self.buffer.get(..=newline).unwrap_or_default());
            self.buffer.drain(..=newline);
        }
        // Without a line end in it now.
        if self.buffer.len() > LONGEST {
            hand_out(self.buffer.get(..LONGEST).unwrap_or_default());
            self.buffer.clear();
            self.passing = true;
        }
    }

    /// Hands out the last lines; the last of all may have no line end.
    pub(super) fn finish(&mut self, mut hand_out: impl FnMut(&[u8])) {
        let last = std::mem::take(&mut self.buffer);
        if !last.is_empty() {
            hand_out(&last);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(text: &[u8], step: usize) -> Vec<Vec<u8>> {
        let (mut cutter, mut blocks) = (Cutter::default(), Vec::new());
        for part in text.chunks(step) {
            cutter.add(part, |block| blocks.push(block.to_vec()));
        }
        cutter.finish(|block| blocks.push(block.to_vec()));
        blocks
    }

    #[test]
    fn of_an_endless_line_only_the_beginning_is_handed_out() {
        let mut text = b"good\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3_000_000));
        text.extend_from_slice(b"\nalso good\n");
        let all = blocks(&text, 50_000).concat();
        assert_eq!(all.len(), 5 + LONGEST + 10);
        assert!(all.ends_with(b"xalso good\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn blocks_are_whole_lines_and_together_all_that_came(lengths in prop::collection::vec(0..3000_usize, 1..300), step in 1000..200_000_usize) {
            let text: Vec<u8> = lengths.iter().flat_map(|length| [vec![b'x'; *length], b"\n".to_vec()].concat()).chain(*b"end").collect();
            let blocks = blocks(&text, step);
            prop_assert!(blocks.concat() == text);
            let (last, others) = blocks.split_last().unwrap();
            prop_assert!(others.iter().all(|block| block.ends_with(b"\n")) && last.ends_with(b"end"));
            prop_assert!(blocks.iter().all(|block| block.len() <= BLOCK + step));
        }
    }
}
