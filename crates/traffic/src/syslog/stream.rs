//! Messages on a TCP connection: each with its length before it, or each ended by a line feed (RFC 6587), told for each
//! message anew. Memory is bounded by the longest message.

use memchr::memchr;

use crate::lines::MAX_LINE_BYTES;

/// The longest frame that is kept: the longest line with a long header.
const LONGEST: usize = MAX_LINE_BYTES + 4096;

/// How much room there is for a read at least.
const ROOM: usize = 8 << 10;

/// The most digits of a length.
const DIGITS: usize = 8;

/// What comes next on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A message, with its header and without what stands around it.
    Whole(&'a [u8]),
    /// The beginning of one that is too long; the rest is passed over.
    TooLong(&'a [u8]),
}

impl<'a> Frame<'a> {
    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Whole(bytes) | Self::TooLong(bytes) => bytes,
        }
    }
}

/// The bytes of a connection, to be cut into messages: fill [`Stream::room`], say how much [came](Stream::filled), and
/// take what is [whole](Stream::next).
#[derive(Debug, Default)]
pub struct Stream {
    buffer: Vec<u8>,
    /// What was taken already.
    start: usize,
    /// Up to where bytes came.
    end: usize,
    /// Up to where no line feed was found, from `start`.
    searched: usize,
    passing: Passing,
}

/// What of a message that is too long is still to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Passing {
    #[default]
    Nothing,
    Bytes(usize),
    Line,
}

/// What the bytes at hand begin with.
enum Cut {
    /// A message from and to here, and where the next begins.
    Message { from: usize, to: usize, next: usize },
    /// The length of one that is too long, and where it begins.
    TooLong { from: usize, length: usize },
    /// A line that is too long already.
    LongLine,
    /// More has to come.
    More,
}

impl Stream {
    /// Room for the next bytes that come.
    pub fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            // A long message is rare; its room is not kept for every connection.
            self.buffer.truncate(2 * ROOM);
            self.buffer.shrink_to(2 * ROOM);
        } else if self.buffer.len() - self.end < ROOM && self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.buffer.len() - self.end < ROOM {
            self.buffer.resize((2 * self.buffer.len()).clamp(self.end + ROOM, self.end + LONGEST), 0);
        }
        &mut self.buffer[self.end..]
    }

    /// Notes that so many bytes of the room were filled.
    pub fn filled(&mut self, bytes: usize) {
        self.end = (self.end + bytes).min(self.buffer.len());
    }

    /// Whether a message has begun but not ended.
    #[must_use]
    pub fn within_message(&self) -> bool {
        self.start < self.end || self.passing != Passing::Nothing
    }

    /// The next message, if it is there. Empty ones are passed over.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from it")]
    pub fn next(&mut self) -> Option<Frame<'_>> {
        loop {
            self.pass_over();
            if self.passing != Passing::Nothing {
                return None;
            }
            let start = self.start;
            match self.cut() {
                Cut::More => return None,
                Cut::Message { from, to, next } => {
                    (self.start, self.searched) = (start + next, 0);
                    let (from, to) = (start + from, start + to);
                    if self.buffer[from..to].iter().any(|byte| !matches!(byte, b'\r' | 0)) {
                        return Some(Frame::Whole(&self.buffer[from..to]));
                    }
                }
                Cut::TooLong { from, length } => {
                    (self.start, self.searched) = (start + from + LONGEST, 0);
                    self.passing = Passing::Bytes(length - LONGEST);
                    return Some(Frame::TooLong(&self.buffer[start + from..self.start]));
                }
                Cut::LongLine => {
                    (self.start, self.searched) = (start + LONGEST, 0);
                    self.passing = Passing::Line;
                    return Some(Frame::TooLong(&self.buffer[start..self.start]));
                }
            }
        }
    }

    /// What is left when nothing more comes: the last line of a sender that ends lines rather than telling lengths; and
    /// whether a message was cut short.
    #[must_use]
    pub fn rest(&self) -> (&[u8], bool) {
        let rest = &self.buffer[self.start..self.end];
        match self.passing {
            Passing::Bytes(_) => (&[], true),
            Passing::Line => (&[], false),
            Passing::Nothing if length(rest).is_some() => (&[], true),
            Passing::Nothing if rest.iter().all(|byte| matches!(byte, b'\r' | 0)) => (&[], false),
            Passing::Nothing => (rest, false),
        }
    }

    fn pass_over(&mut self) {
        let there = &self.buffer[self.start..self.end];
        match self.passing {
            Passing::Nothing => {}
            Passing::Bytes(left) => {
                let passed = left.min(there.len());
                self.start += passed;
                self.passing = if left == passed { Passing::Nothing } else { Passing::Bytes(left - passed) };
            }
            Passing::Line => match memchr(b'\n', there) {
                Some(end) => (self.start, self.passing) = (self.start + end + 1, Passing::Nothing),
                None => self.start = self.end,
            },
        }
    }

    fn cut(&mut self) -> Cut {
        let there = &self.buffer[self.start..self.end];
        if may_be_length(there) {
            return Cut::More;
        }
        if let Some((from, length)) = length(there) {
            let whole = Cut::Message { from, to: from + length, next: from + length };
            return match there.len() - from {
                _ if length > LONGEST && there.len() - from < LONGEST => Cut::More,
                _ if length > LONGEST => Cut::TooLong { from, length },
                there if there < length => Cut::More,
                _ => whole,
            };
        }
        let searched = self.searched.min(there.len());
        match memchr(b'\n', &there[searched..]) {
            Some(end) if searched + end <= LONGEST => {
                Cut::Message { from: 0, to: searched + end, next: searched + end + 1 }
            }
            None if there.len() <= LONGEST => {
                self.searched = there.len();
                Cut::More
            }
            _ => Cut::LongLine,
        }
    }
}

