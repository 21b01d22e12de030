//! What ties somebody to an app.

use access::{Actor, Standing};
use model::{AppId, Registration};

use crate::{Error, Steadfast};

impl Steadfast {
    /// The registration of an app, and what ties an actor to it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn standing(&self, app: &AppId, actor: &Actor) -> Result<(Option<Registration>, Standing), Error> {
        let Some(registration) = self.store.registration(app).await? else {
            return Ok((None, Standing::default()));
        };
        let mut standing = Standing::default();
        match actor {
            Actor::Stranger | Actor::Source { .. } => {}
            Actor::Organisation { id, .. } => standing.owning_token = *id == registration.organisation,
            Actor::Person { id, .. } => {
                standing.collaborator = self.store.app_role(app, *id).await?;
                let memberships = self.store.organisations_of(*id).await?;
                let owning = memberships.iter().find(|(organisation, _)| organisation.id == registration.organisation);
                standing.member = owning.map(|(_, member)| member.role);
            }
        }
        Ok((Some(registration), standing))
    }
}
