//! The routes of paths that need no walk through the tree.
//!
//! Most segments that stand for a parameter are numbers and the like, which no route has as a literal. All paths that
//! are alike but for such segments have one route: nowhere in the tree does such a segment lead to a literal child,
//! each parameter accepts it, and paths that come by a mixed segment are left to the tree. So for every template the
//! route is found out once, with its parameters unknown. A path is looked up by the segments that may be literals,
//! and those are compared in full: no answer rests on a hash.

use std::collections::HashMap;

use super::Matcher;
use crate::template::{Pattern, Template};

/// The most segments that a path may have to be known.
const MOST: usize = 16;

/// Stands for a segment that is no literal of any route.
const PARAMETER: u32 = u32::MAX;

const ONES: u64 = 0x0101_0101_0101_0101;
const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const ODD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f];

/// See the module.
#[derive(Default)]
pub(super) struct Known {
    /// A bit for each [`Piece::sign`] that a literal has; a power of two of them.
    signs: Vec<u64>,
    literals: Vec<Literal>,
    /// Numbers of literals, and [`PARAMETER`].
    items: Vec<u32>,
    /// A power of two of them, half of them free at least.
    places: Vec<Place>,
}

/// A literal of any route.
struct Literal {
    piece: Piece,
    text: Box<str>,
}

/// A template with its route.
#[derive(Clone, Copy, Default)]
struct Place {
    hash: u32,
    route: u32,
    /// Where its segments stand in `items`.
    start: u32,
    /// How many there are and one more; 0 in a free place.
    count: u32,
}

/// What can be told of a segment at a glance. It is all of a segment of up to 16 bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Piece {
    /// The first eight bytes; of fewer those, zeros after.
    first: u64,
    /// The last eight bytes; of fewer the same as `first`.
    last: u64,
    /// How long it is.
    length: usize,
}

impl Known {
    /// Finds out what the tree says of each template.
    pub(super) fn new<'a>(tree: &Matcher, templates: impl Iterator<Item = &'a Template> + Clone) -> Self {
        let mut known = Self::default();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for pattern in templates.clone().flat_map(|template| &template.segments) {
            if let Pattern::Literal(text) = pattern {
                numbers.entry(text).or_insert_with(|| {
                    let piece = Piece::of(text.as_bytes(), 0, text.len());
                    known.literals.push(Literal { piece, text: text.as_str().into() });
                    u32::try_from(known.literals.len() - 1).unwrap_or(PARAMETER)
                });
            }
        }
        known.signs = vec![0; known.literals.len().next_power_of_two().clamp(1 << 4, 1 << 11)];
        for literal in &known.literals {
            let (word, bit) = literal.piece.sign(known.signs.len());
            known.signs[word] |= bit;
        }
        known.places = vec![Place::default(); (templates.clone().count() * 4).next_power_of_two()];
        for template in templates {
            known.add(tree, template, &numbers);
        }
        known
    }

    fn add(&mut self, tree: &Matcher, template: &Template, numbers: &HashMap<&str, u32>) {
        let item = |pattern: &Pattern| match pattern {
            Pattern::Literal(text) => numbers.get(text.as_str()).copied(),
            Pattern::Parameter => Some(PARAMETER),
            Pattern::Mixed(_) => None,
        };
        let items: Option<Vec<u32>> = template.segments.iter().map(item).collect();
        let Some(items) = items.filter(|items| items.len() <= MOST) else { return };
        let text = |index: usize| match template.segments.get(index) {
            Some(Pattern::Literal(text)) => Some(text.as_str()),
            _ => None,
        };
        let Ok(Some(route)) = tree.walk(items.len(), text) else { return };
        let hash = items.iter().fold(0, |hash, item| {
            let literal = self.literals.get(*item as usize);
            joined(hash, literal.map_or(0, |literal| literal.piece.hash()))
        });
        let (Ok(start), Ok(count)) = (u32::try_from(self.items.len()), u32::try_from(items.len() + 1)) else { return };
        let mask = self.places.len() - 1;
        let hash = finished(hash);
        let mut at = hash as usize;
        while let Some(place) = self.places.get_mut(at & mask) {
            if place.count == 0 {
                *place = Place { hash, route, start, count };
                break;
            }
            at += 1;
        }
        self.items.extend(items);
    }

    /// The route of a path, where it needs no walk through the tree.
    #[inline]
    pub(super) fn find(&self, path: &str) -> Option<u32> {
        let bytes = path.as_bytes();
        let mut pieces = [(Piece::default(), 0); MOST];
        let (mut count, mut hash, mut start) = (0, 0, 0);
        let mut add = |start: usize, end: usize| {
            if start < end {
                let piece = Piece::of(bytes, start, end);
                let (word, bit) = piece.sign(self.signs.len());
                let may_be_literal = self.signs.get(word).is_some_and(|bits| bits & bit != 0);
                hash = joined(hash, if may_be_literal { piece.hash() } else { 0 });
                if let Some(place) = pieces.get_mut(count) {
                    *place = (if may_be_literal { piece } else { Piece::default() }, start);
                }
                count += 1;
            }
        };
        let mut chunk = 0;
        'path: loop {
            let mut special = special_bytes(word(bytes, chunk));
            while special != 0 {
                let at = chunk + (special.trailing_zeros() / 8) as usize;
                match bytes.get(at) {
                    Some(b'/') => {
                        add(start, at);
                        start = at + 1;
                    }
                    Some(b'%') => return None,
                    // `?`, `#`, or beyond the end.
                    _ => {
                        add(start, at.min(bytes.len()));
                        break 'path;
                    }
                }
                special &= special - 1;
            }
            chunk += 8;
        }
        self.look_up(finished(hash), pieces.get(..count)?, bytes)
    }

    fn look_up(&self, hash: u32, pieces: &[(Piece, usize)], path: &[u8]) -> Option<u32> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize;
        loop {
            let place = self.places.get(at & mask).filter(|place| place.count != 0)?;
            let (start, count) = (place.start as usize, place.count as usize - 1);
            if place.hash == hash && count == pieces.len() {
                let items = self.items.get(start..start + count)?;
                if items.iter().zip(pieces).all(|(item, piece)| self.is_item(*item, piece, path)) {
                    return Some(place.route);
                }
            }
            at += 1;
        }
    }

    /// Whether a segment of the path is as an item says.
    #[inline]
    fn is_item(&self, item: u32, (piece, start): &(Piece, usize), path: &[u8]) -> bool {
        match self.literals.get(item as usize) {
            Some(literal) => {
                literal.piece == *piece
                    && (piece.length <= 16
                        || path.get(*start..start + piece.length).is_some_and(|text| *text == *literal.text.as_bytes()))
            }
            None => piece.length == 0,
        }
    }
}

