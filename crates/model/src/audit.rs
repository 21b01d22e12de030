//! The audit log: who did what, and what was different after.

use crate::{AuditId, OrganisationId, PersonId, TokenId, UnixMillis};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doer {
    /// A person in their browser.
    Person(PersonId),
    /// A program with a token, which is a person's or an organisation's.
    Token(TokenId),
    /// Steadfast itself, or somebody at the machine's command line.
    System,
    /// Somebody who is not signed in, such as who signs up or fails to sign in.
    Nobody,
}

/// One entry. Entries are only ever added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id, which sorts by time.
    pub id: AuditId,
    /// When.
    pub at: UnixMillis,
    /// Who.
    pub by: Doer,
    /// What, as `noun.verb`: `app.created`, `collaborator.removed`, `secret.added`.
    pub action: String,
    /// On what: an app's id, a person's id, …
    pub target: String,
    /// The organisation whose people may read the entry, beside the platform's staff.
    pub organisation: Option<OrganisationId>,
    /// What was there before, as JSON text. Never a secret.
    pub before: Option<String>,
    /// What is there now, as JSON text. Never a secret.
    pub after: Option<String>,
}
