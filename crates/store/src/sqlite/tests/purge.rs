//! Purging goes by spans, and may break off between any two.

use model::{Day, DayRange, Environment};

use super::super::{purge, runs};
use super::packed::{SMALL, sound};
use super::{SqliteStore, calls_on, place};
use crate::packed::{Entry, Family, day_of, span_of};
use crate::{Platform as _, Result, Store, StoreError};

const ALWAYS: DayRange = DayRange { start: Day::FIRST, end: Day::LAST };

/// The days with calls, once for each route.
async fn days(store: &SqliteStore) -> Result<Vec<i32>> {
    let tallies = store.tallies(&"a".parse().unwrap(), Environment::Production, ALWAYS).await?;
    Ok(tallies.iter().map(|tally| tally.day.epoch_days()).collect())
}

async fn assert_sound(store: &SqliteStore) {
    let looked = store.read(|tx| {
        sound(tx);
        Ok(())
    });
    looked.await.unwrap();
}

pub(super) async fn change(store: &SqliteStore, statement: &'static str) {
    let changed = store.write(move |tx| Ok(tx.execute(statement, ())?)).await.unwrap();
    assert!(changed > 0, "{statement}");
}

#[tokio::test]
async fn what_breaks_off_leaves_whole_days_and_goes_on_later() {
    let (_directory, path) = place();
    let store = SqliteStore::open_with(&path, SMALL).unwrap();
    store.commit_ingest(calls_on("/a", (0..200).step_by(5))).await.unwrap();
    let day = Day::from_epoch_days(150);
    let mut before = days(&store).await.unwrap();
    let mut spans = 0;
    while let Some(span) = store.read(move |tx| purge::first_over(tx, day)).await.unwrap() {
        store.write(move |tx| purge::remove_span(tx, span)).await.unwrap();
        let left = days(&store).await.unwrap();
        assert!(left.len() < before.len() && before.ends_with(&left));
        assert_sound(&store).await;
        (before, spans) = (left, spans + 1);
    }
    assert!(spans > 3 && before[0] < 150, "{spans} spans, {before:?}");
    store.write(move |tx| purge::begin_span(tx, day, SMALL)).await.unwrap();
    let kept: Vec<i32> = (150..200).step_by(5).collect();
    assert_eq!(days(&store).await.unwrap(), kept);
    assert_sound(&store).await;
    // A batch that was begun before: its texts don't go without its counts.
    store.commit_ingest(calls_on("/late", [3, 149].into_iter())).await.unwrap();
    store.write(move |tx| purge::finish(tx, day, true)).await.unwrap();
    assert_eq!(days(&store).await.unwrap(), [&[149][..], &kept[..]].concat());
    store.purge_before(day).await.unwrap();
    assert_eq!(days(&store).await.unwrap(), kept);
    assert_sound(&store).await;
}

#[tokio::test]
async fn a_damaged_page_that_is_too_old_goes_like_any_other() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.commit_ingest(calls_on("/a", 0..200)).await.unwrap();
    change(&store, "UPDATE count_page SET body = x'00' WHERE span = (SELECT min(span) FROM count_page)").await;
    assert!(matches!(days(&store).await, Err(StoreError::Corrupt(_))));
    store.purge_before(Day::from_epoch_days(150)).await.unwrap();
    assert_eq!(days(&store).await.unwrap(), (150..200).collect::<Vec<_>>());
    // One that is needed still is not thrown away.
    change(&store, "UPDATE count_page SET body = x'00' WHERE span = (SELECT min(span) FROM count_page)").await;
    let damage = store.purge_before(Day::from_epoch_days(151)).await.unwrap().unwrap();
    assert!(damage.to_string().contains(&path.display().to_string()), "{damage}");
}

#[tokio::test]
async fn what_is_damaged_of_the_span_that_is_over_in_part_keeps_nothing_else() {
    let day = Day::from_epoch_days(150);
    for damage in [
        "UPDATE count_page SET body = x'00' WHERE id = (SELECT min(id) FROM count_page WHERE span = 22489)",
        "UPDATE mark_log SET body = x'00' WHERE span = 22489",
    ] {
        let (_directory, path) = place();
        let store = SqliteStore::open_with(&path, SMALL).unwrap();
        store.commit_ingest(calls_on("/old", [3].into_iter())).await.unwrap();
        store.commit_ingest(calls_on("/a", 0..200)).await.unwrap();
        assert_eq!((span_of(day), day_of(22_489, 0).epoch_days()), (22_489, 120));
        change(&store, damage).await;
        let text = store.purge_before(day).await.unwrap().unwrap().to_string();
        assert!(text.contains(&path.display().to_string()) && text.contains("restore the file"), "{text}");
        for family in Family::ALL {
            let oldest = store.write(move |tx| {
                let mut oldest = None;
                for span in runs::spans(tx, family)? {
                    let mut look = |entry: &Entry| {
                        let day = Some(day_of(span, entry.key.slot));
                        oldest = oldest.min(day).or(day);
                        Ok(true)
                    };
                    runs::rewrite(tx, SMALL, family, span, &mut look, |_| Ok(()))?;
                }
                Ok(oldest)
            });
            let expected = if family == Family::Company { None } else { Some(day) };
            assert_eq!(oldest.await.unwrap(), expected, "{damage}: {family:?}");
        }
        let routes = store
            .read(|tx| Ok(tx.query_row("SELECT group_concat(text) FROM route", (), |row| row.get::<_, String>(0))?));
        assert_eq!(routes.await.unwrap(), "/a", "{damage}");
        // To try again changes nothing, so that nothing is made anew for it.
        let state = store.list_state(ALWAYS).await.unwrap();
        assert!(store.purge_before(day).await.unwrap().is_some());
        assert_eq!(store.list_state(ALWAYS).await.unwrap(), state);
        // It goes when its span does.
        assert!(store.purge_before(Day::from_epoch_days(152)).await.unwrap().is_none());
        assert!(store.list_state(ALWAYS).await.unwrap().reset > state.reset);
        assert_eq!(days(&store).await.unwrap(), (152..200).collect::<Vec<_>>());
        assert_sound(&store).await;
    }
}
