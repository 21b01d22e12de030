//! Files that are renamed, copied, emptied, packed and removed while they are followed.

use super::*;

#[tokio::test]
async fn what_is_appended_is_counted() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..10));
    let following = Following::start(&installation, &["access.log"]);
    following.read(10).await;
    for round in 1..5 {
        append(&log, lines(round * 10..round * 10 + 10));
        following.read(round as u64 * 10 + 10).await;
    }
    check_count(&installation, 50).await;
    assert_eq!(following.stop().await.counted, 50);
}

#[tokio::test]
async fn a_line_is_counted_when_it_is_complete() {
    let installation = Installation::new();
    let text = lines(0..3);
    let (first, rest) = text.split_at(text.len() / 2);
    let log = installation.write("access.log", first);
    let following = Following::start(&installation, &["access.log"]);
    following.read(1).await;
    following.looks(3).await;
    append(&log, &rest[..rest.len() - 1]);
    following.read(2).await;
    following.looks(3).await;
    following.read(2).await;
    append(&log, "\n");
    following.read(3).await;
    assert_eq!(following.totals().counted, 3);
    check_count(&installation, 3).await;
}

#[tokio::test]
async fn a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..10));
    let following = Following::start(&installation, &["access.log"]);
    following.read(10).await;
    let rotated = installation.path("access.log.1");
    fs::rename(&log, &rotated).unwrap();
    // The program still has the old one open.
    append(&rotated, lines(10..20));
    following.read(20).await;
    append(&log, lines(30..35));
    following.read(25).await;
    append(&rotated, lines(20..30));
    append(&log, lines(35..40));
    following.read(40).await;
    check_count(&installation, 40).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn a_renamed_file_that_the_pattern_means_too_is_not_counted_again() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..90));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(90).await;
    for round in 1..4 {
        for n in (1..round).rev() {
            let name = |n: usize| installation.path(&format!("access.log.{n}"));
            fs::rename(name(n), name(n + 1)).unwrap();
        }
        append(&log, lines(round * 100 - 10..round * 100));
        fs::rename(&log, installation.path("access.log.1")).unwrap();
        append(&log, lines(round * 100..round * 100 + 90));
        following.read(round as u64 * 100 + 90).await;
    }
    following.looks(3).await;
    following.read(390).await;
    check_count(&installation, 390).await;
}

#[tokio::test]
async fn a_file_that_is_copied_and_emptied_is_read_on() {
    for pattern in ["access.log", "access.log*"] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..50));
        let following = Following::start(&installation, &[pattern]);
        following.read(50).await;
        let mut next = 50;
        for round in 1..4 {
            for n in (1..round).rev() {
                let name = |n: usize| installation.path(&format!("access.log.{n}"));
                fs::rename(name(n), name(n + 1)).unwrap();
            }
            fs::copy(&log, installation.path("access.log.1")).unwrap();
            truncate(&log);
            append(&log, lines(next..next + 20));
            next += 20;
            following.read(next as u64).await;
            following.looks(3).await;
            following.read(next as u64).await;
        }
        check_count(&installation, next as u64).await;
        assert_eq!(following.stop().await.losses, 0, "{pattern}");
    }
}

/// What was written between the last look and the copy is in the copy alone.
#[tokio::test]
async fn what_only_the_copy_has_is_read_from_it() {
    for pattern in ["access.log", "access.log*"] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..50));
        let following = Following::start(&installation, &[pattern]);
        following.read(50).await;
        append(&log, lines(50..60));
        fs::copy(&log, installation.path("access.log.1")).unwrap();
        truncate(&log);
        append(&log, lines(60..70));
        following.read(70).await;
        following.looks(3).await;
        following.read(70).await;
        check_count(&installation, 70).await;
    }
}

#[tokio::test]
async fn a_file_that_was_emptied_and_has_grown_further_than_before_is_read_from_its_start() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..20));
    let following = Following::start(&installation, &["access.log"]);
    following.read(20).await;
    // In one write, so that no look can see it shorter.
    let text = lines(100..200);
    let file = OpenOptions::new().write(true).open(&log).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, text.as_bytes(), 0).unwrap();
    following.read(120).await;
    check_count(&installation, 120).await;
}

