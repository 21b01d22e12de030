//! An app at a glance.

use std::collections::BTreeSet;

use model::{AppId, AppRole, Day, InvitedTo, Organisation, Person, Registration, Version};

use crate::view::AppOverview;
use crate::{Error, Steadfast};

/// What an app's first page tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSummary {
    /// The app and how healthy it is.
    pub overview: AppOverview,
    /// Its registration; none for a discovered app.
    pub registration: Option<Registration>,
    /// The organisation that owns it.
    pub organisation: Option<Organisation>,
    /// The person who owns it.
    pub owner: Option<Person>,
    /// How many people work on it.
    pub collaborators: usize,
    /// How many invitations to it nobody answered yet.
    pub invitations: usize,
    /// Whether its draft says anything.
    pub drafted: bool,
    /// Its highest version.
    pub latest: Option<Version>,
    /// Its highest version that went to production.
    pub promoted: Option<Version>,
    /// Whether it has credentials for any environment.
    pub credentials: bool,
}

impl Steadfast {
    /// An app at a glance, as of a day.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn app_summary(&self, id: &AppId, as_of: Day) -> Result<AppSummary, Error> {
        let overviews = self.apps_of(&BTreeSet::from([id.clone()]), as_of).await?;
        let overview = overviews.into_iter().next().ok_or_else(|| Error::NoSuchApp(id.clone()))?;
        let registration = self.store.registration(id).await?;
        let organisation = match &registration {
            Some(registration) => self.store.organisation(registration.organisation).await?,
            None => None,
        };
        let people = self.store.collaborators(id).await?;
        let versions = self.store.versions(id).await?;
        let invitations = self.invitations_to(&InvitedTo::App(id.clone(), AppRole::Developer)).await?;
        Ok(AppSummary {
            overview,
            registration,
            organisation,
            collaborators: people.len(),
            owner: people.into_iter().find(|(_, it)| it.role == AppRole::Owner).map(|(person, _)| person),
            invitations: invitations.len(),
            drafted: self.store.draft(id).await?.is_some(),
            promoted: versions.iter().find(|version| version.promotion.is_some()).cloned(),
            latest: versions.into_iter().next(),
            credentials: !self.store.credentials(id).await?.is_empty(),
        })
    }
}
