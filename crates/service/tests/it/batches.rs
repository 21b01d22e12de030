//! Batches of calls are counted exactly once, and never partly.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Environment, UnixMillis};
use service::{Batch, BatchOutcome, BatchShape, Error, SourceReading, Steadfast};
use traffic::{Format, FormatOptions, ReadyMap, RejectReason};

use crate::installation::{Installation, NOW, batch, line};

const DAY: i64 = 86_400_000;

fn lines(app: &str, range: std::ops::Range<usize>) -> String {
    range.map(|n| line(app, n, "/a", 200)).collect()
}

async fn check_count(installation: &Installation, expected: u64) {
    assert_eq!(count(installation).await, expected);
}

/// The calls of all apps.
async fn count(installation: &Installation) -> u64 {
    let days = model::DayRange { start: installation.steadfast.today().plus(-30), end: installation.steadfast.today() };
    installation.steadfast.store.calls_by_app(days).await.unwrap().iter().map(|(_, calls)| calls).sum()
}

fn told(outcome: &BatchOutcome) -> (u64, u64, bool) {
    (outcome.accepted, outcome.rejected_total(), outcome.duplicate)
}

#[tokio::test]
async fn a_batch_is_counted_once_however_often_it_is_sent() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    for (time, key) in [None, Some("k1"), None, Some("k1"), Some("k2")].into_iter().enumerate() {
        let outcome = steadfast.ingest_batch(batch(lines("acme", 0..100), key)).await.unwrap();
        // Without a key its bytes tell, with a key the key alone.
        assert_eq!(told(&outcome), (100, 0, [false, false, true, true, false][time]), "{time}");
    }
    check_count(&installation, 300).await;
}

#[tokio::test]
async fn another_sender_or_environment_makes_another_batch() {
    let installation = Installation::new();
    let first = batch(lines("acme", 0..10), None);
    let others = [
        Batch { sender: "token-2".to_owned(), ..first.clone() },
        Batch { environment: Environment::Sandbox, ..first.clone() },
        first,
    ];
    for batch in others {
        assert!(!installation.steadfast.ingest_batch(batch).await.unwrap().duplicate);
    }
    check_count(&installation, 20).await;
}

