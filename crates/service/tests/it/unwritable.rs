//! Batches while the store can't be written.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use service::{Error, NewSourceToken, StoreError};

use crate::installation::{Installation, batch, line};

/// Does something to the database from another program, and holds it until the value goes.
struct Meddler(Child);

impl Meddler {
    fn new(installation: &Installation, statement: &str) -> Self {
        const PROGRAM: &str = "import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute(sys.argv[2])
print('done', flush=True)
sys.stdin.readline()";
        let mut command = Command::new("python3");
        command.args(["-c", PROGRAM]).arg(installation.path("steadfast.db")).arg(statement);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "done\n");
        Self(child)
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        if let Some(mut stdin) = self.0.stdin.take() {
            let _ = stdin.write_all(b"\n");
        }
        let _ = self.0.wait();
    }
}

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
    let locked: Vec<_> = (1..7).map(send).collect();
    for sending in locked {
        let answer = sending.await.unwrap();
        assert!(matches!(answer, Err(Error::Store(StoreError::Unavailable(_)))), "{answer:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(40), "one after the other: {:?}", began.elapsed());
    for _ in 0..20 {
        let began = Instant::now();
        assert!(steadfast.source_of(token.reveal()).await.unwrap().is_ok());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    drop(lock);
    assert_eq!(send(1).await.unwrap().unwrap().accepted, 1);
}
