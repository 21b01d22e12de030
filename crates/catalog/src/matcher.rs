//! Finding the route of a path, as “Matching” in `docs/rules.md` says.
//!
//! The routes form a tree with one level for each segment. At a node the literal child is tried first, then mixed
//! segments by how much literal text they have (of equals the one imported first), then the parameter; a branch that
//! fails further down is left for the next. As the level of a node is the number of segments before it, no node can be
//! come to twice with one path: the work is bounded by the size of the tree, whatever the path.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use model::{Catalog, Segments, cut_path};
use smallvec::SmallVec;

use crate::template::Mixed;

mod build;
mod known;
mod squeezed;
#[cfg(test)]
mod tests;

use known::Known;
use squeezed::{LOT, Squeezed};

/// No route, or no node.
const NONE: u32 = u32::MAX;

/// Finds routes. Made once for a catalog, then shared by all threads.
pub struct Matcher {
    nodes: Vec<Node>,
    literals: HashTable<Literal>,
    /// The texts of all literals, one after the other, none twice.
    texts: String,
    /// The mixed children of all nodes, those of one node side by side in the order in which they are tried.
    mixed: Vec<(Mixed, u32)>,
    hasher: FixedState,
    /// The answers to the most frequent questions.
    squeezed: Squeezed,
    /// And to most others.
    known: Known,
}

/// A place in the tree.
struct Node {
    /// The route that ends here, as an index into the catalog.
    route: u32,
    /// The child that any segment leads to.
    parameter: u32,
    /// Where its mixed children stand.
    mixed: (u32, u32),
    /// Whether it has literal children.
    literals: bool,
    /// Whether one of them looks like an identifier.
    identifiers: bool,
    /// How many segments the shortest and the longest route below have from here on.
    below: (u32, u32),
}

/// The child that one text leads to.
struct Literal {
    parent: u32,
    child: u32,
    start: u32,
    end: u32,
}

impl Literal {
    fn text<'a>(&self, texts: &'a str) -> &'a str {
        texts.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// What is yet to be tried at a node.
#[derive(Clone, Copy)]
enum Next {
    Literal,
    /// The mixed children from this one on.
    Mixed(u32),
    Parameter,
}

/// The child to go to, and what is left to try after it.
type Step = (u32, Option<Next>);

/// The answer depends on a segment that is not known.
struct Unsure;

/// What is known of a segment.
#[derive(Clone, Copy)]
enum Seen<'a> {
    /// Itself.
    Text(&'a str),
    /// That it is no literal of any route.
    NoLiteral,
    /// That it looks like an identifier: see [`squeezed::is_identifier`].
    Identifier,
}

