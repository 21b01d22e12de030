//! What is counted but not committed yet.

use foldhash::fast::FixedState;
use indexmap::IndexSet;
use model::{AppId, Catalog, Company, RouteKey};
use store::{CompanyDelta, IngestCommit, TallyDelta};
use traffic::{CalledRoute, Calls, OTHER_ROUTE, RejectCounts, Tallied};

use super::kept::Refused;

type Table<T> = IndexSet<T, FixedState>;

/// Counts on their way into the store.
#[derive(Default)]
pub(super) struct Pending {
    apps: Table<AppId>,
    routes: Table<RouteKey>,
    methods: Table<String>,
    companies: Table<String>,
    tallies: Vec<TallyDelta>,
    company_tallies: Vec<CompanyDelta>,
}

/// The numbers that a tally's own stand for.
struct Numbers<'a> {
    apps: Vec<u32>,
    methods: Vec<u32>,
    /// Of undocumented routes.
    routes: Vec<u32>,
    companies: Vec<u32>,
    /// Of the catalog's routes, as far as they were met.
    documented: Vec<Option<u32>>,
    catalog: &'a Catalog,
    /// Of the route that stands for those that are not kept by name.
    other: Option<u32>,
    tallied: &'a Tallied,
    refused: &'a Refused,
}

/// The number of a text that is most often known.
fn number<T: std::hash::Hash + Eq>(table: &mut Table<T>, value: T) -> u32 {
    u32::try_from(table.insert_full(value).0).unwrap_or(u32::MAX)
}

fn undocumented(text: &str) -> RouteKey {
    RouteKey { documented: false, text: text.to_owned() }
}

/// The id under which calls of this app are counted. (Readers refuse ids that can't be; should one slip
/// through, it is counted with those that name no app.)
fn app_id(app: &str) -> AppId {
    app.parse().unwrap_or_else(|_| AppId::unidentified())
}

impl Pending {
    /// Adds what a worker counted. Tells how many of the calls name no app.
    pub(super) fn add(&mut self, tallied: &Tallied, catalog: &Catalog, refused: &Refused) -> u64 {
        let mut numbers = Numbers {
            apps: tallied.apps().iter().map(|app| number(&mut self.apps, app_id(app))).collect(),
            methods: tallied.methods().iter().map(|name| number(&mut self.methods, (**name).to_owned())).collect(),
            routes: tallied.routes().iter().map(|text| number(&mut self.routes, undocumented(text))).collect(),
            companies: tallied
                .companies()
                .iter()
                .map(|name| number(&mut self.companies, (**name).to_owned()))
                .collect(),
            documented: vec![None; catalog.routes.len()],
            catalog,
            other: None,
            tallied,
            refused,
        };
        self.tallies.reserve(tallied.len());
        let unidentified = tallied.apps().iter().position(|app| **app == *AppId::UNIDENTIFIED);
        let mut of_none = 0;
        let mut count = |calls: &Calls| {
            of_none += if unidentified == Some(calls.app as usize) { calls.counts.calls } else { 0 };
        };
        for calls in tallied.plain() {
            count(&calls);
            let delta = self.delta(&calls, &mut numbers);
            self.tallies.push(delta);
        }
        for (calls, company) in tallied.problems() {
            count(&calls);
            let delta = self.delta(&calls, &mut numbers);
            self.tallies.push(delta);
            let company = match company {
                Company::Named(name) if refused.has(|| tallied.first_of_company(&calls, name)) => Company::Others,
                Company::Named(name) => Company::Named(at(&numbers.companies, name)),
                Company::Absent => Company::Absent,
                Company::Others => Company::Others,
            };
            let TallyDelta { app, environment, day, route, method, status, counts } = delta;
            let calls = counts.calls;
            self.company_tallies.push(CompanyDelta { app, environment, day, company, route, method, status, calls });
        }
        of_none
    }

    fn delta(&mut self, calls: &Calls, numbers: &mut Numbers<'_>) -> TallyDelta {
        TallyDelta {
            app: at(&numbers.apps, calls.app),
            environment: calls.environment,
            day: calls.day,
            route: self.route(calls, numbers),
            method: at(&numbers.methods, calls.method),
            status: calls.status,
            counts: calls.counts,
        }
    }

    fn route(&mut self, calls: &Calls, numbers: &mut Numbers<'_>) -> u32 {
        match calls.route {
            CalledRoute::Documented(index) => match numbers.documented.get_mut(index as usize) {
                Some(Some(known)) => *known,
                place => {
                    let route = numbers.catalog.routes.get(index as usize);
                    let text = route.map_or_else(String::new, |route| route.text.clone());
                    let known = number(&mut self.routes, RouteKey { documented: true, text });
                    if let Some(place) = place {
                        *place = Some(known);
                    }
                    known
                }
            },
            CalledRoute::Undocumented(route)
                if numbers.refused.has(|| numbers.tallied.first_of_route(calls, route)) =>
            {
                *numbers.other.get_or_insert_with(|| number(&mut self.routes, undocumented(OTHER_ROUTE)))
            }
            CalledRoute::Undocumented(route) => at(&numbers.routes, route),
        }
    }

    /// Takes all out, into a commit.
    pub(super) fn take_into(self, commit: &mut IngestCommit) {
        commit.apps = self.apps.into_iter().collect();
        commit.routes = self.routes.into_iter().collect();
        commit.methods = self.methods.into_iter().collect();
        commit.companies = self.companies.into_iter().collect();
        commit.tallies = self.tallies;
        commit.company_tallies = self.company_tallies;
    }
}

fn at(numbers: &[u32], number: u32) -> u32 {
    numbers.get(number as usize).copied().unwrap_or(u32::MAX)
}

/// Rejected lines by the keys of their reasons.
pub(super) fn keyed(rejects: &RejectCounts) -> Vec<(String, u64)> {
    rejects.iter().map(|(reason, count)| (reason.key().to_owned(), count)).collect()
}
