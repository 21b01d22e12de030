//! What is counted but not committed yet, and the bound on undocumented routes.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use foldhash::fast::{FixedState, RandomState};
use indexmap::IndexSet;
use model::{AppId, Catalog, Counts, Day, Environment, RouteKey};
use store::{Store, TallyDelta};
use traffic::{BlockOutcome, OTHER_ROUTE, RejectCounts, UNDOCUMENTED_ROUTES_PER_DAY, WorkerTally};

use crate::Error;

/// A tally's key, with numbers for texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    app: u32,
    environment: Environment,
    day: Day,
    route: u32,
    method: u32,
    status: u16,
}

type Table<T> = IndexSet<T, FixedState>;

/// Counts on their way into the store.
#[derive(Default)]
pub(super) struct Pending {
    apps: Table<AppId>,
    routes: Table<RouteKey>,
    methods: Table<String>,
    /// The number in `routes` of each route of the catalog that was met.
    documented: HashMap<u32, u32, FixedState>,
    tallies: HashMap<Key, Counts, FixedState>,
    rejects: RejectCounts,
    /// Bytes of the texts of undocumented routes.
    text: usize,
}

/// The tables and counts of a commit.
#[derive(Default)]
pub(super) struct Delta {
    pub(super) apps: Vec<AppId>,
    pub(super) routes: Vec<RouteKey>,
    pub(super) methods: Vec<String>,
    pub(super) tallies: Vec<TallyDelta>,
    pub(super) rejects: Vec<(String, u64)>,
}

fn number<T: std::hash::Hash + Eq>(table: &mut Table<T>, value: T) -> u32 {
    u32::try_from(table.insert_full(value).0).unwrap_or(u32::MAX)
}

/// The id under which calls of this app are counted. (Readers refuse ids that can't be; should one slip
/// through, it is counted with those that name no app.)
fn app_id(app: &str) -> AppId {
    app.parse().unwrap_or_else(|_| AppId::unidentified())
}

impl Pending {
    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.tallies.len()
    }

    /// Whether the texts of routes, which may be as long as lines, fill as much memory as they should.
    pub(super) fn is_full(&self) -> bool {
        self.text > TEXT
    }

    /// Adds what a worker counted on documented routes. Tells how many of the calls name no app.
    pub(super) fn add_worker(&mut self, worker: &mut WorkerTally, catalog: &Catalog) -> u64 {
        let mut unidentified = 0;
        let tallied = worker.drain();
        let apps: Vec<u32> = tallied.apps().iter().map(|app| number(&mut self.apps, app_id(app))).collect();
        for calls in tallied.iter() {
            let app = apps.get(calls.app as usize).copied().unwrap_or(u32::MAX);
            let route = *self.documented.entry(calls.route).or_insert_with(|| {
                let text =
                    catalog.routes.get(calls.route as usize).map_or_else(String::new, |route| route.text.clone());
                number(&mut self.routes, RouteKey { documented: true, text })
            });
            let method = self.method(calls.method);
            let key = Key { app, environment: calls.environment, day: calls.day, route, method, status: calls.status };
            *self.tallies.entry(key).or_default() += calls.counts;
            unidentified += if calls.app_id == AppId::UNIDENTIFIED { calls.counts.calls } else { 0 };
        }
        unidentified
    }

    /// Adds a block's rejects and undocumented calls. Blocks come in the order of the source. Tells how many of the
    /// calls name no app.
    pub(super) fn add_block(&mut self, block: &BlockOutcome, kept: &mut KeptRoutes) -> u64 {
        let mut unidentified = 0;
        self.rejects.merge(&block.reject_counts);
        for calls in &block.undocumented {
            let group = (calls.app.clone(), calls.environment, calls.day);
            let text = if kept.admit(&group, &calls.route) { &calls.route } else { OTHER_ROUTE };
            self.text += text.len();
            let key = Key {
                app: number(&mut self.apps, group.0),
                environment: calls.environment,
                day: calls.day,
                route: number(&mut self.routes, RouteKey { documented: false, text: text.to_owned() }),
                method: self.method(&calls.method),
                status: calls.status,
            };
            *self.tallies.entry(key).or_default() += calls.counts;
            unidentified += if calls.app.is_unidentified() { calls.counts.calls } else { 0 };
        }
        unidentified
    }

    fn method(&mut self, method: &str) -> u32 {
        match self.methods.get_index_of(method) {
            Some(index) => u32::try_from(index).unwrap_or(u32::MAX),
            None => number(&mut self.methods, method.to_owned()),
        }
    }

    /// Takes all out, for a commit.
    pub(super) fn take(&mut self) -> Delta {
        let pending = std::mem::take(self);
        Delta {
            apps: pending.apps.into_iter().collect(),
            routes: pending.routes.into_iter().collect(),
            methods: pending.methods.into_iter().collect(),
            tallies: pending
                .tallies
                .into_iter()
                .map(|(key, counts)| TallyDelta {
                    app: key.app,
                    environment: key.environment,
                    day: key.day,
                    route: key.route,
                    method: key.method,
                    status: key.status,
                    counts,
                })
                .collect(),
            rejects: pending.rejects.iter().map(|(reason, count)| (reason.key().to_owned(), count)).collect(),
        }
    }
}

