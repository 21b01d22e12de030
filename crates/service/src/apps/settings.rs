//! What an app is called and says of itself, and its end.

use model::{App, AppId, AppRole, Collaborator, Distribution, Registration};
use serde_json::{Value, json};
use store::Edit;

use super::By;
use super::names::{app_name, text_of};
use crate::audit::Deed;
use crate::{Error, Flaw, Refusal, Steadfast};

/// The most characters of an app's description.
pub const DESCRIPTION_CHARACTERS: usize = 500;

/// What is to be different; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppChange {
    /// 1 to 60 characters.
    pub name: Option<String>,
    /// Up to 500 characters.
    pub description: Option<String>,
    /// How it reaches companies.
    pub distribution: Option<Distribution>,
}

impl AppChange {
    /// What is wrong with it, every flaw.
    #[must_use]
    pub fn flaws(&self) -> Vec<Flaw> {
        let name = self.name.as_deref().and_then(|name| app_name(name).err());
        let description = self.description.as_deref().and_then(|text| described(text).err());
        name.into_iter().chain(description).collect()
    }
}

impl Steadfast {
    /// An app and its registration.
    ///
    /// # Errors
    /// When nobody has registered such an app, or the store fails.
    pub async fn registered_app(&self, id: &AppId) -> Result<(App, Registration), Error> {
        let app = self.known(id).await?;
        let missing = || Refusal::Conflict("nobody has registered this app; it was only seen in traffic".to_owned());
        let registration = self.store.registration(id).await?.ok_or_else(missing)?;
        Ok((app, registration))
    }

    /// Changes name, description or distribution.
    ///
    /// # Errors
    /// All fields are checked; when the app is not registered, or the store fails.
    pub async fn change_app(&self, id: &AppId, change: &AppChange, by: By) -> Result<(), Error> {
        let (app, registration) = self.registered_app(id).await?;
        let flaws = change.flaws();
        if !flaws.is_empty() {
            return Err(Refusal::Invalid(flaws).into());
        }
        let mut changed = (app.clone(), registration.clone());
        if let Some(Ok(name)) = change.name.as_deref().map(app_name) {
            changed.0.name = name;
        }
        if let Some(Ok(description)) = change.description.as_deref().map(described) {
            changed.1.description = description;
        }
        changed.0.distribution = change.distribution.or(app.distribution);
        if changed == (app.clone(), registration.clone()) {
            return Ok(());
        }
        let deed = Deed {
            action: "app.changed",
            target: id.to_string(),
            organisation: Some(registration.organisation),
            before: Some(told(&app, &registration)),
            after: Some(told(&changed.0, &changed.1)),
        };
        let edits = vec![Edit::SaveRegistered(changed.0, changed.1), self.audited(by.doer, deed)];
        Ok(self.store.change(edits).await?)
    }

    /// Deletes an app: its registration and all that belongs to it. What was counted stays.
    ///
    /// # Errors
    /// When the app is not registered, or the store fails.
    pub async fn delete_app(&self, id: &AppId, by: By) -> Result<(), Error> {
        let (app, registration) = self.registered_app(id).await?;
        let deed = Deed {
            action: "app.deleted",
            target: id.to_string(),
            organisation: Some(registration.organisation),
            before: Some(told(&app, &registration)),
            after: None,
        };
        Ok(self.store.change(vec![Edit::Unregister(id.clone()), self.audited(by.doer, deed)]).await?)
    }

    /// Makes who acts the owner of an app of their organisation; who was it becomes an admin.
    ///
    /// # Errors
    /// When they are the owner already, the app is not registered, or the store fails.
    pub async fn take_over_app(&self, id: &AppId, by: By) -> Result<(), Error> {
        let (app, registration) = self.registered_app(id).await?;
        let people = self.store.collaborators(id).await?;
        let owner = people.iter().find(|(_, collaborator)| collaborator.role == AppRole::Owner);
        if owner.is_some_and(|(person, _)| person.id == by.person) {
            return Err(Refusal::Conflict("you own this app already".to_owned()).into());
        }
        let own = people.iter().find(|(person, _)| person.id == by.person).map(|(_, collaborator)| collaborator.role);
        let mut edits = Vec::new();
        // The owner goes first: an app never has two.
        edits.extend(owner.map(|(person, _)| Edit::SetAppRole(id.clone(), person.id, AppRole::Owner, AppRole::Admin)));
        edits.push(match own {
            Some(role) => Edit::SetAppRole(id.clone(), by.person, role, AppRole::Owner),
            None => Edit::AddCollaborator(Collaborator {
                app: id.clone(),
                person: by.person,
                role: AppRole::Owner,
                since: self.clock.now(),
            }),
        });
        let deed = Deed {
            action: "app.taken_over",
            target: id.to_string(),
            organisation: Some(registration.organisation),
            before: Some(json!({"owner": owner.map(|(person, _)| person.id)})),
            after: Some(json!({"owner": by.person})),
        };
        edits.extend([Edit::ExpectOneOwner(id.clone()), self.audited(by.doer, deed)]);
        self.store.change(edits).await?;
        if let Some((owner, _)) = owner {
            let new = self.store.person(by.person).await?;
            let name = new.map_or_else(|| "An admin of your organisation".to_owned(), |person| person.name);
            self.post(super::mails::taken_over(owner, &app, &name, &self.accounts.public_url));
        }
        Ok(())
    }
}

fn described(text: &str) -> Result<String, Flaw> {
    text_of("description", text, DESCRIPTION_CHARACTERS)
}

/// An app as the audit log tells it.
fn told(app: &App, registration: &Registration) -> Value {
    json!({
        "name": app.name,
        "description": registration.description,
        "distribution": app.distribution,
    })
}
