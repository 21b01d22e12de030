//! What goes wrong exits 1, what is asked wrongly exits 2; both say on stderr what to do, and stdout stays empty.

use testkit::program::Program;

use crate::cast::{Call, program};

/// An installation with one app.
fn installation() -> Program {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(5));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    program
}

#[track_caller]
fn check(program: &Program, arguments: &[&str], code: i32, says: &[&str]) {
    let ran = program.run(arguments);
    assert_eq!((ran.code, ran.stdout()), (Some(code), String::new()), "{arguments:?}: {}", ran.stderr());
    for words in says {
        assert!(ran.stderr().contains(words), "{arguments:?} does not say {words:?}: {}", ran.stderr());
    }
    assert!(!ran.stderr().contains("panicked"), "{arguments:?}: {}", ran.stderr());
}

#[test]
fn what_is_asked_wrongly_exits_2() {
    let program = installation();
    for arguments in [
        &[][..],
        &["frobnicate"],
        &["apps", "--frobnicate"],
        &["health"],
        &["report"],
        &["check"],
        &["catalog"],
        &["catalog", "import"],
        &["config"],
        &["ingest"],
        &["apps", "more"],
    ] {
        check(&program, arguments, 2, &["Usage: steadfast"]);
    }
    for day in ["yesterday", "2026-02-30", "20.11.2026", "2026-1-1", "", "99999-01-01"] {
        for command in [&["apps"][..], &["health", "acme-erp"], &["report", "acme-erp"], &["check", "acme-erp"]] {
            let arguments: Vec<&str> = command.iter().copied().chain(["--as-of", day]).collect();
            check(&program, &arguments, 2, &["--as-of", "YYYY-MM-DD"]);
        }
    }
    let long = "a".repeat(201);
    check(&program, &["health", ""], 2, &["app's id"]);
    check(&program, &["health", &long], 2, &["200 bytes"]);
    check(&program, &["health", "a\nb"], 2, &["control characters"]);
    check(&program, &["health", "acme-erp", "--format", "xml"], 2, &["table", "json"]);
    check(&program, &["check", "acme-erp", "--fail-on", "healthy"], 2, &["needs-attention", "review-recommended"]);
    check(&program, &["report", "acme-erp", "--days", "0"], 2, &["--days"]);
    check(&program, &["ingest", "calls.ndjson", "--environment", ""], 2, &["--environment"]);
    check(&program, &["report", "acme-erp", "--days", "-1"], 2, &["-1"]);
    check(&program, &["ingest", "--threads", "0", "calls.ndjson"], 2, &["--threads"]);
    check(&program, &["ingest", "--format", "xml", "calls.ndjson"], 2, &["`xml`", "nginx-json", "log_format"]);
    check(&program, &["ingest", "--format", "$status", "calls.ndjson"], 2, &["log format", "$time_iso8601"]);
    check(&program, &["ingest", "--field", "app", "calls.ndjson"], 2, &["FIELD=PATH"]);
    check(&program, &["serve", "--listen", "here"], 2, &["--listen"]);
}

#[test]
fn an_app_that_nobody_knows_exits_1() {
    let program = installation();
    for command in ["health", "report", "check"] {
        check(&program, &[command, "nobody"], 1, &["there is no app `nobody`", "steadfast apps"]);
    }
}

#[test]
fn a_data_directory_that_is_not_there_yet_exits_1_and_is_not_made() {
    let program = program();
    for arguments in [
        &["apps"][..],
        &["health", "acme-erp"],
        &["report", "acme-erp"],
        &["check", "acme-erp"],
        &["catalog", "changes"],
    ] {
        check(&program, arguments, 1, &["there is nothing in", "steadfast ingest", "--data"]);
        assert!(!program.data().exists(), "{arguments:?} made a data directory");
    }
}

#[test]
fn a_data_directory_that_can_not_be_one_exits_1() {
    let program = program();
    program.write("calls.ndjson", Call::default().line());
    program.write("file", "mine");
    check(&program, &["ingest", "calls.ndjson", "--data", "file"], 1, &["`file`"]);
    check(&program, &["apps", "--data", "file"], 1, &["`file`"]);
    assert_eq!(std::fs::read(program.directory().join("file")).unwrap(), b"mine");
}

#[test]
fn a_store_that_is_none_exits_1_and_is_left_as_it_is() {
    let program = program();
    std::fs::create_dir(program.data()).unwrap();
    let database = program.data().join("steadfast.db");
    std::fs::write(&database, "my novel, chapter one. ".repeat(400)).unwrap();
    program.write("calls.ndjson", Call::default().line());
    check(&program, &["apps"], 1, &["steadfast.db"]);
    check(&program, &["ingest", "calls.ndjson"], 1, &["steadfast.db"]);
    assert!(std::fs::read_to_string(&database).unwrap().starts_with("my novel, chapter one. my novel"));
}

#[test]
fn inputs_that_can_not_be_read_exit_1() {
    let program = installation();
    std::fs::create_dir(program.directory().join("folder")).unwrap();
    check(&program, &["ingest", "missing.log"], 1, &["cannot read `missing.log`"]);
    check(&program, &["ingest", "folder"], 1, &["cannot read `folder`", "directory"]);
    check(&program, &["catalog", "import", "missing.json"], 1, &["cannot read `missing.json`", "nothing was imported"]);
    check(&program, &["catalog", "import", "folder"], 1, &["cannot read `folder`", "directory"]);
    check(
        &program,
        &["ingest", "--source", "gateway"],
        1,
        &["no source `gateway`", "`[sources.gateway]`", "`--config`"],
    );
}
