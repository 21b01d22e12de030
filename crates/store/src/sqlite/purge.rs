//! Deleting what is older than the days that are kept, in several transactions, so that others can write in between: first
//! the spans that are over as a whole, one at a time; then the days of the span that is over in part; then the rest.
//!
//! What breaks off in between leaves nothing wrong. A span goes with all its families at once, so that days stay the sums of
//! their routes. Texts go last, and with them whatever was added to those spans meanwhile, so that no count is without its
//! text. What is not gone yet is as it was before the purge, and goes with the next one: whoever asked for it takes note of it
//! when it is done.

use model::Day;
use rusqlite::Transaction;

use super::{marks, platform, runs, sql};
use crate::Result;
use crate::packed::{Family, Policy, day_of, span_of};

/// The first span with counts that ends before `day`.
pub(super) fn first_over(tx: &Transaction<'_>, day: Day) -> Result<Option<i32>> {
    let mut first = None;
    for family in Family::ALL {
        let over = runs::spans(tx, family)?.into_iter().find(|span| *span < span_of(day));
        first = [first, over].into_iter().flatten().min();
    }
    Ok(first)
}

/// Deletes the counts of a span, whatever its pages hold.
pub(super) fn remove_span(tx: &Transaction<'_>, span: i32) -> Result<()> {
    for family in Family::ALL {
        runs::remove(tx, family, span)?;
    }
    Ok(())
}

/// Deletes what is older than `day` within its span, and marks on days before it, which nobody has to judge any more.
pub(super) fn begin_span(tx: &Transaction<'_>, day: Day, policy: Policy) -> Result<()> {
    marks::purge(tx, day)?;
    let span = span_of(day);
    if day_of(span, 0) < day {
        for family in Family::ALL {
            runs::rewrite(tx, policy, family, span, |entry| Ok(day_of(span, entry.key.slot) >= day))?;
        }
    }
    Ok(())
}

/// Deletes what else there is of before `day`: verdicts, and the texts of routes and companies that nothing counts any
/// more, with what counts were added since to spans that are over.
pub(super) fn finish(tx: &Transaction<'_>, day: Day) -> Result<()> {
    while let Some(span) = first_over(tx, day)? {
        remove_span(tx, span)?;
    }
    for statement in [sql::COMPANY_PURGE, sql::VERDICT_PURGE, sql::ROUTE_PURGE] {
        tx.prepare_cached(statement)?.execute((day.epoch_days(),))?;
    }
    platform::reset(tx)
}
