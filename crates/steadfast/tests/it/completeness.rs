//! A hole in the traffic makes its day incomplete everywhere; the same data without it reads as it always did.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::program::Program;
use testkit::prometheus::Samples;

use crate::cast::{now, program};
use crate::people::{Portal, token};

const APP: &str = "acme-erp";
const HOURS: i64 = 4 * 168;

const DOCUMENT: &str = r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},
    "paths":{"/a":{"get":{"x-company-scoped":false}}}}"#;

/// The hour so many hours before the present one.
fn hour(back: i64) -> Timestamp {
    // One present for the whole test, even where an hour ends meanwhile.
    static NOW: OnceLock<i64> = OnceLock::new();
    let now = *NOW.get_or_init(|| now().as_second());
    Timestamp::from_second(now - now.rem_euclid(3600) - back * 3600).unwrap()
}

/// The first hour of the hole: 09:00 of the day before yesterday.
fn hole() -> i64 {
    let hours_today = hour(0).as_second().rem_euclid(86_400) / 3600;
    hours_today + 24 + 15
}

/// Four weeks of 25 calls an hour, but for three hours of one day if there is to be a hole.
fn log(with_hole: bool) -> String {
    let missing = |back: i64| with_hole && (hole() - 2..=hole()).contains(&back);
    let calls = (1..HOURS).rev().filter(|back| !missing(*back)).flat_map(|back| (0..25).map(move |n| (back, n)));
    calls
        .map(|(back, n)| {
            let at = Timestamp::from_second(hour(back).as_second() + n * 100).unwrap();
            format!("{{\"time\":\"{at}\",\"app\":\"{APP}\",\"method\":\"GET\",\"path\":\"/a\",\"status\":200}}\n")
        })
        .collect()
}

fn fed(with_hole: bool) -> Program {
    let program = program();
    program.write("api.json", DOCUMENT);
    let _ = program.run(&["catalog", "import", "api.json"]).succeeded();
    program.write("calls.ndjson", log(with_hole) + "no call\n");
    let _ = program.run(&["ingest", "calls.ndjson"]).succeeded();
    program
}

fn day_of_hole() -> String {
    hour(hole()).to_string()[..10].to_owned()
}

/// What the commands say, on both of their outputs.
fn said(program: &Program, arguments: &[&str]) -> (String, String) {
    let ran = program.run(arguments).succeeded();
    (ran.stdout(), ran.stderr())
}

#[test]
fn the_command_line_says_which_day_is_incomplete() {
    let (program, day) = (fed(true), day_of_hole());
    for arguments in [
        &["health", APP] as &[&str],
        &["check", APP],
        &["apps"],
        &["report", APP],
        &["health", APP, "--format", "json"],
    ] {
        let (out, err) = said(&program, arguments);
        assert!(
            err.contains(&format!("Incomplete: {day}.")) && err.contains("steadfast sources"),
            "{arguments:?} {err}"
        );
        assert!(!out.contains("● Healthy\n"), "{out}");
    }
    assert!(said(&program, &["health", APP]).0.contains("Healthy, data incomplete"));
    assert!(said(&program, &["apps"]).0.contains("Healthy, data incomplete"));
    assert!(said(&program, &["check", APP]).0.contains(": Healthy, data incomplete as of"));

    let health = program.run(&["health", APP, "--format", "json"]).json();
    assert_eq!(health["incomplete_days"], json!([day]));
    let days = health["observations"][0]["days"].as_array().unwrap();
    let marked: Vec<&Value> = days.iter().filter(|day| day.get("incomplete").is_some()).collect();
    assert_eq!(marked.len(), 1);
    assert_eq!((&marked[0]["date"], &marked[0]["incomplete"]), (&json!(day), &json!(true)));
    assert_eq!(program.run(&["apps", "--format", "json"]).json()["apps"][0]["incomplete_days"], json!([day]));

    let sources = program.run(&["sources", "--format", "json"]).json();
    let [files] = sources["sources"].as_array().unwrap().as_slice() else { panic!("{sources}") };
    assert_eq!(
        (&files["name"], &files["ways"], &files["calls"]),
        (&json!("files"), &json!(["files"]), &json!(25 * (HOURS - 4)))
    );
    let gap =
        json!({"from": hour(hole()).to_string(), "until": hour(hole() - 3).to_string(), "expected": 75, "received": 0});
    assert_eq!(files["gaps"], json!([gap]));
    assert_eq!(files["rejected"], json!([{"reason": "not_json", "lines": 1, "lines_24h": 1}]));
    assert_eq!(files["hours"].as_array().map(Vec::len), Some(48));
    let (table, _) = said(&program, &["sources"]);
    for part in ["files", "gap ", "received 0, expected 75", "rejected 1 line as not_json"] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    // As it was when that day began, nothing was missing.
    let then = program.run(&["sources", "--format", "json", "--as-of", &day]).json();
    assert_eq!(then["sources"][0]["gaps"], json!([]));
    // What came later, and what is known as of now alone, is not told of then.
    let latest = ["last_call_at", "last_received_at", "age_seconds", "lag_seconds"];
    assert!(latest.iter().all(|key| then["sources"][0][key].is_null()), "{then}");
    assert_eq!(then["sources"][0]["rejected"], json!([]));
    let (table, _) = said(&program, &["sources", "--as-of", &day]);
    assert!(table.contains(" later ") && !table.contains("last seen"), "{table}");
}

