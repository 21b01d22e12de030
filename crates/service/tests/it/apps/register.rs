//! Making, changing and deleting apps.

use model::{Distribution, MemberRole};
use service::{AppChange, NewApp, Once};

use super::{World, actor, by, fields};

#[tokio::test]
async fn who_makes_an_app_owns_it() {
    let world = World::new();
    let anna = world.person("anna").await;
    let acme = world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let app = world.app_of(&anna, " Acme ERP ").await;
    assert!(app.as_str().starts_with("acme-erp-") && app.as_str().len() == "acme-erp-".len() + 6, "{app}");
    let (known, registration) = world.steadfast.registered_app(&app).await.unwrap();
    assert_eq!((known.name.as_str(), known.distribution), ("Acme ERP", Some(Distribution::Custom)));
    assert!(!known.discovered && registration.organisation == acme);
    assert_eq!(world.owners(&app).await, 1);
    assert_eq!(world.actions(app.as_str()).await, ["app.created"]);
}

#[tokio::test]
async fn name_and_organisation_are_checked_at_once() {
    let world = World::new();
    let anna = world.person("anna").await;
    let make = |name: &str, organisation| {
        let new = NewApp { name: name.to_owned(), organisation };
        let (steadfast, actor) = (world.steadfast.clone(), actor(&anna));
        async move { steadfast.register_app(&actor, &new, None).await }
    };
    assert_eq!(fields(make("", None).await), ["name", "organisation"]);
    let one = world.organisation("One", &[(&anna, MemberRole::Member)]).await;
    let two = world.organisation("Two", &[(&anna, MemberRole::Admin)]).await;
    let other = world.organisation("Other", &[]).await;
    assert_eq!(fields(make("a", None).await), ["organisation"]);
    assert_eq!(fields(make("a", Some(other)).await), ["organisation"]);
    assert_eq!(fields(make("a\nb", Some(one)).await), ["name"]);
    assert!(make("a", Some(two)).await.is_ok());
}

#[tokio::test]
async fn the_same_request_makes_one_app() {
    let world = World::new();
    let anna = world.person("anna").await;
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let new = NewApp { name: "a".to_owned(), organisation: None };
    let once = Once::new(actor(&anna).doer(), "key-1", "POST a").unwrap();
    let first = world.steadfast.register_app(&actor(&anna), &new, Some(&once)).await.unwrap();
    let second = world.steadfast.register_app(&actor(&anna), &new, Some(&once)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(world.steadfast.apps_of_person(anna.id).await.unwrap().len(), 1);
    let other = Once::new(actor(&anna).doer(), "key-1", "POST b").unwrap();
    assert!(super::conflicts(world.steadfast.register_app(&actor(&anna), &new, Some(&other)).await));
}

#[tokio::test]
async fn what_is_left_out_of_a_change_stays() {
    let world = World::new();
    let anna = world.person("anna").await;
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let app = world.app_of(&anna, "a").await;
    let change = |change: AppChange| {
        let (steadfast, app, by) = (world.steadfast.clone(), app.clone(), by(&anna));
        async move { steadfast.change_app(&app, &change, by).await }
    };
    change(AppChange { description: Some("what it does".to_owned()), ..AppChange::default() }).await.unwrap();
    change(AppChange { distribution: Some(Distribution::Marketplace), ..AppChange::default() }).await.unwrap();
    change(AppChange::default()).await.unwrap();
    let (known, registration) = world.steadfast.registered_app(&app).await.unwrap();
    assert_eq!((known.name.as_str(), known.distribution), ("a", Some(Distribution::Marketplace)));
    assert_eq!(registration.description, "what it does");
    let bad = AppChange { name: Some(String::new()), description: Some("x".repeat(501)), distribution: None };
    assert_eq!(fields(change(bad).await), ["name", "description"]);
    assert_eq!(world.actions(app.as_str()).await, ["app.changed", "app.changed", "app.created"]);
}

#[tokio::test]
async fn what_was_counted_outlives_its_app() {
    let world = World::new();
    let anna = world.person("anna").await;
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let (called, silent) = (world.app_of(&anna, "called").await, world.app_of(&anna, "silent").await);
    world
        .installation
        .ingest(&world.installation.write("a.log", crate::installation::line(called.as_str(), 1, "/a", 200)))
        .await;
    for app in [&called, &silent] {
        world.steadfast.delete_app(app, by(&anna)).await.unwrap();
        assert!(world.steadfast.store.collaborators(app).await.unwrap().is_empty());
        assert_eq!(world.actions(app.as_str()).await, ["app.created", "app.deleted"]);
    }
    assert!(world.steadfast.store.app(&called).await.unwrap().unwrap().discovered);
    assert_eq!(world.steadfast.store.app(&silent).await.unwrap(), None);
    assert!(world.installation.report(called.as_str()).await.contains(",200,GET,"));
}

#[tokio::test]
async fn the_apps_of_one_person_read_like_those_of_all() {
    let world = World::new();
    let anna = world.person("anna").await;
    world.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let mut lines = String::new();
    for name in ["b", "a", "c"] {
        let app = world.app_of(&anna, name).await;
        let status = if name == "c" { 403 } else { 200 };
        lines.extend((0..60).map(|n| crate::installation::line(app.as_str(), n, "/x", status)));
    }
    world.installation.ingest(&world.installation.write("a.log", lines)).await;
    let today = world.steadfast.today();
    let own = world.steadfast.apps_of_person(anna.id).await.unwrap();
    let few = world.steadfast.apps_of(&own, today).await.unwrap();
    let all = world.steadfast.apps(today).await.unwrap();
    assert_eq!(few, all);
    assert_eq!(few.len(), 3);
}