impl Matcher {
    /// Builds the tree of the routes that are documented now.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        build::Builder::default().build(catalog)
    }

    /// The route that a path has, as an index into the routes of the catalog. The same as [`Matcher::match_segments`]
    /// of its segments, and several times as fast where the path is made of literals and parameters alone.
    #[must_use]
    #[inline]
    pub fn match_path(&self, path: &str) -> Option<usize> {
        match self.known.find(path) {
            Some(route) => Some(route as usize),
            None => self.match_segments(&cut_path(path)),
        }
    }

    /// Calls `each` with the route of every path, in their order: the same as [`Matcher::match_path`], and faster.
    pub fn match_paths(&self, paths: &[&str], mut each: impl FnMut(Option<usize>)) {
        for paths in paths.chunks(LOT) {
            let mut routes = [None; LOT];
            self.squeezed.find_all(paths, &mut routes);
            if routes.iter().take(paths.len()).any(Option::is_none) {
                self.match_others(paths, &mut routes);
            }
            routes.iter().take(paths.len()).for_each(|route| each(route.map(|route| route as usize)));
        }
    }

    /// Finds the routes of those paths that have none yet.
    fn match_others(&self, paths: &[&str], routes: &mut [Option<u32>; LOT]) {
        let (mut others, mut count) = ([""; LOT], 0);
        for (path, _) in paths.iter().zip(&*routes).filter(|(_, route)| route.is_none()) {
            if let Some(other) = others.get_mut(count) {
                *other = path;
            }
            count += 1;
        }
        let others = others.get(..count).unwrap_or_default();
        let mut left = others.iter();
        let mut unknown = routes.iter_mut().filter(|route| route.is_none());
        self.known.find_all(others, |known| {
            let path = left.next().copied().unwrap_or_default();
            if let Some(route) = unknown.next() {
                let walked = || self.match_segments(&cut_path(path)).and_then(|route| u32::try_from(route).ok());
                *route = known.or_else(walked);
            }
        });
    }

    /// The route that segments have, as an index into the routes of the catalog.
    #[must_use]
    pub fn match_segments(&self, segments: &Segments<'_>) -> Option<usize> {
        let text = |index: usize| segments.get(index).map_or(Seen::NoLiteral, |segment| Seen::Text(&segment.text));
        let found = self.walk(segments.len(), text);
        // A text is always known here.
        found.unwrap_or(None).map(|route| route as usize)
    }

    /// Walks the tree for a path of which some segments may be unknown but for one thing. Fails where the answer depends
    /// on what an unknown one is.
    fn walk<'s>(&self, count: usize, seen: impl Fn(usize) -> Seen<'s>) -> Result<Option<u32>, Unsure> {
        let Ok(count) = u32::try_from(count) else { return Ok(None) };
        // Where to go on when a branch fails. It grows by at most one entry a level.
        let mut untried: SmallVec<[(u32, u32, Next); 16]> = SmallVec::new();
        let (mut at, mut depth, mut next) = (0, 0, Next::Literal);
        loop {
            let Some(node) = self.nodes.get(at as usize) else { return Ok(None) };
            let left = count - depth;
            if left == 0 && node.route != NONE {
                return Ok(Some(node.route));
            }
            let step = if left < node.below.0.max(1) || left > node.below.1 {
                None
            } else {
                self.step(at, node, next, seen(depth as usize))?
            };
            match step {
                Some((child, then)) => {
                    if let Some(then) = then {
                        untried.push((at, depth, then));
                    }
                    (at, depth, next) = (child, depth + 1, Next::Literal);
                }
                None => match untried.pop() {
                    Some(place) => (at, depth, next) = place,
                    None => return Ok(None),
                },
            }
        }
    }

    /// The next child of a node that accepts a segment, and what is left to try after it, if anything.
    fn step(&self, at: u32, node: &Node, next: Next, segment: Seen<'_>) -> Result<Option<Step>, Unsure> {
        let parameter = (node.parameter != NONE).then_some(Next::Parameter);
        let (first, end) = node.mixed;
        let mut from = first;
        match next {
            Next::Literal => {
                if node.identifiers && matches!(segment, Seen::Identifier) {
                    return Err(Unsure);
                }
                if let Seen::Text(segment) = segment
                    && node.literals
                    && let Some(child) = self.literal(at, segment)
                {
                    return Ok(Some((child, if first < end { Some(Next::Mixed(first)) } else { parameter })));
                }
            }
            Next::Mixed(index) => from = index,
            Next::Parameter => from = end,
        }
        for index in from..end {
            let (Some((mixed, child)), Seen::Text(segment)) = (self.mixed.get(index as usize), segment) else {
                return Err(Unsure);
            };
            if mixed.matches(segment) {
                return Ok(Some((*child, if index + 1 < end { Some(Next::Mixed(index + 1)) } else { parameter })));
            }
        }
        Ok(parameter.map(|_| (node.parameter, None)))
    }

    fn literal(&self, parent: u32, text: &str) -> Option<u32> {
        let found = self.literals.find(hash(&self.hasher, parent, text), |literal| {
            literal.parent == parent && literal.text(&self.texts) == text
        });
        found.map(|literal| literal.child)
    }
}

fn hash(hasher: &FixedState, parent: u32, text: &str) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write_u32(parent);
    hasher.write(text.as_bytes());
    hasher.finish()
}
