//! Just enough YAML to write a document: block style, every text quoted as JSON does.

use std::fmt::Write;

use serde_json::Value;

/// The value as a YAML document.
pub(super) fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

/// Writes a value whose line has just begun, or an object or array on lines of its own.
fn block(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                indent(depth, out);
                append(out, format_args!("{}:", Value::from(key.as_str())));
                nested(field, depth, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                indent(depth, out);
                out.push('-');
                nested(item, depth, out);
            }
        }
        scalar => append(out, format_args!("{scalar}\n")),
    }
}

fn nested(value: &Value, depth: usize, out: &mut String) {
    let empty = value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    if (value.is_object() || value.is_array()) && !empty {
        out.push('\n');
        block(value, depth + 1, out);
    } else {
        append(out, format_args!(" {value}\n"));
    }
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Writing to a `String` cannot fail.
fn append(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_arrays_and_scalars_read_as_yaml() {
        let value = json!({ "a": { "b": [1, { "c": true }], "d": {} }, "e": "x: y" });
        let expected = "\"a\":\n  \"b\":\n    - 1\n    -\n      \"c\": true\n  \"d\": {}\n\"e\": \"x: y\"\n";
        assert_eq!(to_yaml(&value), expected);
    }
}
