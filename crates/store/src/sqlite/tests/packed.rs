//! Runs of pages in the database: what always holds of them, and that any changes leave what a plain map would hold.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use model::{Counts, Day, DayRange, Environment};
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::{Connection, Transaction};

use super::super::{open, runs};
use super::place;
use crate::packed::{Entries, Entry, Family, Group, Key, Policy};

/// So small that a few entries make several pages, and a few runs a merge of several steps.
pub(super) const SMALL: Policy = Policy { page: 64, fan: 2, step: 256, class: 128 };

type Sums = BTreeMap<(i32, Key), Counts>;

/// What all runs of a family hold together, by span and key.
fn sums(connection: &Connection, family: Family) -> Sums {
    let mut list = connection.prepare("SELECT span, body FROM count_page WHERE family = ?1").unwrap();
    let mut found = list.query((family.number(),)).unwrap();
    let mut sums = Sums::new();
    while let Some(row) = found.next().unwrap() {
        let body: Vec<u8> = row.get(1).unwrap();
        for entry in Entries::new(family, &body) {
            let Entry { key, counts } = entry.unwrap();
            *sums.entry((row.get(0).unwrap(), key)).or_default() += counts;
        }
    }
    sums
}

/// Asserts what holds of runs and pages at any time.
fn sound_runs(connection: &Connection) {
    let mut list = connection
        .prepare("SELECT family, span, run, first, body FROM count_page ORDER BY family, span, run, first")
        .unwrap();
    let mut found = list.query(()).unwrap();
    let mut bytes: BTreeMap<(u8, i32, i64), i64> = BTreeMap::new();
    let mut before = None;
    while let Some(row) = found.next().unwrap() {
        let place: (u8, i32, i64) = (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        let (first, body): (Vec<u8>, Vec<u8>) = (row.get(3).unwrap(), row.get(4).unwrap());
        *bytes.entry(place).or_default() += body.len() as i64;
        let entries: Vec<Entry> =
            Entries::new(Family::ALL[usize::from(place.0)], &body).collect::<crate::Result<_>>().unwrap();
        assert_eq!(entries[0].key.to_bytes()[..], first[..]);
        for entry in entries {
            assert!(before < Some((place, entry.key)), "keys of a run are out of order");
            before = Some((place, entry.key));
        }
    }
    let mut list = connection.prepare("SELECT family, span, run, bytes, target FROM count_run").unwrap();
    let rows = list.query_map((), |row| {
        Ok(((row.get(0)?, row.get(1)?, row.get(2)?), (row.get::<_, i64>(3)?, row.get::<_, Option<i64>>(4)?)))
    });
    let listed: BTreeMap<(u8, i32, i64), (i64, Option<i64>)> = rows.unwrap().map(Result::unwrap).collect();
    for (place @ (family, span, run), (of_run, target)) in &listed {
        assert_eq!(bytes.remove(place).unwrap_or(0), *of_run, "bytes of a run");
        let is_target = listed.iter().any(|((f, s, _), (_, of))| (f, s) == (family, span) && *of == Some(*run));
        assert!(*of_run > 0 || is_target, "an empty run");
        if let Some(target) = target {
            assert_eq!(listed[&(*family, *span, *target)].1, None, "a target with a target");
        }
    }
    assert_eq!(bytes, BTreeMap::new(), "pages without a run");
}

/// Takes a step where one is due; tells whether it did.
fn tidy(tx: &Transaction<'_>) -> bool {
    let mut places = runs::at_rest(tx, SMALL).unwrap().into_iter();
    places.any(|(place, worth)| runs::tidy(tx, SMALL, place, worth).unwrap())
}

/// Asserts what holds of all counts at any time.
pub(super) fn sound(connection: &Connection) {
    sound_runs(connection);
    let mut days = Sums::new();
    for ((span, key), counts) in sums(connection, Family::Tally) {
        let day = days.entry((span, Key { company: 0, route: 0, call: 0, ..key })).or_default();
        *day += Counts { calls: counts.calls, ..Counts::default() };
    }
    assert_eq!(sums(connection, Family::Day), days);
    let all: u64 = days.values().map(|counts| counts.calls).sum();
    let counted: i64 =
        connection.query_row("SELECT value FROM counter WHERE name = 'counted'", (), |row| row.get(0)).unwrap();
    assert!(counted as u64 >= all, "{counted} are counted and {all} are there");
}

#[derive(Clone, Debug)]
enum Change {
    Add(i32, Vec<(Key, u64)>),
    Merge(i32, u64),
    Tidy,
    Purge(i32),
    /// Takes out what is of apps that leave this rest, and of those adds what leaves the other rest anew as of app 9.
    Rewrite(i32, u32, u32),
}

fn key() -> impl Strategy<Value = Key> {
    (0..6_u32, 0..64_u8, 0..3_u32, 0..3_u32, 0..3_u32).prop_map(|(app, slot, company, route, call)| Key {
        app,
        slot,
        company,
        route,
        call,
    })
}

fn change() -> impl Strategy<Value = Change> {
    let span = || 100..103;
    prop_oneof![
        8 => (span(), vec((key(), 0..9_u64), 1..60)).prop_map(|(span, entries)| Change::Add(span, entries)),
        4 => (span(), prop_oneof![Just(1), Just(1_000)]).prop_map(|(span, budget)| Change::Merge(span, budget)),
        2 => Just(Change::Tidy),
        1 => span().prop_map(Change::Purge),
        2 => (span(), 0..4_u32, 0..4_u32).prop_map(|(span, rest, other)| Change::Rewrite(span, rest, other)),
    ]
}

const FAMILY: Family = Family::Company;

fn calls(calls: u64) -> Counts {
    Counts { calls, ..Counts::default() }
}

fn make(tx: &Transaction<'_>, model: &mut Sums, change: &Change) {
    match change {
        Change::Add(span, entries) => {
            let mut of_run: BTreeMap<Key, Counts> = BTreeMap::new();
            for (key, count) in entries {
                *of_run.entry(*key).or_default() += calls(*count);
                *model.entry((*span, *key)).or_default() += calls(*count);
            }
            let entries: Vec<_> = of_run.into_iter().map(|(key, counts)| Entry { key, counts }).collect();
            assert!(runs::add(tx, SMALL, FAMILY, *span, &entries).unwrap() > 0);
        }
        Change::Merge(span, budget) => {
            runs::merge(tx, SMALL, runs::Place { family: FAMILY, span: *span }, *budget).unwrap();
        }
        Change::Tidy => {
            tidy(tx);
        }
        Change::Purge(span) => {
            runs::rewrite(tx, SMALL, FAMILY, *span, |entry| Ok(entry.key.route != 1), Err).unwrap();
            model.retain(|(of, key), _| of != span || key.route != 1);
        }
        Change::Rewrite(span, rest, other) => {
            let mut again = BTreeMap::<Key, Counts>::new();
            let stays = |entry: &Entry| {
                if entry.key.app % 4 != *rest {
                    return Ok(true);
                }
                if entry.key.slot as u32 % 4 == *other {
                    let key = Key { app: 9, ..entry.key };
                    *again.entry(key).or_default() += entry.counts;
                    // While others are rewritten.
                    let entry = Entry { key: Key { app: 8, ..key }, counts: entry.counts };
                    runs::add(tx, SMALL, FAMILY, *span, [&entry]).unwrap();
                }
                Ok(false)
            };
            runs::rewrite(tx, SMALL, FAMILY, *span, stays, Err).unwrap();
            let again: Vec<_> = again.into_iter().map(|(key, counts)| Entry { key, counts }).collect();
            runs::add(tx, SMALL, FAMILY, *span, &again).unwrap();
            for ((of, key), counts) in std::mem::take(model) {
                if of != *span || key.app % 4 != *rest {
                    *model.entry((of, key)).or_default() += counts;
                } else if key.slot as u32 % 4 == *other {
                    *model.entry((of, Key { app: 9, ..key })).or_default() += counts;
                    *model.entry((of, Key { app: 8, ..key })).or_default() += counts;
                }
            }
        }
    }
}

fn compare(tx: &Transaction<'_>, model: &Sums) {
    assert_eq!(&sums(tx, FAMILY), model);
    let spans: std::collections::BTreeSet<i32> = model.keys().map(|(span, _)| *span).collect();
    assert_eq!(runs::spans(tx, FAMILY).unwrap(), spans.into_iter().collect::<Vec<_>>());

    let mut scanned = Sums::new();
    runs::scan(tx, FAMILY, 101..=102, |span, entry| {
        *scanned.entry((span, entry.key)).or_default() += entry.counts;
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    let expected: Sums =
        model.iter().filter(|((span, _), _)| *span > 100).map(|(key, counts)| (*key, *counts)).collect();
    assert_eq!(scanned, expected);

    let of = |span: i32, slot: u8| Group { span, app: 0, slot }.day();
    for (start, end) in [((100, 0), (102, 31)), ((100, 7), (101, 3)), ((101, 5), (101, 5)), ((102, 3), (101, 3))] {
        let days = DayRange { start: of(start.0, start.1), end: of(end.0, end.1) };
        for (app, environment) in
            [(0, Environment::Production), (3, Environment::Sandbox), (9, Environment::Production)]
        {
            let mut found = BTreeMap::<(Day, Key), Counts>::new();
            let mut before = None;
            runs::between(tx, FAMILY, app, environment, days, |day, entry| {
                let span = crate::packed::span_of(day);
                assert!(before <= Some(span));
                before = Some(span);
                *found.entry((day, entry.key)).or_default() += entry.counts;
                Ok(())
            })
            .unwrap();
            let expected = model.iter().filter_map(|((span, key), counts)| {
                let group = key.group(*span);
                let within = days.start <= group.day() && group.day() <= days.end;
                (within && key.app == app && group.environment() == environment)
                    .then_some(((group.day(), *key), *counts))
            });
            assert_eq!(found, expected.collect());
        }
    }

    for every in [1, 7, 50] {
        let all =
            (100..103).flat_map(|span| (0..10).flat_map(move |app| (0..64).map(move |slot| Group { span, app, slot })));
        let groups: Vec<Group> = all.step_by(every).collect();
        let mut found = Sums::new();
        runs::walk(tx, FAMILY, &groups, |at, entry| {
            assert_eq!(entry.key.group(groups[at].span), groups[at]);
            *found.entry((groups[at].span, entry.key)).or_default() += entry.counts;
            Ok(())
        })
        .unwrap();
        let asked = model.iter().filter(|((span, key), _)| groups.binary_search(&key.group(*span)).is_ok());
        assert_eq!(found, asked.map(|(key, counts)| (*key, *counts)).collect());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_of_runs_leave_what_a_plain_map_would_hold(changes in vec(change(), 1..30)) {
        let (_directory, path) = place();
        let mut connection = open::writer(&path).unwrap();
        let tx = connection.transaction().unwrap();
        let mut model = Sums::new();
        for change in &changes {
            make(&tx, &mut model, change);
            sound_runs(&tx);
            compare(&tx, &model);
        }
        let mut steps = 0;
        while tidy(&tx) {
            steps += 1;
            prop_assert!(steps < 10_000);
            sound_runs(&tx);
        }
        compare(&tx, &model);
    }
}
