//! Whether the stories come true: the planned calls, added up and judged here by a plain reading of the default
//! rules, give the statuses that the cast promises, on every weekday and for several seeds.

use std::collections::HashMap;

use model::{Day, Observation, Severity, Status, UnixMillis};
use serde_json::Value;

use super::lines::write_days;
use super::plan::{DAYS, Planned, Planner};
use super::profiles::CAST;
use super::{stories, write_traffic};

/// Calls, company-scoped calls and affected calls of one app on one day.
#[derive(Clone, Copy, Debug, Default)]
struct DayCounts {
    calls: u64,
    scoped: u64,
    affected: [u64; 7],
    /// Of the deprecated ones, those whose sunset is near.
    near_sunset: u64,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn add(counts: &mut DayCounts, call: &Planned, planner: &Planner, on: Day) {
    let route = &planner.routes[usize::from(call.route)];
    let options = call.method == "OPTIONS";
    let documented = route.operation.as_ref().filter(|_| matches!(call.method, "HEAD") || call.method == route.method);
    let exception = matches!(route.template.as_str(), "/rest/v1.0/me" | "/rest/v1.0/companies") && !call.service;
    let scoped = !exception && documented.is_some_and(|operation| !operation.row.open);
    let deprecation = documented.and_then(|operation| operation.row.deprecation);
    let deprecated = !options && deprecation.is_some_and(|it| planner.today.plus(it.since) <= on);
    let sunset = deprecation.and_then(|it| it.sunset).map(|days| planner.today.plus(days));
    let private =
        !options && !matches!(call.status, 404 | 405) && documented.is_none_or(|operation| operation.row.internal);
    counts.calls += 1;
    counts.scoped += u64::from(scoped);
    let shows = [
        call.status == 403,
        call.status == 404,
        call.status == 429,
        call.status == 401,
        scoped && !call.header,
        deprecated,
        private,
    ];
    for (affected, shown) in counts.affected.iter_mut().zip(shows) {
        *affected += u64::from(shown);
    }
    counts.near_sunset += u64::from(deprecated && sunset.is_some_and(|sunset| sunset.days_since(on) <= 90));
}

fn severity(counts: &DayCounts, observation: Observation) -> Severity {
    let affected = counts.affected[observation.index()];
    let base = if observation == Observation::MissingCompanyHeader { counts.scoped } else { counts.calls };
    let over = |count: u64, per_mille: u64| affected >= count && affected * 1000 >= base * per_mille;
    let (warning, critical) = match observation {
        Observation::Forbidden => (over(10, 10), over(50, 50)),
        Observation::NotFound => (over(10, 20), over(50, 100)),
        Observation::RateLimited => (over(5, 5), over(50, 50)),
        Observation::Unauthorized => (over(5, 5), over(25, 20)),
        Observation::MissingCompanyHeader | Observation::PrivateEndpoint => (affected > 0, over(10, 10)),
        Observation::DeprecatedEndpoint => (affected > 0, counts.near_sunset > 0),
    };
    match (warning, critical) {
        (_, true) => Severity::Critical,
        (true, false) => Severity::Warning,
        (false, false) => Severity::Healthy,
    }
}

/// The status of 14 days, given from age 0 on.
fn status(days: &[Severity]) -> Status {
    let count = |of: Severity| days.iter().filter(|severity| **severity == of).count();
    if days[..3].contains(&Severity::Critical) || count(Severity::Critical) >= 3 {
        Status::NeedsAttention
    } else if count(Severity::Critical) > 0 || (count(Severity::Warning) >= 2 && days[..7].contains(&Severity::Warning))
    {
        Status::ReviewRecommended
    } else {
        Status::Healthy
    }
}

/// Counts by app and age.
fn counts(planner: &Planner, ages: std::ops::Range<i32>) -> HashMap<(usize, i32), DayCounts> {
    let mut all = HashMap::new();
    for age in ages {
        let on = planner.today.plus(-1 - age);
        for call in planner.day(on).iter().filter(|call| !call.sandbox) {
            add(all.entry((usize::from(call.app), age)).or_default(), call, planner, on);
        }
    }
    all
}

#[test]
fn every_story_comes_to_its_statuses_on_every_weekday() {
    for offset in 0..7 {
        let planner = Planner::new(day("2026-11-21").plus(offset), 40 + u64::from(offset.unsigned_abs()));
        let counts = counts(&planner, 0..14);
        for (app, story) in stories().enumerate() {
            let judged = |age| counts.get(&(app, age)).copied().unwrap_or_default();
            for observation in Observation::ALL {
                let days: Vec<Severity> = (0..14).map(|age| severity(&judged(age), observation)).collect();
                let expected = story.status(observation).unwrap_or(Status::Healthy);
                assert_eq!(status(&days), expected, "{} {observation:?} as of {}: {days:?}", story.app, planner.today);
            }
            let calls: u64 = (0..14).map(|age| judged(age).calls).sum();
            assert_eq!(calls > 0, story.has_traffic, "{}", story.app);
        }
    }
}

#[test]
fn the_stories_have_their_days() {
    let planner = Planner::new(day("2026-11-21"), 7);
    let counts = counts(&planner, 0..14);
    let days = |app: &str, observation| -> String {
        let app = CAST.iter().position(|profile| profile.story.app == app).unwrap();
        let letter = |age| match severity(&counts.get(&(app, age)).copied().unwrap_or_default(), observation) {
            Severity::Healthy => '.',
            Severity::Warning => 'w',
            Severity::Critical => 'C',
        };
        (0..14).rev().map(letter).collect()
    };
    // Oldest first, 7 to 20 November 2026; the 7th is a Saturday.
    let expected = [
        ("quarrystone-ledger", Observation::Unauthorized, ".........CCCCC"),
        ("quarrystone-ledger", Observation::DeprecatedEndpoint, "..wwwwwwwwwwww"),
        ("quarrystone-ledger", Observation::RateLimited, "....w........."),
        ("pulsegrid-dashboards", Observation::RateLimited, "..........CCCC"),
        ("oldharbor-mirror", Observation::NotFound, "..wwwwwwwwwwww"),
        ("nightshift-payroll", Observation::MissingCompanyHeader, "CCCCCCCCCCCCCC"),
        ("brightwick-models", Observation::PrivateEndpoint, "wwwwwwwwwwwwww"),
        ("marrow-fieldnotes", Observation::Forbidden, "........CCCCCC"),
        ("ferrous-schedule", Observation::NotFound, "........CC...."),
        ("tallyhouse-export", Observation::DeprecatedEndpoint, ".....C........"),
        ("gatehouse-access", Observation::Forbidden, "CC.....CC....."),
        ("kindling-estimates", Observation::RateLimited, "...........w.."),
        ("sitecam-batch", Observation::DeprecatedEndpoint, "CCCCCCCCCCCCCC"),
    ];
    for (app, observation, strip) in expected {
        assert_eq!(days(app, observation), strip, "{app} {observation:?}");
    }
}

/// The lines of the days of some ages.
fn lines_of(ages: std::ops::Range<i32>, now: UnixMillis, seed: u64) -> (u64, Vec<u8>) {
    let mut bytes = Vec::new();
    let lines = write_days(&Planner::new(day("2026-11-21"), seed), ages.rev(), now, &mut bytes).unwrap();
    (lines, bytes)
}

/// Half past one in the afternoon of 21 November 2026.
const NOW: UnixMillis = UnixMillis((20_778 * 24 + 13) * 3_600_000 + 1_800_000);

#[test]
fn the_lines_tell_what_was_planned_in_time_order() {
    let mut bytes = Vec::new();
    let lines = write_traffic(day("2026-11-21"), NOW, 7, &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(lines, text.lines().count() as u64);
    assert!((500_000..750_000).contains(&lines), "{lines} lines");
    let planner = Planner::new(day("2026-11-21"), 7);
    let past = |call: &Planned, age: i32| age >= 0 || i64::from(call.at) <= NOW.0 - 20_778 * 86_400_000;
    let mut planned = (-1..DAYS)
        .rev()
        .flat_map(|age| planner.day(planner.today.plus(-1 - age)).into_iter().filter(move |call| past(call, age)));
    let (mut broken, mut latest) = (0, String::new());
    for (number, line) in text.lines().enumerate() {
        // Reading each line would take long without optimisation; the order is checked on all of them.
        let Some(time) = line.strip_prefix("{\"time\":\"").and_then(|rest| rest.get(..24)) else {
            broken += 1;
            continue;
        };
        let whole = line.ends_with('}') && line.contains("\"status\":") && !line.contains("\"status\":9");
        if !whole || line.len() > 60_000 {
            broken += 1;
            continue;
        }
        assert!(time >= latest.as_str(), "line {number}");
        latest = time.to_owned();
        let call = planned.next().unwrap();
        if number % 97 == 0 {
            check_line(line, &call);
        }
    }
    assert_eq!(broken, 12);
    assert_eq!(planned.next().map(|call| call.at), None);
    assert!(latest.as_str() <= "2026-11-21T13:30:00.000Z" && latest.as_str() > "2026-11-21T13:20", "{latest}");
}

fn check_line(line: &str, call: &Planned) {
    let value: Value = serde_json::from_str(line).unwrap();
    assert_eq!(value["status"], call.status);
    assert_eq!(value["method"], call.method);
    assert_eq!(value["company_header"].is_null(), !call.header);
    assert_eq!(value["environment"] == "sandbox", call.sandbox);
    assert_eq!(value["principal"] == "service", call.service);
    let story = CAST[usize::from(call.app)].story;
    assert_eq!(value["app"].as_str().unwrap_or("unidentified"), story.app);
    assert!(value["path"].as_str().is_some_and(|path| path.starts_with('/') || path.starts_with("https://")));
    assert!(value["duration_ms"].is_number() && value["bytes"].is_number() && value["request_id"].is_string());
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let (_, first) = lines_of(-1..2, NOW, 7);
    assert!(first == lines_of(-1..2, NOW, 7).1);
    assert!(first != lines_of(-1..2, NOW, 8).1);
}

#[test]
fn the_day_in_progress_only_goes_on() {
    let (before, midnight) = lines_of(-1..0, UnixMillis(20_778 * 86_400_000 - 1), 7);
    assert_eq!((before, midnight.len()), (0, 0), "nothing of today yet");
    let (_, morning) = lines_of(-1..0, UnixMillis(NOW.0 - 5 * 3_600_000), 7);
    let (_, noon) = lines_of(-1..0, NOW, 7);
    assert!(!morning.is_empty() && noon.len() > morning.len() && noon.starts_with(&morning));
}
