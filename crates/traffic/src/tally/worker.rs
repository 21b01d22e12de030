//! One thread's tally.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use model::{AppId, Call, Company, Counts, Day, Environment, Hour, PlatformZone, Principal};

use super::allowed::Allowed;
use super::counter::{Counter, Key, class};
use super::days::Days;
use super::intern::Interner;
use super::outcome::{BlockOutcome, CalledRoute, ProblemCalls, RejectedLine, Tallied};
use super::{FIRST_PROBLEM, MatchRoute};
use crate::decode::{Decoder, Scratch};
use crate::fields::company;
use crate::path::cut;
use crate::reject::{Reject, TimeBounds};
use crate::route::undocumented_route;

/// What is the same for all lines of a block.
#[derive(Debug)]
pub struct BlockContext<'a, M: ?Sized> {
    /// The reader of the log's format.
    pub decoder: &'a Decoder,
    /// The catalog's routes.
    pub matcher: &'a M,
    /// Between what instants calls are counted.
    pub bounds: TimeBounds,
    /// Where calls were made that don't say so.
    pub default_environment: Environment,
    /// What the sender may send; everything where there is none.
    pub allowed: Option<&'a Allowed>,
    /// How many rejected lines are kept with their text, at most.
    pub kept_rejects: usize,
}

/// Adds up the calls that one thread reads. Its memory grows with [`WorkerTally::len`], so a caller takes the
/// counts out with [`WorkerTally::drain`] when that is large.
#[derive(Debug)]
pub struct WorkerTally {
    counter: Counter,
    apps: Interner,
    methods: Interner,
    days: Days,
    scratch: Scratch,
    hasher: FixedState,
}

impl WorkerTally {
    /// A tally of nothing. The seed, any number that strangers can't guess, keeps them from slowing down hash
    /// tables by their choice of texts; no result depends on it.
    #[must_use]
    pub fn new(zone: PlatformZone, hash_seed: u64) -> Self {
        Self {
            counter: Counter::default(),
            apps: Interner::new(hash_seed),
            methods: Interner::new(hash_seed),
            days: Days::new(zone),
            scratch: Scratch::default(),
            hasher: FixedState::with_seed(hash_seed),
        }
    }

    /// Adds the calls of a block of whole lines. A last line without line feed counts as whole.
    pub fn tally_block<M: MatchRoute + ?Sized>(
        &mut self,
        block: &[u8],
        seq: u64,
        context: &BlockContext<'_, M>,
    ) -> BlockOutcome {
        let Self { counter, apps, methods, days, scratch, hasher } = self;
        let mut outcome = BlockOutcome { seq, ..BlockOutcome::default() };
        let mut problems = Problems { hasher: hasher.clone(), positions: HashTable::new() };
        context.decoder.decode_block(block, &context.bounds, scratch, |line, decoded| {
            match context.permit(decoded) {
                Ok(call) => {
                    let day = days.day_of(call.time);
                    let environment = call.environment.unwrap_or(context.default_environment);
                    let segments = cut(&call.path);
                    match context.matcher.match_route(&segments, day) {
                        Some(route)
                            if call.status < FIRST_PROBLEM
                                && !context.matcher.shows_problem(route, &call.method, day) =>
                        {
                            let app = apps.number(call.app.as_deref().unwrap_or(AppId::UNIDENTIFIED));
                            let method = methods.number(&call.method);
                            let key = Key::new(app, route, method, day, call.status, environment);
                            counter.add(key, class(call.company.is_none(), call.principal == Principal::Service));
                        }
                        Some(route) => {
                            let route = CalledRoute::Documented(route);
                            problems.add(&mut outcome.problems, &call, day, environment, route);
                        }
                        None => {
                            let route = CalledRoute::Undocumented(undocumented_route(&segments));
                            problems.add(&mut outcome.problems, &call, day, environment, route);
                        }
                    }
                    outcome.counted += 1;
                    add_hour(&mut outcome.hours, Hour::of(call.time).epoch_hours());
                    outcome.last_call = outcome.last_call.max(Some(call.time));
                }
                Err(reject) => keep_reject(&mut outcome, line, reject, context.kept_rejects),
            }
            outcome.lines += 1;
        });
        counter.flush();
        outcome.hours = by_hour(outcome.hours);
        outcome
    }

