//! The settings of an app, and its end, as a browser and a program meet them.

use axum::http::{Method, StatusCode};
use model::{AppRole, MemberRole, Scope};
use serde_json::json;

use crate::testing::{TestPerson, TestPortal};

async fn roof(portal: &TestPortal) -> (TestPerson, TestPerson, TestPerson) {
    let [owner, developer, boss] =
        [portal.person("owner").await, portal.person("developer").await, portal.person("boss").await];
    let acme = portal.organisation("Acme", &[(&owner, MemberRole::Member), (&boss, MemberRole::Admin)]).await;
    portal.app("roof", acme, &[(&owner, AppRole::Owner), (&developer, AppRole::Developer)]).await;
    (owner, developer, boss)
}

#[tokio::test]
async fn the_owner_changes_them_and_a_developer_reads_them() {
    let portal = TestPortal::empty();
    let (owner, developer, _) = roof(&portal).await;
    let fields = [("name", "Wall"), ("description", "<script>\nfoo"), ("distribution", "marketplace")];
    assert_eq!(portal.post_as(&developer, "/apps/roof/settings", &fields).await.status, StatusCode::FORBIDDEN);
    let saved = portal.post_as(&owner, "/apps/roof/settings", &fields).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/apps/roof/settings?done=saved"));
    let read = portal.get_as(&developer, "/apps/roof/settings").await.body;
    assert!(read.contains("Wall") && read.contains("&#60;script&#62;") && read.contains("Marketplace"));
    assert!(!read.contains("name=\"description\"") && !read.contains("/apps/roof/delete"));
    let app = portal.get_as(&owner, "/api/v1/apps/roof").await.json();
    assert_eq!((&app["name"], &app["distribution"]), (&json!("Wall"), &json!("marketplace")));
}

#[tokio::test]
async fn every_flaw_is_told_at_once_and_what_was_written_stays() {
    let portal = TestPortal::empty();
    let (owner, ..) = roof(&portal).await;
    let long = "x".repeat(501);
    let fields = [("name", ""), ("description", long.as_str()), ("distribution", "everywhere")];
    let refused = portal.post_as(&owner, "/apps/roof/settings", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.body.matches("class=\"flaw\"").count(), 3);
    assert!(refused.body.contains(&long));
}

#[tokio::test]
async fn deleting_asks_for_the_name() {
    let portal = TestPortal::empty();
    let (owner, developer, _) = roof(&portal).await;
    assert_eq!(portal.get_as(&developer, "/apps/roof/delete").await.status, StatusCode::FORBIDDEN);
    assert!(portal.get_as(&owner, "/apps/roof/delete").await.body.contains("What was counted stays"));
    let wrong = portal.post_as(&owner, "/apps/roof/delete", &[("name", "roof")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = portal.post_as(&owner, "/apps/roof/delete", &[("name", "roof app")]).await;
    assert_eq!((gone.status, gone.location()), (StatusCode::SEE_OTHER, "/?done=deleted"));
    assert!(portal.get_as(&owner, gone.location()).await.body.contains("The app was deleted."));
    assert_eq!(portal.get_as(&owner, "/apps/roof").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_admin_of_the_organisation_takes_it_over() {
    let portal = TestPortal::empty();
    let (owner, developer, boss) = roof(&portal).await;
    for other in [&owner, &developer] {
        assert_eq!(portal.get_as(other, "/apps/roof/take-over").await.status, StatusCode::FORBIDDEN);
    }
    assert!(portal.get_as(&boss, "/apps/roof/settings").await.body.contains("/apps/roof/take-over"));
    assert_eq!(portal.get_as(&boss, "/apps/roof/take-over").await.status, StatusCode::OK);
    let taken = portal.post_as(&boss, "/apps/roof/take-over", &[]).await;
    assert_eq!(taken.location(), "/apps/roof?done=taken_over");
    let app = portal.get_as(&boss, "/api/v1/apps/roof").await.json();
    assert_eq!((app["owner"].as_str(), app["role"].as_str()), (Some(boss.id().to_string().as_str()), Some("owner")));
    assert!(!portal.get_as(&boss, "/apps/roof/settings").await.body.contains("/apps/roof/take-over"));
}

#[tokio::test]
async fn a_program_changes_and_deletes_what_its_scope_and_role_allow() {
    let portal = TestPortal::empty();
    let (owner, developer, _) = roof(&portal).await;
    let url = "/api/v1/apps/roof";
    let reads = portal.token(&owner, &[Scope::AppsRead]).await;
    let writes = portal.token(&owner, &[Scope::AppsWrite]).await;
    let developers = portal.token(&developer, &[Scope::AppsWrite]).await;
    let patch = || Some(json!({"description": "d"}));
    assert_eq!(portal.api(&reads, Method::PATCH, url, patch()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.api(&developers, Method::PATCH, url, patch()).await.status, StatusCode::FORBIDDEN);
    let changed = portal.api(&writes, Method::PATCH, url, patch()).await;
    assert_eq!((changed.status, &changed.json()["description"]), (StatusCode::OK, &json!("d")));
    for bad in [json!({"id": "x"}), json!({"organisation": "x"}), json!({"name": "a\nb"}), json!({"distribution": "x"})]
    {
        let refused = portal.api(&writes, Method::PATCH, url, Some(bad.clone())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(portal.api(&developers, Method::DELETE, url, None).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.api(&writes, Method::DELETE, url, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(portal.api(&writes, Method::DELETE, url, None).await.status, StatusCode::NOT_FOUND);
}
