//! What is counted but not committed yet.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use indexmap::IndexSet;
use model::{AppId, Catalog, Company, Counts, Day, Environment, RouteKey};
use store::{CompanyDelta, IngestCommit, TallyDelta};
use traffic::{CalledRoute, OTHER_ROUTE, ProblemCalls, RejectCounts, Tallied};

use super::kept::Kept;

/// Bytes of texts of routes and companies that are held until they are committed.
const TEXT: usize = 32 << 20;

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
    companies: Table<String>,
    company_tallies: HashMap<(Key, Company<u32>), u64, FixedState>,
    rejects: RejectCounts,
    /// Bytes of the texts of undocumented routes and of companies.
    text: usize,
}

fn number<T: std::hash::Hash + Eq>(table: &mut Table<T>, value: T) -> u32 {
    u32::try_from(table.insert_full(value).0).unwrap_or(u32::MAX)
}

/// The number of a text that is most often known.
fn numbered(table: &mut Table<String>, text: &str) -> u32 {
    match table.get_index_of(text) {
        Some(index) => u32::try_from(index).unwrap_or(u32::MAX),
        None => number(table, text.to_owned()),
    }
}

/// The id under which calls of this app are counted. (Readers refuse ids that can't be; should one slip
/// through, it is counted with those that name no app.)
fn app_id(app: &str) -> AppId {
    app.parse().unwrap_or_else(|_| AppId::unidentified())
}

impl Pending {
    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.tallies.len() + self.company_tallies.len()
    }

    /// Whether the texts of routes, which may be as long as lines, fill as much memory as they should.
    pub(super) fn is_full(&self) -> bool {
        self.text > TEXT
    }

    /// Adds what a worker counted of calls without a problem. Tells how many of them name no app.
    pub(super) fn add_tallied(&mut self, tallied: &Tallied, catalog: &Catalog) -> u64 {
        let mut unidentified = 0;
        let apps: Vec<u32> = tallied.apps().iter().map(|app| number(&mut self.apps, app_id(app))).collect();
        for calls in tallied.iter() {
            let app = apps.get(calls.app as usize).copied().unwrap_or(u32::MAX);
            let route = self.documented(calls.route, catalog);
            let method = self.method(calls.method);
            let key = Key { app, environment: calls.environment, day: calls.day, route, method, status: calls.status };
            *self.tallies.entry(key).or_default() += calls.counts;
            unidentified += if calls.app_id == AppId::UNIDENTIFIED { calls.counts.calls } else { 0 };
        }
        unidentified
    }

    /// Adds rejected lines.
    pub(super) fn add_rejects(&mut self, rejects: &RejectCounts) {
        self.rejects.merge(rejects);
    }

    /// Adds calls that show a problem, in the order of the source. Tells how many of them name no app.
    pub(super) fn add_problems(&mut self, problems: &[ProblemCalls], catalog: &Catalog, kept: &mut Kept) -> u64 {
        let mut unidentified = 0;
        for calls in problems {
            let group = kept.group(calls);
            let route = match &calls.route {
                CalledRoute::Documented(index) => self.documented(*index, catalog),
                CalledRoute::Undocumented(text) => {
                    let text = if kept.admits_route(group, text) { text } else { OTHER_ROUTE };
                    self.text += text.len();
                    number(&mut self.routes, RouteKey { documented: false, text: text.to_owned() })
                }
            };
            let company = match &calls.company {
                Company::Absent => Company::Absent,
                Company::Named(name) if kept.admits_company(group, name) => {
                    self.text += name.len();
                    Company::Named(numbered(&mut self.companies, name))
                }
                Company::Named(_) | Company::Others => Company::Others,
            };
            let key = Key {
                app: self.app(&calls.app),
                environment: calls.environment,
                day: calls.day,
                route,
                method: self.method(&calls.method),
                status: calls.status,
            };
            *self.tallies.entry(key).or_default() += calls.counts;
            *self.company_tallies.entry((key, company)).or_default() += calls.counts.calls;
            unidentified += if calls.app.is_unidentified() { calls.counts.calls } else { 0 };
        }
        unidentified
    }

    /// The number of a route of the catalog.
    fn documented(&mut self, index: u32, catalog: &Catalog) -> u32 {
        *self.documented.entry(index).or_insert_with(|| {
            let text = catalog.routes.get(index as usize).map_or_else(String::new, |route| route.text.clone());
            number(&mut self.routes, RouteKey { documented: true, text })
        })
    }

    fn app(&mut self, app: &AppId) -> u32 {
        match self.apps.get_index_of(app) {
            Some(index) => u32::try_from(index).unwrap_or(u32::MAX),
            None => number(&mut self.apps, app.clone()),
        }
    }

    fn method(&mut self, method: &str) -> u32 {
        numbered(&mut self.methods, method)
    }

    /// Forgets which routes the catalog's numbers stand for: what comes next was matched with another.
    pub(super) fn change_catalog(&mut self) {
        self.documented.clear();
    }

    /// Takes all out, into a commit.
    pub(super) fn take_into(&mut self, commit: &mut IngestCommit) {
        let pending = std::mem::take(self);
        let tally = |(key, counts): (Key, Counts)| TallyDelta {
            app: key.app,
            environment: key.environment,
            day: key.day,
            route: key.route,
            method: key.method,
            status: key.status,
            counts,
        };
        let by_company = |((key, company), calls): ((Key, Company<u32>), u64)| CompanyDelta {
            app: key.app,
            environment: key.environment,
            day: key.day,
            company,
            route: key.route,
            method: key.method,
            status: key.status,
            calls,
        };
        commit.apps = pending.apps.into_iter().collect();
        commit.routes = pending.routes.into_iter().collect();
        commit.methods = pending.methods.into_iter().collect();
        commit.tallies = pending.tallies.into_iter().map(tally).collect();
        commit.companies = pending.companies.into_iter().collect();
        commit.company_tallies = pending.company_tallies.into_iter().map(by_company).collect();
        commit.rejects = keyed(&pending.rejects);
    }
}

/// Rejected lines by the keys of their reasons.
pub(super) fn keyed(rejects: &RejectCounts) -> Vec<(String, u64)> {
    rejects.iter().map(|(reason, count)| (reason.key().to_owned(), count)).collect()
}
