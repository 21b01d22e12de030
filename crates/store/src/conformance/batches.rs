//! Promises about batches: one that was counted is recognised, and never counted again.

use ::model::UnixMillis;

use super::builders::{PRODUCTION, calls, commit, counted, day, key};
use crate::{BatchCommit, IngestCommit, Result, SeenBatch, SharedStore, StoreError};

const DAY: i64 = 86_400_000;

/// One call in a batch of these bytes, counted at `at` with a memory of a day.
fn batch(sender: &str, key_text: Option<&str>, byte: u8, at: i64) -> IngestCommit {
    let batch = BatchCommit {
        sender: sender.to_owned(),
        key: key_text.map(str::to_owned),
        digest: [byte; 32],
        since: UnixMillis(at - DAY),
        accepted: 1,
        rejects: vec![("bad_app".to_owned(), 2), ("not_json".to_owned(), 7)],
    };
    IngestCommit { batches: vec![batch], at: UnixMillis(at), ..commit(&[(key("a", day(0), "/x"), calls(1))]) }
}

async fn seen(store: &SharedStore, sender: &str, key: Option<&str>, byte: u8, since: i64) -> Result<Option<i64>> {
    let seen = store.batch_seen(sender, key, &[byte; 32], UnixMillis(since)).await?;
    Ok(seen.map(|batch| batch.at.0))
}

async fn assert_counted(store: &SharedStore, expected: u64) -> Result<()> {
    let sum: u64 = counted(store, "a", PRODUCTION).await?.iter().map(|(_, calls)| calls).sum();
    assert_eq!(sum, expected);
    Ok(())
}

/// By its key, whatever its bytes; without a key by its bytes, whatever key they had, unless that names a batch of which nothing
/// was counted. Senders are apart.
pub async fn a_batch_is_found_by_key_or_bytes(store: SharedStore) -> Result<()> {
    store.commit_ingest(batch("s", Some("k"), 1, 10)).await?;
    store.commit_ingest(batch("s", None, 2, 20)).await?;
    let found = store.batch_seen("s", Some("k"), &[9; 32], UnixMillis(0)).await?;
    let rejects = vec![("not_json".to_owned(), 7), ("bad_app".to_owned(), 2)];
    let at = UnixMillis(10);
    assert_eq!(found, Some(SeenBatch { key: Some("k".to_owned()), digest: [1; 32], at, accepted: 1, rejects }));
    assert_eq!(seen(&store, "s", None, 1, 0).await?, Some(10));
    assert_eq!(seen(&store, "s", None, 2, 0).await?, Some(20));
    assert_eq!(seen(&store, "s", Some("other"), 1, 0).await?, None);
    assert_eq!(seen(&store, "s", Some(""), 2, 0).await?, None);
    assert_eq!(seen(&store, "other", Some("k"), 1, 0).await?, None);
    assert_eq!(seen(&store, "other", None, 2, 0).await?, None);
    assert_eq!(seen(&store, "s", Some("k"), 1, 9).await?, Some(10));
    assert_eq!(seen(&store, "s", Some("k"), 1, 10).await?, None);
    for (key, byte) in [(Some("rejected"), 5), (None, 6)] {
        let mut commit = batch("s", key, byte, 30);
        commit.batches[0].accepted = 0;
        store.commit_ingest(commit).await?;
    }
    assert_eq!(seen(&store, "s", Some("rejected"), 9, 0).await?, Some(30));
    assert_eq!(seen(&store, "s", None, 5, 0).await?, None);
    assert_eq!(seen(&store, "s", None, 6, 0).await?, Some(30));
    store.commit_ingest(batch("s", None, 5, 40)).await?;
    assert_eq!(seen(&store, "s", None, 5, 0).await?, Some(40));
    Ok(())
}

/// A commit with a batch that was counted is refused as a whole, until the batch is forgotten.
pub async fn a_batch_that_was_counted_is_a_conflict(store: SharedStore) -> Result<()> {
    store.commit_ingest(batch("s", Some("k"), 1, DAY)).await?;
    store.commit_ingest(batch("s", None, 2, DAY)).await?;
    let both = [batch("s", None, 3, DAY), batch("s", None, 2, DAY)].map(|commit| commit.batches).concat();
    let twice = [batch("s", Some("n"), 4, DAY), batch("s", Some("n"), 5, DAY)].map(|commit| commit.batches).concat();
    let refused = [
        batch("s", Some("k"), 1, DAY),
        batch("s", Some("k"), 9, 2 * DAY - 1),
        batch("s", None, 1, DAY),
        batch("s", None, 2, 2 * DAY - 1),
        IngestCommit { batches: both, ..batch("s", None, 3, DAY) },
        IngestCommit { batches: twice, ..batch("s", None, 3, DAY) },
    ];
    for commit in refused {
        let result = store.commit_ingest(commit).await;
        assert!(matches!(result, Err(StoreError::Conflict)), "{result:?}");
        assert_counted(&store, 2).await?;
    }
    assert_eq!(seen(&store, "s", None, 3, 0).await?, None);
    store.commit_ingest(batch("s", Some("k"), 9, 2 * DAY)).await?;
    store.commit_ingest(batch("s", None, 2, 2 * DAY)).await?;
    store.commit_ingest(batch("other", Some("k"), 1, DAY)).await?;
    assert_counted(&store, 5).await?;
    Ok(())
}

/// Forgetting takes batches up to an instant and nothing of what they counted.
pub async fn old_batches_are_forgotten(store: SharedStore) -> Result<()> {
    for at in [10, 20, 30] {
        store.commit_ingest(batch("s", None, u8::try_from(at).unwrap_or(0), at)).await?;
    }
    assert_eq!(store.forget_batches(UnixMillis(20)).await?, 2);
    assert_eq!(store.forget_batches(UnixMillis(20)).await?, 0);
    assert_eq!(seen(&store, "s", None, 20, 0).await?, None);
    assert_eq!(seen(&store, "s", None, 30, 0).await?, Some(30));
    assert_counted(&store, 3).await?;
    Ok(())
}

/// A batch that is counted while the clock stands back is remembered as long as the newest one. A clock that was days ahead
/// keeps nothing for as many days.
pub async fn a_batch_is_remembered_though_the_clock_stood_back(store: SharedStore) -> Result<()> {
    store.commit_ingest(batch("s", None, 1, 10 * DAY)).await?;
    store.commit_ingest(batch("s", Some("k"), 2, 8 * DAY)).await?;
    assert_eq!(seen(&store, "s", Some("k"), 2, 9 * DAY).await?, Some(10 * DAY));
    store.forget_batches(UnixMillis(9 * DAY)).await?;
    let again = store.commit_ingest(batch("s", Some("k"), 2, 10 * DAY)).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    for (byte, ahead) in [(3, 1000), (4, 29), (5, 14)] {
        store.commit_ingest(batch("s", None, byte, ahead * DAY)).await?;
    }
    store.commit_ingest(batch("s", None, 6, 11 * DAY)).await?;
    assert_eq!(seen(&store, "s", None, 6, 0).await?, Some(11 * DAY));
    Ok(())
}
