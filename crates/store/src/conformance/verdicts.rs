//! Promises about verdicts and the marks that say which are out of date.

use ::model::{Day, DayRange, DayVerdict, Severity, TallyKey};

use super::builders::{SANDBOX, always, app, calls, commit, day, dirty, key};
use crate::{DayVerdicts, DirtyDay, Result, SharedStore};

/// Seven different verdicts, told apart by `affected`.
fn verdicts(id: &str, on: Day, affected: u64) -> DayVerdicts {
    let severities = [Severity::Healthy, Severity::Warning, Severity::Critical];
    let mut index = 0;
    let verdicts = [(); 7].map(|()| {
        index += 1;
        DayVerdict {
            day: on,
            affected: affected + index,
            base: 1_000 * index,
            severity: severities[index as usize % 3],
        }
    });
    DayVerdicts { app: app(id), verdicts, calls: 10_000, flagged: Vec::new() }
}

/// Counts a call of an app on a day and returns the mark that it made.
async fn touch(store: &SharedStore, id: &str, on: Day) -> Result<DirtyDay> {
    store.commit_ingest(commit(&[(key(id, on, "/x"), calls(1))])).await?;
    let marks = store.dirty_days(u32::MAX).await?;
    let mark = marks.into_iter().find(|dirty| dirty.app == app(id) && dirty.day == on);
    let Some(mark) = mark else { unreachable!("a commit marks its days") };
    Ok(mark)
}

/// Verdicts come by app (bytes of its id), then day, with every field, of all apps or of one.
pub async fn verdicts_read_back_by_app_then_day(store: SharedStore) -> Result<()> {
    let mut marks = Vec::new();
    for (id, on) in [("b", day(2)), ("a", day(3)), ("b", day(1)), ("B", day(2))] {
        marks.push(touch(&store, id, on).await?);
    }
    let all =
        [verdicts("B", day(2), 0), verdicts("a", day(3), 10), verdicts("b", day(1), 20), verdicts("b", day(2), 30)];
    let backwards: Vec<_> = all.iter().rev().cloned().collect();
    store.save_verdicts(&backwards, &marks).await?;
    assert_eq!(store.verdicts(None, always()).await?, all);
    assert_eq!(store.verdicts(Some(&app("b")), always()).await?, all[2..]);
    assert_eq!(store.verdicts(None, DayRange { start: day(2), end: day(3) }).await?, [&all[..2], &all[3..]].concat());
    assert_eq!(store.verdicts(Some(&app("nobody")), always()).await?, []);
    assert_eq!(dirty(&store).await?, []);
    // And go with their days.
    store.purge_before(day(2)).await?;
    assert_eq!(store.verdicts(Some(&app("b")), always()).await?, all[3..]);
    Ok(())
}

/// Counts that come while a day is judged make it due again.
pub async fn judging_clears_the_marks_it_saw_and_no_newer_ones(store: SharedStore) -> Result<()> {
    let seen = [touch(&store, "a", day(0)).await?, touch(&store, "b", day(0)).await?];
    touch(&store, "a", day(0)).await?;
    store.save_verdicts(&[verdicts("a", day(0), 0), verdicts("b", day(0), 0)], &seen).await?;
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(0))]);
    assert_eq!(store.verdicts(None, always()).await?.len(), 2);
    let seen = store.dirty_days(1).await?;
    store.save_verdicts(&[verdicts("a", day(0), 5)], &seen).await?;
    assert_eq!(dirty(&store).await?, []);
    assert_eq!(store.verdicts(Some(&app("a")), always()).await?, [verdicts("a", day(0), 5)]);
    Ok(())
}

/// Verdicts made from older counts don't replace verdicts made from newer ones, whoever saves last.
pub async fn a_slow_judge_does_not_undo_a_later_one(store: SharedStore) -> Result<()> {
    let slow = touch(&store, "a", day(0)).await?;
    let quick = touch(&store, "a", day(0)).await?;
    let newer = verdicts("a", day(0), 2);
    store.save_verdicts(std::slice::from_ref(&newer), &[quick]).await?;
    store.save_verdicts(&[verdicts("a", day(0), 1)], std::slice::from_ref(&slow)).await?;
    assert_eq!(store.verdicts(None, always()).await?, std::slice::from_ref(&newer));
    // Marks are never used twice, so the old one clears nothing of the day's next change either.
    touch(&store, "a", day(0)).await?;
    store.save_verdicts(&[], &[slow]).await?;
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(0))]);
    Ok(())
}

/// Verdicts of a day without calls are not kept, and end those that were.
pub async fn a_day_without_calls_keeps_no_verdicts(store: SharedStore) -> Result<()> {
    let mark = touch(&store, "a", day(0)).await?;
    store.save_verdicts(&[verdicts("a", day(0), 0)], &[mark]).await?;
    let without = DayVerdicts { calls: 0, ..verdicts("a", day(0), 0) };
    store.save_verdicts(&[without], &[]).await?;
    assert_eq!(store.verdicts(None, always()).await?, []);
    Ok(())
}

/// Sandbox days are never judged.
pub async fn marking_all_marks_production_days_alone(store: SharedStore) -> Result<()> {
    let sandbox = TallyKey { environment: SANDBOX, ..key("s", day(0), "/x") };
    store.commit_ingest(commit(&[(sandbox, calls(1))])).await?;
    let (first, second) = (touch(&store, "a", day(0)).await?, touch(&store, "b", day(1)).await?);
    store.save_verdicts(&[], &[first]).await?;
    store.mark_all_dirty().await?;
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(0)), ("b".to_owned(), day(1))]);
    assert!(store.dirty_days(2).await?.iter().all(|dirty| dirty.mark > second.mark));
    Ok(())
}
