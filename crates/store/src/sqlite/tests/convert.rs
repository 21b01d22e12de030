//! Files of before counts were in pages: what they say is what they said as rows.

use std::collections::BTreeMap;

use model::{Company, Day, DayRange, Environment};
use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::Connection;

use super::super::open;
use super::packed::sound;
use super::{SqliteStore, place};
use crate::{Store, StoreError};

/// How many migrations there were before.
const BEFORE: usize = 7;

const TEXTS: &str = "
    INSERT INTO app (id, key, name, discovered) VALUES (1, 'one', 'one', 1), (2, 'Two', 'Two', 1), (300, 'many', 'many', 1);
    INSERT INTO route VALUES
        (1, 0, '/b', 3000000), (2, 1, '/b', 3000000), (3, 0, '/a', 3000000), (70000, 1, '/', 3000000);
    INSERT INTO method VALUES (1, 'GET'), (2, 'DELETE'), (1000, 'OTHER');
    INSERT INTO company_name VALUES (1, 'z', 3000000), (2, 'a', 3000000);
";

type Key = (i64, i64, i32, i64, i64, i64);

fn key() -> impl Strategy<Value = Key> {
    let days = vec![-719_528, -1, 0, 19_999, 20_000, 20_001, 20_031, 20_032, 20_400, 2_932_896];
    (
        select(vec![1, 2, 300]),
        0..2_i64,
        select(days),
        select(vec![1, 2, 3, 70_000]),
        select(vec![1, 2, 1_000]),
        select(vec![100, 200, 599]),
    )
}

fn count() -> impl Strategy<Value = i64> {
    select(vec![0, 1, 6, 7, 8, 127, 128, 16_383, 1 << 40])
}

fn tallies() -> impl Strategy<Value = BTreeMap<Key, [i64; 4]>> {
    btree_map(key(), (count(), count(), count(), count()).prop_map(|it| [it.0, it.1, it.2, it.3]), 0..200)
}

fn companies() -> impl Strategy<Value = BTreeMap<(Key, i64), i64>> {
    btree_map((key(), select(vec![-1, 0, 1, 2])), count(), 0..200)
}

fn fill(connection: &Connection, tallies: &BTreeMap<Key, [i64; 4]>, companies: &BTreeMap<(Key, i64), i64>) {
    connection.execute_batch("BEGIN").unwrap();
    connection.execute_batch(TEXTS).unwrap();
    for ((app, environment, day, route, method, status), [calls, absent, service, both]) in tallies {
        let row = (app, environment, day, route, method, status, calls, absent, service, both);
        connection.execute("INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", row).unwrap();
    }
    for (((app, environment, day, route, method, status), company), calls) in companies {
        let row = (app, environment, day, company, route, method, status, calls);
        connection.execute("INSERT INTO company_tally VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", row).unwrap();
    }
    let days = "
        INSERT INTO app_day SELECT app, environment, day, sum(calls) FROM tally WHERE true GROUP BY app, environment, day
    ";
    connection.execute_batch(days).unwrap();
    connection.execute_batch("COMMIT").unwrap();
}

/// Rows as lines.
fn lines(connection: &Connection, select: &str) -> Vec<String> {
    let mut statement = connection.prepare(select).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(()).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let values = (0..columns).map(|at| match row.get(at).unwrap() {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        });
        lines.push(values.collect::<Vec<_>>().join(" "));
    }
    lines
}

const TALLIES: &str = "
    SELECT app.key, environment, day, documented, text, method.name, status,
        calls, header_absent, service_calls, service_header_absent
    FROM tally JOIN app ON app.id = app JOIN route ON route.id = route JOIN method ON method.id = method
    ORDER BY app.key, environment, day, documented, text, method.name, status
";

const COMPANIES: &str = "
    SELECT app.key, environment, day,
        CASE company WHEN 0 THEN 'absent' WHEN -1 THEN 'others' ELSE 'named ' || company_name.name END,
        documented, text, method.name, status, calls
    FROM company_tally LEFT JOIN company_name ON company_name.id = company
    JOIN app ON app.id = app JOIN route ON route.id = route JOIN method ON method.id = method
    ORDER BY app.key, environment, day, CASE company WHEN 0 THEN 0 WHEN -1 THEN 2 ELSE 1 END, company_name.name,
        documented, text, method.name, status
";

const CALLS_BY_APP: &str = "
    SELECT app.key, sum(app_day.calls)
    FROM app CROSS JOIN app_day ON app_day.app = app.id
    WHERE app_day.environment = 0
    GROUP BY app.key HAVING sum(app_day.calls) > 0
    ORDER BY app.key
";

