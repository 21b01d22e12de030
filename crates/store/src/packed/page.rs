//! Pages: entries in the order of their keys, in few bytes.
//!
//! A body is the byte 1, then entries until the bytes end. An entry is
//!
//! ```text
//! tag: bits 0-2  first column in which its key differs from the one before: 0 app, 1 slot, 2 company, 3 route, 4 call
//!      bits 3-4  which counts follow: 0 none, 1 header_absent, 2 header_absent, service_calls, service_header_absent
//!      bits 5-7  calls, if they are fewer than 7, else 7
//! varint            that column less that of the key before
//! varint each       the columns after it that the family has
//! varint            calls less 7, if bits 5-7 are 7
//! varint each       the counts that follow
//! ```
//!
//! The first entry is written as if a key of zeros came before it and differed in the app. Varints are LEB128.

use model::Counts;

use super::key::{Family, Key, SLOTS};
use crate::{Result, StoreError};

/// The format that this file writes and reads.
const VERSION: u8 = 1;

/// How many columns a key has.
const COLUMNS: usize = 5;

/// The calls from which on they have a varint of their own.
const MANY: u64 = 7;

/// Which columns of the key a family has.
const fn has(family: Family) -> [bool; COLUMNS] {
    match family {
        Family::Tally => [true, true, false, true, true],
        Family::Company => [true; COLUMNS],
        Family::Day => [true, true, false, false, false],
    }
}

/// Counts under a key. Those of companies and of days are calls alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) counts: Counts,
}

/// Entries in few bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The key of the first entry.
    pub(crate) first: Key,
    /// All entries.
    pub(crate) body: Vec<u8>,
}

/// Makes pages of entries that come in the order of their keys.
#[derive(Debug)]
pub(crate) struct Builder {
    family: Family,
    limit: usize,
    /// The keys of the first entry of the page and of the last.
    ends: Option<(Key, Key)>,
    body: Vec<u8>,
}

impl Builder {
    /// Pages have at most `limit` bytes, or one entry.
    pub(crate) fn new(family: Family, limit: usize) -> Self {
        Self { family, limit, ends: None, body: Vec::new() }
    }

    /// Adds an entry. Returns the page before it if that one is full.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the key is not greater than the one before.
    pub(crate) fn add(&mut self, entry: &Entry) -> Result<Option<Page>> {
        let Some((first, last)) = self.ends else {
            self.begin(entry);
            return Ok(None);
        };
        if entry.key <= last {
            return Err(StoreError::Corrupt("counts are out of order; this is a bug".to_owned()));
        }
        let before = self.body.len();
        write(&mut self.body, self.family, Some(&last), entry);
        if self.body.len() <= self.limit {
            self.ends = Some((first, entry.key));
            return Ok(None);
        }
        self.body.truncate(before);
        let full = self.take();
        self.begin(entry);
        Ok(full)
    }

    /// The last page, if there is one.
    pub(crate) fn finish(mut self) -> Option<Page> {
        self.take()
    }

    fn begin(&mut self, entry: &Entry) {
        self.body = Vec::with_capacity(self.limit.min(1 << 16));
        self.body.push(VERSION);
        write(&mut self.body, self.family, None, entry);
        self.ends = Some((entry.key, entry.key));
    }

    fn take(&mut self) -> Option<Page> {
        let (first, _) = self.ends.take()?;
        Some(Page { first, body: std::mem::take(&mut self.body) })
    }
}

/// The numbers of a key's columns.
fn columns(key: &Key) -> [u32; COLUMNS] {
    [key.app, key.slot.into(), key.company, key.route, key.call]
}

fn write(body: &mut Vec<u8>, family: Family, before: Option<&Key>, entry: &Entry) {
    let has = has(family);
    let new = columns(&entry.key);
    let old = before.map(columns);
    let differs = old.map_or(0, |old| (0..COLUMNS).find(|at| old[*at] != new[*at]).unwrap_or(COLUMNS - 1));
    let Counts { calls, header_absent, service_calls, service_header_absent } = entry.counts;
    let shape = match (header_absent, service_calls, service_header_absent) {
        _ if family != Family::Tally => 0,
        (0, 0, 0) => 0,
        (_, 0, 0) => 1,
        _ => 2,
    };
    let few = calls.min(MANY);
    body.push(low_byte(differs as u64) | shape << 3 | low_byte(few) << 5);
    varint(body, u64::from(new[differs] - old.map_or(0, |old| old[differs])));
    for at in differs + 1..COLUMNS {
        if has[at] {
            varint(body, new[at].into());
        }
    }
    if few == MANY {
        varint(body, calls - MANY);
    }
    if shape >= 1 {
        varint(body, header_absent);
    }
    if shape == 2 {
        varint(body, service_calls);
        varint(body, service_header_absent);
    }
}

