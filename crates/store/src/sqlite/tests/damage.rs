//! A file that holds what this program never writes: whoever meets it is told of the file, and nothing goes on for ever.

use model::{Counts, Day, DayRange, Environment, RouteKey, UnixMillis};

use super::super::runs;
use super::packed::SMALL;
use super::purge::change;
use super::{SqliteStore, calls_on, place};
use crate::packed::{Builder, Entry, Family, Key, Policy};
use crate::{IngestCommit, Result, Store, StoreError, TallyDelta};

const ALWAYS: DayRange = DayRange { start: Day::FIRST, end: Day::LAST };

/// Calls on some days of one span, of two routes.
fn some_calls() -> IngestCommit {
    let delta = |at: i32| TallyDelta {
        app: 0,
        environment: Environment::Production,
        day: Day::from_epoch_days(20_000 + at / 2),
        route: u32::from(at % 2 == 0),
        method: 0,
        status: 200,
        counts: Counts { calls: 1, ..Counts::default() },
    };
    let route = |text: &str| RouteKey { documented: false, text: text.to_owned() };
    IngestCommit {
        apps: vec!["a".parse().unwrap()],
        routes: vec![route("/a"), route("/b")],
        methods: vec!["GET".to_owned()],
        tallies: (0..10).map(delta).collect(),
        ..IngestCommit::empty(UnixMillis(0))
    }
}

/// What is done with counts and marks, and what comes of it.
async fn tried(store: &SqliteStore) -> Vec<(&'static str, Result<()>)> {
    let app = "a".parse().unwrap();
    let tidy = async || {
        while store.tidy_counts().await? {}
        Ok(())
    };
    vec![
        ("read", store.tallies(&app, Environment::Production, ALWAYS).await.map(drop)),
        ("list", store.calls_by_app(ALWAYS).await.map(drop)),
        ("commit", store.commit_ingest(some_calls()).await.map(drop)),
        ("tidy", tidy().await),
        ("marks", store.dirty_days(10).await.map(drop)),
        ("purge", store.purge_before(Day::from_epoch_days(20_002)).await.and_then(|damage| damage.map_or(Ok(()), Err))),
    ]
}

/// Asserts that an error names the file that is damaged.
fn assert_named(error: &StoreError, path: &std::path::Path, what: &str) {
    let text = error.to_string();
    assert!(matches!(error, StoreError::Corrupt(_)) && text.contains(&path.display().to_string()), "{what}: {text}");
}

#[tokio::test]
async fn whoever_meets_what_is_damaged_is_told_of_the_file() {
    let everywhere = &["read", "list", "tidy", "purge"][..];
    let merging = &["tidy"][..];
    for (damage, met) in [
        ("UPDATE count_page SET body = x''", everywhere),
        ("UPDATE count_page SET body = CAST(x'02' || substr(body, 2) AS BLOB)", everywhere),
        ("UPDATE count_page SET body = substr(body, 1, length(body) - 1)", everywhere),
        ("UPDATE count_page SET body = CAST(body || x'00' AS BLOB)", everywhere),
        ("UPDATE count_page SET first = CAST(substr(first, 1, 4) || x'ff' || substr(first, 6) AS BLOB)", merging),
        ("UPDATE count_run SET bytes = -1", merging),
        // Merged into itself, into each other, into one that is merged itself, and into none that is there.
        ("UPDATE count_run SET target = run", merging),
        ("UPDATE count_run SET target = run; DELETE FROM count_page", merging),
        ("UPDATE count_run SET target = 3 - run", merging),
        ("UPDATE count_run SET target = 3 - run; DELETE FROM count_page", merging),
        ("UPDATE count_run SET target = run + 1", merging),
        ("UPDATE count_run SET target = 9", merging),
        ("UPDATE mark_log SET body = x''", &["marks", "purge"]),
        ("UPDATE mark_log SET body = CAST(body || x'00' AS BLOB)", &["marks", "purge"]),
    ] {
        let (_directory, path) = place();
        let store = SqliteStore::open_with(&path, Policy::default()).unwrap();
        for _ in 0..2 {
            store.commit_ingest(some_calls()).await.unwrap();
        }
        drop(store);
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute_batch(damage).unwrap();
        drop(file);
        // With bounds by which the two runs are to be one.
        let store = SqliteStore::open_with(&path, SMALL).unwrap();
        for (what, outcome) in tried(&store).await {
            let is_commit = what == "commit";
            let what = format!("{damage}: {what}");
            match outcome {
                Err(error) if is_commit => panic!("{what}: {error}"),
                Err(error) => assert_named(&error, &path, &what),
                Ok(()) => assert!(!met.iter().any(|met| what.ends_with(met)), "{what} is done"),
            }
        }
    }
}

