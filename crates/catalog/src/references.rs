//! What the `$ref` of path items lead to within their document. Most of a document is skipped while it is read, so
//! it is read again for the places that are referred to and not known yet, and for nothing else.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::node::{Key, Node, Shape};
use crate::path_item::MAX_CHAIN;
use crate::pointer::{Pointer, parse_reference};

/// How deep in a document a path item may stand that is referred to. The parsers recurse on the way down.
const MAX_KEYS: usize = 100;

/// The path items of a document that others may refer to.
pub(crate) struct References<'a> {
    paths: HashMap<&'a str, &'a Node>,
    components: HashMap<&'a str, &'a Node>,
    /// What stands elsewhere, by its place as a JSON pointer; `None` where nothing does.
    elsewhere: HashMap<String, Option<Node>>,
}

impl<'a> References<'a> {
    /// Finds what is referred to. `read_again` reads the document for what is wanted and gives what it found with
    /// its place in the order of wanting; `None`, which ends the finding, where it can't be read.
    pub(crate) fn of(
        root: &'a Node,
        mut read_again: impl FnMut(&Wanted) -> Option<Vec<(usize, Node)>>,
    ) -> Option<Self> {
        let by_key = |node: Option<&'a Node>| -> HashMap<&'a str, &'a Node> {
            node.map_or(&[][..], Node::members).iter().map(|(key, node)| (key.as_str(), node)).collect()
        };
        let components = root.get("components").and_then(|components| components.get("pathItems"));
        let paths = by_key(root.get("paths"));
        let mut references = Self { paths, components: by_key(components), elsewhere: HashMap::new() };
        let known = references.paths.values().chain(references.components.values());
        let mut open: Vec<Vec<String>> = known.filter_map(|node| keys_of(node)).collect();
        // What is found may refer to more. A chain that needs more rounds is too long anyhow.
        for _ in 0..MAX_CHAIN {
            open.retain(|keys| keys.len() <= MAX_KEYS && references.find(keys).is_none());
            open.sort_unstable();
            open.dedup();
            if open.is_empty() {
                break;
            }
            let mut wanted = Wanted::default();
            // What stands inside of something else that is wanted has to wait for the next round.
            let (sought, mut waiting): (Vec<_>, Vec<_>) =
                open.into_iter().enumerate().partition(|(number, keys)| wanted.add(keys, *number));
            let places: HashMap<usize, String> =
                sought.into_iter().map(|(number, keys)| (number, written(&keys))).collect();
            references.elsewhere.extend(places.values().map(|place| (place.clone(), None)));
            for (number, node) in read_again(&wanted)? {
                waiting.extend(keys_of(&node).map(|keys| (number, keys)));
                if let Some(place) = places.get(&number) {
                    references.elsewhere.insert(place.clone(), Some(node));
                }
            }
            open = waiting.into_iter().map(|(_, keys)| keys).collect();
        }
        Some(references)
    }

    /// What a reference leads to and its place as a JSON pointer; an error in words where it leads nowhere.
    pub(crate) fn follow(&self, reference: &str) -> Result<(&Node, String), String> {
        if !reference.is_empty() && !reference.starts_with('#') {
            return Err(format!("`{reference}` leads to another file; bundle the documents into one before importing"));
        }
        let Some(keys) = parse_reference(reference) else {
            return Err(format!("`{reference}` is no JSON pointer; write it like `#/components/pathItems/name`"));
        };
        if keys.len() > MAX_KEYS {
            return Err(format!("`$ref` leads deeper than {MAX_KEYS} levels; move what it refers to further up"));
        }
        match self.find(&keys) {
            Some(Some(node)) => Ok((node, written(&keys))),
            Some(None) => Err(format!("`{reference}` leads nowhere; correct it or add what it refers to")),
            None => Err(format!(
                "`{reference}` stands inside too much else that is referred to; give it a place of its own"
            )),
        }
    }

    /// What stands at a place; `Some(None)` if nothing does, `None` if nobody looked yet.
    fn find(&self, keys: &[String]) -> Option<Option<&Node>> {
        let read = match keys {
            [paths, key] if paths == "paths" => self.paths.get(key.as_str()),
            [components, items, key] if components == "components" && items == "pathItems" => {
                self.components.get(key.as_str())
            }
            _ => None,
        };
        match read {
            Some(node) => Some(Some(node)),
            None => self.elsewhere.get(&written(keys)).map(Option::as_ref),
        }
    }
}

/// Where the `$ref` of a path item leads within its document.
fn keys_of(node: &Node) -> Option<Vec<String>> {
    match node.get("$ref")? {
        Node::Text(reference) => parse_reference(reference.trim()),
        _ => None,
    }
}

/// Keys as a JSON pointer.
fn written(keys: &[String]) -> String {
    keys.iter().map(|key| Pointer::ROOT.key(key).to_string()).collect()
}

/// Places of a document where path items are to be read, as a tree of keys; none stands inside another.
#[derive(Default)]
pub(crate) struct Wanted {
    below: BTreeMap<String, Wanted>,
    /// The number of the place, if it is one.
    number: Option<usize>,
}

impl Wanted {
    /// Adds a place; `false` if it stands inside another. Parents have to come before what stands inside of them.
    fn add(&mut self, keys: &[String], number: usize) -> bool {
        let mut at = self;
        for key in keys {
            if at.number.is_some() {
                return false;
            }
            at = at.below.entry(key.clone()).or_default();
        }
        at.number = Some(number);
        true
    }
}

/// Reads what is wanted: path items, each with the number of its place. The last counts of what is given twice.
impl<'de> DeserializeSeed<'de> for &Wanted {
    type Value = Vec<(usize, Node)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.number {
            Some(number) => Ok(vec![(number, Shape::PathItem.deserialize(deserializer)?)]),
            None => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for &Wanted {
    type Value = Vec<(usize, Node)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i128<E>(self, _: i128) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u128<E>(self, _: u128) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        for index in 0_usize.. {
            let more = match self.below.get(&index.to_string()) {
                Some(below) => list.next_element_seed(below)?.map(|mut nodes| found.append(&mut nodes)),
                None => list.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if more.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            match self.below.get(&key) {
                Some(below) => found.append(&mut map.next_value_seed(below)?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}
