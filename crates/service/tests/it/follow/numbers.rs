//! Files whose numbers are those of others now: a file system gives the number of a file that is gone to the next one. Here a
//! file is written over instead, which keeps its number for certain.

use super::*;

/// A folder for each of two sources, which are in different formats.
fn two_sources(installation: &Installation) -> Vec<FollowedSource> {
    let sources = [("one", Format::Steadfast), ("two", Format::Combined)];
    sources
        .into_iter()
        .map(|(name, format)| {
            fs::create_dir(installation.path(name)).unwrap();
            source(installation, name.parse().unwrap(), &[&format!("{name}/*")], Some(format))
        })
        .collect()
}

fn combined(range: std::ops::Range<usize>) -> String {
    let line = |n: usize| {
        let (minute, second) = (n / 60 % 60, n % 60);
        format!(
            "192.0.2.1 - acme [19/Nov/2026:11:{minute:02}:{second:02} +0000] \"GET /b HTTP/1.1\" 200 5 \"-\" \"-\"\n"
        )
    };
    range.map(line).collect()
}

#[tokio::test]
async fn a_log_that_has_the_number_of_a_packed_file_is_read_while_it_is_written_as_its_source_says() {
    let installation = Installation::new();
    let sources = two_sources(&installation);
    let packed = gzip(&installation.write("one/x.log.9", lines(0..10)));
    let following = Following::start_all(&installation, sources);
    following.read(10).await;
    following.looks(2).await;
    let log = installation.path("two/y.log");
    fs::rename(&packed, &log).unwrap();
    fs::write(&log, combined(0..1)).unwrap();
    // It is never left alone for as long as a packed file has to be.
    for n in 1..11 {
        following.looks(1).await;
        append(&log, combined(n..n + 1));
    }
    assert!(following.totals().lines > 10, "{:?}", following.told());
    following.read(21).await;
    assert_eq!((following.totals().counted, following.totals().rejected), (21, 0));
    check_count(&installation, 21).await;
    assert_eq!(following.stop().await.losses, 0);
}

#[tokio::test]
async fn a_log_that_has_the_number_of_a_plain_file_is_read_as_its_source_says() {
    let installation = Installation::new();
    let sources = two_sources(&installation);
    let old = installation.write("one/x.log", lines(0..10));
    let following = Following::start_all(&installation, sources);
    following.read(10).await;
    let log = installation.path("two/y.log");
    fs::rename(&old, &log).unwrap();
    following.looks(3).await;
    fs::write(&log, combined(0..5)).unwrap();
    following.read(15).await;
    assert_eq!((following.totals().counted, following.totals().rejected), (15, 0));
    check_count(&installation, 15).await;
}
