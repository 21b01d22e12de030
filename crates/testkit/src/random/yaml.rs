//! JSON values written as YAML in block style, as people write it: days, numbers and paths without quotes.

use serde_json::Value;

use super::dice::Dice;

/// The text of a document.
pub(super) fn write(dice: &mut Dice, value: &Value) -> String {
    let mut out = String::from(if dice.one_in(2) { "---\n# An API.\n" } else { "" });
    block(dice, value, 0, &mut out);
    out
}

fn block(dice: &mut Dice, value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                out.push_str(&format!("{indent}{}:", scalar(dice, key)));
                nested(dice, value, depth, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for value in list {
                out.push_str(&format!("{indent}-"));
                nested(dice, value, depth, out);
            }
        }
        scalar => out.push_str(&format!("{indent}{scalar}\n")),
    }
}

fn nested(dice: &mut Dice, value: &Value, depth: usize, out: &mut String) {
    let composite =
        value.as_object().is_some_and(|map| !map.is_empty()) || value.as_array().is_some_and(|list| !list.is_empty());
    if composite {
        out.push('\n');
        block(dice, value, depth + 1, out);
    } else {
        let text = value.as_str().map_or_else(|| value.to_string(), |text| scalar(dice, text));
        out.push_str(&format!(" {text}\n"));
    }
}

/// A text without quotes where it still reads as itself, or as what such a text is written as: `200`, `2026-11-20`.
fn scalar(dice: &mut Dice, text: &str) -> String {
    let version = text.contains('.') && !text.starts_with('/');
    let plain = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '/')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "/{}._-@".contains(letter))
        && !version
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text);
    match (plain, dice.below(4)) {
        (true, 0) if !text.contains('\'') => format!("'{text}'"),
        (true, 1..) => text.to_owned(),
        _ => Value::from(text).to_string(),
    }
}
