//! `catalog import` and its change log.

use testkit::program::{Program, Ran};

use crate::cast::{Call, days_ago, program};

const GOOD: &str =
    r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/things/{id}":{"get":{},"delete":{}}}}"#;

const WRONG: &str = "openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /people:
    get: {x-sunset: soon}
  places:
    get: {}
";

fn import(program: &Program, files: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["catalog", "import"].into_iter().chain(files.iter().copied()).collect();
    program.run(&arguments)
}

#[test]
fn a_bad_document_is_told_by_file_and_place_and_costs_no_other() {
    let program = program();
    program.write("good.json", GOOD);
    program.write("wrong.yaml", WRONG);
    program.write("cut.json", "{\"openapi\":\"3.0.0\",\n\"paths\":{\n");
    program.write("binary.yaml", b"\x00\xff\xfe\x01PNG");
    program.write("not-api.json", "{\"hello\":\"world\"}");
    let ran = import(&program, &["wrong.yaml", "good.json", "cut.json", "binary.yaml", "not-api.json"]);
    assert_eq!(ran.code, Some(1));
    let said = ran.stderr();
    for words in [
        "`wrong.yaml` at `/paths/~1people/get/x-sunset`",
        "`wrong.yaml` at `/paths/places`: paths must begin with `/`; write `/places`",
        "`cut.json` at line 3",
        "`binary.yaml` at line 1",
        "`not-api.json`",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let told = ran.stdout();
    assert!(told.contains("good.json: 2 operations\n") && told.contains("wrong.yaml: not imported"), "{told}");
    assert!(told.contains("The catalog documents 2 operations on 1 route.\n"), "{told}");
    let changes = program.run(&["catalog", "changes"]).succeeded().stdout();
    assert!(changes.contains("/things/:id") && !changes.contains("/people"), "{changes}");
}

#[test]
fn a_document_that_turned_bad_keeps_its_routes() {
    let program = program();
    program.write("things.json", GOOD);
    let _imported = import(&program, &["things.json"]).succeeded();
    program.write("things.json", "{");
    program.write("more.json", GOOD.replace("things", "more"));
    let ran = import(&program, &["things.json", "more.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout().contains("its routes of the import before stay"), "{}", ran.stdout());
    assert!(ran.stdout().contains("The catalog documents 4 operations on 2 routes."), "{}", ran.stdout());
}

#[test]
fn only_bad_documents_change_nothing() {
    let program = program();
    program.write("things.json", GOOD);
    let _imported = import(&program, &["things.json"]).succeeded();
    program.write("things.json", "{");
    let ran = import(&program, &["things.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout().contains("the catalog is as it was"), "{}", ran.stdout());
    program.write("things.json", GOOD);
    let again = import(&program, &["things.json"]).succeeded().stdout();
    assert!(again.contains("No changes against the import before."), "{again}");
}

#[test]
fn a_file_that_is_not_there_withdraws_nothing() {
    let program = program();
    program.write("things.json", GOOD);
    let _imported = import(&program, &["things.json"]).succeeded();
    program.write("more.json", GOOD.replace("things", "more"));
    let ran = import(&program, &["more.json", "tings.json"]);
    assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()));
    let changes = program.run(&["catalog", "changes"]).succeeded().stdout();
    assert!(!changes.contains("removed") && !changes.contains("/more"), "{changes}");
}

#[test]
fn importing_again_tells_what_is_different() {
    let program = program();
    let document =
        |paths: &str| format!(r#"{{"openapi":"3.0.0","info":{{"title":"T","version":"1"}},"paths":{{{paths}}}}}"#);
    program.write(
        "api.json",
        document(
            r#""/kept":{"get":{}}, "/old":{"get":{}}, "/gone":{"get":{}}, "/back":{"get":{"deprecated":true}},
               "/moved":{"get":{"deprecated":true,"x-sunset":"2030-01-01"}}, "/other":{"get":{}}"#,
        ),
    );
    let first = import(&program, &["api.json"]).succeeded().stdout();
    assert!(first.contains("Added 6 operations"), "{first}");
    assert!(import(&program, &["api.json"]).succeeded().stdout().contains("No changes against the import before."));

    program.write(
        "api.json",
        document(
            r#""/kept":{"get":{}}, "/old":{"get":{"deprecated":true}}, "/new/{id}":{"post":{}}, "/back":{"get":{}},
               "/moved":{"get":{"deprecated":true,"x-sunset":"2031-05-06"}},
               "/other":{"get":{"x-internal":true,"x-company-scoped":false}}"#,
        ),
    );
    let second = import(&program, &["api.json"]).succeeded().stdout();
    let log = program.run(&["catalog", "changes"]).succeeded().stdout();
    for (heading, key, route) in [
        ("Added 1 operation", "added", "POST   /new/:id"),
        ("Changed 1 operation", "changed", "GET    /other"),
        ("Deprecated 1 operation", "deprecated", "GET    /old"),
        ("No longer deprecated: 1 operation", "undeprecated", "GET    /back"),
        ("Sunset moved: 1 operation", "sunset_moved", "GET    /moved"),
        ("Removed 1 operation", "removed", "GET    /gone"),
    ] {
        let told = second.split(heading).nth(1).unwrap_or_else(|| panic!("no {heading:?}: {second}"));
        assert!(told.trim_start_matches('\n').starts_with(&format!("  {route}")), "{heading}: {second}");
        let logged = log.lines().find(|line| line.contains(route)).unwrap_or_else(|| panic!("no {route}: {log}"));
        assert!(logged.trim_start().starts_with(key), "{key}: {logged}");
    }
    assert!(second.contains("2031-05-06"), "{second}");
    assert!(!second.contains("/kept"), "{second}");
    assert_eq!(log.matches("Import ").count(), 2, "imports that change nothing are not logged: {log}");
}

#[test]
fn counts_follow_a_route_that_becomes_documented() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(30));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    assert_eq!(program.run(&["check", "acme-erp"]).code, Some(1), "all of its calls are private");
    program.write("api.json", GOOD.replace("{id}", "{thing_id}"));
    let told = import(&program, &["api.json"]).succeeded().stdout();
    assert!(told.contains("/things/:id → /things/:thing_id"), "{told}");
    assert_eq!(program.run(&["check", "acme-erp"]).code, Some(0));
    let report = program.run(&["report", "acme-erp"]).succeeded().stdout();
    assert!(report.ends_with(&format!("\r\n{},200,GET,/things/:thing_id,30\r\n", days_ago(1))), "{report}");
}

#[test]
fn documents_are_added_to_those_there_are_where_that_is_asked() {
    let program = program();
    program.write("things.json", GOOD);
    program.write("more.json", GOOD.replace("things", "more"));
    let _imported = import(&program, &["things.json"]).succeeded();
    let added = program.run(&["catalog", "import", "--add", "more.json"]).succeeded().stdout();
    assert!(added.contains("The catalog documents 4 operations on 2 routes."), "{added}");
    let replaced = import(&program, &["more.json"]).succeeded().stdout();
    assert!(replaced.contains("Removed 2 operations") && replaced.contains("2 operations on 1 route."), "{replaced}");
}
