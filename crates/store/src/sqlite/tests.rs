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

use tempfile::TempDir;

use super::SqliteStore;
use crate::{SharedStore, Store};

crate::conformance!(empty_store());

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
