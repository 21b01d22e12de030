//! Making an account, and proving that its address is one's own.

use model::{Doer, Email, LinkPurpose, Member, MemberRole, Organisation, OrganisationId, Person, PersonId, UnixMillis};
use serde_json::json;
use store::{Edit, StoreError};

use super::checks::{Flaws, NAME_CHARACTERS};
use super::links::not_good;
use super::mails::Portal;
use super::trials::PROOFS;
use super::{Limit, Opened, SignUp, Visit};
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// How often accounts may be asked for from one address of the network.
const BY_ADDRESS: Limit = Limit::new("sign_up", 30, 900);

/// How many mails anybody may cause to be sent to one mailbox.
const BY_MAILBOX: Limit = Limit::new("mailbox", 5, 900);

/// How often links may be tried from one address of the network.
const LINKS: Limit = Limit::new("link", 60, 300);

/// Who wants an account.
#[derive(Clone, Default)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The password that they chose.
    pub password: String,
    /// What they call their organisation; empty for one named after them.
    pub organisation: String,
    /// What the link in the mail carries beside its token, encoded for a query: `next=%2Finvitations%2Fabc`; may be empty.
    pub query: String,
    /// What the link in the mail carries behind its token, by which the portal knows the browser again that chose the
    /// password; plain in a query; may be empty.
    pub browser: String,
}

/// A new person whose words were found good.
pub(super) struct Checked {
    pub(super) query: String,
    pub(super) browser: String,
    pub(super) name: String,
    pub(super) email: Email,
    pub(super) organisation: String,
}

impl NewPerson {
    pub(super) fn checked(&self) -> Result<Checked, Refusal> {
        let mut flaws = Flaws::default();
        let name = flaws.name("name", &self.name);
        let email = flaws.email("email", &self.email);
        let organisation = match self.organisation.trim() {
            "" => organisation_of(&name),
            named => flaws.name("organisation", named),
        };
        flaws.password("password", &self.password, &[&self.email, &name, &organisation]);
        flaws.end()?;
        let email = email.ok_or_else(|| Refusal::invalid("email", "write an e-mail address"))?;
        Ok(Checked { query: self.query.clone(), browser: self.browser.clone(), name, email, organisation })
    }
}

/// The name of somebody's own organisation: `Anna Lund's organisation`.
pub(super) fn organisation_of(name: &str) -> String {
    format!("{name}'s organisation").chars().take(NAME_CHARACTERS).collect()
}

