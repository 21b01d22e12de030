//! The bounds on what strangers can make an app's day hold: undocumented routes and companies that are kept by name.
//!
//! Of each app, environment and day the first are kept, in the order of the lines, those in the store included. That is
//! exact as long as nobody else adds to the store between asking it and committing; see [`super::lock`].

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::str::FromStr;

use foldhash::fast::{FixedState, RandomState};
use indexmap::IndexSet;
use model::{AppId, Day, Environment};
use store::{Store, StoreError};
use traffic::{COMPANIES_PER_DAY, Calls, First, Named, UNDOCUMENTED_ROUTES_PER_DAY};

use crate::Error;

/// An app, an environment and a day: what the bounds are for. The app as a number in [`Kept`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Group {
    app: usize,
    environment: Environment,
    day: Day,
}

/// For how many groups that have counts the store is asked at once.
const ASKED: usize = 256;

/// How many texts and groups are remembered before those that nothing was met of lately are forgotten, to be asked of the
/// store again. Some 100 bytes of memory each.
const REMEMBERED: usize = 50_000;

/// How many are remembered until all are forgotten.
const MOST: usize = 200_000;

/// What is kept by name.
pub(super) struct Kept {
    apps: IndexSet<AppId, FixedState>,
    routes: Bounded,
    companies: Bounded,
    hasher: RandomState,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            apps: IndexSet::default(),
            routes: Bounded::new(UNDOCUMENTED_ROUTES_PER_DAY),
            companies: Bounded::new(COMPANIES_PER_DAY),
            hasher: RandomState::default(),
        }
    }
}

impl Kept {
    /// Asks the store about the groups of these that are not known yet.
    pub(super) async fn learn(
        &mut self,
        firsts: impl Iterator<Item = &First> + Send,
        store: &dyn Store,
    ) -> Result<(), Error> {
        let mut of_routes: IndexSet<Group, FixedState> = IndexSet::default();
        let mut of_companies: IndexSet<Group, FixedState> = IndexSet::default();
        for first in firsts {
            let group = self.group(first);
            match first.name {
                Named::Route(_) if !self.routes.knows(&group) => of_routes.insert(group),
                Named::Company(_) if !self.companies.knows(&group) => of_companies.insert(group),
                _ => false,
            };
        }
        let all: Vec<Group> = of_routes.union(&of_companies).copied().collect();
        if all.is_empty() {
            return Ok(());
        }
        let near = store.near(&self.named(&all)).await?;
        let near: Near = all.into_iter().zip(near).filter_map(|(group, near)| Some((group, near?))).collect();
        let of_routes = self.routes.counted(of_routes, &near);
        // The place for what comes after the bound may be among them: then the bound is reached, or a path
        // that reads like it takes up one place as any other does.
        let mut rest = &of_routes[..];
        while !rest.is_empty() {
            let asked = &rest[..rest.len().min(ASKED)];
            let stored = store.undocumented_routes_of(&self.named(asked)).await?;
            if stored.is_empty() {
                return Err(StoreError::Unavailable("the store gives no answer; this is a bug".to_owned()).into());
            }
            self.routes.know(asked, &stored, &self.hasher);
            rest = &rest[stored.len().min(asked.len())..];
        }
        let of_companies = self.companies.counted(of_companies, &near);
        for groups in of_companies.chunks(ASKED) {
            let stored = store.companies_of(&self.named(groups)).await?;
            self.companies.know(groups, &stored, &self.hasher);
        }
        Ok(())
    }

    /// Admits what is new, in the order of the source, and takes note of what is not admitted.
    pub(super) fn admit(&mut self, firsts: &[First], refused: &mut Refused) {
        for first in firsts {
            let group = self.group(first);
            let admitted = match &first.name {
                Named::Route(route) => self.routes.admit(group, self.hasher.hash_one(route)),
                Named::Company(company) => self.companies.admit(group, self.hasher.hash_one(company)),
            };
            if !admitted {
                refused.add(first);
            }
        }
    }

    /// The group of something new.
    fn group(&mut self, first: &First) -> Group {
        let app = match self.apps.get_index_of(&first.app) {
            Some(app) => app,
            None => self.apps.insert_full(first.app.clone()).0,
        };
        Group { app, environment: first.environment, day: first.day }
    }

