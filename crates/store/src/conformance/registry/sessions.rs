//! Promises about sessions and one-time links.

use ::model::{ClientSecret, Doer, Environment, LinkPurpose, OneTimeLink, Person, Session, SessionId, TokenId};

use super::super::builders::app;
use super::cast::{
    at, credential, digest, id, link, people_and_organisation, person, person_id, register, request, secret, session,
};
use super::dump::refused;
use crate::{DoneRequest, Edit, Result, SharedStore, StoreError};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn session_id(n: u8) -> SessionId {
    id(SessionId::from_bytes, n)
}

/// A session is found by its cookie's digest, with its person as they are now.
pub async fn a_session_reads_back_with_its_person(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    store.change(vec![Edit::AddSession(session(1, 1)), Edit::AddSession(session(2, 2))]).await?;
    assert_eq!(store.session(&digest(1)).await?, Some((session(1, 1), person(1))));
    assert_eq!(store.session(&digest(9)).await?, None);
    let shut = Person { disabled_at: Some(at(9)), ..person(1) };
    store.change(vec![Edit::SavePerson(shut.clone())]).await?;
    assert_eq!(store.session(&digest(1)).await?, Some((session(1, 1), shut)));
    refused(&store, Edit::AddSession(session(1, 1))).await?;
    refused(&store, Edit::AddSession(Session { digest: digest(2), ..session(3, 1) })).await?;
    refused(&store, Edit::AddSession(session(3, 9))).await
}

/// Use and proof are noted; the last used session comes first. A note about a session that ended is dropped, a proof
/// in it is refused.
pub async fn use_and_proof_of_a_session_are_noted(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    store.change([1, 2, 3].map(|n| Edit::AddSession(session(n, 1))).to_vec()).await?;
    let notes = vec![Edit::TouchSession(session_id(2), at(50)), Edit::ProveSession(session_id(2), at(40))];
    store.change(notes).await?;
    store.change(vec![Edit::TouchSession(session_id(2), at(30)), Edit::TouchSession(session_id(9), at(30))]).await?;
    let used = Session { last_used_at: at(50), proven_at: at(40), ..session(2, 1) };
    assert_eq!(store.sessions_of(person_id(1)).await?, [used, session(3, 1), session(1, 1)]);
    assert_eq!(store.sessions_of(person_id(2)).await?, []);
    refused(&store, Edit::ProveSession(session_id(9), at(40))).await
}

/// A person ends one of their sessions, or all but one, or all; never another person's.
pub async fn sessions_end(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let sessions = [(1, 1), (2, 1), (3, 1), (4, 2)];
    store.change(sessions.map(|(n, of)| Edit::AddSession(session(n, of))).to_vec()).await?;
    let left = async || {
        let mut left = Vec::new();
        for n in 1..=4 {
            left.extend(store.session(&digest(n)).await?.map(|_| n));
        }
        Ok::<_, StoreError>(left)
    };
    store.change(vec![Edit::EndSession(person_id(2), session_id(1))]).await?;
    assert_eq!(left().await?, [1, 2, 3, 4]);
    store.change(vec![Edit::EndSession(person_id(1), session_id(1)); 2]).await?;
    assert_eq!(left().await?, [2, 3, 4]);
    store.change(vec![Edit::EndSessions(person_id(1), Some(session_id(3)))]).await?;
    assert_eq!(left().await?, [3, 4]);
    store.change(vec![Edit::EndSessions(person_id(1), None)]).await?;
    assert_eq!(left().await?, [4]);
    Ok(())
}

/// A link is good once, for its purpose, until it expires.
pub async fn a_link_is_good_once(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    for (n, purpose) in (1..).zip(LinkPurpose::ALL) {
        let of = (purpose != LinkPurpose::FirstOperator).then_some(1);
        store.change(vec![Edit::AddLink(link(n, purpose, of))]).await?;
        assert_eq!(store.link(&digest(n)).await?, Some(link(n, purpose, of)));
        refused(&store, Edit::AddLink(link(n, purpose, of))).await?;
        for other in LinkPurpose::ALL.into_iter().filter(|other| *other != purpose) {
            refused(&store, Edit::UseLink(digest(n), other, at(99))).await?;
        }
        refused(&store, Edit::UseLink(digest(n), purpose, at(100))).await?;
        store.change(vec![Edit::UseLink(digest(n), purpose, at(99))]).await?;
        assert_eq!(store.link(&digest(n)).await?, None);
        refused(&store, Edit::UseLink(digest(n), purpose, at(99))).await?;
    }
    refused(&store, Edit::AddLink(link(9, LinkPurpose::VerifyEmail, Some(9)))).await
}

