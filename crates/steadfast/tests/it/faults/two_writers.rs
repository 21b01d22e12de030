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
