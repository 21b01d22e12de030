//! Invitations by e-mail, to work on an app or to join an organisation: made, sent again, withdrawn, answered.

use model::{
    AppRole, Collaborator, Email, Invitation, InvitationEnd, InvitationId, InvitedTo, Member, OrganisationId, Person,
    PersonId,
};
use secrets::{Digest, Secret, random_text};
use serde_json::{Value, json};
use store::Edit;

use super::By;
use crate::audit::Deed;
use crate::{DAY_MILLIS, Error, Flaw, Limit, Once, Refusal, Steadfast};

/// For how many days an invitation can be accepted.
pub const INVITATION_DAYS: i64 = 7;

/// How many invitations one person sends in an hour: each is a mail to somebody who did not ask for it.
const SENDING: Limit = Limit::new("invitation", 30, 3600);

/// Where the pages of invitations are; what the link carries follows.
const PAGE: &str = "/invitations/";

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be answered.
    Open,
    /// Nobody answered in time.
    Expired,
    /// It was answered or taken back.
    Ended(InvitationEnd),
}

impl InvitationState {
    /// The word in the API.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expired => "expired",
            Self::Ended(end) => end.key(),
        }
    }

    /// What there is to say to who wants to answer it.
    fn refusal(self) -> Option<Refusal> {
        let sentence = match self {
            Self::Open => return None,
            Self::Expired => "this invitation has expired; ask for a new one",
            Self::Ended(InvitationEnd::Accepted) => "this invitation was accepted already",
            Self::Ended(InvitationEnd::Declined) => "this invitation was declined; ask for a new one",
            Self::Ended(InvitationEnd::Withdrawn) => "this invitation was withdrawn; ask for a new one",
        };
        Some(Refusal::Conflict(sentence.to_owned()))
    }
}

/// An invitation as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationSeen {
    /// The invitation.
    pub invitation: Invitation,
    /// How it stands.
    pub state: InvitationState,
    /// The name of who invites.
    pub inviter: String,
    /// The name of the app or organisation.
    pub destination: String,
}

impl InvitationSeen {
    /// The role that it offers, for people: `Developer`.
    #[must_use]
    pub fn role_word(&self) -> &'static str {
        match &self.invitation.to {
            InvitedTo::App(_, role) => role.word(),
            InvitedTo::Organisation(_, role) => role.word(),
        }
    }

    /// The role that it offers, for programs: `developer`.
    #[must_use]
    pub fn role_key(&self) -> &'static str {
        match &self.invitation.to {
            InvitedTo::App(_, role) => role.key(),
            InvitedTo::Organisation(_, role) => role.key(),
        }
    }

    /// What it is for: `work on the app` or `join the organisation`.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        match &self.invitation.to {
            InvitedTo::App(..) => "work on the app",
            InvitedTo::Organisation(..) => "join the organisation",
        }
    }
}

/// Which invitation is answered.
#[derive(Clone, Copy, Debug)]
pub enum InvitationKey<'a> {
    /// That whose link carries this.
    Link(&'a str),
    /// That of this id.
    Id(InvitationId),
}

