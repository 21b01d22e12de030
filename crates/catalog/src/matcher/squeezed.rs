//! The routes of paths whose parameters look like identifiers, which are nearly all paths.
//!
//! A path is looked up as a whole with such segments squeezed out: `/projects/17/rfis/4` as `/projects//rfis/`. So many
//! paths are taken at once and so few decisions made that the processor need not guess how long a path is or where
//! its segments end. What is found is compared in full: no answer rests on a hash.
//!
//! Of each template is found out once what the tree says of it with identifiers for its parameters. Where that depends
//! on what they are, as where a literal looks like one, and for paths that are not made of such segments, of printable
//! characters and so on, there is no answer here, and others are asked.

use std::hint::black_box;
use std::ops::{BitAnd, BitOr, Not, Shl};

use wide::u8x16;

use super::{Matcher, Seen};
use crate::template::{Pattern, Template};

/// How many paths are looked up at once.
pub(super) const LOT: usize = 32;

/// A path is shorter than this.
const LONGEST: usize = u128::LENGTH;

/// And most are shorter than this.
const SHORT: usize = u64::LENGTH;

/// What is left of it is no longer than this.
const WIDTH: usize = 64;

/// Room for a path and a window of its end.
const COPY: usize = LONGEST + WIDTH;

/// Room for what is left of it and another window.
const LEFT: usize = 2 * WIDTH;

/// How many segments are squeezed out at most.
const IDENTIFIERS: usize = 3;

const ODD: [u64; 4] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f, 0x2545_f491_4f6c_dd1d];

/// As many ones as there can be bytes, and zeros after: which bytes of a window count is a window of these.
const ONES: [u8; 2 * WIDTH] = {
    let mut ones = [0; 2 * WIDTH];
    let mut at = 0;
    while at < WIDTH {
        ones[at] = 0xff;
        at += 1;
    }
    ones
};

/// See the module.
#[derive(Default)]
pub(super) struct Squeezed {
    /// A power of two of them, half of them free at least.
    places: Vec<Place>,
    texts: Vec<Text>,
}

/// Where the text with a hash is.
#[derive(Clone, Copy, Default)]
struct Place {
    hash: u32,
    /// Its number and one more; 0 in a free place.
    number: u32,
}

/// What is left of a path of a template, and zeros after; its length; and its route.
struct Text {
    bytes: [u8; WIDTH],
    length: usize,
    route: u32,
}

/// Some of the paths: their places and lengths.
#[derive(Default)]
struct Order {
    paths: [(u8, u32); LOT],
    count: usize,
}

impl Order {
    /// Adds a path perhaps, without asking whether.
    #[inline(always)]
    fn add_if(&mut self, is_one: bool, index: u8, length: usize) {
        // Whatever does not fit is no path that is looked for.
        self.paths[self.count % LOT] = (index, u32::try_from(length).unwrap_or(u32::MAX));
        self.count += usize::from(is_one);
    }

    #[inline(always)]
    fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.paths.iter().take(self.count).map(|(index, length)| (usize::from(*index) % LOT, *length as usize))
    }
}

/// Whether a segment looks like an identifier: it has a digit, and begins with one or has a hyphen.
pub(super) fn is_identifier(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let first_is_digit = bytes.first().is_some_and(u8::is_ascii_digit);
    bytes.iter().any(u8::is_ascii_digit) && (first_is_digit || bytes.contains(&b'-'))
}

