use std::collections::BTreeMap;

use model::{Company, Counts, Day, Environment, PlatformZone, UnixMillis};
use proptest::prelude::*;

use super::*;
use crate::{Decoder, RejectReason, TimeBounds};

/// Documented are `/a/…` as route 0, `/b` as route 7, and `/old` as route 9 until 2026-11-20. `PUT` is documented on none.
struct Routes;

impl MatchRoute for Routes {
    fn match_paths(&self, calls: &[(&str, Day)], routes: &mut Vec<Option<u32>>) {
        let route = |(path, day): &(&str, Day)| match model::cut_path(path).first()?.raw {
            "a" => Some(0),
            "b" => Some(7),
            "old" => (*day < "2026-11-20".parse().ok()?).then_some(9),
            _ => None,
        };
        routes.extend(calls.iter().map(route));
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

fn show(tallied: &Tallied, calls: &Calls) -> String {
    let c = calls.counts;
    let route = match calls.route {
        CalledRoute::Documented(index) => index.to_string(),
        CalledRoute::Undocumented(number) => tallied.routes()[number as usize].to_string(),
    };
    format!(
        "{} {:?} {} {route} {} {}: {} {} {} {}",
        tallied.apps()[calls.app as usize],
        calls.environment,
        calls.day,
        tallied.methods()[calls.method as usize],
        calls.status,
        c.calls,
        c.header_absent,
        c.service_calls,
        c.service_header_absent
    )
}

fn plain(tallied: &Tallied) -> Vec<String> {
    let mut all: Vec<String> = tallied.plain().map(|calls| show(tallied, &calls)).collect();
    all.sort();
    all
}

fn problems(tallied: &Tallied) -> Vec<String> {
    let company = |company: Company<u32>| match company {
        Company::Absent => "none".to_owned(),
        Company::Others => "others".to_owned(),
        Company::Named(number) => format!("{:?}", tallied.companies()[number as usize]),
    };
    let shown = tallied.problems().map(|(calls, of)| format!("{} of {}", show(tallied, &calls), company(of)));
    let mut all: Vec<String> = shown.collect();
    all.sort();
    all
}

/// What was new in a block, in words of what its worker gave later.
fn told(firsts: &Firsts, tallied: &Tallied) -> Vec<String> {
    let of =
        |texts: &[Box<str>], hash| texts.iter().find(|text| TextHasher::new(1).hash(text) == hash).unwrap().clone();
    let shown = |first: &First| {
        let name = match first.name {
            Named::Route(route) => format!("route {}", of(tallied.routes(), route)),
            Named::Company(company) => format!("company {}", of(tallied.companies(), company)),
        };
        format!("{} {:?} {} {name}", firsts.app_id(first.app).as_str(), first.environment, first.day)
    };
    firsts.list().iter().map(shown).collect()
}

#[test]
fn calls_of_documented_routes_are_added_up_over_blocks() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), &TextHasher::new(1));
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
        assert!(outcome.firsts.list().is_empty() && outcome.rejects.is_empty());
        assert_eq!(outcome.hours, [(NOON / 3600, 3)]);
    }
    assert!(!worker.is_empty());
    let tallied = worker.drain();
    assert_eq!(problems(&tallied), [""; 0]);
    assert_eq!(
        plain(&tallied),
        [
            "unidentified Production 2026-11-20 0 GET 200: 1 1 1 1",
            "x Production 2026-11-20 0 GET 200: 3 1 1 0",
            "x Production 2026-11-20 7 HEAD 399: 1 1 0 0",
            "x Sandbox 2026-11-20 7 GET 200: 1 1 0 0",
        ]
    );
    assert!(worker.is_empty());
    assert!(worker.drain().is_empty());
}

#[test]
fn calls_that_show_a_problem_are_counted_by_company_and_firsts_told_in_the_order_of_the_lines() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), &TextHasher::new(1));
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
    assert_eq!(worker.tally_block(block.as_bytes(), 1, &context(&decoder)).firsts.list(), []);
    assert_eq!(worker.text_bytes(), 11);
    let later = worker.tally_block(line("z", "GET", "/c", 200, "").as_bytes(), 2, &context(&decoder));
    let tallied = worker.drain();
    assert_eq!(tallied.len(), 19);
    // What it is of, can be told after that too.
    assert_eq!(
        told(&outcome.firsts, &tallied),
        [
            "x Production 2026-11-20 route /z/:id",
            "y Production 2026-11-20 route /c",
            "x Production 2026-11-20 company 5",
            "x Production 2026-11-20 route /",
            "x Sandbox 2026-11-20 route /z/:id",
            "x Production 2026-11-20 company 6",
        ]
    );
    assert_eq!(told(&later.firsts, &tallied), ["z Production 2026-11-20 route /c"]);
    assert_eq!(
        problems(&tallied),
        [
            "x Production 2026-11-20 / GET 200: 4 0 0 0 of others",
            "x Production 2026-11-20 /z/:id GET 200: 4 0 2 0 of \"5\"",
            "x Production 2026-11-20 /z/:id GET 200: 4 4 0 0 of none",
            "x Production 2026-11-20 /z/:id GET 404: 2 2 0 0 of none",
            "x Production 2026-11-20 0 GET 400: 2 0 0 0 of \"6\"",
            "x Production 2026-11-20 0 PUT 200: 2 0 0 0 of \"6\"",
            "x Sandbox 2026-11-20 /z/:id GET 200: 2 2 0 0 of none",
            "y Production 2026-11-20 /c GET 200: 2 2 0 0 of none",
            "z Production 2026-11-20 /c GET 200: 1 1 0 0 of none",
        ]
    );
    assert_eq!(plain(&tallied), ["x Production 2026-11-20 0 GET 399: 2 0 0 0"]);
    // What was told is told again once it is drained.
    let again = worker.tally_block(block.as_bytes(), 3, &context(&decoder));
    assert_eq!(again.firsts.list(), outcome.firsts.list());
    assert_eq!(told(&again.firsts, &tallied), told(&outcome.firsts, &tallied));
}