/// Calls of two apps, and their page of greatest keys, which is of the second alone, damaged. They are in two runs.
async fn damaged_of_the_second(store: &SqliteStore) {
    let delta = |app| move |delta: TallyDelta| TallyDelta { app, ..delta };
    for _ in 0..2 {
        let tallies = some_calls().tallies;
        let of_both = tallies.iter().cloned().map(delta(0)).chain(tallies.iter().cloned().map(delta(1)));
        let apps = vec!["a".parse().unwrap(), "b".parse().unwrap()];
        store.commit_ingest(IngestCommit { apps, tallies: of_both.collect(), ..some_calls() }).await.unwrap();
    }
    change(store, "UPDATE count_page SET body = x'00' WHERE id = (SELECT id FROM count_page WHERE family = 0 ORDER BY first DESC LIMIT 1)").await;
}

#[tokio::test]
async fn what_is_damaged_keeps_nobody_from_counting_nor_other_runs_from_being_merged() {
    let (_directory, path) = place();
    let store = SqliteStore::open_with(&path, Policy { fan: 8, ..SMALL }).unwrap();
    damaged_of_the_second(&store).await;
    let calls = async |app: &str| {
        let tallies = store.tallies(&app.parse().unwrap(), Environment::Production, ALWAYS).await?;
        Ok::<u64, StoreError>(tallies.iter().map(|tally| tally.counts.calls).sum())
    };
    assert_eq!(calls("a").await.unwrap(), 20);
    let mut most = 0;
    for _ in 0..200 {
        store.commit_ingest(some_calls()).await.unwrap();
        let runs = store.read(|tx| {
            Ok(tx.query_row(
                "SELECT max(runs) FROM (SELECT count(*) AS runs FROM count_run GROUP BY family)",
                (),
                |row| row.get::<_, i64>(0),
            )?)
        });
        most = most.max(runs.await.unwrap());
    }
    assert!(most < 40, "{most} runs");
    assert_eq!(calls("a").await.unwrap(), 2_020);
    assert_named(&calls("b").await.unwrap_err(), &path, "reading");
    // Told again and again, and the rest is tidied before.
    for _ in 0..2 {
        let told = async {
            while store.tidy_counts().await? {}
            Ok(())
        };
        assert_named(&told.await.unwrap_err(), &path, "tidying");
    }
    let runs = store.read(|tx| {
        Ok(tx.query_row("SELECT count(*) FROM count_run WHERE family = 0", (), |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(runs.await.unwrap(), 2, "that which is damaged, and one of all others");
    assert_eq!(calls("a").await.unwrap(), 2_020);
}

#[tokio::test]
async fn marks_that_are_damaged_keep_nobody_from_counting() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(some_calls()).await.unwrap();
    // So many seem to wait that commits fold some.
    change(&store, "UPDATE mark_log SET id = id - 2000, body = x''").await;
    store.commit_ingest(some_calls()).await.unwrap();
    assert_named(&store.dirty_days(9).await.unwrap_err(), &path, "marks");
}

/// Pages of a run that lie in each other's places.
#[tokio::test]
async fn pages_in_wrong_places_are_damage_and_no_conflict() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let written = store.write(|tx| {
        let entry =
            |route| Entry { key: Key { route, ..Key::default() }, counts: Counts { calls: 1, ..Counts::default() } };
        let entries: Vec<Entry> = (0..60).map(entry).collect();
        runs::add(tx, SMALL, Family::Tally, 100, &entries)?;
        let pages: i64 = tx.query_row("SELECT count(*) FROM count_page", (), |row| row.get(0))?;
        assert!(pages >= 3, "{pages} pages");
        tx.execute_batch(
            "CREATE TEMP TABLE place AS SELECT id, first FROM count_page ORDER BY first LIMIT 2;
             UPDATE count_page SET first = randomblob(17) WHERE id = (SELECT min(id) FROM place);
             UPDATE count_page SET first = (SELECT min(first) FROM place) WHERE id = (SELECT max(id) FROM place);
             UPDATE count_page SET first = (SELECT max(first) FROM place) WHERE id = (SELECT min(id) FROM place);",
        )?;
        runs::rewrite(tx, SMALL, Family::Tally, 100, |entry| Ok(entry.key.route != 1), Err)
    });
    assert_named(&written.await.unwrap_err(), &path, "rewriting");
}

#[tokio::test]
async fn a_mark_of_no_app_is_damage_and_no_conflict() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(some_calls()).await.unwrap();
    let mut page = Builder::new(Family::Day, 100);
    page.add(&Entry { key: Key { app: 99, ..Key::default() }, counts: Counts::default() }).unwrap();
    let body = page.finish().unwrap().body;
    store.write(move |tx| Ok(tx.execute("UPDATE mark_log SET body = ?1", (body,))?)).await.unwrap();
    assert_named(&store.dirty_days(10).await.unwrap_err(), &path, "marks");
}

#[tokio::test]
async fn a_damaged_page_keeps_no_other_span_from_being_tidied() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    for _ in 0..2 {
        store.commit_ingest(calls_on("/a", (0..200).step_by(5))).await.unwrap();
    }
    drop(store);
    let store = SqliteStore::open_with(&path, SMALL).unwrap();
    let due = async || store.read(|tx| runs::at_rest(tx, SMALL)).await.unwrap();
    let before = due().await;
    assert!(before.len() > 10, "{before:?}");
    change(&store, "UPDATE count_page SET body = x'00' WHERE id = (SELECT min(id) FROM count_page)").await;
    let damage = loop {
        match store.tidy_counts().await {
            Ok(more) => assert!(more, "what is damaged is done"),
            Err(damage) => break damage,
        }
    };
    assert_named(&damage, &path, "tidying");
    assert_eq!(due().await, before[..1]);
}

