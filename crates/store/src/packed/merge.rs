//! Which runs of a family and span become one, and in which steps.
//!
//! Runs of like size are merged, so that a count is written anew only once for each factor of [`GROWTH`] by which what is
//! kept grows. A merge is done in steps of bounded size. Between two of them nothing is wrong: what is not in the target yet
//! is still in the inputs.

use super::key::Key;

/// By how much the sizes of one class may differ, and how far those of the next begin.
const GROWTH: u64 = 8;

/// How many times as large as all others together the greatest run may be for merging to be worth it at rest: merging costs
/// the sum of all, whatever little is added each time.
pub(crate) const AT_REST: u64 = 8;

/// The same for a span to which nothing more is expected to be added.
pub(crate) const OVER: u64 = 64;

/// The target of a run that takes part in no merge any more, since a page of it can't be read. No run has this number.
pub(crate) const ASIDE: i64 = 0;

/// How many pages of a run a step looks at.
pub(crate) const LISTED: usize = 128;

/// Bounds on what is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Bytes of a page's body: with them a row is one of 4,048 bytes with an overflow page of 4,092, almost full.
    pub(crate) page: usize,
    /// How many runs of like size become one.
    pub(crate) fan: usize,
    /// About how many bytes a step reads.
    pub(crate) step: u64,
    /// How many bytes the smallest runs have; up to here all are alike.
    pub(crate) class: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { page: 8_110, fan: 8, step: 512 << 10, class: 64 << 10 }
    }
}

impl Policy {
    /// How many bytes of merging a commit pays for that adds so many.
    pub(crate) fn budget(&self, added: u64) -> u64 {
        added.saturating_mul(6).saturating_add(self.step / 2)
    }

    fn class_of(&self, bytes: u64) -> u32 {
        let (mut class, mut bound) = (0, self.class);
        while bytes > bound {
            bound = bound.saturating_mul(GROWTH);
            class += 1;
        }
        class
    }
}

/// A run of a family and span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its number.
    pub(crate) run: i64,
    /// Of its pages' bodies.
    pub(crate) bytes: u64,
    /// The run that it is being merged into, or [`ASIDE`].
    pub(crate) target: Option<i64>,
}

impl Run {
    /// The run that it is being merged into.
    pub(crate) fn merged_into(&self) -> Option<i64> {
        self.target.filter(|target| *target != ASIDE)
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// A step towards this target.
    Step(i64),
    /// Begin to merge these.
    Begin(Vec<i64>),
}

/// What to do next with the runs of a family and span; `None` if they are few enough.
pub(crate) fn due(policy: &Policy, runs: &[Run]) -> Option<Due> {
    let open = open_merge(policy, runs);
    let free: Vec<(i64, u32)> = free(runs).map(|run| (run.run, policy.class_of(run.bytes))).collect();
    let enough = |class: &u32| free.iter().filter(|(_, of_run)| of_run == class).count() >= policy.fan;
    // Small runs don't wait for large ones.
    let lowest = free.iter().map(|(_, class)| *class).filter(enough).min();
    let begun = lowest.filter(|class| open.is_none_or(|(_, of_open)| *class < of_open));
    match (begun, open) {
        (Some(class), _) => {
            let inputs = free.iter().filter(|(_, of_run)| *of_run <= class);
            Some(Due::Begin(inputs.map(|(run, _)| *run).collect()))
        }
        (None, open) => open.map(|(target, _)| Due::Step(target)),
    }
}

/// The same for times without traffic: what [`due`] says, and to merge runs that are few but cost reads more than merging
/// them costs. `worth`: how many times as large as all others the greatest may be.
pub(crate) fn due_at_rest(policy: &Policy, runs: &[Run], worth: u64) -> Option<Due> {
    if let Some(due) = due(policy, runs) {
        return Some(due);
    }
    let sizes: Vec<u64> = free(runs).map(|run| run.bytes).collect();
    let greatest = sizes.iter().max()?;
    let others = sizes.iter().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes)).saturating_sub(*greatest);
    let is_worth_it = sizes.len() >= 2 && others.saturating_mul(worth) >= *greatest;
    is_worth_it.then(|| Due::Begin(free(runs).map(|run| run.run).collect()))
}

/// Runs that take part in no merge.
fn free(runs: &[Run]) -> impl Iterator<Item = &Run> {
    let is_target = |run: &Run| runs.iter().any(|other| other.target == Some(run.run));
    runs.iter().filter(move |run| run.target.is_none() && !is_target(run))
}

/// The unfinished merge of the smallest runs: its target, and the class of runs from which on it makes others wait.
fn open_merge(policy: &Policy, runs: &[Run]) -> Option<(i64, u32)> {
    let mut targets: Vec<i64> = runs.iter().filter_map(Run::merged_into).collect();
    targets.sort_unstable();
    targets.dedup();
    let class = |target: i64| {
        let parts = runs.iter().filter(|run| run.target == Some(target) || run.run == target);
        // Together they are one class above the runs that it began with.
        let bytes = parts.fold(0, |sum: u64, run| sum.saturating_add(run.bytes));
        policy.class_of(bytes).saturating_sub(1)
    };
    targets.into_iter().map(|target| (target, class(target))).min_by_key(|(target, class)| (*class, *target))
}

/// A page of a run, without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageAt {
    pub(crate) id: i64,
    pub(crate) first: Key,
    pub(crate) bytes: u64,
}

/// The first pages of a run that is merged into another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// In order; of those that are not all, at least two.
    pub(crate) pages: Vec<PageAt>,
    /// Whether the run has further ones.
    pub(crate) more: bool,
}

/// What a step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// How many of the first pages of each input.
    pub(crate) pages: Vec<usize>,
    /// Entries below this key go to the target, the others stay. None: all go.
    pub(crate) until: Option<Key>,
}

/// Which pages of the inputs are next, about `limit` bytes of them. Every step takes something: at least the least key.
pub(crate) fn step(inputs: &[Listed], limit: u64) -> Taken {
    let mut order: Vec<(Key, usize, usize)> = Vec::new();
    for (input, listed) in inputs.iter().enumerate() {
        order.extend(listed.pages.iter().enumerate().map(|(at, page)| (page.first, input, at)));
    }
    order.sort_unstable();
    let mut taken = Taken { pages: vec![0; inputs.len()], until: None };
    let least = order.first().map(|(first, ..)| *first);
    let mut bytes = 0;
    for (first, input, at) in order {
        let listed = &inputs[input];
        // What follows the last page of a longer run is not known, so that one only bounds.
        let is_bound = listed.more && at + 1 == listed.pages.len();
        // Pages that begin with the least key are taken together: with one of them left out, the key could not go.
        if Some(first) != least && (bytes >= limit || is_bound) {
            taken.until = Some(first);
            break;
        }
        taken.pages[input] += 1;
        bytes += listed.pages[at].bytes;
    }
    taken
}

#[cfg(test)]
mod tests;
