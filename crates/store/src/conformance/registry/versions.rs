//! Promises about drafts, versions and credentials.

use ::model::{ClientId, ClientSecret, Credential, Environment, InstallKey, Promotion, SecretId, Version, VersionId};

use super::super::builders::{PRODUCTION, SANDBOX, app};
use super::cast::{at, credential, digest, draft, id, person_id, register, secret, version, with_app};
use super::dump::refused;
use crate::{Edit, Result, SharedStore, StoreError};

/// A draft is saved by who knew the last one.
pub async fn a_draft_is_saved_on_top_of_the_one_before(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    assert_eq!(store.draft(&app("a")).await?, None);
    for revision in [-1, 0, 2] {
        refused(&store, Edit::SaveDraft(draft("a", revision))).await?;
    }
    for revision in 1..4 {
        store.change(vec![Edit::SaveDraft(draft("a", revision))]).await?;
        assert_eq!(store.draft(&app("a")).await?, Some(draft("a", revision)));
        for stale in [1, revision, revision + 2] {
            refused(&store, Edit::SaveDraft(draft("a", stale))).await?;
        }
    }
    refused(&store, Edit::SaveDraft(draft("unknown", 1))).await
}

/// Versions come highest first and are found by id.
pub async fn versions_read_back_highest_first(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    store.change(vec![register("b"), Edit::AddVersion(version(9, "b", (0, 0, 1)))]).await?;
    let numbers = [(0, 0, 1), (0, 9, 0), (0, 10, 0), (1, 0, 0), (1, 0, u32::MAX)];
    let all: Vec<Version> = (1..).zip(numbers).map(|(n, number)| version(n, "a", number)).collect();
    store.change(all.iter().cloned().map(Edit::AddVersion).collect()).await?;
    assert_eq!(store.versions(&app("a")).await?, all.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(store.version(all[1].id).await?, Some(all[1].clone()));
    assert_eq!(store.version(id(VersionId::from_bytes, 30)).await?, None);
    assert_eq!(store.versions(&app("unknown")).await?, []);
    Ok(())
}

/// A version has a greater number than all before it.
pub async fn versions_only_go_up(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    store.change(vec![Edit::AddVersion(version(1, "a", (1, 2, 3)))]).await?;
    for lower in [(1, 2, 3), (1, 2, 2), (1, 1, 9), (0, 9, 9)] {
        refused(&store, Edit::AddVersion(version(2, "a", lower))).await?;
    }
    refused(&store, Edit::AddVersion(version(1, "a", (2, 0, 0)))).await?;
    let same_key = Version { sandbox_key: version(1, "a", (0, 0, 0)).sandbox_key, ..version(2, "a", (2, 0, 0)) };
    refused(&store, Edit::AddVersion(same_key)).await?;
    refused(&store, Edit::AddVersion(version(2, "unknown", (2, 0, 0)))).await?;
    store.change(vec![Edit::AddVersion(version(2, "a", (1, 2, 4)))]).await
}

/// A version is promoted once; each of its keys says where it installs it.
pub async fn a_version_is_promoted_once(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let saved = version(1, "a", (0, 1, 0));
    store.change(vec![Edit::AddVersion(saved.clone())]).await?;
    assert_eq!(store.version_by_key(saved.sandbox_key).await?, Some((saved.clone(), SANDBOX)));
    let promotion = |key| Promotion {
        production_key: id(InstallKey::from_bytes, key),
        release_notes: "First".to_owned(),
        at: at(9),
        by: person_id(1),
    };
    assert_eq!(store.version_by_key(promotion(20).production_key).await?, None);
    store.change(vec![Edit::Promote(saved.id, promotion(20))]).await?;
    let promoted = Version { promotion: Some(promotion(20)), ..saved.clone() };
    assert_eq!(store.version(saved.id).await?, Some(promoted.clone()));
    assert_eq!(store.version_by_key(saved.sandbox_key).await?, Some((promoted.clone(), SANDBOX)));
    assert_eq!(store.version_by_key(promotion(20).production_key).await?, Some((promoted, PRODUCTION)));

    refused(&store, Edit::Promote(saved.id, promotion(21))).await?;
    refused(&store, Edit::Promote(id(VersionId::from_bytes, 9), promotion(21))).await?;
    store.change(vec![Edit::AddVersion(version(2, "a", (0, 2, 0)))]).await?;
    refused(&store, Edit::Promote(id(VersionId::from_bytes, 2), promotion(20))).await
}

fn client_id(n: u8) -> ClientId {
    id(ClientId::from_bytes, n)
}

/// An app has one credential in each environment, found by its client id.
pub async fn credentials_read_back(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let expiring = ClientSecret { expires_at: Some(at(50)), ..secret(1) };
    let sandbox = Credential { secrets: vec![expiring, secret(2)], ..credential(1, "a", SANDBOX) };
    let production = Credential { redirect_uris: vec![], ..credential(2, "a", PRODUCTION) };
    store.change([&sandbox, &production].map(|it| Edit::AddCredential(it.clone())).to_vec()).await?;
    assert_eq!(store.credentials(&app("a")).await?, [production.clone(), sandbox.clone()]);
    assert_eq!(store.credential_by_client_id(client_id(1)).await?, Some(sandbox));
    assert_eq!(store.credential_by_client_id(client_id(9)).await?, None);

    store.change(vec![register("b")]).await?;
    refused(&store, Edit::AddCredential(credential(3, "a", SANDBOX))).await?;
    refused(&store, Edit::AddCredential(credential(1, "b", SANDBOX))).await?;
    refused(&store, Edit::AddCredential(credential(3, "unknown", SANDBOX))).await?;
    let secrets = vec![secret(3), secret(4), secret(5)];
    refused(&store, Edit::AddCredential(Credential { secrets, ..credential(3, "b", SANDBOX) })).await?;
    let taken = ClientSecret { digest: digest(2), ..secret(3) };
    refused(&store, Edit::AddCredential(Credential { secrets: vec![taken], ..credential(3, "b", SANDBOX) })).await?;

    let uris = vec!["http://localhost:8080/".to_owned()];
    store.change(vec![Edit::SetRedirectUris(app("a"), PRODUCTION, uris.clone())]).await?;
    let found = store.credential_by_client_id(client_id(2)).await?;
    assert_eq!(found, Some(Credential { redirect_uris: uris, ..production }));
    refused(&store, Edit::SetRedirectUris(app("b"), PRODUCTION, vec![])).await
}

/// A credential has two secrets that are good at most; those that are no longer good make room.
pub async fn a_credential_has_two_good_secrets_at_most(store: SharedStore) -> Result<()> {
    with_app(&store).await?;
    let a = || app("a");
    let secrets = async |environment: Environment| {
        let found = store.credentials(&a()).await?.into_iter().find(|it| it.environment == environment);
        let digests = found.map(|it| it.secrets.iter().map(|secret| secret.digest[0]).collect::<Vec<_>>());
        Ok::<_, StoreError>(digests.unwrap_or_default())
    };
    store
        .change([(1, SANDBOX), (2, PRODUCTION)].map(|(n, at)| Edit::AddCredential(credential(n, "a", at))).to_vec())
        .await?;
    let add = |n, now| Edit::AddSecret(a(), SANDBOX, secret(n), at(now));
    store.change(vec![add(2, 0), add(1, 0)]).await?;
    assert_eq!(secrets(SANDBOX).await?, [1, 2]);
    assert_eq!(secrets(PRODUCTION).await?, [0; 0]);
    refused(&store, add(3, 0)).await?;

    let secret_id = |n| id(SecretId::from_bytes, n);
    store.change(vec![Edit::ExpireSecret(a(), SANDBOX, secret_id(1), at(10))]).await?;
    refused(&store, add(3, 9)).await?;
    store.change(vec![add(3, 10)]).await?;
    assert_eq!(secrets(SANDBOX).await?, [2, 3]);
    store.change(vec![Edit::RemoveSecret(a(), SANDBOX, secret_id(2))]).await?;
    assert_eq!(secrets(SANDBOX).await?, [3]);

    refused(&store, add(3, 20)).await?;
    for gone in [1, 2] {
        refused(&store, Edit::RemoveSecret(a(), SANDBOX, secret_id(gone))).await?;
        refused(&store, Edit::ExpireSecret(a(), SANDBOX, secret_id(gone), at(1))).await?;
    }
    refused(&store, Edit::RemoveSecret(a(), PRODUCTION, secret_id(3))).await?;
    store.change(vec![register("b")]).await?;
    refused(&store, Edit::AddSecret(app("b"), SANDBOX, secret(5), at(0))).await
}
