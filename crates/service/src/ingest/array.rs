//! A JSON array of records, written over in place as one record a line. Only the array itself is looked at: whether each
//! record is one is for the reader of lines to say.

/// What is wrong with an array, so that it can't be told where its records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// It has no end.
    NoEnd,
    /// Something follows its end.
    GoesOn,
}

/// Whether what comes is a JSON array.
pub(super) fn is_array(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().find(|byte| !is_space(**byte)) == Some(&b'[')
}

/// Makes lines of the elements of an array. Line breaks within an element become spaces; within a string of one, where
/// JSON allows none, other characters that JSON doesn't allow there either.
///
/// # Errors
/// An array without end, or with something after it.
pub(super) fn to_lines(bytes: &mut Vec<u8>) -> Result<(), Malformed> {
    let Some(start) = bytes.iter().position(|byte| *byte == b'[') else { return Ok(()) };
    bytes[..=start].fill(b' ');
    let (mut depth, mut in_string, mut end) = (1_usize, false, None);
    let mut at = start + 1;
    while let Some(byte) = bytes.get_mut(at) {
        match *byte {
            b'\n' if in_string => *byte = b'\r',
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                // What is escaped can't end the string; a line break is left to be found.
                at += usize::from(bytes.get(at + 1).is_some_and(|next| *next != b'\n'));
            }
            _ if in_string => {}
            b'\n' | b'\r' => *byte = b' ',
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    end = Some(at);
                    break;
                }
            }
            b',' if depth == 1 => *byte = b'\n',
            _ => {}
        }
        at += 1;
    }
    let end = end.ok_or(Malformed::NoEnd)?;
    if !bytes[end + 1..].iter().all(|byte| is_space(*byte)) {
        return Err(Malformed::GoesOn);
    }
    bytes.truncate(end);
    if bytes.iter().all(|byte| *byte == b' ' || *byte == b'\t') {
        bytes.clear();
    }
    Ok(())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<Vec<String>, Malformed> {
        let mut bytes = text.as_bytes().to_vec();
        to_lines(&mut bytes)?;
        let text = String::from_utf8(bytes).unwrap_or_default();
        Ok(if text.is_empty() { Vec::new() } else { text.split('\n').map(|line| line.trim().to_owned()).collect() })
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(lines(text), Ok(expected.iter().map(|line| (*line).to_owned()).collect()), "{text:?}");
    }

    #[test]
    fn each_element_is_a_line() {
        check("[]", &[]);
        check(" [ \r\n ]\n", &[]);
        check("\u{feff}[1]", &["1"]);
        check(r#"[{"a":1},{"b":[2,{"c":3}]}]"#, &[r#"{"a":1}"#, r#"{"b":[2,{"c":3}]}"#]);
        check("[\n  {\n    \"a\": 1\n  },\n  {}\n]\n", &["{     \"a\": 1   }", "{}"]);
        check(r#"["],[\",\\",2]"#, &[r#""],[\",\\""#, "2"]);
    }

    #[test]
    fn a_fault_within_the_array_is_one_of_a_line() {
        check("[1,,2]", &["1", "", "2"]);
        check("[1,]", &["1", ""]);
        check("[{} {}]", &["{} {}"]);
        check("[\"a\nb\",2]", &["\"a\rb\"", "2"]);
        check("[\"a\\\nb\",2]", &["\"a\\\rb\"", "2"]);
    }

    #[test]
    fn an_array_must_end_and_be_all_there_is() {
        for text in ["[", "[1", "[1,2\n", "[\"]", "[{]", "[\"\\\"]", "[\"\\"] {
            assert_eq!(lines(text), Err(Malformed::NoEnd), "{text:?}");
        }
        for text in ["[]]", "[1]\n[2]", "[1] x", "[{]},1]"] {
            assert_eq!(lines(text), Err(Malformed::GoesOn), "{text:?}");
        }
    }

    #[test]
    fn an_array_is_told_by_its_first_character() {
        for (text, expected) in [("[", true), (" \r\n\t[", true), ("\u{feff}[1", true), ("{[", false), ("", false)] {
            assert_eq!(is_array(text.as_bytes()), expected, "{text:?}");
        }
    }
}
