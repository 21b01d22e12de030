//! A store in a few maps, and a store held against it after each of any number of steps.

use std::collections::{BTreeMap, BTreeSet};

use ::model::{
    AppId, Catalog, Company, CompanyTally, Counts, Day, DayRange, Environment, RouteKey, Tally, TallyKey, UnixMillis,
};

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
    /// Tidies until nothing is left to be done.
    Tidy,
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

    /// The days that have counts.
    fn days(&self) -> BTreeSet<Day> {
        self.tallies.keys().map(|key| key.day).collect()
    }

    /// All days, and some.
    fn ranges(&self) -> Vec<DayRange> {
        let days: Vec<Day> = self.days().into_iter().collect();
        let Some(middle) = days.get(days.len() / 2) else { return vec![always()] };
        let after = Day::from_epoch_days(middle.epoch_days() + 1);
        let (first, last) = (always().start, always().end);
        vec![
            always(),
            DayRange::only(*middle),
            DayRange { start: after, end: last },
            DayRange { start: first, end: *middle },
            DayRange { start: *middle, end: Day::from_epoch_days(middle.epoch_days() + 35) },
        ]
    }

    fn calls_by_app(&self, days: DayRange) -> Vec<(AppId, u64)> {
        let mut calls = BTreeMap::new();
        let counted = |key: &TallyKey| key.environment == PRODUCTION && days.contains(key.day);
        for (key, counts) in self.tallies.iter().filter(|(key, _)| counted(key)) {
            *calls.entry(key.app.clone()).or_default() += counts.calls;
        }
        calls.into_iter().filter(|(_, calls)| *calls > 0).collect()
    }

    fn undocumented(&self, of: impl Fn(&TallyKey) -> bool) -> Vec<String> {
        let keys = self.tallies.keys().filter(|key| !key.route.documented && of(key));
        keys.map(|key| key.route.text.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Takes the steps on a store that is empty and compares everything that can be read after each. `after_each` may look
/// at the store in its own way.
///
/// # Errors
/// The first error of the store.
///
/// # Panics
/// When the store and the model differ.
pub async fn agrees(store: SharedStore, steps: &[Step], after_each: impl Fn()) -> Result<()> {
    let mut model = Model::default();
    for step in steps {
        take(&store, &mut model, step).await?;
        after_each();
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
            model.tallies.retain(|key, _| key.day >= *day);
            model.dirty.retain(|(_, dirty)| dirty >= day);
            model.companies.retain(|(key, _), _| key.day >= *day);
            store.purge_before(*day).await?;
        }
        Step::Judge(limit) => {
            let judged = store.dirty_days(*limit).await?;
            store.save_verdicts(&[], &judged).await?;
            for dirty in judged {
                assert!(model.dirty.remove(&(dirty.app, dirty.day)));
            }
        }
        Step::Tidy => while store.tidy_counts().await? {},
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
    compare_routes(store, model).await?;
    for days in model.ranges() {
        assert_eq!(store.calls_by_app(days).await?, model.calls_by_app(days));
        let is_dirty = model.dirty.iter().any(|(_, day)| days.contains(*day));
        assert_eq!(store.list_state(days).await?.dirty, is_dirty);
    }
    let dirty = store.dirty_days(u32::MAX).await?;
    let dirty: BTreeSet<_> = dirty.into_iter().map(|dirty| (dirty.app, dirty.day)).collect();
    assert_eq!(dirty, model.dirty);
    let production = model.tallies.keys().filter(|key| key.environment == PRODUCTION);
    assert_eq!(store.first_counted_day().await?, production.map(|key| key.day).min());
    for day in model.days() {
        assert_eq!(store.undocumented_routes(day).await?, model.undocumented(|key| key.day >= day));
    }
    Ok(())
}

async fn compare_app(store: &SharedStore, model: &Model, app: &AppId, environment: Environment) -> Result<()> {
    let of_app = |key: &TallyKey| key.app == *app && key.environment == environment;
    for days in model.ranges() {
        let of_days = |key: &TallyKey| of_app(key) && days.contains(key.day);
        let expected: Vec<_> = model.tallies.iter().filter(|(key, _)| of_days(key)).collect();
        let read = store.tallies(app, environment, days).await?;
        let keyed = |it: Tally| (full_key(app, environment, it.day, &it.route, &it.method, it.status), it.counts);
        let read: Vec<_> = read.into_iter().map(keyed).collect();
        assert_eq!(read.iter().map(|(key, counts)| (key, counts)).collect::<Vec<_>>(), expected);

        let expected: Vec<_> = model.companies.iter().filter(|((key, _), _)| of_days(key)).collect();
        compare_companies(store, app, environment, days, &expected).await?;
    }
    // Days without counts among them, and not in the store's order.
    let mut groups: Vec<_> = model.days().into_iter().rev().map(|day| (app.clone(), environment, day)).collect();
    groups.push((app.clone(), environment, Day::from_epoch_days(7)));
    for ((.., day), tallies) in groups.iter().zip(store.tallies_of_days(&groups).await?) {
        assert_eq!(tallies, store.tallies(app, environment, DayRange::only(*day)).await?);
    }
    let counted = store.counted(&groups).await?;
    let calls = |day: Day| {
        let of_day = model.tallies.iter().filter(|(key, _)| of_app(key) && key.day == day);
        of_day.map(|(_, counts)| counts.calls).reduce(|sum, calls| sum + calls)
    };
    assert_eq!(
        counted.iter().map(|it| it.map(|it| it.calls)).collect::<Vec<_>>(),
        groups.iter().map(|it| calls(it.2)).collect::<Vec<_>>()
    );
    let places: BTreeSet<u64> = counted.iter().flatten().map(|it| it.place).collect();
    assert_eq!(places.len(), counted.iter().flatten().count());
    let undocumented = groups.iter().map(|it| model.undocumented(|key| of_app(key) && key.day == it.2));
    assert_eq!(store.undocumented_routes_of(&groups).await?, undocumented.collect::<Vec<_>>());
    let names = groups.iter().map(|(_, _, day)| {
        let of_group = model.companies.keys().filter(|(key, _)| of_app(key) && key.day == *day);
        let names =
            of_group.filter_map(|(_, company)| if let Company::Named(name) = company { Some(*name) } else { None });
        names.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect::<Vec<_>>()
    });
    assert_eq!(store.companies_of(&groups).await?, names.collect::<Vec<_>>());
    Ok(())
}

type ByCompany<'a> = (&'a (TallyKey, Company<&'static str>), &'a u64);

async fn compare_companies(
    store: &SharedStore,
    app: &AppId,
    environment: Environment,
    days: DayRange,
    expected: &[ByCompany<'_>],
) -> Result<()> {
    let keyed =
        |it: CompanyTally| (full_key(app, environment, it.day, &it.route, &it.method, it.status), it.company, it.calls);
    let expect = |of: &dyn Fn(&Company) -> bool| -> BTreeSet<_> {
        let all = expected.iter().map(|((key, company), calls)| (key.clone(), owned(*company), **calls));
        all.filter(|(_, company, _)| of(company)).collect()
    };
    let all = store.company_tallies(app, environment, days).await?;
    assert_eq!(all.into_iter().map(keyed).collect::<BTreeSet<_>>(), expect(&|_| true));
    let mut sums: BTreeMap<Company, u64> = BTreeMap::new();
    for ((_, company), calls) in expected {
        *sums.entry(owned(*company)).or_default() += **calls;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|(one, of_one), (other, of_other)| of_other.cmp(of_one).then_with(|| one.cmp(other)));
    assert_eq!(store.companies(app, environment, days).await?, sums);
    for company in [Company::Absent, Company::Named("a"), Company::Named("nobody"), Company::Others].map(owned) {
        let of_one = store.tallies_of_company(app, environment, days, &company).await?;
        assert_eq!(of_one.into_iter().map(keyed).collect::<BTreeSet<_>>(), expect(&|other| *other == company));
    }
    Ok(())
}

/// The companies of each route, of all apps.
async fn compare_routes(store: &SharedStore, model: &Model) -> Result<()> {
    let apps: Vec<_> = model.apps.iter().cloned().collect();
    let routes: BTreeSet<&RouteKey> = model.companies.keys().map(|(key, _)| &key.route).collect();
    for (route, days) in routes.into_iter().zip(model.ranges().into_iter().cycle()) {
        let found = store.companies_of_route(&apps, route, ["GET", "POST"], days).await?;
        for (app, found) in apps.iter().zip(found) {
            let mut sums: BTreeMap<Company, u64> = BTreeMap::new();
            for ((key, company), calls) in &model.companies {
                let of_app = key.app == *app && key.environment == PRODUCTION;
                if of_app && key.route == *route && days.contains(key.day) {
                    *sums.entry(owned(*company)).or_default() += calls;
                }
            }
            assert!(found.is_sorted_by(|(_, one), (_, other)| one >= other), "{found:?}");
            assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), sums);
        }
    }
    Ok(())
}

fn owned(company: Company<&str>) -> Company {
    match company {
        Company::Absent => Company::Absent,
        Company::Named(name) => Company::Named(name.into()),
        Company::Others => Company::Others,
    }
}

fn full_key(app: &AppId, environment: Environment, day: Day, route: &RouteKey, method: &str, status: u16) -> TallyKey {
    TallyKey { app: app.clone(), environment, day, route: route.clone(), method: method.to_owned(), status }
}
