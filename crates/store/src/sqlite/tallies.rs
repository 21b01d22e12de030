//! Reading counts.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use foldhash::fast::FixedState;
use model::{AppId, Counts, Day, DayRange, Environment, RouteKey, Tally};
use rusqlite::Transaction;

use super::groups::Asked;
use super::{apps, rows, runs, sql};
use crate::packed::{Entry, Family, add, add_calls, day_of, span_of, spans_of, sum};
use crate::{Counted, Result, StoreError};

/// Each distinct text once, in the order in which it was first met.
pub(super) struct Texts<T> {
    places: HashMap<i64, usize, FixedState>,
    pub(super) texts: Vec<T>,
}

impl<T: Ord> Texts<T> {
    pub(super) fn new() -> Self {
        Self { places: HashMap::default(), texts: Vec::new() }
    }

    /// The place of the text with this number; `load` is asked for it the first time.
    pub(super) fn place(&mut self, number: i64, load: impl FnOnce() -> Result<T>) -> Result<usize> {
        if let Some(place) = self.places.get(&number) {
            return Ok(*place);
        }
        self.texts.push(load()?);
        self.places.insert(number, self.texts.len() - 1);
        Ok(self.texts.len() - 1)
    }

    /// For each place the rank of its text among all.
    pub(super) fn ranks(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_unstable_by_key(|place| &self.texts[*place]);
        let mut ranks = vec![0; order.len()];
        for (rank, place) in order.into_iter().enumerate() {
            ranks[place] = rank;
        }
        ranks
    }
}

/// A row whose texts stand in [`Numbered`].
struct NumberedTally {
    day: Day,
    route: usize,
    method: usize,
    status: u16,
    counts: Counts,
}

/// The texts of counts.
struct Numbered {
    routes: Texts<Arc<RouteKey>>,
    methods: Texts<Arc<str>>,
}

impl Numbered {
    fn new() -> Self {
        Self { routes: Texts::new(), methods: Texts::new() }
    }

    fn tally(&mut self, tx: &Transaction<'_>, day: Day, Entry { key, counts }: Entry) -> Result<NumberedTally> {
        let (route, method) = (key.route.into(), key.method().into());
        Ok(NumberedTally {
            day,
            route: self.routes.place(route, || load_route(tx, route))?,
            method: self.methods.place(method, || load_method(tx, method))?,
            status: key.status(),
            counts,
        })
    }

    /// Lists of counts with their texts, each by day, route, method and status.
    fn in_order(self, lists: Vec<Vec<NumberedTally>>) -> Vec<Vec<Tally>> {
        // Sorting by rank compares numbers where sorting by text would compare texts again and again.
        let (routes, methods) = (self.routes.ranks(), self.methods.ranks());
        let tally = |NumberedTally { day, route, method, status, counts }| Tally {
            day,
            route: Arc::clone(&self.routes.texts[route]),
            method: Arc::clone(&self.methods.texts[method]),
            status,
            counts,
        };
        let in_order = |mut list: Vec<NumberedTally>| {
            list.sort_unstable_by_key(|tally| (tally.day, routes[tally.route], methods[tally.method], tally.status));
            list.into_iter().map(tally).collect()
        };
        lists.into_iter().map(in_order).collect()
    }
}

pub(super) fn list(tx: &Transaction<'_>, app: &AppId, environment: Environment, days: DayRange) -> Result<Vec<Tally>> {
    let Some(app) = apps::number(tx, app)? else { return Ok(Vec::new()) };
    let (mut texts, mut tallies) = (Numbered::new(), Vec::new());
    for (day, entry) in runs::sums(tx, Family::Tally, app, environment, days, |_| true)? {
        tallies.push(texts.tally(tx, day, entry)?);
    }
    Ok(texts.in_order(vec![tallies]).pop().unwrap_or_default())
}

/// See [`crate::Store::tallies_of_days`].
pub(super) fn list_of_days(tx: &Transaction<'_>, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Vec<Tally>>> {
    let asked = Asked::new(tx, groups)?;
    let mut entries: Vec<Vec<Entry>> = vec![Vec::new(); asked.groups.len()];
    runs::walk(tx, Family::Tally, &asked.groups, |at, entry| {
        entries[at].push(*entry);
        Ok(())
    })?;
    let (mut texts, mut lists) = (Numbered::new(), Vec::with_capacity(groups.len()));
    for (place, (.., day)) in asked.places.iter().zip(groups) {
        // Who asks twice for the same is told once.
        let mut of_group = place.map(|place| std::mem::take(&mut entries[place])).unwrap_or_default();
        sum(&mut of_group)?;
        // Whoever adds them up need not look out.
        let mut all = Counts::default();
        of_group.iter().try_for_each(|entry| add(&mut all, &entry.counts))?;
        lists.push(of_group.into_iter().map(|entry| texts.tally(tx, *day, entry)).collect::<Result<_>>()?);
    }
    Ok(texts.in_order(lists))
}

