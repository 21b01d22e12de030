//! Deleting what is older than the days that are kept.

use model::Day;
use rusqlite::Transaction;

use super::{marks, platform, runs, sql};
use crate::Result;
use crate::packed::{Family, Policy, day_of, span_of};

/// Deletes what is older than `day`, and the texts of routes and companies that nothing counts any more. Returns how many
/// counts went.
pub(super) fn purge_before(tx: &Transaction<'_>, day: Day, policy: Policy) -> Result<u64> {
    marks::purge(tx, day)?;
    let gone = purge_family(tx, Family::Tally, day, policy)?;
    purge_family(tx, Family::Company, day, policy)?;
    purge_family(tx, Family::Day, day, policy)?;
    for statement in [sql::COMPANY_PURGE, sql::VERDICT_PURGE, sql::ROUTE_PURGE] {
        tx.prepare_cached(statement)?.execute((day.epoch_days(),))?;
    }
    platform::reset(tx)?;
    Ok(gone)
}

/// Returns how many keys went, which is of interest of the tallies alone.
fn purge_family(tx: &Transaction<'_>, family: Family, day: Day, policy: Policy) -> Result<u64> {
    let mut gone = 0;
    let begun = |span: &i32| *span < span_of(day) || (*span == span_of(day) && day_of(*span, 0) < day);
    for span in runs::spans(tx, family)?.into_iter().filter(begun) {
        if family == Family::Tally {
            // A key that is in two runs is one.
            runs::unite(tx, policy, family, span)?;
        }
        gone += runs::rewrite(tx, policy, family, span, |entry| Ok(day_of(span, entry.key.slot) >= day))?;
    }
    Ok(gone)
}
