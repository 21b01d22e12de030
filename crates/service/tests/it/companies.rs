//! Calls that show a problem are counted by company too, the first 200 companies of an app and day by name.

use std::collections::{BTreeMap, BTreeSet};

use model::{AppId, Company, Day, DayRange, Environment};

use crate::installation::{Installation, batch};

const CATALOG: &str = r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{
    "/a/{id}":{"get":{},"post":{}},
    "/old":{"get":{"deprecated":true},"put":{"deprecated":true,"x-deprecated-at":"2026-11-20"}},
    "/inner":{"get":{"x-internal":true}}}}"#;

/// A call, as the test makes it up.
struct Made {
    app: &'static str,
    day: &'static str,
    method: &'static str,
    path: &'static str,
    status: u16,
    company: String,
}

impl Made {
    fn line(&self, n: usize) -> String {
        let Self { app, day, method, path, status, company } = self;
        format!(
            "{{\"time\":\"{day}T10:00:00Z\",\"app\":\"{app}\",\"method\":\"{method}\",\"path\":\"{path}\",\"status\":{status},\
             \"company_header\":{company},\"request_id\":\"{n:0400}\"}}\n"
        )
    }

    /// The route, and whether its calls show a problem whatever their status, as the catalog above says.
    fn route(&self) -> (&'static str, bool) {
        match (self.path, self.method) {
            ("/a/1", method) => ("/a/:id", ["PUT", "DELETE"].contains(&method)),
            ("/old", "PUT") => ("/old", self.day >= "2026-11-20"),
            ("/old", method) => ("/old", method != "OPTIONS"),
            ("/inner", method) => ("/inner", method != "OPTIONS"),
            _ => ("/hidden/:id", true),
        }
    }
}

/// Calls that are different for each seed.
fn calls(seed: u64, count: usize) -> Vec<Made> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pick = |count: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % count).unwrap()
    };
    let mut call = || Made {
        app: ["acme", "acme", "acme", "-"][pick(4)],
        day: ["2026-11-18", "2026-11-20"][pick(2)],
        method: ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"][pick(6)],
        path: ["/a/1", "/a/1", "/old", "/inner", "/hidden/7"][pick(5)],
        status: [200, 204, 399, 400, 401, 403, 404, 429, 500][pick(9)],
        company: match pick(12) {
            0 => "null".to_owned(),
            1 => "\"-\"".to_owned(),
            2 => format!("\"{}\"", "9".repeat(201)),
            3 => "\"a\\u0007b\"".to_owned(),
            _ => format!("\"company {}\"", pick(330)),
        },
    };
    (0..count).map(|_| call()).collect()
}

type Key = (String, Day, Company, String, String, u16);

/// What should be counted of these calls, in their order.
fn plainly_counted(calls: &[Made]) -> BTreeMap<Key, u64> {
    let mut kept: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for call in calls {
        let (route, problem) = call.route();
        if call.status < 400 && !problem {
            continue;
        }
        let company = match call.company.trim_matches('"') {
            "null" | "-" => Company::Absent,
            name if name.starts_with("company") => {
                let kept = kept.entry((call.app, call.day)).or_default();
                if kept.len() < 200 {
                    kept.insert(name);
                }
                if kept.contains(name) { Company::Named(name.into()) } else { Company::Others }
            }
            _ => Company::Others,
        };
        let app = if call.app == "-" { "unidentified" } else { call.app };
        let (app, day) = (app.to_owned(), call.day.parse().unwrap());
        *counts.entry((app, day, company, route.to_owned(), call.method.to_owned(), call.status)).or_default() += 1;
    }
    counts
}

fn always() -> DayRange {
    DayRange { start: Day::from_epoch_days(0), end: Day::from_epoch_days(100_000) }
}

async fn stored(installation: &Installation) -> BTreeMap<Key, u64> {
    let mut counts = BTreeMap::new();
    for name in ["acme", "unidentified"] {
        let app: AppId = name.parse().unwrap();
        let tallies =
            installation.steadfast.store.company_tallies(&app, Environment::Production, always()).await.unwrap();
        for it in tallies {
            let key = (name.to_owned(), it.day, it.company, it.route.text.clone(), it.method.to_string(), it.status);
            assert!(counts.insert(key, it.calls).is_none());
        }
    }
    counts
}

