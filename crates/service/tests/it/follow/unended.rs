//! Files that end with half a line.

use super::*;

#[tokio::test]
async fn half_a_line_is_the_last_one_of_a_file_that_was_rotated_away() {
    let installation = Installation::new();
    let text = lines(0..11);
    let log = installation.write("access.log", &text[..text.len() - 30]);
    let following = Following::start(&installation, &["access.log"]);
    following.read(10).await;
    fs::rename(&log, installation.path("access.log.1")).unwrap();
    append(&log, lines(20..25));
    following.read(15).await;
    following.read(16).await;
    assert_eq!((following.totals().counted, following.totals().rejected), (15, 1));
    check_count(&installation, 15).await;
}

/// Three lines and one without line end, whole or not.
fn unended(is_whole: bool) -> String {
    let text = lines(0..4);
    text[..text.len() - if is_whole { 1 } else { 30 }].to_owned()
}

#[tokio::test]
async fn the_last_line_of_a_renamed_file_is_the_last_where_nothing_has_its_place() {
    let cases = [("access.log*", true), ("*.log", true), ("access.log*", false), ("*.log", false)];
    for case in cases.map(|(pattern, is_whole)| tokio::spawn(rename_unended(pattern, is_whole))) {
        case.await.unwrap();
    }
}

async fn rename_unended(pattern: &str, is_whole: bool) {
    let installation = Installation::new();
    let log = installation.write("access.log", unended(is_whole));
    let rotated = installation.path("access.log.1");
    let following = Following::start(&installation, &[pattern]);
    following.read(3).await;
    fs::rename(&log, &rotated).unwrap();
    following.read(4).await;
    let counted = 3 + u64::from(is_whole);
    assert_eq!((following.totals().counted, following.totals().rejected), (counted, 4 - counted), "{pattern}");
    // Whoever had it open goes on, and then it is renamed again, packed, and another has its place.
    append(&rotated, lines(0..6).split_off(unended(is_whole).len()));
    following.read(6).await;
    let again = installation.path("access.log.2");
    fs::rename(&rotated, &again).unwrap();
    following.looks(3).await;
    gzip(&again);
    append(&log, lines(10..15));
    following.read(11).await;
    following.looks(12).await;
    following.read(11).await;
    assert_eq!(following.stop().await.losses, 0, "{pattern}");
    let following = Following::start(&installation, &[pattern]);
    following.looks(12).await;
    assert_eq!((following.totals().lines, following.totals().losses), (0, 0), "{pattern}");
    check_count(&installation, counted + 7).await;
}

#[tokio::test]
async fn the_last_line_of_a_file_that_was_renamed_while_nobody_watched_is_the_last() {
    let cases = [("access.log*", true), ("*.log", true), ("access.log*", false), ("*.log", false)];
    for case in cases.map(|(pattern, is_replaced)| tokio::spawn(rename_unended_unwatched(pattern, is_replaced))) {
        case.await.unwrap();
    }
}

async fn rename_unended_unwatched(pattern: &str, is_replaced: bool) {
    let installation = Installation::new();
    let text = unended(true);
    // Under a name that is not meant, a file is looked for where it was seen to grow.
    let seen = if pattern == "*.log" { lines(0..2).len() } else { text.len() };
    let log = installation.write("access.log", &text[..seen]);
    let rotated = installation.path("access.log.1");
    let following = Following::start(&installation, &[pattern]);
    following.until("what is there is read", |it| it.totals().lines >= 2).await;
    append(&log, &text[seen..]);
    following.read(3).await;
    following.stop().await;
    fs::rename(&log, &rotated).unwrap();
    if is_replaced {
        append(&log, lines(10..15));
    }
    let following = Following::start(&installation, &[pattern]);
    following.read(1 + 5 * u64::from(is_replaced)).await;
    following.stop().await;
    // No more of it is expected.
    let positions = installation.steadfast.store.positions().await.unwrap();
    let of_rotated = positions.iter().find(|position| position.lines == 4).unwrap();
    assert!(!is_replaced || of_rotated.followed_by.is_none(), "{of_rotated:?}");
    gzip(&rotated);
    append(&log, lines(15..20));
    let following = Following::start(&installation, &[pattern]);
    following.read(5).await;
    following.looks(12).await;
    following.read(5).await;
    assert_eq!(following.stop().await.losses, 0, "{pattern} {is_replaced}");
    check_count(&installation, 9 + 5 * u64::from(is_replaced)).await;
}

