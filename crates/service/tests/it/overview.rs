//! Lists that are kept in memory are those that would be made anew.

use std::collections::{BTreeMap, BTreeSet};

use model::{App, AppId, Counts, Day, DayRange, Environment, Observation, RouteKey, Severity, Status, UnixMillis};
use proptest::prelude::*;
use proptest::sample::select;
use service::{AppOverview, BoardCache, Overview, OverviewCache, Steadfast, Summary};
use store::{IngestCommit, TallyDelta};

use crate::installation::Installation;
use crate::meddler::Meddler;

const APPS: [&str; 4] = ["a", "b", "c", "d"];

/// One thing that happens to an installation.
#[derive(Clone, Debug)]
enum Step {
    /// Calls of an app, so many days before today.
    Calls { app: &'static str, days_ago: i32, route: usize, status: u16, calls: u64 },
    /// An app is given a name.
    Rename(&'static str, String),
    /// Another catalog.
    Import(bool),
    /// Counts before this day go.
    Purge(i32),
    /// Somebody looks, which keeps what they saw.
    Look(i32),
}

fn step() -> impl Strategy<Value = Step> {
    let calls =
        (select(APPS.to_vec()), 0..50, 0..3_usize, select(vec![200, 200, 403, 404]), select(vec![1, 9, 60, 2000]));
    prop_oneof![
        6 => calls.prop_map(|(app, days_ago, route, status, calls)| Step::Calls { app, days_ago, route, status, calls }),
        1 => (select(APPS.to_vec()), "[a-z]{1,4}").prop_map(|(app, name)| Step::Rename(app, name)),
        1 => any::<bool>().prop_map(Step::Import),
        1 => (10..60).prop_map(Step::Purge),
        3 => (0..8).prop_map(Step::Look),
    ]
}

async fn take(installation: &Installation, step: &Step) {
    let steadfast = &installation.steadfast;
    let today = steadfast.today();
    match step {
        Step::Calls { app, days_ago, route, status, calls } => {
            let (documented, text) = [(true, "/old"), (true, "/new"), (false, "/private")][*route];
            let commit = IngestCommit {
                apps: vec![app.parse().unwrap()],
                routes: vec![RouteKey { documented, text: text.to_owned() }],
                methods: vec!["GET".to_owned()],
                tallies: vec![TallyDelta {
                    app: 0,
                    environment: Environment::Production,
                    day: today.plus(-days_ago),
                    route: 0,
                    method: 0,
                    status: *status,
                    counts: Counts { calls: *calls, ..Counts::default() },
                }],
                ..IngestCommit::empty(UnixMillis(0))
            };
            steadfast.store.commit_ingest(commit).await.unwrap();
        }
        Step::Rename(app, name) => {
            let app = App { name: name.clone(), ..App::discovered(app.parse().unwrap()) };
            steadfast.store.save_app(&app).await.unwrap();
        }
        Step::Import(deprecated) => {
            let text = format!(
                r#"{{"openapi":"3.0.0","info":{{"title":"T","version":"1"}},"paths":{{
                "/old":{{"get":{{"deprecated":{deprecated},"x-company-scoped":false}}}},
                "/new":{{"get":{{"x-company-scoped":false}}}}}}}}"#
            );
            installation.import(&[("api.json", &text)]).await;
        }
        Step::Purge(days_ago) => drop(steadfast.store.purge_before(today.plus(-days_ago)).await.unwrap()),
        Step::Look(days_ago) => {
            steadfast.overview(today.plus(-days_ago)).await.unwrap();
            steadfast.board(today).await.unwrap();
        }
    }
}

