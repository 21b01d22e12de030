//! What is received of each source is what is counted, and where it is not, the day is incomplete.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{AppId, Day, DayRange, Environment, Hour, LossReason, SourceName, SourceWay, Status, UnixMillis};
use proptest::prelude::*;
use service::{Batch, Declared, DeclaredSource, Expect, IngestOptions, Input, NewSourceToken, SourceBook, Steadfast};
use traffic::{Format, FormatOptions};

use crate::installation::{Installation, NOW, Silent, batch};

const HOUR: i64 = 3_600_000;

fn name(text: &str) -> SourceName {
    text.parse().unwrap()
}

fn call(at: UnixMillis, app: &str, status: u16) -> String {
    format!("{{\"time\":\"{at}\",\"app\":\"{app}\",\"method\":\"GET\",\"path\":\"/a\",\"status\":{status}}}\n")
}

async fn ingest(installation: &Installation, source: &str, file: &str, text: &str) {
    let input = Input::File(installation.write(file, text));
    let options = IngestOptions {
        source: name(source),
        format: Some(Format::Steadfast),
        places: FormatOptions::default(),
        environment: Environment::Production,
        threads: 2,
    };
    installation.steadfast.ingest(&input, &options, &Silent).await.unwrap();
}

/// The calls of each source by hour.
async fn hours(steadfast: &Steadfast) -> BTreeMap<(String, Hour), u64> {
    let found = steadfast.store.source_hours(0).await.unwrap();
    found.hours.into_iter().map(|(source, hour, calls)| ((source.to_string(), hour), calls)).collect()
}

/// All calls that are counted.
async fn counted(steadfast: &Steadfast) -> u64 {
    let always = DayRange { start: Day::FIRST, end: Day::LAST };
    let mut sum = 0;
    for app in steadfast.store.apps().await.unwrap() {
        for environment in Environment::ALL {
            let tallies = steadfast.store.tallies(&app.id, environment, always).await.unwrap();
            sum += tallies.iter().map(|tally| tally.counts.calls).sum::<u64>();
        }
    }
    sum
}

/// One line of something: of which source, how long ago in minutes, and with which status; none is no call.
type Line = (usize, i64, Option<u16>);

