//! Invitations: for one address, for seven days, answered once.

use model::{AppId, AppRole, InvitedTo, MemberRole, OrganisationId, Person};
use service::{Error, INVITATION_DAYS, InvitationKey, InvitationSeen, InvitationState, Once, Refusal};

use super::{World, actor, by, conflicts, fields};

async fn cast(world: &World) -> (Person, AppId, OrganisationId) {
    let owner = world.person("olive").await;
    let acme = world.organisation("Acme", &[(&owner, MemberRole::Admin)]).await;
    let app = world.app_of(&owner, "Roof").await;
    (owner, app, acme)
}

fn to(app: &AppId) -> InvitedTo {
    InvitedTo::App(app.clone(), AppRole::Developer)
}

/// What the link of the last mail to an address carries.
async fn link(world: &World, email: &str) -> String {
    let mail = world.mail_to(email).await;
    let (_, rest) = mail.split_once("http://localhost:8080/invitations/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn answer(world: &World, link: &str, who: &Person, accept: bool) -> Result<InvitationSeen, Error> {
    world.steadfast.answer_invitation(InvitationKey::Link(link), who, accept, by(who)).await
}

#[tokio::test]
async fn who_is_invited_accepts_by_the_link_in_the_mail() {
    let world = World::new();
    let (owner, app, _) = cast(&world).await;
    let dora = world.person("dora").await;
    world.steadfast.invite(to(&app), "Dora@Example.com", by(&owner), None).await.unwrap();
    assert_eq!(world.steadfast.open_invitations_of(&dora).await.unwrap().len(), 1);
    let mail = world.mail_to("dora@example.com").await;
    assert!(mail.contains("olive invites you") && mail.contains("Roof") && mail.contains("Developer"), "{mail}");
    let link = link(&world, "dora@example.com").await;
    answer(&world, &link, &dora, true).await.unwrap();
    assert_eq!(world.role(&app, &dora).await, Some(AppRole::Developer));
    assert!(conflicts(answer(&world, &link, &dora, true).await), "an invitation is answered once");
    assert!(world.steadfast.open_invitations_of(&dora).await.unwrap().is_empty());
    assert_eq!(world.actions(app.as_str()).await, ["app.created", "invitation.accepted", "invitation.sent"]);
}

#[tokio::test]
async fn nobody_else_accepts_it() {
    let world = World::new();
    let (owner, app, _) = cast(&world).await;
    let mallory = world.person("mallory").await;
    let made = world.steadfast.invite(to(&app), "dora@example.com", by(&owner), None).await.unwrap();
    let link = link(&world, "dora@example.com").await;
    let Err(Error::Refused(Refusal::Forbidden(sentence))) = answer(&world, &link, &mallory, true).await else {
        panic!("somebody else got in");
    };
    assert!(sentence.contains("d…@example.com") && !sentence.contains("dora"), "{sentence}");
    let key = InvitationKey::Id(made.invitation.id);
    let by_id = world.steadfast.answer_invitation(key, &mallory, true, by(&mallory)).await;
    assert!(matches!(by_id, Err(Error::Refused(Refusal::NotFound(_)))));
    assert_eq!(world.role(&app, &mallory).await, None);
}

#[tokio::test]
async fn it_is_good_for_seven_days() {
    let mut world = World::new();
    let (owner, app, _) = cast(&world).await;
    let dora = world.person("dora").await;
    world.steadfast.invite(to(&app), "dora@example.com", by(&owner), None).await.unwrap();
    let link = link(&world, "dora@example.com").await;
    world.later(INVITATION_DAYS);
    let seen = world.steadfast.invitation(InvitationKey::Link(&link)).await.unwrap();
    assert_eq!(seen.state, InvitationState::Expired);
    assert!(conflicts(answer(&world, &link, &dora, true).await));
    assert_eq!(world.role(&app, &dora).await, None);
    // Another one can be sent.
    world.steadfast.invite(to(&app), "dora@example.com", by(&owner), None).await.unwrap();
    assert_eq!(world.steadfast.invitations_to(&to(&app)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_withdrawn_or_declined_is_no_longer_good() {
    let world = World::new();
    let (owner, app, _) = cast(&world).await;
    let (dora, ben) = (world.person("dora").await, world.person("ben").await);
    let made = world.steadfast.invite(to(&app), "dora@example.com", by(&owner), None).await.unwrap();
    let doras = link(&world, "dora@example.com").await;
    world.steadfast.withdraw_invitation(&to(&app), made.invitation.id, by(&owner)).await.unwrap();
    assert!(conflicts(answer(&world, &doras, &dora, true).await));
    assert!(conflicts(world.steadfast.withdraw_invitation(&to(&app), made.invitation.id, by(&owner)).await));
    world.steadfast.invite(to(&app), "ben@example.com", by(&owner), None).await.unwrap();
    let bens = link(&world, "ben@example.com").await;
    answer(&world, &bens, &ben, false).await.unwrap();
    assert!(conflicts(answer(&world, &bens, &ben, true).await));
    assert_eq!((world.role(&app, &dora).await, world.role(&app, &ben).await), (None, None));
}

#[tokio::test]
async fn sent_again_it_has_another_link() {
    let world = World::new();
    let (owner, app, _) = cast(&world).await;
    let dora = world.person("dora").await;
    let made = world.steadfast.invite(to(&app), "dora@example.com", by(&owner), None).await.unwrap();
    let old = link(&world, "dora@example.com").await;
    world.steadfast.resend_invitation(&to(&app), made.invitation.id, by(&owner)).await.unwrap();
    tokio::task::yield_now().await;
    let new = link(&world, "dora@example.com").await;
    assert_ne!(old, new);
    assert!(conflicts(answer(&world, &old, &dora, true).await));
    answer(&world, &new, &dora, true).await.unwrap();
    assert_eq!(world.role(&app, &dora).await, Some(AppRole::Developer));
}

#[tokio::test]
async fn an_invitation_of_another_app_is_none_of_this_one() {
    let world = World::new();
    let (owner, app, acme) = cast(&world).await;
    let other = world.app_of(&owner, "Other").await;
    let made = world.steadfast.invite(to(&app), "dora@example.com", by(&owner), None).await.unwrap();
    for elsewhere in [to(&other), InvitedTo::Organisation(acme, MemberRole::Member)] {
        let answer = world.steadfast.withdraw_invitation(&elsewhere, made.invitation.id, by(&owner)).await;
        assert!(matches!(answer, Err(Error::Refused(Refusal::NotFound(_)))));
        let answer = world.steadfast.resend_invitation(&elsewhere, made.invitation.id, by(&owner)).await;
        assert!(matches!(answer, Err(Error::Refused(Refusal::NotFound(_)))));
    }
}

#[tokio::test]
async fn who_is_there_or_invited_already_is_not_invited() {
    let world = World::new();
    let (owner, app, acme) = cast(&world).await;
    let invite = |to: InvitedTo, email: &'static str| {
        let (steadfast, by) = (world.steadfast.clone(), by(&owner));
        async move { steadfast.invite(to, email, by, None).await }
    };
    assert_eq!(fields(invite(to(&app), "olive@example.com").await), ["email"]);
    assert_eq!(fields(invite(InvitedTo::Organisation(acme, MemberRole::Member), "olive@example.com").await), ["email"]);
    invite(to(&app), "dora@example.com").await.unwrap();
    assert_eq!(fields(invite(to(&app), "dora@example.com").await), ["email"]);
    assert_eq!(fields(invite(InvitedTo::App(app.clone(), AppRole::Owner), "no address").await), ["role", "email"]);
}

#[tokio::test]
async fn organisations_invite_in_the_same_way() {
    let world = World::new();
    let (owner, _, acme) = cast(&world).await;
    let dora = world.person("dora").await;
    let to = InvitedTo::Organisation(acme, MemberRole::Admin);
    let made = world.steadfast.invite(to.clone(), "dora@example.com", by(&owner), None).await.unwrap();
    assert_eq!((made.destination.as_str(), made.role_key()), ("Acme", "admin"));
    let link = link(&world, "dora@example.com").await;
    answer(&world, &link, &dora, true).await.unwrap();
    let memberships = world.steadfast.store.organisations_of(dora.id).await.unwrap();
    assert_eq!(memberships.iter().map(|(_, member)| member.role).collect::<Vec<_>>(), [MemberRole::Admin]);
    assert_eq!(world.actions(&acme.to_string()).await, ["invitation.accepted", "invitation.sent"]);
}

#[tokio::test]
async fn the_same_request_invites_once() {
    let world = World::new();
    let (owner, app, _) = cast(&world).await;
    let once = Once::new(actor(&owner).doer(), "key-1", "POST invitation").unwrap();
    let first = world.steadfast.invite(to(&app), "dora@example.com", by(&owner), Some(&once)).await.unwrap();
    let second = world.steadfast.invite(to(&app), "dora@example.com", by(&owner), Some(&once)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(world.outbox.messages().len(), 1);
}

#[tokio::test]
async fn nobody_floods_others_with_invitations() {
    let world = World::new();
    let (owner, app, _) = cast(&world).await;
    let mut sent = 0;
    for n in 0..40 {
        match world.steadfast.invite(to(&app), &format!("p{n}@example.com"), by(&owner), None).await {
            Ok(_) => sent += 1,
            Err(Error::Refused(Refusal::TooMany(_))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(sent, 30);
}

#[tokio::test]
async fn whose_account_was_shut_lets_nobody_in() {
    let world = World::new();
    let (_, app, _) = cast(&world).await;
    let (rogue, friend) = (world.person("rogue").await, world.person("friend").await);
    world.collaborator(&app, &rogue, AppRole::Admin).await;
    world.steadfast.invite(to(&app), "friend@example.com", by(&rogue), None).await.unwrap();
    let carried = link(&world, "friend@example.com").await;
    let shut = Person { disabled_at: Some(world.steadfast.clock.now()), ..rogue };
    world.steadfast.store.change(vec![store::Edit::SavePerson(shut)]).await.unwrap();
    assert!(conflicts(answer(&world, &carried, &friend, true).await));
    assert_eq!(world.role(&app, &friend).await, None);
    answer(&world, &carried, &friend, false).await.unwrap();
}
