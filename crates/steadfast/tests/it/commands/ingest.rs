//! `ingest` on files of every condition.

use std::time::Duration;

use crate::cast::{Call, Told, app_ids, program};

#[test]
fn an_empty_file_has_no_lines() {
    let program = program();
    program.write("empty.log", "");
    let told = Told::by(&program.run(&["ingest", "empty.log"]).succeeded());
    assert_eq!(told, Told { before: 0, lines: 0, counted: 0, rejected: 0 });
    assert_eq!(Told::by(&program.run_with_input(&["ingest", "-"], b"").succeeded()).lines, 0);
}

#[test]
fn garbage_is_refused_where_the_format_is_guessed_and_rejected_where_it_is_given() {
    let program = program();
    let garbage: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let lines = garbage.split_inclusive(|byte| *byte == b'\n').count() as u64;
    program.write("garbage.log", &garbage);
    let ran = program.run(&["ingest", "garbage.log"]);
    assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()));
    assert!(ran.stderr().contains("`garbage.log`") && ran.stderr().contains("--format"), "{}", ran.stderr());

    for format in ["steadfast", "nginx-json", "combined", "otlp"] {
        let data = format!("data-{format}");
        let ran = program.run(&["ingest", "--format", format, "--data", &data, "garbage.log"]);
        let told = Told::by(&ran);
        assert_eq!(ran.code, Some(1), "{format}: nothing in it could be used");
        assert!(ran.stdout().contains("not marked as read"), "{format}: {}", ran.stdout());
        assert_eq!(told.counted, 0, "{format}");
        // The end of the last line has not been written yet.
        assert!(told.lines == lines || told.lines == lines - 1, "{format}: {} of {lines}", told.lines);
        assert!(ran.stderr().contains("rejects.ndjson"), "{format}: {}", ran.stderr());
    }
}

#[test]
fn one_input_that_can_not_be_read_costs_no_other() {
    let program = program();
    program.write("one.ndjson", Call::default().lines(3));
    program.write("two.ndjson", Call { app: "other", ..Call::default() }.lines(4));
    let ran = program.run(&["ingest", "one.ndjson", "missing.ndjson", "two.ndjson"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr().contains("cannot read `missing.ndjson`"), "{}", ran.stderr());
    assert!(ran.stdout().contains("Together: 7 lines read, 7 counted, 0 rejected"), "{}", ran.stdout());
    assert_eq!(app_ids(&program).len(), 2);
}

#[test]
fn short_logs_of_two_directories_are_two_though_they_are_called_alike() {
    let program = program();
    let first = Call::default().line();
    for (folder, text) in [("one", first.clone()), ("two", first + &Call { status: 404, ..Call::default() }.line())] {
        std::fs::create_dir(program.directory().join(folder)).unwrap();
        program.write(&format!("{folder}/access.log"), text);
    }
    let ingest = |folder: &str| {
        let script = format!("cd {folder} && exec \"$0\" ingest access.log");
        Told::by(&program.run_by("sh", &["-c", &script, env!("CARGO_BIN_EXE_steadfast")]).succeeded())
    };
    assert_eq!(ingest("one"), Told { before: 0, lines: 1, counted: 1, rejected: 0 });
    assert_eq!(ingest("two"), Told { before: 0, lines: 2, counted: 2, rejected: 0 });
    assert_eq!(ingest("one"), Told { before: 1, lines: 0, counted: 0, rejected: 0 });
}

#[test]
fn every_reason_of_a_rejected_line_is_told_with_its_place() {
    let program = program();
    let text = format!("{}not json\n\n{}", Call::default().line(), Call { status: 999, ..Call::default() }.line());
    program.write("calls.ndjson", text);
    let ran = program.run(&["ingest", "calls.ndjson"]).succeeded();
    assert_eq!(Told::by(&ran), Told { before: 0, lines: 4, counted: 1, rejected: 3 });
    for reason in ["1 not_json", "1 empty_line", "1 bad_status"] {
        assert!(ran.stdout().contains(reason), "{reason}: {}", ran.stdout());
    }
    let kept = std::fs::read_to_string(program.data().join("rejects.ndjson")).unwrap();
    let places: Vec<(String, u64)> = kept
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["source"], "calls.ndjson");
            (line["reason"].as_str().unwrap().to_owned(), line["line"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(places, [("not_json".to_owned(), 2), ("empty_line".to_owned(), 3), ("bad_status".to_owned(), 4)]);
}

#[test]
fn reading_again_adds_nothing_and_says_so() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(40));
    let ingest = || Told::by(&program.run(&["ingest", "calls.ndjson"]).succeeded());
    assert_eq!(ingest(), Told { before: 0, lines: 40, counted: 40, rejected: 0 });
    assert_eq!(ingest(), Told { before: 40, lines: 0, counted: 0, rejected: 0 });
}