async fn conserve(files: Vec<Vec<Line>>) -> Result<(), TestCaseError> {
    const SOURCES: [&str; 3] = ["kong", "edge-1", "http"];
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let mut expected: BTreeMap<(String, Hour), u64> = BTreeMap::new();
    let (mut calls, mut rejects) = (BTreeMap::<&str, u64>::new(), BTreeMap::<&str, u64>::new());
    for (n, lines) in files.iter().enumerate() {
        let source = SOURCES[lines.first().map_or(0, |line| line.0)];
        let mut text = String::new();
        for (_, minutes, status) in lines {
            let at = UnixMillis(NOW - minutes * 60_000);
            match status {
                Some(status) => {
                    text += &call(at, ["acme", "beta"][n % 2], *status);
                    *expected.entry((source.to_owned(), Hour::of(at))).or_default() += 1;
                    *calls.entry(source).or_default() += 1;
                }
                None => {
                    text += &format!("no call {n}\n");
                    *rejects.entry(source).or_default() += 1;
                }
            }
        }
        // A comment of its own, lest two files are taken for one.
        let text = format!("{text}not a call: file {n}\n");
        *rejects.entry(source).or_default() += 1;
        if n % 2 == 0 {
            ingest(&installation, source, &format!("{n}.log"), &text).await;
        } else {
            let batch = Batch { source: name(source), ..batch(text, None) };
            steadfast.ingest_batch(batch).await.unwrap();
        }
    }
    let hours = hours(steadfast).await;
    prop_assert_eq!(&hours, &expected);
    prop_assert_eq!(hours.values().sum::<u64>(), counted(steadfast).await);
    for source in steadfast.store.sources().await.unwrap() {
        let of_source = expected.keys().filter(|(name, _)| *name == source.name.as_str()).map(|(_, hour)| *hour);
        prop_assert_eq!(source.first_hour, of_source.clone().min());
        prop_assert_eq!(source.last_call.map(Hour::of), of_source.max());
        prop_assert_eq!(source.calls, calls.get(source.name.as_str()).copied().unwrap_or(0));
        let rejected: u64 = source.rejects.iter().map(|(_, lines)| lines).sum();
        prop_assert_eq!(rejected, rejects.get(source.name.as_str()).copied().unwrap_or(0));
        prop_assert_eq!(source.last_received, Some(UnixMillis(NOW)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever comes in whichever way: the calls of the hours are the calls that are counted.
    #[test]
    fn what_is_received_by_hour_is_what_is_counted(
        // Enough lines for a file not to be given up where nothing can be used.
        files in prop::collection::vec(
            prop::collection::vec((0..3_usize, 0..40_000_i64, prop::option::weighted(0.9, prop::sample::select(vec![200_u16, 404, 500]))), 1..15),
            1..6,
        )
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(conserve(files))?;
    }
}

/// Four weeks of so many calls an hour up to the present, but for some hours, counted from the present one back.
fn four_weeks(app: &str, each: usize, hole: std::ops::Range<i64>) -> String {
    let now = Hour::of(UnixMillis(NOW));
    let hours = (0..4 * 168).rev().filter(|back| !hole.contains(back));
    hours
        .flat_map(|back| (0..each).map(move |n| now.plus(-back).start().plus_millis(n as i64)))
        .map(|at| call(at, app, 200))
        .collect()
}

/// The day that lies so many hours back.
fn day_of(back: i64) -> Day {
    model::PlatformZone::utc().day_of(UnixMillis(NOW - back * HOUR))
}

#[tokio::test]
async fn a_hole_makes_its_day_incomplete_for_every_app_and_in_every_list() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let document =
        r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{"x-company-scoped":false}}}}"#;
    installation.import(&[("api.json", document)]).await;
    ingest(&installation, "files", "a.log", &four_weeks("acme", 22, 50..53)).await;
    let (acme, today): (AppId, Day) = ("acme".parse().unwrap(), steadfast.today());
    let hole = day_of(51);
    assert_eq!(steadfast.health(&acme, today).await.unwrap().incomplete, [hole]);
    let overview = steadfast.overview(today).await.unwrap();
    let app = &overview.app(&acme).unwrap().overview;
    assert_eq!((app.status, app.incomplete.as_slice()), (Some(Status::Healthy), [hole].as_slice()));
    assert_eq!(steadfast.apps(today).await.unwrap()[0].incomplete, [hole]);
    assert_eq!(steadfast.apps_of(&[acme.clone()].into(), today).await.unwrap()[0].incomplete, [hole]);
    // Kept, as long as nothing changes.
    assert!(std::sync::Arc::ptr_eq(&overview, &steadfast.overview(today).await.unwrap()));
    let standing = async |as_of: Day| steadfast.overview(as_of).await.unwrap().app(&acme).unwrap().as_ref().clone();
    assert_eq!(standing(today).await.incomplete_week_ago, []);
    // Behind the window, but not behind that of a week before.
    let later = standing(hole.plus(15)).await;
    assert_eq!((later.overview.incomplete, later.incomplete_week_ago), (vec![], vec![hole]));

    let json = service::health_json(&steadfast.health(&acme, today).await.unwrap());
    assert!(json.ends_with(&format!("\"incomplete_days\":[\"{hole}\"]}}")), "{json}");
    assert_eq!(json.matches("\"incomplete\":true").count(), 7);
    assert!(!json.contains("\"incomplete\":false"));
    let json = service::apps_json(today, &steadfast.apps(today).await.unwrap());
    assert!(json.contains(&format!("\"incomplete_days\":[\"{hole}\"]")), "{json}");

    // The hole is filled by a file that comes late.
    let now = Hour::of(UnixMillis(NOW));
    let late: String = (50..53)
        .flat_map(|back| (0..3).map(move |n| call(now.plus(-back).start().plus_millis(n), "acme", 200)))
        .collect();
    ingest(&installation, "files", "late.log", &late).await;
    let health = steadfast.health(&acme, today).await.unwrap();
    assert_eq!(health.incomplete, []);
    assert!(!service::health_json(&health).contains("incomplete"));
    assert_eq!(steadfast.overview(today).await.unwrap().app(&acme).unwrap().overview.incomplete, []);
    assert!(!service::apps_json(today, &steadfast.apps(today).await.unwrap()).contains("incomplete"));
}

#[tokio::test]
async fn what_was_read_by_another_process_and_what_is_purged_is_noticed() {
    let installation = Installation::new();
    ingest(&installation, "files", "a.log", &four_weeks("acme", 22, 0..0)).await;
    let other = Steadfast { source_book: SourceBook::default(), ..installation.steadfast.clone() };
    assert!(other.completeness().await.unwrap().days.is_empty());
    installation.steadfast.store.purge_sources(Hour::of(UnixMillis(NOW)).plus(-200)).await.unwrap();
    let hours = other.completeness().await.unwrap().sources[0].record.hours.clone();
    assert_eq!(hours.sum(Hour::from_epoch_hours(0), Hour::of(UnixMillis(NOW))), 201 * 22);
}

/// While calls come in, many hours are not judged anew for everybody who looks.
#[tokio::test]
async fn where_many_hours_are_judged_what_came_shows_some_seconds_later() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let at = |millis: i64| Steadfast { clock: std::sync::Arc::new(UnixMillis(NOW + millis)), ..steadfast.clone() };
    let long_ago = call(UnixMillis(NOW - 390 * 24 * HOUR), "acme", 200);
    for number in 0..6 {
        let file = format!("{number}.log");
        let line = call(UnixMillis(NOW - number * HOUR), "acme", 200);
        ingest(&installation, &format!("source-{number}"), &file, &(long_ago.clone() + &line)).await;
        // Of few hours everything shows at once.
        if number < 5 {
            assert_eq!(at(number).source_views().await.unwrap().len() as i64, number + 1);
        }
    }
    let calls = async |millis| at(millis).source_views().await.unwrap().iter().map(|source| source.calls).sum::<u64>();
    assert_eq!(calls(10).await, 12);
    ingest(&installation, "source-0", "more.log", &call(UnixMillis(NOW - HOUR), "acme", 404)).await;
    assert_eq!(calls(5_009).await, 12);
    assert_eq!(calls(5_010).await, 13);
    // What is purged is gone at once.
    steadfast.store.purge_sources(Hour::of(UnixMillis(NOW)).plus(-200)).await.unwrap();
    let hours = at(5_011).completeness().await.unwrap().sources[0].record.hours.clone();
    assert_eq!(hours.sum(Hour::from_epoch_hours(0), Hour::of(UnixMillis(NOW))), 2);
    // A clock that was set back keeps nothing.
    ingest(&installation, "source-0", "yet.log", &call(UnixMillis(NOW - HOUR), "acme", 500)).await;
    assert_eq!(calls(4_000).await, 14);
}

