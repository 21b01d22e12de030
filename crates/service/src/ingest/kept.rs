//! The bounds on what strangers can make an app's day hold: undocumented routes and companies that are kept by name.
//!
//! Of each app, environment and day the first are kept, in the order of the lines, those in the store included. That is
//! exact as long as nobody else adds to the store between asking it and committing; see [`super::lock`].

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use model::{AppId, Day, Environment};
use store::{Counted, Store, StoreError};
use traffic::{COMPANIES_PER_DAY, First, Firsts, Named, TextHash, TextHasher, UNDOCUMENTED_ROUTES_PER_DAY};

use crate::Error;

/// An app, an environment and a day: what the bounds are for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Group {
    app: TextHash,
    environment: Environment,
    day: Day,
}

impl Group {
    /// That of something new.
    fn of(first: &First) -> Self {
        Self { app: first.app, environment: first.environment, day: first.day }
    }
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
    routes: Bounded,
    companies: Bounded,
}

impl Default for Kept {
    fn default() -> Self {
        Self { routes: Bounded::new(UNDOCUMENTED_ROUTES_PER_DAY), companies: Bounded::new(COMPANIES_PER_DAY) }
    }
}

impl Kept {
    /// Asks the store as much about the groups of these as must be known to admit them. All that is ever admitted has to
    /// come from the same hasher.
    pub(super) async fn learn(
        &mut self,
        blocks: impl Iterator<Item = &Firsts> + Send,
        hashes: &TextHasher,
        store: &dyn Store,
    ) -> Result<(), Error> {
        let (mut of_routes, mut of_companies) = (Wanted::default(), Wanted::default());
        for firsts in blocks {
            for first in firsts.list() {
                let (bounded, wanted) = match first.name {
                    Named::Route(_) => (&self.routes, &mut of_routes),
                    Named::Company(_) => (&self.companies, &mut of_companies),
                };
                let group = Group::of(first);
                // That is most of them.
                if !bounded.is_settled(&group) {
                    wanted.entry(group).or_insert_with(|| Want { more: 0, app: firsts.app_id(first.app) }).more += 1;
                }
            }
        }
        let mut unknown: IndexMap<Group, &AppId, FixedState> = IndexMap::default();
        for (bounded, wanted) in [(&mut self.routes, &of_routes), (&mut self.companies, &of_companies)] {
            let new = wanted.iter().filter(|(group, _)| !bounded.knows(group));
            unknown.extend(new.map(|(group, want)| (*group, &want.app)));
        }
        if !unknown.is_empty() {
            let unknown: Vec<Asked<'_>> = unknown.into_iter().collect();
            let counted = store.counted(&named(&unknown)).await?;
            for ((group, _), counted) in unknown.iter().zip(counted) {
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
            let stored = store.undocumented_routes_of(&named(asked)).await?;
            if stored.is_empty() {
                return Err(StoreError::Unavailable("the store gives no answer; this is a bug".to_owned()).into());
            }
            self.routes.know(asked, &stored, hashes);
            rest = &rest[stored.len().min(asked.len())..];
        }
        for groups in self.companies.uncertain(&of_companies).chunks(ASKED) {
            let stored = store.companies_of(&named(groups)).await?;
            self.companies.know(groups, &stored, hashes);
        }
        Ok(())
    }

    /// Admits what is new, in the order of the source, and takes note of what is not admitted.
    pub(super) fn admit(&mut self, firsts: &Firsts, refused: &mut Refused) {
        for first in firsts.list() {
            let group = Group::of(first);
            let admitted = match first.name {
                Named::Route(route) => self.routes.admit(group, route),
                Named::Company(company) => self.companies.admit(group, company),
            };
            if !admitted {
                refused.firsts.insert(*first);
            }
        }
    }

    /// Whether so much is remembered that it has to be forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.routes.held() + self.companies.held() > MOST
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

/// What each group may need places for.
type Wanted = IndexMap<Group, Want, FixedState>;

/// See [`Wanted`].
struct Want {
    /// How many texts.
    more: usize,
    /// The group's app.
    app: AppId,
}

/// A group of which the store is asked.
type Asked<'a> = (Group, &'a AppId);

/// Groups as the store knows them.
fn named(groups: &[Asked<'_>]) -> Vec<(AppId, Environment, Day)> {
    groups.iter().map(|(group, app)| (AppId::clone(app), group.environment, group.day)).collect()
}

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
    /// Those that are known.
    known: HashSet<TextHash, FixedState>,
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

    /// Whether all is known of a group that the store has of it.
    fn is_settled(&self, group: &Group) -> bool {
        self.groups.get(group).or_else(|| self.older.get(group)).is_some_and(|names| names.others == 0)
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
    fn uncertain<'a>(&self, wanted: &'a Wanted) -> Vec<Asked<'a>> {
        let is_uncertain =
            |names: &Names, more| names.others > 0 && names.known.len() + names.others + more > self.bound;
        let place = |(group, want): (&Group, &'a Want)| {
            let names = self.groups.get(group).filter(|names| is_uncertain(names, want.more))?;
            Some((names.place, (*group, &want.app)))
        };
        let mut uncertain: Vec<(u64, Asked<'a>)> = wanted.iter().filter_map(place).collect();
        uncertain.sort_unstable_by_key(|(place, _)| *place);
        uncertain.into_iter().map(|(_, asked)| asked).collect()
    }

    /// Takes note of what the store has of each group, beside what is admitted and not there yet.
    fn know(&mut self, groups: &[Asked<'_>], stored: &[Vec<String>], hashes: &TextHasher) {
        for ((group, _), texts) in groups.iter().zip(stored) {
            let names = self.groups.entry(*group).or_default();
            let before = names.known.len();
            names.known.extend(texts.iter().map(|text| hashes.hash(text)));
            names.others = 0;
            self.texts += names.known.len() - before;
        }
    }

    fn admit(&mut self, group: Group, text: TextHash) -> bool {
        let names = match self.groups.entry(group) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let names = self.older.remove(&group).unwrap_or_default();
                self.texts += names.known.len();
                self.older_texts -= names.known.len();
                place.insert(names)
            }
        };
        if names.known.len() + names.others < self.bound {
            self.texts += usize::from(names.known.insert(text));
            return true;
        }
        names.known.contains(&text)
    }
}

/// What is not kept by name, of counts that are yet to be committed.
#[derive(Default)]
pub(super) struct Refused {
    firsts: HashSet<First, FixedState>,
}

impl Refused {
    /// Whether a route or a company is not kept by name, of which this was told.
    pub(super) fn has(&self, first: impl FnOnce() -> Option<First>) -> bool {
        // Most often nothing is refused at all.
        !self.firsts.is_empty() && first().is_some_and(|first| self.firsts.contains(&first))
    }
}

#[cfg(test)]
mod tests;
