//! Cuts a stream into blocks of whole lines, which workers take in turn.
//!
//! Memory is bounded by the block: of a line longer than any that is accepted only the beginning is handed
//! out, to be rejected, and the rest is passed over.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use super::identity::Marks;
use super::source::is_pause;

/// How many bytes a block has at least (but for the last), and the most that a read asks for.
const BLOCK: usize = 256 << 10;

/// More than the longest line that any format accepts (64 KiB), so that what is cut here is rejected there.
const LONGEST: usize = 128 << 10;

/// The reader that workers share. Its position is that of the bytes handed out.
pub(super) struct Blocks {
    stream: Box<dyn Read + Send>,
    /// Read, but not handed out.
    carry: Vec<u8>,
    marks: Marks,
    offset: u64,
    sequence: u64,
    /// Passing over the rest of a line that is counted already.
    passing: bool,
    /// Hand out what is there rather than wait for a full block.
    live: bool,
    end: Option<End>,
    /// Whether [`Blocks::next`] has told the end.
    told: bool,
}

/// Why there are no more blocks.
#[derive(Debug)]
pub(super) enum End {
    /// All is read.
    Complete,
    /// The stream failed; what came before is good.
    Failed(io::Error),
}

impl Blocks {
    /// Reads on from `offset`, where the stream stands; `within_line` if the line before has no end yet.
    pub(super) fn new(stream: Box<dyn Read + Send>, marks: Marks, offset: u64, within_line: bool, live: bool) -> Self {
        Self {
            stream,
            carry: Vec::new(),
            marks,
            offset,
            sequence: 0,
            passing: within_line,
            live,
            end: None,
            told: false,
        }
    }

    /// Fills `block` with the next whole lines. Returns their place in the sequence, or `None` at the end.
    pub(super) fn next(&mut self, block: &mut Block) -> Option<u64> {
        block.length = 0;
        block.push(&self.carry);
        self.carry.clear();
        loop {
            if self.passing {
                self.pass_over(block);
            }
            let enough = block.length >= BLOCK || self.end.is_some() || (self.live && block.length > 0);
            if enough && !self.passing {
                let cut = memrchr(b'\n', block.bytes()).map(|newline| newline + 1);
                let too_long = (cut.is_none() && block.length > LONGEST).then_some(LONGEST);
                if let Some(cut) = cut.or(too_long) {
                    self.carry.extend_from_slice(&block.bytes()[cut..]);
                    block.length = cut;
                    self.passing = too_long.is_some();
                    return Some(self.hand_out(block.bytes()));
                }
            }
            if self.end.is_some() {
                // What is left has no line end; see `unfinished`.
                self.told = true;
                self.carry.extend_from_slice(block.bytes());
                return None;
            }
            if self.fill(block) {
                // Nothing comes at present: what is not a whole line yet waits for the next round.
                self.carry.extend_from_slice(block.bytes());
                return None;
            }
        }
    }

    /// The last line, where it has no line end, once [`Blocks::next`] has told the end.
    pub(super) fn unfinished(&self) -> &[u8] {
        let left = matches!(self.end, Some(End::Complete)) && !self.passing;
        if left { &self.carry } else { &[] }
    }

    /// Hands out the unfinished line as if it had ended.
    pub(super) fn take_unfinished(&mut self) {
        let line = std::mem::take(&mut self.carry);
        self.hand_out(&line);
        self.passing = true;
    }

    /// Bytes handed out since the start of the source.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the last line handed out has no line end yet.
    pub(super) fn within_line(&self) -> bool {
        self.passing
    }

    /// The marks of the bytes handed out.
    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Why there are no more, once [`Blocks::next`] has told so.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref().filter(|_| self.told)
    }

    fn hand_out(&mut self, block: &[u8]) -> u64 {
        self.marks.pass(block);
        self.offset += block.len() as u64;
        self.sequence += 1;
        self.sequence - 1
    }

    /// Drops bytes up to the line end that ends the line that is counted already.
    fn pass_over(&mut self, block: &mut Block) {
        let end = memchr(b'\n', block.bytes()).map(|newline| newline + 1);
        self.passing = end.is_none();
        let passed = end.unwrap_or(block.length);
        self.marks.pass(&block.bytes()[..passed]);
        self.offset += passed as u64;
        block.drop_front(passed);
    }

    /// Reads once, as much as makes a full block. Tells whether the stream has nothing to give at present.
    fn fill(&mut self, block: &mut Block) -> bool {
        match self.stream.read(block.room()) {
            Ok(0) => self.end = Some(End::Complete),
            Ok(n) => block.length += n,
            Err(error) if is_pause(&error) => return true,
            Err(error) => self.end = Some(End::Failed(error)),
        }
        false
    }
}

/// A buffer that is filled again and again without being cleared in between.
#[derive(Default)]
pub(super) struct Block {
    buffer: Vec<u8>,
    length: usize,
}

impl Block {
    /// What is in it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// Room for at least one more read.
    fn room(&mut self) -> &mut [u8] {
        let wanted = self.length + BLOCK;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        &mut self.buffer[self.length..wanted]
    }

    fn push(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        self.buffer[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }

    fn drop_front(&mut self, count: usize) {
        self.buffer.copy_within(count..self.length, 0);
        self.length -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that gives a few bytes at a time.
    struct Trickle(io::Cursor<Vec<u8>>, usize);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(buffer.len());
            self.0.read(&mut buffer[..n])
        }
    }

    fn all(text: &[u8], step: usize, live: bool) -> (Vec<u8>, Vec<u8>, u64) {
        let stream = Trickle(io::Cursor::new(text.to_vec()), step);
        let mut blocks = Blocks::new(Box::new(stream), Marks::default(), 0, false, live);
        let (mut block, mut out) = (Block::default(), Vec::new());
        while blocks.next(&mut block).is_some() {
            assert!(block.bytes().len() <= 2 * BLOCK);
            out.extend_from_slice(block.bytes());
        }
        (out, blocks.unfinished().to_vec(), blocks.offset())
    }

    #[test]
    fn blocks_are_whole_lines_and_together_the_whole_stream() {
        let mut text = Vec::new();
        for n in 0..60_000 {
            text.extend_from_slice(format!("line {n} {}\n", "x".repeat(n % 97)).as_bytes());
        }
        text.extend_from_slice(b"no end");
        for (step, live) in [(1 << 20, false), (1000, false), (5000, true)] {
            let (lines, unfinished, offset) = all(&text, step, live);
            assert_eq!(unfinished, b"no end");
            assert_eq!(offset as usize + unfinished.len(), text.len());
            assert!(lines == text[..text.len() - 6]);
        }
    }

    #[test]
    fn of_an_endless_line_only_the_beginning_is_handed_out() {
        let mut text = b"good\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3_000_000));
        text.extend_from_slice(b"\nalso good\n");
        let (lines, unfinished, offset) = all(&text, 70_000, false);
        assert_eq!(lines.len(), 5 + LONGEST + 10);
        assert!(lines.ends_with(b"xalso good\n") && unfinished.is_empty());
        assert_eq!(offset as usize, text.len());
    }

    #[test]
    fn a_line_that_was_counted_without_its_end_is_not_handed_out_again() {
        let stream = io::Cursor::new(b" rest\nnext\n".to_vec());
        let mut blocks = Blocks::new(Box::new(stream), Marks::default(), 100, true, false);
        let mut block = Block::default();
        assert!(blocks.next(&mut block).is_some());
        assert_eq!(block.bytes(), b"next\n");
        assert_eq!(blocks.offset(), 111);
    }
}