impl Squeezed {
    /// Finds out what the tree says of each template.
    pub(super) fn new<'a>(tree: &Matcher, templates: impl Iterator<Item = &'a Template>) -> Self {
        let mut squeezed = Self::default();
        for template in templates {
            if let Some(text) = text(tree, template) {
                squeezed.texts.push(text);
            }
        }
        squeezed.places = vec![Place::default(); (squeezed.texts.len() * 2).next_power_of_two()];
        let mask = squeezed.places.len() - 1;
        for (number, text) in (1..).zip(&squeezed.texts) {
            let hash = hash(&text.bytes);
            let mut at = hash as usize;
            while let Some(place) = squeezed.places.get_mut(at & mask) {
                if place.number == 0 {
                    *place = Place { hash, number };
                    break;
                }
                at += 1;
            }
        }
        squeezed
    }

    /// Writes the routes of as many paths as there are routes, as far as they are found here.
    ///
    /// Memory is slow, but can be asked for many things at once: so each step is done for all paths.
    #[inline(never)]
    pub(super) fn find_all(&self, paths: &[&str], routes: &mut [Option<u32>; LOT]) {
        let mut copies = [[0; COPY]; LOT];
        // First the short ones and then the long ones, so that each need not be asked.
        let (mut short, mut long) = (Order::default(), Order::default());
        for ((index, path), place) in (0..).zip(paths).zip(&mut copies) {
            copy(path.as_bytes(), place);
            let is_short = path.len() < SHORT;
            short.add_if(is_short, index, path.len());
            long.add_if(!is_short, index, path.len());
        }
        let mut left = [[0; LEFT]; LOT];
        let mut lengths = [0; LOT];
        for (index, length) in short.iter() {
            lengths[index] = squeeze::<u64>(&copies[index], length, &mut left[index]);
        }
        for (index, length) in long.iter() {
            lengths[index] = squeeze::<u128>(&copies[index], length, &mut left[index]);
        }
        let mask = self.places.len().wrapping_sub(1);
        let mut sought = [(0, 0); LOT];
        for ((left, length), sought) in left.iter_mut().zip(&lengths).zip(&mut sought).take(paths.len()) {
            keep(left, *length);
            let hash = hash(left);
            let number = self.places.get(hash as usize & mask).map_or(0, |place| place.number);
            *sought = (hash, number);
        }
        let first =
            |(_, number): &(u32, u32)| self.texts.get((*number as usize).wrapping_sub(1)).map_or(0, |text| text.length);
        black_box(sought.iter().map(first).sum::<usize>());
        let keys = left.iter().zip(&lengths).zip(&sought);
        for (((left, length), (hash, _)), route) in keys.zip(routes).take(paths.len()) {
            *route = self.look_up(*hash, left, *length);
        }
    }

    #[inline]
    fn look_up(&self, hash: u32, left: &[u8; LEFT], length: usize) -> Option<u32> {
        if length == 0 {
            return None;
        }
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize;
        loop {
            let place = self.places.get(at & mask).filter(|place| place.number != 0)?;
            if place.hash == hash
                && let Some(text) = self.texts.get(place.number as usize - 1)
                && text.is(left, length)
            {
                return Some(text.route);
            }
            at += 1;
        }
    }
}

/// What a path of a template looks like when its identifiers are squeezed out, and its route; nothing where paths may
/// look like that which have another.
fn text(tree: &Matcher, template: &Template) -> Option<Text> {
    let mut text = Vec::new();
    for pattern in &template.segments {
        text.push(b'/');
        match pattern {
            Pattern::Literal(literal) if literal.contains('/') || is_identifier(literal) => return None,
            Pattern::Literal(literal) => text.extend_from_slice(literal.as_bytes()),
            Pattern::Parameter => {}
            Pattern::Mixed(_) => return None,
        }
    }
    let mut bytes = [0; WIDTH];
    bytes.get_mut(..text.len()).filter(|bytes| !bytes.is_empty())?.copy_from_slice(&text);
    let seen = |index: usize| match template.segments.get(index) {
        Some(Pattern::Literal(text)) => Seen::Text(text),
        _ => Seen::Identifier,
    };
    let route = tree.walk(template.segments.len(), seen).ok()??;
    Some(Text { bytes, length: text.len(), route })
}

impl Text {
    /// Whether it is this. All at once: most often it is.
    #[inline]
    fn is(&self, left: &[u8; LEFT], length: usize) -> bool {
        let same = |at: usize| u8x16::new(chunk(&self.bytes, at)).simd_eq(u8x16::new(chunk(left, at)));
        let all = same(0) & same(16) & same(32) & same(48);
        all.to_bitmask() == 0xffff && self.length == length
    }
}

/// A number for what is left of a path.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a hash is as good as its half")]
fn hash(bytes: &[u8]) -> u32 {
    let word = |at: usize| u64::from_le_bytes(chunk(bytes, at));
    let folded = |at: usize| {
        let product = u128::from(word(at) ^ ODD[at / 16]) * u128::from(word(at + 8) ^ ODD[(at / 16 + 1) % 4]);
        product as u64 ^ (product >> 64) as u64
    };
    let halves = (folded(0) ^ folded(32).rotate_left(19), folded(16) ^ folded(48).rotate_left(29));
    (halves.0 ^ halves.1.rotate_left(41)).wrapping_mul(ODD[0]).rotate_left(32) as u32
}

