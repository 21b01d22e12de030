//! Every call is counted exactly once, whatever happens to the file it stands in.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::installation::{FIRST_LINE, Installation, NOW, line};

fn lines(app: &str, range: std::ops::Range<usize>) -> String {
    range.map(|n| line(app, n, "/a", 200)).collect()
}

fn append(path: &std::path::Path, text: &str) {
    OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

async fn check_count(installation: &Installation, expected: usize) {
    let report = installation.report("acme").await;
    let row = report.lines().nth(1).unwrap_or_default();
    assert_eq!(row, format!("2026-11-19,200,GET,/a,{expected}"), "{report}");
}

#[tokio::test]
async fn reading_a_file_twice_adds_nothing() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..500));
    assert_eq!(installation.ingest(&log).await.counted, 500);
    let again = installation.ingest(&log).await;
    assert_eq!((again.lines, again.lines_before), (0, 500));
    check_count(&installation, 500).await;
}

#[tokio::test]
async fn a_file_that_grew_is_read_from_where_it_was_left() {
    let installation = Installation::new();
    let log = installation.write("access.log", "");
    for round in 0..8 {
        append(&log, &lines("acme", round * 10..(round + 1) * 10));
        assert_eq!(installation.ingest(&log).await.counted, 10, "round {round}");
    }
    check_count(&installation, 80).await;
}

#[tokio::test]
async fn a_line_cut_anywhere_is_counted_once_when_it_is_complete() {
    let whole = lines("acme", 0..3);
    for cut in 1..whole.len() {
        let installation = Installation::new();
        let log = installation.write("access.log", &whole[..cut]);
        let first = installation.ingest(&log).await;
        assert_eq!(first.rejected.total(), 0, "cut at {cut}");
        append(&log, &whole[cut..]);
        let second = installation.ingest(&log).await;
        assert_eq!(first.counted + second.counted, 3, "cut at {cut}");
        assert_eq!(second.rejected.total(), 0, "cut at {cut}");
    }
}

#[tokio::test]
async fn a_rotated_file_is_recognised_and_the_new_one_read_from_its_start() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..100));
    installation.ingest(&log).await;
    append(&log, &lines("acme", 100..120));
    std::fs::rename(&log, installation.path("access.log.1")).unwrap();
    let log = installation.write("access.log", lines("acme", 200..230));
    assert_eq!(installation.ingest(&installation.path("access.log.1")).await.counted, 20);
    assert_eq!(installation.ingest(&log).await.counted, 30);
    check_count(&installation, 150).await;
}

#[tokio::test]
async fn a_file_that_was_copied_away_and_truncated_is_read_from_its_start() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..100));
    installation.ingest(&log).await;
    std::fs::copy(&log, installation.path("access.log.1")).unwrap();
    let log = installation.write("access.log", lines("acme", 200..210));
    assert_eq!(installation.ingest(&log).await.counted, 10);
    assert_eq!(installation.ingest(&installation.path("access.log.1")).await.counted, 0);
    append(&log, &lines("acme", 210..400));
    assert_eq!(installation.ingest(&log).await.counted, 190);
    check_count(&installation, 300).await;
}

#[tokio::test]
async fn a_compressed_copy_is_the_same_file() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..2000));
    installation.ingest(&log).await;
    let text = lines("acme", 0..2050);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = installation.write("access.log.1.gz", gzip.finish().unwrap());
    assert_eq!(installation.ingest(&gzip).await.counted, 50);
    let zstd = installation.write("access.log.zst", zstd::encode_all(text.as_bytes(), 1).unwrap());
    assert_eq!(installation.ingest(&zstd).await.counted, 0);
    check_count(&installation, 2050).await;
}

