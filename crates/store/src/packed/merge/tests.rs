use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A key that stands for a number.
fn key(number: u32) -> Key {
    Key { app: number, ..Key::default() }
}

fn run(run: i64, bytes: u64, target: Option<i64>) -> Run {
    Run { run, bytes, target }
}

#[test]
fn runs_of_like_size_are_merged_when_there_are_enough() {
    let policy = Policy { page: 64, fan: 3, step: 100, class: 100 };
    let runs = [run(1, 900, None), run(2, 500, None), run(3, 700, None), run(4, 10, None)];
    assert_eq!(due(&policy, &runs), None);
    let runs = [&runs[..], &[run(5, 200, None)]].concat();
    assert_eq!(due(&policy, &runs), Some(Due::Begin(vec![2, 3, 4, 5])));
    let begun = [
        run(1, 900, None),
        run(2, 500, Some(6)),
        run(3, 700, Some(6)),
        run(4, 10, Some(6)),
        run(5, 200, Some(6)),
        run(6, 0, None),
    ];
    assert_eq!(due(&policy, &begun), Some(Due::Step(6)));
    // Others of the same size wait until that is over, smaller ones don't.
    let with = |bytes| [&begun[..], &[run(7, bytes, None), run(8, bytes, None), run(9, bytes, None)]].concat();
    assert_eq!(due(&policy, &with(600)), Some(Due::Step(6)));
    assert_eq!(due(&policy, &with(60)), Some(Due::Begin(vec![7, 8, 9])));
}

#[test]
fn at_rest_small_runs_join_large_ones() {
    let policy = Policy::default();
    assert_eq!(due_at_rest(&policy, &[], OVER), None);
    assert_eq!(due_at_rest(&policy, &[run(1, 800, None)], OVER), None);
    let few = [run(1, 800, None), run(2, 99, None)];
    assert_eq!(due_at_rest(&policy, &few, AT_REST), None);
    assert_eq!(due_at_rest(&policy, &few, OVER), Some(Due::Begin(vec![1, 2])));
    let more = [run(1, 800, None), run(2, 100, None)];
    assert_eq!(due_at_rest(&policy, &more, AT_REST), Some(Due::Begin(vec![1, 2])));
    assert_eq!(due_at_rest(&policy, &[run(1, 800, Some(2)), run(2, 0, None)], AT_REST), Some(Due::Step(2)));
    let little = [run(1, 8_000, None), run(2, 100, None)];
    assert_eq!(due_at_rest(&policy, &little, OVER), None, "or every call of long ago would cost all of that time");
    assert_eq!(due_at_rest(&policy, &little, u64::MAX), Some(Due::Begin(vec![1, 2])));
}

fn listed(firsts: &[u32], bytes: u64, more: bool) -> Listed {
    let page = |(id, first): (i64, &u32)| PageAt { id, first: key(*first), bytes };
    Listed { pages: (0..).zip(firsts).map(page).collect(), more }
}

#[test]
fn a_step_takes_pages_in_the_order_of_their_keys() {
    let inputs = [listed(&[1, 5, 9], 10, false), listed(&[2, 3, 9], 10, false)];
    assert_eq!(step(&inputs, 20), Taken { pages: vec![1, 1], until: Some(key(3)) });
    assert_eq!(step(&inputs, 21), Taken { pages: vec![1, 2], until: Some(key(5)) });
    assert_eq!(step(&inputs, 1_000), Taken { pages: vec![3, 3], until: None });
    // One page beyond the bound is taken all the same, and pages with the least key are taken together.
    assert_eq!(step(&inputs, 1), Taken { pages: vec![1, 0], until: Some(key(2)) });
    let equal = [listed(&[4, 5], 10, false), listed(&[4, 6], 10, true), listed(&[4], 10, false)];
    assert_eq!(step(&equal, 1), Taken { pages: vec![1, 1, 1], until: Some(key(5)) });
    // Nothing is known of what follows the last page of a list.
    assert_eq!(step(&equal, 1_000), Taken { pages: vec![2, 1, 1], until: Some(key(6)) });
    assert_eq!(step(&[], 1), Taken { pages: vec![], until: None });
}

