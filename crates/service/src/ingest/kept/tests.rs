//! What is admitted, beside a store that is asked as little as possible.

use std::collections::{BTreeMap, BTreeSet};
use std::{iter, slice};

use model::{Company, Counts, RouteKey, UnixMillis};
use proptest::prelude::*;
use store::sqlite::SqliteStore;
use store::{CompanyDelta, IngestCommit, TallyDelta};

use super::*;

/// Something that is met for the first time, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Met {
    app: String,
    is_company: bool,
    text: String,
}

fn company(app: &str, name: usize) -> Met {
    Met { app: app.to_owned(), is_company: true, text: name.to_string() }
}

fn route(app: usize, text: &str) -> Met {
    Met { app: app.to_string(), is_company: false, text: text.to_owned() }
}

fn hashes() -> TextHasher {
    TextHasher::new(1)
}

/// As a worker tells it.
fn firsts(met: &[Met]) -> Firsts {
    let first = |Met { app, is_company, text }: &Met| {
        let name = if *is_company { Named::Company } else { Named::Route };
        (app.parse().unwrap(), Environment::Production, Day::from_epoch_days(0), name(hashes().hash(text)))
    };
    Firsts::of(&met.iter().map(first).collect::<Vec<_>>(), &hashes())
}

fn refused(kept: &mut Kept, met: &[Met]) -> usize {
    let mut refused = Refused::default();
    kept.admit(&firsts(met), &mut refused);
    refused.firsts.len()
}

/// More texts than the store answers with at once.
#[tokio::test]
async fn bounds_are_learned_of_all_apps_however_long_their_routes() {
    const APPS: usize = 6;
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&directory.path().join("steadfast.db")).unwrap();
    let text = |number: usize| format!("/{number}/{}", "x".repeat(1_000));
    let delta = |app: usize, route: usize| TallyDelta {
        app: app as u32,
        environment: Environment::Production,
        day: Day::from_epoch_days(0),
        route: route as u32,
        method: 0,
        status: 404,
        counts: Counts { calls: 1, ..Counts::default() },
    };
    let routes = 0..UNDOCUMENTED_ROUTES_PER_DAY;
    let commit = IngestCommit {
        apps: (0..APPS).map(|app| app.to_string().parse().unwrap()).collect(),
        routes: routes.clone().map(|it| RouteKey { documented: false, text: text(it) }).collect(),
        methods: vec!["GET".to_owned()],
        tallies: (0..APPS).flat_map(|app| routes.clone().map(move |route| delta(app, route))).collect(),
        ..IngestCommit::empty(UnixMillis(0))
    };
    store.commit_ingest(commit).await.unwrap();

    let mut kept = Kept::default();
    // The last app has no counts.
    let met: Vec<Met> = (0..=APPS).flat_map(|app| [route(app, &text(7)), route(app, "/new")]).collect();
    kept.learn(iter::once(&firsts(&met)), &hashes(), &store).await.unwrap();
    assert_eq!(refused(&mut kept, &met), APPS);
    assert_eq!(refused(&mut kept, &met[2 * APPS..]), 0);
}

#[test]
fn what_is_met_again_is_remembered_over_turns() {
    let mut kept = Kept::default();
    let all: Vec<Met> = (0..250).map(|name| company("a", name)).collect();
    assert_eq!(refused(&mut kept, &all), 50);
    let many: Vec<Met> = (0..REMEMBERED).map(|app| company(&app.to_string(), 0)).collect();
    for _ in 0..3 {
        assert_eq!(refused(&mut kept, &many), 0);
        assert_eq!(refused(&mut kept, &all), 50);
        kept.turn_over();
    }
    kept.turn_over();
    assert_eq!(kept.companies.older.len(), REMEMBERED + 1);
    assert_eq!(kept.companies.groups.len(), 0);
}

#[test]
fn what_was_met_before_the_turn_counts_for_memory_too() {
    let mut kept = Kept::default();
    // A group and a text each.
    let firsts = |apps: std::ops::Range<usize>| apps.map(|app| company(&app.to_string(), 0)).collect::<Vec<Met>>();
    let some = firsts(0..MOST / 2 - 1_000);
    assert_eq!(refused(&mut kept, &some), 0);
    kept.turn_over();
    // Met again is not twice as much.
    assert_eq!(refused(&mut kept, &some), 0);
    assert!(!kept.is_full());
    kept.turn_over();
    assert_eq!(refused(&mut kept, &firsts(MOST..MOST + 900)), 0);
    assert!(!kept.is_full());
    assert_eq!(refused(&mut kept, &firsts(MOST + 900..MOST + 1_100)), 0);
    assert!(kept.is_full());
}

/// Small bounds: routes and companies of a day.
const BOUNDS: [usize; 2] = [4, 2];

fn small() -> Kept {
    let [routes, companies] = BOUNDS.map(Bounded::new);
    Kept { routes, companies }
}

