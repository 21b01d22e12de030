//! Claims of discovered apps.

use model::{Claim, ClaimDecision, ClaimId, OrganisationId, PersonId, UnixMillis};
use rusqlite::{Row, Transaction};

use super::super::{rows, sql};
use super::columns::{
    execute, expect_one, first, id_at, instant_at, known_app, list, optional_id_at, optional_instant_at,
    optional_word_at,
};
use crate::Result;

pub(super) fn add(tx: &Transaction<'_>, claim: &Claim) -> Result<()> {
    let columns = (
        claim.id.bytes(),
        known_app(tx, &claim.app)?,
        claim.organisation.bytes(),
        claim.person.bytes(),
        &claim.evidence,
        claim.created_at.0,
        claim.decided.map(|(decision, ..)| decision.key()),
        claim.decided.map(|(_, at, _)| at.0),
        claim.decided.map(|(.., by)| by.bytes()),
    );
    expect_one(execute(tx, sql::CLAIM_ADD, columns)?)
}

pub(super) fn decide(
    tx: &Transaction<'_>,
    id: ClaimId,
    decision: ClaimDecision,
    at: UnixMillis,
    by: PersonId,
) -> Result<()> {
    expect_one(execute(tx, sql::CLAIM_DECIDE, (id.bytes(), decision.key(), at.0, by.bytes()))?)
}

pub(super) fn get(tx: &Transaction<'_>, id: ClaimId) -> Result<Option<Claim>> {
    first(tx, sql::CLAIM_GET, (id.bytes(),), from_row)
}

pub(super) fn open(tx: &Transaction<'_>) -> Result<Vec<Claim>> {
    list(tx, sql::CLAIM_LIST_OPEN, (), from_row)
}

pub(super) fn list_of(tx: &Transaction<'_>, person: PersonId) -> Result<Vec<Claim>> {
    list(tx, sql::CLAIM_LIST_OF, (person.bytes(),), from_row)
}

fn from_row(row: &Row<'_>) -> Result<Claim> {
    let decision = optional_word_at(row, 6, ClaimDecision::from_key)?;
    let decided = decision.zip(optional_instant_at(row, 7)?).zip(optional_id_at(row, 8, PersonId::from_bytes)?);
    Ok(Claim {
        id: id_at(row, 0, ClaimId::from_bytes)?,
        app: rows::app_at(row, 1)?,
        organisation: id_at(row, 2, OrganisationId::from_bytes)?,
        person: id_at(row, 3, PersonId::from_bytes)?,
        evidence: row.get(4)?,
        created_at: instant_at(row, 5)?,
        decided: decided.map(|((decision, at), by)| (decision, at, by)),
    })
}