/// The overview as it was made before anything was kept: from all verdicts of the window.
async fn plain(steadfast: &Steadfast, as_of: Day) -> Vec<AppOverview> {
    steadfast.judge().await.unwrap();
    let window = DayRange::before(as_of, health::WINDOW_DAYS);
    let recent = DayRange::before(as_of, steadfast.rules.roll_up.no_traffic_days);
    let calls: BTreeMap<AppId, u64> = steadfast.store.calls_by_app(recent).await.unwrap().into_iter().collect();
    let mut apps = Vec::new();
    for app in steadfast.store.apps().await.unwrap() {
        let verdicts = steadfast.store.verdicts(Some(&app.id), window).await.unwrap();
        let on = |day: Day| verdicts.iter().find(|verdicts| verdicts.verdicts[0].day == day);
        let calls = calls.get(&app.id).copied().unwrap_or(0);
        let status = |observation: Observation| {
            let severity = |day| on(day).map_or(Severity::Healthy, |day| day.verdicts[observation.index()].severity);
            health::roll_up(&window.iter().map(severity).collect::<Vec<_>>(), &steadfast.rules.roll_up)
        };
        let statuses: Vec<Status> = if calls == 0 { Vec::new() } else { Observation::ALL.map(status).to_vec() };
        let number = |status| statuses.iter().filter(|other| **other == status).count();
        let worst = |day| on(day).and_then(|day| day.verdicts.iter().map(|verdict| verdict.severity).max());
        apps.push(AppOverview {
            status: statuses.iter().max().copied(),
            calls,
            strip: window.iter().map(|day| (day, worst(day))).collect(),
            incomplete: Vec::new(),
            summary: Summary {
                needs_attention: number(Status::NeedsAttention),
                review_recommended: number(Status::ReviewRecommended),
                healthy: number(Status::Healthy),
            },
            app,
        });
    }
    apps.sort_by_key(|it| (std::cmp::Reverse(it.status), it.app.name.to_lowercase(), it.app.id.clone()));
    apps
}

/// Calls to what is deprecated and private on the board's days, by app, counted from the tallies.
async fn plain_board(steadfast: &Steadfast, days: DayRange) -> BTreeMap<(bool, AppId), u64> {
    let old_is_deprecated = steadfast.store.catalog().await.unwrap();
    let operation = |text: &str| old_is_deprecated.routes.iter().find(|route| route.text == text)?.operation("GET");
    let mut sums = BTreeMap::new();
    for app in steadfast.store.apps().await.unwrap() {
        for tally in steadfast.store.tallies(&app.id, Environment::Production, days).await.unwrap() {
            let operation = operation(&tally.route.text).filter(|_| tally.route.documented);
            let deprecated = operation.is_some_and(|operation| operation.deprecated.is_some());
            if deprecated {
                *sums.entry((true, app.id.clone())).or_default() += tally.counts.calls;
            }
            if operation.is_none() && tally.status != 404 {
                *sums.entry((false, app.id.clone())).or_default() += tally.counts.calls;
            }
        }
    }
    sums
}

