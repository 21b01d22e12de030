//! Calls that show a problem: counted by company too, and what is new among their routes and companies told.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use model::{Company, Day, Environment};

use super::counter::{Counter, Key, ProblemKey};
use super::firsts::{First, Named, TextHash, TextHasher};
use super::intern::Interner;

/// Set in the number of a route that is an undocumented one's. (A catalog has fewer than two thousand million routes.)
pub(super) const UNDOCUMENTED: u32 = 1 << 31;

/// Stands for a company in a key: none, and one that can't be kept by name. Those with a name follow.
pub(super) const ABSENT: u32 = 0;
pub(super) const OTHERS: u32 = 1;
pub(super) const NAMED: u32 = 2;

/// A worker's calls that show a problem.
#[derive(Debug)]
pub(super) struct Problems {
    pub(super) counter: Counter<ProblemKey>,
    pub(super) routes: Interner,
    pub(super) companies: Interner,
    /// Which routes and companies were told of which app, environment and day.
    told: HashSet<(Group, u32), FixedState>,
    /// Those that are told of the block that is read.
    pub(super) firsts: Vec<First>,
}

/// An app's number, whether it is a company that is told, and the day and the environment.
type Group = (u32, bool, Day, Environment);

/// Whose calls, and where and when they were made.
#[derive(Clone, Copy)]
pub(super) struct Whose {
    /// The app's number.
    pub(super) app: u32,
    pub(super) environment: Environment,
    pub(super) day: Day,
}

/// How they were made and answered.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub(super) method: u32,
    pub(super) status: u16,
}

impl Problems {
    pub(super) fn new(hashes: &TextHasher) -> Self {
        Self {
            counter: Counter::default(),
            routes: Interner::new(hashes),
            companies: Interner::new(hashes),
            told: HashSet::with_hasher(FixedState::with_seed(hashes.seed)),
            firsts: Vec::new(),
        }
    }

    /// The key under which a call is counted: of a documented route, by its index, or of an undocumented one. Its company
    /// most likely stands within `block`.
    pub(super) fn key(
        &mut self,
        block: &[u8],
        whose: Whose,
        route: Result<u32, &str>,
        how: How,
        company: Company<&str>,
    ) -> ProblemKey {
        let route = route.unwrap_or_else(|text| UNDOCUMENTED | self.routes.number_within(block, text));
        let company = match company {
            Company::Absent => ABSENT,
            Company::Others => OTHERS,
            Company::Named(name) => NAMED + self.companies.number_within(block, name),
        };
        let key = Key::new(whose.app, route, how.method, whose.day, how.status, whose.environment);
        ProblemKey { key, company }
    }

    /// Adds calls, of each its key and its class. What is new of an app, environment and day is told.
    pub(super) fn add_all(&mut self, calls: &[(ProblemKey, u8)], apps: &Interner) {
        self.counter.look_for(calls.iter().map(|(key, _)| *key));
        for (key, class) in calls {
            if self.counter.add_now(*key, *class) {
                self.tell(*key, apps);
            }
        }
    }

    /// Tells what is new about a call, if anything is.
    fn tell(&mut self, ProblemKey { key, company }: ProblemKey, apps: &Interner) {
        let (app, route, _, day, _, environment) = key.parts();
        let mut tell = |is_company, number, name: Option<TextHash>, named: fn(TextHash) -> Named| {
            if let (Some(id), Some(name)) = (apps.hash(app), name)
                && self.told.insert(((app, is_company, day, environment), number))
            {
                self.firsts.push(First { app: id, environment, day, name: named(name) });
            }
        };
        if route & UNDOCUMENTED != 0 {
            tell(false, route, self.routes.hash(route & !UNDOCUMENTED), Named::Route);
        }
        if let Some(number) = company.checked_sub(NAMED) {
            tell(true, company, self.companies.hash(number), Named::Company);
        }
    }

    /// How many counts and texts there are.
    pub(super) fn len(&self) -> usize {
        // One by itself and one by company.
        2 * self.counter.len() + self.routes.len() + self.companies.len()
    }

    /// How many bytes the texts of routes and companies have.
    pub(super) fn text_bytes(&self) -> usize {
        self.routes.bytes() + self.companies.bytes()
    }

    /// Forgets what was told.
    pub(super) fn forget(&mut self) {
        self.told.clear();
    }
}
