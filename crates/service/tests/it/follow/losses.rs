//! What is lost is told, and nothing else.

use model::{LossReason, UnixMillis};

use super::*;
use crate::installation::{FIRST_LINE, NOW};

/// Stops, has the file rotated away with lines that nobody read, and starts again.
async fn rotate_away(installation: &Installation, log: &Path) -> Following {
    let following = Following::start(installation, &["access.log"]);
    following.read(100).await;
    following.stop().await;
    append(log, lines(100..120));
    fs::remove_file(log).unwrap();
    append(log, lines(200..210));
    Following::start(installation, &["access.log"])
}

#[tokio::test]
async fn a_file_that_went_away_while_nobody_looked_is_a_loss_once() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    let following = rotate_away(&installation, &log).await;
    following.until("a loss", |it| it.totals().losses == 1).await;
    following.read(10).await;
    following.stop().await;
    let known = losses(&installation).await;
    assert_eq!(known.len(), 1, "{known:?}");
    assert_eq!((known[0].source.as_str(), known[0].reason), ("files", LossReason::RotatedAway));
    assert!(known[0].detail.contains("access.log"), "{known:?}");
    let following = Following::start(&installation, &["access.log"]);
    following.looks(5).await;
    assert_eq!(following.stop().await.losses, 0);
    assert_eq!(losses(&installation).await, known);
}

#[tokio::test]
async fn a_file_that_is_not_there_at_the_start_is_waited_for() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    let following = Following::start(&installation, &["access.log"]);
    following.read(100).await;
    following.stop().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("access.log");
    fs::copy(&log, &moved).unwrap();
    fs::remove_file(&log).unwrap();
    append(&moved, lines(100..110));
    let following = Following::start(&installation, &["access.log"]);
    following.looks(5).await;
    fs::copy(&moved, &log).unwrap();
    following.read(10).await;
    assert_eq!(following.stop().await.losses, 0);
    assert!(losses(&installation).await.is_empty());
}

