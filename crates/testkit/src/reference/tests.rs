//! The reference against examples computed by hand.

use jiff::civil::date;
use serde_json::Value;

use super::verdict::{Severity, Status, forecast, judge, roll_up};
use super::*;
use crate::case::{Config, Deprecated, Template};

const NOW: i64 = 1_795_182_312_345; // 2026-11-20T13:45:12.345Z

fn template(path: &str, operations: Vec<Operation>) -> Template {
    Template { path: path.into(), operations }
}

fn case(catalog: Vec<Template>, lines: String) -> Case {
    Case {
        seed: 0,
        documents: Vec::new(),
        catalog,
        config: Config::default(),
        lines: lines.into_bytes(),
        now: NOW,
        as_of: date(2026, 11, 20),
    }
}

/// A call at noon, `age + 1` days before the as-of day.
fn call(age: i64, method: &str, path: &str, status: u16, rest: &str) -> String {
    let time = NOW / 86_400_000 * 86_400_000 + 43_200_000 - (age + 1) * 86_400_000;
    format!(r#"{{"time":{time},"app":"a","method":"{method}","path":"{path}","status":{status}{rest}}}"#) + "\n"
}

fn observation<'a>(expected: &'a Expected, key: &str) -> &'a Value {
    let observations = expected.apps["a"].health["observations"].as_array().unwrap();
    observations.iter().find(|one| one["key"] == key).unwrap()
}

/// Affected and base of yesterday.
fn yesterday(catalog: Vec<Template>, lines: String, key: &str) -> (u64, u64) {
    let expected = read(&case(catalog, lines));
    let day = observation(&expected, key)["days"][13].clone();
    (day["affected"].as_u64().unwrap(), day["base"].as_u64().unwrap())
}

fn fact(status: u16) -> Fact {
    Fact {
        route: "/".into(),
        method: "GET".into(),
        status,
        header: true,
        operation: Some(Operation::plain("GET")),
        company_scoped: true,
    }
}

fn severity(key: &str, status: u16, affected: usize, base: usize) -> Severity {
    let facts: Vec<Fact> = (0..base).map(|at| fact(if at < affected { status } else { 200 })).collect();
    judge(key, date(2026, 11, 19), &facts).severity
}

#[test]
fn severities_of_statuses_at_their_borders() {
    use Severity::{Critical, Healthy, Warning};
    for (key, status, affected, base, expected) in [
        ("forbidden", 403, 9, 9, Healthy),
        ("forbidden", 403, 10, 1_000, Warning),
        ("forbidden", 403, 10, 1_001, Healthy),
        ("forbidden", 403, 49, 49, Warning),
        ("forbidden", 403, 50, 1_000, Critical),
        ("forbidden", 403, 50, 1_001, Warning),
        ("not_found", 404, 10, 500, Warning),
        ("not_found", 404, 10, 501, Healthy),
        ("not_found", 404, 50, 500, Critical),
        ("not_found", 404, 50, 501, Warning),
        ("rate_limited", 429, 4, 4, Healthy),
        ("rate_limited", 429, 5, 1_000, Warning),
        ("rate_limited", 429, 5, 1_001, Healthy),
        ("rate_limited", 429, 50, 1_000, Critical),
        ("rate_limited", 429, 50, 1_001, Warning),
        ("unauthorized", 401, 5, 1_000, Warning),
        ("unauthorized", 401, 24, 24, Warning),
        ("unauthorized", 401, 25, 1_250, Critical),
        ("unauthorized", 401, 25, 1_251, Warning),
        ("unauthorized", 403, 25, 25, Healthy),
        ("forbidden", 403, 0, 0, Healthy),
    ] {
        assert_eq!(severity(key, status, affected, base), expected, "{key} {affected}/{base}");
    }
}

#[test]
fn a_sunset_within_90_days_makes_a_deprecated_operation_critical() {
    let day = date(2026, 11, 19);
    for (deprecated, sunset, expected) in [
        (Deprecated::Always, None, Severity::Warning),
        (Deprecated::Always, Some(date(2027, 2, 17)), Severity::Critical), // 90 days after
        (Deprecated::Always, Some(date(2027, 2, 18)), Severity::Warning),
        (Deprecated::Always, Some(date(2025, 1, 1)), Severity::Critical),
        (Deprecated::From(day), Some(day), Severity::Critical),
        (Deprecated::From(date(2026, 11, 20)), Some(day), Severity::Healthy),
        (Deprecated::No, Some(day), Severity::Healthy),
    ] {
        let operation = Operation { deprecated, sunset, ..Operation::plain("GET") };
        let facts = [Fact { operation: Some(operation), ..fact(500) }];
        assert_eq!(judge("deprecated_endpoint", day, &facts).severity, expected, "{deprecated:?} {sunset:?}");
    }
}

