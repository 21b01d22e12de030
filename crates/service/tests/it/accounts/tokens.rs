//! People's own API tokens.

use access::{Actor, Proof};

use super::*;

fn wanted(scopes: &[&str]) -> NewToken {
    NewToken {
        name: "nightly export".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        days: 30,
    }
}

#[tokio::test]
async fn a_token_acts_as_its_person_within_its_scopes_until_it_ends() {
    let house = House::new();
    let anna = house.person("anna").await;
    let (session, person) = house.session(&anna).await.unwrap();
    let made = house.steadfast().make_token(&person, &session, &wanted(&["apps:read"]), None).await.unwrap();
    let secret = made.secret.unwrap();
    assert!(secret.reveal().starts_with("stf_p_") && made.token.hint.len() < 20);
    let (actor, _) = house.steadfast().actor_of(secret.reveal()).await.unwrap().unwrap();
    let Actor::Person { id, proof: Proof::Token(_, scopes), .. } = actor else { panic!("{actor:?}") };
    assert_eq!((id, scopes), (person.id, vec![Scope::AppsRead]));
    house.wait(30 * DAY);
    assert_eq!(house.steadfast().actor_of(secret.reveal()).await.unwrap().err(), Some(TokenRefusal::Expired));
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_only_its_owner_revokes_it() {
    let house = House::new();
    let anna = house.person("anna").await;
    let ben = house.person("ben").await;
    let (session, person) = house.session(&anna).await.unwrap();
    let made = house.steadfast().make_token(&person, &session, &wanted(&["apps:read"]), None).await.unwrap();
    let foreign = house.steadfast().revoke_token(&ben.person, made.token.id).await;
    assert!(matches!(refusal(foreign), Refusal::NotFound(_)));
    house.steadfast().revoke_token(&person, made.token.id).await.unwrap();
    let secret = made.secret.unwrap();
    assert_eq!(house.steadfast().actor_of(secret.reveal()).await.unwrap().err(), Some(TokenRefusal::Revoked));
    assert!(house.steadfast().tokens_of_person(person.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn staffs_scopes_are_for_staff() {
    let house = House::new();
    let anna = house.person("anna").await;
    let (session, person) = house.session(&anna).await.unwrap();
    let outcome = house.steadfast().make_token(&person, &session, &wanted(&["calls:write"]), None).await;
    assert!(matches!(refusal(outcome), Refusal::Invalid(flaws) if flaws[0].field == "scopes"));
    let operator = Person { platform_role: Some(PlatformRole::Operator), ..person };
    assert!(house.steadfast().make_token(&operator, &session, &wanted(&["calls:write"]), None).await.is_ok());
}

#[tokio::test]
async fn the_same_request_makes_one_token_and_shows_it_once() {
    let house = House::new();
    let anna = house.person("anna").await;
    let (session, person) = house.session(&anna).await.unwrap();
    let once = Once::new(Doer::Person(person.id), "key-1", "POST /api/v1/me/tokens").unwrap();
    let wanted = wanted(&["apps:read"]);
    let make = || house.steadfast().make_token(&person, &session, &wanted, Some(&once));
    let (first, second) = (make().await.unwrap(), make().await.unwrap());
    assert_eq!(first.token.id, second.token.id);
    assert!(first.secret.is_some() && second.secret.is_none());
    assert_eq!(house.steadfast().tokens_of_person(person.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_is_made_with_a_recent_proof_only() {
    let house = House::new();
    let anna = house.person("anna").await;
    house.wait(15 * MINUTE);
    let (session, person) = house.session(&anna).await.unwrap();
    let outcome = house.steadfast().make_token(&person, &session, &wanted(&["apps:read"]), None).await;
    assert!(matches!(refusal(outcome), Refusal::Forbidden(_)));
}

#[tokio::test]
async fn a_new_name_is_saved_and_logged() {
    let house = House::new();
    let anna = house.person("anna").await;
    let doer = Doer::Person(anna.person.id);
    let renamed = house.steadfast().rename_person(doer, &anna.person, " Anna Berg ").await.unwrap();
    assert_eq!(renamed.name, "Anna Berg");
    assert_eq!(house.by_email("anna@example.com").await.unwrap().name, "Anna Berg");
    assert!(matches!(refusal(house.steadfast().rename_person(doer, &renamed, "").await), Refusal::Invalid(_)));
    assert!(house.actions().await.contains(&"person.renamed".to_owned()));
}