/// The program never adds up so many calls, and nobody who adds up what it is given has to look out for them.
#[tokio::test]
async fn sums_beyond_what_can_be_counted_are_damage() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(some_calls()).await.unwrap();
    let (app, days) = ("a".parse().unwrap(), DayRange::only(Day::from_epoch_days(20_000)));
    let most = i64::MAX.unsigned_abs();
    let key = |family| match family {
        Family::Tally => Key { app: 1, slot: 8, route: 1, call: 1 << 10 | 200, ..Key::default() },
        Family::Company => Key { app: 1, slot: 8, company: 1, route: 1, call: 1 << 10 | 403 },
        Family::Day => Key { app: 1, slot: 8, ..Key::default() },
    };
    for calls in [most, u64::MAX] {
        for family in Family::ALL {
            let add = store.write(move |tx| {
                let span = crate::packed::span_of(days.start);
                let all = Counts { calls, ..Counts::default() };
                let other = if family == Family::Day {
                    Key { slot: 9, ..key(family) }
                } else {
                    Key { route: 2, ..key(family) }
                };
                let entries = [key(family), other].map(|key| Entry { key, counts: all });
                runs::add(tx, Policy::default(), family, span, &entries)
            });
            add.await.unwrap();
        }
        for outcome in [
            store.tallies(&app, Environment::Production, days).await.map(drop),
            store.tallies_of_days(&[(app.clone(), Environment::Production, days.start)]).await.map(drop),
            store.company_tallies(&app, Environment::Production, days).await.map(drop),
            store.companies(&app, Environment::Production, days).await.map(drop),
            store.calls_by_app(ALWAYS).await.map(drop),
            store.counted(&[(app.clone(), Environment::Production, days.start)]).await.map(drop),
        ] {
            assert_named(&outcome.unwrap_err(), &path, "sums");
        }
    }
}
