//! The fields that a scan picks out, compiled from their paths.

use std::sync::Arc;

/// How many fields one scan can pick out.
pub(crate) const MAX_SLOTS: usize = 64;

/// One wanted field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u8);

impl Slot {
    /// Every field that there may be.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..MAX_SLOTS).filter_map(|index| u8::try_from(index).ok()).map(Self)
    }

    #[inline]
    pub(super) fn mask(self) -> u64 {
        1 << (self.0 & 63)
    }

    #[inline]
    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// One step of a path to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value of a key.
    Key(String),
    /// The value of a key whose letters may be in either case, as in the names of headers.
    AnyCase(String),
    /// The value of an attribute in OpenTelemetry's lists: `[{"key": …, "value": {"stringValue": …}}]`.
    Attribute(String),
}

/// The position of a node in its tree.
pub(super) type NodeId = u32;

/// Wanted fields by path. In a tree that looks into arrays, the first element stands for the array.
#[derive(Clone, Debug)]
pub(crate) struct FieldTree {
    nodes: Vec<Node>,
    slots: usize,
    into_arrays: bool,
    /// Tells this tree from others; the same in clones.
    identity: Arc<()>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The field that ends here, if any.
    pub(super) slot: Option<Slot>,
    /// All fields that end here or below.
    pub(super) mask: u64,
    keys: KeyTable,
    any_case: Vec<(Box<str>, NodeId)>,
    attributes: Vec<(Box<str>, NodeId)>,
}

impl FieldTree {
    /// A tree without fields.
    pub(crate) fn new(into_arrays: bool) -> Self {
        Self { nodes: vec![Node::default()], slots: 0, into_arrays, identity: Arc::new(()) }
    }

    /// Adds a field and returns where its values will be found; the same place for the same path. `None` when
    /// there are already [`MAX_SLOTS`].
    pub(crate) fn add(&mut self, path: &[Step]) -> Option<Slot> {
        self.identity = Arc::new(());
        let mut visited = vec![0];
        let mut at = 0;
        for step in path {
            at = self.child_or_new(at, step)?;
            visited.push(at);
        }
        let existing = self.nodes.get(at as usize)?.slot;
        let slot = match existing {
            Some(slot) => slot,
            None if self.slots == MAX_SLOTS => return None,
            None => {
                let slot = Slot(u8::try_from(self.slots).ok()?);
                self.slots += 1;
                slot
            }
        };
        for id in visited {
            self.nodes.get_mut(id as usize)?.mask |= slot.mask();
        }
        self.nodes.get_mut(at as usize)?.slot = Some(slot);
        Some(slot)
    }

    fn child_or_new(&mut self, parent: NodeId, step: &Step) -> Option<NodeId> {
        let new = NodeId::try_from(self.nodes.len()).ok()?;
        let node = self.nodes.get_mut(parent as usize)?;
        let list = match step {
            Step::Key(key) => {
                if let Some(child) = node.keys.find_text(key) {
                    return Some(child);
                }
                node.keys.insert(key, new);
                self.nodes.push(Node::default());
                return Some(new);
            }
            Step::AnyCase(_) => &mut node.any_case,
            Step::Attribute(_) => &mut node.attributes,
        };
        let (Step::Key(name) | Step::AnyCase(name) | Step::Attribute(name)) = step;
        let in_any_case = matches!(step, Step::AnyCase(_));
        let is_same = |known: &str| known == name || (in_any_case && known.eq_ignore_ascii_case(name));
        if let Some((_, child)) = list.iter().find(|(known, _)| is_same(known)) {
            return Some(*child);
        }
        list.push((name.as_str().into(), new));
        self.nodes.push(Node::default());
        Some(new)
    }

    pub(super) fn root(&self) -> Option<&Node> {
        self.nodes.first()
    }

    #[inline]
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// What is equal for clones of a tree and for no others.
    #[inline]
    pub(super) fn identity(&self) -> &Arc<()> {
        &self.identity
    }

    /// Whether values are looked for by the names of attributes.
    pub(super) fn knows_attributes(&self) -> bool {
        self.nodes.iter().any(Node::has_attributes)
    }

    /// Whether the first element of an array stands for the array.
    #[inline]
    pub(super) fn looks_into_arrays(&self) -> bool {
        self.into_arrays
    }
}

impl Node {
    /// The child under the key that stands in `bytes` from `start` to `end`.
    #[inline]
    pub(super) fn child(&self, bytes: &[u8], start: usize, end: usize) -> Option<NodeId> {
        let found = self.keys.find(bytes, start, end);
        if found.is_none() && !self.any_case.is_empty() {
            self.child_in_any_case(bytes.get(start..end)?)
        } else {
            found
        }
    }

    #[cold]
    fn child_in_any_case(&self, key: &[u8]) -> Option<NodeId> {
        let mut children = self.any_case.iter();
        children.find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(key)).map(|(_, child)| *child)
    }

    /// The child that stands for an attribute of this name.
    pub(super) fn attribute(&self, name: &str) -> Option<NodeId> {
        self.attributes.iter().find(|(known, _)| **known == *name).map(|(_, child)| *child)
    }

    /// Whether an array here is a list of attributes.
    pub(super) fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }
}

