//! Where in the file something stands.

use toml::de::{DeTable, DeValue};

/// A syntax error with its line and column.
pub(super) fn located(text: &str, error: &toml::de::Error) -> String {
    let Some(span) = error.span() else { return error.message().to_owned() };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line} column {column}: {}", error.message())
}

/// ` line 3`, where a dotted key stands there; nothing for one that is not in the file.
pub(super) fn line_of(text: &str, key: &str) -> String {
    let start = DeTable::parse(text).ok().and_then(|table| start_of(table.get_ref(), key));
    let before = start.and_then(|start| text.get(..start));
    before.map_or_else(String::new, |before| format!(" line {}", before.matches('\n').count() + 1))
}

/// Where a dotted key begins. Names that operators choose may have dots themselves.
fn start_of(table: &DeTable<'_>, key: &str) -> Option<usize> {
    table.iter().find_map(|(name, value)| {
        let rest = key.strip_prefix(name.get_ref().as_ref())?;
        match (rest.strip_prefix('.'), value.get_ref()) {
            (None, _) if rest.is_empty() => Some(name.span().start),
            (Some(rest), DeValue::Table(inner)) => start_of(inner, rest),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_however_its_table_is_written() {
        let text = "a.b = 1\n# c\n[c] # d = 1\nd = { e = 1,\n f = 2 }\n[c.'g h']\n[\"i.j\"]\nk = '''\nl = 1\n'''\nl = 2\n[c2]\n";
        for (key, line) in [
            ("a", 1),
            ("a.b", 1),
            ("c", 3),
            ("c.d", 4),
            ("c.d.e", 4),
            ("c.d.f", 5),
            ("c.g h", 6),
            ("i.j", 7),
            ("i.j.k", 8),
            ("i.j.l", 11),
            ("c2", 12),
        ] {
            assert_eq!(line_of(text, key), format!(" line {line}"), "{key}");
        }
        for absent in ["", "b", "c.e", "a.b.c", "i", "i.j.", "c.d.e.f"] {
            assert_eq!(line_of(text, absent), "", "{absent}");
        }
        assert_eq!(line_of("[", "a"), "");
    }
}
