//! The routes of paths that need no walk through the tree.
//!
//! Most segments that stand for a parameter are numbers and the like, which no route has as a literal. All paths that
//! are alike but for such segments have one route: nowhere in the tree does such a segment lead to a literal child,
//! each parameter accepts it, and paths that come by a mixed segment are left to the tree. So for every template the
//! route is found out once, with its parameters unknown. A path is looked up by the segments that may be literals,
//! and those are compared in full: no answer rests on a hash.

use std::collections::HashMap;
use std::hint::black_box;

use wide::u8x16;

use super::{Matcher, Seen};
use crate::template::{Pattern, Template};

/// The most segments that a path may have to be known.
const MOST: usize = 16;

/// How many paths are looked up at once.
const LOT: usize = 32;

/// Stands for a segment that is no literal of any route.
const PARAMETER: u32 = u32::MAX;

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

impl Literal {
    /// Whether what stands at `start` has the same bytes between the first and the last eight. Word by word: there are
    /// few of them.
    #[inline]
    fn has_within(&self, path: &[u8], start: usize) -> bool {
        (8..self.piece.length.saturating_sub(8))
            .step_by(8)
            .all(|at| word(path, start + at) == word(self.text.as_bytes(), at))
    }
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
        known.places = vec![Place::default(); (templates.clone().count() * 2).next_power_of_two()];
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
            Some(Pattern::Literal(text)) => Seen::Text(text),
            _ => Seen::NoLiteral,
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
        self.look_up(&self.seek(path)?, path)
    }

    /// Calls `each` with the route of every path, where it needs no walk through the tree.
    ///
    /// Memory is slow, but can be asked for many things at once: so all paths are gone through, then what each leads
    /// to, and at last each is held against that.
    pub(super) fn find_all(&self, paths: &[&str], mut each: impl FnMut(Option<u32>)) {
        let mask = self.places.len().wrapping_sub(1);
        let mut sought = [const { None }; LOT];
        for paths in paths.chunks(LOT) {
            let mut starts = [0; LOT];
            for ((path, sought), start) in paths.iter().zip(&mut sought).zip(&mut starts) {
                *sought = self.seek(path);
                let at = sought.as_ref().map_or(0, |sought| sought.hash as usize);
                *start = self.places.get(at & mask).map_or(0, |place| place.start);
            }
            let first = |start: &u32| u64::from(self.items.get(*start as usize).copied().unwrap_or_default());
            black_box(starts.iter().map(first).sum::<u64>());
            for (path, sought) in paths.iter().zip(&sought) {
                each(sought.as_ref().and_then(|sought| self.look_up(sought, path)));
            }
        }
    }

    /// What a path is looked up by; nothing where it needs a walk.
    #[inline]
    fn seek(&self, path: &str) -> Option<Sought> {
        let bytes = path.as_bytes();
        let ends = Ends::of(bytes)?;
        let (mut hash, mut count, mut literals) = (0, 0, 0_u32);
        ends.each(|start, end| {
            let piece = Piece::of(bytes, start, end);
            let (word, bit) = piece.sign(self.signs.len());
            let may_be_literal = self.signs.get(word).is_some_and(|bits| bits & bit != 0);
            hash = joined(hash, if may_be_literal { piece.hash() } else { 0 });
            literals |= u32::from(may_be_literal) << (count & 31);
            count += 1;
            true
        });
        (count <= MOST).then(|| Sought { ends, hash: finished(hash), count, literals })
    }

    #[inline]
    fn look_up(&self, sought: &Sought, path: &str) -> Option<u32> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = sought.hash as usize;
        loop {
            let place = self.places.get(at & mask).filter(|place| place.count != 0)?;
            if place.hash == sought.hash
                && place.count as usize == sought.count + 1
                && self.is_of(place, path.as_bytes(), &sought.ends, sought.literals)
            {
                return Some(place.route);
            }
            at += 1;
        }
    }

    /// Whether the segments of a path are those of a template. Of `literals` the bits are set of segments that may be
    /// literals.
    #[inline]
    fn is_of(&self, place: &Place, path: &[u8], ends: &Ends, mut literals: u32) -> bool {
        let mut items = self.items.get(place.start as usize..).unwrap_or_default().iter();
        ends.each(|start, end| {
            let may_be_literal = literals & 1 != 0;
            literals >>= 1;
            match items.next().and_then(|item| self.literals.get(*item as usize)) {
                Some(literal) => {
                    let piece = Piece::of(path, start, end);
                    may_be_literal && literal.piece == piece && literal.has_within(path, start)
                }
                None => !may_be_literal,
            }
        })
    }
}

/// What a path is looked up by.
struct Sought {
    ends: Ends,
    hash: u32,
    count: usize,
    /// The bits of segments that may be literals.
    literals: u32,
}

/// Where the segments of a path end, a bit each: its slashes, and where its query begins or it ends itself.
struct Ends(u128);

impl Ends {
    /// Those of a path of up to 127 bytes before its query; nothing for a longer one, or one with anything
    /// percent-encoded.
    #[inline]
    fn of(path: &[u8]) -> Option<Self> {
        let (mut slashes, mut at) = (0, 0);
        while at < 128 {
            let (slash, stop) = marks(path, at);
            slashes |= u128::from(slash) << at;
            if stop != 0 {
                let end = at + stop.trailing_zeros() as usize;
                let is_encoded = path.get(end) == Some(&b'%');
                return (!is_encoded && end < 128).then(|| Self(slashes & ((1 << end) - 1) | 1 << end));
            }
            at += 32;
        }
        None
    }

