//! Promises about API tokens.

use ::model::{ApiToken, Scope, TokenId, TokenOwner};

use super::cast::{at, digest, id, organisation_id, people_and_organisation, person_id, token};
use super::dump::refused;
use crate::{Edit, Result, SharedStore};

/// A token is found by id and digest with every scope in its order; an owner's tokens come newest first.
pub async fn tokens_read_back(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let (mine, ours) = (TokenOwner::Person(person_id(1)), TokenOwner::Organisation(organisation_id(1)));
    let all_scopes = ApiToken { scopes: Scope::ALL.to_vec(), ..token(1, mine) };
    let used = ApiToken { scopes: vec![], last_used_at: Some(at(5)), revoked_at: Some(at(6)), ..token(2, mine) };
    let organisations = token(3, ours);
    let all = [&all_scopes, &used, &organisations];
    store.change(all.map(|it| Edit::AddToken(it.clone())).to_vec()).await?;
    for it in all {
        assert_eq!(store.token(it.id).await?.as_ref(), Some(it));
        assert_eq!(store.token_by_digest(&it.digest).await?.as_ref(), Some(it));
    }
    assert_eq!(store.token(id(TokenId::from_bytes, 9)).await?, None);
    assert_eq!(store.token_by_digest(&digest(9)).await?, None);
    assert_eq!(store.tokens_of(mine).await?, [used, all_scopes]);
    assert_eq!(store.tokens_of(ours).await?, [organisations]);
    assert_eq!(store.tokens_of(TokenOwner::Person(person_id(2))).await?, []);

    refused(&store, Edit::AddToken(token(1, mine))).await?;
    refused(&store, Edit::AddToken(ApiToken { digest: digest(1), ..token(9, mine) })).await?;
    refused(&store, Edit::AddToken(token(9, TokenOwner::Person(person_id(9))))).await?;
    refused(&store, Edit::AddToken(token(9, TokenOwner::Organisation(organisation_id(9))))).await
}

/// Use is noted, of a token that is gone too; a token is revoked once.
pub async fn a_token_is_used_and_revoked_once(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let token = token(1, TokenOwner::Person(person_id(1)));
    let nobodys = id(TokenId::from_bytes, 9);
    store.change(vec![Edit::AddToken(token.clone()), Edit::TouchToken(nobodys, at(1))]).await?;
    store.change(vec![Edit::TouchToken(token.id, at(8)), Edit::TouchToken(token.id, at(7))]).await?;
    store.change(vec![Edit::RevokeToken(token.id, at(9))]).await?;
    let revoked = ApiToken { last_used_at: Some(at(8)), revoked_at: Some(at(9)), ..token };
    assert_eq!(store.token(revoked.id).await?, Some(revoked.clone()));
    refused(&store, Edit::RevokeToken(revoked.id, at(10))).await?;
    refused(&store, Edit::RevokeToken(nobodys, at(10))).await
}
