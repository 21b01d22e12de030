//! Tallies: what a thread adds up of the lines it reads.
//!
//! Calls of documented routes are added up over many blocks; calls of undocumented routes are handed back with
//! each block in the order in which they first occurred, because which of an app's routes of a day are kept
//! depends on the order of the lines ([`crate::UNDOCUMENTED_ROUTES_PER_DAY`]).

mod counter;
mod days;
mod intern;
mod outcome;
mod worker;

use model::{Day, Segments};

pub use outcome::{BlockOutcome, DocumentedCalls, RejectedLine, Tallied, UndocumentedCalls};
pub use worker::{BlockContext, WorkerTally};

/// What knows the catalog's routes.
pub trait MatchRoute: Sync {
    /// The index of the documented route that matches a path called on `day`: a route may have been documented only
    /// until some day, and then matches no calls from that day on.
    fn match_route(&self, segments: &Segments<'_>, day: Day) -> Option<u32>;
}

#[cfg(test)]
mod tests;
