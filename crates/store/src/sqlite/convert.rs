//! Files of before counts were in pages: one pass over the tables of rows that they were in.
//!
//! This is part of a migration: it reads the tables as they were then.

use std::collections::BTreeMap;

use model::{Counts, Day, Environment};
use rusqlite::{Row, Transaction};

use super::error::too_large;
use super::runs::Writer;
use super::{rows, sql};
use crate::packed::{Entry, Family, Key, Packed, Parts, Policy, add};
use crate::{Result, StoreError};

const TALLIES: &str = "
    SELECT
        app, environment, day, route, method, status, 0,
        calls, header_absent, service_calls, service_header_absent
    FROM tally
    ORDER BY app, environment, day, route, method, status
";

const COMPANY_TALLIES: &str = "
    SELECT app, environment, day, route, method, status, company + 1, calls, 0, 0, 0
    FROM company_tally
    ORDER BY app, environment, day, company, route, method, status
";

/// Puts all counts into pages, one run for each span, and adds them up.
pub(super) fn convert(tx: &Transaction<'_>) -> Result<()> {
    let counted = of_table(tx, TALLIES, Family::Tally)?;
    let counted = counted.checked_add(of_table(tx, COMPANY_TALLIES, Family::Company)?).ok_or_else(too_large)?;
    tx.prepare_cached(sql::COUNTED_ADD)?.execute((rows::count(counted)?,))?;
    Ok(())
}

/// The order of the rows is within each span that of the keys. Returns the sum of all.
fn of_table(tx: &Transaction<'_>, select: &str, family: Family) -> Result<u64> {
    let mut spans: BTreeMap<i32, Span<'_>> = BTreeMap::new();
    let mut statement = tx.prepare(select)?;
    let mut found = statement.query(())?;
    let mut counted: u64 = 0;
    while let Some(row) = found.next()? {
        let (span, entry) = entry_from(row)?;
        let Counts { calls, header_absent, service_calls, service_header_absent } = entry.counts;
        let greatest = calls.max(header_absent).max(service_calls).max(service_header_absent);
        counted = counted.checked_add(greatest).ok_or_else(too_large)?;
        let span = match spans.entry(span) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => new.insert(Span::new(tx, family, span)?),
        };
        span.add(&entry)?;
    }
    spans.into_values().try_for_each(Span::finish)?;
    Ok(counted)
}

/// What is written of a span.
struct Span<'t> {
    entries: Writer<'t>,
    /// Of tallies, the days that they are of.
    days: Option<(Writer<'t>, Option<Entry>)>,
}

impl<'t> Span<'t> {
    fn new(tx: &'t Transaction<'t>, family: Family, span: i32) -> Result<Self> {
        let writer = |family| Writer::new(tx, Policy::default(), family, span);
        let days = if family == Family::Tally { Some((writer(Family::Day)?, None)) } else { None };
        Ok(Self { entries: writer(family)?, days })
    }

    fn add(&mut self, entry: &Entry) -> Result<()> {
        if let Some((writer, open)) = &mut self.days {
            let key = Key { company: 0, route: 0, call: 0, ..entry.key };
            let counts = Counts { calls: entry.counts.calls, ..Counts::default() };
            match open {
                Some(day) if day.key == key => add(&mut day.counts, &counts)?,
                _ => {
                    if let Some(day) = open.replace(Entry { key, counts }) {
                        writer.add(&day)?;
                    }
                }
            }
        }
        self.entries.add(entry)
    }

    fn finish(self) -> Result<()> {
        self.entries.finish()?;
        if let Some((mut writer, open)) = self.days {
            open.iter().try_for_each(|day| writer.add(day))?;
            writer.finish()?;
        }
        Ok(())
    }
}

fn entry_from(row: &Row<'_>) -> Result<(i32, Entry)> {
    let strange = |what: &str, value: i64| StoreError::Corrupt(format!("`{value}` is the {what} of a count"));
    let environment = match row.get(1)? {
        0 => Environment::Production,
        1 => Environment::Sandbox,
        other => return Err(strange("environment", other)),
    };
    let epoch_days: i64 = row.get(2)?;
    let day = i32::try_from(epoch_days).ok().map(Day::from_epoch_days);
    let day = day.filter(|day| i64::from(day.epoch_days()) == epoch_days).ok_or_else(|| strange("day", epoch_days))?;
    let company = row.get::<_, i64>(6)?.saturating_sub(1);
    let parts = Parts {
        app: row.get(0)?,
        environment,
        day,
        company,
        route: row.get(3)?,
        method: row.get(4)?,
        status: row.get(5)?,
    };
    let packed = Packed::new(&parts, 0)?;
    let counts = Counts {
        calls: rows::count_at(row, 7)?,
        header_absent: rows::count_at(row, 8)?,
        service_calls: rows::count_at(row, 9)?,
        service_header_absent: rows::count_at(row, 10)?,
    };
    Ok((packed.group().span, Entry { key: packed.key(), counts }))
}
