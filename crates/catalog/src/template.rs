//! Path templates: `/projects/{project_id}/report-{date}.pdf` cut into what each segment accepts.

use model::cut_path;

/// What one segment of a template accepts. Names of parameters play no part, so equal patterns are the same route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Pattern {
    /// Just this text, decoded.
    Literal(String),
    /// Text and parameters.
    Mixed(Mixed),
    /// Anything.
    Parameter,
}

/// A segment with a parameter beside text, or with several parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mixed {
    /// The texts before, between and after the parameters; empty where two parameters touch or the segment begins
    /// or ends with one. One more than parameters, so at least two.
    texts: Vec<String>,
}

impl Mixed {
    /// How much literal text it has, in characters.
    pub(crate) fn literal_chars(&self) -> usize {
        self.texts.iter().map(|text| text.chars().count()).sum()
    }

    /// Whether `segment` is these texts in this order with at least one character for every parameter.
    ///
    /// The first text stands at the start and the last at the end; those between are sought leftmost, which leaves
    /// the most room for what follows, so that no way needs to be tried twice.
    pub(crate) fn matches(&self, segment: &str) -> bool {
        let [first, between @ .., last] = self.texts.as_slice() else { return false };
        let Some(rest) = segment.strip_prefix(first.as_str()) else { return false };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else { return false };
        for text in between {
            let Some(parameter) = rest.chars().next() else { return false };
            let after = &rest[parameter.len_utf8()..];
            let Some(found) = after.find(text.as_str()) else { return false };
            rest = &after[found + text.len()..];
        }
        !rest.is_empty()
    }
}

/// A template, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// What its segments accept; the identity of a route.
    pub(crate) segments: Vec<Pattern>,
    /// The normalized route, with parameters as `:name` and all other text as it was written, but for control
    /// characters, which are percent-encoded: routes stand in reports and on terminals.
    pub(crate) text: String,
}

impl Template {
    /// Reads a template: cut at `?` or `#` and into segments like a path; `{name}` is a parameter, a brace without
    /// its partner is text; text is percent-decoded unless the template would not be UTF-8 then.
    pub(crate) fn parse(template: &str) -> Self {
        let segments: Vec<Vec<Piece<'_>>> =
            cut(template).split('/').filter(|segment| !segment.is_empty()).map(pieces).collect();
        let decodes = segments.iter().flatten().all(|piece| match piece {
            Piece::Text(text) => decode(text).is_some(),
            Piece::Parameter(_) => true,
        });
        let text = segments.iter().map(|pieces| normalized(pieces)).collect::<String>();
        Self {
            segments: segments.iter().map(|pieces| pattern(pieces, decodes)).collect(),
            text: if text.is_empty() { "/".to_owned() } else { text },
        }
    }
}

/// The normalized route of a template: `/projects/{id}/` gives `/projects/:id`.
#[must_use]
pub fn normalize(template: &str) -> String {
    Template::parse(template).text
}

/// The template as it is kept: without query and fragment.
pub(crate) fn without_query(template: &str) -> String {
    let path = cut(template);
    if path.is_empty() { "/" } else { path }.to_owned()
}

/// The template up to its query or fragment. `{?page}` and `{#part}` of URI templates are such, too.
fn cut(template: &str) -> &str {
    let path = template.split(['?', '#']).next().unwrap_or_default();
    if path.len() < template.len() { path.strip_suffix('{').unwrap_or(path) } else { path }
}

#[derive(Clone, Copy)]
enum Piece<'a> {
    /// Literal text, never empty; two never touch.
    Text(&'a str),
    /// The name of a parameter.
    Parameter(&'a str),
}

/// Cuts a segment at its parameters. Of `{{id}` only the inner brace opens one.
fn pieces(segment: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut text_from = 0;
    let mut open = None;
    for (at, byte) in segment.bytes().enumerate() {
        match (byte, open) {
            (b'{', _) => open = Some(at),
            (b'}', Some(from)) => {
                if text_from < from {
                    pieces.push(Piece::Text(&segment[text_from..from]));
                }
                pieces.push(Piece::Parameter(&segment[from + 1..at]));
                text_from = at + 1;
                open = None;
            }
            _ => {}
        }
    }
    if text_from < segment.len() {
        pieces.push(Piece::Text(&segment[text_from..]));
    }
    pieces
}

fn normalized(pieces: &[Piece<'_>]) -> String {
    let mut text = String::from("/");
    for piece in pieces {
        match piece {
            Piece::Text(literal) => push_printable(&mut text, literal),
            Piece::Parameter(name) => {
                text.push(':');
                push_printable(&mut text, name);
            }
        }
    }
    text
}

/// Appends text with its control characters percent-encoded.
fn push_printable(route: &mut String, text: &str) {
    for character in text.chars() {
        if character.is_control() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                route.push_str(&format!("%{byte:02X}"));
            }
        } else {
            route.push(character);
        }
    }
}