#[tokio::test]
async fn rotations_that_were_read_to_their_end_are_no_loss_when_they_are_deleted() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    let rotated = installation.path("access.log.1");
    let following = Following::start(&installation, &["access.log*"]);
    following.read(100).await;
    fs::rename(&log, &rotated).unwrap();
    append(&log, lines(100..110));
    following.read(110).await;
    let is_settled = || async {
        let positions = installation.steadfast.store.positions().await.unwrap();
        positions.iter().filter(|position| position.followed_by.is_some()).count() < 2
    };
    let started = Instant::now();
    while !is_settled().await {
        assert!(started.elapsed() < PATIENCE);
        following.looks(2).await;
    }
    following.stop().await;
    fs::remove_file(&rotated).unwrap();
    let following = Following::start(&installation, &["access.log*"]);
    append(&log, lines(110..120));
    following.read(10).await;
    following.looks(3).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn a_packed_file_that_can_not_be_unpacked_is_counted_as_far_as_it_goes() {
    let installation = Installation::new();
    let log = installation.write("access.log.1", lines(0..20_000));
    let packed = gzip(&log);
    let bytes = fs::read(&packed).unwrap();
    fs::write(&packed, &bytes[..bytes.len() / 2]).unwrap();
    let following = Following::start(&installation, &["access.log*"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("can't be unpacked"))).await;
    following.until("what can be is counted", |it| it.totals().counted > 0).await;
    let half = following.totals().counted;
    assert!(half > 0 && half < 20_000);
    following.looks(12).await;
    let is_again = |text: &String| text.contains("is read again");
    assert!(!following.told().iter().any(is_again), "{:?}", following.told());
    // Somebody was only slow in packing it.
    fs::write(&packed, &bytes).unwrap();
    following.read(20_000).await;
    assert!(following.told().iter().any(is_again), "{:?}", following.told());
    check_count(&installation, 20_000).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn a_packed_file_that_goes_away_before_it_could_be_unpacked_is_a_loss_with_its_reason() {
    let oldest = UnixMillis(NOW - 400 * 86_400_000);
    for (size, reason) in [
        (20_000, LossReason::CutShort),
        (20_000, LossReason::Corrupt),
        (9, LossReason::CutShort),
        (9, LossReason::Corrupt),
    ] {
        let installation = Installation::new();
        let packed = gzip(&installation.write("access.log.1", lines(0..size)));
        let mut bytes = fs::read(&packed).unwrap();
        match reason {
            LossReason::CutShort => bytes.truncate(bytes.len() / 2),
            // The checksum.
            _ => {
                let at = bytes.len() - 8;
                bytes[at] ^= 1;
            }
        }
        fs::write(&packed, &bytes).unwrap();
        let until = written_late(&packed);
        let mut lines = 0;
        // What an earlier run read of it is known as well.
        for restarts in [true, false] {
            let following = Following::start(&installation, &["access.log*"]);
            following.until("it is told", |it| it.told().iter().any(|text| text.contains("can't be unpacked"))).await;
            following.looks(2).await;
            if !restarts {
                fs::remove_file(&packed).unwrap();
                following.until("a loss", |it| it.totals().losses == 1).await;
            }
            lines += following.stop().await.lines;
        }
        let known = losses(&installation).await;
        assert_eq!((known.len(), known[0].reason), (1, reason), "{size} {known:?}");
        assert!(known[0].detail.contains("access.log.1.gz` can't be unpacked to its end"), "{known:?}");
        // From the last call that was read of it, if any was.
        let from = if lines > 0 { time_of(lines - 1) } else { oldest };
        assert_eq!((known[0].from, known[0].until), (from, until.max(from.plus_millis(1))), "{size} {lines}");
    }
}

#[tokio::test]
async fn a_packed_file_of_which_nothing_can_be_read_may_lack_any_call_that_is_kept() {
    let installation = Installation::new();
    installation.write("access.log.2", lines(0..100));
    let packed = gzip(&installation.write("access.log.1", lines(100..200)));
    let bytes = fs::read(&packed).unwrap();
    fs::write(&packed, &bytes[..11]).unwrap();
    let until = written_late(&packed);
    let today = lines(0..1).replace("2026-11-19T10", "2026-11-20T00");
    installation.write("access.log", today);
    let following = Following::start(&installation, &["access.log*"]);
    following.read(101).await;
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("can't be unpacked"))).await;
    fs::remove_file(&packed).unwrap();
    following.until("a loss", |it| it.totals().losses == 1).await;
    following.stop().await;
    let known = losses(&installation).await;
    assert_eq!(known.len(), 1, "{known:?}");
    assert_eq!((known[0].from, known[0].until), (UnixMillis(NOW - 400 * 86_400_000), until));
}

#[tokio::test]
async fn what_is_lost_of_a_packed_file_that_is_cut_short_was_written_when_gzip_says() {
    let installation = Installation::new();
    let packed_at = FIRST_LINE + 3_600_000;
    let builder = flate2::GzBuilder::new().mtime((packed_at / 1_000) as u32);
    let mut packed = builder.write(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines(0..20_000).as_bytes()).unwrap();
    let bytes = packed.finish().unwrap();
    let packed = installation.write("access.log.1.gz", &bytes[..bytes.len() / 2]);
    written_late(&packed);
    let following = Following::start(&installation, &["access.log*"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("can't be unpacked"))).await;
    fs::remove_file(&packed).unwrap();
    following.until("a loss", |it| it.totals().losses == 1).await;
    following.stop().await;
    let known = losses(&installation).await;
    assert_eq!(known[0].until, UnixMillis(packed_at + 1_000), "{known:?}");
}

/// Has a file seem to be written last on the next day, at 00:05:00.
fn written_late(path: &Path) -> UnixMillis {
    let at = UnixMillis(FIRST_LINE + (14 * 3_600 + 300) * 1_000);
    let time = std::time::UNIX_EPOCH + Duration::from_millis(at.0 as u64);
    OpenOptions::new().write(true).open(path).unwrap().set_modified(time).unwrap();
    at
}

/// The time of a line.
fn time_of(line: u64) -> UnixMillis {
    UnixMillis(FIRST_LINE + line as i64 % 3_600 * 1_000)
}

