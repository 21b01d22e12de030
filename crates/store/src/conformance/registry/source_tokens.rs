//! Promises about tokens of sources.

use ::model::{Environment, SourceName, SourceToken, TokenId};

use super::super::builders::app;
use super::cast::{at, digest, id, people_and_organisation, person_id};
use super::dump::refused;
use crate::{Edit, Result, SharedStore};

fn source(name: &str) -> SourceName {
    name.parse().unwrap_or_else(|_| SourceName::http())
}

fn token(n: u8, name: &str) -> SourceToken {
    SourceToken {
        id: id(TokenId::from_bytes, n),
        source: source(name),
        digest: digest(n),
        hint: "stf_s_a1…9xYz".to_owned(),
        apps: vec![],
        environments: vec![],
        created_at: at(1),
        created_by: None,
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

/// A token of a source is found by id and digest with all its limits; they come by source, the newest first of each.
pub async fn source_tokens_read_back(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let limited = SourceToken {
        apps: vec![app("a b"), app("é")],
        environments: vec![Environment::Production, Environment::Sandbox],
        created_by: Some(person_id(1)),
        expires_at: Some(at(100)),
        ..token(1, "kong")
    };
    let used = SourceToken { last_used_at: Some(at(5)), revoked_at: Some(at(6)), ..token(2, "kong") };
    let other = token(3, "edge.1");
    let all = [&limited, &used, &other];
    store.change(all.map(|it| Edit::AddSourceToken(it.clone())).to_vec()).await?;
    for it in all {
        assert_eq!(store.source_token(it.id).await?.as_ref(), Some(it));
        assert_eq!(store.source_token_by_digest(&it.digest).await?.as_ref(), Some(it));
    }
    assert_eq!(store.source_token(id(TokenId::from_bytes, 9)).await?, None);
    assert_eq!(store.source_token_by_digest(&digest(9)).await?, None);
    assert_eq!(store.source_tokens_of(&source("kong")).await?, [used.clone(), limited.clone()]);
    assert_eq!(store.source_tokens_of(&source("Kong")).await?, []);
    assert_eq!(store.source_tokens().await?, [other, used, limited]);

    refused(&store, Edit::AddSourceToken(token(1, "kong"))).await?;
    refused(&store, Edit::AddSourceToken(SourceToken { digest: digest(1), ..token(9, "kong") })).await?;
    refused(&store, Edit::AddSourceToken(SourceToken { created_by: Some(person_id(9)), ..token(9, "kong") })).await
}

/// Use is noted, of a token that is gone too; a token is revoked once.
pub async fn a_source_token_is_used_and_revoked_once(store: SharedStore) -> Result<()> {
    let token = token(1, "kong");
    let nobodys = id(TokenId::from_bytes, 9);
    store.change(vec![Edit::AddSourceToken(token.clone()), Edit::TouchSourceToken(nobodys, at(1))]).await?;
    store.change(vec![Edit::TouchSourceToken(token.id, at(8)), Edit::TouchSourceToken(token.id, at(7))]).await?;
    store.change(vec![Edit::RevokeSourceToken(token.id, at(9))]).await?;
    let revoked = SourceToken { last_used_at: Some(at(8)), revoked_at: Some(at(9)), ..token };
    assert_eq!(store.source_token(revoked.id).await?, Some(revoked.clone()));
    refused(&store, Edit::RevokeSourceToken(revoked.id, at(10))).await?;
    refused(&store, Edit::RevokeSourceToken(nobodys, at(10))).await
}
