//! Opening the file: is it ours, is its schema one we know, and bringing an older one up to date.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::{convert, many, sql};
use crate::{Result, StoreError};

/// Tells our files from those of other programs: `STDF`.
const APPLICATION_ID: i32 = 0x5354_4446;

/// How long to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How often to try to be the one that sets up a new file, each time after another process had the lock.
const WAL_ATTEMPTS: usize = 100;

/// What brings the schema from version *n* to *n + 1*.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    sql: &'static str,
    then: Option<Then>,
}

/// What SQL can't do, and SQL for after that.
#[derive(Clone, Copy, Debug)]
struct Then {
    work: fn(&Transaction<'_>) -> Result<()>,
    finish: &'static str,
}

/// A step in SQL alone.
pub(super) const fn plain(sql: &'static str) -> Migration {
    Migration { sql, then: None }
}

/// All of them, in order. A released step is never edited.
pub(super) const MIGRATIONS: &[Migration] = &[
    plain(include_str!("../../migrations/sqlite/0001_initial.sql")),
    plain(include_str!("../../migrations/sqlite/0002_companies.sql")),
    plain(include_str!("../../migrations/sqlite/0003_registry.sql")),
    plain(include_str!("../../migrations/sqlite/0004_platform.sql")),
    plain(include_str!("../../migrations/sqlite/0005_sources.sql")),
    plain(include_str!("../../migrations/sqlite/0006_source_tokens.sql")),
    plain(include_str!("../../migrations/sqlite/0007_followed.sql")),
    Migration {
        sql: include_str!("../../migrations/sqlite/0008_packed.sql"),
        then: Some(Then {
            work: convert::convert,
            finish: include_str!("../../migrations/sqlite/0008_packed.finish.sql"),
        }),
    },
    plain(include_str!("../../migrations/sqlite/0009_losses.sql")),
    plain(include_str!("../../migrations/sqlite/0010_unread.sql")),
];

/// Opens or creates the file and brings its schema up to date.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    writer_with(path, MIGRATIONS).and_then(set_up).map_err(|error| at(path, error))
}

/// The same for a file that is not of an earlier version. One that is stays as it is, and there is no connection.
pub(super) fn writer_unless_earlier(path: &Path) -> Result<Option<Connection>> {
    let opened = begin(path, MIGRATIONS).and_then(|(connection, version)| match version {
        version if (1..MIGRATIONS.len()).contains(&version) => Ok(None),
        _ => finish(connection, MIGRATIONS).and_then(set_up).map(Some),
    });
    opened.map_err(|error| at(path, error))
}

fn set_up(mut connection: Connection) -> Result<Connection> {
    // Judging and purging change rows here and there: 4 MiB of pages instead of 2.
    connection.pragma_update(None, "cache_size", -4_096)?;
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    Ok(connection)
}

/// Opens the file, which a [`writer`] has opened before, for reading alone.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let connection = connect(path).map_err(|error| at(path, error))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -2_048)?;
    Ok(connection)
}

/// Says which file an error is about.
pub(super) fn at(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(text) => StoreError::Unavailable(format!("`{}`: {text}", path.display())),
        StoreError::Corrupt(text) => StoreError::Corrupt(format!("`{}`: {text}", path.display())),
        StoreError::Conflict => StoreError::Conflict,
    }
}

pub(super) fn writer_with(path: &Path, migrations: &[Migration]) -> Result<Connection> {
    begin(path, migrations).and_then(|(connection, _)| finish(connection, migrations))
}

/// Opens or creates the file and finds its version. Nothing is changed yet: a file that is not ours stays as it is.
fn begin(path: &Path, migrations: &[Migration]) -> Result<(Connection, usize)> {
    create(path)?;
    let mut connection = connect(path)?;
    let version = version(&connection.transaction()?, migrations.len())?;
    Ok((connection, version))
}

fn finish(mut connection: Connection, migrations: &[Migration]) -> Result<Connection> {
    use_wal(&connection)?;
    migrate(&mut connection, migrations)?;
    Ok(connection)
}

/// Creates an empty file that only its owner can read, where there is none. SQLite gives the files beside
/// it the same permissions. An existing file is not opened here: closing it again would drop the locks that
/// this process may hold on it.
fn create(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!(
            "the file can't be created: {error}; check that its directory exists and that this user may write there"
        ))),
    }
}

fn connect(path: &Path) -> Result<Connection> {
    // Without the flags for URIs: a path is a path, whatever it is called.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(sql::ALL.len() + many::STATEMENTS);
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// The version of the schema, 0 for an empty file. To be asked in a transaction: another process may be
/// making the schema of a new file right now.
fn version(connection: &Transaction<'_>, newest: usize) -> Result<usize> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application == 0 && version == 0 {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
        if tables == 0 {
            return Ok(0);
        }
    }
    if application != APPLICATION_ID {
        let text = "the file is a database of another program; choose another directory or move the file away";
        return Err(StoreError::Corrupt(text.to_owned()));
    }
    match usize::try_from(version) {
        Ok(version) if version <= newest => Ok(version),
        _ => Err(StoreError::Corrupt(format!(
            "its schema has version {version} and this program knows versions up to {newest}; \
             use the newer program that wrote it"
        ))),
    }
}

fn use_wal(connection: &Connection) -> Result<()> {
    // The journal is part of the file's state, so this does something only for a new file. SQLite does not
    // wait here for another process that does the same right now, but it waits for the lock to write.
    let set = || connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
    let mut mode = set();
    for _ in 0..WAL_ATTEMPTS {
        if !matches!(&mode, Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)) {
            break;
        }
        connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        mode = set();
    }
    let mode = mode?;
    if mode != "wal" {
        let text = "its file system can't share memory between processes; use a local disk";
        return Err(StoreError::Unavailable(text.to_owned()));
    }
    // What a large commit made of the log is given back after it.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}

fn migrate(connection: &mut Connection, migrations: &[Migration]) -> Result<()> {
    if version(&connection.transaction()?, migrations.len())? == migrations.len() {
        return Ok(());
    }
    // Another process may do the same at the same time: the version counts under the lock.
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let done = version(&transaction, migrations.len())?;
    for step in migrations.iter().skip(done) {
        transaction.execute_batch(step.sql)?;
        if let Some(Then { work, finish }) = step.then {
            work(&transaction)?;
            transaction.execute_batch(finish)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", i64::try_from(migrations.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}
