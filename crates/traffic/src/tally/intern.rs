//! Texts that occur again and again, each kept once and known by a number.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::firsts::{TextHash, TextHasher};

/// How many places there are at first.
const SMALLEST: usize = 64;

/// A set of texts with numbers in the order in which they came.
///
/// A text of up to 24 bytes stands in its place in the table itself, so that it is found with one look into memory
/// however many there are.
#[derive(Debug)]
pub(super) struct Interner {
    hasher: FixedState,
    seeds: (u64, u64),
    /// A power of two of places, half of them free at least.
    places: Vec<Place>,
    texts: Texts,
    hashes: TextHasher,
    /// How many bytes the texts have.
    bytes: usize,
}

/// Texts by their numbers.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) texts: Vec<Box<str>>,
    /// What each is to those who don't know its number.
    pub(super) hashes: Vec<TextHash>,
}

/// A text and its number.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    head: Head,
    /// The number and one more; 0 in a free place.
    number: u32,
    length: u32,
}

/// The first 24 bytes of a text, of shorter ones with zeros after.
type Head = [u64; 3];

impl Interner {
    /// An empty set.
    pub(super) fn new(hashes: &TextHasher) -> Self {
        let hasher = FixedState::with_seed(hashes.seed);
        let seeds = (hasher.hash_one(1_u64), hasher.hash_one(2_u64));
        Self { hasher, seeds, places: Vec::new(), texts: Texts::default(), hashes: hashes.clone(), bytes: 0 }
    }

    /// The number of a text.
    #[cfg(test)]
    pub(super) fn number(&mut self, text: &str) -> u32 {
        self.number_within(&[], text)
    }

    /// The number of a text that most likely stands somewhere within `block`, which makes it the sooner known.
    #[inline]
    pub(super) fn number_within(&mut self, block: &[u8], text: &str) -> u32 {
        let head = head_within(block, text).unwrap_or_else(|| head(text.as_bytes()));
        let mask = self.places.len().wrapping_sub(1);
        let mut at = self.place(text, &head);
        while let Some(place) = self.places.get(at & mask) {
            if place.number == 0 {
                break;
            }
            if place.head == head && place.length as usize == text.len() {
                let number = place.number - 1;
                if text.len() <= 24 || self.texts.texts.get(number as usize).is_some_and(|known| **known == *text) {
                    return number;
                }
            }
            at += 1;
        }
        self.add(text, &head)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the hash is masked to the table's size")]
    fn place(&self, text: &str, [first, second, third]: &Head) -> usize {
        if text.len() > 24 {
            return self.hasher.hash_one(text.as_bytes()) as usize;
        }
        let (one, other) = self.seeds;
        let product = folded(first ^ one, second ^ other);
        folded(product ^ third, one ^ text.len() as u64) as usize
    }

    #[cold]
    fn add(&mut self, text: &str, head: &Head) -> u32 {
        if (self.texts.texts.len() + 1) * 2 > self.places.len() {
            self.grow();
        }
        // Four thousand million texts don't fit into memory.
        let number = u32::try_from(self.texts.texts.len()).unwrap_or(u32::MAX - 1);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.insert(self.place(text, head), Place { head: *head, number: number + 1, length });
        self.bytes += text.len();
        self.texts.texts.push(text.into());
        self.texts.hashes.push(self.hashes.hash(text));
        number
    }

    fn insert(&mut self, mut at: usize, new: Place) {
        let mask = self.places.len().wrapping_sub(1);
        while let Some(place) = self.places.get_mut(at & mask) {
            if place.number == 0 {
                *place = new;
                return;
            }
            at += 1;
        }
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(SMALLEST);
        for place in std::mem::replace(&mut self.places, vec![Place::default(); size]) {
            if let Some(text) = place.number.checked_sub(1).and_then(|number| self.texts.texts.get(number as usize)) {
                self.insert(self.place(text, &place.head), place);
            }
        }
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.texts.texts.len()
    }

    /// How many bytes they have together.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The text with a number.
    pub(super) fn text(&self, number: u32) -> Option<&str> {
        self.texts.texts.get(number as usize).map(AsRef::as_ref)
    }

    /// What the text with a number is to others.
    pub(super) fn hash(&self, number: u32) -> Option<TextHash> {
        self.texts.hashes.get(number as usize).copied()
    }

    /// Takes all texts out, in the order of their numbers.
    pub(super) fn take(&mut self) -> Texts {
        self.places.fill(Place::default());
        self.bytes = 0;
        std::mem::take(&mut self.texts)
    }
}

#[inline]
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

/// As many ones as a head has bytes, and zeros after: which of them count is a window of these.
const ONES: [u8; 48] = {
    let mut ones = [0; 48];
    let mut at = 0;
    while at < 24 {
        ones[at] = 0xff;
        at += 1;
    }
    ones
};

/// The head of a text that stands within `block`, and not at its very end.
///
/// How long texts are changes from one to the next as good as by chance, and asking for it costs more than all the rest. So
/// 24 bytes are read whatever the length is, and those behind the text left out.
#[inline(always)]
fn head_within(block: &[u8], text: &str) -> Option<Head> {
    // A text that begins within the block's memory is part of the block, since both are borrowed.
    let start = (text.as_ptr() as usize).wrapping_sub(block.as_ptr() as usize);
    let bytes: &[u8; 24] = block.get(start..)?.first_chunk()?;
    let ones: &[u8; 24] = ONES.get(24 - text.len().min(24)..)?.first_chunk()?;
    let word = |bytes: &[u8; 24], at: usize| -> u64 {
        bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u64::from_le_bytes(*chunk))
    };
    Some([0, 8, 16].map(|at| word(bytes, at) & word(ones, at)))
}

