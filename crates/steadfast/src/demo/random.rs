//! Repeatable chance: a small generator and the weighted picks made with it.

/// A splitmix64 generator. The same start gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// A stream of its own for each combination of `parts`.
    pub(super) fn of(parts: &[u64]) -> Self {
        let mut random = Self(0x5eed_fa57);
        for part in parts {
            random.0 = random.next() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        random
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 where there is none.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// True `per_mille` times in a thousand.
    pub(super) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }
}

/// Picks an index by weight.
#[derive(Clone, Debug)]
pub(super) struct Weighted(Vec<u32>);

impl Weighted {
    /// The pick among as many indexes as there are weights.
    pub(super) fn new(weights: impl IntoIterator<Item = u32>) -> Self {
        let mut sum = 0u32;
        Self(weights.into_iter().map(|weight| (sum = sum.saturating_add(weight), sum).1).collect())
    }

    /// Zipf's law: the n-th index is picked about 1/n as often as the first.
    pub(super) fn zipf(length: usize) -> Self {
        Self::new((1..=length).map(|rank| (100_000 / (rank + 1)) as u32))
    }

    /// An index; 0 where there is none to pick.
    pub(super) fn pick(&self, random: &mut Random) -> usize {
        let at = random.below(self.0.last().copied().unwrap_or(0));
        self.0.partition_point(|sum| *sum <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_give_equal_streams_and_others_do_not() {
        let numbers = |parts: &[u64]| (0..4).map(|_| Random::of(parts).next()).collect::<Vec<_>>();
        assert_eq!(numbers(&[1, 2]), numbers(&[1, 2]));
        assert_ne!(numbers(&[1, 2]), numbers(&[2, 1]));
    }

    #[test]
    fn picks_follow_the_weights() {
        let (mut random, weighted) = (Random::of(&[7]), Weighted::new([0, 30, 0, 10]));
        let mut picked = [0u32; 4];
        for _ in 0..4000 {
            picked[weighted.pick(&mut random)] += 1;
        }
        assert_eq!((picked[0], picked[2]), (0, 0));
        assert!((2800..3200).contains(&picked[1]), "{picked:?}");
        assert_eq!(Weighted::new([]).pick(&mut random), 0);
    }
}