/// Overwrites with zeros what is behind the first bytes.
#[inline(always)]
fn keep(left: &mut [u8; LEFT], length: usize) {
    let from = WIDTH - length.min(WIDTH);
    for at in [0, 16, 32, 48] {
        let kept = u8x16::new(chunk(left, at)) & u8x16::new(chunk(&ONES, from + at));
        left[at..at + 16].copy_from_slice(&kept.to_array());
    }
}

/// Copies a path, if it is short enough. Those of more than 32 bytes without asking how long they are.
#[inline(always)]
fn copy(path: &[u8], to: &mut [u8; COPY]) {
    if path.len() < 32 {
        to.iter_mut().zip(path).for_each(|(to, from)| *to = *from);
    } else if path.len() < LONGEST {
        let last = path.len() - 32;
        for at in [0, 32, 64, 96] {
            let at = last.min(at);
            to[at..at + 32].copy_from_slice(&path[at..at + 32]);
        }
    }
}

/// Squeezes the identifiers out of a path. Returns how many bytes are left; what follows them means nothing. 0 where the
/// path is not to be looked up here.
#[inline(always)]
fn squeeze<B: Bits>(copy: &[u8; COPY], length: usize, left: &mut [u8; LEFT]) -> usize {
    if length >= B::LENGTH {
        return 0;
    }
    let marks: Marks<B> = B::marks(copy);
    let stop = marks.stops | B::bit(length);
    let end = stop.first();
    let ends = B::bit(end);
    let within = ends.minus(B::bit(0));
    let slashes = marks.slashes & within;
    let others = within & !slashes;
    // Each addition carries from some bytes of a segment to its end.
    let starts = slashes << 1;
    let has_digit = others.plus(marks.digits & others);
    let has_mark = others.plus((marks.digits & starts | marks.hyphens) & others);
    let mut identifiers = has_digit & has_mark & (slashes | ends);
    let no_segment_is_empty = starts & (slashes | ends) == B::default();
    let begins_with_slash = slashes & B::bit(0) != B::default();
    let ends_or_has_query = end == length || copy[end % LONGEST] == b'?';
    left[..WIDTH].copy_from_slice(&copy[..WIDTH]);
    let mut squeezed = 0;
    for number in 0..IDENTIFIERS {
        // Most paths have two at most: so many are looked for without asking.
        if number == 2 && identifiers == B::default() {
            break;
        }
        let is_there = identifiers != B::default();
        let to = if is_there { identifiers.first() } else { end };
        let before = (slashes & B::bit(to).minus(B::bit(0))).behind_last();
        let from = if is_there { before } else { end };
        identifiers = identifiers & identifiers.minus(B::bit(0));
        let (source, target) = (to % LONGEST, (from - squeezed).min(WIDTH));
        left[target..target + WIDTH].copy_from_slice(&copy[source..source + WIDTH]);
        squeezed += to - from;
    }
    let left = end - squeezed;
    let all_are_out = identifiers == B::default();
    let known = no_segment_is_empty & begins_with_slash & ends_or_has_query & all_are_out & (left <= WIDTH);
    if known { left } else { 0 }
}

/// Bytes of a path, a bit for each.
struct Marks<B> {
    slashes: B,
    hyphens: B,
    digits: B,
    /// Where a query or a fragment begins, or anything is percent-encoded, and two more that are rare.
    stops: B,
}

impl Marks<u64> {
    #[inline(always)]
    fn of(path: &[u8; COPY], from: usize) -> Self {
        let mut marks = [0; 4];
        for at in [0, 16, 32, 48] {
            let bytes = u8x16::new(chunk(path, from + at));
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            let value = bytes - u8x16::splat(b'0');
            let digits = value.min(u8x16::splat(9)).simd_eq(value);
            // `!`, `#`, `%` and `'` differ in these bits alone.
            let encoded = (bytes | u8x16::splat(6)).simd_eq(u8x16::splat(b'#' | 6));
            let all = [is(b'/'), is(b'-'), digits, encoded | is(b'?')];
            for (marks, found) in marks.iter_mut().zip(all) {
                *marks |= u64::from(found.to_bitmask()) << at;
            }
        }
        let [slashes, hyphens, digits, stops] = marks;
        Self { slashes, hyphens, digits, stops }
    }
}