async fn hold(steps: Vec<Step>) {
    let installation = Installation::new();
    let kept = &installation.steadfast;
    let today = kept.today();
    for step in &steps {
        take(&installation, step).await;
    }
    let fresh = Steadfast { overviews: OverviewCache::default(), boards: BoardCache::default(), ..kept.clone() };
    for days_ago in [0, 1, 7] {
        let as_of = today.plus(-days_ago);
        let overview = kept.overview(as_of).await.unwrap();
        assert_eq!(overview.apps, fresh.overview(as_of).await.unwrap().apps);
        let apps: Vec<AppOverview> = overview.apps.iter().map(|app| app.overview.clone()).collect();
        assert_eq!(apps, plain(kept, as_of).await);
        let few: BTreeSet<AppId> = ["a", "c", "nobody"].map(|id| id.parse().unwrap()).into_iter().collect();
        let expected: Vec<_> = apps.into_iter().filter(|app| few.contains(&app.app.id)).collect();
        assert_eq!(kept.apps_of(&few, as_of).await.unwrap(), expected);
    }
    let week_ago = plain(kept, today.plus(-7)).await;
    for app in &kept.overview(today).await.unwrap().apps {
        let before = week_ago.iter().find(|before| before.app.id == app.overview.app.id).unwrap();
        assert_eq!(app.week_ago, before.status);
    }
    let board = kept.board(today).await.unwrap();
    assert_eq!(board, fresh.board(today).await.unwrap());
    assert_eq!(board.waiting, 0);
    let mut sums: BTreeMap<(bool, AppId), u64> = BTreeMap::new();
    for (deprecated, routes) in [(true, &board.deprecated), (false, &board.private)] {
        for of in routes.iter().flat_map(|route| &route.uses).filter(|of| of.calls > 0) {
            *sums.entry((deprecated, of.app.clone())).or_default() += of.calls;
        }
    }
    assert_eq!(sums, plain_board(kept, board.recent).await);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_kept_is_what_would_be_made_anew(steps in prop::collection::vec(step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(hold(steps));
    }
}

#[tokio::test]
async fn the_day_in_progress_is_left_for_later() {
    let installation = Installation::new();
    let calls = |days_ago| Step::Calls { app: "a", days_ago, route: 2, status: 403, calls: 2000 };
    for days_ago in [0, 1, 45] {
        take(&installation, &calls(days_ago)).await;
    }
    let steadfast = &installation.steadfast;
    let today = steadfast.today();
    assert_eq!(steadfast.overview(today).await.unwrap().apps[0].overview.status, Some(Status::NeedsAttention));
    let dirty = steadfast.store.dirty_days(9).await.unwrap();
    assert_eq!(dirty.iter().map(|dirty| dirty.day).collect::<Vec<_>>(), [today.plus(-45), today]);
    assert_eq!(steadfast.board(today).await.unwrap().waiting, 1);
    steadfast.upkeep().await.unwrap();
    assert_eq!(steadfast.store.dirty_days(9).await.unwrap().len(), 1);
    assert_eq!(steadfast.board(today).await.unwrap().waiting, 0);
}

/// Calls of as many apps on as many days before today.
async fn count_calls(installation: &Installation, apps: u32, days: i32, status: u16) {
    let (today, store) = (installation.steadfast.today(), &installation.steadfast.store);
    let tally = |app, days_ago: i32| TallyDelta {
        app,
        environment: Environment::Production,
        day: today.plus(-days_ago),
        route: 0,
        method: 0,
        status,
        counts: Counts { calls: 2000, ..Counts::default() },
    };
    let commit = IngestCommit {
        apps: (0..apps).map(|app| format!("app-{app}").parse().unwrap()).collect(),
        routes: vec![RouteKey { documented: true, text: "/new".to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: (0..apps).flat_map(|app| (1..=days).map(move |day| tally(app, day))).collect(),
        catalog: store.last_import().await.unwrap().map(|import| import.number),
        ..IngestCommit::empty(UnixMillis(0))
    };
    store.commit_ingest(commit).await.unwrap();
}

#[tokio::test]
async fn judging_has_an_end_though_calls_of_past_days_keep_coming() {
    let installation = Installation::new();
    take(&installation, &Step::Import(false)).await;
    count_calls(&installation, 3, 30, 200).await;
    let again = "CREATE TRIGGER meddler AFTER DELETE ON dirty_day BEGIN \
                 INSERT INTO dirty_day (app, day, mark) VALUES (old.app, old.day, old.mark + 1); END";
    drop(Meddler::new(&installation, again));
    let steadfast = &installation.steadfast;
    let overview = steadfast.overview(steadfast.today()).await.unwrap();
    assert_eq!(overview.apps.len(), 3);
    assert!(overview.apps.iter().all(|app| app.overview.status == Some(Status::Healthy)));
    assert_eq!(steadfast.judge().await.unwrap(), 90);
}

#[tokio::test]
async fn who_looks_sees_the_list_from_before_where_judging_many_days_takes_long() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let (today, apps) = (steadfast.today(), 40);
    take(&installation, &Step::Import(false)).await;
    count_calls(&installation, apps, 30, 200).await;
    let healthy = steadfast.overview(today).await.unwrap();
    assert_eq!(healthy.apps.len(), apps as usize);
    // Few days are waited for.
    count_calls(&installation, 1, 30, 403).await;
    let one = steadfast.overview(today).await.unwrap();
    let count = |overview: &Overview| {
        overview.apps.iter().filter(|app| app.overview.status == Some(Status::NeedsAttention)).count()
    };
    assert_eq!((count(&healthy), count(&one)), (0, 1));
    count_calls(&installation, apps, 30, 403).await;
    assert_eq!(steadfast.store.dirty_days(u32::MAX).await.unwrap().len(), apps as usize * 30);
    let lock = Meddler::new(&installation, "BEGIN EXCLUSIVE");
    assert_eq!(count(&steadfast.overview(today).await.unwrap()), 1, "as it was before");
    drop(lock);
    steadfast.upkeep().await.unwrap();
    assert_eq!(count(&steadfast.overview(today).await.unwrap()), apps as usize);
}

#[tokio::test]
async fn who_is_new_and_who_went_silent() {
    let installation = Installation::new();
    let calls = |app, days_ago| Step::Calls { app, days_ago, route: 1, status: 200, calls: 5 };
    for step in [calls("a", 3), calls("b", 3), calls("b", 20), calls("c", 9), calls("d", 20)] {
        take(&installation, &step).await;
    }
    let overview = installation.steadfast.overview(installation.steadfast.today()).await.unwrap();
    let of = |id: &str| overview.app(&id.parse().unwrap()).unwrap();
    let found = APPS.map(|id| (of(id).is_new, of(id).went_silent()));
    assert_eq!(found, [(true, false), (false, false), (false, true), (false, false)]);
}

/// How long lists of very many apps take. Run by hand: `cargo test -p service --release --test it -- --ignored times --nocapture`
#[tokio::test]
#[ignore = "measures, and takes a while"]
async fn times_of_five_thousand_apps() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    take(&installation, &Step::Import(true)).await;
    let today = steadfast.today();
    let ids: Vec<AppId> = (0..5000).map(|n| format!("app-{n}").parse().unwrap()).collect();
    for days_ago in 1..45 {
        let tally = |(app, (route, status)): (u32, (u32, u16))| TallyDelta {
            app,
            environment: Environment::Production,
            day: today.plus(-days_ago),
            route,
            method: 0,
            status,
            counts: Counts { calls: 100 + u64::from(app), ..Counts::default() },
        };
        let keys = [(0, 200), (1, 200), (1, 403), (2, 200)];
        let tallies = (0..5000).flat_map(|app| keys.map(|key| tally((app, key))));
        let route = |documented, text: &str| RouteKey { documented, text: text.to_owned() };
        let commit = IngestCommit {
            apps: ids.clone(),
            routes: vec![route(true, "/old"), route(true, "/new"), route(false, "/private")],
            methods: vec!["GET".to_owned()],
            tallies: tallies.collect(),
            ..IngestCommit::empty(UnixMillis(0))
        };
        steadfast.store.commit_ingest(commit).await.unwrap();
    }
    let began = std::time::Instant::now();
    let judged = steadfast.judge().await.unwrap();
    println!("judging {judged} days: {:?}", began.elapsed());
    for what in ["made anew", "kept", "kept"] {
        let began = std::time::Instant::now();
        steadfast.overview(today).await.unwrap();
        println!("overview {what}: {:?}", began.elapsed());
        let began = std::time::Instant::now();
        steadfast.board(today).await.unwrap();
        println!("board {what}: {:?}", began.elapsed());
    }
    take(&installation, &Step::Calls { app: "app-7", days_ago: 2, route: 1, status: 403, calls: 9 }).await;
    for what in ["after late calls", "kept"] {
        let began = std::time::Instant::now();
        steadfast.overview(today).await.unwrap();
        println!("overview {what}: {:?}", began.elapsed());
        let began = std::time::Instant::now();
        steadfast.board(today).await.unwrap();
        println!("board {what}: {:?}", began.elapsed());
    }
    let few: BTreeSet<AppId> = ids.iter().take(10).cloned().collect();
    let began = std::time::Instant::now();
    steadfast.apps_of(&few, today).await.unwrap();
    println!("ten apps: {:?}", began.elapsed());
}