const UNDOCUMENTED: &str = "
    SELECT text FROM route WHERE documented = 0 AND id IN (SELECT route FROM tally WHERE day >= 20000) ORDER BY text
";

fn always() -> DayRange {
    DayRange { start: Day::FIRST, end: Day::LAST }
}

/// What the store says, as the same lines.
async fn answers(store: &SqliteStore) -> [Vec<String>; 4] {
    let (mut tallies, mut companies) = (Vec::new(), Vec::new());
    for app in ["Two", "many", "one"] {
        let id = app.parse().unwrap();
        for (environment, number) in [(Environment::Production, 0), (Environment::Sandbox, 1)] {
            for it in store.tallies(&id, environment, always()).await.unwrap() {
                let (day, route, counts) = (it.day.epoch_days(), &it.route, it.counts);
                tallies.push(format!(
                    "{app} {number} {day} {} {} {} {} {} {} {} {}",
                    u8::from(route.documented),
                    route.text,
                    it.method,
                    it.status,
                    counts.calls,
                    counts.header_absent,
                    counts.service_calls,
                    counts.service_header_absent
                ));
            }
            for it in store.company_tallies(&id, environment, always()).await.unwrap() {
                let company = match &it.company {
                    Company::Absent => "absent".to_owned(),
                    Company::Named(name) => format!("named {name}"),
                    Company::Others => "others".to_owned(),
                };
                companies.push(format!(
                    "{app} {number} {} {company} {} {} {} {} {}",
                    it.day.epoch_days(),
                    u8::from(it.route.documented),
                    it.route.text,
                    it.method,
                    it.status,
                    it.calls
                ));
            }
        }
    }
    let by_app = store.calls_by_app(always()).await.unwrap();
    let by_app = by_app.into_iter().map(|(app, calls)| format!("{app} {calls}")).collect();
    [tallies, companies, by_app, store.undocumented_routes(Day::from_epoch_days(20_000)).await.unwrap()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_older_file_says_what_it_said(tallies in tallies(), companies in companies()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (_directory, path) = place();
        let older = open::writer_with(&path, &open::MIGRATIONS[..BEFORE]).unwrap();
        fill(&older, &tallies, &companies);
        let expected = [TALLIES, COMPANIES, CALLS_BY_APP, UNDOCUMENTED].map(|select| lines(&older, select));
        drop(older);
        let store = SqliteStore::open(&path).unwrap();
        prop_assert_eq!(runtime.block_on(answers(&store)), expected);
        drop(store);
        let file = open::writer(&path).unwrap();
        sound(&file);
        let counted: i64 = file.query_row("SELECT value FROM counter WHERE name = 'counted'", (), |row| row.get(0)).unwrap();
        let greatest: i64 = tallies.values().map(|counts| counts.iter().max().unwrap()).sum();
        prop_assert_eq!(counted, greatest + companies.values().sum::<i64>());
    }
}

#[test]
fn a_file_with_the_greatest_count_is_converted() {
    let (_directory, path) = place();
    let older = open::writer_with(&path, &open::MIGRATIONS[..BEFORE]).unwrap();
    fill(&older, &BTreeMap::from([((1, 0, 20_000, 1, 1, 200), [i64::MAX, 0, 0, 0])]), &BTreeMap::new());
    let before = lines(&older, CALLS_BY_APP);
    drop(older);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(runtime.block_on(answers(&store))[2], before);
}

/// Nothing of the sort was ever written; a file that has it was changed by others.
#[test]
fn a_file_with_strange_counts_stays_as_it_is() {
    let fits: Key = (1, 0, 20_000, 1, 1, 200);
    let strange: [(Key, i64); 6] = [
        ((1, 2, 20_000, 1, 1, 200), 1),
        ((1 << 32, 0, 20_000, 1, 1, 200), 1),
        ((1, 0, 2_932_897, 1, 1, 200), 1),
        ((1, 0, 20_000, 1, 1, 1_024), 1),
        (fits, -1),
        ((1, 0, 20_001, 1, 1, 200), i64::MAX),
    ];
    for (key, calls) in strange {
        let (_directory, path) = place();
        let older = open::writer_with(&path, &open::MIGRATIONS[..BEFORE]).unwrap();
        older.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        fill(&older, &BTreeMap::from([(fits, [1; 4]), (key, [calls, 0, 0, 0])]), &BTreeMap::new());
        let before = lines(&older, "SELECT * FROM tally");
        drop(older);
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Corrupt(_))), "{key:?} {calls}");
        let older = open::writer_with(&path, &open::MIGRATIONS[..BEFORE]).unwrap();
        assert_eq!(lines(&older, "SELECT * FROM tally"), before);
    }
}
