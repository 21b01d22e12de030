//! Where in the file something stands.

/// A syntax error with its line and column.
pub(super) fn located(text: &str, error: &toml::de::Error) -> String {
    let Some(span) = error.span() else { return error.message().to_owned() };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line} column {column}: {}", error.message())
}

/// The line of a dotted key, found by its last part (within its table, where that stands by itself).
pub(super) fn line_of(text: &str, key: &str) -> Option<usize> {
    let (table, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut inside = table.is_empty();
    let named =
        |line: &str, name: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
    text.lines()
        .position(|line| {
            let line = line.trim();
            if let Some(header) = line.strip_prefix('[') {
                let header = header.trim_matches(['[', ']', ' ']);
                inside = header == table;
                return header == key;
            }
            (inside && named(line, last)) || named(line, key)
        })
        .map(|index| index + 1)
}