#[tokio::test]
async fn a_loss_makes_its_days_incomplete_and_is_told_once() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let (from, until) = (UnixMillis(NOW - 50 * HOUR), UnixMillis(NOW - 20 * HOUR));
    for _ in 0..2 {
        steadfast.record_loss(&name("kong"), from, until, LossReason::RotatedAway, "access.log").await.unwrap();
    }
    // The wrong way round, and with more to say than is kept.
    steadfast.record_loss(&name("kong"), until, from, LossReason::Corrupt, &"é".repeat(900)).await.unwrap();
    let completeness = steadfast.completeness().await.unwrap();
    let days = DayRange::before(steadfast.today(), 14);
    assert_eq!(completeness.days.of_any(days), [day_of(50), day_of(26)]);
    let sources = steadfast.source_views().await.unwrap();
    assert_eq!((sources.len(), sources[0].losses.len(), sources[0].gaps.len()), (1, 2, 2));
    assert!(sources[0].losses.iter().all(|loss| loss.detail.len() <= 500 && loss.from < loss.until));
}

#[tokio::test]
async fn declarations_say_what_is_expected_and_name_sources_that_never_sent() {
    let mut installation = Installation::new();
    let declared = |expect| DeclaredSource {
        ways: vec![SourceWay::Files],
        from: "/var/log/x".to_owned(),
        declared: Declared { expect, allowance_minutes: 0 },
    };
    let book = [("files", declared(Expect::Never)), ("silent", declared(Expect::Always))];
    installation.steadfast.source_book = SourceBook::new(book.map(|(text, it)| (name(text), it)).into());
    ingest(&installation, "files", "a.log", &four_weeks("acme", 22, 50..53)).await;
    let sources = installation.steadfast.source_views().await.unwrap();
    let [files, silent] = sources.as_slice() else { panic!("{sources:?}") };
    assert_eq!((files.gaps.len(), &files.ways, files.calls), (0, &[SourceWay::Files].into(), 22 * (4 * 168 - 3)));
    assert_eq!((files.received(24), files.expected(24), files.hours.len()), (24 * 22, None, 48));
    assert_eq!((silent.last_call, silent.gaps.len(), silent.from.as_str()), (None, 0, "/var/log/x"));
    assert!(installation.steadfast.completeness().await.unwrap().days.is_empty());
}

#[tokio::test]
async fn a_source_tells_what_was_expected_of_it_and_what_came() {
    let installation = Installation::new();
    ingest(&installation, "files", "a.log", &(four_weeks("acme", 22, 3..6) + "broken\n")).await;
    let files = &installation.steadfast.source_views().await.unwrap()[0];
    // The present hour and the one before are not over yet, with an hour's allowance.
    assert_eq!((files.expected(24), files.received_of_expected(24)), (Some(22 * 22), 22 * 19));
    assert_eq!(files.received(24), 22 * 21);
    assert_eq!((files.gaps.len(), files.gaps[0].expected, files.gaps[0].received), (1, Some(66), 0));
    assert_eq!(files.rejects, [("not_json".to_owned(), 1)]);
    assert_eq!(files.rejects_today, files.rejects);
    assert_eq!(files.lag_millis(), files.age_millis(UnixMillis(NOW)));
    // Of today nothing is said before it is over.
    assert!(installation.steadfast.completeness().await.unwrap().days.is_empty());
}

#[tokio::test]
async fn the_last_use_of_a_token_is_kept_to_the_minute() {
    let installation = Installation::new();
    let at = |millis| Steadfast { clock: Arc::new(UnixMillis(NOW + millis)), ..installation.steadfast.clone() };
    let new = NewSourceToken { source: "kong".to_owned(), ..NewSourceToken::default() };
    let secret = at(0).make_source_token(None, &new, None).await.unwrap().secret.unwrap();
    for (used, kept) in [(0, 0), (59_999, 0), (60_000, 60_000), (130_000, 130_000), (131_000, 130_000)] {
        assert!(at(used).source_of(secret.reveal()).await.unwrap().is_ok());
        let tokens = installation.steadfast.store.source_tokens().await.unwrap();
        assert_eq!(tokens[0].last_used_at, Some(UnixMillis(NOW + kept)), "{used}");
    }
}