/// Keys and values in order.
type Entries = Vec<(u32, u64)>;

/// A store of runs in memory, with keys and their sums instead of bytes: as many bytes as keys.
#[derive(Default)]
struct Runs {
    runs: BTreeMap<i64, (Vec<Entries>, Option<i64>)>,
    next: i64,
}

impl Runs {
    fn add(&mut self, sums: &BTreeMap<u32, u64>, page: usize) {
        self.next += 1;
        let entries: Vec<_> = sums.iter().map(|(key, value)| (*key, *value)).collect();
        self.runs.insert(self.next, (entries.chunks(page).map(<[_]>::to_vec).collect(), None));
    }

    fn list(&self) -> Vec<Run> {
        let bytes = |pages: &[Vec<_>]| pages.iter().map(Vec::len).sum::<usize>() as u64;
        self.runs.iter().map(|(number, (pages, target))| run(*number, bytes(pages), *target)).collect()
    }

    fn begin(&mut self, inputs: &[i64]) {
        self.next += 1;
        for input in inputs {
            self.runs.get_mut(input).unwrap().1 = Some(self.next);
        }
        self.runs.insert(self.next, (Vec::new(), None));
    }

    /// Takes a step as those who keep pages do, and returns how much it read.
    fn step(&mut self, target: i64, limit: u64, listing: usize, page: usize) -> u64 {
        let inputs: Vec<i64> =
            self.runs.iter().filter(|(_, (_, of))| *of == Some(target)).map(|(number, _)| *number).collect();
        let lists: Vec<Listed> = inputs
            .iter()
            .map(|input| {
                let pages = &self.runs[input].0;
                let listed = pages.iter().take(listing);
                let at = |(id, page): (i64, &Entries)| PageAt { id, first: key(page[0].0), bytes: page.len() as u64 };
                Listed { pages: (0..).zip(listed).map(at).collect(), more: pages.len() > listing }
            })
            .collect();
        let taken = step(&lists, limit);
        let (mut sums, mut read) = (BTreeMap::<u32, u64>::new(), 0);
        for (input, count) in inputs.iter().zip(taken.pages) {
            let pages = &mut self.runs.get_mut(input).unwrap().0;
            let mut rest = Vec::new();
            for entry in pages.drain(..count).flatten() {
                read += 1;
                if taken.until.is_none_or(|until| key(entry.0) < until) {
                    *sums.entry(entry.0).or_default() += entry.1;
                } else {
                    rest.push(entry);
                }
            }
            if !rest.is_empty() {
                pages.insert(0, rest);
            }
            if pages.is_empty() {
                self.runs.remove(input);
            }
        }
        assert!(!sums.is_empty(), "a step without progress");
        let out = &mut self.runs.get_mut(&target).unwrap().0;
        let last = out.last().and_then(|page| page.last()).map(|entry| entry.0);
        assert!(last < sums.keys().next().copied(), "pages of a target overlap");
        let entries: Vec<_> = sums.into_iter().collect();
        out.extend(entries.chunks(page).map(<[_]>::to_vec));
        read
    }

    fn check(&self, expected: &BTreeMap<u32, u64>) {
        let mut sums = BTreeMap::<u32, u64>::new();
        for (pages, _) in self.runs.values() {
            let keys: Vec<u32> = pages.iter().flatten().map(|entry| entry.0).collect();
            assert!(keys.is_sorted_by(|one, other| one < other));
            for (key, value) in pages.iter().flatten() {
                *sums.entry(*key).or_default() += value;
            }
        }
        assert_eq!(sums, *expected);
    }
}