#[tokio::test]
async fn a_compressed_file_that_is_cut_short_counts_what_it_holds_and_says_so() {
    let installation = Installation::new();
    let text = lines("acme", 0..20_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let cut = installation.write("access.log.gz", &whole[..whole.len() / 2]);
    let first = installation.ingest(&cut).await;
    assert!(first.failure.is_some() && first.counted > 1000 && first.rejected.total() == 0, "{first:?}");
    let log = installation.write("access.log.gz", &whole);
    let second = installation.ingest(&log).await;
    assert_eq!(first.counted + second.counted, 20_000);
    assert!(second.failure.is_none());
    check_count(&installation, 20_000).await;
}

#[tokio::test]
async fn a_compressed_file_in_the_place_of_a_damaged_one_counts_nothing_twice() {
    let installation = Installation::new();
    let text = lines("acme", 0..20_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    // What comes out of it goes on after the damage, and is not what was packed.
    let damaged = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        let mut out = Vec::new();
        let failed = flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut out).is_err();
        let end = out.len().min(text.len());
        let is_wrong = failed && end > 8_192 && out[end - 4_096..end] != text.as_bytes()[end - 4_096..end];
        is_wrong.then_some(bytes)
    };
    let damaged = (whole.len() / 2..whole.len()).find_map(damaged).unwrap();
    let log = installation.write("access.log.gz", &damaged);
    let first = installation.ingest(&log).await;
    assert!(first.failure.is_some() && first.counted > 1000, "{first:?}");
    installation.write("access.log.gz", &whole);
    let refused = installation.try_ingest(&log).await.unwrap_err().to_string();
    assert!(refused.contains("lines were counted of a file of this name that begins alike"), "{refused}");
    check_count(&installation, first.counted as usize).await;
}

#[tokio::test]
async fn the_end_of_a_compressed_file_that_is_cut_short_is_a_loss_once_it_is_left_alone() {
    let installation = Installation::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines("acme", 0..3_000).as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let cut = installation.write("access.log.gz", &whole[..whole.len() / 2]);
    modify(&cut, NOW - 1_000);
    let outcome = installation.ingest(&cut).await;
    let said = |outcome: &service::IngestOutcome| outcome.failure.as_ref().unwrap().contains("loss");
    // Somebody may be packing it.
    assert!(!said(&outcome) && installation.steadfast.store.losses().await.unwrap().is_empty(), "{outcome:?}");
    // The second time is as far as it comes with a time that is none.
    for (modified, written) in [(NOW - 60_000, NOW - 60_000), (NOW + 27 * 86_400_000, NOW)] {
        modify(&cut, modified);
        assert!(said(&installation.ingest(&cut).await));
        let losses = installation.steadfast.store.losses().await.unwrap();
        let [loss] = losses.as_slice() else { panic!("{losses:?}") };
        assert_eq!((loss.source.as_str(), loss.reason), ("files", model::LossReason::CutShort));
        // The lines are of one second each.
        let last_call = FIRST_LINE + (outcome.counted as i64 - 1) * 1_000;
        assert_eq!((loss.from.0, loss.until.0), (last_call, written));
        assert!(loss.detail.contains("access.log.gz` can't be unpacked to its end"), "{loss:?}");
    }
}

