//! How long the server takes for its pages with a whole platform's data: 5,000 apps and 400 days of counts.
//!
//! The data is made by importing and ingesting, as on any platform, and kept for the day: accounts and tokens that
//! somebody adds to it in between are there at the next run, for `--header`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::lines::Extent;
use super::measure::cost;
use super::server::Server;
use super::table::{Table, thousands};
use super::{Setting, data};
use crate::clock;
use crate::shell::{Failure, io_failure};

/// Enough that the smallest of the apps has some hundred calls and the busiest some 600,000.
const EXTENT: Extent = Extent { lines: 6_000_000, apps: 5_000, days: 400 };
/// A few days more than there is traffic, so that none of it is too old.
const RETENTION: (&str, &str) = ("STEADFAST_RETENTION_DAYS", "410");
const GOAL: &str = "under 30 ms";

/// The pages that count, with what they are; `--url` adds others. The first app is the busiest.
const PAGES: &[(&str, &str, &str)] = &[
    ("list of apps", "/", GOAL),
    ("health page of the busiest app", "/apps/app-1000/health", GOAL),
    ("health page of the 2,500th app", "/apps/app-3499/health", GOAL),
    ("health page of the busiest app a year ago", "/apps/app-1000/health?as_of={year_ago}", GOAL),
    ("routes behind an observation, busiest app", "/apps/app-1000/health/not_found/routes", GOAL),
    ("rules", "/rules", GOAL),
    ("health as JSON, busiest app", "/api/v1/apps/app-1000/health", GOAL),
    ("activity report, busiest app", "/api/v1/apps/app-1000/activity.csv", ""),
];

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let data = make(setting)?;
    let server = Server::start(command(setting, &["serve", "--listen", "127.0.0.1:0"], &data))?;
    let year_ago = clock::date(clock::today() - 365);
    let asked = setting.urls.iter().map(|url| (url.as_str(), url.as_str(), GOAL));
    for (what, path, goal) in PAGES.iter().copied().chain(asked) {
        let path = path.replace("{year_ago}", &year_ago);
        match server.time(&path, &setting.headers) {
            Ok(timed) => {
                let Extent { apps, days, .. } = EXTENT;
                let (kilobytes, requests) = (timed.bytes / 1_000, timed.requests);
                let of = format!(
                    "{} apps, {days} days, {} kB, {requests} requests",
                    thousands(apps),
                    thousands(kilobytes as u64)
                );
                table.add(&format!("{what}; {of}"), timed.spell(), goal);
            }
            // One page that needs another header is no reason to leave out the others.
            Err(failure) => table.add(what, format!("not measured: {failure}"), goal),
        }
    }
    Ok(())
}

fn command(setting: &Setting, arguments: &[&str], data: &Path) -> Command {
    let mut command = setting.steadfast(arguments, data);
    command.env(RETENTION.0, RETENTION.1);
    command
}

/// The data directory, made unless today's is there.
fn make(setting: &Setting) -> Result<PathBuf, Failure> {
    let data = setting.folder.join("many");
    let mark = setting.folder.join("many.made");
    let made = format!("{} {EXTENT:?}", clock::date(clock::today()));
    if data.is_dir() && fs::read_to_string(&mark).is_ok_and(|found| found == made) {
        eprintln!("taking {} as it is; remove it for a fresh one", data.display());
        return Ok(data);
    }
    let data = setting.fresh("many")?;
    let began = Instant::now();
    let traffic = data::traffic_of(setting, "many", &EXTENT)?;
    cost(&*command(setting, &["catalog", "import"], &data).arg(data::catalog(setting)?), &setting.folder)?;
    let ingest = cost(&*command(setting, &["ingest"], &data).arg(&traffic), &setting.folder)?;
    eprintln!("{}made in {:.0} s, {:.0} s of it the ingest", ingest.said, began.elapsed().as_secs_f64(), ingest.wall);
    // It is large, and not needed any more.
    fs::remove_file(&traffic).map_err(|error| io_failure("remove", &traffic, &error))?;
    fs::write(&mark, made).map_err(|error| io_failure("write", &mark, &error))?;
    Ok(data)
}