pub(super) fn calls_by_app(tx: &Transaction<'_>, days: DayRange) -> Result<Vec<(AppId, u64)>> {
    let (mut sums, mut all): (HashMap<i64, u64, FixedState>, u64) = (HashMap::default(), 0);
    runs::scan(tx, Family::Day, spans_of(days), |span, entry| {
        let day = day_of(span, entry.key.slot);
        if entry.key.environment() == Environment::Production && days.start <= day && day <= days.end {
            let sum = sums.entry(entry.key.app.into()).or_default();
            *sum = add_calls(*sum, entry.counts.calls)?;
            all = add_calls(all, entry.counts.calls)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let mut list = tx.prepare_cached(sql::APP_LIST)?;
    let mut found = list.query(())?;
    let mut calls = Vec::new();
    while let Some(row) = found.next()? {
        if let Some(sum) = sums.get(&row.get(0)?).filter(|sum| **sum > 0) {
            calls.push((rows::app_at(row, 1)?, *sum));
        }
    }
    Ok(calls)
}

pub(super) fn undocumented_routes(tx: &Transaction<'_>, since: Day) -> Result<Vec<String>> {
    let mut list = tx.prepare_cached(sql::ROUTE_UNDOCUMENTED)?;
    let candidates: Vec<(u32, String)> = list
        .query_map((since.epoch_days(),), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut unseen: HashSet<u32, FixedState> = candidates.iter().map(|(number, _)| *number).collect();
    if !unseen.is_empty() {
        runs::scan(tx, Family::Tally, span_of(since)..=span_of(Day::LAST), |span, entry| {
            if day_of(span, entry.key.slot) >= since {
                unseen.remove(&entry.key.route);
            }
            Ok(if unseen.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
    }
    Ok(candidates.into_iter().filter(|(number, _)| !unseen.contains(number)).map(|(_, text)| text).collect())
}

/// See [`crate::Store::counted`].
pub(super) fn counted(tx: &Transaction<'_>, groups: &[(AppId, Environment, Day)]) -> Result<Vec<Option<Counted>>> {
    let asked = Asked::new(tx, groups)?;
    let mut calls: Vec<Option<u64>> = vec![None; asked.groups.len()];
    runs::walk(tx, Family::Day, &asked.groups, |at, entry| {
        let so_far = calls[at].unwrap_or_default();
        calls[at] = Some(add_calls(so_far, entry.counts.calls)?);
        Ok(())
    })?;
    let counted = |at: usize| Some(Counted { place: asked.groups[at].number(), calls: calls[at]? });
    Ok(asked.places.iter().map(|place| place.and_then(counted)).collect())
}

/// How many bytes of texts [`undocumented_routes_of`] answers with at most, beside those of a group.
const TEXTS: usize = 4 << 20;

pub(super) fn undocumented_routes_of(
    tx: &Transaction<'_>,
    groups: &[(AppId, Environment, Day)],
) -> Result<Vec<Vec<String>>> {
    let asked = Asked::new(tx, groups)?;
    let mut numbers: Vec<Vec<u32>> = vec![Vec::new(); asked.groups.len()];
    runs::walk(tx, Family::Tally, &asked.groups, |at, entry| {
        // Those of a run come in order.
        if numbers[at].last() != Some(&entry.key.route) {
            numbers[at].push(entry.key.route);
        }
        Ok(())
    })?;
    for of_group in &mut numbers {
        of_group.sort_unstable();
        of_group.dedup();
    }
    let (mut routes, mut answers, mut bytes) = (Texts::new(), Vec::new(), 0);
    for place in asked.places {
        let mut texts = Vec::new();
        for number in place.iter().flat_map(|place| &numbers[*place]).map(|number| i64::from(*number)) {
            let route = routes.place(number, || load_route(tx, number))?;
            let route = &routes.texts[route];
            if !route.documented {
                texts.push(route.text.clone());
            }
        }
        texts.sort_unstable();
        bytes += texts.iter().map(String::len).sum::<usize>();
        answers.push(texts);
        if bytes > TEXTS {
            break;
        }
    }
    Ok(answers)
}

pub(super) fn load_route(tx: &Transaction<'_>, number: i64) -> Result<Arc<RouteKey>> {
    let mut statement = tx.prepare_cached(sql::ROUTE_GET)?;
    let route = statement.query_row((number,), |row| Ok(RouteKey { documented: row.get(0)?, text: row.get(1)? }));
    route.map(Arc::new).map_err(|error| missing("route", number, error))
}

pub(super) fn load_method(tx: &Transaction<'_>, number: i64) -> Result<Arc<str>> {
    let mut statement = tx.prepare_cached(sql::METHOD_GET)?;
    let name = statement.query_row((number,), |row| row.get::<_, String>(0));
    name.map(Arc::from).map_err(|error| missing("method", number, error))
}

pub(super) fn missing(what: &str, number: i64, error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::QueryReturnedNoRows => StoreError::Corrupt(format!("the {what} `{number}` has no text")),
        other => other.into(),
    }
}
