//! The words of JSON: strings, numbers, `true`, `false`, `null`, and the white space between.

use super::shapes::Length;
use super::slots::{Kind, Place};
use crate::window::{WIDTH, Window};

/// Where and why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What is wrong.
    pub(crate) problem: &'static str,
}

pub(super) type Scanned<T> = Result<T, Malformed>;

pub(super) const fn malformed<T>(problem: &'static str) -> Scanned<T> {
    Err(Malformed { problem })
}

/// A position in a text of less than 4 GiB.
pub(super) struct Lexer<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl Lexer<'_> {
    /// The next byte; a line feed, which no line contains, at the end.
    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(b'\n')
    }

    /// Steps over the next byte if it is this one.
    #[inline(always)]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    #[inline(always)]
    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    /// A value that is neither object nor array; the place of a string is its inside.
    ///
    /// This and [`Lexer::string`] are not inlined where they are called, so that the frames of callers that call
    /// themselves stay small.
    #[inline(never)]
    pub(super) fn scalar(&mut self) -> Scanned<Place> {
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.string()
            }
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true", Kind::True),
            b'f' => self.word(b"false", Kind::False),
            b'n' => self.word(b"null", Kind::Null),
            _ => malformed("a value is missing, or is none of JSON's"),
        }
    }

    /// A string, from behind its first quote to behind its last; the place is its inside.
    #[inline(never)]
    pub(super) fn string(&mut self) -> Scanned<Place> {
        let start = self.at;
        let end = plain_end(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(place(Kind::Plain, start, end));
        }
        self.string_with_escapes(start, end)
    }

    #[cold]
    #[inline(never)]
    fn string_with_escapes(&mut self, start: usize, mut at: usize) -> Scanned<Place> {
        loop {
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(place(Kind::Escaped, start, at));
                }
                Some(b'\\') => at += self.escape_length(at)?,
                _ => return malformed("a string has no end, or a control character within"),
            }
            at = plain_end(self.bytes, at);
        }
    }

    fn escape_length(&self, at: usize) -> Scanned<usize> {
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') => match self.bytes.get(at + 2..at + 6) {
                Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(6),
                _ => malformed("`\\u` is not followed by four hex digits"),
            },
            _ => malformed("a string has an escape that JSON does not know"),
        }
    }

    fn number(&mut self) -> Scanned<Place> {
        let start = self.at;
        match short_number_end(self.bytes, start) {
            Some(end) => {
                self.at = end;
                Ok(place(Kind::Number, start, end))
            }
            None => self.any_number(),
        }
    }

    #[cold]
    #[inline(never)]
    fn any_number(&mut self) -> Scanned<Place> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits("a number has no digits")?;
        }
        if self.take(b'.') {
            self.digits("a number has no digits after its point")?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits("a number has no digits in its exponent")?;
        }
        Ok(place(Kind::Number, start, self.at))
    }

    /// One or more digits.
    fn digits(&mut self, problem: &'static str) -> Scanned<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { malformed(problem) } else { Ok(()) }
    }

    fn word<const N: usize>(&mut self, word: &[u8; N], kind: Kind) -> Scanned<Place> {
        let start = self.at;
        if self.bytes.get(start..).and_then(|rest| rest.first_chunk()) != Some(word) {
            return malformed("a value is none of JSON's");
        }
        self.at = start + N;
        Ok(place(kind, start, self.at))
    }
}

/// A scalar where it stands, or its inside if it is a string, and what comes behind it.
#[derive(Clone, Copy)]
pub(super) struct Scalar {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) after: usize,
}

/// The scalar that begins at `at`: [`Lexer::scalar`] for the many that are plain, all of it in registers.
#[inline(always)]
pub(super) fn scalar_at(bytes: &[u8], at: usize, length: &mut Length) -> Option<Scalar> {
    let first = *bytes.get(at)?;
    if first == b'"' {
        let (start, mut kind) = (at + 1, Kind::Plain);
        let mut end = match Window::at(bytes, start)?.string_ends() {
            0 => plain_end(bytes, start + WIDTH),
            ends => start + length.first_end(ends),
        };
        if bytes.get(end) != Some(&b'"') {
            (end, kind) = (escaped_end(bytes, start, end)?, Kind::Escaped);
        }
        return Some(Scalar { kind, start, end, after: end + 1 });
    }
    let (end, kind) = match short_number_end(bytes, at) {
        Some(end) => (end, Kind::Number),
        None => other_end(bytes, at)?,
    };
    Some(Scalar { kind, start: at, end, after: end })
}