/// Failures with a link are counted; links of a purpose go together, and those of nobody apart from a person's.
pub async fn links_count_failures_and_go_by_purpose(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let (reset, verify) = (LinkPurpose::ResetPassword, LinkPurpose::VerifyEmail);
    let links = [link(1, reset, Some(1)), link(2, reset, Some(1)), link(3, verify, Some(1)), link(4, reset, Some(2))];
    store.change(links.map(Edit::AddLink).to_vec()).await?;
    store.change(vec![Edit::AddLink(link(5, reset, None))]).await?;
    store.change(vec![Edit::FailLink(digest(1)), Edit::FailLink(digest(1)), Edit::FailLink(digest(9))]).await?;
    assert_eq!(store.link(&digest(1)).await?, Some(OneTimeLink { failures: 2, ..link(1, reset, Some(1)) }));
    let left = async || {
        let mut left = Vec::new();
        for n in 1..=5 {
            left.extend(store.link(&digest(n)).await?.map(|_| n));
        }
        Ok::<_, StoreError>(left)
    };
    store.change(vec![Edit::RemoveLinks(reset, Some(person_id(1)))]).await?;
    assert_eq!(left().await?, [3, 4, 5]);
    store.change(vec![Edit::RemoveLinks(reset, None)]).await?;
    assert_eq!(left().await?, [3, 4]);
    Ok(())
}

/// A request is found by who sent it and its key, which is taken then.
pub async fn a_request_is_remembered_for_who_sent_it(store: SharedStore) -> Result<()> {
    let (by, other) = (Doer::Person(person_id(1)), Doer::Token(id(TokenId::from_bytes, 1)));
    for by in [by, other, Doer::System, Doer::Nobody] {
        assert_eq!(store.done_request(by, "key").await?, None);
        let request = DoneRequest { location: format!("{by:?}"), ..request(by, "key", 0) };
        store.change(vec![Edit::RememberRequest(request.clone())]).await?;
        assert_eq!(store.done_request(by, "key").await?, Some(request));
    }
    refused(&store, Edit::RememberRequest(request(by, "key", 1))).await?;
    store.change(vec![Edit::RememberRequest(request(by, "KEY", 1))]).await
}

/// Tidying takes what is over and leaves all else.
pub async fn tidying_takes_what_is_over(store: SharedStore) -> Result<()> {
    people_and_organisation(&store).await?;
    let until = |n, expires| Session { expires_at: at(expires), ..session(n, 1) };
    let good = |n, expires| OneTimeLink { expires_at: at(expires), ..link(n, LinkPurpose::VerifyEmail, None) };
    let mut added = vec![register("a"), Edit::AddCredential(credential(1, "a", Environment::Sandbox))];
    for (n, expires) in [(1, DAY), (2, DAY + 1)] {
        let secret = ClientSecret { expires_at: Some(at(expires)), ..secret(n) };
        added.extend([Edit::AddSession(until(n, expires)), Edit::AddLink(good(n, expires))]);
        added.push(Edit::AddSecret(app("a"), Environment::Sandbox, secret, at(0)));
    }
    let requests = [("old", 0), ("key", 1)].map(|(key, when)| Edit::RememberRequest(request(Doer::System, key, when)));
    store.change(added.into_iter().chain(requests).collect()).await?;
    store.change(vec![Edit::Tidy(at(DAY))]).await?;
    assert_eq!(store.sessions_of(person_id(1)).await?, [until(2, DAY + 1)]);
    assert_eq!(store.link(&digest(1)).await?, None);
    assert_eq!(store.link(&digest(2)).await?, Some(good(2, DAY + 1)));
    let left: Vec<_> = store.credentials(&app("a")).await?.into_iter().flat_map(|it| it.secrets).collect();
    assert_eq!(left.iter().map(|secret| secret.digest).collect::<Vec<_>>(), [digest(2)]);
    assert_eq!(store.done_request(Doer::System, "old").await?, None);
    assert!(store.done_request(Doer::System, "key").await?.is_some());
    Ok(())
}
