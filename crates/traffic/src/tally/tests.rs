use std::collections::BTreeMap;

use model::{AppId, Company, Counts, Day, Environment, PlatformZone, Segments, UnixMillis};
use proptest::prelude::*;

use super::*;
use crate::{Decoder, RejectReason, TimeBounds};

/// Documented are `/a/…` as route 0, `/b` as route 7, and `/old` as route 9 until 2026-11-20. `PUT` is documented on none.
struct Routes;

impl MatchRoute for Routes {
    fn match_route(&self, segments: &Segments<'_>, day: Day) -> Option<u32> {
        match segments.first()?.raw {
            "a" => Some(0),
            "b" => Some(7),
            "old" => (day < "2026-11-20".parse().ok()?).then_some(9),
            _ => None,
        }
    }

    fn shows_problem(&self, _route: u32, method: &str, _day: Day) -> bool {
        method == "PUT"
    }
}

const NOON: i64 = 1_795_132_800 + 43_200;

fn context(decoder: &Decoder) -> BlockContext<'_, Routes> {
    BlockContext {
        allowed: None,
        decoder,
        matcher: &Routes,
        bounds: TimeBounds { now: UnixMillis((NOON + 86_400) * 1000), oldest: UnixMillis(0) },
        default_environment: Environment::Production,
        kept_rejects: 2,
    }
}

fn line(app: &str, method: &str, path: &str, status: u16, more: &str) -> String {
    format!(
        "{{\"time\":{NOON},\"app\":\"{app}\",\"method\":\"{method}\",\"path\":\"{path}\",\"status\":{status}{more}}}"
    )
}

fn documented(worker: &mut WorkerTally) -> Vec<String> {
    let tallied = worker.drain();
    let mut all: Vec<String> = tallied
        .iter()
        .map(|calls| {
            let c = calls.counts;
            format!(
                "{} {:?} {} {} {} {}: {} {} {} {}",
                calls.app_id,
                calls.environment,
                calls.day,
                calls.route,
                calls.method,
                calls.status,
                c.calls,
                c.header_absent,
                c.service_calls,
                c.service_header_absent
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn calls_of_documented_routes_are_added_up_over_blocks() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), 1);
    let blocks = [
        [
            line("x", "GET", "/a/1", 200, ",\"company_header\":5"),
            line("x", "GET", "/a/2", 200, ""),
            line("-", "GET", "/a/2", 200, ",\"principal\":\"service\""),
        ]
        .join("\n"),
        [
            line("x", "GET", "/a", 200, ",\"principal\":\"service\",\"company_header\":5"),
            line("x", "GET", "/b", 200, ",\"environment\":\"test\""),
            line("x", "HEAD", "/b", 399, ""),
        ]
        .join("\r\n")
            + "\n",
    ];
    for (seq, block) in (0..).zip(&blocks) {
        let outcome = worker.tally_block(block.as_bytes(), seq, &context(&decoder));
        assert_eq!((outcome.seq, outcome.lines, outcome.counted), (seq, 3, 3));
        assert!(outcome.problems.is_empty() && outcome.rejects.is_empty());
    }
    assert!(!worker.is_empty());
    assert_eq!(
        documented(&mut worker),
        [
            "unidentified Production 2026-11-20 0 GET 200: 1 1 1 1",
            "x Production 2026-11-20 0 GET 200: 3 1 1 0",
            "x Production 2026-11-20 7 HEAD 399: 1 1 0 0",
            "x Sandbox 2026-11-20 7 GET 200: 1 1 0 0",
        ]
    );
    assert!(worker.is_empty());
    assert_eq!(documented(&mut worker), [""; 0]);
}

#[test]
fn calls_that_show_a_problem_come_in_the_order_of_the_lines() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), 1);
    let long = format!(",\"company_header\":\"{}\"", "7".repeat(201));
    let block = [
        line("x", "GET", "/z/1", 200, ""),
        line("y", "GET", "/c/", 200, ""),
        line("x", "GET", "/z/2?q", 200, ",\"company_header\":5"),
        line("x", "GET", "/z/3?q", 200, ",\"company_header\":\"5\",\"principal\":\"service\""),
        line("x", "GET", "/z/4", 200, ""),
        line("x", "GET", "/z/3", 404, ""),
        line("x", "GET", "/", 200, &long),
        line("x", "GET", "/", 200, ",\"company_header\":\"a\\u0000\""),
        line("x", "GET", "/z/4", 200, ",\"environment\":\"test\""),
        line("x", "GET", "/a", 400, ",\"company_header\":6"),
        line("x", "PUT", "/a", 200, ",\"company_header\":6"),
        line("x", "GET", "/a", 399, ",\"company_header\":6"),
    ]
    .join("\n");
    let outcome = worker.tally_block(block.as_bytes(), 0, &context(&decoder));
    let found: Vec<String> = outcome
        .problems
        .iter()
        .map(|calls| {
            let route = match &calls.route {
                CalledRoute::Documented(index) => index.to_string(),
                CalledRoute::Undocumented(text) => text.clone(),
            };
            let counts = calls.counts;
            format!(
                "{} {:?} {route} {} {} {:?} {} {} {}",
                calls.app,
                calls.environment,
                calls.method,
                calls.status,
                calls.company,
                counts.calls,
                counts.header_absent,
                counts.service_calls
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "x Production /z/:id GET 200 Absent 2 2 0",
            "y Production /c GET 200 Absent 1 1 0",
            "x Production /z/:id GET 200 Named(\"5\") 2 0 1",
            "x Production /z/:id GET 404 Absent 1 1 0",
            "x Production / GET 200 Others 2 0 0",
            "x Sandbox /z/:id GET 200 Absent 1 1 0",
            "x Production 0 GET 400 Named(\"6\") 1 0 0",
            "x Production 0 PUT 200 Named(\"6\") 1 0 0",
        ]
    );
    assert_eq!(documented(&mut worker), ["x Production 2026-11-20 0 GET 399: 1 0 0 0"]);
}

