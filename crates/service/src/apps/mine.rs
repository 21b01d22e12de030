//! Whose apps there are, and how each of them is.

use std::collections::BTreeSet;

use model::{AppId, Day, DayRange, MemberRole, OrganisationId, PersonId};

use crate::judge::with_unjudged;
use crate::view::AppOverview;
use crate::{Error, Steadfast, overview};

/// Up to so many apps are read one by one; more are taken from the overview of all.
const FEW: usize = 10;

impl Steadfast {
    /// The apps that a person works on, and those of the organisations where they are an admin.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps_of_person(&self, person: PersonId) -> Result<BTreeSet<AppId>, Error> {
        let own = self.store.apps_of(person).await?;
        let mut apps: BTreeSet<AppId> = own.into_iter().map(|(app, _)| app).collect();
        for (organisation, member) in self.store.organisations_of(person).await? {
            if member.role == MemberRole::Admin {
                apps.extend(self.apps_of_organisation(organisation.id).await?);
            }
        }
        Ok(apps)
    }

    /// The apps that an organisation owns.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps_of_organisation(&self, organisation: OrganisationId) -> Result<BTreeSet<AppId>, Error> {
        Ok(self.store.apps_of_organisation(organisation).await?.into_iter().collect())
    }

    /// These apps with their status as of a day, in the order of [`Steadfast::apps`]. Ids of no app are left out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps_of(&self, ids: &BTreeSet<AppId>, as_of: Day) -> Result<Vec<AppOverview>, Error> {
        if ids.len() > FEW {
            let all = self.overview(as_of).await?;
            let theirs = all.apps.iter().filter(|app| ids.contains(&app.overview.app.id));
            return Ok(theirs.map(|app| app.overview.clone()).collect());
        }
        let days = self.listed_days(as_of);
        let completeness = self.completeness().await?;
        let window = DayRange::before(as_of, health::WINDOW_DAYS);
        let mut apps = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(app) = self.store.app(id).await? else { continue };
            let (_, unjudged) = self.judge_readable(Some(id), days).await?;
            let verdicts = self.store.verdicts(Some(id), days).await?;
            let listed: Vec<_> = verdicts.iter().map(overview::listed).collect();
            let mut app = overview::overview(app, &listed, as_of, &self.rules);
            app.incomplete = with_unjudged(&completeness.days, &unjudged.days).of_app(id, window);
            apps.push(app);
        }
        overview::worst_first(&mut apps);
        Ok(apps)
    }
}
