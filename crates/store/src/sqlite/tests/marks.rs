//! Marks that wait in the log are marks.

use std::collections::BTreeSet;

use model::{Day, DayRange};

use super::super::marks;
use super::{SqliteStore, calls_on, place};
use crate::packed::Policy;
use crate::{IngestCommit, Platform, Store, TallyDelta};

fn small() -> Policy {
    Policy { page: 64, ..Policy::default() }
}

async fn waiting(store: &SqliteStore) -> i64 {
    let ends = store.read(|tx| Ok((marks::first(tx)?, marks::last(tx)?))).await.unwrap();
    match ends {
        (Some(first), Some(last)) => last - first + 1,
        _ => 0,
    }
}

async fn dirty(store: &SqliteStore) -> BTreeSet<i32> {
    store.dirty_days(u32::MAX).await.unwrap().into_iter().map(|dirty| dirty.day.epoch_days()).collect()
}

#[tokio::test]
async fn marking_all_marks_every_span() {
    let (_directory, path) = place();
    let store = SqliteStore::open_with(&path, small()).unwrap();
    store.commit_ingest(calls_on("/a", (0..2_000).step_by(3))).await.unwrap();
    store.commit_ingest(calls_on("/a", (0..2_000).step_by(2))).await.unwrap();
    let all: BTreeSet<i32> = (0..2_000).filter(|day| day % 3 == 0 || day % 2 == 0).collect();
    let marked = store.dirty_days(u32::MAX).await.unwrap();
    assert_eq!(marked.iter().map(|dirty| dirty.day.epoch_days()).collect::<BTreeSet<_>>(), all);
    store.save_verdicts(&[], &marked).await.unwrap();
    assert_eq!(dirty(&store).await, BTreeSet::new());
    store.mark_all_dirty().await.unwrap();
    assert!(waiting(&store).await > 50);
    assert_eq!(dirty(&store).await, all);
    assert_eq!(waiting(&store).await, 0);
}

#[tokio::test]
async fn clearing_leaves_what_waits_in_the_log() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(calls_on("/a", 0..3)).await.unwrap();
    let judged = store.dirty_days(u32::MAX).await.unwrap();
    store.commit_ingest(calls_on("/a", 1..2)).await.unwrap();
    store.save_verdicts(&[], &judged).await.unwrap();
    let state = |day| store.list_state(DayRange::only(Day::from_epoch_days(day)));
    assert_eq!((state(0).await.unwrap().dirty, state(1).await.unwrap().dirty), (false, true));
    assert_eq!(dirty(&store).await, BTreeSet::from([1]));
}

#[tokio::test]
async fn commits_fold_a_long_log() {
    let (_directory, path) = place();
    let store = SqliteStore::open_with(&path, small()).unwrap();
    store.commit_ingest(calls_on("/a", 0..20_000)).await.unwrap();
    let long = waiting(&store).await;
    assert!(long > 600, "{long}");
    for _ in 0..2 {
        store.commit_ingest(calls_on("/a", 0..1)).await.unwrap();
    }
    assert!(waiting(&store).await < long - 25);
    let state = store.list_state(DayRange { start: Day::from_epoch_days(-9), end: Day::from_epoch_days(-1) });
    assert!(!state.await.unwrap().dirty);
    assert_eq!(dirty(&store).await.len(), 20_000);
}

#[tokio::test]
async fn purging_takes_what_waits_in_the_log() {
    for policy in [small(), Policy::default()] {
        let (_directory, path) = place();
        let store = SqliteStore::open_with(&path, policy).unwrap();
        store.commit_ingest(calls_on("/a", (0..200).step_by(2))).await.unwrap();
        // Within a span, at its beginning, in the one after, and after all.
        for first in [10, 11, 24, 57, 199] {
            let rows = waiting(&store).await;
            store.purge_before(Day::from_epoch_days(first)).await.unwrap();
            assert!(rows > 0 && waiting(&store).await <= rows);
            let state = |day| store.list_state(DayRange::only(Day::from_epoch_days(day)));
            for day in [first - 2, first - 1, first, first + 1] {
                assert_eq!(state(day).await.unwrap().dirty, day >= first && day % 2 == 0 && day < 200, "{first} {day}");
            }
        }
        assert_eq!(waiting(&store).await, 0);
        store.commit_ingest(calls_on("/a", (0..200).step_by(2))).await.unwrap();
        store.purge_before(Day::from_epoch_days(71)).await.unwrap();
        assert_eq!(dirty(&store).await, (71..200).filter(|day| day % 2 == 0).collect());
    }
}

/// However many a row holds, and however often each day is marked.
#[tokio::test]
async fn marks_are_folded_some_at_a_time() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    // The days of a span, of many apps.
    let (apps, one) = (1_000, calls_on("/a", 24..56));
    let tallies = (0..apps).flat_map(|app| one.tallies.iter().map(move |delta| TallyDelta { app, ..*delta }));
    let names = (0..apps).map(|app| format!("app-{app:04}").parse().unwrap());
    let commit = IngestCommit { apps: names.collect(), tallies: tallies.collect(), ..one.clone() };
    store.commit_ingest(commit).await.unwrap();
    let all = store.dirty_days(u32::MAX).await.unwrap();
    assert_eq!(all.len(), 32_000);
    store.save_verdicts(&[], &all).await.unwrap();
    for _ in 0..3 {
        store.mark_all_dirty().await.unwrap();
    }
    let rows = waiting(&store).await;
    assert!((12..64).contains(&rows), "{rows} rows");
    store.write(marks::fold).await.unwrap();
    let left = waiting(&store).await;
    assert!(0 < left && left < rows && left > rows / 2, "{left} of {rows} rows");
    let marked = store.dirty_days(u32::MAX).await.unwrap();
    let days = |dirty: &[crate::DirtyDay]| dirty.iter().map(|it| (it.app.clone(), it.day)).collect::<Vec<_>>();
    assert_eq!(days(&marked), days(&all));
    assert_eq!(waiting(&store).await, 0);
}
