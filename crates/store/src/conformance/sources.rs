//! Promises about sources: hours, rejects, losses.

use std::collections::BTreeMap;

use ::model::{Hour, LossReason, SourceName, SourceWay, UnixMillis};

use super::builders::{calls, commit, day, key};
use crate::{
    IngestCommit, LOSSES, Listened, Loss, Result, SharedStore, SourceCommit, SourceSeen, StoreError, UnreadFile,
};

fn name(text: &str) -> SourceName {
    match text.parse() {
        Ok(name) => name,
        Err(error) => unreachable!("{error}"),
    }
}

/// An hour of the tests, in the order of `n`.
fn hour(n: i64) -> Hour {
    Hour::from_epoch_hours(480_000).plus(n)
}

/// What a commit adds: calls by hour; the latest is one minute into the last of these.
fn adds(source: &str, hours: &[(i64, u64)]) -> SourceCommit {
    SourceCommit {
        source: name(source),
        way: SourceWay::Files,
        hours: hours.iter().map(|(n, calls)| (hour(*n), *calls)).collect(),
        last_call: hours.iter().map(|(n, _)| hour(*n).start().plus_millis(60_000)).max(),
        rejects: Vec::new(),
    }
}

/// Commits in the hour `n`.
async fn at(store: &SharedStore, n: i64, sources: Vec<SourceCommit>) -> Result<()> {
    store.commit_ingest(IngestCommit { sources, ..IngestCommit::empty(hour(n).start()) }).await.map(drop)
}

async fn hours(store: &SharedStore, since: i64) -> Result<(i64, BTreeMap<(String, Hour), u64>)> {
    let found = store.source_hours(since).await?;
    let keyed = found.hours.into_iter().map(|(source, hour, calls)| ((source.to_string(), hour), calls));
    Ok((found.revision, keyed.collect()))
}

fn keyed(of: &[(&str, i64, u64)]) -> BTreeMap<(String, Hour), u64> {
    of.iter().map(|(source, n, calls)| (((*source).to_owned(), hour(*n)), *calls)).collect()
}

/// Hours, totals, rejects, the first and the last call, whatever order they come in.
pub async fn a_source_adds_up_over_commits(store: SharedStore) -> Result<()> {
    assert_eq!((store.sources().await?, store.losses().await?), (vec![], vec![]));
    let bad = |lines| vec![("not_json".to_owned(), lines), ("bad_time".to_owned(), 2 * lines)];
    at(&store, 9, vec![adds("b", &[(5, 2), (3, 1)]), SourceCommit { rejects: bad(1), ..adds("a", &[]) }]).await?;
    let http = SourceCommit { way: SourceWay::Http, rejects: bad(3), ..adds("b", &[(4, 7), (3, 1)]) };
    at(&store, 8, vec![http]).await?;

    let by_reason = |n| vec![("bad_time".to_owned(), 2 * n), ("not_json".to_owned(), n)];
    let a = SourceSeen {
        name: name("a"),
        way: Some(SourceWay::Files),
        first_hour: None,
        last_call: None,
        last_received: Some(hour(9).start()),
        calls: 0,
        rejects: by_reason(1),
    };
    let b = SourceSeen {
        name: name("b"),
        way: Some(SourceWay::Http),
        first_hour: Some(hour(3)),
        last_call: Some(hour(5).start().plus_millis(60_000)),
        last_received: Some(hour(9).start()),
        calls: 11,
        rejects: by_reason(3),
    };
    assert_eq!(store.sources().await?, [a, b]);
    assert_eq!(hours(&store, 0).await?.1, keyed(&[("b", 3, 2), ("b", 4, 7), ("b", 5, 2)]));
    let of = |source: &str, n: u64| by_reason(n).into_iter().map(|(reason, n)| (name(source), reason, n)).collect();
    let (of_a, of_b): (Vec<_>, Vec<_>) = (of("a", 1), of("b", 3));
    assert_eq!(store.source_rejects(hour(9)).await?, of_a);
    assert_eq!(store.source_rejects(hour(8)).await?, [of_a, of_b].concat());
    Ok(())
}

/// What changed since a revision is found, with the whole count; nothing else changes the revision.
pub async fn hours_are_found_by_what_changed(store: SharedStore) -> Result<()> {
    at(&store, 1, vec![adds("a", &[(1, 1), (2, 2)]), adds("b", &[(2, 2)])]).await?;
    let (first, all) = hours(&store, 0).await?;
    assert_eq!(all, keyed(&[("a", 1, 1), ("a", 2, 2), ("b", 2, 2)]));
    store.commit_ingest(commit(&[(key("app", day(0), "/x"), calls(1))])).await?;
    assert_eq!(hours(&store, first).await?, (first, BTreeMap::new()));
    at(&store, 1, vec![adds("a", &[(2, 5), (3, 1)])]).await?;
    let (second, changed) = hours(&store, first).await?;
    assert!(second > first && store.source_state().await?.reset <= first);
    assert_eq!(changed, keyed(&[("a", 2, 7), ("a", 3, 1)]));
    assert_eq!(store.source_state().await?.revision, second);
    Ok(())
}