#[test]
fn rejected_lines_are_all_counted_and_the_first_kept() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), &TextHasher::new(1));
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
    let mut worker = WorkerTally::new(PlatformZone::named("Pacific/Auckland").unwrap(), &TextHasher::new(1));
    worker.tally_block(line("x", "GET", "/a", 200, "").as_bytes(), 0, &context(&decoder));
    assert_eq!(plain(&worker.drain()), ["x Production 2026-11-21 0 GET 200: 1 1 0 0"]);
}

#[test]
fn a_route_may_be_documented_until_a_day() {
    let decoder = Decoder::steadfast();
    let mut worker = WorkerTally::new(PlatformZone::utc(), &TextHasher::new(1));
    let after = line("x", "GET", "/old", 200, "");
    let before = after.replace(&NOON.to_string(), &(NOON - 86_400).to_string());
    worker.tally_block(format!("{after}\n{before}\n").as_bytes(), 0, &context(&decoder));
    let tallied = worker.drain();
    assert_eq!(plain(&tallied), ["x Production 2026-11-19 9 GET 200: 1 1 0 0"]);
    assert_eq!(problems(&tallied), ["x Production 2026-11-20 /old GET 200: 1 1 0 0 of none"]);
}

/// Sums by what is shown of calls, the lines, the rejected ones, and the distinct firsts in order.
type Totals = (BTreeMap<String, Counts>, u64, u64, Vec<String>);

fn totals(blocks: &[&[u8]], workers: usize) -> Totals {
    let decoder = Decoder::steadfast();
    let hashes = TextHasher::new(1);
    let mut all: Vec<WorkerTally> = (0..workers).map(|_| WorkerTally::new(PlatformZone::utc(), &hashes)).collect();
    let (mut totals, mut lines, mut rejected, mut firsts) = (BTreeMap::new(), 0, 0, Vec::new());
    let mut of_workers = vec![Vec::new(); workers];
    for (seq, block) in blocks.iter().enumerate() {
        let outcome = all[seq % workers].tally_block(block, seq as u64, &context(&decoder));
        assert_eq!(outcome.lines, outcome.counted + outcome.reject_counts.total());
        assert_eq!(outcome.counted, outcome.hours.iter().map(|(_, calls)| calls).sum::<u64>());
        lines += outcome.lines;
        rejected += outcome.reject_counts.total();
        let shown = |first: &First| {
            let First { app, environment, day, name } = *first;
            format!("{} {environment:?} {day} {name:?}", outcome.firsts.app_id(app).as_str())
        };
        of_workers[seq % workers].extend_from_slice(outcome.firsts.list());
        for first in outcome.firsts.list().iter().map(shown) {
            if !firsts.contains(&first) {
                firsts.push(first);
            }
        }
    }
    for (worker, told) in all.iter_mut().zip(of_workers) {
        let tallied = worker.drain();
        for (calls, company) in tallied.problems() {
            if let CalledRoute::Undocumented(route) = calls.route {
                assert!(told.contains(&tallied.first_of_route(&calls, route).unwrap()));
            }
            if let Company::Named(company) = company {
                assert!(told.contains(&tallied.first_of_company(&calls, company).unwrap()));
            }
        }
        let problems = tallied.problems().map(|(calls, company)| {
            let name = |number: u32| tallied.companies()[number as usize].clone();
            let company =
                if let Company::Named(number) = company { name(number) } else { format!("{company:?}").into() };
            (calls, company)
        });
        for (calls, company) in tallied.plain().map(|calls| (calls, "".into())).chain(problems) {
            let shown = show(&tallied, &Calls { counts: Counts::default(), ..calls });
            *totals.entry(format!("{shown} {company}")).or_default() += calls.counts;
        }
    }
    (totals, lines, rejected, firsts)
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
        let expected = totals(&[whole.as_bytes()], 1);
        let counted: u64 = expected.0.values().map(|counts| counts.calls).sum();
        prop_assert_eq!(expected.1, lines.len() as u64);
        prop_assert_eq!(expected.2 + counted, expected.1);
        prop_assert_eq!(totals(&parts, workers), expected);
    }
}
