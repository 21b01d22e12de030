//! Migrations give the schema that is written down, and every statement fits it.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;

use super::super::{open, sql};
use super::place;

/// What a database consists of, as statements in order of name.
fn dump(connection: &Connection) -> String {
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap();
    let parts: Vec<String> = statement.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    parts.iter().map(|part| format!("{part};\n")).collect::<Vec<_>>().join("\n")
}

#[test]
fn all_migrations_give_the_schema_that_is_written_down() {
    let (_directory, path) = place();
    let schema = dump(&open::writer(&path).unwrap());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/sqlite.sql");
    if std::env::var_os("TEST_WRITE_SCHEMA").is_some() {
        std::fs::write(&golden, &schema).unwrap();
    }
    let written = std::fs::read_to_string(&golden).unwrap();
    assert_eq!(schema, written, "if the change is meant, run the test once with TEST_WRITE_SCHEMA=1");
}

#[test]
fn every_statement_file_is_in_the_list_and_fits_the_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let listed: BTreeSet<String> = sql::ALL.iter().map(|(name, _)| format!("{name}.sql")).collect();
    assert_eq!(files.collect::<BTreeSet<_>>(), listed);

    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    for (name, text) in sql::ALL {
        connection.prepare(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_statement_is_used() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sqlite");
    let folders = [sources.clone(), sources.join("registry"), sources.join("platform"), sources.join("runs")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
    let source: String = texts.collect();
    for (name, _) in sql::ALL {
        let constant = format!("sql::{}", name.replace('.', "_").to_uppercase());
        let used = source.match_indices(&constant).any(|(at, _)| {
            let after = source[at + constant.len()..].chars().next();
            after.is_none_or(|next| !next.is_alphanumeric() && next != '_')
        });
        assert!(used, "`{name}.sql` is not used");
    }
}

/// Counts grow without end; whatever reads them goes by family and span.
#[test]
fn no_statement_reads_all_counts() {
    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    for (name, text) in sql::ALL {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        for index in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(index, 1).unwrap();
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            let detail: String = row.get(3).unwrap();
            for table in ["SCAN count_page", "SCAN before", "SCAN verdict"] {
                assert!(!detail.starts_with(table), "{name}: {detail}");
            }
            let of_pages = ["SEARCH count_page", "SEARCH before"].iter().any(|search| detail.starts_with(search));
            let few =
                detail.contains("family=? AND span=? AND run=?") || detail.contains("rowid=?") || *name == "page.purge";
            assert!(!of_pages || few, "{name}: {detail}");
        }
    }
}

/// There are millions of batches; who sent them is asked by everybody who looks at a page.
#[test]
fn who_sent_batches_is_known_without_reading_them() {
    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", sql::BATCH_SENDERS)).unwrap();
    let plan = statement.query_map((), |row| row.get::<_, String>(3)).unwrap();
    for detail in plan.map(Result::unwrap) {
        assert!(!detail.contains("batch_seen"), "{detail}");
    }
}

/// Of an app's pages alone those are read that may hold its keys.
#[test]
fn pages_are_found_by_their_first_keys() {
    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    for wanted in ["page.between", "page.from"] {
        let (_, text) = sql::ALL.iter().find(|(name, _)| *name == wanted).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        for index in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(index, 1).unwrap();
        }
        let mut rows = statement.raw_query();
        let mut found = false;
        while let Some(row) = rows.next().unwrap() {
            let detail: String = row.get(3).unwrap();
            found |= detail.starts_with("SEARCH count_page")
                && detail.contains("(family=? AND span=? AND run=? AND first>? AND first<?)");
        }
        assert!(found, "{wanted}");
    }
}

/// Rotated files leave a position each.
#[test]
fn files_are_looked_up_without_reading_all_positions() {
    let (_directory, path) = place();
    let connection = open::writer(&path).unwrap();
    for wanted in ["position.head_lengths", "position.with_head", "position.get", "position.added_since"] {
        let (_, text) = sql::ALL.iter().find(|(name, _)| *name == wanted).unwrap();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        for index in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(index, 1).unwrap();
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            let detail: String = row.get(3).unwrap();
            assert!(!detail.starts_with("SCAN source_position"), "{wanted}: {detail}");
        }
    }
}
