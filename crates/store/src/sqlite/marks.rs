//! Marks on production days whose counts changed, on their way: commits append them to a log, and whoever reads or
//! clears marks has the log folded into `dirty_day` first.
//!
//! A commit marks tens of thousands of days; appending a few pages costs a hundredth of changing a row for each.

use std::cmp::Reverse;

use model::{Counts, Day, DayRange, Environment};
use rusqlite::Transaction;

use super::error::damaged;
use super::{many, sql};
use crate::packed::{Builder, Entries, Entry, Family, Group, Page, Policy};
use crate::{Result, StoreError};

/// How many rows of the log are folded at once at most. The more, the fewer pages each costs.
const FOLDED: u32 = 64;

/// With how many marks enough are: a row has up to some thousands, and others wait for the time that folding takes.
const ENOUGH: usize = 30_000;

/// How many rows of the log may wait before commits fold them too, where nobody reads marks.
const MOST: i64 = 1_024;

/// Days as they are marked with one mark.
#[derive(Debug)]
pub(super) struct Log<'t> {
    tx: &'t Transaction<'t>,
    mark: i64,
    policy: Policy,
    open: Option<Open>,
}

/// A page of the log that is being filled.
#[derive(Debug)]
struct Open {
    span: i32,
    /// Which days of the span are in it, one bit each.
    days: u32,
    pages: Builder,
}

impl<'t> Log<'t> {
    pub(super) fn new(tx: &'t Transaction<'_>, policy: Policy, mark: i64) -> Self {
        Self { tx, mark, policy, open: None }
    }

    /// Marks the day of a group, which is of production and comes after the one before.
    pub(super) fn add(&mut self, group: Group) -> Result<()> {
        let mut open = match self.open.take() {
            Some(open) if open.span == group.span => open,
            other => {
                self.close(other)?;
                Open { span: group.span, days: 0, pages: Builder::new(Family::Day, self.policy.page) }
            }
        };
        if let Some(page) = open.pages.add(&Entry { key: group.first(), counts: Counts::default() })? {
            self.save(open.span, open.days, &page)?;
            open.days = 0;
        }
        open.days |= bit(group.slot);
        self.open = Some(open);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<()> {
        let open = self.open.take();
        self.close(open)
    }

    fn close(&self, open: Option<Open>) -> Result<()> {
        let Some(Open { span, days, pages }) = open else { return Ok(()) };
        pages.finish().map_or(Ok(()), |page| self.save(span, days, &page))
    }

    fn save(&self, span: i32, days: u32, page: &Page) -> Result<()> {
        self.tx.prepare_cached(sql::MARKED_ADD)?.execute((self.mark, span, days, &page.body))?;
        Ok(())
    }
}

/// The bit of a production slot's day.
pub(super) fn bit(slot: u8) -> u32 {
    1 << (slot & 31)
}

/// The newest mark in the log, if there is one.
pub(super) fn newest(tx: &Transaction<'_>) -> Result<Option<i64>> {
    Ok(tx.prepare_cached(sql::MARKED_NEWEST)?.query_row((), |row| row.get(0))?)
}

/// Whether one of these days is in the log, with this mark or an older one.
pub(super) fn any(tx: &Transaction<'_>, days: DayRange, mark: i64) -> Result<bool> {
    let [start, end, from, to] = bounds(days);
    Ok(tx.prepare_cached(sql::MARKED_ANY)?.query_row((start, end, from, to, mark), |row| row.get(0))?)
}

/// The last row of the log, if there is one.
pub(super) fn last(tx: &Transaction<'_>) -> Result<Option<i64>> {
    Ok(tx.prepare_cached(sql::MARKED_LAST)?.query_row((), |row| row.get(0))?)
}

/// The first.
pub(super) fn first(tx: &Transaction<'_>) -> Result<Option<i64>> {
    Ok(tx.prepare_cached(sql::MARKED_FIRST)?.query_row((), |row| row.get(0))?)
}

/// Folds the first rows of the log into `dirty_day`, up to [`FOLDED`] or to the one with which they are [`ENOUGH`].
pub(super) fn fold(tx: &Transaction<'_>) -> Result<()> {
    let mut list = tx.prepare_cached(sql::MARKED_LIST)?;
    let mut found = list.query((FOLDED,))?;
    let (mut last, mut marks) = (None, Vec::new());
    while marks.len() < ENOUGH
        && let Some(row) = found.next()?
    {
        let (id, mark, span): (i64, i64, i32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        for entry in Entries::new(Family::Day, row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?) {
            let group = entry?.key.group(span);
            marks.push((group.app, group.day().epoch_days(), Reverse(mark)));
        }
        last = Some(id);
    }
    let Some(last) = last else { return Ok(()) };
    // In the order of the table, the greatest mark of each day alone: pages of the table are met once.
    marks.sort_unstable();
    marks.dedup_by_key(|(app, day, _)| (*app, *day));
    let rows_of = marks.iter().map(|(app, day, Reverse(mark))| Ok([(*app).into(), (*day).into(), *mark]));
    many::execute(tx, sql::MARK_ADD, rows_of).map_err(|error| damaged(error, "a mark is of no app"))?;
    tx.prepare_cached(sql::MARKED_REMOVE)?.execute((last,))?;
    Ok(())
}

/// Folds the whole log.
pub(super) fn fold_all(tx: &Transaction<'_>) -> Result<()> {
    while last(tx)?.is_some() {
        fold(tx)?;
    }
    Ok(())
}

/// Takes back the marks of days before `day`.
pub(super) fn purge(tx: &Transaction<'_>, day: Day) -> Result<()> {
    tx.prepare_cached(sql::MARK_PURGE)?.execute((day.epoch_days(),))?;
    let first = Group::new(0, Environment::Production, day);
    tx.prepare_cached(sql::MARKED_PURGE)?.execute((first.span,))?;
    // Within the span of the day the earlier ones go.
    let earlier = bit(first.slot) - 1;
    let mut list = tx.prepare_cached(sql::MARKED_LIST_OF)?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let rows: Vec<(i64, u32, Vec<u8>)> =
        list.query_map((first.span, earlier), row)?.collect::<rusqlite::Result<_>>()?;
    for (id, days, body) in rows {
        let mut left = Builder::new(Family::Day, body.len().saturating_mul(4));
        for entry in Entries::new(Family::Day, &body) {
            let entry = entry?;
            if entry.key.slot >= first.slot && left.add(&entry)?.is_some() {
                return Err(StoreError::Corrupt("a page of marks grew; this is a bug".to_owned()));
            }
        }
        match left.finish() {
            Some(page) => tx.prepare_cached(sql::MARKED_REPLACE)?.execute((id, days & !earlier, &page.body))?,
            None => tx.prepare_cached(sql::MARKED_REMOVE_ONE)?.execute((id,))?,
        };
    }
    Ok(())
}

/// Folds some rows if many wait.
pub(super) fn relieve(tx: &Transaction<'_>) -> Result<()> {
    match (first(tx)?, last(tx)?) {
        (Some(first), Some(last)) if last - first >= MOST => fold(tx),
        _ => Ok(()),
    }
}

/// Days as what they are in the log: the first span and the last, and of each the bits of its days.
pub(super) fn bounds(days: DayRange) -> [i64; 4] {
    let group = |day| Group::new(0, Environment::Production, day);
    let (start, end) = (group(days.start), group(days.end));
    let (from, to) = (u32::MAX << (start.slot & 31), u32::MAX >> (31 - (end.slot & 31)));
    [start.span.into(), end.span.into(), from.into(), to.into()]
}