#[inline(never)]
fn head(bytes: &[u8]) -> Head {
    let word =
        |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u64::from_le_bytes(*chunk));
    // The last eight bytes, of which those that stand in the words before are shifted out.
    let rest = |at: usize| {
        let last = bytes.last_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk));
        last.checked_shr(64 - 8 * (bytes.len() - at) as u32).unwrap_or(0)
    };
    match bytes.len() {
        0..8 => [few(bytes), 0, 0],
        8..16 => [word(0), rest(8), 0],
        16..24 => [word(0), word(8), rest(16)],
        _ => [word(0), word(8), word(16)],
    }
}

/// Fewer than eight bytes as a word.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            u64::from(first) | u64::from(last) << (8 * (bytes.len() - 4))
        }
        _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_texts_have_equal_numbers() {
        let mut interner = Interner::new(&TextHasher::new(7));
        for round in 0..3 {
            for n in 0..1000u32 {
                assert_eq!(interner.number(&format!("app-{n}")), n, "{round}");
                assert_eq!(interner.number(&format!("app-{n}")), n, "{round}");
            }
        }
        assert_eq!(interner.len(), 1000);
        assert_eq!(interner.text(17), Some("app-17"));
        let hash = interner.hash(17);
        let taken = interner.take();
        assert_eq!(taken.texts.get(17).map(AsRef::as_ref), Some("app-17"));
        assert_eq!(taken.hashes.get(17).copied(), hash);
        assert_eq!(hash, Some(TextHasher::new(7).hash("app-17")));
        assert_ne!(hash, Some(TextHasher::new(8).hash("app-17")));
        assert_eq!((interner.len(), interner.bytes()), (0, 0));
        assert_eq!(interner.number("app-5"), 0);
    }

    proptest! {
        #[test]
        fn the_head_is_the_first_bytes_and_zeros(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut padded = bytes.clone();
            padded.resize(40, 0);
            let expected: Vec<u64> = padded[..24].chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
            prop_assert_eq!(head(&bytes).to_vec(), expected);
        }

        #[test]
        fn the_head_is_the_same_wherever_the_text_stands(block in "[a-cé]{0,80}") {
            let ends: Vec<usize> = block.char_indices().map(|(at, _)| at).chain([block.len()]).collect();
            for (index, start) in ends.iter().enumerate() {
                for end in &ends[index..] {
                    let text = &block[*start..*end];
                    let found = head_within(block.as_bytes(), text);
                    prop_assert_eq!(found, (start + 24 <= block.len()).then(|| head(text.as_bytes())));
                    let elsewhere = text.to_owned();
                    prop_assert_eq!(head_within(block.as_bytes(), &elsewhere), None);
                }
            }
        }

        #[test]
        fn different_texts_have_different_numbers(texts in prop::collection::vec("[a-c\\u{0}é]{0,40}", 0..200)) {
            let mut interner = Interner::new(&TextHasher::new(7));
            let numbers: Vec<u32> = texts.iter().map(|text| interner.number(text)).collect();
            for (text, number) in texts.iter().zip(&numbers) {
                prop_assert_eq!(interner.text(*number), Some(text.as_str()));
                prop_assert_eq!(interner.number(text), *number);
            }
        }
    }
}
