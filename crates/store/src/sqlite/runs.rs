//! Runs of pages of counts in the database: writing them, and changing what is in them. See [`crate::packed`].

mod merge;
mod read;

use rusqlite::Transaction;

use super::error::damaged;
use super::{rows, sql};
use crate::packed::{Builder, Entries, Entry, Family, Key, Page, PageAt, Policy, Run};
use crate::{Result, StoreError};

pub(super) use merge::{at_rest, merge, tidy};
pub(super) use read::{between, scan, sums, walk};

/// Where runs lie beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) family: Family,
    pub(super) span: i32,
}

/// Writes a new run, entry by entry.
pub(super) struct Writer<'t> {
    pages: Pages<'t>,
}

impl<'t> Writer<'t> {
    pub(super) fn new(tx: &'t Transaction<'t>, policy: Policy, family: Family, span: i32) -> Result<Self> {
        let place = Place { family, span };
        Ok(Self { pages: Pages::new(tx, policy, place, next_run(tx, place)?) })
    }

    /// Adds an entry. Their keys ascend.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<()> {
        self.pages.add(entry)
    }

    /// Puts the run beside the others; one without entries is none. Returns its bytes.
    pub(super) fn finish(self) -> Result<u64> {
        let Pages { tx, place, run, .. } = self.pages;
        let bytes = self.pages.finish()?;
        if bytes > 0 {
            add_run(tx, place, run, bytes)?;
        }
        Ok(bytes)
    }
}

/// Adds a run of entries in the order of their keys. Returns its bytes.
pub(super) fn add<'a>(
    tx: &Transaction<'_>,
    policy: Policy,
    family: Family,
    span: i32,
    entries: impl IntoIterator<Item = &'a Entry>,
) -> Result<u64> {
    let mut writer = Writer::new(tx, policy, family, span)?;
    entries.into_iter().try_for_each(|entry| writer.add(entry))?;
    writer.finish()
}

/// Adds pages to a run.
struct Pages<'t> {
    tx: &'t Transaction<'t>,
    place: Place,
    run: i64,
    builder: Builder,
    bytes: u64,
}

impl<'t> Pages<'t> {
    fn new(tx: &'t Transaction<'t>, policy: Policy, place: Place, run: i64) -> Self {
        Self { tx, place, run, builder: Builder::new(place.family, policy.page), bytes: 0 }
    }

    fn add(&mut self, entry: &Entry) -> Result<()> {
        if let Some(page) = self.builder.add(entry)? {
            write_page(self.tx, self.place, self.run, &page)?;
            self.bytes += page.body.len() as u64;
        }
        Ok(())
    }

    /// Returns the bytes of the pages that were added.
    fn finish(self) -> Result<u64> {
        let Some(page) = self.builder.finish() else { return Ok(self.bytes) };
        write_page(self.tx, self.place, self.run, &page)?;
        Ok(self.bytes + page.body.len() as u64)
    }
}

fn write_page(tx: &Transaction<'_>, Place { family, span }: Place, run: i64, page: &Page) -> Result<()> {
    let mut add = tx.prepare_cached(sql::PAGE_ADD)?;
    let row = (family.number(), span, run, page.first.to_bytes(), &page.body);
    add.execute(row).map_err(|error| damaged(error.into(), "a page of counts lies where another is"))?;
    Ok(())
}

