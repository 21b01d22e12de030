//! Who is in an organisation, as what. An organisation always has an Admin.

use model::{App, AppRole, InvitedTo, Member, MemberRole, OrganisationId, Person, PersonId};
use serde_json::json;
use store::{Edit, StoreError};

use crate::audit::Deed;
use crate::{By, Error, Refusal, Steadfast};

/// An app of an organisation that one of its people works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppOfMember {
    /// The app.
    pub app: App,
    /// What they are in it.
    pub role: AppRole,
}

impl Steadfast {
    /// The people of an organisation, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn members(&self, id: OrganisationId) -> Result<Vec<(Person, Member)>, Error> {
        Ok(self.store.members(id).await?)
    }

    /// One person of an organisation.
    ///
    /// # Errors
    /// When they are not in it, or the store fails.
    pub async fn member(&self, id: OrganisationId, person: PersonId) -> Result<(Person, Member), Error> {
        let nobody = || Refusal::NotFound("this person is not in the organisation".to_owned());
        let members = self.store.members(id).await?;
        Ok(members.into_iter().find(|(_, member)| member.person == person).ok_or_else(nobody)?)
    }

    /// The apps of an organisation that a person works on, those first that they own.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps_of_member(&self, id: OrganisationId, person: PersonId) -> Result<Vec<AppOfMember>, Error> {
        let owned = self.apps_of_organisation(id).await?;
        let mut apps = Vec::new();
        for (app, role) in self.store.apps_of(person).await? {
            if owned.contains(&app)
                && let Some(app) = self.store.app(&app).await?
            {
                apps.push(AppOfMember { app, role });
            }
        }
        apps.sort_by_cached_key(|it| (it.role != AppRole::Owner, it.app.name.to_lowercase(), it.app.id.clone()));
        Ok(apps)
    }

    /// Changes what a member may do.
    ///
    /// # Errors
    /// When they are not in it, no Admin would be left, or the store fails.
    pub async fn set_member_role(
        &self,
        id: OrganisationId,
        person: PersonId,
        role: MemberRole,
        by: By,
    ) -> Result<(), Error> {
        let (_, member) = self.member(id, person).await?;
        if member.role == role {
            return Ok(());
        }
        let deed = Deed {
            action: "member.changed",
            target: id.to_string(),
            organisation: Some(id),
            before: Some(json!({"person": person, "role": member.role})),
            after: Some(json!({"person": person, "role": role})),
        };
        let mut edits = vec![Edit::SetMemberRole(id, person, role), Edit::ExpectAdmin(id), self.audited(by.doer, deed)];
        if role < member.role {
            edits.extend(self.ending_invitations(&InvitedTo::Organisation(id, member.role), person, by).await?);
        }
        self.with_an_admin(id, member, edits).await
    }

    /// Removes a member, or lets them leave. With `from_apps` they also stop working on the organisation's apps, but for
    /// those that they own: an app always has an owner, so those wait for an Admin who takes them over.
    ///
    /// # Errors
    /// When they are not in it, no Admin would be left, or the store fails.
    pub async fn remove_member(
        &self,
        id: OrganisationId,
        person: PersonId,
        from_apps: bool,
        by: By,
    ) -> Result<(), Error> {
        let (_, member) = self.member(id, person).await?;
        let apps = self.apps_of_member(id, person).await?;
        let mut edits = vec![Edit::RemoveMember(id, person), Edit::ExpectAdmin(id)];
        edits.extend(self.ending_invitations(&InvitedTo::Organisation(id, member.role), person, by).await?);
        for AppOfMember { app, role } in apps.iter().filter(|it| from_apps && it.role != AppRole::Owner) {
            let deed = Deed {
                action: "collaborator.removed",
                target: app.id.to_string(),
                organisation: Some(id),
                before: Some(json!({"person": person, "role": role})),
                after: None,
            };
            edits.extend([Edit::RemoveCollaborator(app.id.clone(), person), self.audited(by.doer, deed)]);
            edits.extend(self.ending_invitations(&InvitedTo::App(app.id.clone(), *role), person, by).await?);
        }
        let owned: Vec<_> = apps.iter().filter(|it| it.role == AppRole::Owner).map(|it| &it.app.id).collect();
        let mut before = json!({"person": person, "role": member.role});
        if !owned.is_empty() {
            before["owner_of"] = json!(owned);
        }
        let deed = Deed {
            action: if person == by.person { "member.left" } else { "member.removed" },
            target: id.to_string(),
            organisation: Some(id),
            before: Some(before),
            after: None,
        };
        edits.push(self.audited(by.doer, deed));
        self.with_an_admin(id, member, edits).await
    }

    /// Carries out edits of one member that must leave an Admin, and says so where they don't.
    async fn with_an_admin(&self, id: OrganisationId, member: Member, edits: Vec<Edit>) -> Result<(), Error> {
        match self.store.change(edits).await {
            Err(StoreError::Conflict)
                if member.role == MemberRole::Admin && !self.has_other_admin(id, member).await? =>
            {
                let sentence =
                    "an organisation needs an Admin, and this is the last one; make somebody else an Admin first";
                Err(Refusal::Conflict(sentence.to_owned()).into())
            }
            other => Ok(other?),
        }
    }

    async fn has_other_admin(&self, id: OrganisationId, member: Member) -> Result<bool, Error> {
        let members = self.store.members(id).await?;
        Ok(members.iter().any(|(_, other)| other.person != member.person && other.role == MemberRole::Admin))
    }
}
