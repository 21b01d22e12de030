//! What SQLite's errors mean to a user and what to do about them.

use rusqlite::{Error, ErrorCode};

use crate::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let cause = error.to_string();
        match error {
            Error::SqliteFailure(failure, _) => of_failure(failure, cause),
            Error::InvalidPath(path) => {
                Self::Unavailable(format!("`{}` can't be the path of a database", path.display()))
            }
            _ => Self::Corrupt(cause),
        }
    }
}

fn of_failure(failure: rusqlite::ffi::Error, cause: String) -> StoreError {
    let what_to_do = match failure.code {
        ErrorCode::NotADatabase => return StoreError::Corrupt("the file is not a SQLite database".to_owned()),
        ErrorCode::DatabaseCorrupt => {
            return StoreError::Corrupt(format!("{cause}; restore the file from a backup"));
        }
        ErrorCode::ConstraintViolation if of_other_rows(failure.extended_code) => return StoreError::Conflict,
        ErrorCode::ConstraintViolation if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_DATATYPE => {
            return too_large();
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            "another process keeps it locked; try again when that one is done"
        }
        ErrorCode::DiskFull => "the disk is full; free some space and try again",
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            "it can't be written; check the permissions of the file and of its directory"
        }
        ErrorCode::SystemIoFailure => "the disk can't be read or written; check it and its file system",
        ErrorCode::CannotOpen => {
            "the file can't be opened; check that its directory exists and that this user may use it"
        }
        ErrorCode::OutOfMemory => "there is not enough memory; free some and try again",
        ErrorCode::OperationInterrupted | ErrorCode::OperationAborted => "the operation was interrupted; try again",
        // A missing table, a broken constraint: nothing that this program's own schema allows.
        _ => return StoreError::Corrupt(cause),
    };
    StoreError::Unavailable(format!("{what_to_do} ({cause})"))
}

/// Whether a constraint is broken because of what other rows hold: something is there already, or it is gone.
fn of_other_rows(extended_code: i32) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};

    [SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&extended_code)
}

/// An error of a change of what this program alone writes: nobody else can have been there before, so a conflict is damage.
pub(super) fn damaged(error: StoreError, what: &str) -> StoreError {
    match error {
        StoreError::Conflict => StoreError::Corrupt(format!("{what}; restore the file from a backup")),
        other => other,
    }
}

/// A count beyond what the database can keep.
pub(super) fn too_large() -> StoreError {
    StoreError::too_large()
}
