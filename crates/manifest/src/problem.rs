//! What is wrong with a manifest, and where.

use serde::Serialize;

/// One thing that is wrong, with the place of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Where in the document, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// Which rule it breaks, for programs.
    pub kind: ProblemKind,
}

/// The rule that a [`Problem`] breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The text isn't JSON.
    Syntax,
    /// The document is over a bound of size or depth.
    TooLarge,
    /// A key twice in one object, or the same item twice in a list.
    Duplicate,
    /// A key the format doesn't know.
    UnknownKey,
    /// A value of the wrong JSON type.
    WrongType,
    /// Something that must be there isn't.
    Missing,
    /// A value outside the permitted ones, or not of the required form.
    InvalidValue,
    /// A text that is too long, or too many items.
    TooLong,
    /// A URL that breaks a rule for URLs.
    InvalidUrl,
    /// A URL names a parameter that isn't declared.
    UnknownParameter,
    /// A view key that the platform doesn't have.
    UnknownView,
    /// A tool key that the platform doesn't have.
    UnknownTool,
    /// A level of access that the tool doesn't offer.
    LevelNotOffered,
    /// Two parts of the manifest that don't go together.
    Combination,
}

/// Something left out or changed while reading a document of another format. Nothing to mend, good to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Where in the document that was read, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What became of it.
    pub message: String,
}

impl Problem {
    /// A problem of `kind` at `pointer`.
    pub(crate) fn new(kind: ProblemKind, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), kind }
    }
}

impl Notice {
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

/// The pointer of the member `key` of the object at `base`.
pub(crate) fn at(base: &str, key: &str) -> String {
    let mut pointer = String::with_capacity(base.len() + key.len() + 1);
    pointer.push_str(base);
    pointer.push('/');
    for character in key.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
    pointer
}

/// Whether `pointer` is `base` or within it.
pub(crate) fn within(pointer: &str, base: &str) -> bool {
    pointer.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `pointer` and the places it is within, innermost first.
pub(crate) fn upwards(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |place| place.rsplit_once('/').map(|(parent, _)| parent))
}

/// `text` in backticks, cut to a length that fits a sentence.
pub(crate) fn quote(text: &str) -> String {
    const MOST: usize = 80;
    let shown: String = text.chars().take(MOST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let more = if text.chars().nth(MOST).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_as_rfc_6901_says() {
        assert_eq!(at("/a", "b/c~d"), "/a/b~1c~0d");
        assert_eq!(at("", ""), "/");
    }

    #[test]
    fn a_pointer_is_within_its_parents_only() {
        assert!(within("/a/b", "/a"));
        assert!(within("/a", "/a"));
        assert!(within("/a", ""));
        assert!(!within("/ab", "/a"));
    }

    #[test]
    fn upwards_ends_at_the_whole() {
        assert_eq!(upwards("/a/b").collect::<Vec<_>>(), ["/a/b", "/a", ""]);
        assert_eq!(upwards("").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn quotes_are_cut_and_printable() {
        assert_eq!(quote("a\nb"), "`a\u{fffd}b`");
        assert_eq!(quote(&"x".repeat(81)), format!("`{}…`", "x".repeat(80)));
    }
}
