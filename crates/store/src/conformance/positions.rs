//! Promises about positions: what makes counting exactly once possible.

use ::model::Hour;

use super::builders::{PRODUCTION, calls, commit, counted, day, key, position};
use crate::{IngestCommit, Result, SharedStore, SourcePosition, StoreError};

/// One call, with the move of a position.
fn step(before: Option<SourcePosition>, after: SourcePosition, newest_known: i64) -> IngestCommit {
    IngestCommit { before, after: Some(after), newest_known, ..commit(&[(key("a", day(0), "/x"), calls(1))]) }
}

/// Checks a refusal and that so many calls are counted after it.
async fn assert_conflict(store: &SharedStore, refused: IngestCommit, counted_calls: u64) -> Result<()> {
    let result = store.commit_ingest(refused).await;
    assert!(matches!(result, Err(StoreError::Conflict)), "{result:?}");
    let sum: u64 = counted(store, "a", PRODUCTION).await?.iter().map(|(_, calls)| calls).sum();
    assert_eq!(sum, counted_calls);
    Ok(())
}

/// All fields read back, digests and flags at their extremes too, and the row stays the same as it moves.
pub async fn a_position_reads_back_and_moves_on(store: SharedStore) -> Result<()> {
    let first = SourcePosition {
        id: 99,
        within_line: true,
        tail_digest: 1 << 63,
        ..position("logs/access log é.json", 10, 10, u64::MAX)
    };
    let saved = store.commit_ingest(step(None, first.clone(), 0)).await?;
    let Some(saved) = saved else { unreachable!("a commit with a position returns it") };
    assert_eq!(saved, SourcePosition { id: saved.id, ..first });
    assert_eq!(store.positions().await?, std::slice::from_ref(&saved));
    assert_eq!(store.newest_position().await?, saved.id);

    let further = position("logs/renamed.json", 5_000, 4_096, 7);
    let moved = store.commit_ingest(step(Some(saved.clone()), further.clone(), 0)).await?;
    assert_eq!(moved, Some(SourcePosition { id: saved.id, ..further }));
    assert_eq!(store.positions().await?, moved.into_iter().collect::<Vec<_>>());
    Ok(())
}

/// Nobody adds the same bytes twice: a commit that starts from anything but the saved position is refused.
pub async fn a_position_that_moved_meanwhile_is_a_conflict(store: SharedStore) -> Result<()> {
    let Some(start) = store.commit_ingest(step(None, position("log", 10, 10, 1), 0)).await? else {
        unreachable!("a commit with a position returns it")
    };
    let next = position("log", 20, 10, 1);
    store.commit_ingest(step(Some(start.clone()), next.clone(), 0)).await?;
    assert_conflict(&store, step(Some(start.clone()), next.clone(), 0), 2).await?;
    assert_conflict(&store, IngestCommit { after: None, ..step(Some(start), next.clone(), 0) }, 2).await?;
    assert_conflict(&store, step(Some(next), position("log", 30, 10, 1), 0), 2).await?;
    assert_eq!(store.positions().await?.len(), 1);
    Ok(())
}

/// Whatever the two have read of it: the same bytes, different blocks, or a shorter head of a growing file.
pub async fn of_two_who_find_a_new_source_only_one_counts_it(store: SharedStore) -> Result<()> {
    let known = store.newest_position().await?;
    store.commit_ingest(step(None, position("log", 1_000, 1_000, 1), known)).await?;
    for other in [
        position("log", 1_000, 1_000, 1),
        position("log", 500, 1_000, 1),
        position("./log", 9_000, 4_096, 2),
        position("log", 90, 90, 3),
    ] {
        assert_conflict(&store, step(None, other, known), 1).await?;
    }
    // Looked up again and found to be new all the same: a file with an equal beginning.
    let known = store.newest_position().await?;
    let again = store.commit_ingest(step(None, position("log", 500, 1_000, 1), known)).await?;
    assert!(again.is_some_and(|position| position.id > known));
    assert_eq!(store.positions_with_head(1_000, 1).await?.len(), 2);
    Ok(())
}

/// Heads as long and different are of different sources, however many begin at once; and what has no
/// position is always counted.
pub async fn a_source_that_is_certainly_another_is_no_conflict(store: SharedStore) -> Result<()> {
    for digest in 0..5 {
        let path = format!("log.{digest}");
        assert!(store.commit_ingest(step(None, position(&path, 9_000, 4_096, digest), 0)).await?.is_some());
    }
    let without = IngestCommit { after: None, ..step(None, position("-", 0, 0, 0), 0) };
    assert_eq!(store.commit_ingest(without).await?, None);
    assert_eq!(counted(&store, "a", PRODUCTION).await?, [(key("a", day(0), "/x"), 6)]);
    Ok(())
}

/// A reader finds the positions that may be of a source by the lengths of heads, longest first.
pub async fn positions_are_found_by_head(store: SharedStore) -> Result<()> {
    for (path, head_len, digest) in [("c", 90, 1), ("a", 4_096, 1), ("b", 4_096, 1 << 63), ("d", 90, 2)] {
        let known = store.newest_position().await?;
        store.commit_ingest(step(None, position(path, 10, head_len, digest), known)).await?;
    }
    assert_eq!(store.head_lengths().await?, [4_096, 90]);
    let found = store.positions_with_head(4_096, 1 << 63).await?;
    assert_eq!(found.iter().map(|position| position.path.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(store.positions_with_head(90, 1 << 63).await?, []);
    let paths: Vec<_> = store.positions().await?.into_iter().map(|position| position.path).collect();
    assert_eq!(paths, ["a", "b", "c", "d"]);
    Ok(())
}

/// What is followed stays, and so does what may hold calls of the days that are kept.
pub async fn purging_takes_positions_of_files_that_were_left_long_ago(store: SharedStore) -> Result<()> {
    let (hour, day) = (Hour::from_epoch_hours(500_000), 86_400_000);
    let files =
        [("left", -day - 1, None), ("followed", -90 * day, Some("web")), ("late", -day, None), ("now", day, None)];
    for (digest, (path, at, by)) in (0..).zip(files) {
        let (updated_at, followed_by) = (hour.start().plus_millis(at), by.and_then(|name| name.parse().ok()));
        let after = SourcePosition { updated_at, followed_by, ..position(path, 9_000, 4_096, digest) };
        store.commit_ingest(step(None, after, 0)).await?;
    }
    let newest = store.newest_position().await?;
    store.purge_sources(hour).await?;
    let paths: Vec<_> = store.positions().await?.into_iter().map(|position| position.path).collect();
    assert_eq!(paths, ["followed", "late", "now"]);
    store.purge_sources(hour.plus(1_000)).await?;
    let known = store.newest_position().await?;
    assert_eq!((store.positions().await?.len(), store.positions_with_head(4_096, 0).await?), (1, Vec::new()));
    // Whoever looked before finds out about what came since all the same.
    store.commit_ingest(step(None, position("other", 10, 10, 1), known)).await?;
    assert_conflict(&store, step(None, position("mine", 90, 90, 1), newest), 5).await
}