/// An address of which only its owner sees which it is: `a…@example.com`.
#[must_use]
pub fn masked(email: &Email) -> String {
    let (local, domain) = email.as_str().split_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

impl Steadfast {
    /// Invites the person with this address, who gets a mail. Sent again with the same key it makes nothing.
    ///
    /// # Errors
    /// When the address is none, the role is the owner's, they are there or invited already, too many
    /// invitations were sent, or the store fails.
    pub async fn invite(
        &self,
        to: InvitedTo,
        email: &str,
        by: By,
        once: Option<&Once>,
    ) -> Result<InvitationSeen, Error> {
        if let Some(made) = self.made_before(once).await?
            && let Ok(id) = made.parse()
            && let Some(invitation) = self.store.invitation(id).await?
        {
            return self.invitation_seen(invitation).await;
        }
        let email = self.invitable_address(&to, email).await?;
        self.accounts.doors.knock(SENDING, &by.person.to_string(), self.clock.now())?;
        let (secret, invitation) = self.new_invitation(to, email, by.person);
        let seen = self.invitation_seen(invitation.clone()).await?;
        let deed = self.invitation_deed(&invitation, "invitation.sent", None).await?;
        let mut edits = vec![Edit::AddInvitation(invitation.clone()), self.audited(by.doer, deed)];
        edits.extend(self.remembered(once, &invitation.id.to_string()));
        self.store.change(edits).await?;
        self.post_invitation(&seen, &secret);
        Ok(seen)
    }

    /// Sends an invitation again, with a new link and seven more days. The old link is no longer good.
    ///
    /// # Errors
    /// When there is no such invitation to this destination, it was answered, or the store fails.
    pub async fn resend_invitation(&self, to: &InvitedTo, id: InvitationId, by: By) -> Result<InvitationSeen, Error> {
        let old = self.invitation_to(to, id).await?;
        let state = self.invitation_state(&old);
        if let (InvitationState::Ended(_), Some(refusal)) = (state, state.refusal()) {
            return Err(refusal.into());
        }
        let now = self.clock.now();
        self.accounts.doors.knock(SENDING, &by.person.to_string(), now)?;
        let (secret, invitation) = self.new_invitation(old.to.clone(), old.email.clone(), by.person);
        let seen = self.invitation_seen(invitation.clone()).await?;
        let deed = self.invitation_deed(&invitation, "invitation.sent_again", None).await?;
        let mut edits = Vec::new();
        if state == InvitationState::Open {
            edits.push(Edit::EndInvitation(id, InvitationEnd::Withdrawn, now));
        }
        edits.extend([Edit::AddInvitation(invitation), self.audited(by.doer, deed)]);
        self.store.change(edits).await?;
        self.post_invitation(&seen, &secret);
        Ok(seen)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// When there is no such open invitation to this destination, or the store fails.
    pub async fn withdraw_invitation(&self, to: &InvitedTo, id: InvitationId, by: By) -> Result<(), Error> {
        let invitation = self.invitation_to(to, id).await?;
        self.end_invitation(&invitation, InvitationEnd::Withdrawn, Vec::new(), by).await
    }

    /// The invitations to a destination that nobody answered yet, newest first: open ones, and the last expired one of
    /// each address.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invitations_to(&self, to: &InvitedTo) -> Result<Vec<InvitationSeen>, Error> {
        let mut seen: Vec<InvitationSeen> = Vec::new();
        for invitation in self.store.invitations_to(to).await? {
            let newer = seen.iter().any(|other| other.invitation.email == invitation.email);
            if invitation.ended.is_none() && !newer {
                seen.push(self.invitation_seen(invitation).await?);
            }
        }
        Ok(seen)
    }

    /// The invitations that a person can answer, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_invitations_of(&self, person: &Person) -> Result<Vec<InvitationSeen>, Error> {
        let mut seen = Vec::new();
        for invitation in self.store.invitations_for(&person.email).await? {
            if self.invitation_state(&invitation) == InvitationState::Open {
                seen.push(self.invitation_seen(invitation).await?);
            }
        }
        Ok(seen)
    }

    /// An invitation, however it stands.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn invitation(&self, key: InvitationKey<'_>) -> Result<InvitationSeen, Error> {
        let found = match key {
            InvitationKey::Link(carried) => self.store.invitation_by_digest(Digest::of(carried).as_bytes()).await?,
            InvitationKey::Id(id) => self.store.invitation(id).await?,
        };
        self.invitation_seen(found.ok_or_else(no_such)?).await
    }

    /// An invitation that leads here, however it stands.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn invitation_here(&self, to: &InvitedTo, id: InvitationId) -> Result<InvitationSeen, Error> {
        self.invitation_seen(self.invitation_to(to, id).await?).await
    }

    /// Answers an invitation. Only the person with the invited address does.
    ///
    /// # Errors
    /// When there is none, it can't be answered any more, is for somebody else, or the store fails.
    pub async fn answer_invitation(
        &self,
        key: InvitationKey<'_>,
        person: &Person,
        accept: bool,
        by: By,
    ) -> Result<InvitationSeen, Error> {
        let seen = self.invitation(key).await?;
        let invitation = &seen.invitation;
        if invitation.email != person.email {
            return Err(match key {
                InvitationKey::Link(_) => Refusal::Forbidden(format!(
                    "this invitation is for {}; sign in with that address to answer it",
                    masked(&invitation.email)
                )),
                // Who guesses ids learns nothing.
                InvitationKey::Id(_) => no_such(),
            }
            .into());
        }
        if let Some(refusal) = seen.state.refusal() {
            return Err(refusal.into());
        }
        if accept {
            self.check_inviter(invitation).await?;
        }
        let (end, edits) = if accept {
            (InvitationEnd::Accepted, self.entry_by_invitation(&invitation.to, person.id).await?)
        } else {
            (InvitationEnd::Declined, Vec::new())
        };
        self.end_invitation(invitation, end, edits, by).await?;
        Ok(seen)
    }

    /// Whose account was shut lets nobody in any more.
    async fn check_inviter(&self, invitation: &Invitation) -> Result<(), Error> {
        let inviter = self.store.person(invitation.invited_by).await?;
        if inviter.is_some_and(|person| person.disabled_at.is_none()) {
            return Ok(());
        }
        let sentence = "the account of who invited you was shut; ask somebody else there for a new invitation";
        Err(Refusal::Conflict(sentence.to_owned()).into())
    }

    /// The edits that let a person in. Who is there already stays what they are.
    async fn entry_by_invitation(&self, to: &InvitedTo, person: PersonId) -> Result<Vec<Edit>, Error> {
        let since = self.clock.now();
        Ok(match to {
            InvitedTo::App(app, role) => {
                let there = self.store.app_role(app, person).await?.is_some();
                let new = Collaborator { app: app.clone(), person, role: *role, since };
                if there { Vec::new() } else { vec![Edit::AddCollaborator(new)] }
            }
            InvitedTo::Organisation(organisation, role) => {
                let there = self.store.organisations_of(person).await?.iter().any(|(it, _)| it.id == *organisation);
                let new = Member { organisation: *organisation, person, role: *role, since };
                if there { Vec::new() } else { vec![Edit::AddMember(new)] }
            }
        })
    }

    async fn end_invitation(
        &self,
        invitation: &Invitation,
        end: InvitationEnd,
        mut edits: Vec<Edit>,
        by: By,
    ) -> Result<(), Error> {
        if let Some(refusal) = self.invitation_state(invitation).refusal() {
            // An expired invitation can't be ended, and need not be.
            return Err(refusal.into());
        }
        let action = match end {
            InvitationEnd::Accepted => "invitation.accepted",
            InvitationEnd::Declined => "invitation.declined",
            InvitationEnd::Withdrawn => "invitation.withdrawn",
        };
        let deed = self.invitation_deed(invitation, action, Some(by.person)).await?;
        edits.extend([Edit::EndInvitation(invitation.id, end, self.clock.now()), self.audited(by.doer, deed)]);
        Ok(self.store.change(edits).await?)
    }

    /// The address, if it can be invited.
    async fn invitable_address(&self, to: &InvitedTo, email: &str) -> Result<Email, Error> {
        let mut flaws = Vec::new();
        if matches!(to, InvitedTo::App(_, AppRole::Owner)) {
            flaws.push(Flaw::new("role", "choose admin or developer; an owner is made by transferring the app"));
        }
        let email: Option<Email> = match email.parse() {
            Ok(email) => Some(email),
            Err(error) => {
                flaws.push(Flaw::new("email", error));
                None
            }
        };
        if let Some(email) = &email {
            flaws.extend(self.why_not_invited(to, email).await?.map(|message| Flaw::new("email", message)));
        }
        match email {
            Some(email) if flaws.is_empty() => Ok(email),
            _ => Err(Refusal::Invalid(flaws).into()),
        }
    }

    /// Why somebody is not invited: they are there, or an invitation is under way.
    async fn why_not_invited(&self, to: &InvitedTo, email: &Email) -> Result<Option<&'static str>, Error> {
        let there = match to {
            InvitedTo::App(app, _) => {
                self.store.collaborators(app).await?.iter().any(|(person, _)| person.email == *email)
            }
            InvitedTo::Organisation(id, _) => {
                self.store.members(*id).await?.iter().any(|(person, _)| person.email == *email)
            }
        };
        if there {
            return Ok(Some("invite somebody else; this person is here already"));
        }
        let invitations = self.store.invitations_to(to).await?;
        let open = |it: &Invitation| it.email == *email && self.invitation_state(it) == InvitationState::Open;
        Ok(invitations
            .iter()
            .any(open)
            .then_some("wait for the answer to the invitation that is open, or send it again"))
    }

    fn new_invitation(&self, to: InvitedTo, email: Email, invited_by: PersonId) -> (Secret, Invitation) {
        let now = self.clock.now();
        let secret = random_text(&*self.random);
        let invitation = Invitation {
            id: InvitationId::new(now, &*self.random),
            to,
            email,
            digest: *secret.digest().as_bytes(),
            invited_by,
            created_at: now,
            expires_at: now.plus_millis(INVITATION_DAYS * DAY_MILLIS),
            ended: None,
        };
        (secret, invitation)
    }

    fn post_invitation(&self, seen: &InvitationSeen, secret: &Secret) {
        let link = format!("{}{PAGE}{}", self.accounts.public_url, secret.reveal());
        self.post(super::mails::invitation(&seen.invitation.email, seen, &link));
    }

    /// The invitation of this id, if it leads here.
    async fn invitation_to(&self, to: &InvitedTo, id: InvitationId) -> Result<Invitation, Error> {
        let found = self.store.invitation(id).await?.filter(|invitation| same_place(&invitation.to, to));
        Ok(found.ok_or_else(no_such)?)
    }

    pub(super) fn invitation_state(&self, invitation: &Invitation) -> InvitationState {
        match invitation.ended {
            Some((end, _)) => InvitationState::Ended(end),
            None if invitation.expires_at <= self.clock.now() => InvitationState::Expired,
            None => InvitationState::Open,
        }
    }

    async fn invitation_seen(&self, invitation: Invitation) -> Result<InvitationSeen, Error> {
        let inviter = self.store.person(invitation.invited_by).await?;
        let destination = match &invitation.to {
            InvitedTo::App(app, _) => self.store.app(app).await?.map(|app| app.name),
            InvitedTo::Organisation(id, _) => self.store.organisation(*id).await?.map(|it| it.name),
        };
        Ok(InvitationSeen {
            state: self.invitation_state(&invitation),
            inviter: inviter.map_or_else(|| "Somebody".to_owned(), |person| person.name),
            destination: destination.unwrap_or_default(),
            invitation,
        })
    }

    /// An invitation as the audit log tells it; `person` is who answered.
    pub(super) async fn invitation_deed(
        &self,
        it: &Invitation,
        action: &'static str,
        person: Option<PersonId>,
    ) -> Result<Deed, Error> {
        let (target, organisation, role): (String, Option<OrganisationId>, Value) = match &it.to {
            InvitedTo::App(app, role) => {
                let registration = self.store.registration(app).await?;
                (app.to_string(), registration.map(|registration| registration.organisation), json!(role))
            }
            InvitedTo::Organisation(id, role) => (id.to_string(), Some(*id), json!(role)),
        };
        let mut after = json!({"invitation": it.id, "email": it.email, "role": role});
        if let Some(person) = person {
            after["person"] = json!(person);
        }
        Ok(Deed { action, target, organisation, before: None, after: Some(after) })
    }
}

fn no_such() -> Refusal {
    Refusal::NotFound(
        "there is no such invitation; the link may be cut off, or from before it was sent again".to_owned(),
    )
}

/// Whether two invitations lead to the same place, in whichever role.
fn same_place(one: &InvitedTo, other: &InvitedTo) -> bool {
    match (one, other) {
        (InvitedTo::App(one, _), InvitedTo::App(other, _)) => one == other,
        (InvitedTo::Organisation(one, _), InvitedTo::Organisation(other, _)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_but_for_its_owner() {
        assert_eq!(masked(&"anna.lund@example.com".parse().unwrap()), "a…@example.com");
        assert_eq!(masked(&"a@b".parse().unwrap()), "a…@b");
    }
}
