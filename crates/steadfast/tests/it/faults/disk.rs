//! Disks that are full, and disks that can't be written.

use std::process::Command;
use std::time::Duration;

use testkit::patience;

use super::fed::{Fed, batch, sum};
use super::machine::Namespace;
use crate::cast::{Call, Told, program};

#[test]
fn a_full_disk_refuses_batches_and_room_again_takes_them() {
    let Some(namespace) = Namespace::find() else { return };
    let fed = Fed::new();
    let small = "mkdir kept && mount -t tmpfs -o size=3m tmpfs kept && cp -a \"$STEADFAST_DATA/.\" kept/ && \
        mount --bind kept \"$STEADFAST_DATA\" && exec \"$0\" serve --listen 127.0.0.1:0";
    let sender = fed.sender.clone();
    let client = |server: &testkit::program::Server| fed.client(server);
    let mut server = fed.program.serve_by("unshare", &namespace.arguments(small, &[]));
    let to = server.address();

    // Many paths that nobody documented are much to write.
    let flood = |number: usize| -> Vec<u8> {
        let path = |call: usize| format!("/flood/{}/x{call}y{number}z", "long-".repeat(12));
        let line = |call: usize| Call { path: &path(call), days_ago: 1 + number as i64 % 25, ..Call::default() }.line();
        (0..400).map(line).collect::<String>().into_bytes()
    };
    let mut acknowledged = 0;
    let refused = (0..400).find_map(|number| {
        let key = format!("flood-{number}");
        let answer = sender.send(to, &[("Idempotency-Key", &key)], &flood(number)).unwrap();
        if answer.status == 200 {
            acknowledged += answer.accepted();
            return None;
        }
        Some((number, answer))
    });
    let (number, refusal) = refused.expect("3 MB are full at some time");
    assert!(acknowledged > 0, "nothing was accepted before the disk was full");
    refusal.assert_refused_for_now();
    // It goes on refusing, and lives.
    for _ in 0..3 {
        let answer = sender.send(to, &[], &flood(number + 1)).unwrap();
        answer.assert_refused_for_now();
    }
    assert_eq!(server.get("/healthz").status, 200);

    let process = server.running().child().id().to_string();
    let data = fed.program.data();
    let more = Command::new("nsenter")
        .args(["--mount", "--target", &process, "mount", "-o", "remount,size=200m"])
        .arg(fed.program.directory().join("kept"))
        .status();
    assert!(more.is_ok_and(|status| status.success()), "no room could be made in {}", data.display());
    let key = format!("flood-{number}");
    let again = patience::retry(Duration::from_secs(20), || {
        let answer = sender.send(to, &[("Idempotency-Key", &key)], &flood(number)).unwrap();
        (answer.status == 200).then_some(answer)
    });
    acknowledged += again.expect("there is room again").accepted();
    acknowledged += sender.send(to, &[], &batch(1, 7)).unwrap().accepted();
    let report = client(&server).get("/api/v1/apps/acme-erp/activity.csv?days=40").expect(200);
    assert_eq!(sum(&report.text()), acknowledged);
}

#[test]
fn a_full_disk_ends_an_ingest_with_a_clear_error_and_room_again_goes_on() {
    let Some(namespace) = Namespace::find() else { return };
    let program = program();
    let lines: String = (0..20_000)
        .map(|number| {
            let path = format!("/flood/{}/x{number}y", "long-".repeat(12));
            Call { path: &path, days_ago: 1 + number / 900, ..Call::default() }.line()
        })
        .collect();
    program.write("calls.ndjson", &lines);
    let script = "mkdir -p \"$STEADFAST_DATA\" && mount -t tmpfs -o size=1200k tmpfs \"$STEADFAST_DATA\" || exit 90
        \"$0\" ingest calls.ndjson; echo \"first: $?\"
        \"$0\" ingest calls.ndjson; echo \"second: $?\"
        mount -o remount,size=200m \"$STEADFAST_DATA\" || exit 91
        echo room; \"$0\" ingest calls.ndjson; echo \"third: $?\"
        \"$0\" report acme-erp --days 40 > report.csv; echo \"report: $?\"";
    let ran = program.run_by("unshare", &namespace.arguments(script, &[])).succeeded();
    let said = format!("{}\n{}", ran.stdout(), ran.stderr());
    for expected in ["first: 1", "second: 1", "third: 0", "report: 0"] {
        assert!(ran.stdout().contains(expected), "{expected}: {said}");
    }
    assert!(ran.stderr().contains("full"), "{said}");
    let last = Told::from_output(ran.stdout().split("\nroom\n").nth(1).unwrap());
    assert_eq!(last.before + last.lines, 20_000, "{said}");
    assert_eq!(sum(&std::fs::read_to_string(program.directory().join("report.csv")).unwrap()), 20_000, "{said}");
}

#[test]
fn a_read_only_data_directory_is_told_and_left_as_it_is() {
    let Some(namespace) = Namespace::find() else { return };
    let program = program();
    program.write("calls.ndjson", Call::default().lines(30));
    let _ = program.run(&["ingest", "calls.ndjson"]).succeeded();
    program.write(
        "api.json",
        r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/things/{id}":{"get":{}}}}"#,
    );
    program.write("more.ndjson", Call { path: "/other", ..Call::default() }.lines(12));
    let read_only = "mount --bind \"$STEADFAST_DATA\" \"$STEADFAST_DATA\" && \
        mount -o remount,ro,bind \"$STEADFAST_DATA\" || exit 90; exec \"$0\" \"$@\"";
    for arguments in
        [&["ingest", "more.ndjson"][..], &["serve", "--listen", "127.0.0.1:0"], &["catalog", "import", "api.json"]]
    {
        let ran = program.run_by("unshare", &namespace.arguments(read_only, arguments));
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}{}", ran.stdout(), ran.stderr());
        let said = ran.stderr();
        // What the system says, or what SQLite says, who doesn't tell why.
        let known = ["Read-only file system", "readonly", "read-only", "unable to open database file"];
        assert!(known.iter().any(|words| said.contains(words)) && said.contains("/data"), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    assert_eq!(super::fed::counted(&program, "acme-erp"), 30);
    let _ = program.run(&["ingest", "more.ndjson"]).succeeded();
    assert_eq!(super::fed::counted(&program, "acme-erp"), 42);
}
