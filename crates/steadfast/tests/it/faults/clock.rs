//! The machine's clock set back a day while the program runs.

use std::path::Path;

use super::fed::{Fed, batch};
use super::machine::libfaketime;
use crate::cast::now;

/// Calls of this moment, by the machine's clock.
fn calls_of_now(count: usize) -> Vec<u8> {
    let line = format!(
        "{{\"time\":{},\"app\":\"acme-erp\",\"method\":\"GET\",\"path\":\"/now\",\"status\":200}}\n",
        now().as_second()
    );
    line.repeat(count).into_bytes()
}

fn set_clock(file: &Path, offset: &str) {
    // In one step, so that nobody reads half of it.
    let next = file.with_extension("next");
    std::fs::write(&next, offset).unwrap();
    std::fs::rename(next, file).unwrap();
}

#[test]
fn a_clock_set_back_a_day_counts_nothing_twice_and_loses_nothing() {
    let Some(library) = libfaketime() else { return };
    let Fed { program, sender } = Fed::new();
    let offset = program.directory().join("clock");
    set_clock(&offset, "+0d");
    let program = program
        .with("LD_PRELOAD", library.to_str().unwrap())
        .with("FAKETIME_TIMESTAMP_FILE", offset.to_str().unwrap())
        .with("FAKETIME_NO_CACHE", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .with("DONT_FAKE_MONOTONIC", "1");
    let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let to = server.address();
    let send = |key: &str, body: &[u8]| sender.send(to, &[("Idempotency-Key", key)], body).unwrap();
    assert_eq!(send("one", &batch(1, 10)).accepted(), 10);
    assert_eq!(send("now", &calls_of_now(5)).accepted(), 5);

    set_clock(&offset, "-1d");
    // What was counted is recognised, though it was counted tomorrow.
    let again = send("one", &batch(1, 10));
    assert_eq!((again.accepted(), &again.json()["duplicate"]), (10, &serde_json::Value::Bool(true)));
    // Calls of now lie in the future by this clock, and that is told.
    let ahead = send("ahead", &calls_of_now(4));
    assert_eq!((ahead.accepted(), &ahead.json()["rejected"]), (0, &serde_json::json!(4)), "{}", ahead.text());
    assert!(ahead.text().contains("time_in_future"), "{}", ahead.text());
    // Older ones count as ever.
    for duplicate in [false, true] {
        let answer = send("two", &older(10));
        assert_eq!((answer.accepted(), &answer.json()["duplicate"]), (10, &serde_json::Value::Bool(duplicate)));
    }
    assert_eq!(server.get("/healthz").status, 200);

    set_clock(&offset, "+0d");
    assert_eq!(send("later", &calls_of_now(3)).accepted(), 3);
    let output = server.running().output();
    assert!(!output.contains("panicked"), "{output}");
    drop(server);
    assert_eq!(all_calls(&program), 10 + 5 + 10 + 3);
}

/// Calls that are over whichever clock is right.
fn older(count: usize) -> Vec<u8> {
    crate::cast::Call { days_ago: 5, path: "/older", ..crate::cast::Call::default() }.lines(count).into_bytes()
}

/// All calls of the app, today's included.
fn all_calls(program: &testkit::program::Program) -> u64 {
    let tomorrow = crate::cast::days_ago(-1).to_string();
    let report = program.run(&["report", "acme-erp", "--days", "40", "--as-of", &tomorrow]).succeeded();
    super::fed::sum(&report.stdout())
}