#[tokio::test]
async fn a_file_that_is_removed_and_made_again_is_read_from_its_start() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..20));
    let following = Following::start(&installation, &["access.log"]);
    following.read(20).await;
    for round in 1..4 {
        fs::remove_file(&log).unwrap();
        following.looks(round as u64 - 1).await;
        append(&log, lines(round * 20..round * 20 + 15));
        following.read(20 + round as u64 * 15).await;
    }
    check_count(&installation, 65).await;
}

/// As tools do that fetch logs from elsewhere: a new file with all of the old and more takes its place.
#[tokio::test]
async fn a_file_that_is_replaced_by_a_longer_copy_of_itself_is_read_on() {
    for size in [3, 300] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..size));
        let following = Following::start(&installation, &["access.log"]);
        following.read(size as u64).await;
        for round in 1..4 {
            let fetched = installation.write("fetched", lines(0..size + round * 10));
            fs::rename(&fetched, &log).unwrap();
            following.read((size + round * 10) as u64).await;
            following.looks(2).await;
        }
        following.read(size as u64 + 30).await;
        check_count(&installation, size as u64 + 30).await;
    }
}

#[tokio::test]
async fn packed_rotations_are_counted_once_and_those_never_read_are_counted() {
    let installation = Installation::new();
    let never_read = installation.write("access.log.2", lines(0..100));
    gzip(&never_read);
    let log = installation.write("access.log", lines(100..200));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(200).await;
    let rotated = installation.path("access.log.1");
    fs::rename(&log, &rotated).unwrap();
    append(&log, lines(200..210));
    following.read(210).await;
    fs::rename(installation.path("access.log.2.gz"), installation.path("access.log.3.gz")).unwrap();
    fs::rename(&rotated, installation.path("access.log.2")).unwrap();
    gzip(&installation.path("access.log.2"));
    append(&log, lines(210..220));
    following.read(220).await;
    following.looks(12).await;
    following.read(220).await;
    check_count(&installation, 220).await;
    following.stop().await;
    // Nor by a run that starts with them.
    let following = Following::start(&installation, &["access.log*"]);
    append(&log, lines(220..230));
    following.read(10).await;
    following.looks(12).await;
    following.read(10).await;
    check_count(&installation, 230).await;
}

/// As where it is unpacked under a name of its own just when the packed file is looked up.
#[tokio::test]
async fn what_is_met_while_a_packed_file_with_the_same_content_is_looked_up_is_counted_once() {
    let installation = Installation::new();
    gzip(&installation.write("z", lines(0..100)));
    let following = Following::start(&installation, &["z.gz", "q.log"]);
    // It is looked up after a second, and read from the next look on.
    following.looks(6).await;
    installation.write("q.log", lines(0..100));
    following.read(100).await;
    following.looks(12).await;
    following.read(100).await;
    check_count(&installation, 100).await;
    assert_eq!(following.stop().await.losses, 0);
}

/// With `gunzip` or `gunzip -k`: what is unpacked lies beside the packed file, for a moment or for good.
#[tokio::test]
async fn what_is_unpacked_beside_itself_is_not_counted_again() {
    for (size, keep) in [(3, true), (300, true), (300, false)] {
        let installation = Installation::new();
        let packed = gzip(&installation.write("access.log.1", lines(0..size)));
        let log = installation.write("access.log", lines(1_000..1_010));
        let following = Following::start(&installation, &["access.log*"]);
        following.read(size as u64 + 10).await;
        following.looks(3).await;
        let unpacked = installation.path("access.log.1");
        if size > 100 {
            append(&unpacked, lines(0..size / 2));
            following.looks(3).await;
            append(&unpacked, lines(size / 2..size));
        } else {
            append(&unpacked, lines(0..size));
        }
        if !keep {
            fs::remove_file(&packed).unwrap();
        }
        append(&log, lines(1_010..1_020));
        following.read(size as u64 + 20).await;
        following.looks(12).await;
        following.read(size as u64 + 20).await;
        append(&unpacked, lines(size..size + 5));
        following.read(size as u64 + 25).await;
        check_count(&installation, size as u64 + 25).await;
        assert_eq!(following.stop().await.losses, 0, "{size} {keep}");
    }
}