/// Severities from yesterday backwards: `C`, `W`, and anything else for healthy.
fn ages(text: &str) -> [Severity; 14] {
    let mut by_age = [Severity::Healthy; 14];
    for (age, letter) in text.chars().enumerate() {
        by_age[age] = match letter {
            'C' => Severity::Critical,
            'W' => Severity::Warning,
            _ => Severity::Healthy,
        };
    }
    by_age
}

#[test]
fn statuses_roll_up_and_clear() {
    use Status::{Healthy, NeedsAttention, ReviewRecommended};
    for (by_age, status, review, healthy) in [
        ("", Healthy, None, None),
        ("W", Healthy, None, None),
        ("WW", ReviewRecommended, None, Some(7)),
        (".......WW", Healthy, None, None),
        ("......WW", ReviewRecommended, None, Some(1)),
        ("......W......W", ReviewRecommended, None, Some(1)),
        ("C", NeedsAttention, Some(3), Some(14)),
        ("..C", NeedsAttention, Some(1), Some(12)),
        ("...C", ReviewRecommended, None, Some(11)),
        (".............C", ReviewRecommended, None, Some(1)),
        ("....CCC", NeedsAttention, Some(8), Some(10)),
        ("CW", NeedsAttention, Some(3), Some(14)),
        ("CCCCCCCCCCCCCC", NeedsAttention, Some(12), Some(14)),
        ("..W..........C", ReviewRecommended, None, Some(1)),
        ("..WW.........C", ReviewRecommended, None, Some(5)),
    ] {
        let ages = ages(by_age);
        assert_eq!(roll_up(&ages), status, "{by_age}");
        assert_eq!(forecast(&ages, ReviewRecommended), review, "{by_age}");
        assert_eq!(forecast(&ages, Healthy), healthy, "{by_age}");
    }
}

