//! Texts that occur again and again, each kept once and known by a number.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A set of texts with numbers in the order in which they came.
#[derive(Debug)]
pub(super) struct Interner {
    hasher: FixedState,
    numbers: HashTable<u32>,
    texts: Vec<Box<str>>,
    last: u32,
}

impl Interner {
    /// An empty set. The seed keeps people from writing texts that hash alike; no result depends on it.
    pub(super) fn new(seed: u64) -> Self {
        Self { hasher: FixedState::with_seed(seed), numbers: HashTable::new(), texts: Vec::new(), last: 0 }
    }

    /// The number of a text.
    #[inline]
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if self.texts.get(self.last as usize).is_some_and(|last| **last == *text) {
            return self.last;
        }
        self.last = self.look_up(text);
        self.last
    }

    fn look_up(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text.as_bytes());
        let texts = &self.texts;
        let equal = |number: &u32| texts.get(*number as usize).is_some_and(|known| **known == *text);
        if let Some(number) = self.numbers.find(hash, equal) {
            return *number;
        }
        // Four thousand million texts don't fit into memory.
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        let (texts, hasher) = (&self.texts, &self.hasher);
        let rehash = |number: &u32| texts.get(*number as usize).map_or(0, |text| hasher.hash_one(text.as_bytes()));
        self.numbers.insert_unique(hash, number, rehash);
        number
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Takes all texts out, in the order of their numbers.
    pub(super) fn take(&mut self) -> Vec<Box<str>> {
        self.numbers.clear();
        self.last = 0;
        std::mem::take(&mut self.texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_numbers() {
        let mut interner = Interner::new(7);
        for round in 0..3 {
            for n in 0..1000u32 {
                assert_eq!(interner.number(&format!("app-{n}")), n, "{round}");
                assert_eq!(interner.number(&format!("app-{n}")), n, "{round}");
            }
        }
        assert_eq!(interner.len(), 1000);
        assert_eq!(interner.take().get(17).map(AsRef::as_ref), Some("app-17"));
        assert_eq!(interner.number("app-5"), 0);
    }
}
