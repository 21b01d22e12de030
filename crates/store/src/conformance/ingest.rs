//! Promises about counts.

use ::model::{App, Component, Counts, DayRange, Distribution, TallyKey};

use super::builders::{PRODUCTION, SANDBOX, always, app, calls, commit, counted, day, dirty, key, position, route};
use crate::{Result, SharedStore, StoreError};

/// Nothing is there before anything was saved.
pub async fn an_empty_store_is_empty(store: SharedStore) -> Result<()> {
    assert_eq!(store.last_import().await?, None);
    assert_eq!(store.catalog().await?.routes, []);
    assert_eq!(store.catalog_changes(10).await?, []);
    assert_eq!(store.undocumented_routes(day(0)).await?, [""; 0]);
    assert_eq!(store.newest_position().await?, 0);
    assert_eq!(store.head_lengths().await?, []);
    assert_eq!(store.positions().await?, []);
    assert_eq!(store.rejects().await?, []);
    assert_eq!(store.apps().await?, []);
    assert_eq!(store.app(&app("a")).await?, None);
    assert_eq!(store.tallies(&app("a"), PRODUCTION, always()).await?, []);
    assert_eq!(store.calls_by_app(always()).await?, []);
    assert_eq!(store.dirty_days(10).await?, []);
    assert_eq!(store.verdicts(None, always()).await?, []);
    assert_eq!(store.setting("rules").await?, None);
    store.purge_before(day(0)).await?;
    store.mark_all_dirty().await?;
    store.save_verdicts(&[], &[]).await?;
    assert_eq!(store.commit_ingest(commit(&[])).await?, None);
    Ok(())
}

/// Counts come by day, then route (undocumented before documented, then by text), method and status.
pub async fn tallies_come_by_day_route_method_and_status(store: SharedStore) -> Result<()> {
    let mut keys = Vec::new();
    for (on, to) in [(day(1), "?/b"), (day(1), "?/é"), (day(1), "/Z"), (day(1), "/a"), (day(2), "?/a")] {
        for (method, status) in [("DELETE", 404), ("GET", 200), ("GET", 500)] {
            let key = key("a", on, to);
            keys.push(::model::TallyKey { method: method.to_owned(), status, ..key });
        }
    }
    // Backwards, so that the order of arrival is not the order of the answer.
    for key in keys.iter().rev() {
        store.commit_ingest(commit(&[(key.clone(), calls(1))])).await?;
    }
    let expected: Vec<_> = keys.into_iter().map(|key| (key, 1)).collect();
    assert_eq!(counted(&store, "a", PRODUCTION).await?, expected);
    let only = store.tallies(&app("a"), PRODUCTION, DayRange::only(day(2))).await?;
    assert_eq!(only.len(), 3);
    let none = store.tallies(&app("a"), PRODUCTION, DayRange { start: day(2), end: day(1) }).await?;
    assert_eq!(none, []);
    // The same of many days at once.
    store.commit_ingest(commit(&[(key("b", day(1), "/Z"), calls(7)), (key("b", day(40), "/a"), calls(2))])).await?;
    let asked = [("b", 40), ("a", 2), ("nobody", 1), ("a", 1), ("b", 2), ("b", 1)];
    let asked = asked.map(|(id, on)| (app(id), PRODUCTION, day(on)));
    let found = store.tallies_of_days(&asked).await?;
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3, 0, 12, 0, 1]);
    for ((app, environment, on), found) in asked.iter().zip(found) {
        assert_eq!(found, store.tallies(app, *environment, DayRange::only(*on)).await?);
    }
    Ok(())
}

/// Each of the four counts adds up by itself.
pub async fn counts_add_up_over_commits(store: SharedStore) -> Result<()> {
    let first = Counts { calls: 10, header_absent: 4, service_calls: 3, service_header_absent: 1 };
    let second = Counts { calls: 5, header_absent: 0, service_calls: 5, service_header_absent: 2 };
    let (a, b) = (key("a", day(0), "/x"), key("b", day(0), "/x"));
    store.commit_ingest(commit(&[(a.clone(), first), (b, first)])).await?;
    store.commit_ingest(commit(&[(a, second)])).await?;
    let of_a = store.tallies(&app("a"), PRODUCTION, always()).await?;
    assert_eq!(of_a.len(), 1);
    let sum = Counts { calls: 15, header_absent: 4, service_calls: 8, service_header_absent: 3 };
    assert_eq!(of_a[0].counts, sum);
    assert_eq!(store.tallies(&app("b"), PRODUCTION, always()).await?[0].counts, first);
    Ok(())
}