    /// Calls `each` with where every segment that is not empty starts and ends, as long as it says yes. Returns whether
    /// it always did.
    #[inline]
    fn each(&self, mut each: impl FnMut(usize, usize) -> bool) -> bool {
        let (mut ends, mut start) = (self.0, 0);
        while ends != 0 {
            let end = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            if start < end && !each(start, end) {
                return false;
            }
            start = end + 1;
        }
        true
    }
}

/// Of the 32 bytes from `at` on those that are slashes, and those that are `?`, `#` or `%` or beyond the end.
#[inline]
fn marks(path: &[u8], at: usize) -> (u32, u32) {
    let rest = path.get(at..).unwrap_or_default();
    let chunk: [u8; 32] = match (rest.first_chunk(), path.last_chunk::<32>()) {
        (Some(chunk), _) => *chunk,
        (None, Some(last)) => {
            // Those before `at` are shifted out.
            let (slash, stop) = marks_of(last);
            let before = 32 - rest.len() as u32;
            let shift = |bits: u32| bits.checked_shr(before).unwrap_or(0);
            return (shift(slash), shift(stop) | u32::MAX.checked_shl(rest.len() as u32).unwrap_or(0));
        }
        (None, None) => {
            let mut chunk = [b'?'; 32];
            chunk.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            chunk
        }
    };
    marks_of(&chunk)
}

#[inline]
fn marks_of(chunk: &[u8; 32]) -> (u32, u32) {
    let half = |from: usize| {
        let half = chunk.get(from..).and_then(|rest| rest.first_chunk()).copied();
        let half = u8x16::new(half.unwrap_or_default());
        let is = |byte: u8| half.simd_eq(u8x16::splat(byte));
        (is(b'/').to_bitmask(), (is(b'?') | is(b'#') | is(b'%')).to_bitmask())
    };
    let ((slash, stop), (later_slash, later_stop)) = (half(0), half(16));
    (slash | later_slash << 16, stop | later_stop << 16)
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

/// The eight bytes from `at` on, as if zeros followed the last.
#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match (rest.first_chunk(), bytes.last_chunk()) {
        (Some(chunk), _) => u64::from_le_bytes(*chunk),
        (None, Some(last)) if !rest.is_empty() => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        _ => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
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
            for length in [1, 20, 31, 32, 33, 60, 64] {
                let mut path = vec![b'a'; length];
                path[length - 1] = byte;
                let (mut slashes, mut stops) = (Vec::new(), Vec::new());
                for at in [0, 32, 64] {
                    let (slash, stop) = marks(&path, at);
                    slashes.extend((0..32).filter(|bit| slash >> bit & 1 == 1).map(|bit| at + bit));
                    stops.extend((0..32).filter(|bit| stop >> bit & 1 == 1).map(|bit| at + bit));
                }
                assert_eq!(slashes, if byte == b'/' { vec![length - 1] } else { vec![] }, "{byte}");
                let end = if b"?#%".contains(&byte) { length - 1 } else { length };
                assert_eq!(stops, (end..96).collect::<Vec<_>>(), "{byte} {length}");
            }
        }
    }

    #[test]
    fn long_paths_are_known_up_to_a_length() {
        let template = format!("/{}/{{x}}", "a".repeat(100));
        let path = |length: usize| format!("/{}/{}", "a".repeat(100), "7".repeat(length - 102));
        let query = format!("{}?{}", path(127), "q".repeat(300));
        check(&[&template], &[(&path(110), Some(0)), (&path(127), Some(0)), (&query, Some(0)), (&path(128), None)]);
        let deep = "/a".repeat(17);
        check(&[&deep, &deep[..32]], &[(&deep[..32], Some(1)), (&deep, None)]);
    }

    fn segment() -> impl Strategy<Value = String> {
        let long = "long-literal-with-[ab]-in-the-middle";
        prop_oneof![4 => "[ab12.-]{1,3}", 3 => "\\{[xy]\\}", 2 => long, 1 => "[ab]?\\{x\\}(\\.pdf|[ab])", 1 => "é%41"]
    }

    fn path() -> impl Strategy<Value = String> {
        let long = "long-literal-with-[ab]-in-the-middle";
        let segment =
            prop_oneof![4 => "[ab12.-]{0,3}", 3 => "[0-9]{1,9}", 2 => long, 1 => "[ab][0-9](\\.pdf|[ab])", 1 => "é%41"];
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
            let (all, mut found): (Vec<&str>, _) = (paths.iter().chain(&templates).map(String::as_str).collect(), Vec::new());
            matcher.match_paths(&all, |route| found.push(route));
            prop_assert_eq!(found, all.iter().map(|path| matcher.match_path(path)).collect::<Vec<_>>());
        }

        #[test]
        fn any_text_is_a_path(template in "\\PC{0,20}", path in "\\PC{0,20}") {
            let matcher = matcher(&[template]);
            prop_assert_eq!(matcher.match_path(&path), matcher.match_segments(&cut_path(&path)));
        }
    }
}
