//! Path items: what stands under one key of `paths`, and what it refers to.

use crate::document::DocumentedOperation;
use crate::node::{Node, is_method};
use crate::operation::{Inherited, read_operation};
use crate::pointer::Pointer;
use crate::problem::Problems;
use crate::references::References;
use crate::server::base_paths;

/// How many references may lead from one path item to the next.
pub(crate) const MAX_CHAIN: usize = 32;

/// How many operations one path may have.
pub(crate) const MAX_METHODS: usize = 100;

/// An operation and the base paths that it has for itself, if any.
pub(crate) struct PlacedOperation {
    pub(crate) operation: DocumentedOperation,
    pub(crate) bases: Option<Vec<String>>,
    /// Where it stands, for a problem.
    pub(crate) location: String,
}

/// A path item, read.
pub(crate) struct PathItem {
    pub(crate) operations: Vec<PlacedOperation>,
    /// The base paths of the item, if it has its own.
    pub(crate) bases: Option<Vec<String>>,
}

/// A path item itself, or one that it refers to.
struct Layer<'a> {
    node: &'a Node,
    location: String,
}

/// Reads path items with those that they refer to.
pub(crate) struct PathItems<'a> {
    references: &'a References<'a>,
}

impl<'a> PathItems<'a> {
    pub(crate) fn of(references: &'a References<'a>) -> Self {
        Self { references }
    }

    /// Reads a path item; one that is `null` documents the path without operations.
    pub(crate) fn read(
        &self,
        node: &'a Node,
        at: &Pointer<'_>,
        inherited: &Inherited,
        problems: &mut Problems,
    ) -> PathItem {
        let layers = self.layers(node, at.to_string(), problems);
        let said = layers.iter().map(|layer| (layer.node, Pointer::written(&layer.location)));
        let inherited = inherited.for_path_item(said, problems);
        let mut item = PathItem { operations: Vec::new(), bases: None };
        for layer in &layers {
            let at = Pointer::written(&layer.location);
            let bases = base_paths(layer.node, &at, problems);
            item.bases = item.bases.or(bases);
            // What stands beside a reference goes before what it refers to.
            let from_before = item.operations.len();
            for (method, node, location) in operations(layer, problems) {
                let at = Pointer::written(&location);
                if item.operations.len() == MAX_METHODS {
                    problems.error(at, format!("a path may have at most {MAX_METHODS} operations; take some out"));
                    return item;
                }
                if let Some(operation) = read_operation(method, node, &at, &inherited, problems)
                    && item.operations[..from_before].iter().all(|other| other.operation.method != operation.method)
                {
                    let bases = base_paths(node, &at, problems);
                    item.operations.push(PlacedOperation { operation, bases, location });
                }
            }
        }
        item
    }

    /// The path item and those that its `$ref` leads to, one after the other.
    fn layers(&self, node: &'a Node, location: String, problems: &mut Problems) -> Vec<Layer<'a>> {
        let mut layers: Vec<Layer<'a>> = Vec::new();
        let mut next = Some(Layer { node, location });
        while let Some(layer) = next.take() {
            let at = Pointer::written(&layer.location);
            if !matches!(layer.node, Node::Map(_) | Node::Null) {
                let kind = layer.node.kind();
                problems.error(at, format!("a path item must be an object, not {kind}; correct it"));
                break;
            }
            if layers.iter().any(|before| before.location == layer.location) {
                let message = "the `$ref` of this path item leads back to itself; break the circle";
                problems.error(Pointer::written(&layers[0].location).key("$ref"), message);
                break;
            }
            if layers.len() == MAX_CHAIN {
                let message = format!("more than {MAX_CHAIN} `$ref` follow one another; refer to the last directly");
                problems.error(at.key("$ref"), message);
                break;
            }
            next = match self.target(layer.node) {
                Ok(target) => target,
                Err(message) => {
                    problems.error(at.key("$ref"), message);
                    None
                }
            };
            layers.push(layer);
        }
        layers
    }

    /// What the `$ref` of a path item leads to; an error in words where it leads nowhere.
    fn target(&self, node: &Node) -> Result<Option<Layer<'a>>, String> {
        let reference = match node.get("$ref") {
            None | Some(Node::Null) => return Ok(None),
            Some(Node::Text(reference)) => reference.trim(),
            Some(other) => return Err(format!("`$ref` must be a text, not {}; correct it", other.kind())),
        };
        let (node, location) = self.references.follow(reference)?;
        Ok(Some(Layer { node, location }))
    }
}

/// The operations that stand in a path item: method, what it says, and where.
fn operations<'a>(layer: &Layer<'a>, problems: &mut Problems) -> Vec<(&'a str, &'a Node, String)> {
    let at = Pointer::written(&layer.location);
    let mut operations = Vec::new();
    for (key, node) in layer.node.members() {
        if is_method(key) {
            operations.push((key.as_str(), node, at.key(key).to_string()));
        } else if key == "additionalOperations" {
            let at = at.key(key);
            if !matches!(node, Node::Map(_) | Node::Null) {
                let message = format!("`additionalOperations` must be an object, not {}; correct it", node.kind());
                problems.error(at, message);
            }
            operations.extend(node.members().iter().map(|(key, node)| (key.as_str(), node, at.key(key).to_string())));
        }
    }
    operations
}
