//! Where in a document the reading stands, written as a JSON pointer (RFC 6901) only when a problem is told.

use std::fmt;

use model::cut_path;

/// A place in a document: the way down from its root, linked upwards so that it costs nothing to make.
#[derive(Clone, Copy)]
pub(crate) struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    token: Token<'a>,
}

#[derive(Clone, Copy)]
enum Token<'a> {
    Key(&'a str),
    Index(usize),
    Written(&'a str),
}

impl<'a> Pointer<'a> {
    /// The whole document.
    pub(crate) const ROOT: Pointer<'static> = Pointer { parent: None, token: Token::Index(0) };

    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), token: Token::Key(key) }
    }

    /// The place that a pointer written earlier leads to.
    pub(crate) fn written(pointer: &'a str) -> Self {
        Self { parent: Some(&Self::ROOT), token: Token::Written(pointer) }
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), token: Token::Index(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return Ok(()) };
        parent.fmt(f)?;
        match self.token {
            Token::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Token::Written(pointer) => f.write_str(pointer),
            Token::Index(index) => write!(f, "/{index}"),
        }
    }
}

/// The keys of a reference into the same document (`#/paths/~1users~1%7Bid%7D`), unescaped.
/// `None` where it leads to another file or isn't a pointer, and for the document as a whole.
pub(crate) fn parse_reference(reference: &str) -> Option<Vec<String>> {
    let fragment = reference.strip_prefix('#')?;
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    match fragment.strip_prefix('/') {
        // `%2F` belongs to a key, as most tools read it …
        Some(pointer) => Some(pointer.split('/').map(|token| unescape(&unescape_percent(token))).collect()),
        // … unless the pointer is escaped as a whole.
        None => Some(unescape_percent(fragment).strip_prefix('/')?.split('/').map(unescape).collect()),
    }
}

/// Decodes `%7B` and the like; what is no valid escape stays.
fn unescape_percent(token: &str) -> String {
    // Without a slash it is cut as one segment of a path is, but at `?` and `#`, which mean nothing here.
    let decode = |part: &str| cut_path(part).first().map_or_else(String::new, |part| part.text.clone().into_owned());
    token.split_inclusive(['?', '#']).fold(String::with_capacity(token.len()), |decoded, part| {
        let literal = part.trim_end_matches(['?', '#']);
        decoded + &decode(literal) + &part[literal.len()..]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_written_as_rfc_6901_says() {
        let paths = Pointer::ROOT.key("paths");
        let path = paths.key("/a~b/{id}");
        assert_eq!(Pointer::ROOT.to_string(), "");
        assert_eq!(path.index(3).to_string(), "/paths/~1a~0b~1{id}/3");
    }

    #[test]
    fn a_reference_is_read_with_both_of_its_escapes() {
        fn keys(keys: &[&str]) -> Option<Vec<String>> {
            Some(keys.iter().map(|key| (*key).to_owned()).collect())
        }
        assert_eq!(parse_reference("#/components/pathItems/x"), keys(&["components", "pathItems", "x"]));
        assert_eq!(parse_reference("#/paths/~1users~1%7Bid%7D"), keys(&["paths", "/users/{id}"]));
        assert_eq!(parse_reference("#/paths/~1a~01"), keys(&["paths", "/a~1"]));
        assert_eq!(parse_reference("#/paths/a?b"), keys(&["paths", "a?b"]));
        assert_eq!(parse_reference("#/x-a/%7E1b%7e0%3Fc?%20d##"), keys(&["x-a", "/b~?c? d##"]));
        assert_eq!(parse_reference("#/paths/%2Fa%2fb"), keys(&["paths", "/a/b"]));
        assert_eq!(parse_reference("#%2Fpaths%2F~1a%2525"), keys(&["paths", "/a%25"]));
        assert_eq!(parse_reference("#/x-a/100%/%ff/"), keys(&["x-a", "100%", "%ff", ""]));
        assert_eq!(parse_reference("#"), None);
        assert_eq!(parse_reference(""), None);
        assert_eq!(parse_reference("other.yaml#/paths/x"), None);
        assert_eq!(parse_reference("#name"), None);
    }
}