/// Commits of so many keys each, merged as commits pay for it. Returns the greatest number of runs after one.
fn commits(policy: &Policy, listing: usize, sizes: &[(usize, u32)], seed: u64) -> usize {
    let (mut runs, mut expected, mut most) = (Runs::default(), BTreeMap::<u32, u64>::new(), 0);
    let mut random = seed | 1;
    for (size, keys) in sizes {
        let mut sums = BTreeMap::new();
        for _ in 0..*size {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *sums.entry((random >> 33) as u32 % keys).or_default() += 1;
        }
        runs.add(&sums, policy.page);
        for (key, value) in &sums {
            *expected.entry(*key).or_default() += value;
        }
        let mut budget = i64::try_from(policy.budget(sums.len() as u64)).unwrap();
        while budget > 0 {
            match due(policy, &runs.list()) {
                None => break,
                Some(Due::Begin(inputs)) => runs.begin(&inputs),
                Some(Due::Step(target)) => budget -= runs.step(target, policy.step, listing, policy.page) as i64,
            }
        }
        most = most.max(runs.runs.len());
    }
    runs.check(&expected);
    while let Some(due) = due_at_rest(policy, &runs.list(), u64::MAX) {
        match due {
            Due::Begin(inputs) => runs.begin(&inputs),
            Due::Step(target) => drop(runs.step(target, policy.step, listing, policy.page)),
        }
    }
    assert!(runs.runs.len() <= 1);
    runs.check(&expected);
    most
}

#[test]
fn there_are_never_many_runs() {
    let policy = Policy { page: 8, fan: 8, step: 64, class: 256 };
    let even = vec![(100, 100_000); 200];
    let tiny = vec![(2, 100_000); 800];
    let huge_then_tiny = [vec![(5_000, 1_000_000); 9], vec![(5, 1_000_000); 300]].concat();
    let equal = vec![(40, 10); 200];
    let mixed: Vec<_> =
        [5_000, 1, 3, 1, 1_000, 10, 1, 100, 3, 1].into_iter().cycle().map(|size| (size, 100_000)).take(100).collect();
    for sizes in [even, tiny, huge_then_tiny, equal, mixed] {
        for listing in [3, LISTED] {
            let most = commits(&policy, listing, &sizes, 7);
            assert!(most <= 40, "{most} runs");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn merges_keep_all_sums(
        fan in 2..5_usize,
        limit in 1..100_u64,
        listing in 2..5_usize,
        sizes in vec((1..40_usize, 1..500_u32), 1..60),
        seed in any::<u64>(),
    ) {
        let policy = Policy { page: 4, fan, step: limit, class: 16 };
        commits(&policy, listing, &sizes, seed);
    }

    #[test]
    fn sizes_of_any_mixture_leave_few_runs(
        sizes in vec((prop_oneof![5 => 1..4_usize, 3 => 1..100_usize, 1 => 1..2_000_usize], Just(50_000_u32)), 1..100),
        seed in any::<u64>(),
    ) {
        let policy = Policy { page: 8, fan: 8, step: 64, class: 256 };
        prop_assert!(commits(&policy, LISTED, &sizes, seed) <= 40);
    }

    #[test]
    fn what_is_due_names_runs_that_take_part_in_nothing(
        runs in vec((0..100_000_u64, prop::option::of(0..3_i64)), 0..60),
    ) {
        let policy = Policy { page: 64, fan: 4, step: 64, class: 100 };
        let runs: Vec<_> = (0..).zip(&runs)
            .map(|(number, (bytes, target))| run(number, *bytes, target.filter(|target| number > 2 && *target < number)))
            .collect();
        let busy: BTreeSet<i64> = runs.iter().filter_map(|run| run.target).collect();
        match due(&policy, &runs) {
            Some(Due::Begin(inputs)) => {
                prop_assert!(inputs.len() >= 4);
                for input in inputs {
                    prop_assert!(!busy.contains(&input) && runs[input as usize].target.is_none());
                }
            }
            Some(Due::Step(target)) => prop_assert!(busy.contains(&target)),
            None => prop_assert!(busy.is_empty()),
        }
    }
}
