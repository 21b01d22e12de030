//! Promises about people.

use ::model::{Person, PlatformRole};

use super::cast::{at, email, person, person_id};
use super::dump::refused;
use crate::{Edit, PeopleQuery, Result, SharedStore, StoreError};

/// A person reads back by id and by address, and as last saved.
pub async fn a_person_reads_back(store: SharedStore) -> Result<()> {
    let full = Person {
        name: "Ånna \"O'Lund\"".to_owned(),
        platform_role: Some(PlatformRole::Reviewer),
        verified_at: Some(at(2)),
        disabled_at: Some(at(3)),
        ..person(1)
    };
    store.change(vec![Edit::AddPerson(full.clone()), Edit::AddPerson(person(2))]).await?;
    assert_eq!(store.person(full.id).await?, Some(full.clone()));
    assert_eq!(store.person_by_email(&full.email).await?, Some(full));
    assert_eq!(store.person(person_id(9)).await?, None);
    assert_eq!(store.person_by_email(&email("nobody@example.com")).await?, None);

    let saved = Person { email: email("new@example.com"), platform_role: Some(PlatformRole::Auditor), ..person(1) };
    store.change(vec![Edit::SavePerson(saved.clone())]).await?;
    assert_eq!(store.person(saved.id).await?, Some(saved.clone()));
    let mut asked = store.people_by_id(&[person_id(2), person_id(9), saved.id, saved.id]).await?;
    asked.sort_by_key(|person| person.id);
    assert_eq!(asked, [saved, person(2)]);
    assert_eq!(store.people_by_id(&[]).await?, []);
    Ok(())
}

/// No two people have the same id or address; only who is there is saved.
pub async fn an_address_is_one_persons(store: SharedStore) -> Result<()> {
    store.change(vec![Edit::AddPerson(person(1)), Edit::AddPerson(person(2))]).await?;
    refused(&store, Edit::AddPerson(Person { email: email("other@example.com"), ..person(1) })).await?;
    refused(&store, Edit::AddPerson(Person { email: person(1).email, ..person(3) })).await?;
    refused(&store, Edit::SavePerson(Person { email: person(1).email, ..person(2) })).await?;
    refused(&store, Edit::SavePerson(person(3))).await
}

/// What was read of a person can be demanded to hold still, so that nothing that happened since is undone.
pub async fn a_person_is_as_read_or_not(store: SharedStore) -> Result<()> {
    let read = Person { platform_role: Some(PlatformRole::Operator), ..person(1) };
    store.change(vec![Edit::AddPerson(read.clone())]).await?;
    store.change(vec![Edit::ExpectPerson(read.clone())]).await?;
    let shut = Person { disabled_at: Some(at(9)), platform_role: None, ..read.clone() };
    store.change(vec![Edit::SavePerson(shut.clone())]).await?;
    refused(&store, Edit::ExpectPerson(read)).await?;
    refused(&store, Edit::ExpectPerson(person(2))).await?;
    store.change(vec![Edit::ExpectPerson(shut)]).await
}

/// People are found by a part of name or address, in any case, and come by address, page by page.
pub async fn people_are_found_by_name_or_address(store: SharedStore) -> Result<()> {
    let named = |n, address: &str, name: &str| Person { email: email(address), name: name.to_owned(), ..person(n) };
    let people = [
        named(1, "zoe@example.com", "Zoë Ångström"),
        named(2, "anna_lund@example.com", "Anna 100% Lund"),
        named(3, "annaxlund@example.org", "A. Lund"),
    ];
    store.change(people.map(Edit::AddPerson).to_vec()).await?;
    let found = async |search: &str, after: Option<&str>, limit| {
        let query = PeopleQuery { search: search.to_owned(), after: after.map(email), limit };
        let people = store.people(&query).await?;
        Ok::<_, StoreError>(people.iter().map(|person| person.email.local_part().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(found("", None, 10).await?, ["anna_lund", "annaxlund", "zoe"]);
    assert_eq!(found("LUND", None, 10).await?, ["anna_lund", "annaxlund"]);
    assert_eq!(found("@EXAMPLE.com", None, 10).await?, ["anna_lund", "zoe"]);
    assert_eq!(found("zoë", None, 10).await?, ["zoe"]);
    assert_eq!(found("a_l", None, 10).await?, ["anna_lund"]);
    assert_eq!(found("%", None, 10).await?, ["anna_lund"]);
    assert_eq!(found("nobody", None, 10).await?, [""; 0]);
    assert_eq!(found("", None, 2).await?, ["anna_lund", "annaxlund"]);
    assert_eq!(found("", Some("annaxlund@example.org"), 2).await?, ["zoe"]);
    assert_eq!(found("", None, 0).await?, [""; 0]);
    Ok(())
}

/// The first operator is made while there is none, and the last one stays. A shut account does not count, but nobody
/// becomes the first operator beside it.
pub async fn an_operator_is_there_or_not(store: SharedStore) -> Result<()> {
    let operator = Person { platform_role: Some(PlatformRole::Operator), ..person(1) };
    let reviewer = Person { platform_role: Some(PlatformRole::Reviewer), ..person(2) };
    store.change(vec![Edit::AddPerson(reviewer), Edit::ExpectNoOperator]).await?;
    assert!(!store.has_operator().await?);
    refused(&store, Edit::ExpectOperator).await?;

    store.change(vec![Edit::ExpectNoOperator, Edit::AddPerson(operator.clone()), Edit::ExpectOperator]).await?;
    assert!(store.has_operator().await?);
    refused(&store, Edit::ExpectNoOperator).await?;

    let shut = Person { disabled_at: Some(at(9)), ..operator };
    store.change(vec![Edit::SavePerson(shut)]).await?;
    assert!(!store.has_operator().await?);
    refused(&store, Edit::ExpectOperator).await?;
    refused(&store, Edit::ExpectNoOperator).await
}
