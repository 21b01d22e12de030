//! JSON text to a value, without what a plain parser forgives: a key twice, bottomless nesting, endless text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{Problem, ProblemKind, at, quote};
use crate::read::{MAX_BYTES, MAX_DEPTH};

/// The value of `text`, with the problems of its form. No value if it isn't JSON at all.
pub(crate) fn parse(text: &[u8]) -> (Option<Value>, Vec<Problem>) {
    if text.len() > MAX_BYTES {
        let message = format!("the document has {} bytes and may have {MAX_BYTES}", text.len());
        return (None, vec![Problem::new(ProblemKind::TooLarge, "", message)]);
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut found = Found::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Node { depth: 0, pointer: String::new(), found: &mut found }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(value) => (Some(value), found.problems),
        Err(_) if found.too_deep => (None, vec![too_deep()]),
        Err(error) => {
            let problem = Problem::new(ProblemKind::Syntax, "", format!("this is not JSON: {error}"));
            (None, vec![problem])
        }
    }
}

/// The problem of a document that is nested too deep.
pub(crate) fn too_deep() -> Problem {
    Problem::new(ProblemKind::TooLarge, "", format!("the document is nested deeper than {MAX_DEPTH} levels"))
}

/// Whether `value` has at most [`MAX_DEPTH`] levels. Looks no deeper than that.
pub(crate) fn depth_is_fine(value: &Value) -> bool {
    fn fine(value: &Value, left: usize) -> bool {
        match value {
            Value::Array(items) => left > 0 && items.iter().all(|item| fine(item, left - 1)),
            Value::Object(members) => left > 0 && members.values().all(|member| fine(member, left - 1)),
            _ => true,
        }
    }
    fine(value, MAX_DEPTH)
}

/// How much of a key goes into the pointers of what it holds, in characters.
const LONGEST_KEY: usize = 200;

#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    too_deep: bool,
}

struct Node<'a> {
    depth: usize,
    pointer: String,
    found: &'a mut Found,
}

impl Node<'_> {
    fn enter<E: Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.found.too_deep = true;
            return Err(E::custom("nested too deep"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut items = Vec::new();
        loop {
            let pointer = at(&self.pointer, &items.len().to_string());
            let node = Node { depth: self.depth, pointer, found: &mut *self.found };
            match access.next_element_seed(node)? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            // A pointer is copied into each child: an endless key must not be.
            let shown: String = key.chars().take(LONGEST_KEY).collect();
            let pointer = at(&self.pointer, &shown);
            if members.contains_key(&key) {
                let message = format!("the key {} stands here twice; keep one", quote(&key));
                self.found.problems.push(Problem::new(ProblemKind::Duplicate, pointer.as_str(), message));
            }
            let node = Node { depth: self.depth, pointer, found: &mut *self.found };
            let member = access.next_value_seed(node)?;
            members.insert(key, member);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_seen_with_its_place() {
        let (value, problems) = parse(br#"{"a":{"b":1,"b":2}}"#);
        assert!(value.is_some());
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].pointer, "/a/b");
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse(deep.as_bytes()).1, vec![too_deep()]);
        let large = " ".repeat(MAX_BYTES + 1);
        assert_eq!(parse(large.as_bytes()).1[0].kind, ProblemKind::TooLarge);
        let fits = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        let value = parse(fits.as_bytes()).0.unwrap();
        assert!(depth_is_fine(&value));
        assert!(!depth_is_fine(&Value::Array(vec![value])));
    }

    #[test]
    fn what_is_not_json_says_where() {
        let (value, problems) = parse(b"{\n  \"a\": }");
        assert!(value.is_none());
        assert!(problems[0].message.contains("line 2"), "{}", problems[0].message);
        assert_eq!(parse(b"{} x").1[0].kind, ProblemKind::Syntax);
        assert_eq!(parse(b"\xff").1[0].kind, ProblemKind::Syntax);
    }

    #[test]
    fn a_byte_order_mark_is_no_error() {
        assert_eq!(parse(b"\xef\xbb\xbf{}").0, Some(Value::Object(Map::new())));
    }
}
