//! Two processes that want to write into one data directory: the second refuses and says who is there; whoever only reads may.

use super::fed::{Fed, batch, counted};
use crate::cast::{Call, Told, program};

/// Makes sure that a run refused because of another process, and named it.
fn assert_names_the_holder(said: &str, process: u32, command: &str) {
    for part in [format!("process {process}"), format!("steadfast {command}"), "since ".to_owned()] {
        assert!(said.contains(&part), "no `{part}` in: {said}");
    }
}

#[test]
fn beside_a_server_nobody_else_writes_and_everybody_reads() {
    let fed = Fed::new();
    let mut server = fed.serve();
    let process = server.running().child().id();
    assert_eq!(fed.sender.send(server.address(), &[], &batch(1, 10)).unwrap().accepted(), 10);
    fed.program.write("calls.ndjson", Call::default().lines(25));
    for arguments in [&["ingest", "calls.ndjson"][..], &["ingest", "-"], &["serve", "--listen", "127.0.0.1:0"]] {
        let ran = fed.program.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.stdout());
        assert_names_the_holder(&ran.stderr(), process, "serve");
    }
    assert_eq!(fed.counted(), 10);
    for arguments in [&["apps"][..], &["health", "acme-erp"], &["report", "acme-erp"]] {
        let _ = fed.program.run(arguments).succeeded();
    }
    assert_eq!(fed.sender.send(server.address(), &[], &batch(2, 10)).unwrap().accepted(), 10);
    drop(server);
    let told = Told::by(&fed.program.run(&["ingest", "calls.ndjson"]).succeeded());
    assert_eq!(told.counted, 25);
    assert_eq!(fed.counted(), 45);
}

/// A program of before that is at work could not go on once its files are converted.
#[test]
fn what_is_in_use_by_an_earlier_version_is_not_converted_by_those_who_read() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(5));
    let _ = program.run(&["ingest", "calls.ndjson"]).succeeded();
    // What a file of the version before says of itself.
    let path = program.data().join("steadfast.db");
    let mut file = std::fs::read(&path).unwrap();
    let version = file[63];
    file[63] -= 1;
    std::fs::write(&path, &file).unwrap();
    let lock =
        std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(program.data().join("ingest.lock"));
    let lock = lock.unwrap();
    lock.try_lock().unwrap();
    std::fs::write(program.data().join("ingest.lock"), "process 7, `steadfast serve`, since 2026-11-20 13:45 UTC\n")
        .unwrap();
    program.write("api.yaml", "openapi: 3.0.0\npaths: {}\n");
    for arguments in [&["apps"][..], &["health", "acme-erp"], &["catalog", "import", "api.yaml"], &["sources"]] {
        let ran = program.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.stdout());
        assert_names_the_holder(&ran.stderr(), 7, "serve");
        assert!(ran.stderr().contains("start it again with this version"), "{}", ran.stderr());
        assert!(std::fs::read(&path).unwrap() == file, "{arguments:?} changed the file");
    }
    // Of this version it is read beside anybody.
    file[63] = version;
    std::fs::write(&path, &file).unwrap();
    let _ = program.run(&["apps"]).succeeded();
}

#[test]
fn beside_an_ingest_nobody_else_writes_and_a_killed_one_holds_nothing() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(5));
    let mut command = program.command(&["ingest", "--format", "steadfast", "-"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let mut first = testkit::program::Running::of(&mut command);
    let process = first.child().id();
    let lock = program.data().join("ingest.lock");
    let held = testkit::patience::retry(std::time::Duration::from_secs(20), || {
        std::fs::read_to_string(&lock).ok().filter(|text| text.contains(&process.to_string()))
    });
    assert!(held.is_some(), "{}", first.output());
    for arguments in [&["ingest", "calls.ndjson"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let ran = program.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.stdout());
        assert_names_the_holder(&ran.stderr(), process, "ingest");
    }
    let _ = program.run(&["apps"]).succeeded();
    first.kill();
    assert_eq!(Told::by(&program.run(&["ingest", "calls.ndjson"]).succeeded()).counted, 5);
    assert_eq!(counted(&program, "acme-erp"), 5);
}