/// The length that a message begins with, and where the message itself begins: a number, a space and the message, which
/// begins with `<` then, or is a bare line of JSON. (A line of a log can begin with a number too, but not so.)
fn length(there: &[u8]) -> Option<(usize, usize)> {
    let digits = digits(there);
    let is_length = (1..=DIGITS).contains(&digits)
        && there[0] != b'0'
        && matches!(there.get(digits..digits + 2), Some(b" <" | b" {"));
    let number = |digits: &[u8]| digits.iter().fold(0, |value, digit| 10 * value + usize::from(digit - b'0'));
    is_length.then(|| (digits + 1, number(&there[..digits])))
}

/// Whether there are too few bytes to tell.
fn may_be_length(there: &[u8]) -> bool {
    let digits = digits(there);
    let rest = &there[digits..];
    digits <= DIGITS && there.first() != Some(&b'0') && (rest.is_empty() || rest == b" ")
}

fn digits(there: &[u8]) -> usize {
    there.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a stream gives when its bytes come in pieces of this size, and what is left.
    fn read(bytes: &[u8], piece: usize) -> (Vec<String>, String, bool) {
        let mut stream = Stream::default();
        let mut frames = Vec::new();
        for mut piece in bytes.chunks(piece) {
            while !piece.is_empty() {
                let room = stream.room();
                let count = room.len().min(piece.len());
                room[..count].copy_from_slice(&piece[..count]);
                stream.filled(count);
                piece = &piece[count..];
                while let Some(frame) = stream.next() {
                    let long = matches!(frame, Frame::TooLong(_));
                    let text = String::from_utf8_lossy(frame.bytes()).into_owned();
                    frames.push(if long { format!("long {}", text.len()) } else { text });
                }
                assert!(stream.buffer.len() <= 3 * LONGEST, "{}", stream.buffer.len());
            }
        }
        let (rest, cut) = stream.rest();
        (frames, String::from_utf8_lossy(rest).into_owned(), cut)
    }

    fn check(bytes: &[u8], expected: &[&str], rest: &str, cut: bool) {
        for piece in [1, 2, 3, 7, 4096, 1 << 20] {
            let expected = expected.iter().map(|frame| (*frame).to_owned()).collect();
            assert_eq!(read(bytes, piece), (expected, rest.to_owned(), cut), "in pieces of {piece}");
        }
    }

    #[test]
    fn lines_and_lengths_may_take_turns() {
        check(b"<1>a\n<1>b\r\n\n\0\n<1>c", &["<1>a", "<1>b\r"], "<1>c", false);
        check(b"4 <1>a5 <1>b\n4 <1>c\n<1>d\n4 <1>", &["<1>a", "<1>b\n", "<1>c", "<1>d"], "", true);
        check(b"7 {\"a\":1}8 {\"a\":\n2}3 <1>", &["{\"a\":1}", "{\"a\":\n2}", "<1>"], "", false);
        check(b"7 {\"a\":1}\n86 {\"a\"", &["{\"a\":1}"], "", true);
        check(b"", &[], "", false);
        check(b"\n\n\n", &[], "", false);
        check(b"12", &[], "12", false);
    }

    #[test]
    fn a_line_that_begins_with_a_number_is_a_line() {
        check(
            b"203.0.113.7 - -\n1795182312 GET /\n123456789 <1>\n0 <1>\n4 x\n",
            &["203.0.113.7 - -", "1795182312 GET /", "123456789 <1>", "0 <1>", "4 x"],
            "",
            false,
        );
    }

    #[test]
    fn what_is_too_long_is_cut_and_passed_over() {
        let long = format!("long {LONGEST}");
        let mut bytes = vec![b'x'; 300_000];
        bytes.extend_from_slice(b"\n<1>next\n200000 <");
        bytes.extend(std::iter::repeat_n(b'y', 199_999));
        bytes.extend_from_slice(b"4 <1>a");
        bytes.extend(std::iter::repeat_n(b'z', LONGEST));
        bytes.extend_from_slice(b"\n99999999 <");
        bytes.extend(std::iter::repeat_n(b'y', LONGEST + 5));
        let whole = "z".repeat(LONGEST);
        for piece in [4096, 1 << 20] {
            let (frames, rest, cut) = read(&bytes, piece);
            assert!(frames == [&long, "<1>next", &long, "<1>a", &whole, &long], "{}", frames.len());
            assert_eq!((rest.as_str(), cut), ("", true));
        }
    }

    proptest! {
        #[test]
        fn every_message_comes_out_as_it_went_in(
            messages in prop::collection::vec(("(<[0-9]{1,3}>|\\{)[ -~]{0,50}[!-~]", any::<bool>()), 0..20),
            piece in 1_usize..64,
        ) {
            let mut bytes = Vec::new();
            for (message, counted) in &messages {
                let framed = if *counted { format!("{} {message}", message.len()) } else { format!("{message}\n") };
                bytes.extend_from_slice(framed.as_bytes());
            }
            let expected: Vec<String> = messages.into_iter().map(|(message, _)| message).collect();
            prop_assert_eq!(read(&bytes, piece), (expected, String::new(), false));
        }

        #[test]
        fn whatever_comes_how_it_is_cut_makes_no_difference(
            bytes in prop::collection::vec(prop::sample::select(b"0123 <>{\n\rab\0".to_vec()), 0..200), piece in 1_usize..32,
        ) {
            prop_assert_eq!(read(&bytes, piece), read(&bytes, 1 << 20));
        }
    }
}