#[tokio::test]
async fn of_an_archive_that_is_cut_short_nothing_is_lost_that_came_after_it_was_packed() {
    let installation = Installation::new();
    let packed_at = FIRST_LINE + 3_600_000;
    let builder = flate2::GzBuilder::new().mtime((packed_at / 1_000) as u32);
    let mut gzip = builder.write(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines("acme", 0..3_000).as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let copy = installation.write("access.log.gz", &whole[..whole.len() / 2]);
    modify(&copy, NOW - 60_000);
    assert!(installation.ingest(&copy).await.counted > 0);
    let losses = installation.steadfast.store.losses().await.unwrap();
    let times: Vec<_> = losses.iter().map(|loss| (loss.from.0 > FIRST_LINE, loss.until.0)).collect();
    assert_eq!(times, [(true, packed_at + 1_000)]);
}

#[tokio::test]
async fn a_compressed_file_of_which_nothing_can_be_read_is_a_failure_and_a_loss() {
    for reason in [model::LossReason::CutShort, model::LossReason::Corrupt] {
        let installation = Installation::new();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(lines("acme", 0..3_000).as_bytes()).unwrap();
        let mut bytes = gzip.finish().unwrap();
        match reason {
            model::LossReason::CutShort => bytes.truncate(30),
            _ => bytes[10..30].fill(0xff),
        }
        let log = installation.write("access.log.gz", &bytes);
        modify(&log, NOW - 1_000);
        let outcome = installation.ingest_guessing(&log).await;
        assert!(outcome.failure.is_some() && !outcome.unfinished, "{outcome:?}");
        assert_eq!(installation.steadfast.store.losses().await.unwrap(), []);
        modify(&log, NOW - 60_000);
        let outcome = installation.ingest_guessing(&log).await;
        assert!(outcome.failure.as_ref().unwrap().contains("loss"), "{outcome:?}");
        let losses = installation.steadfast.store.losses().await.unwrap();
        let known: Vec<_> = losses.iter().map(|loss| (loss.reason, loss.from.0, loss.until.0)).collect();
        assert_eq!(known, [(reason, NOW - 400 * 86_400_000, NOW - 60_000)]);
    }
}

/// Has a file seem to be written last at some time.
fn modify(path: &Path, millis: i64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(millis as u64);
    OpenOptions::new().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[tokio::test]
async fn an_endless_line_costs_no_other() {
    let installation = Installation::new();
    let text = lines("acme", 0..10) + &"x".repeat(5_000_000) + "\n" + &lines("acme", 10..20);
    let log = installation.write("access.log", text);
    let outcome = installation.ingest(&log).await;
    assert_eq!((outcome.lines, outcome.counted), (21, 20));
    check_count(&installation, 20).await;
}

#[tokio::test]
async fn rejected_lines_are_kept_with_their_place() {
    let installation = Installation::new();
    let text = lines("acme", 0..2) + "not json\n\n" + &lines("acme", 2..3);
    let log = installation.write("access.log", text);
    let outcome = installation.ingest(&log).await;
    assert_eq!((outcome.lines, outcome.counted), (5, 3));
    let kept = std::fs::read_to_string(installation.path("rejects.ndjson")).unwrap();
    let places: Vec<(u64, String)> = kept
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["source"], log.display().to_string());
            (line["line"].as_u64().unwrap(), line["reason"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(places, [(3, "not_json".to_owned()), (4, "empty_line".to_owned())]);
}

#[tokio::test]
async fn of_an_apps_undocumented_routes_the_first_thousand_of_a_day_are_kept_whatever_the_threads() {
    // 1,500 distinct routes, each several times, spread over many blocks and two runs.
    let path = |n: usize| format!("/hidden/route{}x", (n * 7) % 1500);
    let all: Vec<String> = (0..12_000).map(|n| line("acme", n, &path(n), 200)).collect();
    let mut reports = Vec::new();
    for threads in [1, 4] {
        let installation = Installation::new();
        let log = installation.write("access.log", all[..7000].concat());
        installation.ingest_with(&log, threads).await;
        append(&log, &all[7000..].concat());
        installation.ingest_with(&log, threads).await;
        reports.push(installation.report("acme").await);
    }
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0].lines().count(), 1 + 1000 + 1);
    assert_eq!(reports[0].lines().nth(1).unwrap(), "2026-11-19,200,GET,/:other,4000");
    for n in 0..1000 {
        assert!(reports[0].contains(&format!("GET,{},8", path(n))), "{}", path(n));
    }
}

#[tokio::test]
async fn an_older_copy_of_a_file_that_was_read_further_is_not_counted() {
    let installation = Installation::new();
    let text = lines("acme", 0..500);
    let snapshot = installation.write("snapshot.log", &text[..60_000]);
    let log = installation.write("access.log", &text);
    let first = installation.ingest(&snapshot).await.counted;
    assert_eq!(first + installation.ingest(&log).await.counted, 500);
    let again = installation.ingest(&snapshot).await;
    assert_eq!(again.lines, 0);
    assert!(again.failure.as_deref().is_some_and(|words| words.contains("access.log")), "{again:?}");
    check_count(&installation, 500).await;
}

#[tokio::test]
async fn a_compressed_copy_that_is_still_being_written_is_not_counted() {
    let installation = Installation::new();
    let text = lines("acme", 0..20_000);
    let log = installation.write("access.log", &text);
    installation.ingest(&log).await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let copy = installation.write("access.log.1.gz", &whole[..whole.len() / 2]);
    let half = installation.ingest(&copy).await;
    assert!(half.lines == 0 && half.failure.is_some(), "{half:?}");
    installation.write("access.log.1.gz", &whole);
    assert_eq!(installation.ingest(&copy).await.lines, 0);
    check_count(&installation, 20_000).await;
}

#[tokio::test]
async fn a_file_of_another_format_is_not_marked_as_read() {
    let installation = Installation::new();
    let text = "127.0.0.1 - acme [19/Nov/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 200 5\n".repeat(30);
    let log = installation.write("access.log", text);
    let outcome = installation.ingest(&log).await;
    assert!(outcome.hopeless && outcome.rejected.total() == 30, "{outcome:?}");
    let outcome = installation.ingest_as(&log, traffic::Format::Common).await;
    assert_eq!((outcome.lines_before, outcome.counted), (0, 30));
    assert_eq!(installation.ingest_as(&log, traffic::Format::Common).await.lines, 0);
    check_count(&installation, 30).await;
}

#[tokio::test]
async fn a_file_with_lines_that_are_all_too_old_is_marked_as_read() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..30).replace("2026-11-19", "2020-11-19"));
    let outcome = installation.ingest(&log).await;
    assert_eq!((outcome.hopeless, outcome.rejected.get(traffic::RejectReason::TooOld)), (false, 30));
    assert_eq!(installation.ingest(&log).await.lines_before, 30);
}

