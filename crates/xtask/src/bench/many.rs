//! How long the server takes for its pages with a whole platform's data: 5,000 apps and 400 days of counts, and the
//! people who look at them.
//!
//! The data is made by importing and ingesting, as on any platform, the people through the portal; both are kept for
//! the day.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::calls;
use super::cast::{self, BUSIEST, Cast, Who};
use super::lines::Extent;
use super::measure::cost;
use super::person::Person;
use super::server::Server;
use super::table::{Table, thousands};
use super::{Setting, data};
use crate::clock;
use crate::shell::{Failure, io_failure};

/// Enough that the smallest of the apps has some hundred calls and the busiest some 600,000.
const EXTENT: Extent = Extent { lines: 6_000_000, apps: 5_000, days: 400, routes: 2_000 };
/// A few days more than there is traffic, so that none of it is too old.
const RETENTION: (&str, &str) = ("STEADFAST_RETENTION_DAYS", "410");
/// The goal of pages that people wait for, and of most of what programs ask for.
const GOAL: &str = "under 30 ms, 150 kB";
/// Lines that come while the server runs.
const NEWS: Extent = Extent { lines: 20_000, apps: 5_000, days: 1, routes: 2_000 };

/// The pages that count, who looks at them, and what they are; `--url` adds others.
const PAGES: &[(Who, &str, &str, &str)] = &[
    (Who::OwnerOfFive, "My Apps, 5 of them", "/", GOAL),
    (Who::OwnerOfMany, "My Apps, 300 of them", "/", GOAL),
    (Who::OwnerOfMany, "My Apps, 300, searched and sorted", "/?q=app-4&sort=calls", GOAL),
    (Who::OwnerOfFive, "overview", "/apps/{busiest}", GOAL),
    (Who::OwnerOfFive, "health", "/apps/{busiest}/health", GOAL),
    (Who::OwnerOfFive, "health, 2,000th app", "/apps/app-2000/health", GOAL),
    (Who::OwnerOfFive, "health a year ago", "/apps/{busiest}/health?as_of={year_ago}", GOAL),
    (Who::OwnerOfFive, "routes behind an observation", "/apps/{busiest}/health/not_found/routes", GOAL),
    (Who::OwnerOfFive, "activity, 30 days", "/apps/{busiest}/activity", GOAL),
    (Who::OwnerOfFive, "activity, 30 days, only 403", "/apps/{busiest}/activity?status=403", GOAL),
    (Who::OwnerOfFive, "activity, 30 days, one company", "/apps/{busiest}/activity?company=5000000", GOAL),
    (Who::OwnerOfFive, "activity, 30 days, one problem", "/apps/{busiest}/activity?observation=not_found", GOAL),
    (Who::OwnerOfFive, "activity, 400 days", "/apps/{busiest}/activity?from={first_day}&to={last_day}", GOAL),
    (Who::OwnerOfFive, "components", "/apps/{busiest}/components", GOAL),
    (Who::OwnerOfFive, "versions, 20 of them", "/apps/{busiest}/versions", GOAL),
    (Who::OwnerOfFive, "credentials", "/apps/{busiest}/credentials", GOAL),
    (Who::OwnerOfFive, "collaborators", "/apps/{busiest}/collaborators", GOAL),
    (Who::OwnerOfFive, "alerts", "/apps/{busiest}/alerts", GOAL),
    (Who::OwnerOfFive, "settings", "/apps/{busiest}/settings", GOAL),
    (Who::Operator, "platform: all apps", "/platform", GOAL),
    (Who::Operator, "platform: apps with deprecated calls", "/platform/deprecated", GOAL),
    (Who::Operator, "platform: apps with private calls", "/platform/private", GOAL),
    (Who::Operator, "platform: sources", "/platform/sources", GOAL),
    (Who::Operator, "platform: people", "/platform/people", GOAL),
    (Who::Operator, "platform: organisations", "/platform/organisations", GOAL),
    (Who::Operator, "platform: claims", "/platform/claims", GOAL),
    (Who::Operator, "platform: audit", "/platform/audit", GOAL),
    (Who::OwnerOfFive, "rules", "/rules", GOAL),
    (Who::OwnerOfMany, "JSON: my apps", "/api/v1/apps", GOAL),
    (Who::Operator, "JSON: all apps", "/api/v1/platform/apps", GOAL),
    (Who::OwnerOfFive, "JSON: health", "/api/v1/apps/{busiest}/health", GOAL),
    (Who::OwnerOfFive, "JSON: activity, 30 days", "/api/v1/apps/{busiest}/activity", GOAL),
    (Who::OwnerOfFive, "CSV: activity, 30 days", "/api/v1/apps/{busiest}/activity.csv", "under 30 ms"),
    (Who::OwnerOfFive, "CSV: activity, 400 days", "/api/v1/apps/{busiest}/activity.csv?days=400", ""),
];

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let (data, cast) = make(setting, table)?;
    let server = start(setting, &data)?;
    look_first(setting, &server, &cast, table)?;
    let day = |back: u64| clock::date(clock::today() - back);
    let of_setting = setting.urls.iter().map(|url| (Who::Operator, url.as_str(), url.as_str(), ""));
    for (who, what, path, goal) in PAGES.iter().copied().chain(of_setting) {
        let path = path.replace("{busiest}", BUSIEST).replace("{year_ago}", &day(365));
        let path = path.replace("{first_day}", &day(400)).replace("{last_day}", &day(1));
        let mut headers = setting.headers.clone();
        if setting.headers.is_empty() {
            headers.push(cast.header(who));
        }
        match server.time(&path, &headers) {
            Ok(timed) => {
                let what = format!("{what}; {} kB", thousands((timed.bytes as u64).div_ceil(1_000)));
                table.add(&what, format!("{}, the first {:.0} ms", timed.spell(), timed.first), goal);
            }
            // One page that needs another header is no reason to leave out the others.
            Err(failure) => table.add(what, format!("not measured: {failure}"), goal),
        }
    }
    Ok(())
}