#[tokio::test]
async fn a_new_file_in_the_place_of_one_that_ends_with_half_a_line_is_new() {
    let installation = Installation::new();
    let text = lines(0..10);
    let log = installation.write("access.log", lines(0..5));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(5).await;
    append(&log, &text[lines(0..5).len()..text.len() - 30]);
    following.read(9).await;
    following.looks(2).await;
    fs::rename(&log, installation.path("access.log.1")).unwrap();
    append(&log, lines(0..7));
    following.read(16).await;
    following.read(17).await;
    assert_eq!((following.totals().counted, following.totals().rejected), (16, 1));
    check_count(&installation, 16).await;
    assert_eq!(following.stop().await.losses, 0);
}

/// As where somebody tries a copy first.
#[tokio::test]
async fn half_a_line_waits_where_a_copy_of_the_file_was_read_before() {
    for (copy, stays) in [("access.log.tried", true), ("elsewhere/access.log", false)] {
        let installation = Installation::new();
        fs::create_dir(installation.path("elsewhere")).unwrap();
        let text = lines(0..101);
        let log = installation.write("access.log", lines(0..100));
        let copy = installation.path(copy);
        fs::copy(&log, &copy).unwrap();
        installation.ingest(&copy).await;
        if !stays {
            fs::remove_file(&copy).unwrap();
        }
        append(&log, &text[lines(0..100).len()..text.len() - 30]);
        let following = Following::start(&installation, &["access.log"]);
        following.looks(30).await;
        following.read(0).await;
        append(&log, &text[text.len() - 30..]);
        following.read(1).await;
        assert_eq!(following.stop().await.losses, 0);
        check_count(&installation, 101).await;
    }
}

#[tokio::test]
async fn a_file_that_ends_with_half_a_line_is_not_counted_again_under_another_source() {
    let installation = Installation::new();
    installation.write("access.log", unended(false));
    for (name, expected) in [("one", 3), ("two", 0)] {
        let source = source(&installation, name.parse().unwrap(), &["*.log"], Some(Format::Steadfast));
        let following = Following::start_all(&installation, vec![source]);
        following.looks(3).await;
        following.read(expected).await;
        following.stop().await;
    }
    check_count(&installation, 3).await;
}

#[tokio::test]
async fn no_more_is_expected_of_a_file_that_ends_with_half_a_line_and_is_not_written_to() {
    let installation = Installation::new();
    let oldest = installation.write("access.log.5", unended(false));
    let older = installation.write("access.log.4", lines(10..15));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(8).await;
    following.stop().await;
    let positions = installation.steadfast.store.positions().await.unwrap();
    assert!(positions.iter().all(|position| position.followed_by.is_none()), "{positions:?}");
    // So it is not missed.
    fs::rename(&older, &oldest).unwrap();
    let following = Following::start(&installation, &["access.log*"]);
    following.looks(12).await;
    let totals = following.stop().await;
    assert_eq!((totals.lines, totals.losses), (0, 0));
}

#[tokio::test]
async fn half_a_line_waits_where_a_file_comes_back_to_its_place() {
    let installation = Installation::new();
    let log = installation.write("access.log", unended(false));
    let hidden = installation.path("hidden");
    let following = Following::start(&installation, &["access.log"]);
    following.read(3).await;
    fs::rename(&log, &hidden).unwrap();
    following.until("it is missed", |it| it.totals().files == 0).await;
    fs::rename(&hidden, &log).unwrap();
    following.looks(30).await;
    following.read(3).await;
    append(&log, lines(0..4).split_off(unended(false).len()));
    following.read(4).await;
    check_count(&installation, 4).await;
}

#[tokio::test]
async fn what_is_copied_to_the_place_of_an_older_copy_is_a_copy_too() {
    for ends_with_half_a_line in [false, true] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..40));
        let copy = installation.path("access.log.1");
        if ends_with_half_a_line {
            fs::write(&copy, unended(false).replace("2026-11-19T10", "2026-11-19T09")).unwrap();
        }
        let following = Following::start(&installation, &["access.log*"]);
        following.until("all is read", |it| it.totals().lines >= 40).await;
        append(&log, lines(40..50));
        following.until("all is read", |it| it.totals().lines >= 50).await;
        following.stop().await;
        if !ends_with_half_a_line {
            fs::copy(&log, &copy).unwrap();
            truncate(&log);
            append(&log, lines(50..53));
        }
        let following = Following::start(&installation, &["access.log*"]);
        following.looks(5).await;
        let before = following.totals().lines;
        fs::rename(&copy, installation.path("access.log.2")).unwrap();
        fs::copy(&log, &copy).unwrap();
        truncate(&log);
        append(&log, lines(60..65));
        following.until("the new ones are read", |it| it.totals().lines >= before + 5).await;
        following.looks(15).await;
        following.stop().await;
        check_count(&installation, 58).await;
    }
}
