//! People who come through the company's identity provider.
//!
//! The operator chose the provider and trusts its word: who it lets through needs no second factor of ours (it has its
//! own), and an address that it calls verified is. An account that nobody had verified loses its password then:
//! whoever chose that may have been somebody else.

use model::{Doer, Email, LinkPurpose, Person, ProviderIdentity};
use serde_json::json;
use store::Edit;

use super::sign_up::{Checked, organisation_of};
use super::{Opened, Visit};
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// Somebody by the word of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtProvider {
    /// What people call the provider.
    pub provider: String,
    /// Its issuer URL.
    pub issuer: String,
    /// Its own id of the person, for good.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether it says that the address is theirs.
    pub email_verified: bool,
    /// Their name.
    pub name: Option<String>,
}

impl Steadfast {
    /// Signs in whoever the provider says it is: a person it is tied to; else the person with the address that it calls
    /// verified, who is tied to it now; else a new one, where people may sign up.
    ///
    /// # Errors
    /// When the account is shut, there is none and none may be made, or the store fails.
    pub async fn sign_in_by_provider(&self, at: &AtProvider, visit: &Visit) -> Result<Opened, Error> {
        if let Some(id) = self.store.identity(&at.issuer, &at.subject).await? {
            let person = self.store.person(id).await?.ok_or_else(shut)?;
            let (person, edits) = self.let_in(person)?;
            return self.open_with(edits, person, visit).await;
        }
        let email: Option<Email> = at.email.as_deref().filter(|_| at.email_verified).and_then(|text| text.parse().ok());
        let Some(email) = email else {
            let sentence = format!(
                "{} does not say that your e-mail address is verified, so we can't tell which account is yours; \
                 ask its administrator",
                at.provider
            );
            return Err(Refusal::Forbidden(sentence).into());
        };
        match self.store.person_by_email(&email).await? {
            Some(person) => self.tie(at, person, visit).await,
            None => self.newcomer(at, email, visit).await,
        }
    }

    async fn tie(&self, at: &AtProvider, person: Person, visit: &Visit) -> Result<Opened, Error> {
        let (person, mut edits) = self.let_in(person)?;
        edits.extend(self.tied(at, &person));
        let letter = self.letters().provider_tied(&person, &at.provider);
        let opened = self.open_with(edits, person, visit).await?;
        self.post(letter);
        Ok(opened)
    }

    async fn newcomer(&self, at: &AtProvider, email: Email, visit: &Visit) -> Result<Opened, Error> {
        if !self.may_sign_up(&email).await? {
            let sentence = "accounts here are for people who were invited; ask the people who want to work with you";
            return Err(Refusal::Forbidden(sentence.to_owned()).into());
        }
        let name = at.name.as_deref().unwrap_or_default();
        let name: String =
            name.chars().filter(|c| super::checks::is_plain(*c)).take(super::checks::NAME_CHARACTERS).collect();
        let name = match name.trim() {
            "" => email.local_part().to_owned(),
            named => named.to_owned(),
        };
        let checked =
            Checked { organisation: organisation_of(&name), name, email, query: String::new(), browser: String::new() };
        let (person, mut edits) = self.person_with_organisation(&checked, Some(self.clock.now()));
        let after = Some(json!({"email": person.email, "name": person.name, "provider": at.issuer}));
        let deed = Deed { action: "person.signed_up", target: person.id.to_string(), after, ..Deed::default() };
        edits.push(self.audited(Doer::Nobody, deed));
        edits.extend(self.tied(at, &person));
        self.open_with(edits, person, visit).await
    }

    /// The person as the provider vouches for them, and the edits that make it so.
    fn let_in(&self, person: Person) -> Result<(Person, Vec<Edit>), Error> {
        if person.disabled_at.is_some() {
            return Err(shut());
        }
        if person.verified_at.is_some() {
            return Ok((person, Vec::new()));
        }
        let known = person.clone();
        let person = Person { verified_at: Some(self.clock.now()), ..person };
        let deed = Deed { action: "person.verified", target: person.id.to_string(), ..Deed::default() };
        let edits = vec![
            Edit::ExpectPerson(known),
            Edit::SavePerson(person.clone()),
            Edit::SetPassword(person.id, None),
            Edit::RemoveLinks(LinkPurpose::VerifyEmail, Some(person.id)),
            Edit::RemoveLinks(LinkPurpose::ResetPassword, Some(person.id)),
            self.audited(Doer::Person(person.id), deed),
        ];
        Ok((person, edits))
    }

    fn tied(&self, at: &AtProvider, person: &Person) -> [Edit; 2] {
        let identity = ProviderIdentity { issuer: at.issuer.clone(), subject: at.subject.clone(), person: person.id };
        let deed = Deed {
            action: "identity.tied",
            target: person.id.to_string(),
            after: Some(json!({"issuer": at.issuer, "subject": at.subject})),
            ..Deed::default()
        };
        [Edit::AddIdentity(identity), self.audited(Doer::Person(person.id), deed)]
    }

    async fn open_with(&self, mut edits: Vec<Edit>, person: Person, visit: &Visit) -> Result<Opened, Error> {
        let (opened, more) = self.opening(person, visit, "provider");
        edits.extend(more);
        self.store.change(edits).await?;
        Ok(opened)
    }
}

fn shut() -> Error {
    Refusal::Forbidden("this account was shut; an operator of the portal can open it again".to_owned()).into()
}