#[tokio::test]
async fn counts_of_one_time_zone_take_none_of_another() {
    let mut installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..3));
    installation.ingest(&log).await;
    installation.steadfast.platform.zone = model::PlatformZone::named("Asia/Tokyo").unwrap();
    append(&log, &lines("acme", 3..5));
    let error = installation.try_ingest(&log).await.unwrap_err().to_string();
    assert!(error.contains("`UTC`") && error.contains("`Asia/Tokyo`"), "{error}");
}

#[tokio::test]
async fn two_short_logs_that_begin_alike_are_two() {
    let installation = Installation::new();
    let one = installation.write("one.log", lines("acme", 0..1));
    let longer = installation.write("longer.log", lines("acme", 0..2));
    for _ in 0..2 {
        for log in [&one, &longer] {
            installation.ingest(log).await;
        }
        check_count(&installation, 3).await;
    }
    append(&one, &lines("acme", 5..7));
    assert_eq!(installation.ingest(&one).await.counted, 2);
    std::fs::rename(&one, installation.path("one.log.1")).unwrap();
    assert_eq!(installation.ingest(&installation.path("one.log.1")).await.lines, 0);
    check_count(&installation, 5).await;
}

#[tokio::test]
async fn a_copy_of_a_short_log_is_the_same_log_while_the_log_grows() {
    let installation = Installation::new();
    let text = lines("acme", 0..10);
    let log = installation.write("access.log", &text);
    installation.ingest(&log).await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let copy = installation.write("access.log.1.gz", gzip.finish().unwrap());
    append(&log, &lines("acme", 10..15));
    assert_eq!(installation.ingest(&copy).await.counted, 0);
    assert_eq!(installation.ingest(&log).await.counted, 5);
    check_count(&installation, 15).await;
}

#[tokio::test]
async fn a_line_that_two_members_of_a_compressed_file_share_is_counted() {
    let installation = Installation::new();
    let text = lines("acme", 0..50);
    let member = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let (first, second) = text.as_bytes().split_at(text.len() / 2 + 7);
    let log = installation.write("access.log.gz", member(first));
    let half = installation.ingest(&log).await;
    assert!(half.unfinished && half.rejected.total() == 0, "{half:?}");
    installation.write("access.log.gz", [member(first), member(second)].concat());
    assert_eq!(half.counted + installation.ingest(&log).await.counted, 50);
    check_count(&installation, 50).await;
}

/// The position of a file that was read before the days that are kept goes with their counts.
#[tokio::test]
async fn a_file_that_was_left_long_ago_is_new_and_too_old() {
    let mut installation = Installation::new();
    let log = installation.write("access.log", lines("acme", 0..500));
    assert_eq!(installation.ingest(&log).await.counted, 500);
    for (days, kept) in [(400, 1), (402, 0)] {
        installation.steadfast.clock = std::sync::Arc::new(model::UnixMillis(NOW).plus_millis(days * 86_400_000));
        installation.steadfast.purge().await.unwrap();
        assert_eq!(installation.steadfast.store.positions().await.unwrap().len(), kept, "after {days} days");
    }
    let again = installation.ingest(&log).await;
    assert_eq!((again.lines, again.counted), (500, 0));
}
