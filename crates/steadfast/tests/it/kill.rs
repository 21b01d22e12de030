//! Killed at any moment, as by a power cut, and run again: the counts are those of one clean run.

mod log;
mod moments;

use std::time::{Duration, Instant};

use testkit::program::{Program, Ran};

use crate::cast::{Told, app_ids, program};
use log::Log;
use moments::{Dice, Moment};

/// How many lines the log has.
const LINES: usize = 2_000_000;

/// How often reading it is killed, all installations together.
const KILLS: usize = 50;

/// How long after its start a read is killed at the latest: a share of what a clean one takes, and at most so long.
const LATEST: (f64, Duration) = (0.25, Duration::from_secs(7));

/// What a log came to.
#[derive(PartialEq)]
struct Counts {
    apps: Vec<u8>,
    reports: Vec<(String, Vec<u8>)>,
    /// The health of some apps.
    health: Vec<(String, Vec<u8>)>,
}

impl Counts {
    fn of(program: &Program) -> Self {
        let data = |arguments: &[&str]| program.run(arguments).succeeded().stdout;
        let report = |app: &String| (app.clone(), data(&["report", app, "--days", "40"]));
        let health = |app: &String| (app.clone(), data(&["health", app, "--format", "json"]));
        let apps = app_ids(program);
        Self {
            reports: apps.iter().map(report).collect(),
            health: apps.iter().step_by(5).map(health).collect(),
            apps: data(&["apps", "--format", "json"]),
        }
    }

    /// All calls in the reports.
    fn calls(&self) -> usize {
        let calls = |report: &[u8]| -> usize {
            let report = String::from_utf8(report.to_vec()).unwrap();
            report.lines().skip(1).map(|row| row.rsplit(',').next().unwrap().parse::<usize>().unwrap()).sum()
        };
        self.reports.iter().map(|(_, report)| calls(report)).sum()
    }

    /// Whether they are those of a clean run.
    fn check(&self, clean: &Self) {
        for ((app, report), clean) in self.reports.iter().zip(&clean.reports) {
            assert!(*report == clean.1, "the report of `{app}` differs from that of a clean run");
        }
        for ((app, health), clean) in self.health.iter().zip(&clean.health) {
            assert!(*health == clean.1, "the health of `{app}` differs from that of a clean run");
        }
        assert!(self == clean, "the apps differ from those of a clean run");
    }
}

#[test]
fn kill_minus_nine_at_any_moment_loses_and_repeats_nothing() {
    let log = Log::write(LINES);
    let clean = program();
    prepare(&clean);
    let started = Instant::now();
    let told = Told::by(&clean.run(&["ingest", log.path()]).succeeded());
    let latest = started.elapsed().mul_f64(LATEST.0).min(LATEST.1);
    assert_eq!((told.lines, told.rejected), (LINES as u64, log.rejected as u64));
    let clean = Counts::of(&clean);
    assert_eq!(clean.calls(), LINES - log.rejected);

    let mut dice = Dice::new(20_261_121);
    let (mut kills, mut resumed) = (0, 0);
    while kills < KILLS {
        let program = program();
        prepare(&program);
        let told = loop {
            let moment = if kills < KILLS { dice.moment(latest) } else { Moment::After(Duration::from_secs(600)) };
            match read(&program, &log, moment) {
                Some(told) => break told,
                None => kills += 1,
            }
        };
        assert_eq!(told.before + told.lines, LINES as u64, "after {kills} kills");
        resumed += usize::from(told.before > 0);
        kill_at_the_end(&program, &log);
        kill_while_judging(&program, &mut dice);
        Counts::of(&program).check(&clean);
        eprintln!("after {kills} kills: {} lines before the last run, {} in it", told.before, told.lines);
    }
    assert!(resumed > 0, "no read went on in the middle: nothing was committed before the end");
}

fn prepare(program: &Program) {
    program.write("api.json", log::DOCUMENT);
    let _: Ran = program.run(&["catalog", "import", "api.json"]).succeeded();
}

/// Starts to read the log and kills that at a moment. What it says if it comes to its end before.
fn read(program: &Program, log: &Log, moment: Moment) -> Option<Told> {
    let wal = program.data().join("steadfast.db-wal");
    let before = moments::state(&wal);
    let mut running = program.start(&["ingest", log.path()]);
    let ended = match moment {
        Moment::After(limit) => running.exit(limit),
        Moment::Writing { then } => moments::until_written(&mut running, &wal, before).or_else(|| running.exit(then)),
    };
    running.kill();
    assert_ne!(ended, Some(false), "{moment:?}: {}", running.output());
    ended.map(|_| {
        let last = running.find(Duration::from_secs(10), |line| line.contains("  rejected ").then_some(()));
        assert_eq!(last, Some(()), "{}", running.output());
        Told::from_output(&running.output())
    })
}

/// Kills a run as soon as it says that it is done.
fn kill_at_the_end(program: &Program, log: &Log) {
    let mut running = program.start(&["ingest", log.path()]);
    let read =
        running.find(Duration::from_secs(60), |line| line.trim().starts_with("read ").then(|| line.trim().to_owned()));
    running.kill();
    assert_eq!(read.as_deref(), Some("read      0 lines"), "{}", running.output());
}

/// Kills the judging of all days a few times.
fn kill_while_judging(program: &Program, dice: &mut Dice) {
    for _ in 0..4 {
        let mut running = program.start(&["health", "app-03", "--format", "json"]);
        let ended = running.exit(dice.up_to(Duration::from_millis(1_500)));
        assert_ne!(ended, Some(false), "{}", running.output());
        running.kill();
    }
}
