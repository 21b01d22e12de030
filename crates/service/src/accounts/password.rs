//! Passwords: forgotten, set anew by a link, changed.

use model::{Doer, LinkPurpose, Person, Session};
use secrets::Digest;
use store::Edit;

use super::checks::Flaws;
use super::links::not_good;
use super::trials::PROOFS;
use super::{Limit, Opened, Visit};
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// How often somebody may ask or try links from one address of the network.
const BY_ADDRESS: Limit = Limit::new("forgot", 30, 900);

/// What came of a new password set by a link.
#[derive(Clone, Debug)]
pub enum Reset {
    /// It is set, and the person signed in.
    Opened(Opened),
    /// It is set; the second factor is on, so that the person has to sign in.
    SignInNow,
}

impl Steadfast {
    /// Mails a link that sets a new password to whoever has this address. The answer tells nobody whether that is somebody.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn forgot_password(&self, email: &str, visit: &Visit) -> Result<(), Error> {
        self.knock(BY_ADDRESS, &visit.address)?;
        self.knock_mailbox(email)?;
        let person = match email.parse() {
            Ok(email) => self.store.person_by_email(&email).await?,
            Err(_) => None,
        };
        let person = person.filter(|person| person.disabled_at.is_none());
        let target = person.as_ref().map_or_else(|| "nobody".to_owned(), |person| person.id.to_string());
        let mut edits =
            vec![self.audited(Doer::Nobody, Deed { action: "password.forgotten", target, ..Deed::default() })];
        let Some(person) = person else { return Ok(self.store.change(edits).await?) };
        let (secret, link) = self.new_link(LinkPurpose::ResetPassword, Some(person.id));
        edits.extend([Edit::RemoveLinks(LinkPurpose::ResetPassword, Some(person.id)), Edit::AddLink(link)]);
        self.store.change(edits).await?;
        self.post(self.letters().reset(&person, &self.link_url("/reset", &secret)));
        Ok(())
    }

    /// The person of a link that sets a new password, if it is good. Looking changes nothing.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn password_reset(&self, carried: &str, visit: &Visit) -> Result<Option<Person>, Error> {
        self.knock(BY_ADDRESS, &visit.address)?;
        let Some(link) = self.good_link(carried, LinkPurpose::ResetPassword).await? else { return Ok(None) };
        self.open_person(link.person).await
    }

    /// Uses up a link and sets a new password. All sessions end, as do sign-ins that wait for a code. Who reads mail at
    /// the address has proved that it is theirs.
    ///
    /// # Errors
    /// When the link or the password is not good, after too many tries, or when the store fails.
    pub async fn reset_password(&self, carried: &str, password: &str, visit: &Visit) -> Result<Reset, Error> {
        let person = self.password_reset(carried, visit).await?.ok_or_else(not_good)?;
        self.check_new(&person, password)?;
        let hash = self.hashed(password).await?;
        let now = self.clock.now();
        let has_factor =
            self.store.sign_in_secrets(person.id).await?.is_some_and(|secrets| secrets.second_factor.is_some());
        let mut edits = vec![Edit::UseLink(*Digest::of(carried).as_bytes(), LinkPurpose::ResetPassword, now)];
        let person = if person.verified_at.is_none() {
            let verified = Person { verified_at: Some(now), ..person.clone() };
            edits.extend([Edit::ExpectPerson(person), Edit::SavePerson(verified.clone())]);
            verified
        } else {
            person
        };
        let deed = Deed { action: "password.reset", target: person.id.to_string(), ..Deed::default() };
        edits.extend([
            Edit::SetPassword(person.id, Some(hash)),
            Edit::EndSessions(person.id, None),
            Edit::RemoveLinks(LinkPurpose::ResetPassword, Some(person.id)),
            Edit::RemoveLinks(LinkPurpose::SecondFactor, Some(person.id)),
            Edit::RemoveLinks(LinkPurpose::VerifyEmail, Some(person.id)),
            self.audited(Doer::Person(person.id), deed),
        ]);
        let letter = self.letters().password_changed(&person);
        let outcome = if has_factor {
            Reset::SignInNow
        } else {
            let (opened, more) = self.opening(person, visit, "link");
            edits.extend(more);
            Reset::Opened(opened)
        };
        self.use_link(edits).await?;
        self.post(letter);
        Ok(outcome)
    }

    /// Changes the password of somebody who is signed in and knows the present one (if there is one). The other
    /// sessions end.
    ///
    /// # Errors
    /// When the present password is wrong or the new one not good, after too many tries, or when the store fails.
    pub async fn change_password(
        &self,
        person: &Person,
        session: &Session,
        present: &str,
        new: &str,
    ) -> Result<(), Error> {
        let stored = self.store.sign_in_secrets(person.id).await?.and_then(|secrets| secrets.password);
        match &stored {
            Some(_) => self.check_present(person, stored.clone(), "present", present).await?,
            None => self.demand_proof(session)?,
        }
        self.check_new(person, new)?;
        let hash = self.hashed(new).await?;
        let now = self.clock.now();
        let deed = Deed { action: "password.changed", target: person.id.to_string(), ..Deed::default() };
        let edits = vec![
            Edit::SetPassword(person.id, Some(hash)),
            Edit::EndSessions(person.id, Some(session.id)),
            Edit::ProveSession(session.id, now),
            Edit::RemoveLinks(LinkPurpose::ResetPassword, Some(person.id)),
            Edit::RemoveLinks(LinkPurpose::SecondFactor, Some(person.id)),
            self.audited(Doer::Person(person.id), deed),
        ];
        self.store.change(edits).await?;
        self.post(self.letters().password_changed(person));
        Ok(())
    }

    /// Refuses a password that is not the person's present one.
    pub(super) async fn check_present(
        &self,
        person: &Person,
        stored: Option<String>,
        field: &str,
        typed: &str,
    ) -> Result<(), Error> {
        self.knock(PROOFS, &person.id.to_string())?;
        if self.fits(typed, stored).await? {
            return Ok(());
        }
        Err(Refusal::invalid(field, "this is not your present password; type it as you do when you sign in").into())
    }

    fn check_new(&self, person: &Person, password: &str) -> Result<(), Refusal> {
        let mut flaws = Flaws::default();
        flaws.password("password", password, &[person.email.as_str(), &person.name, &self.platform.name]);
        flaws.end()
    }
}
