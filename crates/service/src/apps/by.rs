//! Who does it, and which person answers for it.

use access::Actor;
use model::{Doer, MemberRole, OrganisationId, PersonId, TokenId};

use crate::{Error, Refusal, Steadfast};

/// Who changes something, and the person who answers for it: the same, but for tokens of organisations, for which
/// those answer who made them; once they have left or their account is shut, an Admin of the organisation.
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
            Actor::Stranger | Actor::Source { .. } => return Err(nobody()),
            Actor::Person { id, .. } => *id,
            Actor::Organisation { id, token, .. } => self.answering_for(*id, *token).await?.ok_or_else(nobody)?,
        };
        Ok(By { doer: actor.doer(), person })
    }

    /// Who answers for a token of an organisation. Apps that it makes are theirs: never somebody's who was removed.
    async fn answering_for(&self, id: OrganisationId, token: TokenId) -> Result<Option<PersonId>, Error> {
        let maker = self.store.token(token).await?.map(|token| token.created_by);
        let mut open = self.store.members(id).await?;
        open.retain(|(person, member)| {
            person.disabled_at.is_none() && (member.role == MemberRole::Admin || Some(person.id) == maker)
        });
        let best = open.iter().min_by_key(|(person, member)| (Some(person.id) != maker, member.since, person.id));
        Ok(best.map(|(person, _)| person.id))
    }
}
