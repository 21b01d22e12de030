//! Numbers that look random and are the same on every machine (SplitMix64).

pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`, which must not be 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        scale(self.next(), bound)
    }

    /// A number from 0 up to, not including, 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True `per_mille` times of a thousand.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }
}

/// A number below `bound` that belongs to the pair `(a, b)`: the same on every call.
pub(super) fn of_pair(a: u64, b: u64, bound: u64) -> u64 {
    scale(mix(a.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ mix(b)), bound)
}

fn scale(number: u64, bound: u64) -> u64 {
    ((u128::from(number) * u128::from(bound)) >> 64) as u64
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Picks ranks so that rank `r` comes up in proportion to `1 / (r + 1)` (Zipf's law).
pub(super) struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    pub(super) fn new(ranks: usize) -> Self {
        let mut sum = 0.0;
        let cumulative = (0..ranks).map(|rank| {
            sum += 1.0 / (rank + 1) as f64;
            sum
        });
        Self { cumulative: cumulative.collect() }
    }

    pub(super) fn pick(&self, random: &mut Random) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(0.0);
        let wanted = random.unit() * total;
        self.cumulative.partition_point(|&sum| sum <= wanted).min(self.cumulative.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut a, mut b) = (Random::new(7), Random::new(7));
        assert!((0..1_000).all(|_| a.next() == b.next()));
    }

    #[test]
    fn the_first_rank_comes_up_most() {
        let (zipf, mut random) = (Zipf::new(300), Random::new(1));
        let mut seen = [0u32; 300];
        (0..100_000).for_each(|_| seen[zipf.pick(&mut random)] += 1);
        assert!(seen[0] > 12_000 && seen[0] < 20_000 && seen[0] > seen[1] && seen[1] > seen[20]);
    }
}
