//! What goes wrong when following begins, or breaks down, and passes.

use model::PlatformZone;
use service::Error;

use super::*;
use crate::breakdown::Breaking;

/// Has the store refuse to keep the time zone.
const REFUSE: &str = "CREATE TRIGGER meddler BEFORE INSERT ON setting BEGIN SELECT RAISE(ABORT, 'no'); END";

/// Following a log as a server does it.
fn keep(installation: &Installation) -> Following {
    Following::keep(
        installation.steadfast.clone(),
        source(installation, SourceName::files(), &["access.log"], Some(Format::Steadfast)),
    )
}

#[tokio::test]
async fn a_store_that_can_not_be_written_at_first_is_waited_for() {
    let installation = Installation::new();
    let log = installation.write("access.log", lines(0..50));
    drop(Meddler::new(&installation, REFUSE));
    let following = keep(&installation);
    following.until("it is told", |it| !it.told().is_empty()).await;
    // It is tried again meanwhile.
    let more = following.until("more is told", |it| it.told().len() > 1);
    assert!(tokio::time::timeout(Duration::from_secs(4), more).await.is_err(), "{:?}", following.told());
    assert!(following.told()[0].contains("not followed, which is tried again"), "{:?}", following.told());
    drop(Meddler::new(&installation, "DROP TRIGGER meddler"));
    following.read(50).await;
    append(&log, lines(50..60));
    following.read(60).await;
    assert_eq!(following.told()[1..], ["the files of sources are followed now"]);
    check_count(&installation, 60).await;
    following.stop().await;
}

#[tokio::test]
async fn who_waits_for_the_store_can_be_stopped() {
    let installation = Installation::new();
    drop(Meddler::new(&installation, REFUSE));
    let following = keep(&installation);
    following.until("it is told", |it| !it.told().is_empty()).await;
    assert_eq!(following.stop().await, FollowTotals::default());
}

#[tokio::test]
async fn after_a_breakdown_it_goes_on_where_it_was() {
    for breaks_at in [0, 1, 2, 5] {
        let installation = Installation::new();
        let clock = Breaking::at(breaks_at);
        let breaking = Steadfast { clock: Arc::clone(&clock) as _, ..installation.steadfast.clone() };
        let _one = installation.ingest(&installation.write("before.log", lines(0..1))).await;
        let following = Following::keep(
            breaking,
            source(&installation, SourceName::files(), &["access.log"], Some(Format::Steadfast)),
        );
        let mut written = 1;
        while !clock.is_past() {
            append(&installation.path("access.log"), lines(written..written + 10));
            written += 10;
            let started = Instant::now();
            while counted(&installation).await < written as u64 {
                assert!(started.elapsed() < PATIENCE, "{:?}", following.told());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        check_count(&installation, written as u64).await;
        assert_eq!(following.told().len(), 1, "{:?}", following.told());
        following.stop().await;
    }
}

#[tokio::test]
async fn a_wrong_pattern_or_zone_ends_it() {
    let installation = Installation::new();
    installation.write("access.log", lines(0..50));
    let following = Following::start(&installation, &["access.log"]);
    following.read(50).await;
    following.stop().await;
    let mut elsewhere = installation.steadfast.clone();
    elsewhere.platform.zone = PlatformZone::named("Europe/Berlin").unwrap();
    for (steadfast, pattern) in [(&installation.steadfast, "[a-.log"), (&elsewhere, "access.log")] {
        let sources = vec![source(&installation, SourceName::files(), &[pattern], None)];
        let watch = Arc::new(Watch::default());
        let ended = steadfast.keep_following(sources, 1, Arc::clone(&watch) as _, std::future::pending()).await;
        assert!(matches!(ended, Err(Error::Input { .. } | Error::OtherZone { .. })), "{ended:?}");
        assert!(watch.told.lock().unwrap().is_empty());
    }
}
