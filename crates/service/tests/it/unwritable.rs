//! Batches while the store can't be written.

use std::time::{Duration, Instant};

use service::{Error, NewSourceToken, StoreError};

use crate::installation::{Installation, batch, line};
use crate::meddler::Meddler;

#[tokio::test]
async fn what_can_not_be_used_of_a_batch_is_written_once_however_often_it_is_tried() {
    let installation = Installation::new();
    let lines = line("acme", 0, "/a", 200) + "no record\n";
    let send = |key| installation.steadfast.ingest_batch(batch(lines.clone(), key));
    let written = || std::fs::read_to_string(installation.path("rejects.ndjson")).unwrap().lines().count();
    let refuse = "CREATE TRIGGER meddler BEFORE INSERT ON batch_seen BEGIN SELECT RAISE(ABORT, 'no'); END";
    drop(Meddler::new(&installation, refuse));
    for _ in 0..3 {
        assert!(send(Some("k")).await.is_err());
    }
    assert_eq!(written(), 1);
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    assert_eq!(send(Some("k")).await.unwrap().accepted, 1);
    assert_eq!(written(), 1);
    assert_eq!(send(Some("other")).await.unwrap().accepted, 1);
    assert_eq!(written(), 2);
}

#[tokio::test]
async fn batches_that_share_a_commit_wait_for_a_locked_store_together_and_their_tokens_do_not() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let new = NewSourceToken { source: "kong".to_owned(), ..NewSourceToken::default() };
    let token = steadfast.make_source_token(None, &new, None).await.unwrap().secret.unwrap();
    let send = |n| {
        let (steadfast, batch) = (steadfast.clone(), batch(line("acme", n, "/a", 200), None));
        tokio::spawn(async move { steadfast.ingest_batch(batch).await })
    };
    send(0).await.unwrap().unwrap();
    let lock = Meddler::new(&installation, "BEGIN EXCLUSIVE");
    let began = Instant::now();
    // Many more than share a commit.
    let locked: Vec<_> = (1..300).map(send).collect();
    for sending in locked {
        let answer = sending.await.unwrap();
        assert!(matches!(answer, Err(Error::Store(StoreError::Unavailable(_)))), "{answer:?}");
    }
    // The store gives up after ten seconds.
    assert!(began.elapsed() < Duration::from_secs(25), "one group after the other: {:?}", began.elapsed());
    for _ in 0..20 {
        let began = Instant::now();
        assert!(steadfast.source_of(token.reveal()).await.unwrap().is_ok());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    drop(lock);
    assert_eq!(send(1).await.unwrap().unwrap().accepted, 1);
}