/// The spans of a family that have counts, in order.
pub(super) fn spans(tx: &Transaction<'_>, family: Family) -> Result<Vec<i32>> {
    let mut list = tx.prepare_cached(sql::RUN_SPANS)?;
    Ok(list.query_map((family.number(),), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// The runs of a family and span. A run is merged into one that was begun after it and is merged into none: otherwise merging
/// might go on for ever.
fn list(tx: &Transaction<'_>, Place { family, span }: Place) -> Result<Vec<Run>> {
    let mut list = tx.prepare_cached(sql::RUN_LIST)?;
    let run =
        |row: &rusqlite::Row<'_>| Ok(Run { run: row.get(0)?, bytes: rows::count_at(row, 1)?, target: row.get(2)? });
    let runs = list.query_and_then((family.number(), span), run)?.collect::<Result<Vec<Run>>>()?;
    let is_aimed = |number: i64| runs.iter().any(|run| run.run == number && run.target.is_some());
    let is_astray = |run: &&Run| run.merged_into().is_some_and(|target| target <= run.run || is_aimed(target));
    match runs.iter().find(is_astray) {
        None => Ok(runs),
        Some(Run { run, .. }) => {
            let text = format!("run `{run}` of counts is merged into a wrong one; restore the file from a backup");
            Err(StoreError::Corrupt(text))
        }
    }
}

/// Deletes the runs of a family and span without reading them.
pub(super) fn remove(tx: &Transaction<'_>, family: Family, span: i32) -> Result<()> {
    tx.prepare_cached(sql::PAGE_PURGE)?.execute((family.number(), span))?;
    tx.prepare_cached(sql::RUN_PURGE)?.execute((family.number(), span))?;
    Ok(())
}

fn next_run(tx: &Transaction<'_>, Place { family, span }: Place) -> Result<i64> {
    Ok(tx.prepare_cached(sql::RUN_NEXT)?.query_row((family.number(), span), |row| row.get(0))?)
}

fn add_run(tx: &Transaction<'_>, Place { family, span }: Place, run: i64, bytes: u64) -> Result<()> {
    tx.prepare_cached(sql::RUN_ADD)?.execute((family.number(), span, run, rows::count(bytes)?))?;
    Ok(())
}

/// Notes how many bytes a run has now. One without any goes, unless runs are being merged into it.
fn resize(tx: &Transaction<'_>, Place { family, span }: Place, run: i64, bytes: u64) -> Result<()> {
    tx.prepare_cached(sql::RUN_RESIZE)?.execute((family.number(), span, run, rows::count(bytes)?))?;
    if bytes == 0 {
        tx.prepare_cached(sql::RUN_REMOVE)?.execute((family.number(), span, run))?;
    }
    Ok(())
}

/// Up to `limit` pages of a run, in order.
fn pages(tx: &Transaction<'_>, Place { family, span }: Place, run: i64, limit: Option<usize>) -> Result<Vec<PageAt>> {
    let limit = limit.map_or(Ok(-1), rows::place)?;
    let mut list = tx.prepare_cached(sql::PAGE_LIST)?;
    let page = |row: &rusqlite::Row<'_>| {
        let first = Key::from_bytes(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        Ok(PageAt { id: row.get(0)?, first, bytes: rows::count_at(row, 2)? })
    };
    list.query_and_then((family.number(), span, run, limit), page)?.collect()
}

/// The entries of a page.
fn entries(tx: &Transaction<'_>, family: Family, page: i64) -> Result<Vec<Entry>> {
    let mut get = tx.prepare_cached(sql::PAGE_GET)?;
    let mut found = get.query((page,))?;
    let row = found.next()?.ok_or_else(|| StoreError::Corrupt(format!("page `{page}` of counts is missing")))?;
    Entries::new(family, row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?).collect()
}

fn remove_page(tx: &Transaction<'_>, page: i64) -> Result<()> {
    tx.prepare_cached(sql::PAGE_REMOVE)?.execute((page,))?;
    Ok(())
}

/// Takes every entry out of a family and span of which `stays` says no. Returns how many there were; the same key may be
/// in several runs. `stays` may add runs, whose entries it is not asked about. A page that can't be read stays, if `damaged`
/// puts up with that.
pub(super) fn rewrite(
    tx: &Transaction<'_>,
    policy: Policy,
    family: Family,
    span: i32,
    mut stays: impl FnMut(&Entry) -> Result<bool>,
    mut damaged: impl FnMut(StoreError) -> Result<()>,
) -> Result<u64> {
    let place = Place { family, span };
    let mut gone = 0;
    let runs = list(tx, place)?;
    for run in &runs {
        let mut bytes = run.bytes;
        for page in pages(tx, place, run.run, None)? {
            let all = match entries(tx, family, page.id) {
                Ok(all) => all,
                Err(error) => {
                    damaged(error)?;
                    continue;
                }
            };
            let mut left = Vec::with_capacity(all.len());
            for entry in &all {
                if stays(entry)? {
                    left.push(*entry);
                }
            }
            if left.len() == all.len() {
                continue;
            }
            gone += (all.len() - left.len()) as u64;
            remove_page(tx, page.id)?;
            let mut pages = Pages::new(tx, policy, place, run.run);
            left.iter().try_for_each(|entry| pages.add(entry))?;
            bytes = (bytes + pages.finish()?).saturating_sub(page.bytes);
        }
        // Inputs of a merge have lower numbers than its target: they are gone before it is asked whether it is needed.
        if bytes != run.bytes || bytes == 0 {
            resize(tx, place, run.run, bytes)?;
        }
    }
    Ok(gone)
}