#[tokio::test]
async fn a_packed_file_that_is_renamed_while_it_is_read_is_counted_once() {
    let installation = Installation::new();
    let packed = gzip(&installation.write("access.log.1", lines(0..20_000)));
    let following = Following::start(&installation, &["access.log*"]);
    following.until("it is begun", |it| it.totals().lines > 0).await;
    let hidden = installation.path("hidden");
    fs::rename(&packed, &hidden).unwrap();
    following.looks(2).await;
    fs::rename(&hidden, installation.path("access.log.2.gz")).unwrap();
    following.read(20_000).await;
    following.looks(12).await;
    following.read(20_000).await;
    check_count(&installation, 20_000).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn a_packed_file_that_is_removed_while_it_is_read_is_counted_to_its_end() {
    let installation = Installation::new();
    let packed = gzip(&installation.write("access.log.1", lines(0..50_000)));
    let following = Following::start(&installation, &["access.log*"]);
    following.until("it is begun", |it| it.totals().lines > 0).await;
    fs::remove_file(&packed).unwrap();
    following.read(50_000).await;
    following.looks(12).await;
    following.read(50_000).await;
    check_count(&installation, 50_000).await;
    assert_eq!(following.stop().await.losses, 0);
}

/// With `gzip -k`, or while `gzip` is at work.
#[tokio::test]
async fn what_is_packed_beside_itself_is_not_counted_again() {
    for (size, keep) in [(3, true), (300, true), (300, false)] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..size));
        let following = Following::start(&installation, &["access.log*"]);
        following.read(size as u64).await;
        let rotated = installation.path("access.log.1");
        fs::rename(&log, &rotated).unwrap();
        append(&log, lines(1_000..1_010));
        following.read(size as u64 + 10).await;
        gzip_beside(&rotated);
        following.looks(12).await;
        if !keep {
            fs::remove_file(&rotated).unwrap();
        }
        append(&log, lines(1_010..1_020));
        following.read(size as u64 + 20).await;
        following.looks(12).await;
        following.read(size as u64 + 20).await;
        check_count(&installation, size as u64 + 20).await;
        assert_eq!(following.stop().await.losses, 0, "{size} {keep}");
    }
}

#[tokio::test]
async fn a_copy_that_goes_on_growing_is_read_on() {
    let installation = Installation::new();
    installation.write("access.log", lines(0..50));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(50).await;
    let copy = installation.write("access.log.new", lines(0..60));
    let started = Instant::now();
    let mut written = 60;
    while following.totals().lines == 50 {
        assert!(started.elapsed() < PATIENCE, "{:?}", following.told());
        append(&copy, lines(written..written + 1));
        written += 1;
        following.looks(1).await;
    }
    following.read(written as u64).await;
    following.looks(12).await;
    following.read(written as u64).await;
    check_count(&installation, written as u64).await;
}

/// Nothing can be saved while a directory lies where the rejected lines are kept.
#[tokio::test]
async fn what_only_the_copy_has_is_counted_once_when_it_can_not_be_saved_at_first() {
    let installation = Installation::new();
    installation.write("access.log", lines(0..50));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(50).await;
    let rejects = installation.path("rejects.ndjson");
    fs::create_dir(&rejects).unwrap();
    installation.write("access.log.1", lines(0..50) + "garbage\n" + &lines(50..60));
    following.until("it fails", |it| it.totals().failing).await;
    following.looks(12).await;
    fs::remove_dir(&rejects).unwrap();
    following.read(61).await;
    following.looks(12).await;
    following.read(61).await;
    check_count(&installation, 60).await;
}