/// As many bits as a path may have bytes, and one.
trait Bits:
    Copy + Default + PartialEq + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> + Shl<u32, Output = Self>
{
    const LENGTH: usize;

    /// The marks of the first bytes.
    fn marks(path: &[u8; COPY]) -> Marks<Self>;
    /// The one at a place, which is among them.
    fn bit(at: usize) -> Self;
    /// The place of the first that is set; where none is, there is none such.
    fn first(self) -> usize;
    /// The place behind the last that is set.
    fn behind_last(self) -> usize;
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
}

macro_rules! bits {
    ($bits:ty, $marks:expr) => {
        impl Bits for $bits {
            const LENGTH: usize = <$bits>::BITS as usize;

            #[inline(always)]
            fn marks(path: &[u8; COPY]) -> Marks<Self> {
                $marks(path)
            }

            #[inline(always)]
            fn bit(at: usize) -> Self {
                (1 as $bits).wrapping_shl(at as u32)
            }

            #[inline(always)]
            fn first(self) -> usize {
                self.trailing_zeros() as usize
            }

            #[inline(always)]
            fn behind_last(self) -> usize {
                Self::LENGTH - self.leading_zeros() as usize
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
        }
    };
}

bits!(u64, |path| Marks::of(path, 0));
bits!(u128, |path| {
    let (low, high) = (Marks::of(path, 0), Marks::of(path, 64));
    let joined = |low: u64, high: u64| u128::from(low) | u128::from(high) << 64;
    Marks {
        slashes: joined(low.slashes, high.slashes),
        hyphens: joined(low.hyphens, high.hyphens),
        digits: joined(low.digits, high.digits),
        stops: joined(low.stops, high.stops),
    }
});

/// The bytes from `at` on.
#[inline(always)]
fn chunk<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a path.
    fn left(path: &str) -> Option<String> {
        let (mut copied, mut left) = ([0; COPY], [0; LEFT]);
        copy(path.as_bytes(), &mut copied);
        let length = squeeze::<u128>(&copied, path.len(), &mut left);
        if path.len() < SHORT {
            assert_eq!(squeeze::<u64>(&copied, path.len(), &mut left), length, "{path}");
        }
        (length > 0).then(|| String::from_utf8_lossy(&left[..length]).into_owned())
    }

    #[test]
    fn identifiers_are_squeezed_out() {
        let check = |path: &str, expected: Option<&str>| assert_eq!(left(path).as_deref(), expected, "{path}");
        check("/17", Some("/"));
        check("/rest/v1.0/projects/17/rfis/4", Some("/rest/v1.0/projects//rfis/"));
        check("/a/22c9eb64-9fbc-eac5-4650-c6ff8ed41c1a/b?c/1", Some("/a//b"));
        check(
            "/a/c2eb6492-9fbc-eac5-4650-c6ff8ed41c1a/b/north-tower-140/north-tower/x9",
            Some("/a//b//north-tower/x9"),
        );
        check("/1/2/3", Some("///"));
        check("/1/2/3/x", Some("////x"));
        for unknown in ["", "a", "/", "//", "/a/", "/a//b", "/1/2/3/4", "/a%41", "/a#b", "/it's", "a/b"] {
            check(unknown, None);
        }
        for length in 2..300 {
            let word = format!("/{}", "x".repeat(length - 1));
            check(&word, Some(&*word).filter(|_| length <= 64));
            let number = format!("/{}", "7".repeat(length - 1));
            check(&number, Some("/").filter(|_| length <= 127));
            let both = format!("/x/{}/y", "7".repeat(length - 1));
            check(&both, Some("/x//y").filter(|_| length <= 123));
        }
    }

    #[test]
    fn every_segment_is_told_apart_as_literals_are() {
        for segment in ["a", "7", "a7", "7a", "a-7", "-7", "7-", "-", "a-b", "v1.0", "1.0", "é7", "7é", "é-7", "\u{0}7"]
        {
            let expected = if is_identifier(segment) { "/a//b".to_owned() } else { format!("/a/{segment}/b") };
            assert_eq!(left(&format!("/a/{segment}/b")), Some(expected), "{segment}");
        }
    }
}