#[test]
fn a_source_of_the_configuration_is_read_as_it_says() {
    let program = program();
    program.write(
        "steadfast.toml",
        "[sources.gateway]\npaths = [\"gateway.log\"]\nformat = \"json\"\n\
         fields = { time = \"ts\", app = \"consumer.id\", method = \"req.method\", path = \"req.url\", status = \"res\" }\n",
    );
    let day = crate::cast::days_ago(1);
    let line = format!(
        r#"{{"ts":"{day}T10:00:00Z","consumer":{{"id":"acme"}},"req":{{"method":"GET","url":"/a?b=1"}},"res":200}}"#
    );
    program.write("gateway.log", format!("{line}\n").repeat(6));
    let ran = program.run(&["ingest", "--source", "gateway"]).succeeded();
    assert_eq!(Told::by(&ran).counted, 6);
    let report = program.run(&["report", "acme"]).succeeded().stdout();
    assert!(report.ends_with(&format!("\r\n{day},200,GET,/a,6\r\n")), "{report}");
}

/// As in `steadfast ingest <(zcat old.gz)` and `… | steadfast ingest /dev/stdin`: a pipe can be read only once.
#[test]
fn a_pipe_that_is_named_like_a_file_loses_no_line() {
    let program = program();
    let ran = program.run_with_input(&["ingest", "/dev/stdin"], Call::default().lines(1_000).as_bytes());
    assert_eq!(Told::by(&ran.succeeded()), Told { before: 0, lines: 1_000, counted: 1_000, rejected: 0 });
}

#[test]
fn two_processes_that_read_one_file_count_it_once() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(100_000));
    let mut runs = [0; 2].map(|_| program.start(&["ingest", "calls.ndjson"]));
    for run in &mut runs {
        // One may wait for the other or give way to it.
        assert!(run.exit(Duration::from_secs(60)).is_some(), "{}", run.output());
    }
    let told = Told::by(&program.run(&["ingest", "calls.ndjson"]).succeeded());
    assert_eq!((told.before, told.lines), (100_000, 0));
    let report = program.run(&["report", "acme-erp"]).succeeded().stdout();
    assert!(report.ends_with(",GET,/things/:id,100000\r\n"), "{report}");
}

#[test]
fn calls_that_name_no_app_are_told_of() {
    let program = program();
    program.write("calls.ndjson", Call { app: "-", ..Call::default() }.lines(3));
    let told = program.run(&["ingest", "calls.ndjson"]).succeeded().stdout();
    assert!(told.contains("3 of them name no app and are counted as `unidentified`"), "{told}");
}

#[test]
fn another_time_zone_is_refused_by_every_command_that_reads() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(3));
    assert_eq!(program.run(&["ingest", "calls.ndjson"]).code, Some(0));
    let elsewhere = program.with("STEADFAST_PLATFORM_TIME_ZONE", "Asia/Tokyo");
    for command in ["apps", "ingest calls.ndjson", "serve --listen 127.0.0.1:0"] {
        let ran = elsewhere.run(&command.split(' ').collect::<Vec<_>>());
        assert!(ran.code == Some(1) && ran.stderr().contains("`UTC`"), "{command}: {}", ran.stderr());
    }
}
