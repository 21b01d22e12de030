//! The commands that read: `apps`, `health`, `report` and `check`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use model::{Day, DayRange, Severity, Status};
use service::{AppHealth, AppOverview, ObservationHealth, Steadfast};

use super::{Outcome, open_existing};
use crate::cli::{Apps, AsOf, Check, Health, Output, Report};
use crate::config::Config;
use crate::term::{
    self, HEALTHY_INCOMPLETE, Painter, STRIP_LEGEND, STRIP_LEGEND_INCOMPLETE, pad, pad_left, plural, printable,
    printable_lines, thousands,
};

/// The day that an answer is about.
fn day(as_of: &AsOf, steadfast: &Steadfast) -> Day {
    let today = steadfast.today();
    let day = as_of.day.unwrap_or(today);
    if day > today {
        term::tell(&format!("As of {day}, days from {today} on count as far as they are known: they are not over."));
    }
    day
}

/// Says on stderr which days are incomplete, if any are: at most the last few by name.
fn tell_incomplete(days: &[Day]) {
    const NAMED: usize = 7;
    if days.is_empty() {
        return;
    }
    let last = days.get(days.len().saturating_sub(NAMED)..).unwrap_or_default();
    let names = last.iter().map(Day::to_string).collect::<Vec<_>>().join(", ");
    let all = if last.len() < days.len() { format!("{} days, the last of them {names}", days.len()) } else { names };
    term::tell(&format!(
        "Incomplete: {all}. Calls are missing there, so what is shown is of those that arrived; `steadfast sources` tells \
         which source is concerned."
    ));
}

