//! Batches are forgotten a few at a time.

use model::UnixMillis;

use super::super::batches;
use super::{SqliteStore, place};
use crate::{BatchCommit, IngestCommit, Store};

/// So many batches, all counted at `at`.
fn commit(count: u32, at: i64) -> IngestCommit {
    let batch = |number: u32| {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&number.to_le_bytes());
        let (since, rejects) = (UnixMillis(at - 1), vec![("not_json".to_owned(), 1)]);
        BatchCommit { sender: "s".to_owned(), key: None, digest, since, accepted: 0, rejects }
    };
    IngestCommit { batches: (0..count).map(batch).collect(), ..IngestCommit::empty(UnixMillis(at)) }
}

async fn left(store: &SqliteStore) -> (u32, u32) {
    let count = "SELECT (SELECT count(*) FROM batch_seen), (SELECT count(*) FROM batch_reject)";
    store.read(move |tx| Ok(tx.query_row(count, (), |row| Ok((row.get(0)?, row.get(1)?)))?)).await.unwrap()
}

#[tokio::test]
async fn no_transaction_forgets_more_than_a_few_batches() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(commit(2 * batches::FORGOTTEN + 7, 10)).await.unwrap();
    store.commit_ingest(commit(3, 20)).await.unwrap();
    let some = store.write(|tx| batches::forget(tx, UnixMillis(10))).await.unwrap();
    assert_eq!(some, batches::FORGOTTEN.into());
    assert_eq!(store.forget_batches(UnixMillis(10)).await.unwrap(), u64::from(batches::FORGOTTEN) + 7);
    assert_eq!(left(&store).await, (3, 3));
    assert_eq!(store.forget_batches(UnixMillis(10)).await.unwrap(), 0);
}
