//! NUL bytes: between lines, in lines, in fields, and files of nothing else, as a crash of the machine leaves them.

use super::fed::{Fed, counted};
use crate::cast::{Call, Told, app_ids, program};

/// Lines of which three are good and six are not.
fn lines() -> Vec<u8> {
    let good = Call::default().line();
    let escaped = |field: &str| good.replace(field, &field.replacen(':', ":\"\\u0000\",\"x\":", 1));
    let mut lines = good.clone().into_bytes();
    lines.extend_from_slice(b"\0\n\0\0\0\0\n");
    lines.extend_from_slice(good.replace("acme-erp", "acme\0erp").as_bytes());
    lines.extend_from_slice(good.replacen('{', "{\0", 1).as_bytes());
    lines.extend_from_slice(good.trim_end().as_bytes());
    lines.extend_from_slice(b"\0\n");
    // In JSON it can be written, but no app can be called so.
    lines.extend_from_slice(escaped("\"app\":").as_bytes());
    lines.extend_from_slice(good.replace("/things/1", "/things/\\u0000").as_bytes());
    lines.extend_from_slice(good.as_bytes());
    lines
}

#[test]
fn nul_bytes_cost_the_lines_they_are_in_and_no_other() {
    let program = program();
    program.write("calls.ndjson", lines());
    let told = Told::by(&program.run(&["ingest", "--format", "steadfast", "calls.ndjson"]).succeeded());
    assert_eq!((told.lines, told.counted, told.rejected), (9, 3, 6));
    assert_eq!(app_ids(&program), ["acme-erp"]);
    assert_eq!(counted(&program, "acme-erp"), 3);
    let report = program.run(&["report", "acme-erp"]).succeeded();
    assert!(!report.stdout.contains(&0), "{}", report.stdout());
}

#[test]
fn nul_bytes_in_a_batch_are_told_line_by_line() {
    let fed = Fed::new();
    let server = fed.serve();
    let answer = fed.sender.send(server.address(), &[], &lines()).unwrap();
    assert_eq!(answer.accepted(), 3);
    assert_eq!(answer.json()["rejected"], 6, "{}", answer.text());
    drop(server);
    assert_eq!(fed.counted(), 3);
}

#[test]
fn a_file_that_ends_in_nul_bytes_is_counted_up_to_them() {
    for format in ["steadfast", "combined", "kong"] {
        let program = program();
        let line = match format {
            "steadfast" => Call::default().line(),
            _ => String::new(),
        };
        let text = [line.repeat(3).as_bytes(), &[0; 100_000], b"\n", line.as_bytes()].concat();
        program.write("calls.log", text);
        let ran = program.run(&["ingest", "--format", format, "calls.log"]);
        let told = Told::by(&ran);
        let good = if line.is_empty() { 0 } else { 4 };
        assert_eq!((told.counted, told.rejected), (good, 1), "{format}: {}", ran.stdout());
    }
}
