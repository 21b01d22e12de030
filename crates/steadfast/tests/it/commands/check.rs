//! `check`, for use in CI: its exit code for every status and every `--fail-on`, and the words beside it.

use testkit::program::Program;

use crate::cast::{Call, days_ago, now, program};

/// An app for every status.
fn installation() -> Program {
    let program = program();
    let forbidden = |app, days_ago| Call { app, days_ago, status: 403, ..Call::default() };
    let good = |app| Call { app, ..Call::default() };
    program.write(
        "api.json",
        r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/things/{id}":{"get":{}}}}"#,
    );
    let calls = [
        forbidden("broken", 1).lines(50),
        // Warnings: 20 of 1,020.
        forbidden("flaky", 2).lines(20),
        Call { days_ago: 2, ..good("flaky") }.lines(1_000),
        forbidden("flaky", 9).lines(20),
        Call { days_ago: 9, ..good("flaky") }.lines(1_000),
        good("fine").lines(10),
        Call { environment: "sandbox", ..forbidden("silent", 1) }.lines(100),
    ];
    program.write("calls.ndjson", calls.concat());
    let _imported = program.run(&["catalog", "import", "api.json"]).succeeded();
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    program
}

#[test]
fn check_fails_from_the_status_that_is_named() {
    let program = installation();
    for (app, status, by_default, on_review) in [
        ("broken", "Needs Attention", 1, 1),
        ("flaky", "Review Recommended", 0, 1),
        ("fine", "Healthy", 0, 0),
        ("silent", "No API traffic yet", 0, 0),
    ] {
        for (arguments, code) in [
            (vec!["check", app], by_default),
            (vec!["check", app, "--fail-on", "needs-attention"], by_default),
            (vec!["check", app, "--fail-on", "review-recommended"], on_review),
        ] {
            let ran = program.run(&arguments);
            assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stdout());
            let first = format!("{app}: {status} as of {}\n", days_ago(0));
            assert!(ran.stdout().starts_with(&first), "{arguments:?}: {}", ran.stdout());
        }
    }
}

#[test]
fn check_says_why_and_until_when() {
    let program = installation();
    let broken = program.run(&["check", "broken"]).stdout();
    for words in ["403 Forbidden Responses: Needs Attention.", "Critical on 1 of the last 3 days", "Healthy"] {
        assert!(broken.contains(words), "{words}: {broken}");
    }
    // The only Critical day is no longer active after two more, and leaves the window after thirteen more.
    let forecast = format!("Review Recommended {}, Healthy {}", days_ago(-3), days_ago(-14));
    assert!(broken.contains(&forecast), "{forecast}: {broken}");
    let fine = program.run(&["check", "fine"]).stdout();
    assert_eq!(fine.lines().count(), 1, "{fine}");
    // As of the day itself the bad day has not come yet.
    let before = program.run(&["check", "broken", "--as-of", &days_ago(1).to_string()]);
    let told = before.stdout();
    assert_eq!(before.code, Some(0));
    assert!(told.starts_with(&format!("broken: No API traffic yet as of {}\n", days_ago(1))), "{told}");
    assert!(told.contains(&format!("`--as-of {}` shows them now", days_ago(0))), "{told}");
}

#[test]
fn the_day_in_progress_changes_no_status() {
    let program = installation();
    let line = format!(
        r#"{{"time":{},"app":"fine","method":"GET","path":"/things/1","status":403,"company_header":"1"}}"#,
        now().as_millisecond()
    );
    program.write("today.ndjson", format!("{line}\n").repeat(70));
    let _counted = program.run(&["ingest", "today.ndjson"]).succeeded();
    assert_eq!(program.run(&["check", "fine"]).code, Some(0));
    let table = program.run(&["health", "fine"]).succeeded().stdout();
    assert!(table.contains("so far: 70 calls"), "{table}");
}
