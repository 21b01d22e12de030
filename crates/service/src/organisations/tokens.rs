//! API tokens of organisations: for programs, so that they don't stop when a person leaves.

use model::{ApiToken, OrganisationId, Person, Scope, Session, TokenId, TokenOwner};

use crate::{Error, MadeToken, NewToken, Once, Steadfast};

/// The scopes that tokens of organisations may have. People and their roles are changed by people.
pub const ORGANISATION_SCOPES: [Scope; 4] =
    [Scope::AppsRead, Scope::AppsWrite, Scope::CredentialsWrite, Scope::PeopleRead];

impl Steadfast {
    /// The tokens of an organisation that are not revoked, newest first, each with who made it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn organisation_tokens(&self, id: OrganisationId) -> Result<Vec<(ApiToken, Option<Person>)>, Error> {
        let tokens = self.tokens_of(TokenOwner::Organisation(id)).await?;
        let makers: Vec<_> = tokens.iter().map(|token| token.created_by).collect();
        let makers = self.store.people_by_id(&makers).await?;
        let maker = |token: &ApiToken| makers.iter().find(|person| person.id == token.created_by).cloned();
        Ok(tokens.into_iter().map(|token| (maker(&token), token)).map(|(maker, token)| (token, maker)).collect())
    }

    /// One of an organisation's tokens that are not revoked.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn organisation_token(&self, id: OrganisationId, token: TokenId) -> Result<ApiToken, Error> {
        self.token_of(TokenOwner::Organisation(id), token).await
    }

    /// Makes a token of an organisation. It is shown once.
    ///
    /// # Errors
    /// When what was written can't be taken, the session has no recent proof, or the store fails.
    pub async fn make_organisation_token(
        &self,
        id: OrganisationId,
        session: &Session,
        new: &NewToken,
        once: Option<&Once>,
    ) -> Result<MadeToken, Error> {
        self.make_token_of(TokenOwner::Organisation(id), &ORGANISATION_SCOPES, session, new, once).await
    }

    /// Revokes one of an organisation's tokens.
    ///
    /// # Errors
    /// When it is none of its tokens, or the store fails.
    pub async fn revoke_organisation_token(
        &self,
        id: OrganisationId,
        token: TokenId,
        session: &Session,
    ) -> Result<ApiToken, Error> {
        self.revoke_token_of(TokenOwner::Organisation(id), token, session.person).await
    }
}