pub(super) async fn apps(arguments: Apps, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let as_of = day(&arguments.as_of, &steadfast);
    let apps = steadfast.apps(as_of).await?;
    let incomplete: BTreeSet<Day> = apps.iter().flat_map(|app| app.incomplete.iter().copied()).collect();
    tell_incomplete(&incomplete.into_iter().collect::<Vec<_>>());
    term::print(match arguments.format {
        Output::Json => service::apps_json(as_of, &apps) + "\n",
        Output::Table => apps_table(&apps, &Painter::stdout()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn apps_table(apps: &[AppOverview], paint: &Painter) -> String {
    if apps.is_empty() {
        return "No apps yet: `steadfast ingest FILE` discovers them in your gateway's log.\n".to_owned();
    }
    let lacking = apps.iter().any(|app| !app.incomplete.is_empty());
    let width = if lacking { 26 } else { 20 };
    let heading = format!("{} {} {} {}", pad("APP", 29), pad("STATUS", width), pad_left("CALLS 30 D", 12), "14 DAYS");
    let mut text = paint.bold(&heading) + "\n";
    for overview in apps {
        text += &format!(
            "{} {} {} {}\n",
            pad(overview.app.id.as_str(), 29),
            paint.status_over(overview.status, &overview.incomplete, width),
            pad_left(&thousands(overview.calls), 12),
            paint.strip(overview.strip.iter().map(|(day, severity)| (*severity, overview.incomplete.contains(day)))),
        );
    }
    text + &paint.dim(&format!("\n{STRIP_LEGEND}{}\n", if lacking { STRIP_LEGEND_INCOMPLETE } else { "" }))
}

pub(super) async fn health(arguments: Health, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let as_of = day(&arguments.as_of, &steadfast);
    let health = steadfast.health(&arguments.app, as_of).await?;
    tell_incomplete(&health.incomplete);
    term::print(match arguments.format {
        Output::Json => service::health_json(&health) + "\n",
        Output::Table => health_table(&health, &Painter::stdout()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn health_table(health: &AppHealth, paint: &Painter) -> String {
    let name = if health.app.name == health.app.id.as_str() {
        health.app.name.clone()
    } else {
        format!("{} ({})", health.app.name, health.app.id)
    };
    let mut text = format!("{}\n", paint.bold(&printable(&name)));
    if health.status.is_none() {
        return text + &format!("{}\n{}", paint.status(None, 20).trim_end(), no_status(health));
    }
    let status = paint.status_over(health.status, &health.incomplete, 26);
    text += &format!(
        "{} {} to {}, {} in 30 days\n\n",
        status.trim_end(),
        health.window.start,
        health.window.end,
        plural(health.report.calls, "call", "calls")
    );
    for observation in &health.observations {
        text += &observation_lines(observation, health, paint);
    }
    let lacking = if health.incomplete.is_empty() { "" } else { STRIP_LEGEND_INCOMPLETE };
    text += &paint.dim(&format!("\n{STRIP_LEGEND}{lacking}; oldest day first\n"));
    if health.today.calls > 0 {
        let today = plural(health.today.calls, "call", "calls");
        text += &paint.dim(&format!("{} so far: {today}; the day in progress changes no status\n", health.as_of));
    }
    text
}

/// What is known of an app without a status.
fn no_status(health: &AppHealth) -> String {
    let mut text = format!("No production calls from {} to {}.\n", health.report.days.start, health.report.days.end);
    if let Some(day) = health.last_call {
        text += &format!("The last call before was on {day}.\n");
    }
    if health.today.calls > 0 {
        let calls = plural(health.today.calls, "call", "calls");
        let next = health.as_of.plus(1);
        text += &format!(
            "{calls} on {}, which are judged when the day is over; `--as-of {next}` shows them now.\n",
            health.as_of
        );
    }
    text
}

fn observation_lines(observation: &ObservationHealth, health: &AppHealth, paint: &Painter) -> String {
    let strip = observation
        .days
        .iter()
        .zip(&health.calls)
        .map(|(day, (_, calls))| ((*calls > 0).then_some(day.severity), health.incomplete.contains(&day.day)));
    let mut text = format!(
        "{} {} {} {}\n",
        pad(&observation.title, 33),
        paint.strip(strip),
        pad_left(&thousands(observation.affected()), 9),
        paint.status_over(Some(observation.status), &health.incomplete, 26).trim_end(),
    );
    text += &paint.dim(&format!("  {}", observation.reason));
    text.push('\n');
    if let Some(clears) = clears(observation, health.as_of) {
        text += &paint.dim(&format!("  {clears}"));
        text.push('\n');
    }
    if observation.status != Status::Healthy {
        for cause in observation.causes.iter().take(3) {
            let notes = if cause.notes.is_empty() { String::new() } else { format!(" ({})", cause.notes.join(", ")) };
            let cause =
                format!("  {} {} {}{notes}", pad_left(&thousands(cause.affected), 9), cause.method, cause.route);
            text += &format!("{}\n", pad(&cause, 79).trim_end());
        }
    }
    text
}

fn clears(observation: &ObservationHealth, as_of: Day) -> Option<String> {
    let healthy = observation.forecast.healthy?;
    Some(match observation.forecast.review_recommended {
        Some(review) if review != healthy => {
            format!("If it stopped on {as_of}: Review Recommended {review}, Healthy {healthy}")
        }
        _ => format!("If it stopped on {as_of}: Healthy {healthy}"),
    })
}

pub(super) async fn report(arguments: Report, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let as_of = day(&arguments.as_of, &steadfast);
    let days = DayRange::before(as_of, arguments.days);
    tell_incomplete(&steadfast.incomplete_days(&arguments.app, days).await?);
    term::print(steadfast.report_csv(&arguments.app, as_of, arguments.days).await?)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn check(arguments: Check, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let as_of = day(&arguments.as_of, &steadfast);
    let health = steadfast.health(&arguments.app, as_of).await?;
    let bad: Status = arguments.fail_on.into();
    tell_incomplete(&health.incomplete);
    let status = match health.status {
        Some(Status::Healthy) if !health.incomplete.is_empty() => HEALTHY_INCOMPLETE,
        status => status.map_or("No API traffic yet", Status::title),
    };
    let mut text = format!("{}: {status} as of {as_of}\n", health.app.id);
    if health.status.is_none() {
        text += &no_status(&health);
    }
    for observation in health.observations.iter().filter(|observation| observation.status != Status::Healthy) {
        let critical = observation.days.iter().filter(|day| day.severity == Severity::Critical).count();
        text += &format!(
            "  {}: {}. {} ({critical} critical of 14 days)\n",
            observation.title,
            observation.status.title(),
            observation.reason,
        );
        if let Some(clears) = clears(observation, as_of) {
            text += &format!("    {clears}\n");
        }
    }
    term::print(printable_lines(&text))?;
    Ok(if health.status.is_some_and(|status| status >= bad) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