#[test]
fn a_source_of_which_much_is_rejected_says_so() {
    let program = program();
    let lines = |status: &str, count: usize| {
        let line =
            format!("{{\"time\":\"{}\",\"app\":\"{APP}\",\"method\":\"GET\",\"path\":\"/a\"{status}}}\n", hour(1));
        line.repeat(count)
    };
    let good = lines(",\"status\":200", 150);
    program.write("calls.ndjson", good.clone() + &lines("", 16));
    let _ = program.run(&["ingest", "calls.ndjson"]).succeeded();
    let table = || said(&program, &["sources"]).0;
    assert!(!table().contains("Lines rejected"), "{}", table());
    program.write("calls.ndjson", good + &lines("", 850));
    let _ = program.run(&["ingest", "calls.ndjson"]).succeeded();
    assert!(table().contains("Lines rejected: 850 in the last 24 hours, beside 150 calls"), "{}", table());
    // It is no gap: the day stays as it was.
    assert_eq!(program.run(&["sources", "--format", "json"]).json()["sources"][0]["gaps"], json!([]));
}

#[test]
fn complete_data_reads_as_it_always_did() {
    let program = fed(false);
    for arguments in [
        &["health", APP] as &[&str],
        &["apps"],
        &["report", APP],
        &["check", APP],
        &["health", APP, "--format", "json"],
    ] {
        let (out, err) = said(&program, arguments);
        assert!(!out.to_lowercase().contains("incomplete"), "{out}");
        assert_eq!(err, "", "{arguments:?}");
    }
    let health = program.run(&["health", APP, "--format", "json"]).json();
    let keys: Vec<&String> = health.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 6, "{keys:?}");
    let day = &health["observations"][0]["days"][0];
    assert_eq!(day.as_object().map(serde_json::Map::len), Some(4), "{day}");
    assert_eq!(program.run(&["sources", "--format", "json"]).json()["sources"][0]["gaps"], json!([]));
}

#[test]
fn pages_the_api_and_metrics_tell_it_too() {
    let (program, day) = (fed(true), day_of_hole());
    program.write("steadfast.toml", "");
    let portal = Portal::start_on(program);
    let mut operator = portal.operator();
    for path in ["/platform", &format!("/apps/{APP}"), &format!("/apps/{APP}/health"), &format!("/apps/{APP}/activity")]
    {
        let page = operator.get(path).expect(200).text();
        assert!(page.contains("incomplete.</b>"), "{path}");
        assert!(path.ends_with("activity") || page.contains("Healthy, data incomplete"), "{path}");
        assert!(!page.contains("pill ok"), "{path}");
    }
    let page = operator.get("/platform/sources").expect(200).text();
    assert!(page.contains("id=\"source-files\"") && page.contains("0 received, 75 expected"), "{page}");
    let csv = operator.get(&format!("/api/v1/apps/{APP}/activity.csv")).expect(200);
    assert_eq!(csv.header("steadfast-incomplete-days"), Some(day.as_str()));
    assert!(csv.text().starts_with("Date,Response Code,HTTP Method,Normalized Route,Count"));

    let token = token(&mut operator, &["platform:read", "apps:read"]);
    let mut scraper = portal.server.client().with_token(&token);
    assert_eq!(scraper.get("/api/v1/sources/files").expect(200).json()["gaps"][0]["expected"], 75);
    assert_eq!(
        scraper.get(&format!("/api/v1/apps/{APP}/activity")).expect(200).json()["incomplete_days"],
        json!([day])
    );
    assert_eq!(portal.server.client().get("/metrics").status, 401);
    let metrics = scraper.get("/metrics").expect(200);
    assert!(metrics.header("content-type").is_some_and(|it| it.starts_with("text/plain; version=0.0.4")));
    let Some(samples) = Samples::read(&metrics.text()) else { return };
    for (name, labels, value) in [
        ("steadfast_source_gaps", &[("source", "files")] as &[_], 1.0),
        ("steadfast_source_calls_total", &[("source", "files")], 25.0 * (HOURS - 4) as f64),
        ("steadfast_source_rejected_lines_total", &[("source", "files"), ("reason", "not_json")], 1.0),
        ("steadfast_incomplete_days", &[], 1.0),
        ("steadfast_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0),
    ] {
        assert_eq!(samples.value(name, labels), Some(value), "{name}\n{}", metrics.text());
    }
    for name in ["steadfast_store_bytes", "process_resident_memory_bytes", "steadfast_ingest_room_bytes"] {
        assert!(samples.value(name, &[]).is_some_and(|value| value > 100_000.0), "{name}");
    }
    assert_eq!(samples.kind("steadfast_commit_duration_seconds"), Some("histogram"));
    let age = samples.value("steadfast_source_last_call_age_seconds", &[("source", "files")]);
    assert!(age.is_some_and(|age| (0.0..7200.0 + 120.0).contains(&age)), "{age:?}");
}
