//! Growing the tree, with maps that are only needed for that.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use model::Catalog;

use super::squeezed::is_identifier;
use super::{Known, Literal, Matcher, NONE, Node, Squeezed, hash};
use crate::template::{Mixed, Pattern, Template};

#[derive(Default)]
pub(super) struct Builder {
    nodes: Vec<Growing>,
    children: HashMap<(u32, Pattern), u32>,
}

struct Growing {
    route: u32,
    parameter: u32,
    literals: Vec<(String, u32)>,
    mixed: Vec<(Mixed, u32)>,
    parent: u32,
}

impl Growing {
    fn under(parent: u32) -> Self {
        Self { route: NONE, parameter: NONE, literals: Vec::new(), mixed: Vec::new(), parent }
    }
}

impl Builder {
    pub(super) fn build(mut self, catalog: &Catalog) -> Matcher {
        self.nodes.push(Growing::under(NONE));
        let documented = catalog.routes.iter().enumerate().filter(|(_, route)| route.documented_until.is_none());
        let templates: Vec<(usize, Template)> =
            documented.map(|(index, route)| (index, Template::parse(&route.template))).collect();
        for (index, template) in &templates {
            self.add(*index, template);
        }
        let mut matcher = self.freeze();
        matcher.squeezed = Squeezed::new(&matcher, templates.iter().map(|(_, template)| template));
        matcher.known = Known::new(&matcher, templates.iter().map(|(_, template)| template));
        matcher
    }

    fn add(&mut self, index: usize, template: &Template) {
        let mut at = 0;
        for pattern in &template.segments {
            at = self.child(at, pattern);
        }
        let node = &mut self.nodes[at as usize];
        if node.route == NONE {
            node.route = narrow(index);
        }
    }

    fn child(&mut self, parent: u32, pattern: &Pattern) -> u32 {
        let key = (parent, pattern.clone());
        if let Some(child) = self.children.get(&key) {
            return *child;
        }
        let child = narrow(self.nodes.len());
        self.nodes.push(Growing::under(parent));
        let node = &mut self.nodes[parent as usize];
        match pattern {
            Pattern::Literal(text) => node.literals.push((text.clone(), child)),
            Pattern::Mixed(mixed) => node.mixed.push((mixed.clone(), child)),
            Pattern::Parameter => node.parameter = child,
        }
        self.children.insert(key, child);
        child
    }

    fn freeze(self) -> Matcher {
        let below = self.below();
        let hasher = FixedState::default();
        let mut matcher = Matcher {
            nodes: Vec::with_capacity(self.nodes.len()),
            literals: HashTable::new(),
            texts: String::new(),
            mixed: Vec::new(),
            hasher,
            squeezed: Squeezed::default(),
            known: Known::default(),
        };
        // Each text is kept once however many nodes have it, so that all stay close together.
        let mut places: HashMap<String, (u32, u32)> = HashMap::new();
        for (index, (mut node, below)) in self.nodes.into_iter().zip(below).enumerate() {
            let first = narrow(matcher.mixed.len());
            // Stable, so that of equals the one imported first stays first.
            node.mixed.sort_by_key(|(mixed, _)| std::cmp::Reverse(mixed.literal_chars()));
            matcher.mixed.append(&mut node.mixed);
            matcher.nodes.push(Node {
                route: node.route,
                parameter: node.parameter,
                mixed: (first, narrow(matcher.mixed.len())),
                literals: !node.literals.is_empty(),
                identifiers: node.literals.iter().any(|(text, _)| is_identifier(text)),
                below,
            });
            for (text, child) in node.literals {
                let place = *places.entry(text).or_insert_with_key(|text| matcher.keep(text));
                matcher.insert(narrow(index), place, child);
            }
        }
        matcher
    }

    /// For each node, how many segments the shortest and the longest route from there on have. Children come
    /// after their parents, so one pass from the end does it.
    fn below(&self) -> Vec<(u32, u32)> {
        let mut below: Vec<(u32, u32)> =
            self.nodes.iter().map(|node| if node.route == NONE { (NONE, 0) } else { (0, 0) }).collect();
        for index in (1..self.nodes.len()).rev() {
            let (shortest, longest) = below[index];
            if let Some(parent) = below.get_mut(self.nodes[index].parent as usize) {
                *parent = (parent.0.min(shortest.saturating_add(1)), parent.1.max(longest.saturating_add(1)));
            }
        }
        below
    }
}

impl Matcher {
    /// Keeps the text of a literal, and tells where.
    fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = narrow(self.texts.len());
        self.texts.push_str(text);
        (start, narrow(self.texts.len()))
    }

    fn insert(&mut self, parent: u32, (start, end): (u32, u32), child: u32) {
        let (hasher, texts) = (&self.hasher, &self.texts);
        let hash = |literal: &Literal| hash(hasher, literal.parent, literal.text(texts));
        let literal = Literal { parent, child, start, end };
        self.literals.insert_unique(hash(&literal), literal, hash);
    }
}

/// Indexes fit: a catalog of four thousand million nodes fits no memory.
fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
