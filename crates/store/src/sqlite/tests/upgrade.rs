//! A database of the first schema, with something in every table, is brought up to date with all its data.

use model::{App, Counts, Day, DayRange, Environment};
use rusqlite::Connection;

use super::super::open;
use super::{SqliteStore, place};
use crate::{Platform, Registry, Sources, Store};

/// What the first version may have written.
const FIRST: &str = "
    UPDATE counter SET value = 7 WHERE name = 'mark';
    INSERT INTO setting VALUES ('rules', '1');
    INSERT INTO app VALUES (1, 'found', 'found', NULL, 1), (2, 'known', 'Known', 'marketplace', 0);
    INSERT INTO app_component VALUES (2, 0, 'side_panel');
    INSERT INTO catalog_import VALUES (3, 1000);
    INSERT INTO catalog_document VALUES (0, 'api.yaml');
    INSERT INTO catalog_route VALUES (0, '/a/{id}', '/a/:id', NULL);
    INSERT INTO catalog_operation VALUES (0, 0, 'GET', 'api.yaml', NULL, 1, 19000, NULL, NULL, 0, 1, NULL);
    INSERT INTO catalog_change VALUES (3, 0, 'added', '/a/:id', 'GET', '');
    INSERT INTO route VALUES (1, 1, '/a/:id', 20023);
    INSERT INTO method VALUES (1, 'GET');
    INSERT INTO tally VALUES (1, 0, 20000, 1, 1, 200, 5, 4, 3, 2);
    INSERT INTO app_day VALUES (1, 0, 20000, 5);
    INSERT INTO source_position VALUES (4, 'log', 100, 5, 0, 64, -1, 2, 1000);
    INSERT INTO reject_count VALUES ('not_json', 2);
    INSERT INTO dirty_day VALUES (1, 20000, 7);
    INSERT INTO verdict_day VALUES (1, 20000, 5, 6);
    INSERT INTO verdict VALUES (1, 20000, 0, 1, 5, 2);
";

/// Tables whose rows are kept in another way since.
const OTHERWISE: [&str; 2] = ["app_day", "tally"];

/// The tables, each with its columns.
fn tables(connection: &Connection) -> Vec<(String, String)> {
    let columns = "
        SELECT schema.name, group_concat(column.name, ', ')
        FROM sqlite_schema AS schema
        JOIN pragma_table_info(schema.name) AS column
        WHERE schema.type = 'table' AND schema.name NOT LIKE 'sqlite_%'
        GROUP BY schema.name
    ";
    let mut statement = connection.prepare(columns).unwrap();
    let tables = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap);
    tables.filter(|(table, _): &(String, String)| !OTHERWISE.contains(&table.as_str())).collect()
}

/// Every row of these tables, as text.
fn rows(connection: &Connection, tables: &[(String, String)]) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in tables {
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
        let count = statement.column_count();
        let mut rows = statement.query(()).unwrap();
        let before = all.len();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<_> = (0..count).map(|column| format!("{:?}", row.get_ref(column).unwrap())).collect();
            all.push(format!("{table} ({columns}): {}", values.join(", ")));
        }
        assert!(all.len() > before, "`{table}` is empty; give it a row");
    }
    all
}

#[tokio::test]
async fn a_database_of_the_first_schema_keeps_its_data() {
    let (_directory, path) = place();
    let first = open::writer_with(&path, &open::MIGRATIONS[..1]).unwrap();
    first.execute_batch(FIRST).unwrap();
    // Later versions may add columns; those of the first keep what they hold.
    let tables = tables(&first);
    let before = rows(&first, &tables);
    drop(first);

    let store = SqliteStore::open(&path).unwrap();
    let day = Day::from_epoch_days(20_000);
    let apps = store.apps().await.unwrap();
    let tallies = store.tallies(&apps[0].id, Environment::Production, DayRange::only(day)).await.unwrap();
    let counts = Counts { calls: 5, header_absent: 4, service_calls: 3, service_header_absent: 2 };
    assert_eq!(
        tallies.iter().map(|tally| (&*tally.route.text, tally.counts)).collect::<Vec<_>>(),
        [("/a/:id", counts)]
    );
    assert_eq!(apps[0], App::discovered("found".parse().unwrap()));
    assert_eq!(store.calls_by_app(DayRange::only(day)).await.unwrap(), [(apps[0].id.clone(), 5)]);
    assert_eq!(store.catalog().await.unwrap().routes.len(), 1);
    assert_eq!(store.registrations().await.unwrap(), []);
    drop(store);

    let after = open::writer(&path).unwrap();
    let mut rows = rows(&after, &tables);
    // There are further counters since.
    rows.retain(|row| before.contains(row) || !row.starts_with("counter "));
    assert_eq!(rows, before);
    let broken: i64 = after.query_row("SELECT count(*) FROM pragma_foreign_key_check", (), |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
}

/// What the eighth version may have written of batches and losses.
const EIGHTH: &str = "
    INSERT INTO batch_seen VALUES (1, 'one', NULL, zeroblob(32), 10, 3), (2, 'two', 'k', zeroblob(32), 20, 5),
        (3, 'one', 'k', zeroblob(32), 30, 4);
    INSERT INTO source VALUES (1, 'gate', 'syslog', NULL, NULL, 40, 0);
    INSERT INTO source_loss VALUES (7, 1, 100, 200, 'dropped', 'a', 250), (9, 1, 150, 300, 'dropped', 'b', 350),
        (8, 1, 100, 200, 'corrupt', '', 250);
";

#[tokio::test]
async fn batches_and_losses_of_before_are_kept() {
    let (_directory, path) = place();
    let eighth = open::writer_with(&path, &open::MIGRATIONS[..8]).unwrap();
    eighth.execute_batch(EIGHTH).unwrap();
    drop(eighth);

    let store = SqliteStore::open(&path).unwrap();
    let senders = store.batch_senders().await.unwrap();
    let told: Vec<_> = senders.iter().map(|it| (it.sender.as_str(), it.last_at.0, it.batches, it.accepted)).collect();
    assert_eq!(told, [("one", 30, 2, 7), ("two", 20, 1, 5)]);
    let losses = store.losses().await.unwrap();
    let spans = |losses: &[crate::Loss]| losses.iter().map(|it| (it.from.0, it.until.0)).collect::<Vec<_>>();
    assert_eq!(spans(&losses), [(100, 200), (100, 200), (150, 300)]);
    // Those that overlap become one with the next.
    assert!(store.add_loss(&crate::Loss { detail: "c".to_owned(), ..losses[0].clone() }).await.unwrap());
    let losses = store.losses().await.unwrap();
    assert_eq!(spans(&losses), [(100, 200), (100, 300)]);
    assert_eq!(losses[1].detail, "a; b; c");
}
