//! Names, links, rights, formats and restarts: what files are followed in.

use super::*;

#[tokio::test]
async fn files_and_directories_may_come_later() {
    let installation = Installation::new();
    let following = Following::start(&installation, &["later.log", "logs/*.log"]);
    following.looks(3).await;
    installation.write("later.log", lines(0..5));
    following.read(5).await;
    fs::create_dir(installation.path("logs")).unwrap();
    fs::write(installation.path("logs/a.log"), lines(10..15)).unwrap();
    following.read(10).await;
    fs::write(installation.path("logs/b.log"), "").unwrap();
    fs::write(installation.path("logs/c.txt"), lines(20..25)).unwrap();
    following.looks(3).await;
    append(&installation.path("logs/b.log"), lines(30..35));
    following.read(15).await;
    following.looks(3).await;
    check_count(&installation, 15).await;
}

#[tokio::test]
async fn a_file_with_many_names_is_read_once() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..20));
    fs::hard_link(&log, installation.path("hard.log")).unwrap();
    std::os::unix::fs::symlink(&log, installation.path("soft.log")).unwrap();
    let following = Following::start(&installation, &["*.log", "access.log", "s*.log"]);
    following.read(20).await;
    append(&log, lines(20..30));
    following.read(30).await;
    following.looks(3).await;
    following.read(30).await;
    check_count(&installation, 30).await;
}

#[tokio::test]
async fn a_link_that_leads_to_another_file_now_is_followed_there() {
    let installation = Installation::new();
    let (one, two) = (installation.write("1", lines(0..20)), installation.write("2", lines(100..120)));
    let link = installation.path("current.log");
    std::os::unix::fs::symlink(&one, &link).unwrap();
    let following = Following::start(&installation, &["current.log"]);
    following.read(20).await;
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&two, &link).unwrap();
    append(&one, lines(20..25));
    following.read(45).await;
    append(&two, lines(120..125));
    following.read(50).await;
    check_count(&installation, 50).await;
}

#[tokio::test]
async fn a_file_that_may_not_be_read_is_told_of_once_and_read_when_it_may() {
    let installation = Installation::new();
    let log = installation.path("access.log");
    std::os::unix::fs::symlink(unreadable(), &log).unwrap();
    let following = Following::start(&installation, &["access.log"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("can't be read"))).await;
    following.looks(12).await;
    assert_eq!(following.told().len(), 1, "{:?}", following.told());
    let readable = installation.write("readable", lines(0..10));
    fs::rename(readable, &log).unwrap();
    following.read(10).await;
}

#[tokio::test]
async fn a_path_that_can_not_be_looked_at_is_told_of_whenever_that_begins() {
    let installation = Installation::new();
    let log = installation.path("access.log");
    let told = |it: &Following| it.told().iter().filter(|text| text.contains("can't be looked at")).count();
    let following = Following::start(&installation, &["access.log"]);
    for time in 1..4 {
        // It leads to itself.
        std::os::unix::fs::symlink(&log, &log).unwrap();
        following.until("it is told", |it| told(it) == time).await;
        following.looks(4).await;
        assert_eq!(told(&following), time);
        fs::remove_file(&log).unwrap();
        following.looks(2).await;
    }
    append(&log, lines(0..10));
    following.read(10).await;
}

#[tokio::test]
async fn a_format_is_guessed_once_there_are_lines() {
    let installation = Installation::new();
    let log = installation.write("access.log", "");
    let following = Following::start_as(&installation, &["access.log"], None);
    following.looks(3).await;
    append(&log, &lines(0..1)[..40]);
    following.looks(3).await;
    assert!(following.told().is_empty(), "{:?}", following.told());
    append(&log, &lines(0..1)[40..]);
    append(&log, lines(1..10));
    following.read(10).await;
    let told = following.told();
    assert!(told.len() == 1 && told[0].contains("access.log") && told[0].contains("guessed"), "{told:?}");
    check_count(&installation, 10).await;
}

#[tokio::test]
async fn a_file_in_another_format_is_told_of_and_not_marked_as_read() {
    let installation = Installation::new();
    let log = installation.write("access.log", "garbage\n".repeat(50));
    let following = Following::start(&installation, &["access.log"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("no line can be used"))).await;
    following.looks(12).await;
    assert_eq!((following.told().len(), following.totals().lines), (1, 0), "{:?}", following.told());
    assert!(installation.steadfast.store.positions().await.unwrap().is_empty());
    fs::write(&log, lines(0..10)).unwrap();
    following.read(10).await;
}

