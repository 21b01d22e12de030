//! A JSON array of records, written over as one record a line while it comes. Only the array itself is looked at: whether
//! each record is one is for the reader of lines to say.

/// What is wrong with an array, so that it can't be told where its records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// It has no end.
    NoEnd,
    /// Something follows its end.
    GoesOn,
    /// White space without end comes before it.
    NoBeginning,
}

/// How much white space may come before the first character, in bytes.
const LEADING: usize = 64 << 10;

/// The byte order mark, which some put before a text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Lines, or an array of which lines are made: elements become lines, line breaks within an element spaces; within a
/// string of one, where JSON allows none, other characters that JSON doesn't allow there either.
#[derive(Debug)]
pub(super) struct Unfold {
    state: State,
    /// White space so far, kept in case that lines come.
    leading: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing but white space has come.
    Undecided,
    /// It is no array.
    Lines,
    Array(Within),
    /// The array has ended.
    Ended,
}

/// Where in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Within {
    depth: usize,
    in_string: bool,
    /// After a backslash in a string.
    escaped: bool,
    /// Whether anything but white space has come since the bracket.
    begun: bool,
    /// Right after a comma between elements.
    after_comma: bool,
}

impl Default for Unfold {
    /// What may be an array.
    fn default() -> Self {
        Self { state: State::Undecided, leading: Vec::new() }
    }
}

impl Unfold {
    /// What is lines, whatever it looks like.
    pub(super) fn lines() -> Self {
        Self { state: State::Lines, leading: Vec::new() }
    }

    /// Only finds out whether it is an array, of bytes that somebody else takes in.
    pub(super) fn look(&mut self, bytes: &[u8]) {
        if self.state == State::Undecided && self.decide(bytes, &mut Vec::new()).is_err() {
            self.state = State::Lines;
        }
    }

    /// Whether it has turned out to be an array.
    pub(super) fn is_array(&self) -> bool {
        matches!(self.state, State::Array(_) | State::Ended)
    }

    /// Takes in the next bytes and appends what is made of them to `lines`.
    ///
    /// # Errors
    /// Something after the end of an array.
    pub(super) fn add(&mut self, mut bytes: &[u8], lines: &mut Vec<u8>) -> Result<(), Malformed> {
        if self.state == State::Undecided {
            bytes = self.decide(bytes, lines)?;
        }
        match &mut self.state {
            State::Undecided => Ok(()),
            State::Lines => {
                lines.extend_from_slice(bytes);
                Ok(())
            }
            State::Array(within) => match within.add(bytes, lines) {
                None => Ok(()),
                Some(rest) => {
                    self.state = State::Ended;
                    only_space(rest)
                }
            },
            State::Ended => only_space(bytes),
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// An array without end.
    pub(super) fn finish(&mut self, lines: &mut Vec<u8>) -> Result<(), Malformed> {
        match self.state {
            State::Undecided => lines.append(&mut self.leading),
            State::Array(_) => return Err(Malformed::NoEnd),
            State::Lines | State::Ended => {}
        }
        Ok(())
    }

    /// Finds out from the first character what comes. Returns what is left of the bytes then.
    fn decide<'a>(&mut self, bytes: &'a [u8], lines: &mut Vec<u8>) -> Result<&'a [u8], Malformed> {
        for (at, byte) in bytes.iter().enumerate() {
            let of_mark = MARK.get(self.leading.len()) == Some(byte) && MARK.starts_with(&self.leading);
            let in_mark = (1..MARK.len()).contains(&self.leading.len()) && MARK.starts_with(&self.leading);
            if *byte == b'[' && !in_mark {
                self.leading = Vec::new();
                self.state = State::Array(Within {
                    depth: 1,
                    in_string: false,
                    escaped: false,
                    begun: false,
                    after_comma: false,
                });
                return Ok(&bytes[at + 1..]);
            }
            if !of_mark && (in_mark || !is_space(*byte)) {
                lines.append(&mut self.leading);
                self.state = State::Lines;
                return Ok(&bytes[at..]);
            }
            if self.leading.len() >= LEADING {
                return Err(Malformed::NoBeginning);
            }
            self.leading.push(*byte);
        }
        Ok(&[])
    }
}

