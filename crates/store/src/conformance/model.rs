//! A store in a few maps, and a store held against it after each of any number of steps.

use std::collections::{BTreeMap, BTreeSet};

use ::model::{AppId, Catalog, Company, Counts, Day, Environment, RouteKey, TallyKey, UnixMillis};

use super::builders::{PRODUCTION, SANDBOX, always, by_company, commit};
use crate::{CatalogSave, IngestCommit, Result, SharedStore};

/// Something that changes counts or marks.
#[derive(Clone, Debug)]
pub enum Step {
    /// Adds counts.
    Commit(Vec<(TallyKey, Counts)>),
    /// Moves undocumented routes to documented ones, from a day on.
    Move(Vec<(String, String)>, Day),
    /// Deletes what is older.
    Purge(Day),
    /// Clears up to so many marks.
    Judge(u32),
}

/// What a store should hold.
#[derive(Debug, Default)]
struct Model {
    tallies: BTreeMap<TallyKey, Counts>,
    companies: BTreeMap<(TallyKey, Company<&'static str>), u64>,
    apps: BTreeSet<AppId>,
    dirty: BTreeSet<(AppId, Day)>,
}

impl Model {
    fn add(&mut self, key: &TallyKey, counts: Counts) {
        *self.tallies.entry(key.clone()).or_default() += counts;
        self.apps.insert(key.app.clone());
        if key.environment == PRODUCTION {
            self.dirty.insert((key.app.clone(), key.day));
        }
    }

    fn move_routes(&mut self, moves: &[(String, String)], since: Day) {
        let moves: BTreeMap<_, _> = moves.iter().rev().cloned().collect();
        let moved = |mut key: TallyKey| {
            let target = moves.get(&key.route.text).filter(|_| !key.route.documented && key.day >= since);
            if let Some(text) = target {
                key.route = RouteKey { documented: true, text: text.clone() };
            }
            key
        };
        for (key, counts) in std::mem::take(&mut self.tallies) {
            self.add(&moved(key), counts);
        }
        for ((key, company), calls) in std::mem::take(&mut self.companies) {
            *self.companies.entry((moved(key), company)).or_default() += calls;
        }
    }

    fn calls_by_app(&self) -> Vec<(AppId, u64)> {
        let mut calls = BTreeMap::new();
        for (key, counts) in self.tallies.iter().filter(|(key, _)| key.environment == PRODUCTION) {
            *calls.entry(key.app.clone()).or_default() += counts.calls;
        }
        calls.into_iter().filter(|(_, calls)| *calls > 0).collect()
    }

