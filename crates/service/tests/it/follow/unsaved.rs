//! While nothing can be saved.

use super::*;

fn kept(installation: &Installation) -> usize {
    fs::read_to_string(installation.path("rejects.ndjson")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn what_can_not_be_used_is_kept_once_however_often_it_is_read() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..50));
    let following = Following::start(&installation, &["access.log*"]);
    following.read(50).await;
    let refuse = "CREATE TRIGGER meddler BEFORE UPDATE ON source_position BEGIN SELECT RAISE(ABORT, 'no'); END";
    drop(Meddler::new(&installation, refuse));
    append(&log, "garbage\n".to_owned() + &lines(50..60));
    following.until("it fails", |it| it.totals().failing).await;
    append(&log, "more garbage\n");
    // It is tried again every second.
    following.looks(17).await;
    assert_eq!(kept(&installation), 2);
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    following.read(62).await;
    assert_eq!(kept(&installation), 2);
    append(&log, "garbage\n");
    following.read(63).await;
    assert_eq!((kept(&installation), following.totals().rejected), (3, 3));
    // What is new in it is.
    truncate(&log);
    append(&log, "garbage\n".to_owned() + &lines(60..61));
    following.read(65).await;
    assert_eq!(kept(&installation), 4);
    check_count(&installation, 61).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn a_file_that_is_copied_and_emptied_while_the_store_is_locked_is_counted_once() {
    for pattern in ["access.log", "access.log*"] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..50));
        let following = Following::start(&installation, &[pattern]);
        following.read(50).await;
        let lock = Meddler::new(&installation, "BEGIN EXCLUSIVE");
        append(&log, lines(50..60));
        following.until("it fails", |it| it.totals().failing).await;
        fs::copy(&log, installation.path("access.log.1")).unwrap();
        truncate(&log);
        append(&log, lines(60..70));
        drop(lock);
        following.read(70).await;
        following.looks(12).await;
        following.read(70).await;
        check_count(&installation, 70).await;
        assert_eq!(following.stop().await.losses, 0, "{pattern}");
        assert!(losses(&installation).await.is_empty(), "{pattern}");
    }
}

#[tokio::test]
async fn the_last_line_of_a_renamed_file_is_read_though_it_can_not_be_saved_at_first() {
    for pattern in ["access.log", "access.log*"] {
        let installation = Installation::new();
        let text = lines(0..11);
        let log = installation.write("access.log", &text[..text.len() - 1]);
        let following = Following::start(&installation, &[pattern]);
        following.read(10).await;
        let refuse = "CREATE TRIGGER meddler BEFORE UPDATE ON source_position BEGIN SELECT RAISE(ABORT, 'no'); END";
        drop(Meddler::new(&installation, refuse));
        fs::rename(&log, installation.path("access.log.1")).unwrap();
        following.until("it fails", |it| it.totals().failing).await;
        following.looks(12).await;
        drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
        following.read(11).await;
        check_count(&installation, 11).await;
        assert_eq!(following.stop().await.losses, 0, "{pattern}");
    }
}

#[tokio::test]
async fn no_more_is_expected_of_a_renamed_file_though_that_can_not_be_saved_at_first() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..10));
    let following = Following::start(&installation, &["access.log"]);
    following.read(10).await;
    fs::rename(&log, installation.path("access.log.1")).unwrap();
    append(&log, lines(10..15));
    following.read(15).await;
    let refuse = "CREATE TRIGGER meddler BEFORE UPDATE ON source_position BEGIN SELECT RAISE(ABORT, 'no'); END";
    drop(Meddler::new(&installation, refuse));
    following.until("it fails", |it| it.totals().failing).await;
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    let started = Instant::now();
    loop {
        let positions = installation.steadfast.store.positions().await.unwrap();
        if positions.iter().filter(|position| position.followed_by.is_some()).count() == 1 {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{positions:?}");
        following.looks(2).await;
    }
    assert_eq!(following.stop().await.losses, 0);
}
