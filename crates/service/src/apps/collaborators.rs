//! Who works on an app, as what. An app always has exactly one owner.

use model::{AppId, AppRole, Collaborator, InvitedTo, Person, PersonId};
use serde_json::json;
use store::Edit;

use super::By;
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

impl Steadfast {
    /// The people who work on an app: the owner first, then by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn collaborators(&self, app: &AppId) -> Result<Vec<(Person, Collaborator)>, Error> {
        Ok(self.store.collaborators(app).await?)
    }

    /// Changes what a collaborator may do. The owner's role changes only by a transfer.
    ///
    /// # Errors
    /// When they are no collaborator, are the owner or would become it, or the store fails.
    pub async fn set_app_role(&self, app: &AppId, person: PersonId, role: AppRole, by: By) -> Result<(), Error> {
        let now = self.app_role_of(app, person).await?;
        if role == AppRole::Owner {
            let message = "choose admin or developer; an owner is made by transferring the app";
            return Err(Refusal::invalid("role", message).into());
        }
        if now == AppRole::Owner {
            return Err(
                Refusal::Conflict("the owner's role changes only when the app is transferred".to_owned()).into()
            );
        }
        if now == role {
            return Ok(());
        }
        let mut edits = vec![Edit::SetAppRole(app.clone(), person, now, role)];
        if role < now {
            edits.extend(self.ending_invitations(&InvitedTo::App(app.clone(), now), person, by).await?);
        }
        self.change_collaborator(app, person, "collaborator.changed", (Some(now), Some(role)), edits, by).await
    }

    /// Removes a collaborator, or lets them leave. Nobody removes the owner. With who is removed go their open invitations.
    ///
    /// # Errors
    /// When they are no collaborator, or the owner, or the store fails.
    pub async fn remove_collaborator(&self, app: &AppId, person: PersonId, by: By) -> Result<(), Error> {
        let now = self.app_role_of(app, person).await?;
        if now == AppRole::Owner {
            let sentence = if person == by.person {
                "you own this app; transfer it to another collaborator before you leave"
            } else {
                "the owner can't be removed; they can transfer the app to another collaborator"
            };
            return Err(Refusal::Conflict(sentence.to_owned()).into());
        }
        let mut edits = vec![Edit::RemoveCollaborator(app.clone(), person)];
        edits.extend(self.ending_invitations(&InvitedTo::App(app.clone(), now), person, by).await?);
        let action = if person == by.person { "collaborator.left" } else { "collaborator.removed" };
        self.change_collaborator(app, person, action, (Some(now), None), edits, by).await
    }

    /// Makes another collaborator the owner; the one before becomes an admin.
    ///
    /// # Errors
    /// When they are no collaborator, or the owner already, or the store fails.
    pub async fn transfer_app(&self, id: &AppId, to: PersonId, by: By) -> Result<(), Error> {
        let (app, _) = self.registered_app(id).await?;
        let people = self.store.collaborators(id).await?;
        let Some((new, now)) = people.iter().find(|(person, _)| person.id == to) else {
            let message = "choose somebody who works on the app; invite them first";
            return Err(Refusal::invalid("person", message).into());
        };
        if now.role == AppRole::Owner {
            return Err(Refusal::invalid("person", "choose somebody else; they own the app already").into());
        }
        if new.disabled_at.is_some() {
            return Err(Refusal::invalid("person", "choose somebody else; their account is shut").into());
        }
        let owner = people.iter().find(|(_, collaborator)| collaborator.role == AppRole::Owner);
        // The owner goes first: an app never has two.
        let mut edits: Vec<Edit> = owner
            .map(|(person, _)| Edit::SetAppRole(id.clone(), person.id, AppRole::Owner, AppRole::Admin))
            .into_iter()
            .collect();
        edits.push(Edit::SetAppRole(id.clone(), to, now.role, AppRole::Owner));
        edits.push(Edit::ExpectOneOwner(id.clone()));
        self.change_collaborator(id, to, "app.transferred", (Some(now.role), Some(AppRole::Owner)), edits, by).await?;
        let from = owner.map_or("Somebody", |(person, _)| person.name.as_str());
        self.post(super::mails::transferred(new, &app, from, &self.accounts.public_url));
        Ok(())
    }

    async fn app_role_of(&self, app: &AppId, person: PersonId) -> Result<AppRole, Error> {
        let nobody = || Refusal::NotFound("this person does not work on the app".to_owned());
        Ok(self.store.app_role(app, person).await?.ok_or_else(nobody)?)
    }

    /// Carries out `edits`, which change what one person is in an app, from what to what.
    async fn change_collaborator(
        &self,
        app: &AppId,
        person: PersonId,
        action: &'static str,
        (before, after): (Option<AppRole>, Option<AppRole>),
        mut edits: Vec<Edit>,
        by: By,
    ) -> Result<(), Error> {
        let (_, registration) = self.registered_app(app).await?;
        let told = |role: AppRole| json!({"person": person, "role": role});
        let deed = Deed {
            action,
            target: app.to_string(),
            organisation: Some(registration.organisation),
            before: before.map(told),
            after: after.map(told),
        };
        edits.push(self.audited(by.doer, deed));
        Ok(self.store.change(edits).await?)
    }
}
