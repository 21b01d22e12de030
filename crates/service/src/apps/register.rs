//! Making an app.

use access::Actor;
use model::{App, AppId, AppRole, Collaborator, Distribution, Organisation, OrganisationId, Registration};
use secrets::random_code;
use serde_json::json;
use store::Edit;

use super::By;
use super::names::{TAIL_CHARACTERS, app_id, app_name};
use crate::audit::Deed;
use crate::{Error, Flaw, Limit, Once, Refusal, Steadfast};

/// How many apps one person makes in an hour: enough for tests, too few to flood a list.
const MAKING: Limit = Limit::new("new app", 60, 3600);

/// How often another tail is tried where an id is taken. Once in a billion it is.
const TRIES: usize = 3;

/// An app to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewApp {
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// Who will own it; may be left out by who is in one organisation only.
    pub organisation: Option<OrganisationId>,
}

impl Steadfast {
    /// The organisations for which an actor can make apps, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn organisations_for_apps(&self, actor: &Actor) -> Result<Vec<Organisation>, Error> {
        Ok(match actor {
            Actor::Stranger | Actor::Source { .. } => Vec::new(),
            Actor::Person { id, .. } => {
                let memberships = self.store.organisations_of(*id).await?;
                memberships.into_iter().map(|(organisation, _)| organisation).collect()
            }
            Actor::Organisation { id, .. } => self.store.organisation(*id).await?.into_iter().collect(),
        })
    }

    /// Makes an app. Who makes it becomes its owner. Sent again with the same key it makes nothing, and answers with
    /// the app of the first time.
    ///
    /// # Errors
    /// Name and organisation are checked; see also [`Refusal::TooMany`]. When the store fails.
    pub async fn register_app(&self, actor: &Actor, new: &NewApp, once: Option<&Once>) -> Result<AppId, Error> {
        if let Some(made) = self.made_before(once).await?
            && let Ok(made) = made.parse()
        {
            return Ok(made);
        }
        let by = self.by(actor).await?;
        let organisations = self.organisations_for_apps(actor).await?;
        let mut flaws = Vec::new();
        let name = app_name(&new.name).map_err(|flaw| flaws.push(flaw));
        let owner = owning(&organisations, new.organisation).map_err(|flaw| flaws.push(flaw));
        let (Ok(name), Ok(organisation)) = (name, owner) else {
            return Err(Refusal::Invalid(flaws).into());
        };
        self.accounts.doors.knock(MAKING, &by.person.to_string(), self.clock.now())?;
        let id = self.free_app_id(&name).await?;
        let app = App {
            id: id.clone(),
            name,
            components: Vec::new(),
            distribution: Some(Distribution::Custom),
            discovered: false,
        };
        self.store.change(self.registering_app(app, organisation, by, once)).await?;
        Ok(id)
    }

    fn registering_app(&self, app: App, organisation: OrganisationId, by: By, once: Option<&Once>) -> Vec<Edit> {
        let now = self.clock.now();
        let deed = Deed {
            action: "app.created",
            target: app.id.to_string(),
            organisation: Some(organisation),
            before: None,
            after: Some(json!({"name": app.name, "owner": by.person})),
        };
        let registration = Registration {
            app: app.id.clone(),
            organisation,
            description: String::new(),
            created_at: now,
            created_by: by.person,
        };
        let id = app.id.clone();
        let owner = Collaborator { app: id.clone(), person: by.person, role: AppRole::Owner, since: now };
        let mut edits = vec![
            Edit::Register(app, registration),
            Edit::AddCollaborator(owner),
            Edit::ExpectOneOwner(id.clone()),
            self.audited(by.doer, deed),
        ];
        edits.extend(self.remembered(once, id.as_str()));
        edits
    }

    /// An id that no app has, nor has ever been named in traffic.
    async fn free_app_id(&self, name: &str) -> Result<AppId, Error> {
        for _ in 0..TRIES {
            if let Some(id) = app_id(name, &random_code(&*self.random, TAIL_CHARACTERS))
                && self.store.app(&id).await?.is_none()
            {
                return Ok(id);
            }
        }
        Err(Refusal::Conflict("no free id was found for this name; try again".to_owned()).into())
    }
}

/// The organisation that will own an app: the chosen one, or the only one.
pub(super) fn owning(organisations: &[Organisation], chosen: Option<OrganisationId>) -> Result<OrganisationId, Flaw> {
    let flaw = |message: &str| Flaw::new("organisation", message);
    match (chosen, organisations) {
        (_, []) => Err(flaw("make an organisation first: apps belong to organisations")),
        (Some(chosen), _) => {
            let member = organisations.iter().any(|organisation| organisation.id == chosen);
            if member { Ok(chosen) } else { Err(flaw("choose an organisation that you are in")) }
        }
        (None, [only]) => Ok(only.id),
        (None, _) => Err(flaw("choose the organisation that will own the app")),
    }
}
