//! Promises about how people prove who they are.

use ::model::ProviderIdentity;

use super::cast::{digest, people_and_organisation, person_id, second_factor};
use super::dump::{refused, sign_in};
use crate::{Edit, Result, SharedStore};

/// Password and second factor read back; removing the factor removes the recovery codes.
pub async fn ways_to_sign_in_read_back(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let (one, two) = (person_id(1), person_id(2));
    assert_eq!(sign_in(&store, person_id(9)).await?, None);
    assert_eq!(sign_in(&store, one).await?, Some((None, None, 0)));

    let codes = |count: u8| (0..count).map(digest).collect::<Vec<_>>();
    let of_two = vec![Edit::SetPassword(two, Some("other".to_owned())), Edit::SetRecoveryCodes(two, codes(3))];
    store.change(of_two).await?;
    for hash in ["$argon2id$first", "$argon2id$second"] {
        let factor = Edit::SetSecondFactor(one, Some(second_factor(7)));
        let password = Edit::SetPassword(one, Some(hash.to_owned()));
        store.change(vec![password, factor, Edit::SetRecoveryCodes(one, codes(10))]).await?;
        let expected = (Some(hash.to_owned()), Some((vec![0, 1, 255], 7, 3)), 10);
        assert_eq!(sign_in(&store, one).await?, Some(expected));
    }
    store.change(vec![Edit::SetSecondFactor(one, None), Edit::SetPassword(one, None)]).await?;
    assert_eq!(sign_in(&store, one).await?, Some((None, None, 0)));
    assert_eq!(sign_in(&store, two).await?, Some((Some("other".to_owned()), None, 3)));
    refused(&store, Edit::SetPassword(person_id(9), Some("hash".to_owned()))).await?;
    refused(&store, Edit::SetSecondFactor(person_id(9), Some(second_factor(0)))).await
}

/// A code of a step is good once, and none of an earlier step is good after it.
pub async fn a_one_time_code_is_good_once(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    refused(&store, Edit::UseOneTimeCode(person_id(1), 8)).await?;
    store.change(vec![Edit::SetSecondFactor(person_id(1), Some(second_factor(7)))]).await?;
    refused(&store, Edit::UseOneTimeCode(person_id(1), 7)).await?;
    store.change(vec![Edit::UseOneTimeCode(person_id(1), 9)]).await?;
    for step in [7, 8, 9] {
        refused(&store, Edit::UseOneTimeCode(person_id(1), step)).await?;
    }
    refused(&store, Edit::UseOneTimeCode(person_id(2), 10)).await?;
    store.change(vec![Edit::UseOneTimeCode(person_id(1), 10)]).await
}

/// A recovery code is good once, for its person alone; new ones replace all.
pub async fn a_recovery_code_is_good_once(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let (one, two) = (person_id(1), person_id(2));
    store.change(vec![Edit::SetRecoveryCodes(one, vec![digest(1), digest(2)])]).await?;
    refused(&store, Edit::UseRecoveryCode(two, digest(1))).await?;
    store.change(vec![Edit::UseRecoveryCode(one, digest(1))]).await?;
    refused(&store, Edit::UseRecoveryCode(one, digest(1))).await?;
    assert_eq!(sign_in(&store, one).await?, Some((None, None, 1)));

    store.change(vec![Edit::SetRecoveryCodes(one, vec![digest(1), digest(3), digest(4)])]).await?;
    refused(&store, Edit::UseRecoveryCode(one, digest(2))).await?;
    store.change(vec![Edit::UseRecoveryCode(one, digest(1))]).await?;
    assert_eq!(sign_in(&store, one).await?, Some((None, None, 2)));
    Ok(())
}

/// An account at a provider is one person's; a person may have several.
pub async fn an_identity_is_one_persons(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let tie = |issuer: &str, subject: &str, person| ProviderIdentity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        person: person_id(person),
    };
    let (first, second) = (tie("https://a.example", "s", 1), tie("https://b.example", "s", 1));
    let of_two = tie("https://a.example", "S", 2);
    store.change([&second, &of_two, &first].map(|tie| Edit::AddIdentity(tie.clone())).to_vec()).await?;
    assert_eq!(store.identity("https://a.example", "s").await?, Some(person_id(1)));
    assert_eq!(store.identity("https://a.example", "S").await?, Some(person_id(2)));
    assert_eq!(store.identity("https://c.example", "s").await?, None);
    assert_eq!(store.identities_of(person_id(1)).await?, [first, second]);
    assert_eq!(store.identities_of(person_id(3)).await?, []);
    for person in [1, 2, 9] {
        refused(&store, Edit::AddIdentity(tie("https://a.example", "s", person))).await?;
    }
    refused(&store, Edit::AddIdentity(tie("https://c.example", "s", 9))).await
}
