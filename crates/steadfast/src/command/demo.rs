//! `steadfast demo`: makes the demonstration platform and serves it.
//!
//! Everything goes the way that a user's data goes: documents through the import, lines through ingest.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use model::{Clock, Environment, UnixMillis};
use service::{DocumentFile, IngestOptions, Input, Steadfast};
use traffic::{Format, FormatOptions};

use super::ingest::Bar;
use super::{DATABASE, Failure, Outcome, open, serve};
use crate::cli::Demo;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::demo;
use crate::term::plural;

/// The file that says that a directory is a demonstration's, and may be made anew.
const MARKER: &str = "made-by-steadfast-demo";

/// The made-up access log.
const LOG: &str = "calls.ndjson";

const DAY_MILLIS: i64 = 86_400_000;

pub(super) async fn run(arguments: Demo) -> Outcome {
    let listener = serve::bind(arguments.listen).await?;
    let _alone = clear(&arguments.data)?;
    let steadfast = open(&arguments.data, Config::demo(demo::PLATFORM_NAME, demo::COMPANY_HEADER)?)?;
    let now = SystemClock.now();
    import(&steadfast, now).await?;
    for app in demo::apps() {
        steadfast.store.save_app(&app).await?;
    }
    let lines = ingest(&steadfast, &arguments, now).await?;
    eprintln!(
        "{} of made-up traffic, 30 days up to now, are counted in `{}`.",
        plural(lines, "call", "calls"),
        arguments.data.display()
    );
    serve::portal(steadfast, listener, |address| {
        eprintln!(
            "\nThe demonstration is at http://{address}/ (no sign-in: it is for this machine alone; Ctrl-C ends it)"
        );
        eprintln!(
            "Each app there lives through a story; `steadfast health APP --data {}` tells it too:",
            arguments.data.display()
        );
        for story in demo::stories() {
            eprintln!("  {:24} {}", story.app, story.story);
        }
    })
    .await
}

/// Empties a directory that an earlier demonstration made; any other that is not empty is left alone, and so is one
/// that a demonstration is running on. It is this one's until the result is dropped.
fn clear(data: &Path) -> Result<File, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot make `{}`: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(failed)?;
    let marker = data.join(MARKER);
    if !marker.exists() && std::fs::read_dir(data).map_err(failed)?.next().is_some() {
        return Err(Failure::new(format!(
            "`{}` is not empty and no demonstration made it; name another directory with `--data`",
            data.display()
        )));
    }
    let alone = File::create(&marker).map_err(failed)?;
    if alone.try_lock().is_err() {
        return Err(Failure::new(format!(
            "another demonstration is running on `{}`; end it, or name another directory with `--data`",
            data.display()
        )));
    }
    for name in
        [DATABASE, "ingest.lock", "steadfast.db-wal", "steadfast.db-shm", "rejects.ndjson", "rejects.1.ndjson", LOG]
    {
        match std::fs::remove_file(data.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(alone)
}

/// Imports the platform's documents as they were two months ago, and as they are since three weeks.
async fn import(steadfast: &Steadfast, now: UnixMillis) -> Result<(), Failure> {
    let today = steadfast.today();
    for (days_ago, documents) in [(60, demo::documents_before(today)), (21, demo::documents(today))] {
        let files: Vec<DocumentFile> = documents
            .into_iter()
            .map(|document| DocumentFile { name: document.file_name, bytes: document.text.into_bytes() })
            .collect();
        let then = Steadfast { clock: Arc::new(now.plus_millis(-days_ago * DAY_MILLIS)), ..steadfast.clone() };
        let outcome = then.import_catalog(&files, false).await?;
        if let Some(problem) = outcome.problems.first() {
            return Err(Failure::new(format!("the demonstration's own documents are flawed: {problem}")));
        }
    }
    Ok(())
}

/// Writes the log and reads it.
async fn ingest(steadfast: &Steadfast, arguments: &Demo, now: UnixMillis) -> Result<u64, Failure> {
    let path = arguments.data.join(LOG);
    let mut file = BufWriter::new(File::create(&path)?);
    demo::write_traffic(steadfast.today(), now, arguments.seed, &mut file)?;
    file.flush()?;
    let input = Input::File(path);
    let options = IngestOptions {
        format: Some(Format::Steadfast),
        places: FormatOptions::default(),
        environment: Environment::Production,
        threads: std::thread::available_parallelism().map_or(1, Into::into),
    };
    let outcome = steadfast.ingest(&input, &options, &Bar::new(&input)).await?;
    if let Input::File(path) = &input {
        // It has served its purpose, and is large.
        std::fs::remove_file(path)?;
    }
    Ok(outcome.counted)
}