#[tokio::test]
async fn a_file_that_goes_away_and_could_never_be_read_is_a_loss() {
    for is_packed in [false, true] {
        let installation = Installation::new();
        let (path, told) = if is_packed {
            (gzip(&installation.write("access.log", "no log\nat all\n")), "its format can't be told")
        } else {
            let path = installation.path("access.log");
            std::os::unix::fs::symlink(unreadable(), &path).unwrap();
            (path, "can't be read")
        };
        let following = Following::start_as(&installation, &["access.log*"], None);
        following.until("it is told", |it| it.told().iter().any(|text| text.contains(told))).await;
        following.looks(8).await;
        fs::remove_file(&path).unwrap();
        following.until("a loss", |it| it.totals().losses == 1).await;
        following.looks(8).await;
        assert_eq!(following.stop().await.losses, 1);
        let known = losses(&installation).await;
        assert_eq!((known.len(), known[0].reason), (1, LossReason::RotatedAway), "{known:?}");
        assert!(known[0].detail.contains("went away before it could be read"), "{known:?}");
    }
}

#[tokio::test]
async fn an_unfinished_copy_that_goes_away_is_no_loss() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    installation.ingest(&log).await;
    let copy = installation.write("copy.log", lines(0..50));
    let following = Following::start(&installation, &["copy.log"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("unfinished copy"))).await;
    fs::remove_file(&copy).unwrap();
    following.looks(12).await;
    assert_eq!(following.stop().await.losses, 0);
}

/// How often this program has read something.
fn reads() -> u64 {
    let account = fs::read_to_string("/proc/self/io").unwrap();
    account.lines().find_map(|line| line.strip_prefix("syscr: ")?.parse().ok()).unwrap()
}

/// What may come back is looked for now and then, and at once where something new lies.
#[tokio::test]
async fn a_file_that_does_not_come_back_costs_little() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    for n in 0..100 {
        gzip(&installation.write(&format!("access.log.{n}"), lines(n + 100..n + 101)));
    }
    let following = Following::start(&installation, &["access.log"]);
    following.read(100).await;
    following.stop().await;
    fs::remove_file(&log).unwrap();
    let following = Following::start(&installation, &["access.log"]);
    following.looks(3).await;
    let before = reads();
    following.looks(10).await;
    assert!(reads() - before < 1_000, "{}", reads() - before);
    append(&log, lines(200..210));
    following.until("a loss", |it| it.totals().losses == 1).await;
    following.read(10).await;
}

#[tokio::test]
async fn a_loss_that_can_not_be_saved_is_saved_once_later() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    let refuse = "CREATE TRIGGER meddler BEFORE INSERT ON source_loss BEGIN SELECT RAISE(ABORT, 'no'); END";
    drop(Meddler::new(&installation, refuse));
    let following = rotate_away(&installation, &log).await;
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("can't be saved"))).await;
    following.read(10).await;
    following.looks(3).await;
    assert!(losses(&installation).await.is_empty());
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    let started = Instant::now();
    while losses(&installation).await.is_empty() {
        assert!(started.elapsed() < PATIENCE, "{:?}", following.told());
        following.looks(1).await;
    }
    following.looks(3).await;
    assert_eq!(following.stop().await.losses, 1);
    assert_eq!(losses(&installation).await.len(), 1);
}

#[tokio::test]
async fn a_file_that_is_emptied_while_nothing_can_be_saved_is_a_loss_once() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..50));
    let following = Following::start(&installation, &["access.log"]);
    following.read(50).await;
    let rejects = installation.path("rejects.ndjson");
    fs::create_dir(&rejects).unwrap();
    append(&log, "garbage\n".to_owned() + &lines(50..60));
    following.until("it fails", |it| it.totals().failing).await;
    truncate(&log);
    append(&log, lines(100..110));
    fs::remove_dir(&rejects).unwrap();
    following.read(60).await;
    following.until("a loss", |it| it.totals().losses == 1).await;
    following.looks(5).await;
    check_count(&installation, 60).await;
    assert_eq!(following.stop().await.losses, 1);
    assert_eq!(losses(&installation).await.len(), 1);
    // Nor is it told again by a run that starts with it.
    let following = Following::start(&installation, &["access.log"]);
    following.looks(5).await;
    assert_eq!(following.stop().await.losses, 0);
}
