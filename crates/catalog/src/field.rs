//! Reading the plain fields of a document: each gives its value, or a problem where the value is of the wrong kind.

use model::Day;

use crate::node::Node;
use crate::pointer::Pointer;
use crate::problem::Problems;

/// The longest summary that is kept, in characters.
const MAX_SUMMARY: usize = 200;

/// `true` or `false`; `None` where the field is absent.
pub(crate) fn flag(owner: &Node, at: &Pointer<'_>, key: &str, problems: &mut Problems) -> Option<bool> {
    match owner.get(key)? {
        Node::Null => None,
        Node::Bool(value) => Some(*value),
        other => {
            let kind = other.kind();
            problems.error(at.key(key), format!("`{key}` must be `true` or `false`, not {kind}; correct it"));
            None
        }
    }
}

/// A day, also given as a time, of which the date in UTC counts.
pub(crate) fn day(owner: &Node, at: &Pointer<'_>, key: &str, problems: &mut Problems) -> Option<Day> {
    let node = owner.get(key)?;
    let read = match node {
        Node::Null => return None,
        Node::Text(text) => parse_day(text.trim()),
        _ => None,
    };
    if read.is_none() {
        let kind = node.kind();
        let message = format!("`{key}` must be a date such as `2026-11-20`, not {kind}; correct it or take it out");
        problems.error(at.key(key), message);
    }
    read
}

fn parse_day(text: &str) -> Option<Day> {
    let of_time = || text.parse::<jiff::Timestamp>().ok();
    text.parse().ok().or_else(|| Some(Day::from(of_time()?.to_zoned(jiff::tz::TimeZone::UTC).date())))
}

/// A text that must be one; `None` where the field is absent or empty.
pub(crate) fn text(owner: &Node, at: &Pointer<'_>, key: &str, problems: &mut Problems) -> Option<String> {
    match owner.get(key)? {
        Node::Null => None,
        Node::Text(value) => Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
        other => {
            let kind = other.kind();
            problems.error(at.key(key), format!("`{key}` must be a text, not {kind}; put it in quotes or correct it"));
            None
        }
    }
}

/// A text for people, on one line. Nothing depends on it, so anything else than a plain value counts as none.
pub(crate) fn prose(owner: &Node, key: &str) -> Option<String> {
    let text = plain(owner.get(key)?)?;
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(MAX_SUMMARY) {
        line.truncate(end);
        line.push('…');
    }
    (!line.is_empty()).then_some(line)
}

/// A plain value as text, whatever its type: YAML makes numbers of what was meant as text.
pub(crate) fn plain(node: &Node) -> Option<String> {
    match node {
        Node::Text(value) | Node::Number(value) => Some(value.clone()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Null | Node::List(_) | Node::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(node: Node) -> Node {
        Node::Map(vec![("field".to_owned(), node)])
    }

    fn read_day(node: Node) -> Result<Option<String>, String> {
        let mut problems = Problems::new("f");
        let day = day(&owner(node), &Pointer::ROOT, "field", &mut problems);
        match problems.finish().pop() {
            Some(problem) => Err(problem.to_string()),
            None => Ok(day.map(|day| day.to_string())),
        }
    }

    #[test]
    fn a_day_is_a_date_or_a_time_in_utc() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read_day(Node::Text(text.to_owned())), Ok(Some(expected.to_owned())), "{text}");
        };
        check("2026-11-20", "2026-11-20");
        check(" 2026-11-20\n", "2026-11-20");
        check("2026-11-20T10:00:00Z", "2026-11-20");
        check("2026-11-20T23:30:00-05:00", "2026-11-21");
        check("2026-11-20 00:30:00.5+01:00", "2026-11-19");
        assert_eq!(read_day(Node::Null), Ok(None));
    }

    #[test]
    fn what_is_no_day_says_what_to_write() {
        for node in [
            Node::Text("soon".to_owned()),
            Node::Text("2026-02-30".to_owned()),
            Node::Text("20.11.2026".to_owned()),
            Node::Text("2026-11-20T10:00:00".to_owned()),
            Node::Number("20261120".to_owned()),
            Node::Bool(true),
            Node::List(Vec::new()),
        ] {
            let problem = read_day(node.clone()).unwrap_err();
            assert!(problem.contains("`f` at `/field`: `field` must be a date such as `2026-11-20`"), "{problem}");
        }
    }

    #[test]
    fn prose_is_one_line_and_not_endless() {
        let read = |node: Node| prose(&owner(node), "field");
        assert_eq!(read(Node::Text("  two\n lines ".to_owned())), Some("two lines".to_owned()));
        assert_eq!(read(Node::Text(" \n".to_owned())), None);
        assert_eq!(read(Node::Number("404".to_owned())), Some("404".to_owned()));
        assert_eq!(read(Node::Map(Vec::new())), None);
        assert_eq!(read(Node::Text("é".repeat(1000))).map(|line| line.chars().count()), Some(MAX_SUMMARY + 1));
    }
}