#[test]
fn the_company_header_is_missed_where_the_operation_needs_it() {
    let unscoped = Operation { company_scoped: false, ..Operation::plain("POST") };
    let catalog = || {
        vec![
            template("/rest/v1.0/me", vec![Operation::plain("GET"), Operation::plain("OPTIONS")]),
            template("/x/{id}", vec![Operation::plain("GET"), unscoped.clone()]),
        ]
    };
    let check = |method: &str, path: &str, rest: &str, expected: (u64, u64)| {
        let lines = call(0, method, path, 200, rest);
        assert_eq!(yesterday(catalog(), lines, "missing_company_header"), expected, "{method} {path} {rest}");
    };
    let service = r#","principal":"service""#;
    check("GET", "/x/1", "", (1, 1));
    check("GET", "/x/1", r#","company_header":"9""#, (0, 1));
    check("GET", "/x/1", r#","company_header":"-""#, (1, 1));
    check("HEAD", "/x/1", "", (1, 1));
    check("POST", "/x/1", service, (0, 0));
    check("PUT", "/x/1", "", (0, 0));
    check("GET", "/y", "", (0, 0));
    check("GET", "/rest/v1.0/me", "", (0, 0));
    check("HEAD", "/rest/v1.0/me", "", (0, 0));
    check("GET", "/rest/v1.0/me", service, (1, 1));
    check("OPTIONS", "/rest/v1.0/me", "", (0, 1));
    check("OPTIONS", "/x/1", "", (0, 0));
}

#[test]
fn private_is_what_is_not_documented_or_internal_and_exists() {
    let internal = Operation { internal: true, ..Operation::plain("GET") };
    let catalog = || vec![template("/in", vec![internal.clone()]), template("/out", vec![Operation::plain("POST")])];
    let check = |method: &str, path: &str, status: u16, expected: u64| {
        let lines = call(0, method, path, status, "");
        assert_eq!(yesterday(catalog(), lines, "private_endpoint"), (expected, 1), "{method} {path} {status}");
    };
    check("POST", "/out", 200, 0);
    check("GET", "/out", 200, 1);
    check("HEAD", "/out", 200, 1);
    check("OPTIONS", "/out", 200, 0);
    check("GET", "/in", 500, 1);
    check("HEAD", "/in", 200, 1);
    check("GET", "/in", 404, 0);
    check("GET", "/else", 405, 0);
    check("GET", "/else", 403, 1);
}

#[test]
fn the_report_is_sorted_and_quoted() {
    let lines = [
        call(0, "GET", "/x/1", 200, ""),
        call(0, "get", "/x/2?q", 200, ""),
        call(0, "GET", "/x/1", 404, ""),
        call(0, "DELETE", "/x/1", 404, ""),
        call(0, "GET", "/b,c", 404, ""),
        call(0, "GET", r#"/b\"c"#, 404, ""),
        call(29, "GET", "/x/1", 200, ""),
        call(30, "GET", "/x/1", 200, ""),
        call(-1, "GET", "/x/1", 200, ""),
        call(1, "GET", "/x/1", 200, r#","environment":"sandbox""#),
    ];
    let expected = read(&case(vec![template("/x/{k}", vec![Operation::plain("GET")])], lines.concat()));
    assert_eq!((expected.lines, expected.counted, expected.rejected), (10, 10, 0));
    assert_eq!(
        String::from_utf8(expected.apps["a"].report_csv.clone()).unwrap(),
        "Date,Response Code,HTTP Method,Normalized Route,Count\r\n\
         2026-11-19,200,GET,/x/:k,2\r\n\
         2026-11-19,404,GET,\"/b\"\"c\",1\r\n\
         2026-11-19,404,GET,\"/b,c\",1\r\n\
         2026-11-19,404,DELETE,/x/:k,1\r\n\
         2026-11-19,404,GET,/x/:k,1\r\n\
         2026-10-21,200,GET,/x/:k,1\r\n"
    );
}

#[test]
fn the_health_json_has_the_shape_of_the_interfaces() {
    let lines: String = (0..60).map(|_| call(0, "GET", "/x", 403, r#","company_header":"1""#)).collect();
    let expected = read(&case(vec![template("/x", vec![Operation::plain("GET")])], lines));
    let health = &expected.apps["a"].health;
    assert_eq!(health["status"], "needs_attention");
    assert_eq!(health["summary"].to_string(), r#"{"needs_attention":1,"review_recommended":0,"healthy":6}"#);
    assert_eq!(health["window"].to_string(), r#"{"start":"2026-11-06","end":"2026-11-19"}"#);
    let forbidden = observation(&expected, "forbidden");
    assert_eq!(forbidden["forecast"].to_string(), r#"{"review_recommended":"2026-11-23","healthy":"2026-12-04"}"#);
    assert_eq!(forbidden["days"].as_array().unwrap().len(), 14);
    assert_eq!(forbidden["days"][0]["date"], "2026-11-06");
    assert_eq!(
        forbidden["days"][13].to_string(),
        r#"{"date":"2026-11-19","severity":"critical","affected":60,"base":60}"#
    );
    assert_eq!(observation(&expected, "missing_company_header")["title"], "Missing Procore-Company-Id Header");
}

#[test]
fn without_production_traffic_in_30_days_there_is_no_status() {
    for lines in [
        call(30, "GET", "/x", 403, ""),
        call(-1, "GET", "/x", 403, ""),
        call(0, "GET", "/x", 403, r#","environment":"sandbox""#),
    ] {
        let health = read(&case(Vec::new(), lines)).apps["a"].health.clone();
        assert!(health["status"].is_null());
        assert_eq!(health["observations"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn undocumented_routes_beyond_the_bound_are_counted_together() {
    let lines: String = ["/a", "/b", "/a", "/c", "/b", "/known"].map(|path| call(0, "GET", path, 200, "")).concat();
    let mut case = case(vec![template("/known", vec![Operation::plain("GET")])], lines);
    case.config.undocumented_routes = 2;
    let routes = Ledger::of(&case).routes("a", date(2026, 11, 19));
    assert_eq!(routes.into_iter().collect::<Vec<_>>(), ["/:other", "/a", "/b", "/known"]);
}

#[test]
fn lines_end_with_lf_crlf_or_the_log() {
    assert_eq!(split(b"a\r\nb\n\n\nc"), [&b"a"[..], b"b", b"", b"", b"c"]);
    assert_eq!(split(b"a\n"), [b"a"]);
    assert!(split(b"").is_empty());
}

#[test]
fn templates_that_differ_in_names_alone_are_one_route() {
    let catalog = vec![
        template("/x/{first}", vec![Operation::plain("GET")]),
        template("/x/{second}", vec![Operation::plain("POST")]),
    ];
    let ledger = Ledger::of(&case(catalog.clone(), call(0, "POST", "/x/1", 200, "")));
    assert_eq!(ledger.routes("a", date(2026, 11, 19)).into_iter().collect::<Vec<_>>(), ["/x/:first"]);
    assert_eq!(yesterday(catalog, call(0, "POST", "/x/1", 200, ""), "private_endpoint"), (0, 1));
}