fn pattern(pieces: &[Piece<'_>], decodes: bool) -> Pattern {
    let literal = |text: &str| if decodes { decode(text) } else { None }.unwrap_or_else(|| text.to_owned());
    match pieces {
        [Piece::Text(text)] => Pattern::Literal(literal(text)),
        [Piece::Parameter(_)] => Pattern::Parameter,
        _ => {
            let mut texts = vec![String::new()];
            for piece in pieces {
                match piece {
                    Piece::Text(text) => {
                        if let Some(last) = texts.last_mut() {
                            *last = literal(text);
                        }
                    }
                    Piece::Parameter(_) => texts.push(String::new()),
                }
            }
            Pattern::Mixed(Mixed { texts })
        }
    }
}

/// Percent-decodes literal text with the rules that hold for paths; `None` where the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    // A text holds no `/`, `?` or `#`, so it is one segment.
    let decoded = cut_path(text).first()?.text.clone().into_owned();
    let escapes = text.as_bytes().windows(3).any(|w| w[0] == b'%' && w[1..].iter().all(u8::is_ascii_hexdigit));
    // A valid escape gets shorter by decoding; one that is still there was kept because it is not UTF-8.
    (!escapes || decoded.len() < text.len()).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Pattern {
        Pattern::Literal(text.to_owned())
    }

    fn mixed(texts: &[&str]) -> Pattern {
        Pattern::Mixed(Mixed { texts: texts.iter().map(|text| (*text).to_owned()).collect() })
    }

    fn check(template: &str, text: &str, segments: &[Pattern]) {
        let read = Template::parse(template);
        assert_eq!(read.text, text, "{template}");
        assert_eq!(read.segments, segments, "{template}");
        assert_eq!(normalize(template), text);
    }

    #[test]
    fn a_template_is_cut_like_a_path() {
        check("/", "/", &[]);
        check("", "/", &[]);
        check("/a/b/", "/a/b", &[literal("a"), literal("b")]);
        check("//a//{x}", "/a/:x", &[literal("a"), Pattern::Parameter]);
        check("a/{x}", "/a/:x", &[literal("a"), Pattern::Parameter]);
    }

    #[test]
    fn a_template_ends_at_its_query_or_fragment() {
        check("/a?b={b}", "/a", &[literal("a")]);
        check("/a#create", "/a", &[literal("a")]);
        check("/a{?page,size}", "/a", &[literal("a")]);
        check("/a/{id}{#part}", "/a/:id", &[literal("a"), Pattern::Parameter]);
        check("/#Action=List", "/", &[]);
    }

    #[test]
    fn a_segment_may_mix_text_and_parameters() {
        check("/{id}.pdf", "/:id.pdf", &[mixed(&["", ".pdf"])]);
        check("/report-{date}", "/report-:date", &[mixed(&["report-", ""])]);
        check("/{a}..{b}", "/:a..:b", &[mixed(&["", "..", ""])]);
        check("/{a}{b}", "/:a:b", &[mixed(&["", "", ""])]);
        check("/x{a}y{b}z", "/x:ay:bz", &[mixed(&["x", "y", "z"])]);
    }

    #[test]
    fn a_brace_without_a_partner_is_text() {
        check("/{a", "/{a", &[literal("{a")]);
        check("/a}", "/a}", &[literal("a}")]);
        check("/{a/b}", "/{a/b}", &[literal("{a"), literal("b}")]);
        check("/{{a}}", "/{:a}", &[mixed(&["{", "}"])]);
        check("/}{", "/}{", &[literal("}{")]);
        check("/{}", "/:", &[Pattern::Parameter]);
    }

    #[test]
    fn control_characters_are_matched_but_never_shown() {
        check("/a\u{1b}[2J/{x\n}", "/a%1B[2J/:x%0A", &[literal("a\u{1b}[2J"), Pattern::Parameter]);
        check("/\u{9b}31m", "/%C2%9B31m", &[literal("\u{9b}31m")]);
    }

    #[test]
    fn text_is_decoded_to_match_and_kept_to_show() {
        check("/a%20b/{x}%2Fc", "/a%20b/:x%2Fc", &[literal("a b"), mixed(&["", "/c"])]);
        check("/%7Bx%7D", "/%7Bx%7D", &[literal("{x}")]);
        check("/100%/%zz", "/100%/%zz", &[literal("100%"), literal("%zz")]);
        check("/caf%C3%A9/ü", "/caf%C3%A9/ü", &[literal("café"), literal("ü")]);
        check("/a%20b/%ff", "/a%20b/%ff", &[literal("a%20b"), literal("%ff")]);
        check("/a%20b/{x}%ff", "/a%20b/:x%ff", &[literal("a%20b"), mixed(&["", "%ff"])]);
    }

    #[test]
    fn parameters_take_at_least_one_character_each() {
        let matches = |template: &str, segment: &str| match Template::parse(template).segments.as_slice() {
            [Pattern::Mixed(mixed)] => mixed.matches(segment),
            other => panic!("{other:?}"),
        };
        assert!(matches("{id}.pdf", "7.pdf"));
        assert!(matches("{id}.pdf", ".pdf.pdf"));
        assert!(!matches("{id}.pdf", ".pdf"));
        assert!(!matches("{id}.pdf", "7.pdfs"));
        assert!(!matches("aba{x}ba", "ababa"));
        assert!(matches("aba{x}ba", "abaéba"));
        assert!(matches("{a}{b}", "é€"));
        assert!(!matches("{a}{b}", "é"));
        assert!(matches("{a}..{b}", "1..2"));
        assert!(matches("{a}..{b}", "....."));
        assert!(!matches("{a}..{b}", "..2"));
        assert!(!matches("{a}..{b}", "1.."));
        assert!(matches("{a}-{b}-{c}.x", "1-2-3-4.x"));
        assert!(!matches("{a}-{b}-{c}.x", "1-2.x"));
    }

    proptest::proptest! {
        #[test]
        fn a_template_without_parameters_matches_what_a_path_of_its_text_is(text in "[/ab%C3A92fé.?#]{0,20}") {
            let path: Vec<_> = cut_path(&text).iter().map(|segment| literal(&segment.text)).collect();
            proptest::prop_assert_eq!(Template::parse(&text).segments, path);
        }
    }
}
