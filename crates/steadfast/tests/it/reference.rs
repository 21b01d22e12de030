//! The program against the plain reading of the rules, on random catalogs and random traffic: reports byte for byte,
//! health value for value.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Span;
use jiff::civil::Date;
use testkit::program::{Program, Ran};
use testkit::reference::{Expected, Ledger};
use testkit::{Case, compare, random};

use crate::cast::{Told, app_ids, now, program};

/// How the log reaches the program.
#[derive(Clone, Copy, Debug)]
enum Way {
    File,
    OneThread,
    Gzip,
    Zstd,
    StandardInput,
}

const WAYS: [Way; 5] = [Way::File, Way::Gzip, Way::Zstd, Way::StandardInput, Way::OneThread];

/// Seeds that once told of a fault: records that were guessed to be another format's, and a path that is not UTF-8 and
/// was moved to a route which it did not match.
const TELLING: [u64; 2] = [7_041, 7_162];

/// Which random platforms are compared. `TEST_SEEDS=FIRST..LAST` looks at others.
fn seeds() -> Vec<u64> {
    let given = std::env::var("TEST_SEEDS").ok();
    let range = given.as_deref().and_then(|range| range.split_once(".."));
    let range = range.and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
    range.map_or_else(|| TELLING.into_iter().chain(500..510).collect(), Iterator::collect)
}

#[test]
fn the_program_agrees_with_the_reference() {
    for (seed, way) in seeds().into_iter().zip(WAYS.into_iter().cycle()) {
        let case = random::case(seed, now().as_millisecond());
        compare_case(&case, way);
    }
}

fn compare_case(case: &Case, way: Way) {
    let program = program();
    case.save(program.directory());
    program.write("steadfast.toml", config(case));
    import(&program, case);
    let told = Told::by(&ingest(&program, case, way).succeeded());

    let ledger = Ledger::of(case);
    let expected = ledger.as_of(case.as_of);
    assert_eq!(
        (told.before, told.lines, told.counted, told.rejected),
        (0, expected.lines, expected.counted, expected.rejected),
        "seed {} by {way:?}: before, lines, counted, rejected; {:?}",
        case.seed,
        expected.reasons
    );
    for as_of in [case.as_of, case.as_of.saturating_sub(Span::new().days(9))] {
        compare_day(&program, case, way, &ledger.as_of(as_of), as_of);
    }
}

/// The case's settings as a configuration file.
fn config(case: &Case) -> String {
    let config = &case.config;
    // A JSON text is a TOML text too.
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let exceptions: Vec<String> = config.exceptions.iter().map(|exception| text(exception)).collect();
    format!(
        "[platform]\ntime_zone = {}\ncompany_header = {}\ncompany_header_exceptions = [{}]\n",
        text(&config.time_zone),
        text(&config.company_header),
        exceptions.join(", ")
    )
}

fn import(program: &Program, case: &Case) {
    let names = case.documents.iter().map(|(name, _)| name.as_str());
    let arguments: Vec<&str> = ["catalog", "import"].into_iter().chain(names).collect();
    let ran = program.run(&arguments);
    assert_eq!(ran.code, Some(0), "seed {}: {}", case.seed, ran.stderr());
}

fn ingest(program: &Program, case: &Case, way: Way) -> Ran {
    match way {
        Way::File => program.run(&["ingest", "calls.ndjson"]),
        Way::OneThread => program.run(&["ingest", "--threads", "1", "--format", "steadfast", "calls.ndjson"]),
        Way::StandardInput => program.run_with_input(&["ingest", "-"], &case.lines),
        Way::Gzip => {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(&case.lines).unwrap();
            program.write("calls.ndjson.gz", gzip.finish().unwrap());
            program.run(&["ingest", "calls.ndjson.gz"])
        }
        Way::Zstd => {
            program.write("calls.ndjson.zst", zstd::encode_all(case.lines.as_slice(), 1).unwrap());
            program.run(&["ingest", "calls.ndjson.zst"])
        }
    }
}

fn compare_day(program: &Program, case: &Case, way: Way, expected: &Expected, as_of: Date) {
    let (seed, day) = (case.seed, as_of.to_string());
    let mut known = app_ids(program);
    known.sort();
    assert!(known.iter().eq(expected.apps.keys()), "seed {seed} by {way:?}: apps {known:?}");
    for (id, expected) in &expected.apps {
        let csv = program.run(&["report", id, "--as-of", &day]).succeeded().stdout;
        if let Some(difference) = compare::text_difference(&expected.report_csv, &csv) {
            panic!("seed {seed} by {way:?}: report of `{id}` as of {day}: {difference}");
        }
        let health = program.run(&["health", id, "--format", "json", "--as-of", &day]).json();
        let health = compare::without_reasons(health);
        if let Some(difference) = compare::json_difference(&expected.health, &health) {
            panic!("seed {seed} by {way:?}: health of `{id}` as of {day}: {difference}");
        }
    }
}
