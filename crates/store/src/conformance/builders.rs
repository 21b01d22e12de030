//! Short ways to say what a test is about.

use ::model::{AppId, Company, Counts, Day, DayRange, Environment, RouteKey, Tally, TallyKey, UnixMillis};

use crate::{CompanyDelta, IngestCommit, Result, SharedStore, SourcePosition, TallyDelta};

pub(super) const PRODUCTION: Environment = Environment::Production;
pub(super) const SANDBOX: Environment = Environment::Sandbox;

/// All days.
pub(super) fn always() -> DayRange {
    DayRange { start: Day::from_epoch_days(i32::MIN), end: Day::from_epoch_days(i32::MAX) }
}

/// A day of the tests, in the order of `n`.
pub(super) fn day(n: i32) -> Day {
    Day::from_epoch_days(20_000 + n)
}

/// An app by an id that is one.
pub(super) fn app(id: &str) -> AppId {
    match id.parse() {
        Ok(id) => id,
        Err(error) => unreachable!("`{id}`: {error}"),
    }
}

/// A documented route, or with a leading `?` an undocumented one.
pub(super) fn route(text: &str) -> RouteKey {
    match text.strip_prefix('?') {
        Some(text) => RouteKey { documented: false, text: text.to_owned() },
        None => RouteKey { documented: true, text: text.to_owned() },
    }
}

/// The key of production calls answered with 200.
pub(super) fn key(app_id: &str, on: Day, to: &str) -> TallyKey {
    TallyKey {
        app: app(app_id),
        environment: PRODUCTION,
        day: on,
        route: route(to),
        method: "GET".to_owned(),
        status: 200,
    }
}

/// Counts with so many calls.
pub(super) fn calls(calls: u64) -> Counts {
    Counts { calls, ..Counts::default() }
}

/// A commit of these counts without a position.
pub(super) fn commit(tallies: &[(TallyKey, Counts)]) -> IngestCommit {
    let mut commit = IngestCommit::empty(UnixMillis(1_795_000_000_000));
    for (key, counts) in tallies {
        let delta = TallyDelta {
            app: number(&mut commit.apps, &key.app),
            environment: key.environment,
            day: key.day,
            route: number(&mut commit.routes, &key.route),
            method: number(&mut commit.methods, &key.method),
            status: key.status,
            counts: *counts,
        };
        commit.tallies.push(delta);
    }
    commit
}

/// A commit of calls that show a problem, with their companies, without a position.
pub(super) fn by_company(counts: &[(TallyKey, Company<&str>, u64)]) -> IngestCommit {
    let tallies: Vec<_> = counts.iter().map(|(key, _, count)| (key.clone(), calls(*count))).collect();
    let mut commit = commit(&tallies);
    // The same calls once more, by company: keys of tallies are distinct.
    let deltas = commit.tallies.iter().zip(counts).map(|(delta, (_, company, count))| CompanyDelta {
        app: delta.app,
        environment: delta.environment,
        day: delta.day,
        company: match company {
            Company::Absent => Company::Absent,
            Company::Named(name) => Company::Named(number(&mut commit.companies, &(*name).to_owned())),
            Company::Others => Company::Others,
        },
        route: delta.route,
        method: delta.method,
        status: delta.status,
        calls: *count,
    });
    commit.company_tallies = deltas.collect();
    commit
}

fn number<T: PartialEq + Clone>(list: &mut Vec<T>, text: &T) -> u32 {
    let place = list.iter().position(|known| known == text).unwrap_or_else(|| {
        list.push(text.clone());
        list.len() - 1
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// A position in a source with that content, never saved.
pub(super) fn position(path: &str, offset: u64, head_len: u32, head_digest: u64) -> SourcePosition {
    SourcePosition {
        id: 0,
        path: path.to_owned(),
        offset,
        lines: offset / 10,
        within_line: false,
        head_len,
        head_digest,
        tail_digest: head_digest ^ offset,
        updated_at: UnixMillis(1_795_000_000_000),
        followed_by: None,
    }
}

/// All counts of an app, each as its key and the number of calls.
pub(super) async fn counted(store: &SharedStore, id: &str, environment: Environment) -> Result<Vec<(TallyKey, u64)>> {
    let tallies = store.tallies(&app(id), environment, always()).await?;
    let keyed = |Tally { day, route, method, status, counts }: Tally| {
        let (route, method) = ((*route).clone(), method.to_string());
        (TallyKey { app: app(id), environment, day, route, method, status }, counts.calls)
    };
    Ok(tallies.into_iter().map(keyed).collect())
}

/// The dirty days as app and day, in order.
pub(super) async fn dirty(store: &SharedStore) -> Result<Vec<(String, Day)>> {
    let days = store.dirty_days(u32::MAX).await?;
    let mut days: Vec<_> = days.into_iter().map(|dirty| (dirty.app.to_string(), dirty.day)).collect();
    days.sort();
    Ok(days)
}
