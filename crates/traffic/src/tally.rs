//! Tallies: what a thread adds up of the lines it reads.
//!
//! Calls are added up over many blocks, in numbers for texts. Which of an app's undocumented routes and companies of a
//! day are kept by name depends on the order of the lines ([`crate::UNDOCUMENTED_ROUTES_PER_DAY`],
//! [`COMPANIES_PER_DAY`]), so what of these a worker had not met before is handed back with each block.

mod allowed;
mod counter;
mod days;
mod firsts;
mod hours;
mod intern;
mod outcome;
mod problems;
mod worker;

use model::Day;

pub use allowed::Allowed;
pub use firsts::{First, Firsts, Named, TextHash, TextHasher};
pub use outcome::{BlockOutcome, CalledRoute, Calls, RejectedLine, Tallied};
pub use worker::{BlockContext, WorkerTally};

/// How many companies are kept by name for an app and a day, of those whose calls show a problem.
pub const COMPANIES_PER_DAY: usize = 200;

/// The lowest status that is a problem in itself.
pub(crate) const FIRST_PROBLEM: u16 = 400;

/// What knows the catalog's routes.
pub trait MatchRoute: Sync {
    /// The index of the documented route that matches each path called on its day: a route may have been documented
    /// only until some day, and then matches no calls from that day on. Many are asked for at once, since that is faster.
    fn match_paths(&self, calls: &[(&str, Day)], routes: &mut Vec<Option<u32>>);

    /// Whether a call of this documented route and method shows a problem on `day` whatever its status: the method is
    /// not documented, or the operation is deprecated or internal. Asked for every call.
    fn shows_problem(&self, route: u32, method: &str, day: Day) -> bool;
}

#[cfg(test)]
mod tests;