async fn check_counts(installation: &Installation, calls: &[Made], what: &str) {
    let (stored, expected) = (stored(installation).await, plainly_counted(calls));
    let difference = stored.iter().find(|(key, count)| expected.get(*key) != Some(count));
    assert_eq!(difference, None, "{what}: stored but not counted");
    let difference = expected.iter().find(|(key, count)| stored.get(*key) != Some(count));
    assert_eq!(difference, None, "{what}: counted but not stored");
    assert!(expected.keys().any(|key| matches!(key.2, Company::Named(_))) && expected.len() > 500);
}

/// For a status of 400 and above, companies together have all calls that there are.
async fn check_sums(installation: &Installation) {
    for name in ["acme", "unidentified"] {
        let app: AppId = name.parse().unwrap();
        let store = &installation.steadfast.store;
        let mut sums: BTreeMap<_, u64> = BTreeMap::new();
        for it in store.company_tallies(&app, Environment::Production, always()).await.unwrap() {
            *sums.entry((it.day, it.route, it.method, it.status)).or_default() += it.calls;
        }
        let mut checked = 0;
        for it in store.tallies(&app, Environment::Production, always()).await.unwrap() {
            let sum = sums.get(&(it.day, it.route, it.method, it.status)).copied().unwrap_or_default();
            assert!(sum == it.counts.calls || (it.status < 400 && sum == 0), "{it:?}", it = (it.day, it.status, sum));
            checked += usize::from(it.status >= 400);
        }
        assert!(checked > 10);
    }
}

#[tokio::test]
async fn companies_are_counted_as_a_plain_count_does_whatever_threads_blocks_and_runs() {
    for (seed, threads, runs) in [(1, 1, 1), (2, 4, 1), (3, 2, 3), (4, 3, 7)] {
        let calls = calls(seed, 3000);
        let lines: Vec<String> = calls.iter().enumerate().map(|(n, call)| call.line(n)).collect();
        let installation = Installation::new();
        installation.import(&[("api.json", CATALOG)]).await;
        for (run, lines) in lines.chunks(lines.len().div_ceil(runs)).enumerate() {
            let log = installation.write(&format!("{run}.log"), lines.concat());
            installation.ingest_with(&log, threads).await;
        }
        check_counts(&installation, &calls, &format!("seed {seed}")).await;
        check_sums(&installation).await;
    }
}

#[tokio::test]
async fn batches_and_files_share_the_bound_on_companies() {
    let calls = calls(5, 2000);
    let lines: Vec<String> = calls.iter().enumerate().map(|(n, call)| call.line(n)).collect();
    let installation = Installation::new();
    installation.import(&[("api.json", CATALOG)]).await;
    // Alternately, so that each has to see what the other added.
    for (turn, lines) in lines.chunks(200).enumerate() {
        if turn % 2 == 0 {
            installation.steadfast.ingest_batch(batch(lines.concat(), None)).await.unwrap();
        } else {
            let log = installation.write(&format!("{turn}.log"), lines.concat());
            installation.ingest(&log).await;
        }
    }
    check_counts(&installation, &calls, "batches and files").await;
    check_sums(&installation).await;
}

#[tokio::test]
async fn companies_move_with_routes_that_are_documented_now() {
    let installation = Installation::new();
    let call = |n: usize| Made {
        app: "acme",
        day: "2026-11-18",
        method: "GET",
        path: "/a/1",
        status: 403,
        company: format!("\"company {}\"", n % 2),
    };
    let lines: Vec<String> = (0..10).map(|n| call(n).line(n)).collect();
    let log = installation.write("access.log", lines.concat());
    installation.ingest(&log).await;
    installation.import(&[("api.json", CATALOG)]).await;
    let acme = "acme".parse().unwrap();
    let tallies = installation.steadfast.store.company_tallies(&acme, Environment::Production, always()).await.unwrap();
    let counts: Vec<_> = tallies.iter().map(|it| (it.route.documented, it.route.text.as_str(), it.calls)).collect();
    assert_eq!(counts, [(true, "/a/:id", 5), (true, "/a/:id", 5)]);
}
