//! A line of a gigabyte: in a file, on standard input, in a body.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Stdio;

use testkit::program::Program;

use super::fed::{Answer, Fed, batch, counted};
use super::machine::{peak, watch};
use crate::cast::{Call, Told, program};

const GIGABYTE: u64 = 1 << 30;
/// Memory that any of it may take, in MB.
const MOST: u64 = 120;

/// A file of good lines with a line of a gigabyte between, which takes no room on the disk: it is a hole.
fn log(program: &Program) -> PathBuf {
    let path = program.write("calls.ndjson", Call::default().lines(2));
    let mut file = File::options().append(false).write(true).open(&path).unwrap();
    let end = file.seek(SeekFrom::End(0)).unwrap();
    file.set_len(end + GIGABYTE).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    file.write_all(format!("\n{}", Call::default().lines(3)).as_bytes()).unwrap();
    path
}

#[test]
fn a_line_of_a_gigabyte_in_a_file_is_rejected_in_little_memory() {
    let program = program();
    log(&program);
    let ran = watch(&program, &["ingest", "calls.ndjson"]);
    assert!(ran.succeeded, "{}", ran.output);
    let told = Told::from_output(&ran.output);
    assert_eq!((told.lines, told.counted, told.rejected), (6, 5, 1), "{}", ran.output);
    assert!(ran.output.contains("line_too_long"), "{}", ran.output);
    assert!(ran.peak < MOST, "{} MB", ran.peak);
    assert_eq!(counted(&program, "acme-erp"), 5);
    let rejects = std::fs::metadata(program.data().join("rejects.ndjson")).unwrap().len();
    assert!(rejects < 20_000, "{rejects} bytes of evidence");
}

#[test]
fn a_line_of_a_gigabyte_on_standard_input_is_rejected_in_little_memory() {
    let program = program();
    let log = log(&program);
    let mut command = program.command(&["ingest", "--format", "steadfast", "-"]);
    command.stdin(File::open(log).unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ran = super::machine::watch_to_end(testkit::program::Running::of(&mut command));
    let told = Told::from_output(&ran.output);
    assert_eq!((told.lines, told.counted, told.rejected), (6, 5, 1), "{}", ran.output);
    assert!(ran.peak < MOST, "{} MB", ran.peak);
    assert_eq!(counted(&program, "acme-erp"), 5);
}

#[test]
fn a_body_of_a_gigabyte_is_refused_in_little_memory() {
    let fed = Fed::new();
    let mut server = fed.serve();
    let told = fed.sender.begin(server.address(), &[], 1 << 30);
    let answer = told.and_then(|mut stream| Answer::read(&mut stream)).unwrap();
    assert_eq!(answer.status, 413, "{}", answer.text());

    // Without a word on its length, it has to be read until it is too long.
    let mut stream = fed.sender.begin_as(server.address(), &[], "Transfer-Encoding: chunked").unwrap();
    let chunk = [b"100000\r\n".as_slice(), &vec![b'x'; 1 << 20], b"\r\n"].concat();
    let sent = (0..1 << 10).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(sent < 100, "{sent} MiB were taken");
    // The connection may be closed before the answer could be read.
    if let Ok(answer) = Answer::read(&mut stream) {
        assert_eq!(answer.status, 413, "{}", answer.text());
    }
    let most = peak(server.running()).unwrap();
    assert!(most < 200, "{most} MB");
    assert_eq!(fed.sender.send(server.address(), &[], &batch(1, 10)).unwrap().accepted(), 10);
    drop(server);
    assert_eq!(fed.counted(), 10);
}