/// What happens in a sandbox shows nowhere else, marks nothing dirty and is in no overview.
pub async fn environments_are_kept_apart(store: SharedStore) -> Result<()> {
    let production = key("a", day(0), "/x");
    let sandbox = ::model::TallyKey { environment: SANDBOX, day: day(1), ..production.clone() };
    store.commit_ingest(commit(&[(production.clone(), calls(1)), (sandbox.clone(), calls(2))])).await?;
    assert_eq!(counted(&store, "a", PRODUCTION).await?, [(production, 1)]);
    assert_eq!(counted(&store, "a", SANDBOX).await?, [(sandbox, 2)]);
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(0))]);
    assert_eq!(store.calls_by_app(always()).await?, [(app("a"), 1)]);
    Ok(())
}

/// Traffic registers an app that nobody registered and changes nothing of one that somebody did.
pub async fn an_unknown_app_is_discovered_and_a_known_one_is_left_alone(store: SharedStore) -> Result<()> {
    let known = App {
        id: app("known"),
        name: "Known to us".to_owned(),
        components: vec![Component::SidePanel],
        distribution: Some(Distribution::Custom),
        discovered: false,
    };
    store.save_app(&known).await?;
    let both = [(key("known", day(0), "/x"), calls(1)), (key("new", day(0), "/x"), calls(1))];
    store.commit_ingest(commit(&both)).await?;
    store.commit_ingest(commit(&both)).await?;
    assert_eq!(store.apps().await?, [known, App::discovered(app("new"))]);
    Ok(())
}

/// Each commit marks the days it touches, with marks greater than all before.
pub async fn production_days_are_marked_dirty_with_growing_marks(store: SharedStore) -> Result<()> {
    let (first, second) = (key("a", day(0), "/x"), key("a", day(1), "/x"));
    store.commit_ingest(commit(&[(first.clone(), calls(1)), (second, calls(1))])).await?;
    let before = store.dirty_days(10).await?;
    assert_eq!(before.iter().map(|dirty| dirty.day).collect::<Vec<_>>(), [day(0), day(1)]);
    assert_eq!(store.dirty_days(1).await?.len(), 1);
    store.commit_ingest(commit(&[(first, calls(1))])).await?;
    let after = store.dirty_days(10).await?;
    assert!(after[0].mark > before[0].mark.max(before[1].mark));
    assert_eq!(after[1], before[1]);
    Ok(())
}

/// The overview sums production calls of the days in question; an app without any is left out.
pub async fn calls_by_app_are_of_production_within_the_days(store: SharedStore) -> Result<()> {
    let tallies = [
        (key("b", day(0), "/x"), calls(1)),
        (key("b", day(1), "/x"), calls(10)),
        (key("b", day(1), "/y"), calls(100)),
        (key("b", day(2), "/x"), calls(1_000)),
        (key("b", day(3), "/x"), calls(10_000)),
        (key("a", day(2), "/x"), calls(7)),
        (key("c", day(0), "/x"), calls(1)),
        (key("d", day(1), "/x"), calls(0)),
    ];
    store.commit_ingest(commit(&tallies)).await?;
    let days = DayRange { start: day(1), end: day(2) };
    assert_eq!(store.calls_by_app(days).await?, [(app("a"), 7), (app("b"), 1_110)]);
    Ok(())
}

/// Rejected lines are counted by reason.
pub async fn rejects_add_up_most_frequent_first(store: SharedStore) -> Result<()> {
    let of = |rejects: &[(&str, u64)]| {
        let rejects = rejects.iter().map(|(reason, lines)| ((*reason).to_owned(), *lines)).collect();
        crate::IngestCommit { rejects, ..commit(&[]) }
    };
    store.commit_ingest(of(&[("not_json", 2), ("empty_line", 1), ("too_long", 2)])).await?;
    store.commit_ingest(of(&[("empty_line", 5)])).await?;
    let expected = [("empty_line", 6), ("not_json", 2), ("too_long", 2)];
    assert_eq!(store.rejects().await?, expected.map(|(reason, lines)| (reason.to_owned(), lines)));
    Ok(())
}

/// Undocumented routes are those with counts in the days asked for, and never documented ones.
pub async fn undocumented_routes_are_found_by_day_and_by_group(store: SharedStore) -> Result<()> {
    let sandbox = ::model::TallyKey { environment: SANDBOX, ..key("b", day(2), "?/s") };
    let tallies = [
        (key("a", day(0), "?/old"), calls(1)),
        (key("a", day(2), "?/new"), calls(1)),
        (key("a", day(2), "?/also"), calls(1)),
        (key("b", day(1), "?/new"), calls(1)),
        (key("a", day(2), "/documented"), calls(1)),
        (sandbox, calls(1)),
    ];
    store.commit_ingest(commit(&tallies)).await?;
    assert_eq!(store.undocumented_routes(day(1)).await?, ["/also", "/new", "/s"]);
    assert_eq!(store.undocumented_routes(day(0)).await?, ["/also", "/new", "/old", "/s"]);
    assert_eq!(store.undocumented_routes(day(3)).await?, [""; 0]);
    let groups = [
        (app("b"), PRODUCTION, day(2)),
        (app("a"), PRODUCTION, day(2)),
        (app("b"), SANDBOX, day(2)),
        (app("nobody"), PRODUCTION, day(2)),
        (app("a"), PRODUCTION, day(2)),
    ];
    let of_groups = store.undocumented_routes_of(&groups).await?;
    assert_eq!(of_groups, [vec![], vec!["/also", "/new"], vec!["/s"], vec![], vec!["/also", "/new"]]);
    Ok(())
}

