//! `steadfast demo`: makes the demonstration platform and serves it.
//!
//! Everything goes the way that a user's data goes: documents through the import, lines through ingest.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use mail::{MailError, Mailer, Message, Outbox};
use model::{Clock, Environment, SourceName, UnixMillis};
use portal::{DemoPerson, Demonstration};
use service::{DocumentFile, IngestOptions, Input, Steadfast, WriterLock};
use traffic::{Format, FormatOptions};

use super::ingest::Bar;
use super::{DATABASE, Failure, Outcome, open, serve};
use crate::cli::Demo;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::demo;
use crate::key_file::KEY_FILE;
use crate::term::plural;

/// The file that says that a directory is a demonstration's, and may be made anew.
const MARKER: &str = "made-by-steadfast-demo";

/// The made-up access log.
const LOG: &str = "calls.ndjson";

const DAY_MILLIS: i64 = 86_400_000;

pub(super) async fn run(arguments: Demo) -> Outcome {
    if !arguments.listen.ip().to_canonical().is_loopback() {
        return Err(Failure::new(format!(
            "cannot listen on `{}`: everybody knows the passwords of the demonstration, so it is for this machine alone; \
             listen on `127.0.0.1:{}`, and reach it from elsewhere through an SSH tunnel",
            arguments.listen,
            arguments.listen.port()
        )));
    }
    let listener = serve::bind(arguments.listen).await?;
    let alone = clear(&arguments.data)?;
    let config = Config::demo(demo::PLATFORM_NAME, demo::COMPANY_HEADER)?;
    let place = serve::Place::of(&config);
    let mut steadfast = open(&arguments.data, config, &alone)?;
    let outbox = Arc::new(Outbox::default());
    steadfast.accounts.mailer = Arc::new(Copies { folder: steadfast.accounts.mailer, outbox: Arc::clone(&outbox) });
    let now = SystemClock.now();
    import(&steadfast, now).await?;
    demo::settle(&steadfast, demo::apps(), now.plus_millis(-60 * DAY_MILLIS)).await?;
    let lines = ingest(&steadfast, &arguments, now).await?;
    eprintln!(
        "{} of made-up traffic, 30 days up to now, are counted in `{}`.",
        plural(lines, "call", "calls"),
        arguments.data.display()
    );
    let portal = place.portal(steadfast, &arguments.data, &listener)?;
    let address = portal.steadfast.accounts.public_url.clone();
    let people = demo::PEOPLE.map(|part| DemoPerson {
        name: part.name.to_owned(),
        email: part.email.to_owned(),
        what: part.what.to_owned(),
    });
    let demonstration = Demonstration { people: people.to_vec(), password: demo::PASSWORD.to_owned(), outbox };
    serve::serve(portal.as_demonstration(demonstration), listener, || tell(&address, &arguments)).await
}

/// Where it is, how to sign in, and what there is to see.
fn tell(address: &str, arguments: &Demo) {
    eprintln!("\nThe demonstration is at {address}/ (for this machine alone; Ctrl-C ends it)");
    eprintln!("Sign in as one of these, with the password `{}`; mail is shown on {address}/demo", demo::PASSWORD);
    for part in demo::PEOPLE {
        eprintln!("  {:24} {}", part.email, part.what);
    }
    eprintln!(
        "\nEach app there lives through a story; `steadfast health APP --data {}` tells it too:",
        arguments.data.display()
    );
    for story in demo::stories() {
        eprintln!("  {:24} {}", story.app, story.story);
    }
}

/// Sends mail into the folder, and keeps it for the page that shows it.
struct Copies {
    folder: Arc<dyn Mailer>,
    outbox: Arc<Outbox>,
}

#[async_trait]
impl Mailer for Copies {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        self.folder.send(message).await?;
        self.outbox.send(message).await
    }
}

/// Empties a directory that an earlier demonstration made; any other that is not empty is left alone, and so is one
/// that somebody works on. It is this one's until the result is dropped.
fn clear(data: &Path) -> Result<WriterLock, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot make `{}`: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(failed)?;
    let marker = data.join(MARKER);
    if !marker.exists() && std::fs::read_dir(data).map_err(failed)?.next().is_some() {
        return Err(Failure::new(format!(
            "`{}` is not empty and no demonstration made it; name another directory with `--data`",
            data.display()
        )));
    }
    let alone = WriterLock::take(data, "steadfast demo", SystemClock.now())?;
    File::create(&marker).map_err(failed)?;
    for name in [DATABASE, "steadfast.db-wal", "steadfast.db-shm", "rejects.ndjson", "rejects.1.ndjson", KEY_FILE, LOG]
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
        source: SourceName::files(),
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