impl Piece {
    /// What stands from `start` to `end`.
    #[inline]
    fn of(bytes: &[u8], start: usize, end: usize) -> Self {
        let length = end - start;
        let first = word(bytes, start);
        if length >= 8 {
            return Self { first, last: word(bytes, end - 8), length };
        }
        let first = first & ((1 << (length * 8)) - 1);
        Self { first, last: first, length }
    }

    /// The place of a bit among `words` words, alike for segments with the same first bytes, last byte and length.
    #[inline]
    fn sign(&self, words: usize) -> (usize, u64) {
        let last = self.last >> (8 * (self.length.clamp(1, 8) - 1));
        let mixed = (self.first & 0xffff | last << 16 | (self.length as u64) << 24).wrapping_mul(ODD[0]) >> 40;
        ((mixed >> 6) as usize & (words - 1), 1 << (mixed & 63))
    }

    #[inline]
    fn hash(&self) -> u64 {
        let product = u128::from(self.first ^ ODD[1]) * u128::from(self.last ^ self.length as u64 ^ ODD[2]);
        (product as u64) ^ (product >> 64) as u64
    }
}

#[inline]
fn joined(hash: u64, piece: u64) -> u64 {
    hash.rotate_left(11).wrapping_add(piece).wrapping_add(ODD[0])
}

#[inline]
fn finished(hash: u64) -> u32 {
    (hash.wrapping_mul(ODD[1]) >> 32) as u32
}

/// The eight bytes from `at` on, as if question marks followed the last.
#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match (rest.first_chunk(), bytes.last_chunk()) {
        (Some(chunk), _) => u64::from_le_bytes(*chunk),
        (None, Some(last)) if !rest.is_empty() => {
            let bits = 8 * rest.len();
            u64::from_le_bytes(*last) >> (64 - bits) | (ONES * u64::from(b'?')) << bits
        }
        _ => rest.iter().rev().fold(ONES * u64::from(b'?'), |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Marks the high bits of `/`, `?`, `#` and `%`, and of no other bytes.
#[inline]
fn special_bytes(word: u64) -> u64 {
    // `/` and `?` differ in one bit only.
    let slash_or_question = zero_bytes((word & (ONES * 0xef)) ^ (ONES * u64::from(b'/')));
    let hash = zero_bytes(word ^ (ONES * u64::from(b'#')));
    let percent = zero_bytes(word ^ (ONES * u64::from(b'%')));
    slash_or_question | hash | percent
}

/// Marks the high bits of bytes that are zero, exactly.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    !(((word & LOWS) + LOWS) | word | LOWS)
}

