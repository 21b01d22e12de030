//! Trying what people type against what is stored: passwords and codes.

use model::{PersonId, SecondFactor, UnixMillis};
use secrets::{PasswordError, TotpSecret, recovery_digest};
use store::Edit;

use super::Limit;
use crate::{Error, Steadfast};

/// How often codes, and passwords of somebody who is signed in, may be tried for one person.
pub(super) const PROOFS: Limit = Limit::new("proof", 10, 900);

/// What binds the sealed secret of a second factor to its person.
pub(super) fn seal_name(person: PersonId) -> String {
    format!("totp:{person}")
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(error.to_string())
}

impl Steadfast {
    /// Counts a try at a door.
    pub(super) fn knock(&self, limit: Limit, who: &str) -> Result<(), Error> {
        Ok(self.accounts.doors.knock(limit, who, self.clock.now())?)
    }

    /// The hash of a new password.
    pub(super) async fn hashed(&self, password: &str) -> Result<String, Error> {
        let (passwords, random) = (self.accounts.passwords.clone(), self.random.clone());
        let password = password.to_owned();
        self.at_work(move || passwords.hash(&password, &*random)).await?.map_err(broken)
    }

    /// Whether a password is the one with this hash. Without a hash it is not, after as much work.
    pub(super) async fn fits(&self, password: &str, stored: Option<String>) -> Result<bool, Error> {
        let passwords = self.accounts.passwords.clone();
        let password = password.to_owned();
        match self.at_work(move || passwords.verify(&password, stored.as_deref())).await? {
            Ok(fits) => Ok(fits),
            Err(error @ PasswordError::Unreadable) => {
                tracing::error!(%error, "somebody can't sign in");
                Ok(false)
            }
            Err(error) => Err(broken(error)),
        }
    }

    /// Hashing takes tens of milliseconds and 19 MiB: on threads of its own, few at a time.
    async fn at_work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _turn = self.accounts.doors.turn().await;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Interrupted)
    }

    /// The edit that uses up a code, if it can be one: of the authenticator app, or for recovery. (Whether a
    /// recovery code is there shows when the edit is applied.)
    pub(super) fn use_of_code(
        &self,
        person: PersonId,
        factor: &SecondFactor,
        typed: &str,
        now: UnixMillis,
    ) -> Option<Edit> {
        let opened = self.accounts.seal_key.open(&factor.sealed, &seal_name(person)).map_err(|error| error.to_string());
        match opened.and_then(|opened| TotpSecret::from_bytes(&opened).map_err(|error| error.to_string())) {
            Ok(secret) => {
                if let Some(step) = secret.verify(typed, now, Some(factor.last_step)) {
                    return Some(Edit::UseOneTimeCode(person, step));
                }
            }
            // Another key file than the one that sealed it: recovery codes still let the person in.
            Err(error) => {
                tracing::error!(%person, error, "a second factor can't be read; is `steadfast.key` the right one?");
            }
        }
        recovery_digest(typed).map(|digest| Edit::UseRecoveryCode(person, *digest.as_bytes()))
    }
}
