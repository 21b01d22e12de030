//! `steadfast ingest`.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use model::Environment;
use service::{IngestOptions, IngestOutcome, Input, Progress, Steadfast, packed_size};

use super::{Failure, Outcome, open};
use crate::cli::Ingest;
use crate::config::{Config, Source};
use crate::term::{self, plural, printable};

pub(super) async fn run(arguments: Ingest, config: Config) -> Outcome {
    let (inputs, options) = settle(&arguments, &config)?;
    let steadfast = open(&arguments.data.path, config)?;
    let _alone = alone(&arguments.data.path)?;
    let documented = !steadfast.store.catalog().await?.routes.is_empty();
    let mut failed = false;
    let mut total = Total::default();
    for input in &inputs {
        let bar = Bar::new(input);
        let result = steadfast.ingest(input, &options, &bar).await;
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

/// Waits until no other `ingest` works on the same data, and keeps others waiting until the result is dropped or
/// the program ends, however it does.
fn alone(data: &Path) -> Result<File, Failure> {
    let path = data.join("ingest.lock");
    let failed = |error: std::io::Error| Failure::new(format!("cannot lock `{}`: {error}", path.display()));
    let lock = File::create(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("Waiting for another `steadfast ingest` on `{}` to end.", data.display());
            lock.lock().map_err(failed)?;
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // Without the name that `steadfast serve` left in it, so that it learns of this; see `service/src/ingest/lock.rs`.
    lock.set_len(0).map_err(failed)?;
    Ok(lock)
}

/// What to read and how, from the command line or a source of the configuration.
fn settle(arguments: &Ingest, config: &Config) -> Result<(Vec<Input>, IngestOptions), Failure> {
    let source = match &arguments.source {
        None => Source {
            paths: arguments.files.clone(),
            format: arguments.format.clone(),
            environment: "production".to_owned(),
            fields: arguments.fields.iter().cloned().collect(),
        },
        Some(name) => {
            let Some(source) = config.sources.get(name) else {
                let known: Vec<&str> = config.sources.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "none is".to_owned() } else { known.join(", ") };
                return Err(Failure::new(format!("there is no source `{name}` in the configuration; known: {known}")));
            };
            let mut source = source.clone();
            source.paths.extend(arguments.files.iter().cloned());
            source
        }
    };
    if source.paths.is_empty() {
        return Err(Failure::new("there is nothing to read; name files, or give the source `paths`"));
    }
    let (format, places) = source.format()?;
    let threads = arguments.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, Into::into);
    let environment = Environment::named(arguments.environment.as_deref().unwrap_or(&source.environment));
    let options = IngestOptions { format, places, environment, threads };
    Ok((source.paths.into_iter().map(input).collect(), options))
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
