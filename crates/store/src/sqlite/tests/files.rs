//! The file: durable, private, shared between processes, and refused where it is not ours.

use std::path::Path;

use model::{Counts, Day, DayRange, Environment, RouteKey, UnixMillis};

use super::super::open;
use super::{SqliteStore, place};
use crate::{IngestCommit, SourcePosition, Store, StoreError, TallyDelta};

fn commit(path: &str, head_digest: u64) -> IngestCommit {
    let after = SourcePosition {
        id: 0,
        path: path.to_owned(),
        offset: 100,
        lines: 1,
        within_line: false,
        head_len: 4_096,
        head_digest,
        tail_digest: 2,
        updated_at: UnixMillis(0),
        followed_by: None,
    };
    IngestCommit {
        after: Some(after),
        apps: vec!["a".parse().unwrap()],
        routes: vec![RouteKey { documented: true, text: "/x".to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: vec![TallyDelta {
            app: 0,
            environment: Environment::Production,
            day: Day::from_epoch_days(0),
            route: 0,
            method: 0,
            status: 200,
            counts: Counts { calls: 1, ..Counts::default() },
        }],
        ..IngestCommit::empty(UnixMillis(0))
    }
}

async fn calls(store: &SqliteStore) -> u64 {
    let calls = store.calls_by_app(DayRange::only(Day::from_epoch_days(0))).await.unwrap();
    calls.first().map_or(0, |(_, calls)| *calls)
}

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let saved = store.commit_ingest(commit("log", 1)).await.unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(calls(&store).await, 1);
    assert_eq!(store.positions().await.unwrap(), saved.into_iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn once_closed_all_is_in_one_file() {
    let (directory, path) = place();
    for number in 0..50 {
        let store = SqliteStore::open(&path).unwrap();
        store.set_setting("number", &number.to_string()).await.unwrap();
        drop(store);
        let files: Vec<_> =
            std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["steadfast.db"]);
    }
}

#[tokio::test]
async fn what_was_committed_is_in_the_files_without_closing_them() {
    let (directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(commit("log", 1)).await.unwrap();
    // As a killed process leaves them.
    let copy = directory.path().join("copy.db");
    std::fs::copy(&path, &copy).unwrap();
    std::fs::copy(path.with_extension("db-wal"), copy.with_extension("db-wal")).unwrap();
    let copy = SqliteStore::open(&copy).unwrap();
    assert_eq!(calls(&copy).await, 1);
    assert_eq!(copy.positions().await.unwrap(), store.positions().await.unwrap());
}

#[tokio::test]
async fn two_processes_that_start_a_source_at_once_count_it_once() {
    let (_directory, path) = place();
    let (one, other) = (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    let known = (one.newest_position().await.unwrap(), other.newest_position().await.unwrap());
    let of = |newest_known| IngestCommit { newest_known, ..commit("log", 1) };
    let (first, second) = tokio::join!(one.commit_ingest(of(known.0)), other.commit_ingest(of(known.1)));
    let results = [first, second];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| matches!(result, Err(StoreError::Conflict))).count(), 1);
    assert_eq!(calls(&one).await, 1);
}

#[test]
fn many_can_open_a_new_file_at_once() {
    for _ in 0..10 {
        let (_directory, path) = place();
        std::thread::scope(|scope| {
            let open = || SqliteStore::open(&path).map(drop);
            let opening: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            for result in opening {
                result.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn the_store_works_on_any_runtime() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let single = tokio::runtime::Builder::new_current_thread().build().unwrap();
    single.block_on(store.set_setting("key", "value")).unwrap();
    let several = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    assert_eq!(several.block_on(store.setting("key")).unwrap().as_deref(), Some("value"));
    // Dropped within a runtime, as a server does at its end.
    several.block_on(async move { drop(store) });
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let (directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.set_setting("key", "value").await.unwrap();
    let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

/// Checks that a file is refused with words that contain `expected`, and left as it is.
fn check_refused(path: &Path, expected: &str) {
    let before = std::fs::read(path).unwrap();
    let text = match SqliteStore::open(path) {
        Err(error @ StoreError::Corrupt(_)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(text.contains(expected) && text.contains("steadfast.db"), "{text}");
    assert_eq!(std::fs::read(path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let (_directory, path) = place();
    std::fs::write(&path, "time,app,status\n".repeat(1_000)).unwrap();
    check_refused(&path, "not a SQLite database");
}

#[test]
fn a_database_of_another_program_is_refused() {
    let (_directory, path) = place();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE mail (id INTEGER)").unwrap();
    drop(other);
    check_refused(&path, "another program");
}

#[test]
fn a_newer_schema_is_refused() {
    let (_directory, path) = place();
    let newer: Vec<_> =
        open::MIGRATIONS.iter().copied().chain([open::plain("CREATE TABLE later (id INTEGER)")]).collect();
    drop(open::writer_with(&path, &newer).unwrap());
    check_refused(&path, "use the newer program");
}

#[test]
fn what_is_of_an_earlier_version_is_left_as_it_is_unless_it_may_be_converted() {
    let (directory, path) = place();
    let opens = |path: &Path| SqliteStore::open_unless_earlier(path).unwrap().is_some();
    assert!(opens(&path));
    for versions in 1..open::MIGRATIONS.len() {
        let path = directory.path().join(format!("{versions}.db"));
        drop(open::writer_with(&path, &open::MIGRATIONS[..versions]).unwrap());
        let before = std::fs::read(&path).unwrap();
        assert!(!opens(&path));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        drop(SqliteStore::open(&path).unwrap());
        assert!(opens(&path));
    }
    // Another process makes it at this moment.
    let path = directory.path().join("empty.db");
    std::fs::write(&path, "").unwrap();
    assert!(opens(&path));
}

#[test]
fn an_older_schema_is_brought_up_to_date() {
    let (_directory, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    let newer: Vec<_> =
        open::MIGRATIONS.iter().copied().chain([open::plain("CREATE TABLE later (id INTEGER)")]).collect();
    let connection = open::writer_with(&path, &newer).unwrap();
    assert!(connection.prepare("SELECT id FROM later").is_ok());
}

#[test]
fn a_missing_directory_says_what_to_do() {
    let (directory, _) = place();
    let error = SqliteStore::open(&directory.path().join("missing").join("steadfast.db")).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Unavailable(_)) && text.contains("directory exists"), "{text}");
}

#[tokio::test]
async fn a_file_that_can_not_be_written_says_what_to_do() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let full = store.write(|tx| {
        tx.pragma_update(None, "max_page_count", 1)?;
        tx.execute_batch("CREATE TABLE large (data BLOB) STRICT; INSERT INTO large VALUES (zeroblob(10000000))")?;
        Ok(())
    });
    let error = full.await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(text) if text.contains("free some space")), "{error}");
}