fn varint(body: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        body.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    body.push(low_byte(value));
}

fn low_byte(value: u64) -> u8 {
    value.to_le_bytes()[0]
}

/// The entries of a page's body, in order; after an error, none.
#[derive(Clone, Debug)]
pub(crate) struct Entries<'a> {
    family: Family,
    rest: &'a [u8],
    /// The key of the entry before.
    before: [u32; COLUMNS],
    begun: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(family: Family, body: &'a [u8]) -> Self {
        Self { family, rest: body, before: [0; COLUMNS], begun: false }
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    #[inline]
    fn varint(&mut self) -> Option<u64> {
        let byte = self.byte()?;
        if byte < 0x80 {
            return Some(byte.into());
        }
        let mut value = u64::from(byte & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    #[inline]
    fn column(&mut self) -> Option<u32> {
        u32::try_from(self.varint()?).ok()
    }

    /// The next entry; `None` where the bytes are none.
    #[inline]
    fn read(&mut self) -> Option<Entry> {
        let tag = self.byte()?;
        let (has, differs) = (has(self.family), usize::from(tag & 7));
        let (shape, few) = (tag >> 3 & 3, u64::from(tag >> 5));
        if differs >= COLUMNS || !has[differs] || shape == 3 || (shape > 0 && self.family != Family::Tally) {
            return None;
        }
        let mut columns = self.before;
        let difference = self.column()?;
        if (self.begun && difference == 0) || (!self.begun && differs != 0) {
            return None;
        }
        columns[differs] = columns[differs].checked_add(difference)?;
        for at in differs + 1..COLUMNS {
            columns[at] = if has[at] { self.column()? } else { 0 };
        }
        let slot = u8::try_from(columns[1]).ok().filter(|slot| *slot < SLOTS)?;
        let mut counts = Counts { calls: few, ..Counts::default() };
        if few == MANY {
            counts.calls = self.varint()?.checked_add(MANY)?;
        }
        if shape >= 1 {
            counts.header_absent = self.varint()?;
        }
        if shape == 2 {
            counts.service_calls = self.varint()?;
            counts.service_header_absent = self.varint()?;
        }
        (self.before, self.begun) = (columns, true);
        let [app, _, company, route, call] = columns;
        Some(Entry { key: Key { app, slot, company, route, call }, counts })
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if !self.begun {
            // A page without a version or without entries is none.
            let read = if self.byte() == Some(VERSION) { self.read() } else { None };
            return Some(read.ok_or_else(|| self.strange()));
        }
        if self.rest.is_empty() {
            return None;
        }
        Some(self.read().ok_or_else(|| self.strange()))
    }
}

/// What is said where a page can't be read.
pub(crate) fn unreadable() -> StoreError {
    StoreError::Corrupt("a page of counts can't be read; restore the file from a backup".to_owned())
}

impl Entries<'_> {
    #[cold]
    fn strange(&mut self) -> StoreError {
        (self.rest, self.begun) = (&[], true);
        unreadable()
    }
}

/// Puts entries in the order of their keys and adds those of one key up.
///
/// # Errors
/// [`StoreError::Corrupt`] where a sum is too large, which is refused when counts are added.
pub(crate) fn sum(entries: &mut Vec<Entry>) -> Result<()> {
    // Stable: it finds the runs that are in order already.
    entries.sort_by_key(|entry| entry.key);
    let mut kept = 0;
    for at in 1..entries.len() {
        let entry = entries[at];
        if entries[kept].key == entry.key {
            add(&mut entries[kept].counts, &entry.counts)?;
        } else {
            kept += 1;
            entries[kept] = entry;
        }
    }
    entries.truncate(kept + 1);
    Ok(())
}

/// Adds counts to others.
///
/// # Errors
/// [`StoreError::Corrupt`] where a sum is too large.
pub(crate) fn add(counts: &mut Counts, other: &Counts) -> Result<()> {
    *counts = Counts {
        calls: add_calls(counts.calls, other.calls)?,
        header_absent: add_calls(counts.header_absent, other.header_absent)?,
        service_calls: add_calls(counts.service_calls, other.service_calls)?,
        service_header_absent: add_calls(counts.service_header_absent, other.service_header_absent)?,
    };
    Ok(())
}

/// The sum of two numbers of calls: at most [`i64::MAX`], which all that was ever counted is together.
///
/// # Errors
/// [`StoreError::Corrupt`] where it is larger.
pub(crate) fn add_calls(one: u64, other: u64) -> Result<u64> {
    let sum = one.checked_add(other).filter(|sum| *sum <= i64::MAX.unsigned_abs());
    sum.ok_or_else(StoreError::too_large)
}

#[cfg(test)]
mod tests;