#[tokio::test]
async fn a_source_tells_which_of_its_files_cannot_be_read_and_why_as_long_as_that_is_so() {
    let installation = Installation::new();
    let secret = installation.path("secret.log");
    std::os::unix::fs::symlink(unreadable(), &secret).unwrap();
    fs::create_dir(installation.path("folder.log")).unwrap();
    let wrong = installation.write("wrong.json", "garbage\n".repeat(50));
    installation.write("guess.log", "no log\nat all\n");
    let named = |name: &str| name.parse::<SourceName>().unwrap();
    let json = source(&installation, named("json"), &["*.json"], Some(Format::Steadfast));
    let logs = ["secret.log", "folder.log", "guess.log", "later.log"];
    let sources = vec![source(&installation, named("logs"), &logs, None), json];
    let unread = async || {
        let files = installation.steadfast.store.unread_files().await.unwrap();
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        files.into_iter().map(|file| (file.source.to_string(), name(&file.path), file.reason)).collect::<Vec<_>>()
    };
    let following = Following::start_all(&installation, sources.clone());
    let expected = [
        ("json", "wrong.json", "no line can be used"),
        ("logs", "folder.log", "it is no file"),
        ("logs", "guess.log", "its format can't be told"),
        ("logs", "secret.log", "it can't be read: "),
    ];
    following.until("all are told", |it| it.told().len() == expected.len()).await;
    following.looks(2).await;
    let found = unread().await;
    let are_alike = found.iter().zip(&expected).all(|(found, (source, file, reason))| {
        (found.0.as_str(), found.1.as_str()) == (*source, *file) && found.2.starts_with(reason)
    });
    assert!(are_alike && found.len() == expected.len(), "{found:?}");
    // Nothing ever came of either.
    let views = installation.steadfast.source_views().await.unwrap();
    assert_eq!(
        views.iter().map(|it| (it.name.as_str(), it.unread.len())).collect::<Vec<_>>(),
        [("json", 1), ("logs", 3)]
    );

    // What is mended is told no more, also by whoever follows next.
    fs::write(&wrong, lines(0..10)).unwrap();
    fs::remove_file(&secret).unwrap();
    following.read(10).await;
    following.looks(2).await;
    assert_eq!(unread().await, found[1..3]);
    following.stop().await;
    fs::remove_file(installation.path("guess.log")).unwrap();
    fs::remove_dir(installation.path("folder.log")).unwrap();
    assert_eq!(unread().await.len(), 2);
    let following = Following::start_all(&installation, sources);
    following.looks(2).await;
    assert_eq!(unread().await, []);
    following.stop().await;
}

#[tokio::test]
async fn where_nothing_is_followed_no_file_is_unread() {
    let installation = Installation::new();
    let store = &installation.steadfast.store;
    let (path, reason) = ("/gone".to_owned(), "it can't be read".to_owned());
    store.keep_unread_files(&[store::UnreadFile { source: SourceName::files(), path, reason }]).await.unwrap();
    let watcher = Arc::new(Watch::default());
    installation.steadfast.keep_following(Vec::new(), 1, watcher, std::future::pending()).await.unwrap();
    assert_eq!(store.unread_files().await.unwrap(), []);
}

/// As long as a file is as it was when none of its lines could be used, it is of no use to read it again.
#[tokio::test]
async fn a_file_in_another_format_is_not_read_again_before_it_changes() {
    let installation = Installation::new();
    let good = lines(0..10);
    let mut bad = "garbage\n".repeat(good.len() / 8).into_bytes();
    bad.resize(good.len(), b'\n');
    let log = installation.write("access.log", &bad);
    let modified = fs::metadata(&log).unwrap().modified().unwrap();
    let following = Following::start(&installation, &["access.log"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("no line can be used"))).await;
    // Behind its back: what it would find if it read it again.
    let file = OpenOptions::new().write(true).open(&log).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, good.as_bytes(), 0).unwrap();
    file.set_modified(modified).unwrap();
    following.looks(12).await;
    assert_eq!((following.told().len(), following.totals().lines), (1, 0), "{:?}", following.told());
    append(&log, lines(10..15));
    following.read(15).await;
    check_count(&installation, 15).await;
}

