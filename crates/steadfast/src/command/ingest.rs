//! `steadfast ingest`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use model::{Clock, Environment, SourceName, SourceNameError};
use service::{
    FollowTotals, FollowedSource, IngestOptions, IngestOutcome, Input, Progress, Steadfast, Watcher, WriterLock,
    packed_size,
};

use super::{Failure, Outcome, open, serve};
use crate::cli::Ingest;
use crate::clock::SystemClock;
use crate::config::{Config, Source};
use crate::term::{self, plural, printable};

pub(super) async fn run(arguments: Ingest, config: Config) -> Outcome {
    if arguments.follow {
        return follow(arguments, config).await;
    }
    let (inputs, options) = settle(&arguments, &config)?;
    let alone = WriterLock::take(&arguments.data.path, "steadfast ingest", SystemClock.now())?;
    let steadfast = open(&arguments.data.path, config, &alone)?;
    let documented = !steadfast.store.catalog().await?.routes.is_empty();
    let mut failed = false;
    let mut total = Total::default();
    for input in &inputs {
        let bar = Bar::new(input);
        let named = arguments.source.is_some();
        let source = if named { options.source.clone() } else { input.default_source() };
        let result = steadfast.ingest(input, &IngestOptions { source, ..options.clone() }, &bar).await;
        bar.0.finish_and_clear();
        match result {
            Ok(outcome) => {
                failed |= outcome.failure.is_some() || outcome.hopeless;
                term::print(told(input, &outcome, &steadfast))?;
                total.add(&outcome);
            }
            Err(error) => {
                failed = true;
                term::tell(&format!("steadfast: {error}"));
            }
        }
    }
    if inputs.len() > 1 {
        term::print(total.told())?;
    }
    steadfast.purge().await?;
    if total.rejected > 0 {
        term::tell(&format!("Rejected lines are kept in `{}`.", steadfast.rejects.path().display()));
    }
    if !documented && total.lines > 0 {
        eprintln!(
            "No catalog is imported yet, so every route counts as undocumented; `steadfast catalog import` mends that."
        );
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A source of the configuration, with what the command line adds; its name if it has one.
fn source_of(arguments: &Ingest, config: &Config) -> Result<(Option<SourceName>, Source), Failure> {
    let Some(name) = &arguments.source else {
        let fields = arguments.fields.iter().cloned().collect();
        return Ok((None, Source::of_files(arguments.files.clone(), arguments.format.clone(), fields)));
    };
    let Some(source) = config.sources.get(name) else {
        let known: Vec<&str> = config.sources.keys().map(String::as_str).collect();
        return Err(Failure::new(if known.is_empty() {
            format!(
                "there is no source `{name}`: the configuration has none; write `[sources.{name}]` into it, or name its file \
                 with `--config`"
            )
        } else {
            format!("there is no source `{name}` in the configuration; known: {}", known.join(", "))
        }));
    };
    let mut source = source.clone();
    source.paths.extend(arguments.files.iter().cloned());
    let name = name.parse().map_err(|error: SourceNameError| Failure::new(error.to_string()))?;
    Ok((Some(name), source))
}

/// What to read and how.
fn settle(arguments: &Ingest, config: &Config) -> Result<(Vec<Input>, IngestOptions), Failure> {
    let (name, source) = source_of(arguments, config)?;
    if source.paths.is_empty() {
        return Err(Failure::new(
            "there is nothing to read; name files, or give the source `paths` (for what comes by syslog, `steadfast serve` \
             listens)",
        ));
    }
    let (format, places) = source.format().map_err(|(_, message)| Failure::new(message))?;
    let environment = Environment::named(arguments.environment.as_deref().unwrap_or(&source.environment));
    let source_name = name.unwrap_or_else(SourceName::files);
    let options = IngestOptions { source: source_name, format, places, environment, threads: threads(arguments) };
    let paths = service::matching_files(&source.paths).map_err(Failure::new)?;
    Ok((paths.into_iter().map(input).collect(), options))
}

fn threads(arguments: &Ingest) -> usize {
    arguments.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, Into::into)
}

/// What to follow: what is named, or else all sources of the configuration that have files.
fn followed(arguments: &Ingest, config: &Config) -> Result<Vec<FollowedSource>, Failure> {
    if arguments.files.iter().any(|path| path == Path::new("-")) {
        return Err(Failure::new(
            "standard input can't be followed; without `--follow` it is read as long as it lasts",
        ));
    }
    if arguments.files.is_empty() && arguments.source.is_none() {
        let sources = config.followed()?;
        if sources.is_empty() {
            return Err(Failure::new(
                "there is nothing to follow; name files, or give `[sources.NAME]` in the configuration `paths`",
            ));
        }
        return Ok(sources);
    }
    let (name, source) = source_of(arguments, config)?;
    if source.paths.is_empty() {
        return Err(Failure::new("there is nothing to follow; name files, or give the source `paths`"));
    }
    Ok(vec![source.followed(name.unwrap_or_else(SourceName::files), arguments.environment.as_deref())?])
}

/// Reads what is there and what comes, until the program is told to end.
async fn follow(arguments: Ingest, config: Config) -> Outcome {
    let sources = followed(&arguments, &config)?;
    let ended = serve::ended();
    let alone = WriterLock::take(&arguments.data.path, "steadfast ingest --follow", SystemClock.now())?;
    let steadfast = open(&arguments.data.path, config, &alone)?;
    let watch = Arc::new(Watch::new());
    let upkeep = tokio::spawn(purge(steadfast.clone()));
    let totals = steadfast.follow(sources, threads(&arguments), Arc::clone(&watch) as _, ended).await;
    upkeep.abort();
    watch.0.finish_and_clear();
    let totals = totals?;
    term::print(format!(
        "Followed {}\n  read      {}\n  counted   {}\n  rejected  {}\n",
        plural(totals.files as u64, "file", "files"),
        plural(totals.lines, "line", "lines"),
        plural(totals.counted, "call", "calls"),
        plural(totals.rejected, "line", "lines"),
    ))?;
    if totals.rejected > 0 {
        term::tell(&format!("Rejected lines are kept in `{}`.", steadfast.rejects.path().display()));
    }
    Ok(if totals.failing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Drops counts that become too old while files are followed.
async fn purge(steadfast: Steadfast) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        if let Err(error) = steadfast.purge().await {
            tracing::warn!("what is too old can't be dropped; it is tried again in an hour: {error}");
        }
    }
}

/// A line that lives, shown on a terminal only; what is worth knowing goes to standard error.
struct Watch(ProgressBar);

impl Watch {
    fn new() -> Self {
        Self(ProgressBar::new_spinner())
    }
}

impl Watcher for Watch {
    fn note(&self, text: &str) {
        self.0.suspend(|| term::tell(text));
    }

    fn warn(&self, text: &str) {
        self.0.suspend(|| term::tell(&format!("steadfast: {text}")));
    }

    fn advance(&self, totals: &FollowTotals) {
        let behind = match totals.behind {
            0 => "up to date".to_owned(),
            behind => format!("{} behind", HumanBytes(behind)),
        };
        self.0.set_message(format!(
            "{}: {} lines read, {} counted, {} rejected, {behind}",
            plural(totals.files as u64, "file", "files"),
            HumanCount(totals.lines),
            HumanCount(totals.counted),
            HumanCount(totals.rejected),
        ));
        self.0.tick();
    }
}

fn input(path: PathBuf) -> Input {
    if path == Path::new("-") { Input::Stdin } else { Input::at(path) }
}

/// What was read of one input, for people.
fn told(input: &Input, outcome: &IngestOutcome, steadfast: &Steadfast) -> String {
    let mut text = format!("{}\n", printable(&input.name()));
    if let Some(format) = &outcome.format {
        let guessed = outcome.guessed.as_ref().map_or_else(String::new, |because| format!(" (guessed: {because})"));
        text += &format!("  format    {}{guessed}\n", printable(format));
    }
    if outcome.lines_before > 0 {
        text += &format!("  before    {} read by an earlier run\n", plural(outcome.lines_before, "line", "lines"));
    }
    text += &format!("  read      {}\n", plural(outcome.lines, "line", "lines"));
    text += &format!("  counted   {}\n", plural(outcome.counted, "call", "calls"));
    text += &format!("  rejected  {}\n", plural(outcome.rejected.total(), "line", "lines"));
    for (reason, count) in outcome.rejected.iter().filter(|(_, count)| *count > 0) {
        text += &format!("    {:>9} {} ({})\n", HumanCount(count), reason.key(), reason.text());
    }
    if outcome.unfinished {
        text += "  note      the last line has no line end yet; it is read when it is complete\n";
    }
    if !outcome.carries_company_header && outcome.counted > 0 {
        text += &format!(
            "  note      this format does not tell the `{}` header, so every company-scoped call counts as missing it\n",
            steadfast.platform.company_header
        );
    }
    if outcome.unidentified > 0 && 2 * outcome.unidentified >= outcome.counted {
        text += &format!(
            "  note      {} of them name no app and are counted as `unidentified`: is the app where the format looks for it?\n",
            HumanCount(outcome.unidentified)
        );
    }
    if outcome.hopeless {
        text += "  note      no line could be used, so the file is not marked as read; name the format it has with `--format`\n";
    }
    if let Some(failure) = &outcome.failure {
        text += &format!("  FAILED    {}\n", printable(failure));
    }
    text
}

/// The sum over all inputs.
#[derive(Default)]
struct Total {
    lines: u64,
    counted: u64,
    rejected: u64,
}

impl Total {
    fn add(&mut self, outcome: &IngestOutcome) {
        self.lines += outcome.lines;
        self.counted += outcome.counted;
        self.rejected += outcome.rejected.total();
    }

    fn told(&self) -> String {
        format!(
            "Together: {} read, {} counted, {} rejected\n",
            plural(self.lines, "line", "lines"),
            HumanCount(self.counted),
            HumanCount(self.rejected)
        )
    }
}

/// A progress bar, shown on a terminal only.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(input: &Input) -> Self {
        let template = "{msg} [{bar:28}] {percent:>3} % {eta:>4} left";
        let bar = match packed_size(input) {
            Some(size) => ProgressBar::new(size)
                .with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())),
            None => ProgressBar::new_spinner(),
        };
        Self(bar)
    }
}

impl Progress for Bar {
    fn advance(&self, packed: u64, lines: u64) {
        self.0.set_position(packed);
        self.0.set_message(format!("{} lines", HumanCount(lines)));
    }
}