/// A thousand methods are kept by name; calls with any further one are counted under `OTHER`, and none is lost.
pub async fn of_very_many_methods_the_last_are_counted_together(store: SharedStore) -> Result<()> {
    let made_up = |n: u8, m: u8| String::from_iter([char::from(b'A' + n), char::from(b'A' + m), 'X']);
    let named = |method| (TallyKey { method, ..key("a", day(0), "/x") }, calls(1));
    let tallies: Vec<_> = (0..50).flat_map(|n| (0..26).map(move |m| named(made_up(n, m)))).collect();
    store.commit_ingest(commit(&tallies[..600])).await?;
    store.commit_ingest(commit(&tallies[600..])).await?;
    let counted = counted(&store, "a", PRODUCTION).await?;
    assert_eq!(counted.len(), 1_001);
    assert_eq!(counted.iter().map(|(_, calls)| calls).sum::<u64>(), 1_300);
    assert!(counted.iter().any(|(key, calls)| key.method == "OTHER" && *calls == 300));
    Ok(())
}

/// A commit that can't be kept whole leaves no trace: no counts, marks, apps, rejects or position.
pub async fn a_count_too_large_to_keep_changes_nothing(store: SharedStore) -> Result<()> {
    let full = key("m", day(0), "/x");
    store.commit_ingest(commit(&[(full.clone(), calls(u64::MAX / 2))])).await?;
    let marks = store.dirty_days(10).await?;
    let around = [key("a", day(0), "/x"), full, key("z", day(0), "?/x")];
    for overflowing in [calls(1), calls(u64::MAX)] {
        let tallies = around.clone().map(|key| (key, overflowing));
        let refused = crate::IngestCommit {
            after: Some(position("log", 10, 10, 1)),
            rejects: vec![("not_json".to_owned(), 1)],
            ..commit(&tallies)
        };
        let result = store.commit_ingest(refused).await;
        assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
        assert_eq!(store.apps().await?, [App::discovered(app("m"))]);
        assert_eq!(store.calls_by_app(always()).await?, [(app("m"), u64::MAX / 2)]);
        assert_eq!(store.undocumented_routes(day(0)).await?, [""; 0]);
        assert_eq!(store.dirty_days(10).await?, marks);
        assert_eq!(store.rejects().await?, []);
        assert_eq!(store.positions().await?, []);
    }
    Ok(())
}

/// A number without a text behind it is refused.
pub async fn a_commit_with_a_wrong_number_changes_nothing(store: SharedStore) -> Result<()> {
    let good = commit(&[(key("a", day(0), "/x"), calls(1)), (key("b", day(0), "/x"), calls(1))]);
    let lacking = [
        crate::IngestCommit { apps: vec![app("a")], ..good.clone() },
        crate::IngestCommit { routes: vec![], ..good.clone() },
        crate::IngestCommit { methods: vec![], ..good },
    ];
    for commit in lacking {
        assert!(store.commit_ingest(commit).await.is_err());
        assert_eq!(store.apps().await?, []);
    }
    Ok(())
}

/// Purging takes counts, totals, marks, verdicts and unused texts of older days; the day itself stays.
pub async fn purging_takes_everything_older_and_nothing_else(store: SharedStore) -> Result<()> {
    let sandbox = ::model::TallyKey { environment: SANDBOX, ..key("a", day(0), "?/s") };
    let kept = key("a", day(2), "?/both");
    let tallies = [
        (key("a", day(0), "?/gone"), calls(1)),
        (key("b", day(1), "?/both"), calls(2)),
        (kept.clone(), calls(4)),
        (sandbox, calls(1)),
    ];
    store.commit_ingest(commit(&tallies)).await?;
    store.purge_before(day(2)).await?;
    assert_eq!(counted(&store, "a", PRODUCTION).await?, [(kept.clone(), 4)]);
    assert_eq!(counted(&store, "a", SANDBOX).await?, []);
    assert_eq!(counted(&store, "b", PRODUCTION).await?, []);
    assert_eq!(store.calls_by_app(always()).await?, [(app("a"), 4)]);
    assert_eq!(dirty(&store).await?, [("a".to_owned(), day(2))]);
    assert_eq!(store.undocumented_routes(day(0)).await?, ["/both"]);
    // What was purged can come again.
    store.commit_ingest(commit(&[(key("a", day(2), "?/gone"), calls(1))])).await?;
    let gone = ::model::TallyKey { route: route("?/gone"), ..kept.clone() };
    assert_eq!(counted(&store, "a", PRODUCTION).await?, [(kept, 4), (gone, 1)]);
    Ok(())
}
