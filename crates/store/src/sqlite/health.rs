//! Saved verdicts, and the marks on days whose verdicts are out of date.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use model::{AppId, Day, DayRange, DayVerdict, Environment, Observation, Severity};
use rusqlite::{Row, Transaction};

use super::{intern, marks, platform, rows, runs, sql};
use crate::packed::{Entry, Family, Group, Policy, SLOTS, day_of};
use crate::{DayVerdicts, DirtyDay, Result, StoreError};

/// The mark of a change that is about to be made; greater than all before it.
pub(super) fn next_mark(tx: &Transaction<'_>) -> Result<i64> {
    Ok(tx.prepare_cached(sql::MARK_NEXT)?.query_row((), |row| row.get(0))?)
}

/// Marks every day with production counts dirty.
pub(super) fn mark_all(tx: &Transaction<'_>, policy: Policy) -> Result<()> {
    let mut log = marks::Log::new(tx, policy, next_mark(tx)?);
    for span in runs::spans(tx, Family::Day)? {
        // The days of each app, a bit each: there may be millions, and a day may be in several runs.
        let mut days: BTreeMap<u32, u32> = BTreeMap::new();
        runs::scan(tx, Family::Day, span..=span, |_, Entry { key, .. }| {
            if key.environment() == Environment::Production {
                *days.entry(key.app).or_default() |= marks::bit(key.slot);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        for (app, days) in days {
            for slot in (0..SLOTS / 2).filter(|slot| days & marks::bit(*slot) != 0) {
                log.add(Group { span, app, slot })?;
            }
        }
    }
    log.finish()
}

/// The first day of production counts.
pub(super) fn first_counted_day(tx: &Transaction<'_>) -> Result<Option<Day>> {
    for span in runs::spans(tx, Family::Day)? {
        let mut first: Option<u8> = None;
        runs::scan(tx, Family::Day, span..=span, |_, Entry { key, .. }| {
            if key.environment() == Environment::Production && first.is_none_or(|first| key.slot < first) {
                first = Some(key.slot);
            }
            Ok(if first == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if let Some(slot) = first {
            return Ok(Some(day_of(span, slot)));
        }
    }
    Ok(None)
}

pub(super) fn dirty_days(tx: &Transaction<'_>, limit: u32) -> Result<Vec<DirtyDay>> {
    tx.prepare_cached(sql::MARK_LIST)?.query_and_then((limit,), dirty_from)?.collect()
}

pub(super) fn dirty_days_within(
    tx: &Transaction<'_>,
    app: Option<&AppId>,
    days: DayRange,
    after: Option<&DirtyDay>,
    limit: u32,
) -> Result<Vec<DirtyDay>> {
    let (start, end) = rows::bounds(days);
    // No app has an empty id.
    let (after, after_day) = after.map_or(("", 0), |after| (after.app.as_str(), after.day.epoch_days()));
    match app {
        None => {
            let mut count = tx.prepare_cached(sql::MARK_COUNT_WITHIN)?;
            let found: u32 = count.query_row((start, end, limit.saturating_add(1)), |row| row.get(0))?;
            // Few are found by their days and then sorted. Of many the first apps' are looked up, as sorting a million to
            // take the first thousands, again and again, would take far longer.
            let statement = if found > limit { sql::MARK_LIST_FIRST_WITHIN } else { sql::MARK_LIST_WITHIN };
            tx.prepare_cached(statement)?.query_and_then((start, end, limit, after, after_day), dirty_from)?.collect()
        }
        Some(app) => {
            let mut statement = tx.prepare_cached(sql::MARK_LIST_OF)?;
            statement.query_and_then((start, end, limit, app.as_str(), after, after_day), dirty_from)?.collect()
        }
    }
}

fn dirty_from(row: &Row<'_>) -> Result<DirtyDay> {
    Ok(DirtyDay { app: rows::app_at(row, 0)?, day: rows::day_at(row, 1)?, mark: row.get(2)? })
}

/// Verdicts are saved with the mark they were made from, and never over those of a later mark: a slow judge
/// can't undo the work of one that saw more.
pub(super) fn save(tx: &Transaction<'_>, verdicts: &[DayVerdicts], judged: &[DirtyDay]) -> Result<()> {
    let mut touched = BTreeSet::new();
    let marks: HashMap<(&AppId, Day), i64> = judged.iter().map(|it| ((&it.app, it.day), it.mark)).collect();
    let newest: i64 = tx.prepare_cached(sql::MARK_CURRENT)?.query_row((), |row| row.get(0))?;
    for verdicts in verdicts {
        let mark = marks.get(&(&verdicts.app, verdicts.verdicts[0].day)).copied().unwrap_or(newest);
        touched.insert(save_day(tx, verdicts, mark)?);
    }
    platform::touch(tx, touched)?;
    let mut clear = tx.prepare_cached(sql::MARK_CLEAR)?;
    for DirtyDay { app, day, mark } in judged {
        clear.execute((app.as_str(), day.epoch_days(), mark))?;
    }
    Ok(())
}

pub(super) fn verdicts(tx: &Transaction<'_>, app: Option<&AppId>, days: DayRange) -> Result<Vec<DayVerdicts>> {
    let (start, end) = rows::bounds(days);
    let mut statement = tx.prepare_cached(if app.is_some() { sql::VERDICT_LIST_OF } else { sql::VERDICT_LIST })?;
    let mut found = match app {
        Some(app) => statement.query((start, end, app.as_str()))?,
        None => statement.query((start, end))?,
    };
    let mut days = Vec::new();
    while let Some(row) = found.next()? {
        let (app, day, calls) = (rows::app_at(row, 0)?, rows::day_at(row, 1)?, rows::count_at(row, 2)?);
        let mut verdicts = [DayVerdict::no_traffic(day); Observation::ALL.len()];
        verdicts[0] = verdict_from(row, &app, day, 0)?;
        for (index, verdict) in verdicts.iter_mut().enumerate().skip(1) {
            let row = found.next()?.ok_or_else(|| incomplete(&app, day))?;
            *verdict = verdict_from(row, &app, day, index)?;
        }
        days.push(DayVerdicts { app, verdicts, calls, flagged: Vec::new() });
    }
    Ok(days)
}

/// Returns the app's number.
fn save_day(tx: &Transaction<'_>, verdicts: &DayVerdicts, mark: i64) -> Result<i64> {
    let (app, day) = (intern::app(tx, &verdicts.app)?, verdicts.verdicts[0].day.epoch_days());
    if verdicts.calls == 0 {
        tx.prepare_cached(sql::VERDICT_REMOVE_DAY)?.execute((app, day, mark))?;
        return Ok(app);
    }
    let calls = rows::count(verdicts.calls)?;
    let severities = platform::pack(verdicts.verdicts.iter().map(|verdict| verdict.severity));
    if tx.prepare_cached(sql::VERDICT_SAVE_DAY)?.execute((app, day, calls, mark, severities))? == 0 {
        return Ok(app);
    }
    platform::save_flagged(tx, app, day, &verdicts.flagged)?;
    let mut save = tx.prepare_cached(sql::VERDICT_SAVE)?;
    for (index, verdict) in verdicts.verdicts.iter().enumerate() {
        let severity = match verdict.severity {
            Severity::Healthy => 0,
            Severity::Warning => 1,
            Severity::Critical => 2,
        };
        let (affected, base) = (rows::count(verdict.affected)?, rows::count(verdict.base)?);
        save.execute((app, day, rows::place(index)?, affected, base, severity))?;
    }
    Ok(app)
}

fn verdict_from(row: &Row<'_>, app: &AppId, day: Day, index: usize) -> Result<DayVerdict> {
    let same = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)? == app.as_str();
    if !same || rows::day_at(row, 1)? != day || row.get::<_, i64>(3)? != rows::place(index)? {
        return Err(incomplete(app, day));
    }
    let severity = match row.get(6)? {
        0 => Severity::Healthy,
        1 => Severity::Warning,
        2 => Severity::Critical,
        other => return Err(StoreError::Corrupt(format!("`{other}` is a severity"))),
    };
    Ok(DayVerdict { day, affected: rows::count_at(row, 4)?, base: rows::count_at(row, 5)?, severity })
}

fn incomplete(app: &AppId, day: Day) -> StoreError {
    StoreError::Corrupt(format!("the verdicts of app `{app}` on {day} are incomplete"))
}
