//! The machine stops while counts are committed and merged: what is there then is what some commit left.

use std::path::Path;

use model::{Counts, Day, DayRange, Environment, RouteKey, UnixMillis};

use super::super::open;
use super::packed::{SMALL, sound};
use super::{SqliteStore, place};
use crate::{IngestCommit, Store, TallyDelta};

/// A commit of 30 calls of some keys.
fn commit(number: u32) -> IngestCommit {
    let tally = |at: u32| TallyDelta {
        app: 0,
        environment: Environment::Production,
        day: Day::from_epoch_days(20_000 + (at * number % 40) as i32),
        route: 0,
        method: 0,
        status: 200 + (at % 7) as u16,
        counts: Counts { calls: 1, ..Counts::default() },
    };
    IngestCommit {
        apps: vec!["a".parse().unwrap()],
        routes: vec![RouteKey { documented: false, text: "/x".to_owned() }],
        methods: vec!["GET".to_owned()],
        tallies: (0..30).map(tally).collect(),
        ..IngestCommit::empty(UnixMillis(0))
    }
}

/// A copy of the file as it is while it is open, of the log beside it only so many bytes.
fn copy(path: &Path, to: &Path, of_log: usize) {
    std::fs::copy(path, to).unwrap();
    let beside = |path: &Path| path.with_extension("db-wal");
    let log = std::fs::read(beside(path)).unwrap();
    std::fs::write(beside(to), &log[..of_log.min(log.len())]).unwrap();
}

#[tokio::test]
async fn a_file_cut_off_anywhere_holds_what_some_commit_left() {
    let (directory, path) = place();
    let store = SqliteStore::open_with(&path, SMALL).unwrap();
    let log = path.with_extension("db-wal");
    let (mut cuts, mut unfinished) = (0, 0);
    for number in 1..=40 {
        let before = std::fs::metadata(&log).unwrap().len() as usize;
        store.commit_ingest(commit(number)).await.unwrap();
        let after = std::fs::metadata(&log).unwrap().len() as usize;
        for (part, of_log) in
            [before, before + (after - before) / 2, after.saturating_sub(1), after].into_iter().enumerate()
        {
            let to = directory.path().join(format!("{number}-{part}.db"));
            copy(&path, &to, of_log);
            let file = open::writer(&to).unwrap();
            sound(&file);
            let targets = "SELECT count(*) FROM count_run WHERE target IS NOT NULL";
            unfinished += file.query_row(targets, (), |row| row.get::<_, i64>(0)).unwrap();
            drop(file);
            let cut = SqliteStore::open_with(&to, SMALL).unwrap();
            while cut.tidy_counts().await.unwrap() {}
            let always = DayRange { start: Day::FIRST, end: Day::LAST };
            let calls: u64 = cut.calls_by_app(always).await.unwrap().iter().map(|(_, calls)| calls).sum();
            let whole = u64::from(number) * 30;
            // What is in the log whole is there; the rest is as if it had not begun.
            assert!(calls == whole || (of_log < after && calls == whole - 30), "{calls} of {whole}");
            cuts += usize::from(calls < whole);
        }
    }
    assert!(cuts >= 40 && unfinished > 0, "{cuts} cuts, {unfinished} runs on their way");
}
