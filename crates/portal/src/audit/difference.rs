//! What was different after, made readable of two JSON texts.

use serde_json::{Map, Value};

use crate::figures::shorten;

/// How much of a value is shown; exports hold all of it.
const LONGEST: usize = 160;

/// How many fields of one entry are shown.
const MOST: usize = 40;

/// How deep fields are looked into.
const DEEP: usize = 3;

/// One field that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its name; parts of parts with a dot between: `owner.name`. Empty where a value is all there is.
    pub(crate) field: String,
    /// What was there.
    pub(crate) before: Option<String>,
    /// What is there now.
    pub(crate) after: Option<String>,
}

/// What is told of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Fields that changed, came or went.
    pub(crate) changes: Vec<Change>,
    /// Fields that stayed: name and value.
    pub(crate) same: Vec<(String, String)>,
    /// How many more fields there are.
    pub(crate) more: usize,
}

/// The difference between what was there before and what is there now; `name_of` gives names in place of ids.
pub(crate) fn difference(
    before: Option<&str>,
    after: Option<&str>,
    name_of: impl Fn(&str) -> Option<String>,
) -> Difference {
    let (before, after) = (fields(before), fields(after));
    let told = |value: &Value| told(value, &name_of);
    let mut difference = Difference::default();
    let names =
        before.iter().chain(after.iter().filter(|(name, _)| get(&before, name).is_none())).map(|(name, _)| name);
    for (at, name) in names.enumerate() {
        let (old, new) = (get(&before, name), get(&after, name));
        if at >= MOST {
            difference.more += 1;
        } else if let (Some(old), Some(new)) = (old, new)
            && old == new
        {
            difference.same.push((name.clone(), told(new)));
        } else {
            let change = Change { field: name.clone(), before: old.map(told), after: new.map(told) };
            difference.changes.push(change);
        }
    }
    difference
}

fn get<'a>(fields: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The fields of a JSON text; of one that is no object, or no JSON, one without a name.
fn fields(text: Option<&str>) -> Vec<(String, Value)> {
    let Some(text) = text else { return Vec::new() };
    let mut found = Vec::new();
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => flatten("", object, DEEP, &mut found),
        Ok(value) => found.push((String::new(), value)),
        Err(_) => found.push((String::new(), Value::String(text.to_owned()))),
    }
    found
}

fn flatten(prefix: &str, object: Map<String, Value>, deep: usize, found: &mut Vec<(String, Value)>) {
    for (name, value) in object {
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            Value::Object(inner) if deep > 1 && !inner.is_empty() => flatten(&name, inner, deep - 1, found),
            value => found.push((name, value)),
        }
    }
}

/// A value as people read it.
fn told(value: &Value, name_of: impl Fn(&str) -> Option<String>) -> String {
    let text = match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => name_of(text).unwrap_or_else(|| text.clone()),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            if items.is_empty() { "none".to_owned() } else { items.join(", ") }
        }
        other => other.to_string(),
    };
    if text.is_empty() { "empty".to_owned() } else { shorten(&text, LONGEST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: Option<&str>, after: Option<&str>, expected: &[&str]) {
        let difference = difference(before, after, |id| (id == "7").then(|| "Anna".to_owned()));
        let change = |it: &Change| {
            format!("{}: {} > {}", it.field, it.before.as_deref().unwrap_or("-"), it.after.as_deref().unwrap_or("-"))
        };
        let same = difference.same.iter().map(|(name, value)| format!("{name}: {value}"));
        let told: Vec<String> = difference.changes.iter().map(change).chain(same).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn fields_that_changed_come_and_go_are_told_apart_from_those_that_stayed() {
        check(
            Some(r#"{"role":"member","person":"7","old":1}"#),
            Some(r#"{"role":"admin","person":"7","new":[]}"#),
            &["role: member > admin", "old: 1 > -", "new: - > none", "person: Anna"],
        );
        check(None, Some(r#"{"name":"Roof"}"#), &["name: - > Roof"]);
        check(None, None, &[]);
    }

    #[test]
    fn fields_of_fields_have_a_dot() {
        check(
            Some(r#"{"a":{"b":{"c":{"d":1}}},"e":{}}"#),
            Some(r#"{"a":{"b":{"c":{"d":2}}},"e":{"f":true}}"#),
            &[r#"a.b.c: {"d":1} > {"d":2}"#, "e: {} > -", "e.f: - > yes"],
        );
    }

    #[test]
    fn whatever_is_no_object_is_told_as_it_is() {
        check(Some("3"), Some("no json"), &[": 3 > no json"]);
        check(Some(r#"["a","b"]"#), Some(r#""""#), &[": a, b > empty"]);
        check(None, Some("[[1]]"), &[": - > [[1]]"]);
    }

    #[test]
    fn a_page_does_not_grow_with_what_an_entry_holds() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
        let told = difference(None, Some(&long), |_| None);
        assert_eq!(told.changes[0].after.as_ref().unwrap().chars().count(), LONGEST);
        let many: Map<String, Value> = (0..100).map(|n| (format!("f{n}"), Value::from(n))).collect();
        let told = difference(None, Some(&Value::Object(many).to_string()), |_| None);
        assert_eq!((told.changes.len(), told.more), (MOST, 60));
        let deep = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
        assert_eq!(difference(Some(&deep), None, |_| None).changes.len(), 1);
    }
}
