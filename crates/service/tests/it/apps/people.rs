//! Who works on an app: an app has exactly one owner, whatever happens.

use model::{AppRole, InvitedTo, MemberRole, Person};
use service::{Error, Refusal};

use super::{World, by, conflicts, fields};

async fn cast(world: &World) -> (Person, Person, Person, model::AppId) {
    let (owner, admin, developer) =
        (world.person("olive").await, world.person("adam").await, world.person("dora").await);
    world.organisation("Acme", &[(&owner, MemberRole::Member)]).await;
    let app = world.app_of(&owner, "a").await;
    world.collaborator(&app, &admin, AppRole::Admin).await;
    world.collaborator(&app, &developer, AppRole::Developer).await;
    (owner, admin, developer, app)
}

#[tokio::test]
async fn nobody_removes_the_owner_and_the_owner_does_not_leave() {
    let world = World::new();
    let (owner, admin, developer, app) = cast(&world).await;
    for who in [&owner, &admin] {
        assert!(conflicts(world.steadfast.remove_collaborator(&app, owner.id, by(who)).await));
    }
    assert!(conflicts(world.steadfast.set_app_role(&app, owner.id, AppRole::Admin, by(&admin)).await));
    world.steadfast.remove_collaborator(&app, developer.id, by(&admin)).await.unwrap();
    world.steadfast.remove_collaborator(&app, admin.id, by(&admin)).await.unwrap();
    assert_eq!(world.owners(&app).await, 1);
    let actions = world.actions(app.as_str()).await;
    assert_eq!(actions, ["app.created", "collaborator.left", "collaborator.removed"]);
}

#[tokio::test]
async fn roles_are_changed_but_nobody_is_made_the_owner_so() {
    let world = World::new();
    let (owner, _, developer, app) = cast(&world).await;
    world.steadfast.set_app_role(&app, developer.id, AppRole::Admin, by(&owner)).await.unwrap();
    assert_eq!(world.role(&app, &developer).await, Some(AppRole::Admin));
    assert_eq!(fields(world.steadfast.set_app_role(&app, developer.id, AppRole::Owner, by(&owner)).await), ["role"]);
    let nobody = world.person("nobody").await;
    let answer = world.steadfast.set_app_role(&app, nobody.id, AppRole::Admin, by(&owner)).await;
    assert!(matches!(answer, Err(Error::Refused(Refusal::NotFound(_)))));
}

#[tokio::test]
async fn an_app_is_handed_on_to_who_works_on_it_and_to_nobody_else() {
    let world = World::new();
    let (owner, admin, developer, app) = cast(&world).await;
    let stranger = world.person("nobody").await;
    assert_eq!(fields(world.steadfast.transfer_app(&app, stranger.id, by(&owner)).await), ["person"]);
    assert_eq!(fields(world.steadfast.transfer_app(&app, owner.id, by(&owner)).await), ["person"]);
    world.steadfast.transfer_app(&app, developer.id, by(&owner)).await.unwrap();
    assert_eq!(world.role(&app, &developer).await, Some(AppRole::Owner));
    assert_eq!(world.role(&app, &owner).await, Some(AppRole::Admin));
    assert_eq!((world.role(&app, &admin).await, world.owners(&app).await), (Some(AppRole::Admin), 1));
    assert!(world.mail_to("dora@example.com").await.contains("olive made you the owner"));
}

#[tokio::test]
async fn an_admin_of_the_organisation_takes_an_app_over() {
    let world = World::new();
    let (owner, boss) = (world.person("olive").await, world.person("boss").await);
    world.organisation("Acme", &[(&owner, MemberRole::Member), (&boss, MemberRole::Admin)]).await;
    let app = world.app_of(&owner, "a").await;
    world.steadfast.take_over_app(&app, by(&boss)).await.unwrap();
    assert_eq!(world.role(&app, &boss).await, Some(AppRole::Owner));
    assert_eq!((world.role(&app, &owner).await, world.owners(&app).await), (Some(AppRole::Admin), 1));
    assert!(conflicts(world.steadfast.take_over_app(&app, by(&boss)).await));
    assert!(world.mail_to("olive@example.com").await.contains("boss"));
    // Who works on it already takes it over too.
    world.steadfast.take_over_app(&app, by(&owner)).await.unwrap();
    assert_eq!((world.role(&app, &boss).await, world.owners(&app).await), (Some(AppRole::Admin), 1));
}

#[tokio::test]
async fn two_who_hand_an_app_on_at_once_leave_one_owner() {
    let world = World::new();
    let (owner, admin, developer, app) = cast(&world).await;
    let (one, other) = tokio::join!(
        world.steadfast.transfer_app(&app, admin.id, by(&owner)),
        world.steadfast.transfer_app(&app, developer.id, by(&owner)),
    );
    assert!(one.is_ok() || other.is_ok());
    assert_eq!(world.owners(&app).await, 1);
}

#[tokio::test]
async fn with_who_is_removed_or_demoted_go_the_invitations_they_sent() {
    let world = World::new();
    let (owner, admin, developer, app) = cast(&world).await;
    let to = |role| InvitedTo::App(app.clone(), role);
    let invite = async |email: &str, who: &Person| {
        world.steadfast.invite(to(AppRole::Admin), email, by(who), None).await.unwrap();
    };
    let open = async || {
        let open = world.steadfast.invitations_to(&to(AppRole::Admin)).await.unwrap();
        open.into_iter().map(|seen| seen.invitation.email.to_string()).collect::<Vec<_>>()
    };
    invite("alter-ego@example.net", &admin).await;
    invite("friend@example.net", &owner).await;
    world.steadfast.set_app_role(&app, admin.id, AppRole::Developer, by(&owner)).await.unwrap();
    assert_eq!(open().await, ["friend@example.net"]);
    world.steadfast.set_app_role(&app, admin.id, AppRole::Admin, by(&owner)).await.unwrap();
    invite("alter-ego@example.net", &admin).await;
    world.steadfast.remove_collaborator(&app, admin.id, by(&owner)).await.unwrap();
    assert_eq!(open().await, ["friend@example.net"]);
    world.steadfast.remove_collaborator(&app, developer.id, by(&developer)).await.unwrap();
    let withdrawn = world.actions(app.as_str()).await.into_iter().filter(|it| it == "invitation.withdrawn").count();
    assert_eq!(withdrawn, 2);
}
