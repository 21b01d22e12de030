//! The path of a call, cut and decoded as “Path” in `docs/rules.md` says.

use std::borrow::Cow;

use smallvec::SmallVec;

/// One segment of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// As it came, still percent-encoded; never empty.
    pub raw: &'a str,
    /// Percent-decoded, the text that templates and identifier tests are held against.
    pub text: Cow<'a, str>,
}

/// The segments of a path. Most paths are short, so they live on the stack.
pub type Segments<'a> = SmallVec<[Segment<'a>; 10]>;

/// Cuts a path at `?` or `#` and into its segments: empty ones are dropped, each is percent-decoded, and
/// `%2F` stays inside its segment. Where the decoded path would not be valid UTF-8, every segment keeps its
/// raw text. An invalid escape such as `%zz` stands for itself.
#[must_use]
pub fn cut_path(path: &str) -> Segments<'_> {
    let mut segments = Segments::new();
    let mut encoded = false;
    let mut start = 0;
    let mut end = path.len();
    // One pass, since this stands on the way of every call. All four are ASCII, so every cut is between characters.
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'/' => {
                push(&mut segments, &path[start..at]);
                start = at + 1;
            }
            b'%' => encoded = true,
            b'?' | b'#' => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    push(&mut segments, &path[start..end]);
    if encoded {
        decode_all(&mut segments);
    }
    segments
}

#[inline]
fn push<'a>(segments: &mut Segments<'a>, raw: &'a str) {
    if !raw.is_empty() {
        segments.push(Segment { raw, text: Cow::Borrowed(raw) });
    }
}

/// Decodes every segment, or none where one would not be UTF-8.
fn decode_all(segments: &mut Segments<'_>) {
    let decoded: Option<SmallVec<[Cow<'_, str>; 10]>> = segments.iter().map(|segment| decode(segment.raw)).collect();
    for (segment, text) in segments.iter_mut().zip(decoded.into_iter().flatten()) {
        segment.text = text;
    }
}

/// Percent-decodes a segment; `None` where the result is not UTF-8.
fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    let bytes = raw.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| Some((hex(*bytes.get(at + 1)?)?, hex(*bytes.get(at + 2)?)?)));
        if let Some(Some((high, low))) = escaped {
            out.push(high << 4 | low);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &[&str]) {
        let texts: Vec<String> = cut_path(path).iter().map(|segment| segment.text.to_string()).collect();
        assert_eq!(texts, expected, "{path}");
    }

    #[test]
    fn paths_are_cut_and_decoded() {
        check("/", &[]);
        check("", &[]);
        check("/a/b/", &["a", "b"]);
        check("//a///b", &["a", "b"]);
        check("/a?b/c", &["a"]);
        check("/a#b/c", &["a"]);
        check("/a%20b/c%2Fd", &["a b", "c/d"]);
        check("/a%3Fb", &["a?b"]);
        check("/%zz/%4", &["%zz", "%4"]);
        check("/%e2%82%ac", &["€"]);
    }

    #[test]
    fn a_path_that_is_not_utf_8_keeps_its_raw_text_everywhere() {
        check("/a%20b/%ff", &["a%20b", "%ff"]);
    }

    #[test]
    fn the_raw_text_is_kept_beside_the_decoded() {
        let segments = cut_path("/caf%C3%A9");
        assert_eq!(segments[0].raw, "caf%C3%A9");
        assert_eq!(segments[0].text, "café");
    }
}