/// Counts and sources share their fate.
pub async fn a_refused_commit_adds_nothing_to_its_source(store: SharedStore) -> Result<()> {
    let mut refused = commit(&[(key("app", day(0), "/x"), calls(1))]);
    refused.sources = vec![adds("a", &[(1, 1)])];
    refused.tallies[0].route = 9;
    assert!(store.commit_ingest(refused).await.is_err());
    let too_many = IngestCommit { sources: vec![adds("a", &[(1, u64::MAX)])], ..IngestCommit::empty(UnixMillis(0)) };
    assert!(matches!(store.commit_ingest(too_many).await, Err(StoreError::Corrupt(_) | StoreError::Unavailable(_))));
    assert_eq!(store.sources().await?, []);
    Ok(())
}

fn loss(source: &str, n: i64, detail: &str) -> Loss {
    Loss {
        source: name(source),
        from: hour(n).start(),
        until: hour(n).end(),
        reason: LossReason::RotatedAway,
        detail: detail.to_owned(),
        at: hour(n + 1).start(),
    }
}

/// A reader that comes upon the same again may say so again.
pub async fn a_loss_is_kept_once(store: SharedStore) -> Result<()> {
    let before = store.source_state().await?;
    assert!(store.add_loss(&loss("b", 3, "x.log")).await?);
    let after = store.source_state().await?;
    assert!(after.revision > before.revision && after.reset == before.reset);
    assert!(!store.add_loss(&Loss { at: UnixMillis(0), ..loss("b", 3, "x.log") }).await?);
    assert_eq!(store.source_state().await?, after);
    assert!(store.add_loss(&loss("b", 1, "y.log")).await?);
    assert!(store.add_loss(&Loss { reason: LossReason::Corrupt, ..loss("a", 5, "") }).await?);
    let all = [Loss { reason: LossReason::Corrupt, ..loss("a", 5, "") }, loss("b", 1, "y.log"), loss("b", 3, "x.log")];
    assert_eq!(store.losses().await?, all);
    let known: Vec<_> = store.sources().await?.into_iter().map(|it| (it.name.to_string(), it.way, it.calls)).collect();
    assert_eq!(known, [("a".to_owned(), None, 0), ("b".to_owned(), None, 0)]);
    Ok(())
}

/// Hour after hour makes one loss, which says what each said; noticed again, it is the same.
pub async fn losses_of_a_reason_that_touch_are_one(store: SharedStore) -> Result<()> {
    let between = Loss { reason: LossReason::Dropped, ..loss("a", 2, "between") };
    let steps = [loss("a", 1, "one"), loss("a", 3, "three"), between.clone(), loss("b", 2, "of another")];
    for step in &steps {
        assert!(store.add_loss(step).await?);
    }
    assert_eq!(store.losses().await?, [steps[0].clone(), between.clone(), steps[1].clone(), steps[3].clone()]);
    assert!(store.add_loss(&loss("a", 2, "two")).await?);
    let whole = Loss { from: hour(1).start(), until: hour(3).end(), ..loss("a", 3, "one; three; two") };
    let all = [whole.clone(), between, steps[3].clone()];
    assert_eq!(store.losses().await?, all);
    let state = store.source_state().await?;
    for (n, detail) in [(1, "one"), (2, "two"), (3, "three"), (2, "")] {
        assert!(!store.add_loss(&loss("a", n, detail)).await?);
    }
    assert_eq!((store.source_state().await?, store.losses().await?), (state, all.to_vec()));
    // It overlaps, and tells of a file more.
    let further = Loss { from: hour(3).start().plus_millis(9), until: hour(4).end(), ..loss("a", 4, "four") };
    assert!(store.add_loss(&further).await?);
    let whole = Loss { from: whole.from, ..loss("a", 4, "one; three; two; four") };
    assert_eq!(store.losses().await?[0], whole);
    Ok(())
}