    fn undocumented(&self, of: impl Fn(&TallyKey) -> bool) -> Vec<String> {
        let keys = self.tallies.keys().filter(|key| !key.route.documented && of(key));
        keys.map(|key| key.route.text.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Takes the steps on a store that is empty and compares everything that can be read after each.
///
/// # Errors
/// The first error of the store.
///
/// # Panics
/// When the store and the model differ.
pub async fn agrees(store: SharedStore, steps: &[Step]) -> Result<()> {
    let mut model = Model::default();
    for step in steps {
        take(&store, &mut model, step).await?;
        compare(&store, &model).await?;
    }
    Ok(())
}

async fn take(store: &SharedStore, model: &mut Model, step: &Step) -> Result<()> {
    match step {
        Step::Commit(tallies) => {
            store.commit_ingest(commit(tallies)).await?;
            for (key, counts) in tallies {
                model.add(key, *counts);
            }
            let problems: Vec<_> = tallies.iter().filter(|(key, _)| key.status >= 400).collect();
            let by_company: Vec<_> =
                problems.iter().map(|(key, counts)| (key.clone(), company(counts.calls), counts.calls)).collect();
            let only_companies = IngestCommit { tallies: Vec::new(), ..self::by_company(&by_company) };
            store.commit_ingest(only_companies).await?;
            for (key, company, calls) in by_company {
                *model.companies.entry((key, company)).or_default() += calls;
            }
        }
        Step::Move(moves, since) => {
            let based_on = store.last_import().await?.map(|import| import.number);
            let catalog = Catalog::default();
            let save = CatalogSave {
                based_on,
                at: UnixMillis(0),
                documents: &[],
                catalog: &catalog,
                changes: &[],
                moves,
                move_since: *since,
            };
            store.save_catalog(save).await?;
            model.move_routes(moves, *since);
        }
        Step::Purge(day) => {
            let before = model.tallies.len();
            model.tallies.retain(|key, _| key.day >= *day);
            model.dirty.retain(|(_, dirty)| dirty >= day);
            model.companies.retain(|(key, _), _| key.day >= *day);
            assert_eq!(store.purge_before(*day).await?, (before - model.tallies.len()) as u64);
        }
        Step::Judge(limit) => {
            let judged = store.dirty_days(*limit).await?;
            store.save_verdicts(&[], &judged).await?;
            for dirty in judged {
                assert!(model.dirty.remove(&(dirty.app, dirty.day)));
            }
        }
    }
    Ok(())
}

/// The company of some calls.
fn company(calls: u64) -> Company<&'static str> {
    [Company::Absent, Company::Named("b"), Company::Named("a"), Company::Others][(calls % 4) as usize]
}

async fn compare(store: &SharedStore, model: &Model) -> Result<()> {
    let apps: Vec<_> = store.apps().await?.into_iter().map(|app| app.id).collect();
    assert_eq!(apps, model.apps.iter().cloned().collect::<Vec<_>>());
    for app in &model.apps {
        for environment in [PRODUCTION, SANDBOX] {
            compare_app(store, model, app, environment).await?;
        }
    }
    assert_eq!(store.calls_by_app(always()).await?, model.calls_by_app());
    let dirty = store.dirty_days(u32::MAX).await?;
    let dirty: BTreeSet<_> = dirty.into_iter().map(|dirty| (dirty.app, dirty.day)).collect();
    assert_eq!(dirty, model.dirty);
    let days: BTreeSet<Day> = model.tallies.keys().map(|key| key.day).collect();
    for day in days {
        assert_eq!(store.undocumented_routes(day).await?, model.undocumented(|key| key.day >= day));
    }
    Ok(())
}

async fn compare_app(store: &SharedStore, model: &Model, app: &AppId, environment: Environment) -> Result<()> {
    let of_app = |key: &TallyKey| key.app == *app && key.environment == environment;
    let expected: Vec<_> = model.tallies.iter().filter(|(key, _)| of_app(key)).collect();
    let read = store.tallies(app, environment, always()).await?;
    let read: Vec<_> = read
        .into_iter()
        .map(|it| {
            let (route, method) = ((*it.route).clone(), it.method.to_string());
            let key = TallyKey { app: app.clone(), environment, day: it.day, route, method, status: it.status };
            (key, it.counts)
        })
        .collect();
    assert_eq!(read.iter().map(|(key, counts)| (key, counts)).collect::<Vec<_>>(), expected);
    let by_company = store.company_tallies(app, environment, always()).await?.into_iter().map(|it| {
        let (route, method) = ((*it.route).clone(), it.method.to_string());
        let key = TallyKey { app: app.clone(), environment, day: it.day, route, method, status: it.status };
        (key, it.company, it.calls)
    });
    let expected_by_company = model.companies.iter().filter(|((key, _), _)| of_app(key));
    let expected_by_company: BTreeSet<_> = expected_by_company
        .map(|((key, company), calls)| {
            let company: Company = match company {
                Company::Absent => Company::Absent,
                Company::Named(name) => Company::Named((*name).into()),
                Company::Others => Company::Others,
            };
            (key.clone(), company, *calls)
        })
        .collect();
    assert_eq!(by_company.collect::<BTreeSet<_>>(), expected_by_company);
    let days: BTreeSet<Day> = expected.iter().map(|(key, _)| key.day).collect();
    let groups: Vec<_> = days.iter().map(|day| (app.clone(), environment, *day)).collect();
    let undocumented = days.iter().map(|day| model.undocumented(|key| of_app(key) && key.day == *day));
    assert_eq!(store.undocumented_routes_of(&groups).await?, undocumented.collect::<Vec<_>>());
    Ok(())
}
