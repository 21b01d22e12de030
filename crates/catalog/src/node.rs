//! The part of a document that is read: a small tree of the members in which the catalog takes an interest.
//!
//! Schemas, examples, responses and the like are skipped while parsing, so they cost no memory and their flaws
//! don't matter.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value of a document. JSON and YAML read to the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// `null`, or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as text.
    Number(String),
    /// A text.
    Text(String),
    /// A list with the elements that are read.
    List(Vec<Node>),
    /// An object with the members that are read, in the document's order, a key given twice twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The member `key` of an object; the last where it is given twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The members of an object, none of anything else.
    pub(crate) fn members(&self) -> &[(String, Node)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// What it is, in words for a message.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Bool(value) => format!("`{value}`"),
            Self::Number(value) | Self::Text(value) => {
                let cut: String = value.chars().take(40).collect();
                format!("`{cut}`{}", if cut.len() < value.len() { "…" } else { "" })
            }
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "an object".to_owned(),
        }
    }
}

/// What stands at a place of a document, and so which of its members are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The root.
    Document,
    Info,
    Components,
    /// `paths` and `components/pathItems`.
    Paths,
    PathItem,
    /// `additionalOperations` of OpenAPI 3.2: operations by any method.
    MoreOperations,
    Operation,
    Servers,
    Server,
    Variables,
    Variable,
    /// A list of values: the `enum` of a server variable.
    Values,
    /// A plain value; of a list or an object only that it is one.
    Value,
}

/// The methods that a path item can have as members.
pub(crate) const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Whether a member of a path item is an operation. Spelled in capitals it is one too, for kindness.
pub(crate) fn is_method(key: &str) -> bool {
    METHODS.iter().any(|method| key.eq_ignore_ascii_case(method))
}

impl Shape {
    /// What the member `key` of an object at this place is; `None` where it is not read.
    fn member(self, key: &str) -> Option<Self> {
        match (self, key) {
            (Self::Document, "info") => Some(Self::Info),
            (Self::Document, "paths") => Some(Self::Paths),
            (Self::Document, "components") => Some(Self::Components),
            (Self::Document, "openapi" | "swagger" | "basePath") | (Self::Info, "title" | "version") => {
                Some(Self::Value)
            }
            (Self::Components, "pathItems") => Some(Self::Paths),
            (Self::Document | Self::PathItem | Self::Operation, "servers") => Some(Self::Servers),
            (Self::PathItem, "$ref") | (Self::PathItem | Self::Operation, "summary") => Some(Self::Value),
            (Self::PathItem, "additionalOperations") => Some(Self::MoreOperations),
            (Self::PathItem, key) if is_method(key) => Some(Self::Operation),
            (Self::Operation, "deprecated" | "x-deprecated-at" | "x-sunset" | "x-replaced-by")
            | (Self::Document | Self::Info | Self::PathItem | Self::Operation, "x-internal" | "x-company-scoped") => {
                Some(Self::Value)
            }
            (Self::Paths, key) => (!key.starts_with("x-")).then_some(Self::PathItem),
            (Self::MoreOperations, key) => (!key.starts_with("x-")).then_some(Self::Operation),
            (Self::Server, "url") | (Self::Variable, "default") => Some(Self::Value),
            (Self::Server, "variables") => Some(Self::Variables),
            (Self::Variables, _) => Some(Self::Variable),
            (Self::Variable, "enum") => Some(Self::Values),
            _ => None,
        }
    }

    /// What the elements of a list at this place are; `None` where they are not read.
    fn element(self) -> Option<Self> {
        match self {
            Self::Servers => Some(Self::Server),
            Self::Values => Some(Self::Value),
            _ => None,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        // `{:?}` keeps the `.0` of `2.0`.
        Ok(Node::Number(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        if let Some(shape) = self.element() {
            while let Some(element) = list.next_element_seed(shape)? {
                elements.push(element);
            }
        } else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(Node::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            match self.member(&key) {
                Some(shape) => {
                    let node = map.next_value_seed(shape)?;
                    add_member(&mut members, key, node, matches!(shape, Self::Paths | Self::Components));
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Node::Map(members))
    }
}

/// Adds a member. Two sections of one name are brought together, since either may hold what is looked for.
fn add_member(members: &mut Vec<(String, Node)>, key: String, node: Node, section: bool) {
    let earlier = members.iter_mut().find(|(name, _)| section && *name == key);
    match (earlier, node) {
        (Some((_, Node::Map(before))), Node::Map(mut after)) => before.append(&mut after),
        (_, node) => members.push((key, node)),
    }
}

/// The key of a member. YAML has keys that are no texts; those read as one that nobody asks for.
pub(crate) struct Key(pub(crate) String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Shape::Value.deserialize(deserializer)? {
            Node::Text(key) | Node::Number(key) => Self(key),
            Node::Bool(key) => Self(key.to_string()),
            Node::Null | Node::List(_) | Node::Map(_) => Self("x-".to_owned()),
        })
    }
}
