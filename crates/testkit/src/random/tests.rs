//! What random cases have to contain for a comparison to mean something.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::case::Deprecated;
use crate::reference::{Ledger, read};

const NOW: i64 = 1_795_182_312_345; // 2026-11-20T13:45:12.345Z

#[test]
fn a_case_follows_from_its_seed() {
    let (one, other) = (case(7, NOW), case(7, NOW));
    assert_eq!((one.lines, one.documents, one.catalog), (other.lines, other.documents, other.catalog));
    assert_ne!(case(8, NOW).lines, case(7, NOW).lines);
}

#[test]
fn no_operation_is_documented_twice() {
    for seed in 0..200 {
        let dice = &mut Dice::new(seed);
        let surfaces = documents::surfaces(dice, plus(day_of(NOW, &TimeZone::UTC), 0));
        let mut seen = BTreeSet::new();
        for template in documents::templates(&surfaces) {
            for operation in &template.operations {
                let shape = crate::reference::shape_of(&template.path);
                assert!(seen.insert((shape, operation.method.clone())), "seed {seed}: {}", template.path);
            }
        }
    }
}

#[test]
fn cases_cover_every_kind() {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let mut severities: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut statuses: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut apps = BTreeMap::new();
    let mut text = String::new();
    let mut names = BTreeSet::new();
    for seed in 0..60 {
        let case = case(seed, NOW);
        names.extend(case.documents.iter().map(|(name, _)| name.clone()));
        let expected = read(&case);
        assert_eq!(expected.lines, expected.counted + expected.rejected);
        assert!(expected.lines < 9_000 && expected.counted > 0, "seed {seed}: {}", expected.lines);
        for (reason, count) in &expected.reasons {
            *reasons.entry(reason).or_default() += count;
        }
        for (app, shown) in &expected.apps {
            *apps.entry(app.clone()).or_insert(0) += 1;
            text.push_str(&String::from_utf8_lossy(&shown.report_csv));
            let overall = shown.health["status"].as_str().unwrap_or("none").to_owned();
            *statuses.entry(("overall".into(), overall)).or_default() += 1;
            for observation in shown.health["observations"].as_array().unwrap() {
                let key = observation["key"].as_str().unwrap().to_owned();
                let status = observation["status"].as_str().unwrap().to_owned();
                *statuses.entry((key.clone(), status)).or_default() += 1;
                for day in observation["days"].as_array().unwrap() {
                    let severity = day["severity"].as_str().unwrap().to_owned();
                    *severities.entry((key.clone(), severity)).or_default() += 1;
                }
            }
        }
    }
    println!("{reasons:#?}\n{severities:#?}\n{statuses:#?}\n{apps:#?}\n{names:?}");
    for reason in [
        "blank",
        "not JSON",
        "not UTF-8",
        "too long",
        "future",
        "too old",
        "no time",
        "time",
        "no method",
        "method",
        "no path",
        "path",
        "no status",
        "status",
        "app",
        "wrong type",
    ] {
        assert!(reasons.contains_key(reason), "no line was rejected as `{reason}`");
    }
    assert_eq!(severities.len(), 7 * 3);
    assert_eq!(statuses.len(), 7 * 3 + 4);
    assert!(severities.values().chain(statuses.values()).all(|count| *count >= 3));
    for app in ["unidentified", "sandboxed", "日本", "x\"y\\z"] {
        assert!(apps.contains_key(app), "{app}");
    }
    for part in [
        ",HEAD,",
        ",OPTIONS,",
        ",X,",
        ",PROPFIND,",
        "/:other,",
        "/:id",
        "%2F",
        "%ff",
        "%zz",
        "\"\"hi",
        "a,b",
        "%09",
        "%7F",
        "%01",
        "é",
        "@me",
        ":run",
        "/:project_id",
        "/long",
        ",/,",
        "caf%C3%A9",
        "report-:",
    ] {
        assert!(text.contains(part), "no route has `{part}`");
    }
    for end in [".json", ".yml", ".yaml"] {
        assert!(names.iter().any(|name| name.ends_with(end)), "{end}");
    }
}

#[test]
fn borders_are_hit_exactly() {
    let mut hits: BTreeMap<(String, u64, u64), u64> = BTreeMap::new();
    for seed in 0..60 {
        for shown in read(&case(seed, NOW)).apps.values() {
            for observation in shown.health["observations"].as_array().unwrap() {
                for day in observation["days"].as_array().unwrap() {
                    let (affected, base) = (day["affected"].as_u64().unwrap(), day["base"].as_u64().unwrap());
                    *hits.entry((observation["key"].as_str().unwrap().into(), affected, base)).or_default() += 1;
                }
            }
        }
    }
    let hit = |key: &str, affected, base| hits.contains_key(&(key.to_owned(), affected, base));
    let mut exact = 0;
    for (key, affected, base) in [
        ("forbidden", 10, 1_000),
        ("forbidden", 50, 1_000),
        ("not_found", 10, 500),
        ("not_found", 50, 500),
        ("rate_limited", 5, 1_000),
        ("rate_limited", 50, 1_000),
        ("unauthorized", 5, 1_000),
        ("unauthorized", 25, 1_250),
        ("missing_company_header", 10, 1_000),
        ("private_endpoint", 10, 1_000),
    ] {
        exact += usize::from(hit(key, affected, base)) + usize::from(hit(key, affected, base + 1));
    }
    assert!(exact >= 14, "only {exact} of 20 borders were hit exactly");
}

#[test]
fn late_calls_are_counted_on_their_days() {
    let case = case(3, NOW);
    let ledger = Ledger::of(&case);
    let all: Vec<_> = read(&case).apps.keys().flat_map(|app| ledger.days(app)).collect();
    assert!(all.iter().any(|day| *day < plus(case.as_of, -390)));
}

/// What a document says, read back from its text as far as these documents go.
fn described(document: &Value) -> Vec<Template> {
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let after_host = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let base = document["basePath"].as_str().unwrap_or(after_host).trim_end_matches('/');
    let day = |value: &Value| value.as_str().map(|text| text[..10].parse().unwrap());
    let template = |(path, item): (&String, &Value)| {
        let pointer = item["$ref"].as_str().map(|pointer| pointer.trim_start_matches('#'));
        let item = pointer.map_or(item, |pointer| document.pointer(pointer).unwrap());
        let methods =
            item.as_object().unwrap().iter().filter(|(key, _)| !["x-team", "parameters"].contains(&key.as_str()));
        let operations = methods.map(|(method, item)| Operation {
            method: method.to_uppercase(),
            deprecated: match (day(&item["x-deprecated-at"]), item["deprecated"] == true) {
                (Some(day), _) => Deprecated::From(day),
                (None, true) => Deprecated::Always,
                (None, false) => Deprecated::No,
            },
            sunset: day(&item["x-sunset"]),
            internal: item["x-internal"] == true,
            company_scoped: item["x-company-scoped"] != false,
        });
        Template { path: format!("{base}{path}"), operations: operations.collect() }
    };
    document["paths"].as_object().unwrap().iter().map(template).collect()
}

#[test]
fn documents_say_what_the_reference_is_told() {
    let mut compared = 0;
    for seed in 0..100 {
        let case = case(seed, NOW);
        let parsed: Option<Vec<Value>> =
            case.documents.iter().map(|(_, text)| serde_json::from_str(text).ok()).collect();
        if let Some(documents) = parsed {
            assert_eq!(documents.iter().flat_map(described).collect::<Vec<_>>(), case.catalog, "seed {seed}");
            compared += 1;
        }
    }
    assert!(compared > 20);
}