    /// How many counts, apps and methods are held; about 50 bytes of memory each, longer ids more.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counter.len() + self.apps.len() + self.methods.len()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out what was added up since the last time.
    pub fn drain(&mut self) -> Tallied {
        Tallied { entries: self.counter.drain(), apps: self.apps.take(), methods: self.methods.take() }
    }
}

/// Adds a call to the hours as they are met: calls that follow each other are most often of the same.
fn add_hour(hours: &mut Vec<(i64, u64)>, hour: i64) {
    match hours.last_mut() {
        Some((last, calls)) if *last == hour => *calls += 1,
        _ => hours.push((hour, 1)),
    }
}

/// Each hour once, in order.
fn by_hour(mut hours: Vec<(i64, u64)>) -> Vec<(i64, u64)> {
    hours.sort_unstable();
    hours.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0 };
        same
    });
    hours
}

#[cold]
fn keep_reject(outcome: &mut BlockOutcome, line: &[u8], reject: Reject, kept: usize) {
    outcome.reject_counts.add(reject.reason);
    if outcome.rejects.len() < kept {
        outcome.rejects.push(RejectedLine {
            line_in_block: outcome.lines,
            reason: reject.reason,
            detail: reject.detail.into_owned(),
            text: RejectedLine::excerpt(line),
        });
    }
}

/// Where in a block's list the calls of each key stand.
struct Problems {
    hasher: FixedState,
    positions: HashTable<usize>,
}

impl Problems {
    fn add(
        &mut self,
        list: &mut Vec<ProblemCalls>,
        call: &Call<'_>,
        day: Day,
        environment: Environment,
        route: CalledRoute,
    ) {
        let app = call.app.as_deref().unwrap_or(AppId::UNIDENTIFIED);
        let company = company(call.company.as_deref());
        let hash = self.hasher.hash_one((app, &route, &*call.method, call.status, day, company));
        let equal = |position: &usize| {
            list.get(*position).is_some_and(|known| {
                known.route == route
                    && known.app.as_str() == app
                    && known.method == call.method
                    && (known.status, known.day, known.environment) == (call.status, day, environment)
                    && borrowed(&known.company) == company
            })
        };
        let counts = counts_of(call);
        if let Some(known) = self.positions.find(hash, equal).and_then(|position| list.get_mut(*position)) {
            known.counts += counts;
            return;
        }
        // Decoders let only valid ids through.
        let Ok(app) = app.parse::<AppId>().or_else(|_| AppId::UNIDENTIFIED.parse()) else { return };
        let hasher = self.hasher.clone();
        self.positions.insert_unique(hash, list.len(), |position| {
            list.get(*position).map_or(0, |known| {
                let company = borrowed(&known.company);
                hasher.hash_one((known.app.as_str(), &known.route, &*known.method, known.status, known.day, company))
            })
        });
        let method = call.method.clone().into_owned();
        let company = match company {
            Company::Absent => Company::Absent,
            Company::Named(name) => Company::Named(name.to_owned()),
            Company::Others => Company::Others,
        };
        list.push(ProblemCalls { app, environment, day, route, method, status: call.status, company, counts });
    }
}

fn borrowed(company: &Company<String>) -> Company<&str> {
    match company {
        Company::Absent => Company::Absent,
        Company::Named(name) => Company::Named(name),
        Company::Others => Company::Others,
    }
}

fn counts_of(call: &Call<'_>) -> Counts {
    let absent = u64::from(call.company.is_none());
    let service = u64::from(call.principal == Principal::Service);
    Counts { calls: 1, header_absent: absent, service_calls: service, service_header_absent: absent & service }
}