    /// Groups as the store knows them.
    fn named(&self, groups: &[Group]) -> Vec<(AppId, Environment, Day)> {
        let named = |group: &Group| Some((self.apps.get_index(group.app)?.clone(), group.environment, group.day));
        groups.iter().filter_map(named).collect()
    }

    /// Whether so much is remembered that it has to be forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.routes.len() + self.companies.len() > MOST || self.apps.len() > MOST
    }

    /// To be told when all that was admitted before is on its way into the store and what was on its way is there:
    /// forgets what nothing was met of between this and the time before, if much is remembered.
    pub(super) fn turn_over(&mut self) {
        if self.routes.len() + self.companies.len() > REMEMBERED {
            self.routes.turn_over();
            self.companies.turn_over();
        }
    }

    /// Forgets everything. Only right when all that was admitted is committed, or none of it ever will be.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Where the counts of groups lie in the store, of those that have some.
type Near = HashMap<Group, u64, FixedState>;

/// The first texts of each group.
struct Bounded {
    /// How many are kept of a group.
    bound: usize,
    /// Hashes of the texts of each group: 64 bits with a seed that nobody knows, since texts may be long.
    groups: HashMap<Group, HashSet<u64, FixedState>, FixedState>,
    /// Groups of before [`Bounded::turn_over`].
    older: HashMap<Group, HashSet<u64, FixedState>, FixedState>,
    texts: usize,
}

impl Bounded {
    fn new(bound: usize) -> Self {
        Self { bound, groups: HashMap::default(), older: HashMap::default(), texts: 0 }
    }

    fn len(&self) -> usize {
        self.groups.len() + self.texts
    }

    fn turn_over(&mut self) {
        self.older = std::mem::take(&mut self.groups);
        self.texts = 0;
    }

    fn knows(&mut self, group: &Group) -> bool {
        if let Some(texts) = self.older.remove(group) {
            self.texts += texts.len();
            self.groups.insert(*group, texts);
        }
        self.groups.contains_key(group)
    }

    /// Those of the groups that have counts, in the order in which the store is asked best. Of the others all is known then.
    fn counted(&mut self, groups: IndexSet<Group, FixedState>, near: &Near) -> Vec<Group> {
        let (mut counted, others): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|it| near.contains_key(it));
        for group in others {
            self.groups.insert(group, HashSet::default());
        }
        counted.sort_unstable_by_key(|group| near.get(group));
        counted
    }

    /// Takes note of what the store has of each group.
    fn know(&mut self, groups: &[Group], stored: &[Vec<String>], hasher: &RandomState) {
        for (group, texts) in groups.iter().zip(stored) {
            self.texts += texts.len();
            let texts = texts.iter().map(|text| hasher.hash_one(text.as_str())).collect();
            self.groups.insert(*group, texts);
        }
    }

    fn admit(&mut self, group: Group, text: u64) -> bool {
        self.knows(&group);
        let kept = self.groups.entry(group).or_default();
        if kept.contains(&text) {
            return true;
        }
        let admitted = kept.len() < self.bound;
        if admitted {
            kept.insert(text);
            self.texts += 1;
        }
        admitted
    }
}

/// What is not kept by name, of counts that are yet to be committed.
#[derive(Default)]
pub(super) struct Refused {
    apps: IndexSet<AppId, FixedState>,
    /// Whether it is a company, and the hash of its name, as in [`Bounded`].
    names: HashSet<(Group, bool, u64), FixedState>,
    hasher: RandomState,
}

impl Refused {
    fn add(&mut self, first: &First) {
        let app = match self.apps.get_index_of(&first.app) {
            Some(app) => app,
            None => self.apps.insert_full(first.app.clone()).0,
        };
        let (is_company, hash) = match &first.name {
            Named::Route(route) => (false, self.hasher.hash_one(route)),
            Named::Company(company) => (true, self.hasher.hash_one(company)),
        };
        self.names.insert((Group { app, environment: first.environment, day: first.day }, is_company, hash));
    }

    /// The same for the apps, routes and companies of a tally, which are asked for by their numbers.
    pub(super) fn of(&self, apps: &[Box<str>], routes: &[Box<str>], companies: &[Box<str>]) -> RefusedOf<'_> {
        // Most often nothing is refused at all.
        let any = !self.names.is_empty();
        let hashes = |texts: &[Box<str>]| -> Vec<u64> {
            if any { texts.iter().map(|text| self.hasher.hash_one(&**text)).collect() } else { Vec::new() }
        };
        let app = |app: &str| self.apps.get_index_of(&AppId::from_str(app).ok()?);
        let apps = if any { apps.iter().map(|id| app(id)).collect() } else { Vec::new() };
        RefusedOf { refused: self, apps, routes: hashes(routes), companies: hashes(companies) }
    }
}

