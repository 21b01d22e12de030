//! How people prove who they are: passwords, second factors, recovery codes, identities at providers.

use model::{PersonId, ProviderIdentity, SecondFactor, SignInSecrets, UnixMillis};
use rusqlite::{Row, Transaction};

use super::super::sql;
use super::columns::{execute, expect_one, first, id_at, list};
use crate::Result;

pub(super) fn secrets(tx: &Transaction<'_>, person: PersonId) -> Result<Option<SignInSecrets>> {
    first(tx, sql::PERSON_SIGN_IN_SECRETS, (person.bytes(),), |row| {
        Ok(SignInSecrets {
            password: row.get(0)?,
            second_factor: second_factor_at(row, 1)?,
            recovery_codes: row.get(4)?,
        })
    })
}

fn second_factor_at(row: &Row<'_>, at: usize) -> Result<Option<SecondFactor>> {
    let Some(sealed) = row.get(at)? else { return Ok(None) };
    Ok(Some(SecondFactor { sealed, last_step: row.get(at + 1)?, since: UnixMillis(row.get(at + 2)?) }))
}

pub(super) fn set_password(tx: &Transaction<'_>, person: PersonId, hash: Option<&str>) -> Result<()> {
    match hash {
        Some(hash) => execute(tx, sql::PASSWORD_SET, (person.bytes(), hash))?,
        None => execute(tx, sql::PASSWORD_REMOVE, (person.bytes(),))?,
    };
    Ok(())
}

pub(super) fn set_second_factor(tx: &Transaction<'_>, person: PersonId, factor: Option<&SecondFactor>) -> Result<()> {
    match factor {
        Some(factor) => {
            let columns = (person.bytes(), &factor.sealed, factor.last_step, factor.since.0);
            execute(tx, sql::SECOND_FACTOR_SET, columns)?;
        }
        None => {
            execute(tx, sql::SECOND_FACTOR_REMOVE, (person.bytes(),))?;
            execute(tx, sql::RECOVERY_CODE_CLEAR, (person.bytes(),))?;
        }
    }
    Ok(())
}

pub(super) fn use_one_time_code(tx: &Transaction<'_>, person: PersonId, step: i64) -> Result<()> {
    expect_one(execute(tx, sql::SECOND_FACTOR_USE_CODE, (person.bytes(), step))?)
}

pub(super) fn set_recovery_codes(tx: &Transaction<'_>, person: PersonId, digests: &[[u8; 32]]) -> Result<()> {
    execute(tx, sql::RECOVERY_CODE_CLEAR, (person.bytes(),))?;
    for digest in digests {
        execute(tx, sql::RECOVERY_CODE_ADD, (person.bytes(), digest))?;
    }
    Ok(())
}

pub(super) fn use_recovery_code(tx: &Transaction<'_>, person: PersonId, digest: &[u8; 32]) -> Result<()> {
    expect_one(execute(tx, sql::RECOVERY_CODE_USE, (person.bytes(), digest))?)
}

pub(super) fn add_identity(tx: &Transaction<'_>, identity: &ProviderIdentity) -> Result<()> {
    expect_one(execute(tx, sql::IDENTITY_ADD, (&identity.issuer, &identity.subject, identity.person.bytes()))?)
}

pub(super) fn identity(tx: &Transaction<'_>, issuer: &str, subject: &str) -> Result<Option<PersonId>> {
    first(tx, sql::IDENTITY_FIND, (issuer, subject), |row| id_at(row, 0, PersonId::from_bytes))
}

pub(super) fn identities_of(tx: &Transaction<'_>, person: PersonId) -> Result<Vec<ProviderIdentity>> {
    list(tx, sql::IDENTITY_LIST_OF, (person.bytes(),), |row| {
        let person = id_at(row, 2, PersonId::from_bytes)?;
        Ok(ProviderIdentity { issuer: row.get(0)?, subject: row.get(1)?, person })
    })
}
