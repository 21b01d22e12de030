//! One operation of a document, with what it inherits from its path item and from the document.

use crate::document::DocumentedOperation;
use crate::field;
use crate::node::Node;
use crate::pointer::Pointer;
use crate::problem::Problems;

/// What holds for an operation that doesn't say otherwise itself.
#[derive(Clone, Default)]
pub(crate) struct Inherited {
    summary: Option<String>,
    internal: Option<bool>,
    company_scoped: Option<bool>,
}

impl Inherited {
    /// What a document says for all its operations, at its root or in its `info`.
    pub(crate) fn from_document(root: &Node, problems: &mut Problems) -> Self {
        let mut inherited = Self::default();
        let info_at = Pointer::ROOT.key("info");
        for (owner, at) in [(Some(root), Pointer::ROOT), (root.get("info"), info_at)] {
            if let Some(owner) = owner {
                inherited.add(owner, &at, problems);
            }
        }
        inherited
    }

    /// The same for the operations of a path item, whose layers say more, the first one first.
    pub(crate) fn for_path_item<'a>(
        &self,
        layers: impl Iterator<Item = (&'a Node, Pointer<'a>)>,
        problems: &mut Problems,
    ) -> Self {
        let mut own = Self::default();
        for (item, at) in layers {
            own.summary = own.summary.or_else(|| field::prose(item, "summary"));
            own.add(item, &at, problems);
        }
        Self {
            summary: own.summary.or_else(|| self.summary.clone()),
            internal: own.internal.or(self.internal),
            company_scoped: own.company_scoped.or(self.company_scoped),
        }
    }

    fn add(&mut self, owner: &Node, at: &Pointer<'_>, problems: &mut Problems) {
        let internal = field::flag(owner, at, "x-internal", problems);
        let company_scoped = field::flag(owner, at, "x-company-scoped", problems);
        self.internal = self.internal.or(internal);
        self.company_scoped = self.company_scoped.or(company_scoped);
    }
}

/// Reads the operation by `method`. One that is `null` is documented and says nothing.
pub(crate) fn read_operation(
    method: &str,
    node: &Node,
    at: &Pointer<'_>,
    inherited: &Inherited,
    problems: &mut Problems,
) -> Option<DocumentedOperation> {
    if !matches!(node, Node::Map(_) | Node::Null) {
        problems.error(at, format!("an operation must be an object, not {}; correct it", node.kind()));
        return None;
    }
    let mut flag = |key| field::flag(node, at, key, problems);
    let deprecated = flag("deprecated").unwrap_or(false);
    let internal = flag("x-internal").or(inherited.internal).unwrap_or(false);
    let company_scoped = flag("x-company-scoped").or(inherited.company_scoped).unwrap_or(true);
    Some(DocumentedOperation {
        method: method.to_ascii_uppercase(),
        summary: field::prose(node, "summary").or_else(|| inherited.summary.clone()),
        deprecated,
        deprecated_at: field::day(node, at, "x-deprecated-at", problems),
        sunset: field::day(node, at, "x-sunset", problems),
        replaced_by: field::text(node, at, "x-replaced-by", problems),
        internal,
        company_scoped,
    })
}