/// Something that is met, of one of a few apps.
fn any_met() -> impl Strategy<Value = Met> {
    (0..3_usize, 0..8_usize, any::<bool>()).prop_map(|(app, name, is_company)| {
        if is_company { company(&app.to_string(), name) } else { route(app, &format!("/{name}")) }
    })
}

#[derive(Clone, Debug)]
struct Step {
    /// By block.
    met: Vec<Vec<Met>>,
    turns_over: bool,
    forgets: bool,
}

fn any_step() -> impl Strategy<Value = Step> {
    let met = prop::collection::vec(prop::collection::vec(any_met(), 0..6), 0..3);
    (met, any::<bool>(), prop::bool::weighted(0.2)).prop_map(|(met, turns_over, forgets)| Step {
        met,
        turns_over,
        forgets,
    })
}

/// The calls in which these were met: under their names, if they are admitted.
fn commit_of(met: &[Met], admitted: impl Fn(&Met) -> bool) -> IngestCommit {
    let mut commit = IngestCommit::empty(UnixMillis(0));
    commit.methods = vec!["GET".to_owned()];
    commit.routes = vec![RouteKey { documented: true, text: "/other".to_owned() }];
    let place = |list: &mut Vec<AppId>, app: &str| {
        list.iter().position(|known| known.as_str() == app).unwrap_or_else(|| {
            list.push(app.parse().unwrap());
            list.len() - 1
        }) as u32
    };
    let mut tallies: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    let mut companies: BTreeMap<(u32, Company<u32>), u64> = BTreeMap::new();
    for one in met {
        let app = place(&mut commit.apps, &one.app);
        let mut of_route = 0;
        match (one.is_company, admitted(one)) {
            (false, true) => {
                let key = RouteKey { documented: false, text: one.text.clone() };
                of_route = commit.routes.iter().position(|known| *known == key).unwrap_or(commit.routes.len()) as u32;
                if of_route as usize == commit.routes.len() {
                    commit.routes.push(key);
                }
            }
            (true, true) => {
                let known = commit.companies.iter().position(|known| *known == one.text);
                let company = known.unwrap_or(commit.companies.len()) as u32;
                if company as usize == commit.companies.len() {
                    commit.companies.push(one.text.clone());
                }
                *companies.entry((app, Company::Named(company))).or_default() += 1;
            }
            (false, false) => {}
            (true, false) => *companies.entry((app, Company::Others)).or_default() += 1,
        }
        *tallies.entry((app, of_route)).or_default() += 1;
    }
    let (environment, day) = (Environment::Production, Day::from_epoch_days(0));
    commit.tallies = tallies
        .into_iter()
        .map(|((app, route), calls)| {
            let counts = Counts { calls, ..Counts::default() };
            TallyDelta { app, environment, day, route, method: 0, status: 404, counts }
        })
        .collect();
    commit.company_tallies = companies
        .into_iter()
        .map(|((app, company), calls)| CompanyDelta {
            app,
            environment,
            day,
            company,
            route: 0,
            method: 0,
            status: 404,
            calls,
        })
        .collect();
    commit
}

/// Admits what steps meet, while what the step before met is being committed. Each must admit what a plain set would.
async fn hold_against_plain_sets(steps: &[Step]) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&directory.path().join("steadfast.db")).unwrap();
    let mut plain: BTreeMap<(String, bool), BTreeSet<String>> = BTreeMap::new();
    let (mut kept, mut under_way) = (small(), None);
    for step in steps {
        let blocks: Vec<Firsts> = step.met.iter().map(|met| firsts(met)).collect();
        let met = step.met.concat();
        kept.learn(blocks.iter(), &hashes(), &store).await.unwrap();
        let mut refused = Refused::default();
        blocks.iter().for_each(|firsts| kept.admit(firsts, &mut refused));
        let mut admitted = BTreeSet::new();
        for one in &met {
            let Met { app, is_company, text } = one;
            let texts = plain.entry((app.clone(), *is_company)).or_default();
            if texts.contains(text) || texts.len() < BOUNDS[usize::from(*is_company)] {
                texts.insert(text.clone());
                admitted.insert(one.clone());
            }
        }
        let is_admitted = |one: &Met| admitted.contains(one);
        for one in &met {
            let is_refused = refused.has(|| firsts(slice::from_ref(one)).list().first().copied());
            assert_eq!(!is_refused, is_admitted(one), "{one:?} of {steps:?}");
        }
        if let Some(before) = under_way.replace(commit_of(&met, is_admitted)) {
            store.commit_ingest(before).await.unwrap();
        }
        if step.turns_over {
            kept.routes.turn_over();
            kept.companies.turn_over();
        }
        if step.forgets {
            store.commit_ingest(under_way.take().unwrap()).await.unwrap();
            kept = small();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_steps_admit_what_plain_sets_would(steps in prop::collection::vec(any_step(), 1..12)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(hold_against_plain_sets(&steps));
    }
}
