//! A million distinct paths that nobody documented, made to fill memory and store.

use std::fmt::Write;

use super::fed::sum;
use super::machine::watch;
use crate::cast::{Told, days_ago, program};

const PATHS: usize = 1_000_000;
/// Of each app and day so many undocumented routes are kept.
const KEPT: usize = 1_000;

#[test]
fn a_million_distinct_hostile_paths_are_all_counted_under_few_routes() {
    let program = program();
    let days = [days_ago(1).to_string(), days_ago(2).to_string()];
    let mut log = String::new();
    for number in 0..PATHS {
        let (day, odd) = (&days[number % 2], ["", "%00", "\\u00e9", "..", "'\\\"=", "%2F%2f"][number % 6]);
        // No segment looks like an identifier, so each path is a route of its own.
        let word: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'g')).collect();
        let _ = writeln!(
            log,
            r#"{{"time":"{day}T{:02}:00:00Z","app":"scan","method":"GET","path":"/{word}/{odd}/x","status":404}}"#,
            number % 24
        );
    }
    program.write("calls.ndjson", log);
    let ran = watch(&program, &["ingest", "calls.ndjson"]);
    let told = Told::from_output(&ran.output);
    assert_eq!((told.lines, told.counted, told.rejected), (PATHS as u64, PATHS as u64, 0), "{}", ran.output);
    assert!(ran.peak < 200, "{} MB", ran.peak);
    let report = program.run(&["report", "scan", "--days", "10"]).succeeded().stdout();
    assert_eq!(sum(&report), PATHS as u64);
    for day in &days {
        let rows = report.lines().filter(|row| row.starts_with(day.as_str())).count();
        assert_eq!(rows, KEPT + 1, "{day}");
    }
    let others: u64 = report
        .lines()
        .filter(|row| row.contains(",/:other,"))
        .map(|row| row.rsplit(',').next().unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(others, (PATHS - 2 * KEPT) as u64);
    let size = std::fs::metadata(program.data().join("steadfast.db")).unwrap().len();
    assert!(size < 8 << 20, "{size} bytes in the store");
}
