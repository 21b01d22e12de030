//! Signing in: with address and password, and a code where the second factor is on.

use model::{Doer, Email, LinkPurpose, Person, PersonId, SignInSecrets};
use secrets::{Digest, Secret};
use serde_json::json;
use store::{Edit, StoreError};

use super::trials::PROOFS;
use super::{Limit, Opened, Visit};
use crate::audit::Deed;
use crate::{Error, Steadfast};

/// How often somebody may try from one address of the network.
const BY_ADDRESS: Limit = Limit::new("sign_in", 30, 300);

/// How often somebody may try with one e-mail address, whether it is anybody's or not.
const BY_EMAIL: Limit = Limit::new("sign_in_email", 10, 900);

/// How often a code may be wrong before the password is asked again.
const MOST_FAILURES: u32 = 5;

/// The id of nobody, whose secrets are looked up where an address is not known.
const NOBODY: [u8; 16] = [0; 16];

/// What came of address and password.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// They are right: signed in.
    Opened(Opened),
    /// They are right, and a code is asked for now. What goes on with, good for ten minutes.
    Code(Secret),
    /// They don't fit together, or the account is shut or not verified yet (then, if the password is right, a fresh
    /// link is on its way). The one who asks is not told which.
    No,
}

/// What came of a code.
#[derive(Clone, Debug)]
pub enum CodeAnswer {
    /// It is right: signed in.
    Opened(Opened),
    /// It is wrong, or was used before.
    Wrong,
    /// It took too long or too many tries: sign in from the start.
    Over,
}

impl Steadfast {
    /// Signs in. The work is the same for an address that nobody has, a wrong password, and an account that is not open.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn sign_in(&self, email: &str, password: &str, visit: &Visit) -> Result<SignIn, Error> {
        let typed: String = email.trim().chars().take(Email::MAX_BYTES).collect();
        self.knock(BY_ADDRESS, &visit.address)?;
        self.knock(BY_EMAIL, &typed.to_ascii_lowercase())?;
        let person = match email.parse() {
            Ok(email) => self.store.person_by_email(&email).await?,
            Err(_) => None,
        };
        let id = person.as_ref().map_or(PersonId::from_bytes(NOBODY), |person| person.id);
        let secrets = self.store.sign_in_secrets(id).await?;
        let stored = secrets.as_ref().and_then(|secrets| secrets.password.clone());
        let fits = self.fits(password, stored).await?;
        match (person, secrets) {
            (Some(person), Some(secrets)) if fits && person.disabled_at.is_none() => {
                self.known_password(person, secrets, password, visit).await
            }
            (person, _) => self.failed(person.as_ref(), "password", visit).await.map(|()| SignIn::No),
        }
    }

    async fn known_password(
        &self,
        person: Person,
        secrets: SignInSecrets,
        password: &str,
        visit: &Visit,
    ) -> Result<SignIn, Error> {
        if person.verified_at.is_none() {
            // Not more of them than of other mails: too many is no news for the one who asks.
            if self.knock_mailbox(person.email.as_str()).is_ok() {
                self.verification_again(&person, "signed in before it").await?;
            }
            return Ok(SignIn::No);
        }
        self.accounts.doors.forgive(BY_EMAIL, person.email.as_str());
        if secrets.second_factor.is_some() {
            return self.ask_for_code(&person).await.map(SignIn::Code);
        }
        let mut edits = Vec::new();
        if secrets.password.is_some_and(|stored| self.accounts.passwords.needs_rehash(&stored)) {
            edits.push(Edit::SetPassword(person.id, Some(self.hashed(password).await?)));
        }
        let (opened, more) = self.opening(person, visit, "password");
        edits.extend(more);
        self.store.change(edits).await?;
        Ok(SignIn::Opened(opened))
    }

    async fn ask_for_code(&self, person: &Person) -> Result<Secret, Error> {
        let (secret, link) = self.new_link(LinkPurpose::SecondFactor, Some(person.id));
        let deed = Deed { action: "sign_in.code_asked", target: person.id.to_string(), ..Deed::default() };
        let edits = vec![
            Edit::RemoveLinks(LinkPurpose::SecondFactor, Some(person.id)),
            Edit::AddLink(link),
            self.audited(Doer::Nobody, deed),
        ];
        self.store.change(edits).await?;
        Ok(secret)
    }

    /// Notes a failure. The target is the person, where there is one; what was typed is kept nowhere.
    pub(super) async fn failed(&self, person: Option<&Person>, with: &str, visit: &Visit) -> Result<(), Error> {
        let deed = Deed {
            action: "sign_in.failed",
            target: person.map_or_else(|| "nobody".to_owned(), |person| person.id.to_string()),
            after: Some(json!({"with": with, "address": visit.address})),
            ..Deed::default()
        };
        Ok(self.store.change(vec![self.audited(Doer::Nobody, deed)]).await?)
    }

    /// Goes on after the password, with a code of the authenticator app or one for recovery. `carried` is what
    /// [`SignIn::Code`] gave.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn sign_in_with_code(&self, carried: &str, code: &str, visit: &Visit) -> Result<CodeAnswer, Error> {
        self.knock(BY_ADDRESS, &visit.address)?;
        let digest = *Digest::of(carried).as_bytes();
        // Counted before it is tried, so that tries side by side are not more than tries one after another.
        let counted = match self.good_link(carried, LinkPurpose::SecondFactor).await? {
            Some(_) => self.store.change(vec![Edit::FailLink(digest)]).await,
            None => return Ok(CodeAnswer::Over),
        };
        match counted {
            Err(StoreError::Conflict) => return Ok(CodeAnswer::Over),
            other => other?,
        }
        let link = self.good_link(carried, LinkPurpose::SecondFactor).await?;
        let Some(link) = link.filter(|link| link.failures <= MOST_FAILURES) else { return Ok(CodeAnswer::Over) };
        let Some(person) = self.open_person(link.person).await? else { return Ok(CodeAnswer::Over) };
        self.knock(PROOFS, &person.id.to_string())?;
        let secrets = self.store.sign_in_secrets(person.id).await?;
        let Some(factor) = secrets.as_ref().and_then(|secrets| secrets.second_factor.as_ref()) else {
            return Ok(CodeAnswer::Over);
        };
        let now = self.clock.now();
        if let Some(use_of_code) = self.use_of_code(person.id, factor, code, now) {
            let left = secrets.as_ref().map_or(0, |secrets| secrets.recovery_codes).saturating_sub(1);
            let is_recovery = matches!(use_of_code, Edit::UseRecoveryCode(..));
            let (opened, more) =
                self.opening(person.clone(), visit, if is_recovery { "recovery code" } else { "code" });
            let edits = [use_of_code, Edit::UseLink(digest, LinkPurpose::SecondFactor, now)].into_iter().chain(more);
            match self.store.change(edits.collect()).await {
                Ok(()) => {
                    if is_recovery {
                        self.post(self.letters().recovery_code_used(&person, left));
                    }
                    return Ok(CodeAnswer::Opened(opened));
                }
                // Used before, or no code of theirs.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.failed(Some(&person), "code", visit).await?;
        Ok(if link.failures >= MOST_FAILURES { CodeAnswer::Over } else { CodeAnswer::Wrong })
    }
}
