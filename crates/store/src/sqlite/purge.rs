//! Deleting what is older than the days that are kept.

use model::Day;
use rusqlite::Transaction;

use super::{marks, platform, runs, sql};
use crate::Result;
use crate::packed::{Family, Policy, day_of, span_of};

/// Deletes what is older than `day`, and the texts of routes and companies that nothing counts any more.
pub(super) fn purge_before(tx: &Transaction<'_>, day: Day, policy: Policy) -> Result<()> {
    marks::purge(tx, day)?;
    for family in Family::ALL {
        let begun = |span: &i32| *span < span_of(day) || (*span == span_of(day) && day_of(*span, 0) < day);
        for span in runs::spans(tx, family)?.into_iter().filter(begun) {
            runs::rewrite(tx, policy, family, span, |entry| Ok(day_of(span, entry.key.slot) >= day))?;
        }
    }
    for statement in [sql::COMPANY_PURGE, sql::VERDICT_PURGE, sql::ROUTE_PURGE] {
        tx.prepare_cached(statement)?.execute((day.epoch_days(),))?;
    }
    platform::reset(tx)
}