#[tokio::test]
async fn a_file_that_takes_long_to_be_found_useless_is_not_tried_again_every_second() {
    let installation = Installation::new();
    let log = installation.write("access.log", "garbage\n".repeat(4 << 20));
    let following = Following::start(&installation, &["access.log"]);
    following.until("it is told", |it| it.told().iter().any(|text| text.contains("no line can be used"))).await;
    fs::write(&log, lines(0..10)).unwrap();
    following.looks(10).await;
    assert_eq!((following.told().len(), following.totals().lines), (1, 0), "{:?}", following.told());
}

#[tokio::test]
async fn lines_that_are_all_too_old_are_in_the_right_format() {
    let installation = Installation::new();
    let old = lines(0..30).replace("2026-11-19", "2020-11-19");
    installation.write("access.log", &old);
    let following = Following::start(&installation, &["access.log"]);
    following.read(30).await;
    assert_eq!((following.totals().rejected, following.told().len()), (30, 0), "{:?}", following.told());
    assert_eq!(installation.steadfast.store.positions().await.unwrap().len(), 1);
    following.stop().await;
}

/// Of a file that ends without ever having had a line end, all is known that ever will be.
#[tokio::test]
async fn an_only_line_without_line_end_is_counted_once_no_more_can_come() {
    let installation = Installation::new();
    let text = |n: usize| lines(n..n + 1).trim_end().to_owned();
    let log = installation.write("access.log", text(0));
    let rotated = installation.path("access.log.2");
    gzip(&installation.write("access.log.1", text(1)));
    installation.write("access.log.3", "\n");
    gzip(&installation.path("access.log.3"));
    let following = Following::start_as(&installation, &["access.log*"], None);
    following.read(2).await;
    assert_eq!((following.totals().counted, following.totals().rejected), (1, 1));
    following.looks(3).await;
    following.read(2).await;
    fs::rename(&log, &rotated).unwrap();
    append(&log, lines(2..5));
    following.read(6).await;
    assert_eq!((following.totals().counted, following.totals().rejected), (5, 1));
    check_count(&installation, 5).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn it_goes_on_where_it_was_left() {
    let installation = Installation::new();
    let log = installation.write("access.log", "");
    let mut next = 0;
    for round in 0..6 {
        append(&log, lines(next..next + 10));
        let following = Following::start(&installation, &["access.log"]);
        following.read(10).await;
        append(&log, lines(next + 10..next + 15));
        following.read(15).await;
        next += 15;
        let totals = following.stop().await;
        assert_eq!((totals.counted, totals.losses), (15, 0), "round {round}");
        check_count(&installation, next as u64).await;
    }
}

#[tokio::test]
async fn a_file_that_was_rotated_while_nobody_looked_is_read_to_its_end() {
    for pattern in ["access.log", "access.log*"] {
        for pack in [false, true] {
            if pack && pattern == "access.log" {
                continue;
            }
            let installation = Installation::new();
            let log = installation.write("access.log", lines(0..200));
            let following = Following::start(&installation, &[pattern]);
            following.read(200).await;
            following.stop().await;
            append(&log, lines(200..230));
            fs::rename(&log, installation.path("access.log.1")).unwrap();
            if pack {
                gzip(&installation.path("access.log.1"));
            }
            append(&log, lines(300..310));
            let following = Following::start(&installation, &[pattern]);
            following.read(40).await;
            following.looks(12).await;
            following.read(40).await;
            check_count(&installation, 240).await;
            assert_eq!(following.stop().await.losses, 0, "{pattern} {pack}");
        }
    }
}

#[tokio::test]
async fn a_file_that_was_copied_and_emptied_while_nobody_looked_is_read_from_the_copy() {
    for pattern in ["access.log", "access.log*"] {
        let installation = Installation::new();
        let log = installation.write("access.log", lines(0..200));
        let following = Following::start(&installation, &[pattern]);
        following.read(200).await;
        following.stop().await;
        append(&log, lines(200..230));
        fs::copy(&log, installation.path("access.log.1")).unwrap();
        truncate(&log);
        append(&log, lines(300..310));
        let following = Following::start(&installation, &[pattern]);
        following.read(40).await;
        following.looks(12).await;
        following.read(40).await;
        check_count(&installation, 240).await;
        assert_eq!(following.stop().await.losses, 0, "{pattern}");
    }
}

#[tokio::test]
async fn what_was_ingested_before_is_not_counted_again() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..100));
    installation.ingest(&log).await;
    append(&log, lines(100..110));
    let following = Following::start(&installation, &["access.log"]);
    following.read(10).await;
    following.stop().await;
    append(&log, lines(110..115));
    assert_eq!(installation.ingest(&log).await.counted, 5);
    check_count(&installation, 115).await;
}