/// A reader that loses something every other hour fills no disk, and no hour that was marked loses its mark.
pub async fn of_very_many_losses_none_is_forgotten(store: SharedStore) -> Result<()> {
    let most = i64::from(LOSSES);
    let of_another = loss("b", 0, "of another");
    store.add_loss(&of_another).await?;
    let rare = Loss { reason: LossReason::Corrupt, ..loss("a", -5_000, "long ago") };
    store.add_loss(&rare).await?;
    let rare_again = Loss { reason: LossReason::Corrupt, ..loss("a", 7, "of late") };
    store.add_loss(&rare_again).await?;
    // Far apart, but for some whose distance is less than that of the others.
    let begins = |n: i64| 5 * n - i64::from(n % 100 == 0);
    for n in 0..most + 5 {
        assert!(store.add_loss(&loss("a", begins(n), "x.log")).await?);
    }
    let kept = store.losses().await?;
    assert_eq!(kept.len() as i64, most + 1);
    assert!(kept.contains(&of_another) && kept.contains(&rare) && kept.contains(&rare_again));
    let marked = |n: i64| {
        let (from, until) = (hour(n).start(), hour(n).end());
        kept.iter().any(|loss| loss.source == name("a") && loss.from <= from && until <= loss.until)
    };
    for n in 0..most + 5 {
        assert!(marked(begins(n)), "{n}");
    }
    // What lies close is united, which marks least: the seven that are too many cost three hours each.
    let between = (0..begins(most + 4)).filter(|n| marked(*n)).count() as i64;
    assert_eq!(between, most + 4 + 7 * 3, "hours marked");
    Ok(())
}

/// What is listened for is known by its source, as long as that is known and wanted.
pub async fn until_when_a_source_was_listened_for_reads_back(store: SharedStore) -> Result<()> {
    let listened = |source: &str, n: i64, ended| Listened { source: name(source), until: hour(n).start(), ended };
    assert!(!store.keep_listened(&listened("a", 1, false)).await?);
    assert_eq!((store.listened().await?, store.sources().await?), (vec![], vec![]));
    at(&store, 1, vec![adds("b", &[]), adds("a", &[(1, 1)])]).await?;
    let state = store.source_state().await?;
    for step in [listened("b", 3, true), listened("a", 9, false), listened("a", 2, true), listened("b", 4, false)] {
        assert!(store.keep_listened(&step).await?);
    }
    assert_eq!(store.listened().await?, [listened("a", 2, true), listened("b", 4, false)]);
    store.forget_listened(&name("a")).await?;
    store.forget_listened(&name("nobody")).await?;
    assert_eq!(store.listened().await?, [listened("b", 4, false)]);
    assert_eq!(store.source_state().await?, state);
    Ok(())
}

/// What can't be read is known as it was found last, also of sources of which nothing ever came.
pub async fn unread_files_are_those_that_were_kept_last(store: SharedStore) -> Result<()> {
    let file = |source: &str, path: &str, reason: &str| UnreadFile {
        source: name(source),
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(store.unread_files().await?, []);
    let state = store.source_state().await?;
    store.keep_unread_files(&[file("b", "/1", "x"), file("a", "/2", "y"), file("a", "/1", "z")]).await?;
    let by_place = [file("a", "/1", "z"), file("a", "/2", "y"), file("b", "/1", "x")];
    assert_eq!(store.unread_files().await?, by_place);
    store.keep_unread_files(&[file("a", "/1", "v"), file("a", "/1", "w")]).await?;
    assert_eq!(store.unread_files().await?, [file("a", "/1", "w")]);
    store.keep_unread_files(&[]).await?;
    assert_eq!((store.unread_files().await?, store.sources().await?), (vec![], vec![]));
    assert_eq!(store.source_state().await?, state);
    Ok(())
}

/// What is too old goes; what was counted ever stays known.
pub async fn purging_takes_old_hours_and_no_totals(store: SharedStore) -> Result<()> {
    let rejects = vec![("not_json".to_owned(), 4)];
    at(&store, 1, vec![SourceCommit { rejects, ..adds("a", &[(1, 1), (2, 2), (3, 4)]) }]).await?;
    for n in [1, 3, 5] {
        store.add_loss(&loss("a", n, "")).await?;
    }
    let sources = store.sources().await?;
    let (before, _) = hours(&store, 0).await?;
    store.purge_sources(hour(2)).await?;
    let state = store.source_state().await?;
    assert!(state.reset > before && state.revision >= state.reset);
    assert_eq!(hours(&store, 0).await?.1, keyed(&[("a", 2, 2), ("a", 3, 4)]));
    assert_eq!(store.source_rejects(hour(0)).await?, []);
    assert_eq!(store.losses().await?, [loss("a", 3, ""), loss("a", 5, "")]);
    assert_eq!(store.sources().await?, sources);
    Ok(())
}
