//! `steadfast sources`: what sends traffic, and what of it is missing.

use std::process::ExitCode;
use std::sync::Arc;

use model::UnixMillis;
use service::{Expect, Gap, SourceBook, SourceView};

use super::{Outcome, open_existing, source_tokens};
use crate::cli::{Output, Sources, SourcesCommand};
use crate::config::Config;
use crate::term::{self, Painter, pad, pad_left, plural, printable, thousands};

/// How many gaps of a source the table shows, the latest, and how many files that can't be read.
const GAPS: usize = 5;

pub(super) async fn run(arguments: Sources, config: Config) -> Outcome {
    if let Some(SourcesCommand::Token(command)) = arguments.command {
        return source_tokens::run(command, config).await;
    }
    let mut steadfast = open_existing(&arguments.data.path, config).await?;
    let as_of = arguments.as_of;
    if let Some(day) = as_of {
        steadfast.clock = Arc::new(steadfast.platform.zone.start_of(day));
        steadfast.source_book = SourceBook::new(steadfast.source_book.declared().clone());
    }
    let mut sources = steadfast.source_views().await?;
    let now = steadfast.clock.now();
    if as_of.is_some() {
        sources = sources.into_iter().map(|source| before(source, now)).collect();
    }
    term::print(match arguments.format {
        Output::Json => service::sources_json(now, &sources) + "\n",
        Output::Table => table(&sources, now, &Painter::stdout()),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A source as it was: what is kept by time is told up to then, and what is known as of now alone is left out.
fn before(source: SourceView, now: UnixMillis) -> SourceView {
    let (mut gaps, mut losses) = (source.gaps, source.losses);
    gaps.retain(|gap| gap.from < now);
    losses.retain(|loss| loss.from < now);
    SourceView {
        gaps,
        losses,
        last_call: source.last_call.filter(|at| *at < now),
        last_received: source.last_received.filter(|at| *at < now),
        rejects: Vec::new(),
        rejects_today: Vec::new(),
        unread: Vec::new(),
        ..source
    }
}

fn table(sources: &[SourceView], now: UnixMillis, paint: &Painter) -> String {
    if sources.is_empty() {
        return "No source yet: `steadfast ingest FILE` reads one, and `[sources.NAME]` of the configuration names one.\n"
            .to_owned();
    }
    let heading = format!(
        "{} {} {} {} {} {} {}",
        pad("SOURCE", 24),
        pad("WAY IN", 14),
        pad("LAST CALL", 21),
        pad_left("LAG", 8),
        pad_left("RECEIVED 24 H", 14),
        pad_left("EXPECTED", 12),
        pad_left("GAPS", 5),
    );
    let mut text = paint.bold(&heading) + "\n";
    for source in sources {
        text += &format!(
            "{} {} {} {} {} {} {}\n",
            pad(source.name.as_str(), 24),
            pad(&ways(source), 14),
            pad(&last_call(source), 21),
            pad_left(&source.lag_millis().map_or_else(|| "-".to_owned(), span), 8),
            pad_left(&thousands(source.received(24)), 14),
            pad_left(&expected(source), 12),
            pad_left(&thousands(source.gaps.len() as u64), 5),
        );
        text += &details(source, now, paint);
    }
    text + &paint.dim("\nEXPECTED: at least so many calls in those of the 24 hours that are over; `-` where nothing is known to compare with\n")
}

fn ways(source: &SourceView) -> String {
    let ways: Vec<&str> = source.ways.iter().map(|way| way.title()).collect();
    if ways.is_empty() { "-".to_owned() } else { ways.join(", ") }
}

fn last_call(source: &SourceView) -> String {
    match source.last_call {
        Some(at) => at.to_string(),
        None if source.calls > 0 => "later".to_owned(),
        None => "none yet".to_owned(),
    }
}

fn expected(source: &SourceView) -> String {
    match (source.expected(24), source.declared.expect) {
        (Some(calls), _) => thousands(calls),
        (None, Expect::Never) => "never".to_owned(),
        (None, Expect::Usual | Expect::Always) => "-".to_owned(),
    }
}

/// What else is to be said of a source: when it was heard of, gaps, losses, rejects.
fn details(source: &SourceView, now: UnixMillis, paint: &Painter) -> String {
    let mut lines = Vec::new();
    if let Some(at) = source.last_received {
        let ago = span(now.0.saturating_sub(at.0).max(0));
        lines.push(format!("last seen {at}, {ago} ago; {} in all", plural(source.calls, "call", "calls")));
    }
    lines.extend(source.unread.iter().take(GAPS).map(|file| format!("not read: `{}`: {}", file.path, file.reason)));
    if let Some(more) = source.unread.len().checked_sub(GAPS).filter(|more| *more > 0) {
        lines.push(format!("and {} more; `--format json` has them", plural(more as u64, "file", "files")));
    }
    if source.is_much_rejected() {
        let (rejected, received) = (source.rejected_today(), source.received(24));
        let calls = plural(received, "call", "calls");
        lines.push(format!("Lines rejected: {} in the last 24 hours, beside {calls}", thousands(rejected)));
    }
    let latest = source.gaps.get(source.gaps.len().saturating_sub(GAPS)..).unwrap_or_default();
    lines.extend(latest.iter().rev().map(|gap| gap_line(gap, source)));
    if latest.len() < source.gaps.len() {
        lines.push(format!(
            "and {} before; `--format json` has them",
            plural((source.gaps.len() - latest.len()) as u64, "gap", "gaps")
        ));
    }
    for (reason, count) in &source.rejects {
        let lately = source.rejects_today.iter().find(|(other, _)| other == reason).map_or(0, |(_, lines)| *lines);
        let lately = if lately > 0 { format!(", {} in the last 24 hours", thousands(lately)) } else { String::new() };
        lines.push(format!("rejected {} as {reason}{lately}", plural(*count, "line", "lines")));
    }
    lines.iter().map(|line| paint.dim(&format!("  {}", printable(line))) + "\n").collect()
}

fn gap_line(gap: &Gap, source: &SourceView) -> String {
    let (from, until) = (gap.from.to_string(), gap.until.to_string());
    let times = if from == until { from } else { format!("{from} to {until}") };
    if let Some(expected) = gap.expected {
        return format!("gap {times}: received {}, expected {}", thousands(gap.received), thousands(expected));
    }
    let loss = source.losses.iter().find(|loss| (loss.from, loss.until) == (gap.from, gap.until));
    let why = loss.map_or_else(String::new, |loss| match loss.detail.as_str() {
        "" => format!(": {}", loss.reason.title()),
        detail => format!(": {} ({detail})", loss.reason.title()),
    });
    format!("lost {times}{why}")
}

/// A span of time as people read it: `42 s`, `5 min`, `3 h`, `2 d`.
fn span(millis: i64) -> String {
    let seconds = millis / 1000;
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", seconds / 60),
        6_000..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_unit_that_fits() {
        for (seconds, told) in [(0, "0 s"), (99, "99 s"), (100, "1 min"), (7_200, "2 h"), (200_000, "2 d")] {
            assert_eq!(span(seconds * 1000), told);
        }
    }
}
