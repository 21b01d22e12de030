//! The program against the plain reference of the rules, on random catalogs and random traffic: reports byte
//! for byte, health value for value, as of several days.

use model::{AppId, Day, PlatformZone};
use testkit::{compare, random, reference};

use crate::installation::{Installation, NOW};

/// How many random platforms one run compares. `TEST_SEEDS=FIRST..LAST` looks at others.
fn seeds() -> std::ops::Range<u64> {
    let given = std::env::var("TEST_SEEDS").ok();
    let range = given.as_deref().and_then(|range| range.split_once(".."));
    let range = range.and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
    range.unwrap_or(0..40)
}

#[tokio::test]
async fn the_program_agrees_with_the_reference() {
    for seed in seeds() {
        compare_seed(seed).await;
    }
}

async fn compare_seed(seed: u64) {
    let case = random::case(seed, NOW + i64::try_from(seed).unwrap() * 3_333_333);
    let zone = PlatformZone::named(&case.config.time_zone).unwrap();
    let mut installation = Installation::at(case.now, zone);
    installation.steadfast.platform.company_header.clone_from(&case.config.company_header);
    installation.steadfast.platform.company_header_exceptions.clone_from(&case.config.exceptions);
    let documents: Vec<(&str, &str)> =
        case.documents.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let outcome = installation.import(&documents).await;
    assert_eq!(outcome.failed, Vec::<String>::new(), "seed {seed}: {:?}", outcome.problems);
    let log = installation.write("calls.ndjson", &case.lines);
    let outcome = installation.ingest(&log).await;

    let ledger = reference::Ledger::of(&case);
    let expected = ledger.as_of(case.as_of);
    let told = (outcome.lines, outcome.counted, outcome.rejected.total());
    assert_eq!(
        told,
        (expected.lines, expected.counted, expected.rejected),
        "seed {seed}: lines, counted, rejected; {:?} against {:?}",
        outcome.rejected,
        expected.reasons
    );
    for date in [case.as_of, case.as_of.saturating_sub(jiff::Span::new().days(9))] {
        compare_day(seed, &installation, &ledger.as_of(date), Day::from(date)).await;
    }
}

async fn compare_day(seed: u64, installation: &Installation, expected: &reference::Expected, as_of: Day) {
    let steadfast = &installation.steadfast;
    let known: Vec<String> = steadfast.store.apps().await.unwrap().into_iter().map(|app| app.id.to_string()).collect();
    let expected_ids: Vec<&String> = expected.apps.keys().collect();
    assert_eq!(known.iter().collect::<Vec<_>>(), expected_ids, "seed {seed}: apps");
    for (id, expected) in &expected.apps {
        let app: AppId = id.parse().unwrap();
        let csv = steadfast.report_csv(&app, as_of, 30).await.unwrap();
        if let Some(difference) = compare::text_difference(&expected.report_csv, &csv) {
            panic!("seed {seed}: report of `{id}` as of {as_of}: {difference}");
        }
        let health = service::health_json(&steadfast.health(&app, as_of).await.unwrap());
        let health = compare::without_reasons(serde_json::from_str(&health).unwrap());
        if let Some(difference) = compare::json_difference(&expected.health, &health) {
            panic!("seed {seed}: health of `{id}` as of {as_of}: {difference}");
        }
    }
}
