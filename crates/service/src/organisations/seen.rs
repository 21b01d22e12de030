//! Organisations as lists and pages show them.

use access::{Actor, OrganisationStanding};
use model::{App, MemberRole, Organisation, OrganisationId, PersonId};

use crate::{Error, Refusal, Steadfast};

/// An organisation in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationSeen {
    /// The organisation.
    pub organisation: Organisation,
    /// What who looks is in it.
    pub role: Option<MemberRole>,
    /// How many people are in it.
    pub people: usize,
    /// How many apps it owns.
    pub apps: usize,
}

impl Steadfast {
    /// The organisations that a person is in, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn organisations_of(&self, person: PersonId) -> Result<Vec<OrganisationSeen>, Error> {
        let memberships = self.store.organisations_of(person).await?;
        let roles: Vec<Option<MemberRole>> = memberships.iter().map(|(_, member)| Some(member.role)).collect();
        let organisations = memberships.into_iter().map(|(organisation, _)| organisation);
        let mut seen = self.sized_organisations(organisations.collect()).await?;
        for (one, role) in seen.iter_mut().zip(roles) {
            one.role = role;
        }
        Ok(seen)
    }

    /// All organisations whose name holds `search` (without regard to case), by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all_organisations(&self, search: &str) -> Result<Vec<Organisation>, Error> {
        let mut all = self.store.organisations().await?;
        let search = search.trim().to_lowercase();
        if !search.is_empty() {
            all.retain(|it| it.name.to_lowercase().contains(&search) || it.id.to_string() == search);
        }
        Ok(all)
    }

    /// These organisations with their people and apps counted; for as many as one page shows.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sized_organisations(&self, organisations: Vec<Organisation>) -> Result<Vec<OrganisationSeen>, Error> {
        let mut seen = Vec::with_capacity(organisations.len());
        for organisation in organisations {
            let people = self.store.members(organisation.id).await?.len();
            let apps = self.store.apps_of_organisation(organisation.id).await?.len();
            seen.push(OrganisationSeen { organisation, role: None, people, apps });
        }
        Ok(seen)
    }

    /// An organisation.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn organisation(&self, id: OrganisationId) -> Result<Organisation, Error> {
        let none = || Refusal::NotFound("there is no such organisation".to_owned());
        Ok(self.store.organisation(id).await?.ok_or_else(none)?)
    }

    /// An organisation, and what ties an actor to it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn organisation_standing(
        &self,
        id: OrganisationId,
        actor: &Actor,
    ) -> Result<(Option<Organisation>, OrganisationStanding), Error> {
        let Some(organisation) = self.store.organisation(id).await? else {
            return Ok((None, OrganisationStanding::default()));
        };
        let member = match actor.person() {
            Some(person) => self.membership(id, person).await?,
            None => None,
        };
        Ok((Some(organisation), OrganisationStanding::new(actor, id, member)))
    }

    /// What a person is in an organisation.
    pub(crate) async fn membership(&self, id: OrganisationId, person: PersonId) -> Result<Option<MemberRole>, Error> {
        let memberships = self.store.organisations_of(person).await?;
        Ok(memberships.iter().find(|(organisation, _)| organisation.id == id).map(|(_, member)| member.role))
    }

    /// The apps that an organisation owns, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps_owned_by(&self, id: OrganisationId) -> Result<Vec<App>, Error> {
        let mut apps = Vec::new();
        for app in self.store.apps_of_organisation(id).await? {
            apps.extend(self.store.app(&app).await?);
        }
        apps.sort_by_cached_key(|app| (app.name.to_lowercase(), app.id.clone()));
        Ok(apps)
    }
}
