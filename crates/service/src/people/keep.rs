//! What operators do with accounts: give and take roles, shut and open them. Nobody does it to themselves, and an operator is
//! always left.

use model::{Person, PersonId, PlatformRole};
use serde_json::json;
use store::{Edit, StoreError};

use crate::audit::Deed;
use crate::{By, Error, Refusal, Steadfast};

fn conflict(sentence: &str) -> Error {
    Refusal::Conflict(sentence.to_owned()).into()
}

/// What is to be different of an account; what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The role on the platform; `Some(None)` takes it.
    pub platform_role: Option<Option<PlatformRole>>,
    /// Whether the account is to be shut (or opened).
    pub disabled: Option<bool>,
}

impl Steadfast {
    /// Gives a person a role on the platform, or takes it.
    ///
    /// # Errors
    /// As [`Steadfast::change_account`].
    pub async fn set_platform_role(&self, id: PersonId, role: Option<PlatformRole>, by: By) -> Result<Person, Error> {
        self.change_account(id, AccountChange { platform_role: Some(role), disabled: None }, by).await
    }

    /// Shuts an account: its sessions end, its tokens are refused, and nobody signs in with it.
    ///
    /// # Errors
    /// As [`Steadfast::change_account`].
    pub async fn shut_account(&self, id: PersonId, by: By) -> Result<Person, Error> {
        self.change_account(id, AccountChange { platform_role: None, disabled: Some(true) }, by).await
    }

    /// Opens an account that was shut.
    ///
    /// # Errors
    /// As [`Steadfast::change_account`].
    pub async fn open_account(&self, id: PersonId, by: By) -> Result<Person, Error> {
        self.change_account(id, AccountChange { platform_role: None, disabled: Some(false) }, by).await
    }

    /// Changes role and account of a person, all or nothing, and returns them as they are then.
    ///
    /// # Errors
    /// For one's own role and account, for a role of an account that is shut or not verified, for the last operator, and
    /// when the store fails.
    pub async fn change_account(&self, id: PersonId, change: AccountChange, by: By) -> Result<Person, Error> {
        let person = self.known_person(id).await?;
        let role = change.platform_role.unwrap_or(person.platform_role);
        let disabled = change.disabled.unwrap_or(person.disabled_at.is_some());
        check(&person, role, disabled, id == by.person)?;
        let mut edits = Vec::new();
        if role != person.platform_role {
            edits.push(self.audited(
                by.doer,
                Deed {
                    action: "person.role_changed",
                    target: id.to_string(),
                    before: Some(json!({"platform_role": person.platform_role})),
                    after: Some(json!({"platform_role": role})),
                    ..Deed::default()
                },
            ));
        }
        let disabled_at = match (disabled, person.disabled_at) {
            (true, None) => {
                let before = Some(json!({"sessions": self.live_sessions(id).await?.len()}));
                let deed = Deed { action: "person.shut", target: id.to_string(), before, ..Deed::default() };
                edits.extend([Edit::EndSessions(id, None), self.audited(by.doer, deed)]);
                Some(self.clock.now())
            }
            (false, Some(_)) => {
                let deed = Deed { action: "person.opened", target: id.to_string(), ..Deed::default() };
                edits.push(self.audited(by.doer, deed));
                None
            }
            (_, at) => at,
        };
        if edits.is_empty() {
            return Ok(person);
        }
        let changed = Person { platform_role: role, disabled_at, ..person.clone() };
        // What another operator has changed meanwhile is not undone.
        edits.extend([Edit::ExpectPerson(person.clone()), Edit::SavePerson(changed.clone())]);
        self.with_an_operator(&person, edits).await?;
        Ok(changed)
    }

    /// Mails a fresh link to a person who has not confirmed their address.
    ///
    /// # Errors
    /// When they have, their account is shut, too many mails went there, or the store fails.
    pub async fn mail_verification_to(&self, id: PersonId, by: By) -> Result<Person, Error> {
        let person = self.known_person(id).await?;
        if person.verified_at.is_some() {
            return Err(conflict("this person has confirmed their address already"));
        }
        if person.disabled_at.is_some() {
            return Err(conflict("this account is shut; open it first"));
        }
        self.mail_verification_for(&person, by.doer).await?;
        Ok(person)
    }

    /// Carries out edits of a person that must leave an operator whose account is open.
    async fn with_an_operator(&self, person: &Person, mut edits: Vec<Edit>) -> Result<(), Error> {
        edits.push(Edit::ExpectOperator);
        match self.store.change(edits).await {
            Err(StoreError::Conflict) if self.known_person(person.id).await? == *person => Err(conflict(
                "the platform needs an operator whose account is open, and this is the last one; make somebody else one first",
            )),
            other => Ok(other?),
        }
    }
}

/// Whether a person may get this role and this state from somebody, who may be they themselves.
fn check(person: &Person, role: Option<PlatformRole>, disabled: bool, is_own: bool) -> Result<(), Error> {
    let new_role = role != person.platform_role;
    if is_own && new_role {
        let sentence = "nobody changes their own role on the platform; ask another operator";
        return Err(Refusal::Forbidden(sentence.to_owned()).into());
    }
    if is_own && disabled {
        return Err(Refusal::Forbidden("nobody shuts their own account; ask another operator".to_owned()).into());
    }
    if new_role && role.is_some() && person.verified_at.is_none() {
        let sentence =
            "this person has not confirmed their address, so it may be somebody else's; wait until they have";
        return Err(conflict(sentence));
    }
    if new_role && role.is_some() && disabled {
        return Err(conflict("this account is shut; open it before you give it a role"));
    }
    Ok(())
}
