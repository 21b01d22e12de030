//! The conformance suite on SQLite, and what is SQLite's alone: files, schema, statements, processes.

mod batches;
mod convert;
mod crash;
mod damage;
mod files;
mod known;
mod marks;
mod packed;
mod properties;
mod purge;
mod registry;
mod schema;
mod upgrade;

use std::path::PathBuf;
use std::sync::Arc;

use model::{Counts, Day, Environment, RouteKey, UnixMillis};
use tempfile::TempDir;

use super::SqliteStore;
use crate::{IngestCommit, SharedStore, Store, TallyDelta};

crate::conformance!(empty_store());

/// A call of a route on each of these days.
fn calls_on(route: &str, days: impl Iterator<Item = i32>) -> IngestCommit {
    let delta = |day| TallyDelta {
        app: 0,
        environment: Environment::Production,
        day: Day::from_epoch_days(day),
        route: 0,
        method: 0,
        status: 200,
        counts: Counts { calls: 1, ..Counts::default() },
    };
    IngestCommit {
        apps: vec!["a".parse().unwrap()],
        routes: vec![RouteKey { documented: false, text: route.to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: days.map(delta).collect(),
        ..IngestCommit::empty(UnixMillis(0))
    }
}

/// An empty store and the directory it is in, which is gone when dropped.
async fn empty_store() -> (SharedStore, TempDir) {
    let (directory, path) = place();
    (Arc::new(SqliteStore::open(&path).unwrap()), directory)
}

/// A directory and the path of a file that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("steadfast.db");
    (directory, path)
}

#[tokio::test]
async fn the_suite_runs_as_a_whole_too() {
    crate::conformance::run_all(empty_store).await.unwrap();
}

#[tokio::test]
async fn a_piece_of_work_that_breaks_off_does_not_take_the_store_with_it() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let broken: crate::Result<()> = store.write(|_| panic!("on purpose")).await;
    assert!(matches!(broken, Err(crate::StoreError::Unavailable(_))), "{broken:?}");
    store.set_setting("key", "value").await.unwrap();
    assert_eq!(store.setting("key").await.unwrap().as_deref(), Some("value"));
}

#[tokio::test]
async fn a_read_sees_one_state_and_can_change_nothing() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let changed = store.read(|tx| super::settings::set(tx, "key", "value")).await;
    let text = changed.expect_err("a read can't write").to_string();
    assert!(text.contains(&path.display().to_string()) && text.contains("can't be written"), "{text}");
}
