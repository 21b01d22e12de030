//! SQLite's file locked by somebody else's program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use testkit::program::Server;

use super::fed::{Fed, batch};
use crate::cast::{Call, Told, program};

/// Another program that holds the file until the value goes.
struct Lock(Child);

impl Lock {
    fn on(data: &Path) -> Self {
        const HOLD: &str = "import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
time.sleep(600)";
        let mut child = Command::new("python3")
            .args(["-c", HOLD])
            .arg(data.join("steadfast.db"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "locked\n");
        Self(child)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_locked_store_refuses_batches_for_now_and_takes_them_later() {
    let fed = Fed::new();
    let server = fed.serve();
    let send = |number: usize| fed.sender.send(server.address(), &[], &batch(number, 10)).unwrap();
    assert_eq!(send(1).accepted(), 10);
    let lock = Lock::on(&fed.program.data());
    send(2).assert_refused_for_now();
    drop(lock);
    let again = send(2);
    assert_eq!((again.accepted(), &again.json()["duplicate"]), (10, &serde_json::Value::Bool(false)));
    assert_eq!(send(3).accepted(), 10);
    drop(server);
    assert_eq!(fed.counted(), 30);
}

#[test]
fn a_lock_that_is_soon_gone_is_waited_for() {
    let fed = Fed::new();
    let server = fed.serve();
    let lock = Lock::on(&fed.program.data());
    let to = server.address();
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| fed.sender.send(to, &[], &batch(1, 10)).unwrap());
        std::thread::park_timeout(Duration::from_millis(700));
        drop(lock);
        assert_eq!(sending.join().unwrap().accepted(), 10);
    });
    drop(server);
    assert_eq!(fed.counted(), 10);
}

#[test]
fn a_server_that_begins_beside_a_lock_follows_files_once_it_is_gone() {
    let fed = Fed::with("[sources.gateway]\npaths = [\"logs/*.log\"]\nformat = \"steadfast\"\n");
    std::fs::create_dir_all(fed.program.directory().join("logs")).unwrap();
    fed.program.write("logs/access.log", Call::default().lines(10));
    let lock = Lock::on(&fed.program.data());
    let mut server = fed.serve();
    let until = |what: &str, holds: &mut dyn FnMut(&str) -> bool, server: &mut Server| {
        let started = Instant::now();
        while !holds(&server.running().output()) {
            assert!(started.elapsed() < Duration::from_secs(60), "{what}: {}", server.running().output());
            std::thread::park_timeout(Duration::from_millis(50));
        }
    };
    until("it is told", &mut |output| output.contains("not followed, which is tried again"), &mut server);
    drop(lock);
    until("it is counted", &mut |_| fed.counted() == 10, &mut server);
    assert!(server.running().output().contains("are followed now"), "{}", server.running().output());
}

#[test]
fn an_ingest_says_that_the_store_is_locked_and_reads_the_file_later() {
    let program = program();
    program.write("one.ndjson", Call::default().lines(5));
    let _ = program.run(&["ingest", "one.ndjson"]).succeeded();
    program.write("two.ndjson", Call { path: "/other", ..Call::default() }.lines(25));
    let lock = Lock::on(&program.data());
    let ran = program.run(&["ingest", "two.ndjson"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout());
    assert!(ran.stderr().contains("lock") || ran.stderr().contains("busy"), "{}", ran.stderr());
    drop(lock);
    let told = Told::by(&program.run(&["ingest", "two.ndjson"]).succeeded());
    assert_eq!((told.before, told.counted), (0, 25));
    assert_eq!(super::fed::counted(&program, "acme-erp"), 30);
}