impl Within {
    /// Returns what follows the end of the array, once it has ended.
    fn add<'a>(&mut self, bytes: &'a [u8], lines: &mut Vec<u8>) -> Option<&'a [u8]> {
        lines.reserve(bytes.len());
        for (at, byte) in bytes.iter().enumerate() {
            let byte = match *byte {
                byte if self.in_string => self.string_byte(byte),
                byte if !self.begun && is_space(byte) => continue,
                b'"' => {
                    self.in_string = true;
                    b'"'
                }
                b'\n' | b'\r' => b' ',
                b'[' | b'{' => {
                    self.depth += 1;
                    *byte
                }
                b']' | b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        if self.after_comma {
                            // An element is missing, which a line has to say.
                            lines.push(b'\n');
                        }
                        return Some(&bytes[at + 1..]);
                    }
                    *byte
                }
                b',' if self.depth == 1 => b'\n',
                byte => byte,
            };
            self.begun = true;
            self.after_comma = byte == b'\n';
            lines.push(byte);
        }
        None
    }

    /// A byte within a string. What is escaped can't end it; a line break can't be part of it.
    fn string_byte(&mut self, byte: u8) -> u8 {
        let was_escaped = std::mem::take(&mut self.escaped);
        match byte {
            b'\n' => return b'\r',
            _ if was_escaped => {}
            b'"' => self.in_string = false,
            b'\\' => self.escaped = true,
            _ => {}
        }
        byte
    }
}

fn only_space(bytes: &[u8]) -> Result<(), Malformed> {
    if bytes.iter().all(|byte| is_space(*byte)) { Ok(()) } else { Err(Malformed::GoesOn) }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unfold<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, Malformed> {
        let (mut unfold, mut lines) = (Unfold::default(), Vec::new());
        for part in parts {
            unfold.add(part, &mut lines)?;
        }
        unfold.finish(&mut lines)?;
        Ok(lines)
    }

    fn lines(text: &str) -> Result<Vec<String>, Malformed> {
        let text = String::from_utf8(unfold([text.as_bytes()])?).unwrap_or_default();
        // As they are read: what follows the last line end is no line if it is nothing.
        Ok(text.split_terminator('\n').map(|line| line.trim().to_owned()).collect())
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(lines(text), Ok(expected.iter().map(|line| (*line).to_owned()).collect()), "{text:?}");
    }

    #[test]
    fn each_element_is_a_line() {
        check("[]", &[]);
        check(" [ \r\n ]\n", &[]);
        check("\u{feff}[1]", &["1"]);
        check("\u{feff} \n [1]", &["1"]);
        check(r#"[{"a":1},{"b":[2,{"c":3}]}]"#, &[r#"{"a":1}"#, r#"{"b":[2,{"c":3}]}"#]);
        check("[\n  {\n    \"a\": 1\n  },\n  {}\n]\n", &["{     \"a\": 1   }", "{}"]);
        check(r#"["],[\",\\",2]"#, &[r#""],[\",\\""#, "2"]);
    }

    #[test]
    fn a_fault_within_the_array_is_one_of_a_line() {
        check("[1,,2]", &["1", "", "2"]);
        check("[1,]", &["1", ""]);
        check("[1, ]", &["1", ""]);
        check("[,]", &["", ""]);
        check("[{} {}]", &["{} {}"]);
        check("[\"a\nb\",2]", &["\"a\rb\"", "2"]);
        check("[\"a\\\nb\",2]", &["\"a\\\rb\"", "2"]);
    }

    #[test]
    fn an_array_must_end_and_be_all_there_is() {
        for text in ["[", "[1", "[1,2\n", "[\"]", "[{", "[\"\\\"]", "[\"\\", "[{\"a\":[1,2}"] {
            assert_eq!(lines(text), Err(Malformed::NoEnd), "{text:?}");
        }
        for text in ["[]]", "[1]\n[2]", "[1] x", "[{]},1]"] {
            assert_eq!(lines(text), Err(Malformed::GoesOn), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_array_stays_as_it_is() {
        for text in ["", " \n\n", "{\"a\":[1]}\n{}\n", "\n\n{}", "\u{feff}{}", "x[1]", "\u{feff}"] {
            assert_eq!(unfold([text.as_bytes()]).as_deref(), Ok(text.as_bytes()), "{text:?}");
        }
        for half_a_mark in [&b"\xef[1]"[..], b"\xef\xbb[1]", b"\xef\xbb [1]", b" \xef\xbb\xbf[1]", b"\xef"] {
            assert_eq!(unfold([half_a_mark]).as_deref(), Ok(half_a_mark));
        }
    }

    #[test]
    fn white_space_without_end_is_refused() {
        let space = vec![b' '; LEADING + 1];
        assert_eq!(unfold([&*space, b"[1]"]), Err(Malformed::NoBeginning));
        assert_eq!(unfold([&space[2..], b"[1]"]).as_deref(), Ok(&b"1"[..]));
    }

    proptest! {
        #[test]
        fn it_makes_no_difference_in_which_pieces_an_array_comes(
            text in "(\u{feff})?[ \n]{0,3}[\\[\\]{}\",\\\\a\n 1]{0,60}", cuts in prop::collection::vec(0..70_usize, 0..8),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut parts = Vec::new();
            let mut from = 0;
            for cut in cuts {
                parts.push(&bytes[from..cut]);
                from = cut;
            }
            parts.push(&bytes[from..]);
            prop_assert_eq!(unfold(parts), unfold([bytes]));
        }
    }
}
