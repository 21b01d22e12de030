//! Following files, as the whole program does it: through renaming, copying and emptying, packing, late files, restarts
//! and kills, by hand and by logrotate.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use testkit::installed;
use testkit::program::{Program, Running};

use crate::cast::{Told, days_ago, program};

const PATIENCE: Duration = Duration::from_secs(60);

/// Lines of yesterday, no two of them alike.
fn lines(range: std::ops::Range<usize>) -> String {
    let day = days_ago(1);
    let line = |n: usize| {
        let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
        format!(
            "{{\"time\":\"{day}T{hour:02}:{minute:02}:{second:02}Z\",\"app\":\"acme-erp\",\"method\":\"GET\",\
             \"path\":\"/things/{n}\",\"status\":200,\"company_header\":\"1\",\"request_id\":\"{n:08}\"}}\n"
        )
    };
    range.map(line).collect()
}

fn append(path: &Path, text: impl AsRef<[u8]>) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_ref()).unwrap();
}

/// How many calls of the app are counted.
fn counted(program: &Program) -> u64 {
    let ran = program.run(&["report", "acme-erp", "--days", "3"]);
    let report = if ran.code == Some(0) { ran.stdout() } else { String::new() };
    report.lines().skip(1).filter_map(|row| row.rsplit(',').next()?.trim().parse::<u64>().ok()).sum()
}

/// Waits until so many calls are counted, and makes sure that it stays at that.
fn check(program: &Program, running: &Running, expected: u64) {
    let started = Instant::now();
    loop {
        let now = counted(program);
        if now == expected {
            return;
        }
        assert!(now < expected && started.elapsed() < PATIENCE, "{now} of {expected}: {}", running.output());
    }
}

/// Ends it politely; it must have read so many lines.
fn finish(mut running: Running, expected: u64) {
    running.terminate();
    assert_eq!(running.exit(PATIENCE), Some(true), "{}", running.output());
    let told = Told::from_output(&running.output());
    assert_eq!((told.lines, told.counted, told.rejected), (expected, expected, 0), "{}", running.output());
}

fn log(program: &Program) -> PathBuf {
    program.directory().join("access.log")
}