impl Steadfast {
    /// What mails begin and end with.
    pub(super) fn letters(&self) -> Portal<'_> {
        Portal { platform: &self.platform.name, url: &self.accounts.public_url }
    }

    /// Counts a mail to a mailbox, whether one is sent or not.
    pub(super) fn knock_mailbox(&self, email: &str) -> Result<(), Error> {
        let mailbox: String = email.trim().chars().take(Email::MAX_BYTES).collect();
        self.knock(BY_MAILBOX, &mailbox.to_ascii_lowercase())
    }

    /// Makes an account that stays shut until its address is verified. Who asks learns nothing of who has an account:
    /// the answer is the same, and what differs is in the mail.
    ///
    /// # Errors
    /// When what was written can't be taken, after too many tries, or when the store fails.
    pub async fn sign_up(&self, new: &NewPerson, visit: &Visit) -> Result<(), Error> {
        let checked = new.checked()?;
        self.knock(BY_ADDRESS, &visit.address)?;
        self.knock_mailbox(checked.email.as_str())?;
        let hash = self.hashed(&new.password).await?;
        let known = self.store.person_by_email(&checked.email).await?;
        let outcome = match known {
            Some(person) if person.verified_at.is_some() || person.disabled_at.is_some() => {
                self.repeated(&person, visit).await
            }
            _ if !self.may_sign_up(&checked.email).await? => self.uninvited(&checked.email, visit).await,
            Some(person) => self.renewed(person, &checked, hash, visit).await,
            None => self.added(&checked, hash, visit).await,
        };
        match outcome {
            // The same address at the same moment: the other request has done it.
            Err(Error::Store(StoreError::Conflict)) => Ok(()),
            other => other,
        }
    }

    /// Whether somebody with this address may have an account.
    pub(super) async fn may_sign_up(&self, email: &Email) -> Result<bool, Error> {
        if self.accounts.sign_up == SignUp::Open {
            return Ok(true);
        }
        let now = self.clock.now();
        let invitations = self.store.invitations_for(email).await?;
        Ok(invitations.iter().any(|invitation| invitation.ended.is_none() && invitation.expires_at > now))
    }

    async fn repeated(&self, person: &Person, visit: &Visit) -> Result<(), Error> {
        self.store.change(vec![self.refused_sign_up(&person.id.to_string(), "has an account", visit)]).await?;
        if person.disabled_at.is_none() {
            self.post(self.letters().already_there(person));
        }
        Ok(())
    }

    async fn uninvited(&self, email: &Email, visit: &Visit) -> Result<(), Error> {
        self.store.change(vec![self.refused_sign_up("nobody", "not invited", visit)]).await?;
        self.post(self.letters().not_invited(email));
        Ok(())
    }

    fn refused_sign_up(&self, target: &str, why: &str, visit: &Visit) -> Edit {
        let after = Some(json!({"why": why, "address": visit.address}));
        let deed = Deed { action: "sign_up.refused", target: target.to_owned(), after, ..Deed::default() };
        self.audited(Doer::Nobody, deed)
    }

    async fn added(&self, new: &Checked, hash: String, visit: &Visit) -> Result<(), Error> {
        let (person, mut edits) = self.person_with_organisation(new, None);
        edits.push(Edit::SetPassword(person.id, Some(hash)));
        self.mail_verification(person, edits, new, visit).await
    }

    /// Whoever signs up again before verifying means what they wrote last; links from before go.
    async fn renewed(&self, person: Person, new: &Checked, hash: String, visit: &Visit) -> Result<(), Error> {
        let known = person.clone();
        let person = Person { name: new.name.clone(), ..person };
        // Who has verified their address meanwhile keeps the password that they have.
        let mut edits =
            vec![Edit::ExpectPerson(known), Edit::SavePerson(person.clone()), Edit::SetPassword(person.id, Some(hash))];
        if let [(organisation, _)] = self.store.organisations_of(person.id).await?.as_slice() {
            edits.push(Edit::SaveOrganisation(Organisation { name: new.organisation.clone(), ..organisation.clone() }));
        }
        self.mail_verification(person, edits, new, visit).await
    }

    async fn mail_verification(
        &self,
        person: Person,
        mut edits: Vec<Edit>,
        new: &Checked,
        visit: &Visit,
    ) -> Result<(), Error> {
        let (secret, link) = self.new_link(LinkPurpose::VerifyEmail, Some(person.id));
        let after = Some(json!({"email": person.email, "name": person.name, "address": visit.address}));
        let deed = Deed { action: "person.signed_up", target: person.id.to_string(), after, ..Deed::default() };
        edits.extend([
            Edit::RemoveLinks(LinkPurpose::VerifyEmail, Some(person.id)),
            Edit::AddLink(link),
            self.audited(Doer::Nobody, deed),
        ]);
        self.store.change(edits).await?;
        let mut link = self.link_url("/verify", &secret);
        for (sign, carried) in [('.', &new.browser), ('&', &new.query)] {
            if !carried.is_empty() {
                link.push(sign);
                link.push_str(carried);
            }
        }
        self.post(self.letters().verify(&person, &link));
        Ok(())
    }

    /// A new person with an organisation of their own, and the edits that make them.
    pub(super) fn person_with_organisation(
        &self,
        new: &Checked,
        verified_at: Option<UnixMillis>,
    ) -> (Person, Vec<Edit>) {
        let now = self.clock.now();
        let person = Person {
            id: PersonId::new(now, &*self.random),
            email: new.email.clone(),
            name: new.name.clone(),
            platform_role: None,
            verified_at,
            disabled_at: None,
            created_at: now,
        };
        let id = OrganisationId::new(now, &*self.random);
        let organisation = Organisation { id, name: new.organisation.clone(), created_at: now };
        let member = Member { organisation: id, person: person.id, role: MemberRole::Admin, since: now };
        let deed = Deed {
            action: "organisation.created",
            target: id.to_string(),
            organisation: Some(id),
            after: Some(json!({"name": organisation.name, "admin": person.id.to_string()})),
            ..Deed::default()
        };
        let edits = vec![
            Edit::AddPerson(person.clone()),
            Edit::AddOrganisation(organisation),
            Edit::AddMember(member),
            self.audited(Doer::Person(person.id), deed),
        ];
        (person, edits)
    }

    /// Mails a fresh link to whoever has not verified their address yet. The answer tells nobody whether there was one.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn resend_verification(&self, email: &str, visit: &Visit) -> Result<(), Error> {
        self.knock(BY_ADDRESS, &visit.address)?;
        self.knock_mailbox(email)?;
        let person = match email.parse() {
            Ok(email) => self.store.person_by_email(&email).await?,
            Err(_) => None,
        };
        match person {
            Some(person) if person.verified_at.is_none() && person.disabled_at.is_none() => {
                self.verification_again(&person, "asked for").await
            }
            other => {
                let target = other.map_or_else(|| "nobody".to_owned(), |person| person.id.to_string());
                Ok(self.store.change(vec![self.refused_sign_up(&target, "nothing to verify", visit)]).await?)
            }
        }
    }

    /// A fresh link in place of the ones before.
    pub(super) async fn verification_again(&self, person: &Person, why: &str) -> Result<(), Error> {
        self.mail_verification_anew(person, why, Doer::Nobody).await
    }

    /// The same for an operator who asks for somebody else; the mailbox is not flooded by them either.
    pub(crate) async fn mail_verification_for(&self, person: &Person, by: Doer) -> Result<(), Error> {
        self.knock_mailbox(person.email.as_str())?;
        self.mail_verification_anew(person, "an operator asked for it", by).await
    }

    async fn mail_verification_anew(&self, person: &Person, why: &str, by: Doer) -> Result<(), Error> {
        let (secret, link) = self.new_link(LinkPurpose::VerifyEmail, Some(person.id));
        let after = Some(json!({"why": why}));
        let deed = Deed { action: "verification.mailed", target: person.id.to_string(), after, ..Deed::default() };
        let edits = vec![
            Edit::RemoveLinks(LinkPurpose::VerifyEmail, Some(person.id)),
            Edit::AddLink(link),
            self.audited(by, deed),
        ];
        self.store.change(edits).await?;
        self.post(self.letters().verify(person, &self.link_url("/verify", &secret)));
        Ok(())
    }

    /// The person of a link that verifies an address, if it is good. Mail scanners follow links too: looking changes nothing.
    ///
    /// # Errors
    /// After too many tries, or when the store fails.
    pub async fn verification(&self, carried: &str, visit: &Visit) -> Result<Option<Person>, Error> {
        self.knock(LINKS, &visit.address)?;
        let Some(link) = self.good_link(carried, LinkPurpose::VerifyEmail).await? else { return Ok(None) };
        self.open_person(link.person).await
    }

    /// A person whose account is not shut.
    pub(super) async fn open_person(&self, id: Option<PersonId>) -> Result<Option<Person>, Error> {
        let person = match id {
            Some(id) => self.store.person(id).await?,
            None => None,
        };
        Ok(person.filter(|person| person.disabled_at.is_none()))
    }

    /// Uses up a link for somebody in another browser than that of the sign-up. Whoever signed up chose the password, with
    /// anybody's address: who has it as well as the mail is the same person, and nobody else keeps a key to the account.
    ///
    /// # Errors
    /// When the link is not good or the password wrong (field `password`), after too many tries, or when the store fails.
    pub async fn verify_elsewhere(&self, carried: &str, password: &str, visit: &Visit) -> Result<Opened, Error> {
        let person = self.verification(carried, visit).await?.ok_or_else(not_good)?;
        let stored = self.store.sign_in_secrets(person.id).await?.and_then(|secrets| secrets.password);
        self.knock(PROOFS, &person.id.to_string())?;
        if !self.fits(password, stored).await? {
            let message = "this is not the password of the account; if you never chose one, choose a new one instead";
            return Err(Refusal::invalid("password", message).into());
        }
        self.verify(carried, visit).await
    }

    /// Uses up a link that verifies an address: opens the account and signs in. For the browser that signed up; see
    /// [`Self::verify_elsewhere`] for others.
    ///
    /// # Errors
    /// When the link is not good, after too many tries, or when the store fails.
    pub async fn verify(&self, carried: &str, visit: &Visit) -> Result<Opened, Error> {
        let person = self.verification(carried, visit).await?.ok_or_else(not_good)?;
        let now = self.clock.now();
        let known = person.clone();
        let person = Person { verified_at: Some(person.verified_at.unwrap_or(now)), ..person };
        let deed = Deed { action: "person.verified", target: person.id.to_string(), ..Deed::default() };
        let mut edits = vec![
            Edit::UseLink(*secrets::Digest::of(carried).as_bytes(), LinkPurpose::VerifyEmail, now),
            Edit::ExpectPerson(known),
            Edit::SavePerson(person.clone()),
            Edit::RemoveLinks(LinkPurpose::VerifyEmail, Some(person.id)),
            self.audited(Doer::Person(person.id), deed),
        ];
        let (opened, more) = self.opening(person, visit, "link");
        edits.extend(more);
        self.use_link(edits).await?;
        Ok(opened)
    }

    /// Applies edits that use up a link: a conflict means that somebody else was faster.
    pub(super) async fn use_link(&self, edits: Vec<Edit>) -> Result<(), Error> {
        match self.store.change(edits).await {
            Err(StoreError::Conflict) => Err(not_good()),
            other => Ok(other?),
        }
    }
}
