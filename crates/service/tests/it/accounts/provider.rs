//! People who come through an identity provider.

use super::*;

fn ada() -> AtProvider {
    AtProvider {
        provider: "Acme".to_owned(),
        issuer: "https://id.example.com".to_owned(),
        subject: "ada".to_owned(),
        email: Some("ada@example.com".to_owned()),
        email_verified: true,
        name: Some("Ada".to_owned()),
    }
}

async fn come(house: &House, at: &AtProvider) -> Result<Opened, Error> {
    house.steadfast().sign_in_by_provider(at, &visit()).await
}

#[tokio::test]
async fn a_newcomer_has_an_account_and_an_organisation_at_once() {
    let house = House::new();
    let ada_here = come(&house, &ada()).await.unwrap();
    assert_eq!(house.session(&ada_here).await.unwrap().1.name, "Ada");
    assert_eq!(house.steadfast().store.organisations_of(ada_here.person.id).await.unwrap().len(), 1);
    // The next time it is the subject that counts, not the address.
    let moved = AtProvider { email: Some("ada.new@example.com".to_owned()), ..ada() };
    assert_eq!(come(&house, &moved).await.unwrap().person.id, ada_here.person.id);
    assert!(matches!(house.sign_in("ada@example.com", "").await, SignIn::No), "there is no password");
}

#[tokio::test]
async fn a_verified_address_finds_the_account_and_an_unverified_one_none() {
    let house = House::new();
    let known = house.person("ada").await;
    let doubtful = AtProvider { email_verified: false, ..ada() };
    assert!(matches!(refusal(come(&house, &doubtful).await), Refusal::Forbidden(_)));
    let tied = come(&house, &ada()).await.unwrap();
    assert_eq!(tied.person.id, known.person.id);
    assert!(house.last_mail("ada@example.com").await.subject.starts_with("A new way to sign in"));
    assert!(matches!(house.sign_in("ada@example.com", PASSWORD).await, SignIn::Opened(_)), "the password stays");
}

#[tokio::test]
async fn an_account_that_nobody_verified_loses_the_password_that_somebody_chose() {
    let house = House::new();
    house.sign_up("ada@example.com").await;
    let link = house.link("ada@example.com", "/verify").await;
    come(&house, &ada()).await.unwrap();
    assert!(matches!(house.sign_in("ada@example.com", PASSWORD).await, SignIn::No));
    assert!(house.steadfast().verification(&link, &visit()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_shut_account_stays_shut() {
    let house = House::new();
    let known = come(&house, &ada()).await.unwrap();
    let shut = Person { disabled_at: Some(UnixMillis(NOW)), ..known.person };
    house.steadfast().store.change(vec![Edit::SavePerson(shut)]).await.unwrap();
    assert!(matches!(refusal(come(&house, &ada()).await), Refusal::Forbidden(_)));
}

#[tokio::test]
async fn by_invitation_means_so_through_the_provider_too() {
    let house = House::for_invited();
    assert!(matches!(refusal(come(&house, &ada()).await), Refusal::Forbidden(_)));
    assert!(house.by_email("ada@example.com").await.is_none());
}