#[test]
fn a_file_whose_format_cannot_be_told_stands_at_its_source() {
    let program = program();
    append(&log(&program), "no log\nat all\n");
    program.write("steadfast.toml", "[sources.guess]\npaths = [\"access.log\"]\n");
    let running = program.start(&["ingest", "--follow"]);
    let started = Instant::now();
    loop {
        let ran = program.run(&["sources"]);
        let table = if ran.code == Some(0) { ran.stdout() } else { String::new() };
        if table.contains("not read: `") && table.contains("access.log`: its format can't be told") {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{table}: {}", running.output());
    }
    finish(running, 0);
}

#[test]
fn what_is_appended_is_counted_within_a_second() {
    let program = program();
    append(&log(&program), lines(0..100));
    let running = program.start(&["ingest", "--follow", "access.log"]);
    check(&program, &running, 100);
    let mut slowest = Duration::ZERO;
    for round in 1..6 {
        append(&log(&program), lines(round * 100..round * 100 + 100));
        let started = Instant::now();
        check(&program, &running, round as u64 * 100 + 100);
        slowest = slowest.max(started.elapsed());
    }
    // Twice that, since other tests may run beside it.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    finish(running, 600);
}

#[test]
fn rotations_by_hand_lose_nothing_and_count_nothing_twice() {
    let program = program();
    let path = |name: &str| program.directory().join(name);
    append(&log(&program), lines(0..1_000));
    let running = program.start(&["ingest", "--follow", "access.log*", "later/*.log"]);
    check(&program, &running, 1_000);
    // Renamed; the writer goes on with the old one for a moment.
    fs::rename(log(&program), path("access.log.1")).unwrap();
    append(&path("access.log.1"), lines(1_000..1_100));
    append(&log(&program), lines(1_100..2_000));
    check(&program, &running, 2_000);
    // Packed.
    assert!(Command::new("gzip").arg(path("access.log.1")).status().unwrap().success());
    // Copied and emptied.
    fs::copy(log(&program), path("access.log.1")).unwrap();
    OpenOptions::new().write(true).open(log(&program)).unwrap().set_len(0).unwrap();
    append(&log(&program), lines(2_000..2_500));
    // Late, in a directory that is late as well.
    fs::create_dir(path("later")).unwrap();
    append(&path("later/other.log"), lines(2_500..3_000));
    check(&program, &running, 3_000);
    // Packed and never read.
    append(&path("old"), lines(3_000..3_500));
    assert!(Command::new("gzip").arg(path("old")).status().unwrap().success());
    fs::rename(path("old.gz"), path("access.log.9.gz")).unwrap();
    check(&program, &running, 3_500);
    finish(running, 3_500);
    let again = program.start(&["ingest", "--follow", "access.log*", "later/*.log"]);
    append(&log(&program), lines(3_500..3_600));
    check(&program, &again, 3_600);
    finish(again, 100);
}

#[test]
fn logrotate_loses_nothing() {
    let Some(logrotate) = installed::logrotate() else { return };
    for (how, rounds) in [
        ("create", 5),
        ("copytruncate", 5),
        ("create\n  compress", 5),
        ("copytruncate\n  compress", 5),
        ("create\n  dateext", 2),
    ] {
        let program = program();
        let directory = program.directory().join("logs");
        fs::create_dir(&directory).unwrap();
        let log = directory.join("access.log");
        let text = format!("{} {{\n  rotate 9\n  su {} \n  {how}\n}}\n", log.display(), owner(program.directory()));
        let config = program.write("logrotate.conf", text);
        append(&log, lines(0..50));
        let running = program.start(&["ingest", "--follow", "logs/access.log*"]);
        for round in 1..rounds {
            check(&program, &running, round as u64 * 50);
            let state = program.directory().join("logrotate.state");
            let ran = Command::new(&logrotate).arg("--force").arg("--state").arg(&state).arg(&config).output().unwrap();
            assert!(ran.status.success(), "{how}: {}", String::from_utf8_lossy(&ran.stderr));
            append(&log, lines(round * 50..round * 50 + 50));
        }
        check(&program, &running, rounds as u64 * 50);
        assert_eq!(fs::read_dir(&directory).unwrap().count(), rounds, "{how}");
        finish(running, rounds as u64 * 50);
    }
}

/// The user and the group of a directory, as logrotate wants them named.
fn owner(directory: &Path) -> String {
    let ran = Command::new("stat").args(["--format", "%U %G"]).arg(directory).output().unwrap();
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

#[test]
fn killed_at_any_moment_it_goes_on_where_it_was() {
    let program = program();
    let path = |name: &str| program.directory().join(name);
    let mut written = 0;
    for round in 0..12 {
        append(&log(&program), lines(written..written + 5_000));
        written += 5_000;
        let mut running = program.start(&["ingest", "--follow", "access.log*"]);
        let target = if round % 2 == 0 { 1 } else { written as u64 - 2_000 };
        // Killed somewhere between the first lines and the last.
        let started = Instant::now();
        while counted(&program) < target && started.elapsed() < PATIENCE {}
        append(&log(&program), lines(written..written + 1_000));
        written += 1_000;
        running.kill();
        if round % 3 == 0 {
            append(&log(&program), lines(written..written + 100));
            written += 100;
            fs::rename(log(&program), path(&format!("access.log.{round}"))).unwrap();
        }
    }
    let running = program.start(&["ingest", "--follow", "access.log*"]);
    check(&program, &running, written as u64);
    let mut running = running;
    running.terminate();
    assert_eq!(running.exit(PATIENCE), Some(true), "{}", running.output());
    assert_eq!(counted(&program), written as u64);
}

#[test]
fn serve_follows_the_files_of_its_sources() {
    let program = program();
    program.write(
        "steadfast.toml",
        "[sources.gateway]\npaths = [\"logs/*.log\"]\nformat = \"steadfast\"\n[sources.other]\npaths = [\"other.log\"]\n\
         follow = false\n",
    );
    append(&program.directory().join("other.log"), lines(0..10));
    let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    fs::create_dir(program.directory().join("logs")).unwrap();
    append(&program.directory().join("logs/a.log"), lines(100..200));
    check(&program, server.running(), 100);
    append(&program.directory().join("logs/a.log"), lines(200..250));
    check(&program, server.running(), 150);
    server.running().terminate();
    assert_eq!(server.running().exit(PATIENCE), Some(true), "{}", server.running().output());
    assert_eq!(Told::by(&program.run(&["ingest", "--source", "other"]).succeeded()).counted, 10);
}

#[test]
fn without_names_all_sources_of_the_configuration_are_followed() {
    let program = program();
    let ran = program.run(&["ingest", "--follow"]);
    assert!(ran.code == Some(1) && ran.stderr().contains("nothing to follow"), "{}", ran.stderr());
    let ran = program.run(&["ingest", "--follow", "-"]);
    assert!(ran.code == Some(1) && ran.stderr().contains("standard input can't be followed"), "{}", ran.stderr());
    program.write("steadfast.toml", "[sources.a]\npaths = [\"a.log\"]\n[sources.b]\npaths = [\"b*.log\"]\n");
    let running = program.start(&["ingest", "--follow"]);
    append(&program.directory().join("a.log"), lines(0..10));
    append(&program.directory().join("b1.log"), lines(10..20));
    check(&program, &running, 20);
    assert!(running.output().contains("guessed"), "{}", running.output());
    finish(running, 20);
}

#[test]
fn one_process_at_a_time_adds_to_a_data_directory() {
    let program = program();
    append(&log(&program), lines(0..10));
    let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let process = server.running().child().id();
    for command in
        [&["ingest", "access.log"][..], &["ingest", "--follow", "access.log"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let started = Instant::now();
        let ran = program.run(command);
        assert_eq!(ran.code, Some(1), "{command:?}");
        let holder = format!("process {process}, `steadfast serve`, since {}", days_ago(0));
        assert!(ran.stderr().contains(&holder), "{command:?}: {}", ran.stderr());
        assert!(started.elapsed() < Duration::from_secs(5), "{command:?}");
    }
    // Reading works, and so does importing a catalog.
    assert_eq!(program.run(&["apps"]).code, Some(0));
    program.write(
        "api.json",
        r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/things":{"get":{"responses":{}}}}}"#,
    );
    let _imported = program.run(&["catalog", "import", "api.json"]).succeeded();
    server.running().kill();
    // What it left in the lock's file holds nobody up.
    assert!(program.data().join("ingest.lock").exists());
    assert_eq!(Told::by(&program.run(&["ingest", "access.log"]).succeeded()).counted, 10);
}