#[tokio::test]
async fn a_key_of_a_batch_with_other_bytes_is_refused() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    steadfast.ingest_batch(batch(lines("acme", 0..10), Some("k"))).await.unwrap();
    let refused = steadfast.ingest_batch(batch(lines("acme", 10..20), Some("k"))).await;
    assert!(matches!(refused, Err(Error::KeyReused)), "{refused:?}");
    check_count(&installation, 10).await;
    for key in ["", "a\nb", "a b", "é", &"k".repeat(256)] {
        let refused = steadfast.ingest_batch(batch(lines("acme", 0..1), Some(key))).await;
        assert!(matches!(refused, Err(Error::Batch(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_batch_is_remembered_for_a_day() {
    let installation = Installation::new();
    let at = |now: i64| Steadfast { clock: Arc::new(UnixMillis(now)), ..installation.steadfast.clone() };
    let send = |now: i64| {
        let steadfast = at(now);
        async move { steadfast.ingest_batch(batch(lines("acme", 0..10), Some("k"))).await.unwrap().duplicate }
    };
    assert!(!send(NOW).await);
    at(NOW + DAY - 1).upkeep().await.unwrap();
    assert!(send(NOW + DAY - 1).await);
    assert!(!send(NOW + DAY).await);
    at(NOW + 3 * DAY).upkeep().await.unwrap();
    assert!(!send(NOW + 3 * DAY).await);
}

#[tokio::test]
async fn bad_lines_cost_no_good_one_and_are_told_with_their_place() {
    let installation = Installation::new();
    let body = lines("acme", 0..2) + "not json\n\n" + &lines("acme", 2..3) + "{}\n" + lines("acme", 3..4).trim_end();
    let first = installation.steadfast.ingest_batch(batch(body.clone(), None)).await.unwrap();
    let again = installation.steadfast.ingest_batch(batch(body, None)).await.unwrap();
    let reasons = [RejectReason::EmptyLine, RejectReason::NotJson, RejectReason::MissingTime].map(|reason| (reason, 1));
    assert_eq!((first.accepted, first.rejected.as_slice(), first.duplicate), (4, reasons.as_slice(), false));
    let places: Vec<_> = first.details.iter().map(|reject| (reject.line, reject.reason)).collect();
    assert_eq!(places, [(3, RejectReason::NotJson), (4, RejectReason::EmptyLine), (6, RejectReason::MissingTime)]);
    assert_eq!(again, BatchOutcome { details: Vec::new(), duplicate: true, ..first });
    check_count(&installation, 4).await;
    let kept = std::fs::read_to_string(installation.path("rejects.ndjson")).unwrap();
    assert_eq!(kept.lines().count(), 3);
    assert!(kept.lines().all(|line| line.contains(r#""source":"http""#)), "{kept}");
    assert_eq!(installation.steadfast.store.rejects().await.unwrap().len(), 3);
}

#[tokio::test]
async fn of_very_many_bad_lines_the_first_hundred_are_told() {
    let installation = Installation::new();
    let body: String = (0..50_000).map(|n| format!("bad line {n}\n")).collect();
    let outcome = installation.steadfast.ingest_batch(batch(body, None)).await.unwrap();
    assert_eq!(told(&outcome), (0, 50_000, false));
    let expected: Vec<u64> = (1..=100).collect();
    assert_eq!(outcome.details.iter().map(|reject| reject.line).collect::<Vec<_>>(), expected);
    let again = installation.steadfast.ingest_batch(batch("bad line 0\n", None)).await.unwrap();
    assert_eq!(told(&again), (0, 1, false));
}

#[tokio::test]
async fn an_array_is_read_element_by_element() {
    let installation = Installation::new();
    let records = lines("acme", 0..3).trim_end().replace('\n', ",\n  ").replace(",\"app\"", ",\n\t\"app\"");
    let array = format!("\u{feff} [\n  {records},\n 17, {}]\n", lines("acme", 3..4));
    let outcome = installation.steadfast.ingest_batch(batch(array.clone(), None)).await.unwrap();
    assert_eq!(told(&outcome), (4, 1, false));
    assert_eq!(outcome.details[0].line, 4);
    let as_lines = Batch { shape: BatchShape::Lines, ..batch("[]\n".to_owned() + &lines("acme", 4..5), None) };
    assert_eq!(told(&installation.steadfast.ingest_batch(as_lines).await.unwrap()), (1, 1, false));
    for (body, words) in [(&array[..array.len() - 2], "no end"), (&(array.clone() + "x"), "follows")] {
        let refused = installation.steadfast.ingest_batch(batch(body, None)).await;
        assert!(matches!(&refused, Err(Error::Batch(text)) if text.contains(words)), "{refused:?}");
    }
    for empty in ["", "[]", " [ ]\n"] {
        assert_eq!(told(&installation.steadfast.ingest_batch(batch(empty, None)).await.unwrap()), (0, 0, false));
    }
    check_count(&installation, 5).await;
}

fn read_as(format: &Format, batch: Batch) -> Batch {
    let reading = SourceReading::new(Some(format), &FormatOptions::default(), Environment::Production).unwrap();
    Batch { reading, ..batch }
}

const KONG: Format = Format::Ready(ReadyMap::Kong);

/// A line as Kong writes it.
const OF_KONG: &str =
    "{\"request\":{\"method\":\"GET\",\"uri\":\"/a\"},\"response\":{\"status\":200},\"started_at\":1795182000000}\n";

/// The rejected lines of all, and of the source of batches, by reason.
async fn check_rejects(installation: &Installation, expected: &[(&str, u64)]) {
    let of_all = installation.steadfast.store.rejects().await.unwrap();
    let views = installation.steadfast.source_views().await.unwrap();
    let expected: Vec<(String, u64)> = expected.iter().map(|(reason, lines)| ((*reason).to_owned(), *lines)).collect();
    assert_eq!(of_all, expected);
    assert_eq!(views.into_iter().map(|source| source.rejects).collect::<Vec<_>>(), [expected]);
}

fn evidence(installation: &Installation) -> usize {
    std::fs::read_to_string(installation.path("rejects.ndjson")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn a_batch_of_which_nothing_could_be_used_is_read_anew_once_its_format_is_mended() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let batch = batch(OF_KONG.repeat(3), None);
    let first = steadfast.ingest_batch(batch.clone()).await.unwrap();
    assert_eq!((told(&first), first.details.len()), ((0, 3, false), 3));
    // Whoever sends it again to see why is told why again.
    assert_eq!(steadfast.ingest_batch(batch.clone()).await.unwrap(), first);
    let (one, other) = tokio::join!(steadfast.ingest_batch(batch.clone()), steadfast.ingest_batch(batch.clone()));
    assert_eq!((one.unwrap(), other.unwrap()), (first.clone(), first));
    // However often it is sent, its lines were rejected once.
    check_rejects(&installation, &[("missing_time", 3)]).await;
    assert_eq!(evidence(&installation), 3);
    // Another format that does not fit says other things of them.
    let wrong = read_as(&Format::Ready(ReadyMap::NginxJson), batch.clone());
    let outcome = steadfast.ingest_batch(wrong).await.unwrap();
    assert_eq!((outcome.accepted, outcome.rejected_total()), (0, 3));
    let mended = read_as(&KONG, batch.clone());
    assert_eq!(told(&steadfast.ingest_batch(mended.clone()).await.unwrap()), (3, 0, false));
    // Whatever is made of it now, it is counted.
    for batch in [mended, batch] {
        assert_eq!(told(&steadfast.ingest_batch(batch).await.unwrap()), (3, 0, true));
    }
    check_count(&installation, 3).await;
}

#[tokio::test]
async fn a_batch_that_was_ahead_of_the_clock_is_counted_once_the_clock_is_right() {
    let installation = Installation::new();
    let at = |now: i64| Steadfast { clock: Arc::new(UnixMillis(now)), ..installation.steadfast.clone() };
    let batch = batch(lines("acme", 0..10), None);
    for _ in 0..2 {
        assert_eq!(told(&at(NOW - 90 * DAY).ingest_batch(batch.clone()).await.unwrap()), (0, 10, false));
    }
    check_rejects(&installation, &[("time_in_future", 10)]).await;
    assert_eq!(told(&at(NOW).ingest_batch(batch.clone()).await.unwrap()), (10, 0, false));
    // And it stays counted, should the clock be wrong again.
    assert_eq!(told(&at(NOW - DAY).ingest_batch(batch).await.unwrap()), (10, 0, true));
    check_rejects(&installation, &[("time_in_future", 10)]).await;
    check_count(&installation, 10).await;
}

#[tokio::test]
async fn an_array_and_lines_of_the_same_bytes_are_two_batches() {
    let installation = Installation::new();
    let steadfast = &installation.steadfast;
    let in_one_line = format!("[{}]\n", lines("acme", 0..2).trim_end().replace('\n', ","));
    // Even where some of its lines are records.
    let in_lines = format!("\u{feff} [\n{},\n{}]", lines("acme", 2..3), lines("acme", 3..4));
    let send = |body: &str, key: Option<&str>, shape| steadfast.ingest_batch(Batch { shape, ..batch(body, key) });
    for (body, key, as_lines) in
        [(&in_one_line, None, (0, 1)), (&in_lines, None, (2, 3)), (&in_lines, Some("lines"), (2, 3))]
    {
        for again in [false, true] {
            let outcome = send(body, key, BatchShape::Lines).await.unwrap();
            // One of which nothing could be used is read anew.
            let duplicate = again && as_lines.0 > 0;
            assert_eq!(told(&outcome), (as_lines.0, as_lines.1, duplicate), "{body}");
        }
    }
    for (body, key) in [(&in_one_line, None), (&in_lines, None), (&in_one_line, Some("array"))] {
        for duplicate in [false, true] {
            let outcome = send(body, key, BatchShape::LinesOrArray).await.unwrap();
            assert_eq!(told(&outcome), (2, 0, duplicate), "{body}");
        }
    }
    let other_shape = send(&in_lines, Some("lines"), BatchShape::LinesOrArray).await;
    assert!(matches!(other_shape, Err(Error::KeyReused)), "{other_shape:?}");
    // Lines are lines, whichever way it is said.
    let plain = lines("acme", 4..5);
    assert!(!send(&plain, None, BatchShape::Lines).await.unwrap().duplicate);
    assert!(send(&plain, None, BatchShape::LinesOrArray).await.unwrap().duplicate);
    check_count(&installation, 2 * 2 + 3 * 2 + 1).await;
}

#[tokio::test]
async fn a_key_names_its_batch_though_nothing_of_it_could_be_used() {
    let (one, other) = (Installation::new(), Installation::new());
    for (installation, key, format, expected) in [
        (&one, Some("k"), Format::Steadfast, (0, 1, false)),
        (&one, Some("k"), KONG, (0, 1, true)),
        (&one, Some("new"), KONG, (1, 0, false)),
        (&one, None, KONG, (1, 0, true)),
        (&other, Some("k"), Format::Steadfast, (0, 1, false)),
        // Its bytes are not taken for counted.
        (&other, None, KONG, (1, 0, false)),
    ] {
        let sent = read_as(&format, batch(OF_KONG, key));
        assert_eq!(told(&installation.steadfast.ingest_batch(sent).await.unwrap()), expected, "{key:?}");
    }
    check_count(&one, 1).await;
    check_count(&other, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_senders_at_once_and_every_acknowledged_call_is_counted_once() {
    let installation = Installation::new();
    let mut senders = Vec::new();
    for sender in 0..8 {
        let steadfast = installation.steadfast.clone();
        senders.push(tokio::spawn(async move {
            let mut accepted = 0;
            for round in 0..12 {
                let range = round * 200..round * 200 + 150 + sender;
                let body = format!("{}broken\n", lines(&format!("app-{sender}"), range));
                // Two of each at once, as when a client gives up waiting and tries again.
                let send = || async {
                    let key = (round % 2 == 0).then(|| format!("round-{round}"));
                    let sender = format!("token-{sender}");
                    let batch = Batch { key, sender, ..batch(body.clone(), None) };
                    steadfast.ingest_batch(batch).await.unwrap()
                };
                let (first, second) = tokio::join!(send(), send());
                assert_ne!(first.duplicate, second.duplicate);
                assert_eq!((first.accepted, &first.rejected), (second.accepted, &second.rejected));
                assert_eq!(first.rejected_total(), 1);
                accepted += first.accepted;
            }
            accepted
        }));
    }
    let mut accepted = 0;
    for sender in senders {
        accepted += sender.await.unwrap();
    }
    assert_eq!(accepted, 12 * (8 * 150 + 28));
    check_count(&installation, accepted).await;
    let rejects = installation.steadfast.store.rejects().await.unwrap();
    assert_eq!(rejects, [("not_json".to_owned(), 96)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_bound_on_undocumented_routes_holds_over_batches_at_once() {
    let installation = Installation::new();
    let sending = (0..8).map(|sender: usize| {
        let steadfast = installation.steadfast.clone();
        tokio::spawn(async move {
            for round in 0..5 {
                let body: String = (0..100)
                    .map(|n| {
                        line("acme", n, &format!("/hidden/r{sender}x{round}x{n}x"), 404)
                            .replace("\"1\"", &format!("\"c{sender}-{round}-{n}\""))
                    })
                    .collect();
                steadfast.ingest_batch(batch(body, None)).await.unwrap();
            }
        })
    });
    for sending in sending.collect::<Vec<_>>() {
        sending.await.unwrap();
    }
    let acme = "acme".parse().unwrap();
    let days = model::DayRange { start: installation.steadfast.today().plus(-30), end: installation.steadfast.today() };
    let store = &installation.steadfast.store;
    let tallies = store.tallies(&acme, Environment::Production, days).await.unwrap();
    let routes: BTreeSet<&str> = tallies.iter().map(|tally| tally.route.text.as_str()).collect();
    assert_eq!((routes.len(), routes.contains("/:other")), (1001, true));
    let companies = store.companies(&acme, Environment::Production, days).await.unwrap();
    assert_eq!(companies.len(), 201);
    assert_eq!(companies[0], (model::Company::Others, 3800));
    check_count(&installation, 4000).await;
}

#[tokio::test]
async fn a_sender_who_hangs_up_finds_the_batch_counted_once() {
    let installation = Installation::new();
    for round in 0..30 {
        let body = lines("acme", round * 10..round * 10 + 10);
        let sending = installation.steadfast.ingest_batch(batch(body.clone(), None));
        let _ = tokio::time::timeout(std::time::Duration::from_micros(round as u64 * 150), sending).await;
        installation.steadfast.ingest_batch(batch(body, None)).await.unwrap();
        check_count(&installation, (round as u64 + 1) * 10).await;
    }
}

/// What a sender might send: good and bad records, in a batch that may be an array.
fn bodies() -> impl proptest::strategy::Strategy<Value = (Vec<u8>, BatchShape)> {
    use proptest::prelude::*;
    let record = prop_oneof![
        6 => (0..5_usize, 0..200_usize, 0..4_usize)
            .prop_map(|(app, n, status)| line(&format!("app{app}"), n, &format!("/a/{n}"), [200, 201, 403, 500][status])),
        1 => Just("not a record\n".to_owned()),
        1 => Just("\n".to_owned()),
        1 => (60_000..70_000_usize).prop_map(|length| format!("{{\"x\":\"{}\"}}\n", "y".repeat(length))),
    ];
    (prop::collection::vec(record, 0..40), any::<bool>(), any::<bool>()).prop_map(|(records, is_array, is_odd)| {
        let lines = records.concat();
        if is_array {
            let elements = lines.trim_end().replace('\n', ",");
            (format!("[{elements}{}", if is_odd { "" } else { "]\n" }).into_bytes(), BatchShape::LinesOrArray)
        } else {
            (lines.into_bytes(), BatchShape::Lines)
        }
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn it_makes_no_difference_in_which_pieces_a_batch_comes(
        (body, shape) in bodies(), steps in proptest::collection::vec(1..50_000_usize, 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (whole, streamed, counts) = runtime.block_on(async {
            let (one, other) = (Installation::new(), Installation::new());
            let whole = one.steadfast.ingest_batch(Batch { shape, ..batch(body.clone(), None) }).await;
            let Batch { environment, key, sender, source, reading, permission, .. } = batch("", None);
            let head = service::BatchHead { shape, environment, key, sender, source, reading, permission };
            let mut open = other.steadfast.open_batch(head).await.unwrap();
            let (mut rest, mut steps) = (body.as_slice(), steps.iter().cycle());
            let mut streamed = Ok(());
            while !rest.is_empty() && streamed.is_ok() {
                let (piece, later) = rest.split_at(rest.len().min(*steps.next().unwrap()));
                (streamed, rest) = (open.add(piece), later);
            }
            let streamed = match streamed.and_then(|()| open.finish()) {
                Ok(done) => other.steadfast.commit_batch(done).await,
                Err(error) => Err(error),
            };
            (whole, streamed, (count(&one).await, count(&other).await))
        });
        proptest::prop_assert_eq!(counts.0, counts.1);
        match (whole, streamed) {
            (Ok(whole), Ok(streamed)) => {
                proptest::prop_assert_eq!(counts.0, whole.accepted);
                proptest::prop_assert_eq!(whole, streamed);
            }
            (Err(whole), Err(streamed)) => {
                proptest::prop_assert_eq!(counts.0, 0);
                proptest::prop_assert_eq!(whole.to_string(), streamed.to_string());
            }
            (whole, streamed) => proptest::prop_assert!(false, "{:?} {:?}", whole, streamed),
        }
    }
}

#[tokio::test]
async fn a_batch_of_a_known_key_is_not_decoded_again() {
    let installation = Installation::new();
    let body = lines("acme", 0..100);
    installation.steadfast.ingest_batch(batch(body.clone(), Some("k"))).await.unwrap();
    let Batch { shape, environment, key, sender, source, reading, permission, .. } = batch("", Some("k"));
    let head = service::BatchHead { shape, environment, key, sender, source, reading, permission };
    let mut open = installation.steadfast.open_batch(head).await.unwrap();
    open.add(body.as_bytes()).unwrap();
    assert_eq!(open.held(), 0);
    let outcome = installation.steadfast.commit_batch(open.finish().unwrap()).await.unwrap();
    assert_eq!(told(&outcome), (100, 0, true));
    check_count(&installation, 100).await;
}