#[test]
fn rejected_lines_are_all_counted_and_the_first_kept() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), 1);
    let long = format!("{{\"time\":\"{}\"}}", "x".repeat(3000));
    let block = ["", &line("x", "GET", "/a", 200, ""), &long, "nonsense", "{}"].join("\n");
    let outcome = worker.tally_block(block.as_bytes(), 5, &context(&decoder));
    assert_eq!((outcome.lines, outcome.counted, outcome.reject_counts.total()), (5, 1, 4));
    for reason in [RejectReason::EmptyLine, RejectReason::BadTime, RejectReason::NotJson, RejectReason::MissingTime] {
        assert_eq!(outcome.reject_counts.get(reason), 1, "{reason:?}");
    }
    let kept: Vec<(u64, RejectReason, usize)> =
        outcome.rejects.iter().map(|reject| (reject.line_in_block, reject.reason, reject.text.len())).collect();
    assert_eq!(kept, [(0, RejectReason::EmptyLine, 0), (2, RejectReason::BadTime, 1024)]);
}

#[test]
fn days_are_those_of_the_platforms_zone() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::named("Pacific/Auckland").unwrap(), 1);
    worker.tally_block(line("x", "GET", "/a", 200, "").as_bytes(), 0, &context(&decoder));
    assert_eq!(documented(&mut worker), ["x Production 2026-11-21 0 GET 200: 1 1 0 0"]);
}

#[test]
fn a_route_may_be_documented_until_a_day() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), 1);
    let after = line("x", "GET", "/old", 200, "");
    let before = after.replace(&NOON.to_string(), &(NOON - 86_400).to_string());
    let outcome = worker.tally_block(format!("{after}\n{before}\n").as_bytes(), 0, &context(&decoder));
    assert_eq!(documented(&mut worker), ["x Production 2026-11-19 9 GET 200: 1 1 0 0"]);
    let undocumented: Vec<(CalledRoute, String)> =
        outcome.problems.into_iter().map(|calls| (calls.route, calls.day.to_string())).collect();
    assert_eq!(undocumented, [(CalledRoute::Undocumented("/old".to_owned()), "2026-11-20".to_owned())]);
}

type Totals = BTreeMap<(AppId, Day, CalledRoute, String, u16, Option<Company<String>>), Counts>;

fn totals(blocks: &[&[u8]], workers: usize) -> (Totals, u64, u64) {
    let decoder = Decoder::steadfast();
    let mut all: Vec<WorkerTally> =
        (0..workers).map(|seed| WorkerTally::new(PlatformZone::utc(), seed as u64)).collect();
    let (mut totals, mut lines, mut rejected) = (Totals::new(), 0, 0);
    let mut add = |key, counts| *totals.entry(key).or_default() += counts;
    for (seq, block) in blocks.iter().enumerate() {
        let outcome = all[seq % workers].tally_block(block, seq as u64, &context(&decoder));
        assert_eq!(outcome.lines, outcome.counted + outcome.reject_counts.total());
        lines += outcome.lines;
        rejected += outcome.reject_counts.total();
        for calls in outcome.problems {
            let company = Some(calls.company);
            add((calls.app, calls.day, calls.route, calls.method, calls.status, company), calls.counts);
        }
    }
    for worker in &mut all {
        for calls in worker.drain().iter() {
            let app = calls.app_id.parse().unwrap();
            let route = CalledRoute::Documented(calls.route);
            add((app, calls.day, route, calls.method.to_owned(), calls.status, None), calls.counts);
        }
    }
    (totals, lines, rejected)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counts_do_not_depend_on_blocks_and_workers(
        calls in prop::collection::vec((0u8..5, 0u8..6, 0u16..4, 0i64..200_000, 0u8..3), 0..300), cut in 1usize..40, workers in 1usize..4,
    ) {
        let paths = ["/a/1", "/b", "/c", "/c/17", "/", "no path"];
        let lines: Vec<String> = calls
            .iter()
            .map(|(app, path, status, later, company)| {
                let company = if *company == 0 { String::new() } else { format!(",\"company_header\":{company}") };
                line(&format!("app{app}"), "GET", paths[usize::from(*path)], 200 + status * 100, &company).replace(&NOON.to_string(), &(NOON - 100_000 + later).to_string()) + "\n"
            })
            .collect();
        let whole = lines.concat();
        let parts: Vec<String> = lines.chunks(cut).map(<[String]>::concat).collect();
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        let (expected, count, rejected) = totals(&[whole.as_bytes()], 1);
        prop_assert_eq!(count, lines.len() as u64);
        prop_assert_eq!(rejected + expected.values().map(|counts| counts.calls).sum::<u64>(), count);
        prop_assert_eq!(totals(&parts, workers), (expected, count, rejected));
    }
}
