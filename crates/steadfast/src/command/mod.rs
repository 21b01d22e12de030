//! The commands: each loads what it needs, asks the service, and writes the answer.

mod catalog;
mod config;
mod demo;
mod ingest;
mod read;
mod serve;
mod source_tokens;
mod sources;

use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use mail::{Folder, Letterhead, Mailbox, Mailer, Smtp};
use model::Clock;
use secrets::{Parameters, Passwords, SealKey};
use service::{
    Accounts, Batches, BoardCache, Doors, OverviewCache, RejectsFile, SourceBook, Steadfast, SurfaceCache, WriterLock,
};
use store::sqlite::SqliteStore;

use crate::cli::{Catalog, Cli, Command, ConfigCommand};
use crate::clock::SystemClock;
use crate::config::{Config, Mail};
use crate::random::SystemRandom;
use crate::term;

/// Why a command failed, in words for people. The program exits 1.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// Writes the message to stderr.
    pub(crate) fn report(&self) -> ExitCode {
        term::tell(&format!("steadfast: {}", self.0));
        ExitCode::FAILURE
    }
}

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

pub(crate) type Outcome = Result<ExitCode, Failure>;

/// Runs what the command line asks for.
pub(crate) async fn run(cli: Cli) -> Outcome {
    let config = Config::load(cli.config.as_deref());
    match cli.command {
        Command::Config(ConfigCommand::Check) => config::check(config),
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Serve(arguments) => serve::run(arguments, config?).await,
        Command::Catalog(Catalog::Import(arguments)) => catalog::import(arguments, config?).await,
        Command::Catalog(Catalog::Changes(arguments)) => catalog::changes(arguments, config?).await,
        Command::Ingest(arguments) => ingest::run(arguments, config?).await,
        Command::Apps(arguments) => read::apps(arguments, config?).await,
        Command::Health(arguments) => read::health(arguments, config?).await,
        Command::Report(arguments) => read::report(arguments, config?).await,
        Command::Check(arguments) => read::check(arguments, config?).await,
        Command::Sources(arguments) => sources::run(arguments, config?).await,
    }
}

/// Opens the data directory for a command that may create it and works beside others.
fn open_beside(data: &Path, config: Config) -> Result<Steadfast, Failure> {
    make(data)?;
    match SqliteStore::open_unless_earlier(&data.join(DATABASE))? {
        Some(store) => steadfast(store, data, config),
        None => steadfast(convert(data)?, data, config),
    }
}

/// Opens the data directory for a command that has it for itself, and may create it.
fn open(data: &Path, config: Config, _alone: &WriterLock) -> Result<Steadfast, Failure> {
    make(data)?;
    steadfast(SqliteStore::open(&data.join(DATABASE))?, data, config)
}

fn make(data: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(data)
        .map_err(|error| Failure::new(format!("cannot create the data directory `{}`: {error}", data.display())))
}

/// Converts a data directory of an earlier version, and takes it for itself meanwhile: whoever works on it with that
/// version could not go on.
fn convert(data: &Path) -> Result<SqliteStore, Failure> {
    match WriterLock::take(data, "steadfast", SystemClock.now()) {
        Ok(_alone) => Ok(SqliteStore::open(&data.join(DATABASE))?),
        Err(service::Error::Held { holder, .. }) => Err(Failure::new(format!(
            "`{}` is of an earlier version of Steadfast and in use by {holder}, which could not go on if it was converted \
             now; end that one and start it again with this version, which converts the directory, then try again",
            data.display()
        ))),
        Err(error) => Err(error.into()),
    }
}

fn steadfast(store: SqliteStore, data: &Path, config: Config) -> Result<Steadfast, Failure> {
    let source_book = SourceBook::new(config.declared_sources());
    Ok(Steadfast {
        store: Arc::new(store),
        rejects: RejectsFile::within(data).with_privacy(config.privacy.clone()),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        surfaces: SurfaceCache::default(),
        overviews: OverviewCache::default(),
        boards: BoardCache::default(),
        batches: Batches::default(),
        source_book,
        accounts: accounts(data, &config)?,
        platform: config.platform,
        rules: config.rules,
        retention_days: config.retention_days,
    })
}

/// What accounts need, but for the portal's address and the key, which only `serve` and `demo` have a use for.
fn accounts(data: &Path, config: &Config) -> Result<Accounts, Failure> {
    let key = SealKey::generate(&SystemRandom);
    Ok(Accounts {
        public_url: config.public_url.clone().unwrap_or_default(),
        sign_up: config.sign_up,
        passwords: Passwords::new(Parameters::STANDARD)?,
        csrf_key: key.csrf_key(),
        seal_key: key,
        doors: Doors::default(),
        mailer: mailer(data, &config.mail)?,
    })
}

/// What sends mail: the configured server, or the folder.
fn mailer(data: &Path, mail: &Mail) -> Result<Arc<dyn Mailer>, Failure> {
    let letterhead = Letterhead {
        from: Mailbox::named("Steadfast", mail.from.as_str()),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    Ok(match &mail.smtp {
        Some(url) => Arc::new(Smtp::new(url, letterhead)?),
        None => Arc::new(Folder::new(mail_folder(data, mail), letterhead)),
    })
}

/// Where mail is written when no server is configured.
fn mail_folder(data: &Path, mail: &Mail) -> PathBuf {
    mail.folder.clone().unwrap_or_else(|| {
        let mut beside = data.components().collect::<PathBuf>().into_os_string();
        beside.push(".mail");
        PathBuf::from(beside)
    })
}

/// The embedded store's file within the data directory.
const DATABASE: &str = "steadfast.db";

/// Opens the data directory for a command that only reads.
async fn open_existing(data: &Path, config: Config) -> Result<Steadfast, Failure> {
    let shown = data.display();
    match std::fs::metadata(data.join(DATABASE)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::new(format!(
                "there is nothing in `{shown}` yet; `steadfast catalog import` and `steadfast ingest` fill it, or name \
                 another directory with `--data`"
            )));
        }
        Err(error) => return Err(Failure::new(format!("cannot read the data directory `{shown}`: {error}"))),
    }
    let steadfast = open_beside(data, config)?;
    steadfast.check_zone().await?;
    Ok(steadfast)
}
