//! Who does it, and which person answers for it.

use access::Actor;
use model::{Doer, PersonId};

use crate::{Error, Refusal, Steadfast};

/// Who changes something, and the person who answers for it: the same, but for tokens of organisations, for which
/// those answer who made them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    /// As the audit log names them.
    pub doer: Doer,
    /// Who answers for it.
    pub person: PersonId,
}

impl Steadfast {
    /// Who acts, as one who changes something.
    ///
    /// # Errors
    /// For strangers, and when the store fails.
    pub async fn by(&self, actor: &Actor) -> Result<By, Error> {
        let nobody = || Error::from(Refusal::Forbidden("sign in first, or send an API token".to_owned()));
        let person = match actor {
            Actor::Stranger => return Err(nobody()),
            Actor::Person { id, .. } => *id,
            Actor::Organisation { token, .. } => self.store.token(*token).await?.ok_or_else(nobody)?.created_by,
        };
        Ok(By { doer: actor.doer(), person })
    }
}