/// Keys of an object in an open-addressed table of at most a quarter full, compared by length and words of eight
/// bytes, so that most keys cost one or two comparisons.
#[derive(Clone, Debug, Default)]
struct KeyTable {
    entries: Vec<Option<KeyEntry>>,
    count: usize,
}

#[derive(Clone, Debug)]
struct KeyEntry {
    /// The first eight bytes.
    head: u64,
    /// The next eight.
    middle: u64,
    length: usize,
    /// What follows those.
    tail: Box<[u8]>,
    child: NodeId,
}

impl KeyTable {
    fn find_text(&self, key: &str) -> Option<NodeId> {
        self.find(key.as_bytes(), 0, key.len())
    }

    #[inline]
    fn find(&self, bytes: &[u8], start: usize, end: usize) -> Option<NodeId> {
        let mask = self.entries.len().wrapping_sub(1);
        let length = end - start;
        let head = word(bytes, start, length);
        let mut at = hash(head, length);
        loop {
            let entry = self.entries.get(at & mask)?.as_ref()?;
            if entry.head == head
                && entry.length == length
                && (length <= 8 || word(bytes, start + 8, length - 8) == entry.middle)
                && (length <= 16 || bytes.get(start + 16..end) == Some(&*entry.tail))
            {
                return Some(entry.child);
            }
            at += 1;
        }
    }

    fn insert(&mut self, key: &str, child: NodeId) {
        let (bytes, length) = (key.as_bytes(), key.len());
        let tail = bytes.get(16..).unwrap_or_default().into();
        let (head, middle) = (word(bytes, 0, length), word(bytes, 8, length.saturating_sub(8)));
        let entry = KeyEntry { head, middle, length, tail, child };
        self.count += 1;
        if self.count * 4 > self.entries.len() {
            let size = (self.count * 8).next_power_of_two();
            let old = std::mem::replace(&mut self.entries, vec![None; size]);
            old.into_iter().flatten().for_each(|entry| self.place(entry));
        }
        self.place(entry);
    }

    fn place(&mut self, entry: KeyEntry) {
        let mask = self.entries.len().wrapping_sub(1);
        let mut at = hash(entry.head, entry.length);
        while let Some(slot) = self.entries.get_mut(at & mask) {
            if slot.is_none() {
                *slot = Some(entry);
                return;
            }
            at += 1;
        }
    }
}

/// Up to eight bytes of a key as a number: those from `start` on, of which `length` belong to it.
#[inline]
fn word(bytes: &[u8], start: usize, length: usize) -> u64 {
    match bytes.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) if length >= 8 => u64::from_le_bytes(*chunk),
        Some(chunk) => u64::from_le_bytes(*chunk) & ((1 << (length * 8)) - 1),
        None => {
            let key = bytes.get(start..start + length).unwrap_or_default();
            key.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
        }
    }
}

#[inline]
fn hash(head: u64, length: usize) -> usize {
    ((head ^ (length as u64)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn keys_are_found_and_others_not() {
        let names = [
            "",
            "a",
            "time",
            "app",
            "environment",
            "environmenT",
            "company_header",
            "company_headex",
            "exactly8",
            "exactly_sixteen_",
            "seventeen_letters",
            "seventeen_letterz",
        ];
        let mut tree = FieldTree::new(false);
        let slots: Vec<Slot> = names.iter().map(|name| tree.add(&[key(name)]).unwrap()).collect();
        let root = tree.root().unwrap();
        for (name, slot) in names.iter().zip(&slots) {
            let padded = format!("{name}\"and more text");
            let child = root.child(padded.as_bytes(), 0, name.len()).unwrap();
            assert_eq!(tree.node(child).unwrap().slot, Some(*slot));
            assert_eq!(root.child(name.as_bytes(), 0, name.len()), Some(child));
        }
        for other in ["tim", "time_", "environmen", "exactly88", "b"] {
            assert_eq!(root.child(other.as_bytes(), 0, other.len()), None, "{other}");
        }
    }

    #[test]
    fn a_path_given_twice_is_one_field_and_there_are_at_most_64() {
        let mut tree = FieldTree::new(false);
        let first = tree.add(&[key("a"), key("b")]);
        assert_eq!(tree.add(&[key("a"), key("b")]), first);
        for n in 1..64 {
            assert!(tree.add(&[key(&n.to_string())]).is_some());
        }
        assert_eq!(tree.add(&[key("one too many")]), None);
        assert_eq!(tree.add(&[key("a"), key("b")]), first);
    }

    #[test]
    fn attributes_that_differ_in_case_are_two() {
        let mut tree = FieldTree::new(false);
        let slots = ["App.Id", "app.id"].map(|name| tree.add(&[Step::Attribute(name.to_owned())]).unwrap());
        let root = tree.root().unwrap();
        let slot_of = |name: &str| tree.node(root.attribute(name).unwrap()).unwrap().slot.unwrap();
        assert_eq!(["App.Id", "app.id"].map(slot_of), slots);
    }

    #[test]
    fn header_names_are_found_in_any_case() {
        let mut tree = FieldTree::new(true);
        tree.add(&[Step::AnyCase("Company-Id".to_owned())]);
        let root = tree.root().unwrap();
        assert!(root.child(b"company-id", 0, 10).is_some());
        assert!(root.child(b"COMPANY-ID", 0, 10).is_some());
        assert!(root.child(b"company_id", 0, 10).is_none());
    }
}
