//! Comparing what the program says with what the reference expects, with a difference a person can read.

use serde_json::Value;

/// The health JSON without the observations' `reason`, which no rule spells out. Each has to have been there, as words.
#[must_use]
pub fn without_reasons(mut health: Value) -> Value {
    for observation in health["observations"].as_array_mut().into_iter().flatten() {
        let reason = observation.as_object_mut().and_then(|members| members.shift_remove("reason"));
        assert!(
            reason.as_ref().and_then(Value::as_str).is_some_and(|words| !words.is_empty()),
            "an observation has no reason: {observation}"
        );
    }
    health
}

/// The first difference between two JSON values, by its JSON pointer; the order of members does not matter.
#[must_use]
pub fn json_difference(expected: &Value, actual: &Value) -> Option<String> {
    difference_at("", expected, actual)
}

fn difference_at(pointer: &str, expected: &Value, actual: &Value) -> Option<String> {
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            let unexpected = right.keys().find(|key| !left.contains_key(*key));
            let inside = |(key, value): (&String, &Value)| match right.get(key) {
                Some(other) => difference_at(&format!("{pointer}/{key}"), value, other),
                None => Some(format!("`{pointer}/{key}` is missing")),
            };
            left.iter().find_map(inside).or_else(|| unexpected.map(|key| format!("`{pointer}/{key}` is not expected")))
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let inside = |(at, (value, other))| difference_at(&format!("{pointer}/{at}"), value, other);
            left.iter().zip(right).enumerate().find_map(inside)
        }
        (left, right) => (left != right).then(|| format!("at `{pointer}`: expected {left}, found {right}")),
    }
}

/// The first line in which two texts differ, byte for byte.
#[must_use]
pub fn text_difference(expected: &[u8], actual: &[u8]) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (mut left, mut right) =
        (expected.split_inclusive(|byte| *byte == b'\n'), actual.split_inclusive(|byte| *byte == b'\n'));
    let mut number = 0;
    loop {
        number += 1;
        let (one, other) = (left.next(), right.next());
        if one != other {
            let show = |line: Option<&[u8]>| line.map(|line| String::from_utf8_lossy(line).into_owned());
            return Some(format!("line {number}: expected {:?}, found {:?}", show(one), show(other)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        let expected = json!({"a": [1, {"b": 2}], "c": null});
        let check = |actual: Value, difference: Option<&str>| {
            assert_eq!(json_difference(&expected, &actual).as_deref(), difference);
        };
        check(json!({"c": null, "a": [1, {"b": 2}]}), None);
        check(json!({"a": [1, {"b": 3}], "c": null}), Some("at `/a/1/b`: expected 2, found 3"));
        check(json!({"a": [1, {"b": 2}]}), Some("`/c` is missing"));
        check(json!({"a": [1, {"b": 2}], "c": null, "d": 0}), Some("`/d` is not expected"));
        assert_eq!(text_difference(b"a\nb\n", b"a\nb\n"), None);
        let difference = text_difference(b"a\nb\n", b"a\nb\r\n");
        assert_eq!(difference.as_deref(), Some(r#"line 2: expected Some("b\n"), found Some("b\r\n")"#));
        assert_eq!(text_difference(b"a\n", b"").as_deref(), Some(r#"line 1: expected Some("a\n"), found None"#));
    }

    #[test]
    fn reasons_are_taken_out() {
        let health = json!({"observations": [{"key": "forbidden", "reason": "Critical on 2 of the last 3 days"}]});
        assert_eq!(without_reasons(health), json!({"observations": [{"key": "forbidden"}]}));
    }
}