/// See [`Refused::of`].
pub(super) struct RefusedOf<'a> {
    refused: &'a Refused,
    apps: Vec<Option<usize>>,
    routes: Vec<u64>,
    companies: Vec<u64>,
}

impl RefusedOf<'_> {
    /// Whether an undocumented route of some calls is not kept by name.
    pub(super) fn has_route(&self, calls: &Calls, route: u32) -> bool {
        self.has(calls, false, self.routes.get(route as usize))
    }

    /// Whether a company of some calls is not kept by name.
    pub(super) fn has_company(&self, calls: &Calls, company: u32) -> bool {
        self.has(calls, true, self.companies.get(company as usize))
    }

    fn has(&self, calls: &Calls, is_company: bool, hash: Option<&u64>) -> bool {
        let (Some(Some(app)), Some(hash)) = (self.apps.get(calls.app as usize), hash) else { return false };
        let group = Group { app: *app, environment: calls.environment, day: calls.day };
        self.refused.names.contains(&(group, is_company, *hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(app: &str, name: usize) -> First {
        First {
            app: app.parse().unwrap(),
            environment: Environment::Production,
            day: Day::from_epoch_days(0),
            name: Named::Company(name.to_string()),
        }
    }

    fn refused(kept: &mut Kept, firsts: &[First]) -> usize {
        let mut refused = Refused::default();
        kept.admit(firsts, &mut refused);
        refused.names.len()
    }

    fn route(app: usize, text: &str) -> First {
        First { name: Named::Route(text.to_owned()), ..company(&app.to_string(), 0) }
    }

    /// More texts than the store answers with at once.
    #[tokio::test]
    async fn bounds_are_learned_of_all_apps_however_long_their_routes() {
        const APPS: usize = 6;
        let directory = tempfile::tempdir().unwrap();
        let store = store::sqlite::SqliteStore::open(&directory.path().join("steadfast.db")).unwrap();
        let text = |number: usize| format!("/{number}/{}", "x".repeat(1_000));
        let delta = |app: usize, route: usize| store::TallyDelta {
            app: app as u32,
            environment: Environment::Production,
            day: Day::from_epoch_days(0),
            route: route as u32,
            method: 0,
            status: 404,
            counts: model::Counts { calls: 1, ..model::Counts::default() },
        };
        let routes = 0..UNDOCUMENTED_ROUTES_PER_DAY;
        let commit = store::IngestCommit {
            apps: (0..APPS).map(|app| app.to_string().parse().unwrap()).collect(),
            routes: routes.clone().map(|it| model::RouteKey { documented: false, text: text(it) }).collect(),
            methods: vec!["GET".to_owned()],
            tallies: (0..APPS).flat_map(|app| routes.clone().map(move |route| delta(app, route))).collect(),
            ..store::IngestCommit::empty(model::UnixMillis(0))
        };
        store.commit_ingest(commit).await.unwrap();

        let mut kept = Kept::default();
        // The last app has no counts.
        let firsts: Vec<First> = (0..=APPS).flat_map(|app| [route(app, &text(7)), route(app, "/new")]).collect();
        kept.learn(firsts.iter(), &store).await.unwrap();
        assert_eq!(refused(&mut kept, &firsts), APPS);
        assert_eq!(refused(&mut kept, &firsts[2 * APPS..]), 0);
    }

    #[test]
    fn what_is_met_again_is_remembered_over_turns() {
        let mut kept = Kept::default();
        let all: Vec<First> = (0..250).map(|name| company("a", name)).collect();
        assert_eq!(refused(&mut kept, &all), 50);
        let many: Vec<First> = (0..REMEMBERED).map(|app| company(&app.to_string(), 0)).collect();
        for _ in 0..3 {
            assert_eq!(refused(&mut kept, &many), 0);
            assert_eq!(refused(&mut kept, &all), 50);
            kept.turn_over();
        }
        kept.turn_over();
        assert_eq!(kept.companies.older.len(), REMEMBERED + 1);
        assert_eq!(kept.companies.groups.len(), 0);
    }
}
