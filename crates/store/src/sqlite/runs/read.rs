//! Reading runs. The same key may come several times, once from each run: what is true of it is the sum.

use std::ops::{ControlFlow, RangeInclusive};

use model::{Counts, Day, DayRange, Environment};
use rusqlite::Transaction;

use super::{Place, list};
use crate::packed::{Entries, Entry, Family, Group, Key, SLOTS, add, day_of, first_slot, span_of, spans_of, sum};
use crate::sqlite::sql;
use crate::{Result, StoreError};

/// The entries of an app's days, span by span.
pub(in crate::sqlite) fn between(
    tx: &Transaction<'_>,
    family: Family,
    app: u32,
    environment: Environment,
    days: DayRange,
    mut each: impl FnMut(Day, &Entry) -> Result<()>,
) -> Result<()> {
    let slot = first_slot(environment);
    let first = Group { span: 0, app, slot }.first();
    let last = Group { span: 0, app, slot: slot + SLOTS / 2 - 1 }.last();
    let spans = spans_of(days);
    let mut list = tx.prepare_cached(sql::PAGE_BETWEEN)?;
    let bounds = (family.number(), spans.start(), spans.end(), first.to_bytes(), last.to_bytes());
    let mut found = list.query(bounds)?;
    while let Some(row) = found.next()? {
        let span: i32 = row.get(0)?;
        for entry in Entries::new(family, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?) {
            let entry = entry?;
            if entry.key > last {
                break;
            }
            let day = day_of(span, entry.key.slot);
            if entry.key >= first && days.start <= day && day <= days.end {
                each(day, &entry)?;
            }
        }
    }
    Ok(())
}

/// The sums of the wanted keys of an app's days, in the order of days and keys. All of them can be added up.
pub(in crate::sqlite) fn sums(
    tx: &Transaction<'_>,
    family: Family,
    app: u32,
    environment: Environment,
    days: DayRange,
    wanted: impl Fn(&Key) -> bool,
) -> Result<Vec<(Day, Entry)>> {
    let (mut sums, mut of_span, mut current) = (Vec::new(), Vec::new(), 0);
    let mut all = Counts::default();
    let mut close = |span: i32, entries: &mut Vec<Entry>| {
        sum(entries)?;
        sums.extend(entries.drain(..).map(|entry| (day_of(span, entry.key.slot), entry)));
        Ok::<_, StoreError>(())
    };
    between(tx, family, app, environment, days, |day, entry| {
        let span = span_of(day);
        if span != current {
            close(current, &mut of_span)?;
            current = span;
        }
        if wanted(&entry.key) {
            add(&mut all, &entry.counts)?;
            of_span.push(*entry);
        }
        Ok(())
    })?;
    close(current, &mut of_span)?;
    Ok(sums)
}

/// All entries of some spans, span by span, up to the one with which `each` breaks off.
pub(in crate::sqlite) fn scan(
    tx: &Transaction<'_>,
    family: Family,
    spans: RangeInclusive<i32>,
    mut each: impl FnMut(i32, &Entry) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let mut list = tx.prepare_cached(sql::PAGE_SCAN)?;
    let mut found = list.query((family.number(), spans.start(), spans.end()))?;
    while let Some(row) = found.next()? {
        let span: i32 = row.get(0)?;
        for entry in Entries::new(family, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?) {
            if each(span, &entry?)?.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The entries of groups, which are distinct and in order: `each` is told the place of the group among them. Groups that are
/// neighbours in the store share what is read.
pub(in crate::sqlite) fn walk(
    tx: &Transaction<'_>,
    family: Family,
    groups: &[Group],
    mut each: impl FnMut(usize, &Entry) -> Result<()>,
) -> Result<()> {
    let mut begin = 0;
    for of_span in groups.chunk_by(|one, other| one.span == other.span) {
        let place = Place { family, span: of_span[0].span };
        for run in list(tx, place)? {
            walk_run(tx, place, run.run, of_span, &mut |at, entry| each(begin + at, entry))?;
        }
        begin += of_span.len();
    }
    Ok(())
}

fn walk_run(
    tx: &Transaction<'_>,
    Place { family, span }: Place,
    run: i64,
    groups: &[Group],
    each: &mut dyn FnMut(usize, &Entry) -> Result<()>,
) -> Result<()> {
    let Some(last) = groups.last().map(|group| group.last().to_bytes()) else { return Ok(()) };
    let mut pages = tx.prepare_cached(sql::PAGE_FROM)?;
    let mut at = 0;
    while let Some(group) = groups.get(at) {
        let mut found = pages.query((family.number(), span, run, group.first().to_bytes(), last))?;
        let mut is_first = true;
        loop {
            let Some(row) = found.next()? else { return Ok(()) };
            let blob =
                |column| row.get_ref(column)?.as_blob().map_err(|error| StoreError::from(rusqlite::Error::from(error)));
            let first = Key::from_bytes(blob(0)?)?;
            while groups.get(at).is_some_and(|group| group.last() < first) {
                at += 1;
            }
            let Some(group) = groups.get(at) else { return Ok(()) };
            // It may well lie beyond this page: look it up. (The first page is the one where it was looked up.)
            if !is_first && first < group.first() {
                break;
            }
            is_first = false;
            // Most entries of a page are of no group: they are told by one number.
            let mut wanted = place_of(&group.first());
            for entry in Entries::new(family, blob(1)?) {
                let entry = entry?;
                let place = place_of(&entry.key);
                while wanted < place {
                    at += 1;
                    let Some(group) = groups.get(at) else { return Ok(()) };
                    wanted = place_of(&group.first());
                }
                if wanted == place {
                    each(at, &entry)?;
                }
            }
        }
    }
    Ok(())
}

/// The app, environment and day of a key as one number of the same order.
fn place_of(key: &Key) -> u64 {
    u64::from(key.app) << 8 | u64::from(key.slot)
}
