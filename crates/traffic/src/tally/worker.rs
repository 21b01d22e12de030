//! One thread's tally.

use model::{AppId, Call, Environment, PlatformZone, Principal, cut_path};

use super::allowed::Allowed;
use super::counter::{Counter, Key, class};
use super::days::Days;
use super::firsts::{AppIds, Firsts, TextHasher};
use super::hours::Hours;
use super::intern::Interner;
use super::outcome::{BlockOutcome, RejectedLine, Tallied};
use super::problems::{How, Problems, Whose};
use super::{FIRST_PROBLEM, MatchRoute};
use crate::decode::{Decoder, Scratch};
use crate::fields::company;
use crate::reject::{Reject, TimeBounds};
use crate::route::write_undocumented_route;

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

/// How many calls are added at once.
const LOT: usize = 32;

/// How many of them most often show a problem, at most.
const PROBLEMS: usize = 12;

/// Calls that are to be added, and room for their routes.
#[derive(Default)]
struct Lot<'a> {
    calls: Vec<Call<'a>>,
    routes: Vec<Option<u32>>,
}

/// Adds up the calls that one thread reads. Its memory grows with [`WorkerTally::len`] and
/// [`WorkerTally::text_bytes`], so a caller takes the counts out with [`WorkerTally::drain`] when these are large.
#[derive(Debug)]
pub struct WorkerTally {
    plain: Counter<Key>,
    problems: Problems,
    apps: Interner,
    /// Those of `apps`, for whoever is told of them.
    app_ids: AppIds,
    methods: Interner,
    days: Days,
    hours: Hours,
    scratch: Scratch,
    /// Room for the text of an undocumented route.
    undocumented: String,
}

impl WorkerTally {
    /// A tally of nothing, which tells of texts as this hasher has them.
    #[must_use]
    pub fn new(zone: PlatformZone, hashes: &TextHasher) -> Self {
        Self {
            plain: Counter::default(),
            problems: Problems::new(hashes),
            apps: Interner::new(hashes),
            app_ids: AppIds::default(),
            methods: Interner::new(hashes),
            days: Days::new(zone),
            hours: Hours::default(),
            scratch: Scratch::default(),
            undocumented: String::new(),
        }
    }

    /// Adds the calls of a block of whole lines. A last line without line feed counts as whole.
    pub fn tally_block<M: MatchRoute + ?Sized>(
        &mut self,
        block: &[u8],
        seq: u64,
        context: &BlockContext<'_, M>,
    ) -> BlockOutcome {
        let mut outcome = BlockOutcome { seq, ..BlockOutcome::default() };
        self.problems.firsts.clear();
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut lot = Lot::default();
        context.decoder.decode_block(block, &context.bounds, &mut scratch, |line, decoded| {
            match context.permit(decoded) {
                Ok(call) => {
                    lot.calls.push(call);
                    if lot.calls.len() >= LOT {
                        self.add(block, &mut lot, context, &mut outcome);
                    }
                }
                Err(reject) => keep_reject(&mut outcome, line, reject, context.kept_rejects),
            }
            outcome.lines += 1;
        });
        self.add(block, &mut lot, context, &mut outcome);
        self.scratch = scratch;
        self.plain.flush();
        outcome.hours = self.hours.take();
        if !self.problems.firsts.is_empty() {
            self.app_ids.extend(&self.apps);
            outcome.firsts = Firsts::new(&self.problems.firsts, &self.app_ids);
        }
        outcome
    }

    /// Adds a few calls at once: what one waits for in memory, the others need not wait for.
    fn add<'a, M: MatchRoute + ?Sized>(
        &mut self,
        block: &'a [u8],
        lot: &mut Lot<'a>,
        context: &BlockContext<'_, M>,
        outcome: &mut BlockOutcome,
    ) {
        let Self { plain, problems, apps, methods, days, hours, undocumented, .. } = self;
        let (mut routes, mut asked) = (std::mem::take(&mut lot.routes), Vec::with_capacity(LOT));
        for call in &lot.calls {
            hours.add(call.time);
            outcome.last_call = outcome.last_call.max(Some(call.time));
            asked.push((&*call.path, days.day_of(call.time)));
        }
        routes.clear();
        context.matcher.match_paths(&asked, &mut routes);
        let mut shown = Vec::with_capacity(PROBLEMS);
        for ((call, (path, day)), route) in lot.calls.iter().zip(&asked).zip(&routes) {
            let environment = call.environment.unwrap_or(context.default_environment);
            let app = apps.number_within(block, call.app.as_deref().unwrap_or(AppId::UNIDENTIFIED));
            let method = methods.number_within(block, &call.method);
            let class = class(call.company.is_none(), call.principal == Principal::Service);
            match route {
                Some(route)
                    if call.status < FIRST_PROBLEM && !context.matcher.shows_problem(*route, &call.method, *day) =>
                {
                    plain.add(Key::new(app, *route, method, *day, call.status, environment), class);
                }
                _ => {
                    if route.is_none() {
                        write_undocumented_route(&cut_path(path), undocumented);
                    }
                    let route = route.ok_or(undocumented.as_str());
                    let whose = Whose { app, environment, day: *day };
                    let how = How { method, status: call.status };
                    let company = company(call.company.as_deref());
                    shown.push((problems.key(block, whose, route, how, company), class));
                }
            }
            outcome.counted += 1;
        }
        problems.add_all(&shown, apps);
        drop((asked, shown));
        lot.routes = routes;
        lot.calls.clear();
    }

    /// How many counts, apps, methods, undocumented routes and companies are held; about 60 bytes of memory each, and
    /// the texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plain.len() + self.problems.len() + self.apps.len() + self.methods.len()
    }

    /// How many bytes the texts of undocumented routes and of companies have.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.problems.text_bytes()
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out what was added up since the last time.
    pub fn drain(&mut self) -> Tallied {
        self.problems.forget();
        self.app_ids = AppIds::default();
        Tallied {
            apps: self.apps.take(),
            methods: self.methods.take(),
            routes: self.problems.routes.take(),
            companies: self.problems.companies.take(),
            plain: self.plain.take(),
            problems: self.problems.counter.take(),
        }
    }
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
