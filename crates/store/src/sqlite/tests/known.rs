//! Numbers that are kept in memory never outlive the rows that they are of.

use model::{Counts, Day, DayRange, Environment, RouteKey, UnixMillis};

use super::{SqliteStore, place};
use crate::{IngestCommit, Store, TallyDelta};

/// Calls of an app to an undocumented route, on day 0.
fn calls(app: &str, route: &str, calls: u64) -> IngestCommit {
    IngestCommit {
        apps: vec![app.parse().unwrap()],
        routes: vec![RouteKey { documented: false, text: route.to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: vec![TallyDelta {
            app: 0,
            environment: Environment::Production,
            day: Day::from_epoch_days(0),
            route: 0,
            method: 0,
            status: 200,
            counts: Counts { calls, ..Counts::default() },
        }],
        ..IngestCommit::empty(UnixMillis(0))
    }
}

/// All that is counted: apps, routes, calls.
async fn counted(store: &SqliteStore) -> Vec<(String, String, u64)> {
    let mut all = Vec::new();
    for app in store.apps().await.unwrap() {
        let days = DayRange::only(Day::from_epoch_days(0));
        for tally in store.tallies(&app.id, Environment::Production, days).await.unwrap() {
            all.push((app.id.to_string(), tally.route.text.clone(), tally.counts.calls));
        }
    }
    all
}

fn rows(rows: &[(&str, &str, u64)]) -> Vec<(String, String, u64)> {
    rows.iter().map(|(app, route, calls)| ((*app).to_owned(), (*route).to_owned(), *calls)).collect()
}

#[tokio::test]
async fn a_refused_commit_leaves_no_numbers() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(calls("a", "/a", 1)).await.unwrap();
    store.commit_ingest(calls("b", "/b", u64::MAX)).await.unwrap_err();
    // A mark as the refused commit would have left it.
    store.mark_all_dirty().await.unwrap();
    store.commit_ingest(calls("c", "/c", 2)).await.unwrap();
    store.commit_ingest(calls("b", "/b", 3)).await.unwrap();
    assert_eq!(counted(&store).await, rows(&[("a", "/a", 1), ("b", "/b", 3), ("c", "/c", 2)]));
}

#[tokio::test]
async fn what_another_process_removed_is_added_again() {
    let (_directory, path) = place();
    let (store, other) = (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    store.commit_ingest(calls("a", "/a", 1)).await.unwrap();
    other.purge_before(Day::from_epoch_days(100)).await.unwrap();
    other.commit_ingest(calls("a", "/b", 2)).await.unwrap();
    store.commit_ingest(calls("a", "/a", 4)).await.unwrap();
    assert_eq!(counted(&store).await, rows(&[("a", "/a", 4), ("a", "/b", 2)]));
    assert_eq!(counted(&other).await, counted(&store).await);
}

#[tokio::test]
async fn what_was_purged_is_added_again() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    for number in 1..4 {
        store.commit_ingest(calls("a", "/a", number)).await.unwrap();
        assert_eq!(counted(&store).await, rows(&[("a", "/a", number)]));
        store.purge_before(Day::from_epoch_days(100)).await.unwrap();
        assert_eq!(counted(&store).await, []);
    }
}