/// An app, an environment and a day: what the bound on undocumented routes is for.
type Group = (AppId, Environment, Day);

/// Which undocumented routes are kept by name: of each group the first
/// [`UNDOCUMENTED_ROUTES_PER_DAY`], those in the store included.
#[derive(Default)]
pub(super) struct KeptRoutes {
    /// Hashes of the routes of each group: 64 bits with a seed that nobody knows, since routes may be long.
    groups: HashMap<Group, HashSet<u64, FixedState>, FixedState>,
    hasher: RandomState,
    routes: usize,
}

/// Bytes of route texts that are held until they are committed.
const TEXT: usize = 32 << 20;

/// For how many groups the store is asked at once: what it answers may be a thousand long texts for each.
const ASKED: usize = 16;

/// How many routes are remembered before they are forgotten, to be asked of the store again.
const REMEMBERED: usize = 300_000;

impl KeptRoutes {
    /// Asks the store for the groups of these blocks that are not known yet.
    pub(super) async fn learn(&mut self, blocks: &[BlockOutcome], store: &dyn Store) -> Result<(), Error> {
        let mut unknown: IndexSet<Group, FixedState> = IndexSet::default();
        for tally in blocks.iter().flat_map(|block| &block.undocumented) {
            let group = (tally.app.clone(), tally.environment, tally.day);
            if !self.groups.contains_key(&group) {
                unknown.insert(group);
            }
        }
        let unknown: Vec<Group> = unknown.into_iter().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        for groups in unknown.chunks(ASKED) {
            let known = store.undocumented_routes_of(groups).await?;
            for (group, routes) in groups.iter().zip(known) {
                self.routes += routes.len();
                // The place for what comes after the bound may be among them: then the bound is reached, or a path
                // that reads like it takes up one place as any other does.
                let routes = routes.iter().map(|route| self.hasher.hash_one(route.as_str())).collect();
                self.groups.insert(group.clone(), routes);
            }
        }
        Ok(())
    }

    /// Whether the route is kept by name, or now is.
    fn admit(&mut self, group: &Group, route: &str) -> bool {
        let route = self.hasher.hash_one(route);
        let kept = self.groups.entry(group.clone()).or_default();
        if kept.contains(&route) {
            return true;
        }
        let admitted = kept.len() < UNDOCUMENTED_ROUTES_PER_DAY;
        if admitted {
            kept.insert(route);
            self.routes += 1;
        }
        admitted
    }

    /// Whether so much is remembered that it has to be forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.routes > REMEMBERED
    }

    /// Forgets everything. Only right when all is committed.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
