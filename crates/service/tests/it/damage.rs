//! A file that is damaged in one place: the rest of it is kept up all the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{AppId, Counts, Day, DayRange, Environment, LossReason, RouteKey, Status, UnixMillis};
use service::{AppOverview, Loss};
use store::{IngestCommit, TallyDelta};

use crate::installation::{Installation, NOW};
use crate::meddler::Meddler;

/// Calls of an app on each of these days before today, answered so.
fn calls(app: &AppId, today: Day, days_ago: &[i32]) -> IngestCommit {
    let delta = |days_ago: &i32| TallyDelta {
        app: 0,
        environment: Environment::Production,
        day: today.plus(-days_ago),
        route: 0,
        method: 0,
        status: 403,
        counts: Counts { calls: 2000, ..Counts::default() },
    };
    IngestCommit {
        apps: vec![app.clone()],
        routes: vec![RouteKey { documented: false, text: "/a".to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: days_ago.iter().map(delta).collect(),
        ..IngestCommit::empty(UnixMillis(0))
    }
}

#[tokio::test]
async fn the_upkeep_does_all_but_what_is_damaged_and_tells_of_it() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let (store, today, app) = (&steadfast.store, steadfast.today(), "a".parse::<AppId>().unwrap());
    store.commit_ingest(calls(&app, today, &[410, 401, 399, 60, 9, 3])).await.unwrap();
    // The calls by route of the month that is over in part.
    let oldest = "SELECT span FROM count_page ORDER BY span";
    drop(Meddler::new(
        &installation,
        &format!(
            "UPDATE count_page SET body = x'00' WHERE family = 0 AND span = (SELECT DISTINCT span FROM ({oldest}) LIMIT 1 OFFSET 1)"
        ),
    ));
    let errors = steadfast.upkeep().await.unwrap_err();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let file = installation.path("steadfast.db").display().to_string();
    assert!(
        matches!(&told[..], [one] if one.contains(&file) && one.contains("restore the file from a backup")),
        "{told:?}"
    );

    let days = |found: Vec<Day>| found.into_iter().map(|day| today.days_since(day)).collect::<Vec<_>>();
    let verdicts = store.verdicts(Some(&app), DayRange { start: Day::FIRST, end: Day::LAST }).await.unwrap();
    assert_eq!(days(verdicts.iter().map(|of| of.verdicts[0].day).collect()), [60, 9, 3]);
    assert_eq!(days(store.dirty_days(9).await.unwrap().into_iter().map(|dirty| dirty.day).collect()), [399]);
    for (days_ago, kept) in [(410, false), (401, false), (399, true), (3, true)] {
        let counted = store.counted(&[(app.clone(), Environment::Production, today.plus(-days_ago))]).await.unwrap();
        assert_eq!(counted[0].is_some(), kept, "{days_ago} days ago");
    }
}

#[tokio::test]
async fn a_list_shows_of_an_app_with_damaged_counts_what_was_known_before() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let (store, today) = (&steadfast.store, steadfast.today());
    let [bad, sound] = ["bad", "sound"].map(|id| id.parse::<AppId>().unwrap());
    store.commit_ingest(calls(&bad, today, &[4, 3, 2])).await.unwrap();
    let before = steadfast.apps(today).await.unwrap().remove(0);
    assert_eq!((before.status, &before.incomplete[..]), (Some(Status::NeedsAttention), &[][..]));
    // In the span before.
    store.commit_ingest(calls(&sound, today, &[25])).await.unwrap();
    store.commit_ingest(calls(&bad, today, &[1])).await.unwrap();
    let newest = "SELECT max(span) FROM count_page";
    drop(Meddler::new(
        &installation,
        &format!("UPDATE count_page SET body = x'00' WHERE family = 0 AND span = ({newest})"),
    ));
    let expected = AppOverview { incomplete: vec![today.plus(-1)], ..before };
    let [of_bad, of_sound] = &steadfast.apps(today).await.unwrap()[..] else { panic!("two apps") };
    assert_eq!(*of_bad, expected);
    assert_eq!((of_sound.status, of_sound.calls, &of_sound.incomplete[..]), (Some(Status::Healthy), 2000, &[][..]));
    let few = steadfast.apps_of(&BTreeSet::from([bad, sound]), today).await.unwrap();
    assert_eq!(few[0], expected);
    assert!(steadfast.judge().await.is_err());
}

#[tokio::test]
async fn what_is_damaged_is_purged_in_vain_once_a_day_and_told_each_time() {
    let mut installation = Installation::new();
    let (today, app) = (installation.steadfast.today(), "a".parse::<AppId>().unwrap());
    let old = || calls(&app, today, &[401]);
    let store = installation.steadfast.store.clone();
    store.commit_ingest(calls(&app, today, &[401, 399])).await.unwrap();
    drop(Meddler::new(&installation, "UPDATE count_page SET body = x'00' WHERE family = 0"));
    let instant = |days_ago: i64| UnixMillis(NOW - days_ago * 86_400_000);
    let lost = Loss {
        source: "kong".parse().unwrap(),
        from: instant(500),
        until: instant(499),
        reason: LossReason::RotatedAway,
        detail: String::new(),
        at: instant(499),
    };
    store.add_loss(&lost).await.unwrap();
    for day in 0..2 {
        installation.steadfast.clock = Arc::new(instant(-day));
        for is_first in [true, false] {
            store.commit_ingest(old()).await.unwrap();
            let told = installation.steadfast.purge().await.unwrap_err().to_string();
            assert!(told.contains("restore the file from a backup"), "{told}");
            let counted = store.counted(&[(app.clone(), Environment::Production, today.plus(-401))]).await.unwrap();
            assert_eq!(counted[0].is_none(), is_first, "day {day}");
            assert_eq!(store.losses().await.unwrap(), []);
        }
    }
}
