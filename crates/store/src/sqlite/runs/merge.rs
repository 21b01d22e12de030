//! Making fewer runs of many, step by step; see [`crate::packed`] for what is merged when.

use rusqlite::Transaction;

use super::{Pages, Place, add_run, entries, list, next_run, pages, remove_page, resize};
use crate::packed::{
    ASIDE, AT_REST, Due, Family, LISTED, Listed, OVER, PageAt, Policy, Run, due, due_at_rest, step, sum, unreadable,
};
use crate::sqlite::{rows, sql};
use crate::{Result, StoreError};

/// Merges what is due in a family and span, until `budget` bytes are read or nothing is due.
pub(in crate::sqlite) fn merge(tx: &Transaction<'_>, policy: Policy, place: Place, budget: u64) -> Result<()> {
    let mut left = budget;
    while left > 0 {
        let runs = list(tx, place)?;
        let Some(due) = due(&policy, &runs) else { break };
        left = left.saturating_sub(take(tx, policy, place, &runs, &due)?);
    }
    Ok(())
}

/// Where a step is due while there is little else to do, and the worth that it is due for.
pub(in crate::sqlite) fn at_rest(tx: &Transaction<'_>, policy: Policy) -> Result<Vec<(Place, u64)>> {
    let mut places = Vec::new();
    for family in Family::ALL {
        let spans = super::spans(tx, family)?;
        let newest = spans.last().copied().unwrap_or(0);
        for span in spans {
            let place = Place { family, span };
            let worth = if span <= newest.saturating_sub(2) { OVER } else { AT_REST };
            // Whoever takes the step is told of what is damaged.
            let is_done = |runs: Vec<Run>| due_at_rest(&policy, &runs, worth).is_none() && !any_aside(&runs);
            if !list(tx, place).is_ok_and(is_done) {
                places.push((place, worth));
            }
        }
    }
    Ok(places)
}

fn any_aside(runs: &[Run]) -> bool {
    runs.iter().any(|run| run.target == Some(ASIDE))
}

/// Takes one step in a place where one is due. Tells whether it did. Once none is, what was set aside is an error.
pub(in crate::sqlite) fn tidy(tx: &Transaction<'_>, policy: Policy, place: Place, worth: u64) -> Result<bool> {
    let mut runs = list(tx, place)?;
    while let Some(due) = due_at_rest(&policy, &runs, worth) {
        if take(tx, policy, place, &runs, &due)? > 0 {
            return Ok(true);
        }
        runs = list(tx, place)?;
    }
    if any_aside(&runs) { Err(unreadable()) } else { Ok(false) }
}

/// Does what is due, or sets aside what is damaged. Returns how many bytes it read.
fn take(tx: &Transaction<'_>, policy: Policy, place: Place, runs: &[Run], due: &Due) -> Result<u64> {
    match due {
        Due::Step(target) => {
            tx.prepare_cached(sql::STEP_BEGIN)?.execute(())?;
            let read = match take_step(tx, policy, place, runs, *target) {
                Err(StoreError::Corrupt(_)) => {
                    tx.prepare_cached(sql::STEP_UNDO)?.execute(())?;
                    set_aside(tx, place, runs, *target)?;
                    policy.step
                }
                taken => taken?,
            };
            tx.prepare_cached(sql::STEP_END)?.execute(())?;
            Ok(read)
        }
        Due::Begin(inputs) => {
            let target = next_run(tx, place)?;
            add_run(tx, place, target, 0)?;
            let mut aim = tx.prepare_cached(sql::RUN_AIM)?;
            for input in inputs {
                aim.execute((place.family.number(), place.span, input, target))?;
            }
            Ok(0)
        }
    }
}

/// Takes the inputs that can't be read out of a merge and of all to come, so that the others are merged without them; all of
/// them where it can't be told which.
fn set_aside(tx: &Transaction<'_>, place: Place, runs: &[Run], target: i64) -> Result<()> {
    let (mut damaged, mut sound) = (Vec::new(), Vec::new());
    for Run { run, .. } in runs.iter().filter(|run| run.target == Some(target)) {
        let listed = pages(tx, place, *run, Some(LISTED));
        let entries = |page: PageAt| entries(tx, place.family, page.id).map(drop);
        match listed.and_then(|listed| listed.into_iter().try_for_each(entries)) {
            Ok(()) => sound.push(run),
            Err(StoreError::Corrupt(_)) => damaged.push(run),
            Err(error) => return Err(error),
        }
    }
    let mut aim = tx.prepare_cached(sql::RUN_AIM)?;
    for run in if damaged.is_empty() { sound } else { damaged } {
        aim.execute((place.family.number(), place.span, run, ASIDE))?;
    }
    // A target to which nothing was moved yet and nothing will be.
    if runs.iter().any(|run| run.run == target && run.bytes == 0) {
        resize(tx, place, target, 0)?;
    }
    Ok(())
}

/// Moves what comes next in the order of the keys from the inputs of a merge to its target.
fn take_step(tx: &Transaction<'_>, policy: Policy, place: Place, runs: &[Run], target: i64) -> Result<u64> {
    let lost = || StoreError::Corrupt(format!("run `{target}` of counts is missing"));
    let target = runs.iter().find(|run| run.run == target).ok_or_else(lost)?;
    let inputs: Vec<&Run> = runs.iter().filter(|run| run.target == Some(target.run)).collect();
    let listed = |run: &&Run| {
        let mut pages = pages(tx, place, run.run, Some(LISTED + 1))?;
        let more = pages.len() > LISTED;
        pages.truncate(LISTED);
        Ok(Listed { pages, more })
    };
    let lists = inputs.iter().map(listed).collect::<Result<Vec<_>>>()?;
    let taken = step(&lists, policy.step);
    // Everything is read before anything is changed.
    let (mut merged, mut rests, mut read) = (Vec::new(), Vec::new(), 0);
    for (list, count) in lists.iter().zip(&taken.pages) {
        let mut rest = Vec::new();
        for page in &list.pages[..*count] {
            read += page.bytes;
            let mut entries = entries(tx, place.family, page.id)?;
            if let Some(until) = taken.until {
                rest.extend(entries.split_off(entries.partition_point(|entry| entry.key < until)));
            }
            merged.append(&mut entries);
        }
        rests.push(rest);
    }
    sum(&mut merged)?;
    for ((input, list), (count, rest)) in inputs.iter().zip(&lists).zip(taken.pages.iter().zip(&rests)) {
        let mut bytes = input.bytes;
        for page in &list.pages[..*count] {
            remove_page(tx, page.id)?;
            bytes = bytes.saturating_sub(page.bytes);
        }
        let mut pages = Pages::new(tx, policy, place, input.run);
        rest.iter().try_for_each(|entry| pages.add(entry))?;
        let bytes = bytes + pages.finish()?;
        if bytes != input.bytes || list.pages.is_empty() {
            // An input that lost its pages ends, so that the merge does too.
            resize(tx, place, input.run, if list.pages.is_empty() { 0 } else { bytes })?;
        }
    }
    let mut pages = Pages::new(tx, policy, place, target.run);
    merged.iter().try_for_each(|entry| pages.add(entry))?;
    let added = pages.finish()?;
    tx.prepare_cached(sql::RUN_RESIZE)?.execute((
        place.family.number(),
        place.span,
        target.run,
        rows::count(target.bytes + added)?,
    ))?;
    Ok(read)
}
