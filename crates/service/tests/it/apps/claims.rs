//! Claims of discovered apps.

use model::{AppId, AppRole, ClaimDecision, MemberRole, Person};
use service::{ClaimMade, Error, NewClaim, Refusal};

use super::{World, actor, by, fields};
use crate::installation::line;

const SEEN: &str = "nightly-7f3a";

async fn discovered(world: &World) -> AppId {
    let lines: String = (0..5).map(|n| line(SEEN, n, "/a", 200)).collect();
    world.installation.ingest(&world.installation.write("seen.log", lines)).await;
    SEEN.parse().unwrap()
}

async fn claim(world: &World, who: &Person, app: &str) -> Result<ClaimMade, Error> {
    let new = NewClaim { app: app.to_owned(), evidence: "ticket 4711".to_owned(), organisation: None };
    world.steadfast.claim_app(&actor(who), &new, by(who), None).await
}

#[tokio::test]
async fn whoever_claims_learns_nothing_of_what_is_there() {
    let world = World::new();
    let (anna, ben) = (world.person("anna").await, world.person("ben").await);
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    world.organisation("Other", &[(&ben, MemberRole::Member)]).await;
    discovered(&world).await;
    let taken = world.app_of(&ben, "taken").await;
    for app in [SEEN, taken.as_str(), "no-such-app", "unidentified"] {
        let made = claim(&world, &anna, app).await.unwrap();
        assert_eq!((made.app.as_str(), made.decided), (app, None));
        claim(&world, &anna, app).await.unwrap();
    }
    let made = world.steadfast.claims_made_by(anna.id).await.unwrap();
    assert_eq!(made.len(), 4);
    assert!(made.iter().all(|claim| claim.decided.is_none()));
    let waiting = world.steadfast.claims_to_decide().await.unwrap();
    assert_eq!(waiting.iter().map(|seen| seen.claim.app.as_str()).collect::<Vec<_>>(), [SEEN]);
    assert_eq!(waiting[0].app.calls, 5);
}

#[tokio::test]
async fn a_confirmed_claim_makes_the_claimant_the_owner_and_refuses_all_others() {
    let world = World::new();
    let (anna, ben, olga) = (world.person("anna").await, world.person("ben").await, world.person("olga").await);
    let acme = world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    world.organisation("Other", &[(&ben, MemberRole::Member)]).await;
    let app = discovered(&world).await;
    claim(&world, &anna, SEEN).await.unwrap();
    claim(&world, &ben, SEEN).await.unwrap();
    let waiting = world.steadfast.claims_to_decide().await.unwrap();
    let annas = waiting.iter().find(|seen| seen.person.id == anna.id).unwrap().claim.id;
    world.steadfast.decide_claim(annas, ClaimDecision::Confirmed, by(&olga)).await.unwrap();
    assert_eq!((world.role(&app, &anna).await, world.owners(&app).await), (Some(AppRole::Owner), 1));
    let (known, registration) = world.steadfast.registered_app(&app).await.unwrap();
    assert!(!known.discovered && registration.organisation == acme);
    assert!(world.mail_to("anna@example.com").await.contains("was confirmed"));
    assert!(world.mail_to("ben@example.com").await.contains("not confirmed"));
    let decided = |made: Vec<ClaimMade>| made[0].decided.map(|(decision, _)| decision);
    assert_eq!(decided(world.steadfast.claims_made_by(anna.id).await.unwrap()), Some(ClaimDecision::Confirmed));
    assert_eq!(decided(world.steadfast.claims_made_by(ben.id).await.unwrap()), Some(ClaimDecision::Refused));
    assert!(world.steadfast.claims_to_decide().await.unwrap().is_empty());
    let again = world.steadfast.decide_claim(annas, ClaimDecision::Refused, by(&olga)).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::NotFound(_)))));
}

#[tokio::test]
async fn a_refused_claim_can_be_made_again() {
    let world = World::new();
    let (anna, olga) = (world.person("anna").await, world.person("olga").await);
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let app = discovered(&world).await;
    claim(&world, &anna, SEEN).await.unwrap();
    let id = world.steadfast.claims_to_decide().await.unwrap()[0].claim.id;
    world.steadfast.decide_claim(id, ClaimDecision::Refused, by(&olga)).await.unwrap();
    assert_eq!(world.role(&app, &anna).await, None);
    claim(&world, &anna, SEEN).await.unwrap();
    assert_eq!(world.steadfast.claims_to_decide().await.unwrap().len(), 1);
    assert_eq!(world.steadfast.claims_made_by(anna.id).await.unwrap()[0].decided, None);
}

#[tokio::test]
async fn who_has_left_the_organisation_gets_no_app_for_it() {
    let world = World::new();
    let (anna, olga) = (world.person("anna").await, world.person("olga").await);
    let acme = world.organisation("Acme", &[(&anna, MemberRole::Member), (&olga, MemberRole::Admin)]).await;
    discovered(&world).await;
    claim(&world, &anna, SEEN).await.unwrap();
    world.steadfast.store.change(vec![store::Edit::RemoveMember(acme, anna.id)]).await.unwrap();
    let id = world.steadfast.claims_to_decide().await.unwrap()[0].claim.id;
    assert!(super::conflicts(world.steadfast.decide_claim(id, ClaimDecision::Confirmed, by(&olga)).await));
    world.steadfast.decide_claim(id, ClaimDecision::Refused, by(&olga)).await.unwrap();
}

#[tokio::test]
async fn all_of_a_claim_is_checked_at_once() {
    let world = World::new();
    let anna = world.person("anna").await;
    let bad = NewClaim { app: "a\nb".to_owned(), evidence: "x".repeat(1001), organisation: None };
    assert_eq!(
        fields(world.steadfast.claim_app(&actor(&anna), &bad, by(&anna), None).await),
        ["app", "evidence", "organisation"]
    );
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let own = world.app_of(&anna, "own").await;
    let again = NewClaim { app: own.to_string(), evidence: String::new(), organisation: None };
    let flaws = fields(world.steadfast.claim_app(&actor(&anna), &again, by(&anna), None).await);
    assert_eq!(flaws, ["evidence", "app"]);
}
