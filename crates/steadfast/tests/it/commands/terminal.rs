//! What reaches a terminal or a pipe: 80 columns, data on stdout alone, and nothing that a terminal obeys.

use std::process::Stdio;

use testkit::program::{Program, Ran};

use crate::cast::{Call, days_ago, program};

/// The columns that a terminal has at least.
const COLUMNS: usize = 80;

/// An installation with long names, large numbers and every kind of trouble.
fn installation() -> Program {
    let program = program();
    let long = "com.example.an-integration-with-a-name-that-goes-on-and-on";
    let path = format!("/{}", "a-long-way/".repeat(12));
    let mut calls = String::new();
    for days_ago in 1..20 {
        let call = Call { app: long, days_ago, path: &path, ..Call::default() };
        for status in [200, 401, 403, 404, 429] {
            calls += &Call { status, ..call.clone() }.lines(60);
        }
        calls += &Call { days_ago, ..Call::default() }.lines(20);
        calls += &Call { app: "-", days_ago, ..Call::default() }.lines(2);
    }
    program.write("calls.ndjson", calls);
    program.write("api.json", r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/things/{id}":{"get":{"deprecated":true}}}}"#);
    let _imported = program.run(&["catalog", "import", "api.json"]).succeeded();
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    program
}

#[test]
fn tables_fit_80_columns_and_are_plain_in_a_pipe() {
    let program = installation();
    let long = "com.example.an-integration-with-a-name-that-goes-on-and-on";
    for arguments in [&["apps"][..], &["health", long], &["health", "acme-erp"], &["health", "unidentified"]] {
        let ran = program.run(arguments).succeeded();
        for line in ran.stdout().lines() {
            assert!(line.chars().count() <= COLUMNS, "{arguments:?}: {} columns: {line}", line.chars().count());
            assert!(!line.ends_with(' '), "{arguments:?}: blanks at the end of {line:?}");
        }
        assert!(!ran.stdout.contains(&0x1b), "{arguments:?}: {}", ran.stdout());
        assert!(ran.stderr.is_empty(), "{arguments:?}: {}", ran.stderr());
    }
}

#[test]
fn data_goes_to_stdout_alone() {
    let program = installation();
    for arguments in
        [&["report", "acme-erp"][..], &["health", "acme-erp", "--format", "json"], &["apps", "--format", "json"]]
    {
        let ran = program.run(arguments).succeeded();
        assert!(ran.stderr.is_empty(), "{arguments:?}: {}", ran.stderr());
        assert!(!ran.stdout.is_empty(), "{arguments:?}");
    }
    assert!(program.run(&["apps", "--format", "json"]).json()["apps"].is_array());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let program = program();
    // A report larger than any pipe holds.
    let calls: String = (0..900)
        .map(|number| Call { path: &format!("/{}/{number}x", "a-long-way/".repeat(20)), ..Call::default() }.line())
        .collect();
    program.write("calls.ndjson", calls);
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    assert!(program.run(&["report", "acme-erp"]).stdout.len() > 1 << 17);
    for arguments in [&["report", "acme-erp"][..], &["health", "acme-erp"], &["apps"], &["--help"]] {
        let mut command = program.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

/// Colour, title and screen commands of terminals, in C0 and C1.
const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\r\u{8}";

/// No control character but line ends (and, in CSV, what ends its lines).
#[track_caller]
fn is_harmless(ran: &Ran, what: &str) {
    for (output, text) in [("stdout", ran.stdout()), ("stderr", ran.stderr())] {
        let text = text.replace("\r\n", "\n");
        let found = text.chars().find(|letter| letter.is_control() && *letter != '\n');
        assert_eq!(found, None, "{what}: {output} obeys what it was fed: {text:?}");
    }
}

#[test]
fn calls_can_not_send_commands_to_a_terminal() {
    let program = program();
    let hostile = format!("/a{ESCAPES}b/c");
    let encoded = "/a%1B%5B2J/%9B31m/%C2%9B31m/%07";
    let app = format!("acme{ESCAPES}");
    let calls = [
        Call { path: &hostile, status: 403, ..Call::default() }.lines(60),
        Call { path: encoded, status: 404, ..Call::default() }.lines(60),
        Call { app: &app, ..Call::default() }.line(),
        Call { method: "G\u{1b}[2JT", ..Call::default() }.line(),
        Call { environment: "\u{1b}[2J", ..Call::default() }.line(),
        "\u{1b}[2J\u{9b}31m\n".to_owned(),
    ];
    let name = "calls\u{1b}[2J\u{9b}31m.ndjson";
    program.write(name, calls.concat());
    is_harmless(&program.run(&["ingest", name]).succeeded(), "ingest");
    is_harmless(&program.run(&["apps"]).succeeded(), "apps");
    is_harmless(&program.run(&["health", "acme-erp"]).succeeded(), "health");
    is_harmless(&program.run(&["check", "acme-erp"]), "check");
    let report = program.run(&["report", "acme-erp"]).succeeded();
    is_harmless(&report, "report");
    assert!(
        report.stdout().contains(&format!("{},403,GET,/a%1B[2J%1B]0;title%07", days_ago(1))),
        "{}",
        report.stdout()
    );
    let rejects = std::fs::read_to_string(program.data().join("rejects.ndjson")).unwrap();
    assert!(!rejects.contains('\u{1b}'), "{rejects:?}");
}

#[test]
fn documents_can_not_send_commands_to_a_terminal() {
    let program = program();
    let path = serde_json::Value::from(format!("/a{ESCAPES}b/{{i{ESCAPES}d}}")).to_string();
    let document = format!(
        r#"{{"openapi":"3.0.0","info":{{"title":"\u001b[2J","version":"1"}},"paths":{{{path}:{{"get":{{}}}}}}}}"#
    );
    program.write("good\u{1b}[2J.json", document);
    program.write("bad\u{1b}[2J.json", r#"{"openapi":"3.0.0","paths":{"\u001b[2J":{"get":{"x-sunset":"\u001b[2J"}}}}"#);
    is_harmless(&program.run(&["catalog", "import", "good\u{1b}[2J.json", "bad\u{1b}[2J.json"]), "catalog import");
    is_harmless(&program.run(&["catalog", "changes"]).succeeded(), "catalog changes");
    program.write("calls.ndjson", Call { path: &format!("/a{ESCAPES}b/1"), status: 403, ..Call::default() }.lines(60));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    is_harmless(&program.run(&["report", "acme-erp"]).succeeded(), "report");
    is_harmless(&program.run(&["health", "acme-erp"]).succeeded(), "health");
}

/// File names and configurations can come from others. (What a person mistypes is shown to that person as it is.)
#[test]
fn messages_can_not_send_commands_to_a_terminal() {
    let program = program();
    let name = "no\u{1b}[2J\u{9b}31m";
    program.write("my.toml", "[platform]\n\"na\\u001b[2Jme\" = 1\n");
    program.write("zone.toml", "[platform]\ntime_zone = \"\\u001b[2J\"\n");
    for arguments in [
        &["ingest", name][..],
        &["catalog", "import", name],
        &["ingest", "--source", name],
        &["apps", "--data", name],
        &["apps", "--config", name],
        &["apps", "--config", "my.toml"],
        &["config", "check", "--config", "zone.toml"],
        &["config", "check", "--config", name],
    ] {
        let ran = program.run(arguments);
        assert_ne!(ran.code, Some(0), "{arguments:?}");
        is_harmless(&ran, &format!("{arguments:?}"));
    }
}