/// What whoever looks first waits for: after a start, and after calls came in while the server runs.
fn look_first(setting: &Setting, server: &Server, cast: &Cast, table: &mut Table) -> Result<(), Failure> {
    let operator = [cast.header(Who::Operator)];
    table.add("first look at all apps after a start", spell(server.look("/platform", &operator)?), "under 1 s");
    send_news(setting, server, cast)?;
    let what = format!("first look at all apps after {} more calls", thousands(NEWS.lines));
    table.add(&what, spell(server.look("/platform", &operator)?), "under 1 s");
    let deprecated = server.look("/platform/deprecated", &operator)?;
    table.add("then at those with deprecated calls", spell(deprecated), "under 1 s");
    Ok(())
}

/// Calls come over HTTP: nobody but the server may write while it serves.
fn send_news(setting: &Setting, server: &Server, cast: &Cast) -> Result<(), Failure> {
    let news = data::traffic_of(setting, "news", &NEWS)?;
    let news = fs::read(&news).map_err(|error| io_failure("read", &news, &error))?;
    let headers = calls::sender(server, &Person::with_session(server, cast.header(Who::Operator))?)?;
    let answer = server.send("POST", calls::PATH, &headers, &news)?;
    if answer.status == 200 { Ok(()) } else { Err(Failure::new(format!("{}: {}", answer.status, answer.text()))) }
}

fn spell(milliseconds: f64) -> String {
    format!("{milliseconds:.0} ms")
}

fn start(setting: &Setting, data: &Path) -> Result<Server, Failure> {
    Server::start(command(setting, &["serve", "--listen", "127.0.0.1:0"], data))
}

fn command(setting: &Setting, arguments: &[&str], data: &Path) -> Command {
    let mut command = setting.steadfast(arguments, data);
    command.env(RETENTION.0, RETENTION.1);
    command
}

/// The data directory and its people, made unless today's are there.
fn make(setting: &Setting, table: &mut Table) -> Result<(PathBuf, Cast), Failure> {
    let data = setting.folder.join("many");
    let (mark, people) = (setting.folder.join("many.made"), setting.folder.join("many.people"));
    let made = format!("{} {EXTENT:?}", clock::date(clock::today()));
    if data.is_dir()
        && fs::read_to_string(&mark).is_ok_and(|found| found == made)
        && let Some(cast) = Cast::read(&people)
        && cast::is_good(&start(setting, &data)?, &cast)
    {
        eprintln!("taking {} as it is; remove it for a fresh one", data.display());
        return Ok((data, cast));
    }
    ingest_all(setting, table)?;
    let began = Instant::now();
    let cast = Cast::make(|| start(setting, &data), &setting.fresh("many.mail")?)?;
    eprintln!("people made in {:.0} s", began.elapsed().as_secs_f64());
    cast.write(&people)?;
    fs::write(&mark, made).map_err(|error| io_failure("write", &mark, &error))?;
    Ok((data, cast))
}

fn ingest_all(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let data = setting.fresh("many")?;
    let began = Instant::now();
    let traffic = data::traffic_of(setting, "many", &EXTENT)?;
    cost(&*command(setting, &["catalog", "import"], &data).arg(data::catalog(setting)?), &setting.folder)?;
    let ingest = cost(&*command(setting, &["ingest"], &data).arg(&traffic), &setting.folder)?;
    eprintln!("{}made in {:.0} s", ingest.said, began.elapsed().as_secs_f64());
    let Extent { lines, apps, days, .. } = EXTENT;
    let what = format!("`ingest` of {} lines of {} apps and {days} days", thousands(lines), thousands(apps));
    table.add(&what, format!("{:.1} s, {:.0} MB at most", ingest.wall, ingest.peak as f64 / 1e6), "");
    // It is large, and not needed any more.
    fs::remove_file(&traffic).map_err(|error| io_failure("remove", &traffic, &error))
}