#[cfg(test)]
mod tests {
    use model::{Catalog, Route, cut_path};
    use proptest::prelude::*;

    use super::*;

    fn matcher(templates: &[String]) -> Matcher {
        let route = |template: &String| Route {
            text: crate::template::normalize(template),
            template: template.clone(),
            operations: Vec::new(),
            documented_until: None,
        };
        Matcher::new(&Catalog { routes: templates.iter().map(route).collect() })
    }

    fn check(templates: &[&str], expected: &[(&str, Option<u32>)]) {
        let templates: Vec<String> = templates.iter().map(|template| (*template).to_owned()).collect();
        let matcher = matcher(&templates);
        for (path, known) in expected {
            assert_eq!(matcher.known.find(path), *known, "{path}");
        }
    }

    #[test]
    fn paths_with_numbers_and_ids_are_known() {
        let uuid =
            "/rest/v1.0/projects/22c9eb64-9fbc-eac5-4650-c6ff8ed41c1a/line_items_of_budgets/north-tower-140?page=1";
        check(
            &["/rest/v1.0/projects/{id}", "/rest/v1.0/projects/{id}/line_items_of_budgets/{line}", "/"],
            &[
                ("/rest/v1.0/projects/17", Some(0)),
                ("//rest/v1.0/projects/17/", Some(0)),
                (uuid, Some(1)),
                ("/", Some(2)),
                ("", Some(2)),
                ("/rest/v1.0/projects", None),
                ("/rest/v1.0/projects/17/line_items_of_parkings/1", None),
                ("/rest/v1.0/projects/17/line_items_of_budgets/%41", None),
            ],
        );
    }

    #[test]
    fn what_may_lead_elsewhere_is_left_to_the_tree() {
        check(&["/a/{x}", "/a/{x}.pdf", "/a/77"], &[("/a/1", None), ("/a/1.pdf", None), ("/a/77", Some(2))]);
        check(&["/b/{x}", "/a/{x}.pdf", "/a/x"], &[("/b/1", Some(0)), ("/a/x", Some(2)), ("/a/xx", None)]);
        check(&["/{x}/c", "/a/{x}.pdf"], &[("/17/c", Some(0)), ("/a/c", None)]);
    }

    #[test]
    fn every_byte_is_told_apart() {
        for byte in 0..=255u8 {
            let marked = special_bytes(ONES * u64::from(byte));
            let expected = if b"/?#%".contains(&byte) { ONES << 7 } else { 0 };
            assert_eq!(marked, expected, "{byte}");
        }
    }

    fn segment() -> impl Strategy<Value = String> {
        let long = "long-literal-with-[ab]-in-the-middle";
        prop_oneof![4 => "[ab12.]{1,3}", 3 => "\\{[xy]\\}", 2 => long, 1 => "[ab]?\\{x\\}(\\.pdf|[ab])", 1 => "é%41"]
    }

    fn path() -> impl Strategy<Value = String> {
        let long = "long-literal-with-[ab]-in-the-middle";
        let segment =
            prop_oneof![4 => "[ab12.]{0,3}", 3 => "[0-9]{1,9}", 2 => long, 1 => "[ab][0-9](\\.pdf|[ab])", 1 => "é%41"];
        (prop::collection::vec(segment, 0..6), "(/|\\?a/b|#x)?")
            .prop_map(|(segments, end)| format!("/{}{end}", segments.join("/")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn it_says_what_the_tree_says(
            templates in prop::collection::vec(prop::collection::vec(segment(), 0..6).prop_map(|segments| format!("/{}", segments.join("/"))), 0..30),
            paths in prop::collection::vec(path(), 1..30),
        ) {
            let matcher = matcher(&templates);
            for path in paths.iter().chain(&templates) {
                prop_assert_eq!(matcher.match_path(path), matcher.match_segments(&cut_path(path)), "{}", path);
            }
        }

        #[test]
        fn any_text_is_a_path(template in "\\PC{0,20}", path in "\\PC{0,20}") {
            let matcher = matcher(&[template]);
            prop_assert_eq!(matcher.match_path(&path), matcher.match_segments(&cut_path(&path)));
        }
    }
}
