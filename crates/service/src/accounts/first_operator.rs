//! The first operator: whoever can read what the program prints when it starts.

use model::{Doer, LinkPurpose, Person, PlatformRole};
use secrets::Digest;
use serde_json::json;
use store::{Edit, StoreError};

use super::links::not_good;
use super::sign_up::NewPerson;
use super::{Limit, Opened, Visit};
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// How often somebody may try links from one address of the network.
const BY_ADDRESS: Limit = Limit::new("first_operator", 30, 300);

/// Who becomes the first operator.
pub type NewOperator = NewPerson;

impl Steadfast {
    /// A fresh link that makes the first operator, good for 24 hours; the ones before end. None once there is an operator.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_operator_link(&self) -> Result<Option<String>, Error> {
        if self.store.has_operator().await? {
            return Ok(None);
        }
        let (secret, link) = self.new_link(LinkPurpose::FirstOperator, None);
        let deed = Deed { action: "first_operator.link_made", target: "nobody".to_owned(), ..Deed::default() };
        let edits = vec![
            Edit::RemoveLinks(LinkPurpose::FirstOperator, None),
            Edit::AddLink(link),
            self.audited(Doer::System, deed),
        ];
        self.store.change(edits).await?;
        Ok(Some(self.link_url("/first-operator", &secret)))
    }

    /// Whether a link makes the first operator. Looking changes nothing.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn makes_first_operator(&self, carried: &str, visit: &Visit) -> Result<bool, Error> {
        self.knock(BY_ADDRESS, &visit.address)?;
        let is_good = self.good_link(carried, LinkPurpose::FirstOperator).await?.is_some();
        Ok(is_good && !self.store.has_operator().await?)
    }

    /// Uses up the link: makes an operator with a verified address and an organisation of their own, and signs in.
    ///
    /// # Errors
    /// When the link is not good, what was written can't be taken, after too many tries, or when the store fails.
    pub async fn make_first_operator(&self, carried: &str, new: &NewOperator, visit: &Visit) -> Result<Opened, Error> {
        if !self.makes_first_operator(carried, visit).await? {
            return Err(not_good());
        }
        let checked = new.checked()?;
        if self.store.person_by_email(&checked.email).await?.is_some() {
            let message = "somebody has an account with this address already; use another one for the operator";
            return Err(Refusal::invalid("email", message).into());
        }
        let hash = self.hashed(&new.password).await?;
        let now = self.clock.now();
        let (person, made) = self.person_with_organisation(&checked, Some(now));
        let person = Person { platform_role: Some(PlatformRole::Operator), ..person };
        let after = Some(json!({"email": person.email, "name": person.name}));
        let deed = Deed { action: "first_operator.made", target: person.id.to_string(), after, ..Deed::default() };
        let mut edits = vec![
            Edit::ExpectNoOperator,
            Edit::UseLink(*Digest::of(carried).as_bytes(), LinkPurpose::FirstOperator, now),
        ];
        edits.extend(made);
        edits.extend([
            Edit::SavePerson(person.clone()),
            Edit::SetPassword(person.id, Some(hash)),
            self.audited(Doer::Person(person.id), deed),
        ]);
        let (opened, more) = self.opening(person, visit, "link");
        edits.extend(more);
        match self.store.change(edits).await {
            Err(StoreError::Conflict) => Err(not_good()),
            other => other.map(|()| opened).map_err(Error::from),
        }
    }
}
