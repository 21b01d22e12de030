//! A data directory in which something is damaged.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::cast::{Call, program};

#[test]
fn a_server_with_damaged_counts_serves_and_says_so() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(30));
    let _ = program.run(&["ingest", "calls.ndjson"]).succeeded();
    const DAMAGE: &str = "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute(\"UPDATE count_page SET body = x'00' WHERE family = 0\")";
    let file = program.data().join("steadfast.db");
    assert!(Command::new("python3").args(["-c", DAMAGE]).arg(&file).status().unwrap().success());
    // What lists all apps says so, and lists them.
    let listed = program.run(&["apps"]).succeeded();
    assert!(listed.stdout().contains("acme-erp"), "{}", listed.stdout());
    let said = listed.stderr();
    assert!(said.contains("can't be judged") && said.contains("Incomplete: "), "{said}");
    let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(server.get("/healthz").status, 200);
    let started = Instant::now();
    while !server.running().output().contains("part of the upkeep failed") {
        assert!(started.elapsed() < Duration::from_secs(60), "{}", server.running().output());
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let output = server.running().output();
    assert!(
        output.contains(&file.display().to_string()) && output.contains("restore the file from a backup"),
        "{output}"
    );
}