#[cold]
#[inline(never)]
fn escaped_end(bytes: &[u8], start: usize, at: usize) -> Option<usize> {
    let mut lexer = Lexer { bytes, at: start };
    lexer.string_with_escapes(start, at).is_ok().then_some(lexer.at - 1)
}

#[inline(never)]
fn other_end(bytes: &[u8], at: usize) -> Option<(usize, Kind)> {
    let mut lexer = Lexer { bytes, at };
    let place = lexer.scalar().ok()?;
    Some((lexer.at, place.kind))
}

/// The first byte at or after `from` that is a quote, a backslash or a control character; the length of
/// `bytes`, or more, where there is none. Two windows at a time, for how long a text is can't be guessed.
#[inline(always)]
pub(super) fn plain_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(window) = Window::at(bytes, at) {
        let next = Window::at(bytes, at + WIDTH).map_or(u32::MAX, Window::string_ends);
        let ends = u64::from(window.string_ends()) | u64::from(next) << WIDTH;
        if ends != 0 {
            return at + ends.trailing_zeros() as usize;
        }
        at += 2 * WIDTH;
    }
    at
}

/// Where a number ends that has no exponent, fits into a window, and is written as JSON wants it. Nothing where there is
/// no such number.
#[inline(always)]
fn short_number_end(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = u64::from(Window::at(bytes, at)?.digits());
    let run = |from: usize| (!(digits >> from)).trailing_zeros() as usize;
    let first = usize::from(bytes.get(at) == Some(&b'-'));
    let whole = run(first);
    if whole == 0 || (whole > 1 && bytes.get(at + first) == Some(&b'0')) {
        return None;
    }
    let mut end = first + whole;
    if bytes.get(at + end) == Some(&b'.') {
        let fraction = run(end + 1);
        if fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    }
    (end < WIDTH && !matches!(bytes.get(at + end), Some(b'e' | b'E'))).then_some(at + end)
}

/// A place in a text of less than 4 GiB.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the text's length fits")]
pub(super) fn place(kind: Kind, start: usize, end: usize) -> Place {
    Place { kind, start: start as u32, end: end as u32 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::tests::scalar;

    /// What [`scalar_at`] says is what [`Lexer::scalar`] says.
    fn both(text: &str) -> Option<usize> {
        let mut lexer = Lexer { bytes: text.as_bytes(), at: 0 };
        let place = lexer.scalar().ok();
        let found = scalar_at(text.as_bytes(), 0, &mut Length::default());
        assert_eq!(found.map(|found| super::place(found.kind, found.start, found.end)), place, "{text}");
        assert_eq!(found.map(|found| found.after), place.map(|_| lexer.at), "{text}");
        place.map(|_| lexer.at)
    }

    #[test]
    fn plain_text_ends_at_the_first_special_byte() {
        for length in 0..80 {
            for special in [b'"', b'\\', 0, 0x1f, b'\n'] {
                let mut bytes = vec![b'a'; length];
                bytes.push(special);
                bytes.extend_from_slice("\"\\é\u{7f}".as_bytes());
                for from in 0..=length {
                    assert_eq!(plain_end(&bytes, from), length);
                }
            }
            let plain = "é\u{7f}".repeat(length);
            assert_eq!(plain_end(plain.as_bytes(), 0), plain.len());
        }
    }

    #[test]
    fn numbers_end_where_json_says() {
        let check = |text: &str, expected: Option<usize>| {
            for after in ["", ",", "}", " x", "\n"] {
                let text = format!("{text}{after}");
                assert_eq!(both(&text), expected, "{text}");
            }
        };
        for number in [
            "0",
            "-0",
            "7",
            "-7",
            "1234567890",
            "0.5",
            "-0.25",
            "346.8",
            "1e5",
            "1E-5",
            "1.5e+10",
            "0e0",
            "1234567890123456789012345678901",
            "12345678901234567890123456789012",
            "1.23456789012345678901234567890",
            "1.234567890123456789012345678901",
            "123456789012345678901234567890.5",
            "-1234567890123456789012345678901e5",
        ] {
            check(number, Some(number.len()));
        }
        // What follows the number is not its business.
        check("01", Some(1));
        check("-00.5", Some(2));
        for wrong in ["-", "1.", "-.5", "1.e5", "1e", "1e+", "-e"] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn plain_scalars_are_read_as_all_are(scalar in scalar(), after in "[,}x\" ]{0,2}", cut in any::<prop::sample::Index>()) {
            prop_assert_eq!(both(&format!("{scalar},{after}")), Some(scalar.len()));
            both(&format!("{scalar}{after}"));
            both(&scalar[..scalar.floor_char_boundary(cut.index(scalar.len()))]);
        }
    }
}
