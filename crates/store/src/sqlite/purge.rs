//! Deleting what is older than the days that are kept, in several transactions, so that others can write in between: first
//! the spans that are over as a whole, one at a time; then the days of the span that is over in part; then the rest.
//!
//! What breaks off in between, or can't be done since something is damaged, leaves nothing wrong. A span goes with all its
//! families at once, so that days stay the sums of their routes. Texts go last, and with them whatever was added to those spans
//! meanwhile, so that no count is without its text. What is not gone yet is as it was before the purge, and goes with the next
//! one: whoever asked for it takes note of it when it is done.

use model::Day;
use rusqlite::Transaction;

use super::{platform, runs, sql};
use crate::packed::{Entry, Family, Policy, day_of, span_of};
use crate::{Result, StoreError};

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

/// Deletes what is older than `day` within its span. A page that can't be read stays until the span is over as a whole: it may
/// hold days that are needed, which a backup has. Returns how many counts went, and the last damage.
pub(super) fn begin_span(tx: &Transaction<'_>, day: Day, policy: Policy) -> Result<(u64, Option<StoreError>)> {
    let (span, mut gone, mut damage) = (span_of(day), 0, None);
    if day_of(span, 0) < day {
        for family in Family::ALL {
            let stays = |entry: &Entry| Ok(day_of(span, entry.key.slot) >= day);
            gone += runs::rewrite(tx, policy, family, span, stays, |error| {
                damage = Some(error);
                Ok(())
            })?;
        }
    }
    Ok((gone, damage))
}

/// Deletes what else there is of before `day`: verdicts, and the texts of routes and companies that nothing counts any
/// more, with what counts were added since to spans that are over. `changed`: whether anything went before.
pub(super) fn finish(tx: &Transaction<'_>, day: Day, mut changed: bool) -> Result<()> {
    while let Some(span) = first_over(tx, day)? {
        remove_span(tx, span)?;
        changed = true;
    }
    for statement in [sql::COMPANY_PURGE, sql::VERDICT_PURGE, sql::ROUTE_PURGE] {
        changed |= tx.prepare_cached(statement)?.execute((day.epoch_days(),))? > 0;
    }
    if changed { platform::reset(tx) } else { Ok(()) }
}
