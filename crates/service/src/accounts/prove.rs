//! Changes that matter most ask for a recent proof of who is at the keyboard, not only that a browser is signed in.

use model::{Doer, Person, Session, UnixMillis};
use store::{Edit, StoreError};

use super::trials::PROOFS;
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// How long a proof counts.
const PROOF_MILLIS: i64 = 15 * 60_000;

/// How a person can prove who they are without signing in anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaysToProve {
    /// They have a password.
    pub password: bool,
    /// They have an authenticator app.
    pub code: bool,
}

/// How an account is secured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// Whether the person has a password.
    pub password: bool,
    /// Since when the second factor is on.
    pub second_factor: Option<UnixMillis>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// The issuers of the identity providers through which the person may sign in.
    pub providers: Vec<String>,
}

impl Steadfast {
    /// How a person's account is secured.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn security_of(&self, person: &Person) -> Result<Security, Error> {
        let secrets = self.store.sign_in_secrets(person.id).await?;
        let identities = self.store.identities_of(person.id).await?;
        let factor = secrets.as_ref().and_then(|secrets| secrets.second_factor.as_ref());
        Ok(Security {
            password: secrets.as_ref().is_some_and(|secrets| secrets.password.is_some()),
            second_factor: factor.map(|factor| factor.since),
            recovery_codes: secrets.as_ref().map_or(0, |secrets| secrets.recovery_codes),
            providers: identities.into_iter().map(|identity| identity.issuer).collect(),
        })
    }

    /// Whether the person of this session proved who they are not long ago.
    #[must_use]
    pub fn is_proven(&self, session: &Session) -> bool {
        session.proven_at.plus_millis(PROOF_MILLIS) > self.clock.now()
    }

    /// Refuses what asks for a recent proof.
    pub(crate) fn demand_proof(&self, session: &Session) -> Result<(), Refusal> {
        if self.is_proven(session) {
            return Ok(());
        }
        let sentence =
            "you proved who you are too long ago for this; do it again at `/account/prove`, then repeat this";
        Err(Refusal::Forbidden(sentence.to_owned()))
    }

    /// How a person can prove who they are. Neither: they come through the identity provider alone, and sign in anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ways_to_prove(&self, person: &Person) -> Result<WaysToProve, Error> {
        let secrets = self.store.sign_in_secrets(person.id).await?;
        Ok(secrets.map_or(WaysToProve { password: false, code: false }, |secrets| WaysToProve {
            password: secrets.password.is_some(),
            code: secrets.second_factor.is_some(),
        }))
    }

    /// Takes a password, or a code where none is typed, as a proof.
    ///
    /// # Errors
    /// When it is wrong (fields `password` and `code`), after too many tries, or when the store fails.
    pub async fn prove(&self, person: &Person, session: &Session, password: &str, code: &str) -> Result<(), Error> {
        let secrets = self.store.sign_in_secrets(person.id).await?;
        let deed = Deed { action: "session.proven", target: person.id.to_string(), ..Deed::default() };
        let mut edits =
            vec![Edit::ProveSession(session.id, self.clock.now()), self.audited(Doer::Person(person.id), deed)];
        let factor = secrets.as_ref().and_then(|secrets| secrets.second_factor.as_ref());
        let by_code = factor.filter(|_| password.is_empty() && !code.trim().is_empty());
        if let Some(factor) = by_code {
            self.knock(PROOFS, &person.id.to_string())?;
            let use_of_code = self.use_of_code(person.id, factor, code, self.clock.now());
            edits.push(use_of_code.ok_or_else(wrong_code)?);
        } else {
            self.check_present(person, secrets.and_then(|secrets| secrets.password), "password", password).await?;
        }
        match self.store.change(edits).await {
            Err(StoreError::Conflict) if by_code_was_tried(password, code) => Err(wrong_code().into()),
            other => Ok(other?),
        }
    }
}

fn by_code_was_tried(password: &str, code: &str) -> bool {
    password.is_empty() && !code.trim().is_empty()
}

/// What is said of a code that does not fit.
pub(super) fn wrong_code() -> Refusal {
    Refusal::invalid("code", "this code is not right, or was used before; wait for the next one and type that")
}
