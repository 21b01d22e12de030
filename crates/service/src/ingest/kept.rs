//! The bounds on what strangers can make an app's day hold: undocumented routes and companies that are kept by name.
//!
//! Of each app, environment and day the first are kept, in the order of the lines, those in the store included. That is
//! exact as long as nobody else adds to the store between asking it and committing; see [`super::lock`].

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::str::FromStr;

use foldhash::fast::{FixedState, RandomState};
use indexmap::{IndexMap, IndexSet};
use model::{AppId, Day, Environment};
use store::{Counted, Store, StoreError};
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
    /// Asks the store as much about the groups of these as must be known to admit them.
    pub(super) async fn learn(
        &mut self,
        firsts: impl Iterator<Item = &First> + Send,
        store: &dyn Store,
    ) -> Result<(), Error> {
        let (mut of_routes, mut of_companies) = (Wanted::default(), Wanted::default());
        for first in firsts {
            let group = self.group(first);
            let wanted = match first.name {
                Named::Route(_) => &mut of_routes,
                Named::Company(_) => &mut of_companies,
            };
            *wanted.entry(group).or_default() += 1;
        }
        let mut unknown: IndexSet<Group, FixedState> = IndexSet::default();
        unknown.extend(of_routes.keys().filter(|group| !self.routes.knows(group)));
        unknown.extend(of_companies.keys().filter(|group| !self.companies.knows(group)));
        if !unknown.is_empty() {
            let unknown: Vec<Group> = unknown.into_iter().collect();
            let counted = store.counted(&self.named(&unknown)).await?;
            for (group, counted) in unknown.iter().zip(counted) {
                self.routes.begin(group, &of_routes, counted);
                self.companies.begin(group, &of_companies, counted);
            }
        }
        // The place for what comes after the bound may be among them: then the bound is reached, or a path
        // that reads like it takes up one place as any other does.
        let uncertain = self.routes.uncertain(&of_routes);
        let mut rest = &uncertain[..];
        while !rest.is_empty() {
            let asked = &rest[..rest.len().min(ASKED)];
            let stored = store.undocumented_routes_of(&self.named(asked)).await?;
            if stored.is_empty() {
                return Err(StoreError::Unavailable("the store gives no answer; this is a bug".to_owned()).into());
            }
            self.routes.know(asked, &stored, &self.hasher);
            rest = &rest[stored.len().min(asked.len())..];
        }
        for groups in self.companies.uncertain(&of_companies).chunks(ASKED) {
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
        self.routes.held() + self.companies.held() > MOST || self.apps.len() > MOST
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

/// How many texts each group may need a place for.
type Wanted = IndexMap<Group, usize, FixedState>;

/// The first texts of each group.
struct Bounded {
    /// How many are kept of a group.
    bound: usize,
    groups: HashMap<Group, Names, FixedState>,
    /// Groups of before [`Bounded::turn_over`].
    older: HashMap<Group, Names, FixedState>,
    texts: usize,
    /// The texts of older groups.
    older_texts: usize,
}

/// The first texts of a group.
#[derive(Default)]
struct Names {
    /// Hashes of those that are known: 64 bits with a seed that nobody knows, since texts may be long.
    known: HashSet<u64, FixedState>,
    /// How many more the store may have at most. As long as all fit, it need not be asked which.
    others: usize,
    /// Where it is to be asked.
    place: u64,
}

impl Bounded {
    fn new(bound: usize) -> Self {
        Self { bound, groups: HashMap::default(), older: HashMap::default(), texts: 0, older_texts: 0 }
    }

    fn len(&self) -> usize {
        self.groups.len() + self.texts
    }

    /// With those of before, which take memory too.
    fn held(&self) -> usize {
        self.len() + self.older.len() + self.older_texts
    }

    fn turn_over(&mut self) {
        self.older = std::mem::take(&mut self.groups);
        self.older_texts = std::mem::take(&mut self.texts);
    }

    fn knows(&mut self, group: &Group) -> bool {
        if let Some(names) = self.older.remove(group) {
            self.texts += names.known.len();
            self.older_texts -= names.known.len();
            self.groups.insert(*group, names);
        }
        self.groups.contains_key(group)
    }

    /// Takes note of what the store has of a group in short, if the group is one of these and nothing is known of it.
    fn begin(&mut self, group: &Group, wanted: &Wanted, counted: Option<Counted>) {
        if wanted.contains_key(group) {
            // Every text has a call at least.
            let most = |counted: Counted| usize::try_from(counted.calls).unwrap_or(usize::MAX).min(self.bound);
            let place = counted.map_or(0, |counted| counted.place);
            let names = Names { others: counted.map_or(0, most), place, ..Names::default() };
            self.groups.entry(*group).or_insert(names);
        }
    }

    /// Those groups of which it must be known what the store has, in the order in which it is asked best.
    fn uncertain(&self, wanted: &Wanted) -> Vec<Group> {
        let is_uncertain =
            |names: &Names, more| names.others > 0 && names.known.len() + names.others + more > self.bound;
        let place = |(group, more): (&Group, &usize)| {
            self.groups.get(group).filter(|names| is_uncertain(names, *more)).map(|names| (names.place, *group))
        };
        let mut uncertain: Vec<(u64, Group)> = wanted.iter().filter_map(place).collect();
        uncertain.sort_unstable_by_key(|(place, _)| *place);
        uncertain.into_iter().map(|(_, group)| group).collect()
    }

    /// Takes note of what the store has of each group, beside what is admitted and not there yet.
    fn know(&mut self, groups: &[Group], stored: &[Vec<String>], hasher: &RandomState) {
        for (group, texts) in groups.iter().zip(stored) {
            let names = self.groups.entry(*group).or_default();
            let before = names.known.len();
            names.known.extend(texts.iter().map(|text| hasher.hash_one(text.as_str())));
            names.others = 0;
            self.texts += names.known.len() - before;
        }
    }

    fn admit(&mut self, group: Group, text: u64) -> bool {
        self.knows(&group);
        let names = self.groups.entry(group).or_default();
        if names.known.contains(&text) {
            return true;
        }
        let admitted = names.known.len() + names.others < self.bound;
        if admitted {
            names.known.insert(text);
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
mod tests;