#[tokio::test]
async fn a_thousand_files_are_followed_with_few_of_them_open() {
    let installation = Installation::new();
    for n in 0..1_000 {
        installation.write(&format!("{n:03}.log"), lines(n * 3..n * 3 + 2));
    }
    let following = Following::start(&installation, &["*.log"]);
    following.read(2_000).await;
    for n in 0..1_000 {
        append(&installation.path(&format!("{n:03}.log")), lines(n * 3 + 2..n * 3 + 3));
    }
    following.read(3_000).await;
    let open = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    assert!(open < 400, "{open}");
    // Rotated all at once, most of them closed.
    for n in 0..1_000 {
        let log = installation.path(&format!("{n:03}.log"));
        append(&log, lines(n * 3 + 3_000..n * 3 + 3_001));
        fs::rename(&log, installation.path(&format!("{n:03}.log.1"))).unwrap();
        append(&log, lines(n * 3 + 7_000..n * 3 + 7_001));
    }
    following.read(5_000).await;
    check_count(&installation, 5_000).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn followed_files_and_batches_share_the_bound_on_routes() {
    let installation = Installation::new();
    let log = installation.write("access.log", "");
    let following = Following::start(&installation, &["access.log"]);
    for turn in 0..6 {
        let body: String = (0..300).map(|n| line("acme", n, &format!("/hidden/r{turn}x{n}x"), 404)).collect();
        if turn % 2 == 0 {
            append(&log, body);
            following.read((turn as u64 / 2 + 1) * 300).await;
        } else {
            installation.steadfast.ingest_batch(crate::installation::batch(body, None)).await.unwrap();
        }
    }
    let days = model::DayRange { start: installation.steadfast.today().plus(-30), end: installation.steadfast.today() };
    let app = "acme".parse().unwrap();
    let tallies = installation.steadfast.store.tallies(&app, Environment::Production, days).await.unwrap();
    let routes: std::collections::BTreeSet<&str> = tallies.iter().map(|tally| tally.route.text.as_str()).collect();
    assert_eq!((routes.len(), routes.contains("/:other")), (1001, true));
    check_count(&installation, 1_800).await;
}

/// Servers with clocks and no more may well write the same lines at the same time.
#[tokio::test]
async fn files_of_two_servers_are_two_though_the_same_lines_stand_in_them() {
    let installation = Installation::new();
    let logs = ["a/east.log", "a/west.log", "b/east.log"].map(|name| installation.path(name));
    let source = |name: &str, path: &str| FollowedSource {
        name: name.parse().unwrap(),
        paths: vec![installation.path(path)],
        format: Some(Format::Steadfast),
        places: FormatOptions::default(),
        environment: Environment::Production,
    };
    for folder in ["a", "b"] {
        fs::create_dir(installation.path(folder)).unwrap();
    }
    let sources = || vec![source("a", "a/*.log*"), source("b", "b/*.log*")];
    let write = |range: std::ops::Range<usize>| logs.iter().for_each(|log| append(log, lines(range.clone())));
    write(0..60);
    let following = Following::start_all(&installation, sources());
    following.read(180).await;
    write(60..100);
    following.read(300).await;
    for log in &logs {
        fs::copy(log, log.with_extension("log.1")).unwrap();
        truncate(log);
    }
    write(100..120);
    following.read(360).await;
    following.looks(12).await;
    following.stop().await;
    write(120..130);
    let following = Following::start_all(&installation, sources());
    following.read(30).await;
    following.looks(3).await;
    following.read(30).await;
    check_count(&installation, 390).await;
    assert_eq!(following.stop().await.losses, 0);
}
