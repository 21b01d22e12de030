//! Credentials through the portal: shown once, rotated, removed.

use axum::http::{Method, StatusCode};
use model::Scope;
use serde_json::json;
use store::AuditQuery;

use crate::components::tests::World;

const CONNECTION: &str = r#"{"schema_version":"1.0","data_connection":{}}"#;
const PAGE: &str = "/apps/acme/credentials";
const SECRETS: &str = "/apps/acme/credentials/sandbox/secrets";
const API_SECRETS: &str = "/api/v1/apps/acme/credentials/sandbox/secrets";

/// The secret on a page.
fn secret_on(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"client-secret\">").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

async fn connected() -> World {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    world.version("0.1.0").await;
    world
}

#[tokio::test]
async fn without_a_version_there_is_nothing_but_what_to_do() {
    let world = World::new().await;
    let page = world.portal.get_as(&world.owner, PAGE).await;
    assert!(page.body.contains("Save a version with a data connection first"), "{}", page.body);
    let refused = world.portal.post_as(&world.owner, SECRETS, &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_never_kept() {
    let world = connected().await;
    let made = world.portal.post_as(&world.owner, SECRETS, &[]).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, "no-store"));
    let secret = secret_on(&made.body);
    assert!(secret.starts_with("stf_cs_") && made.body.contains("id=\"client-id\""), "{secret}");
    let page = world.portal.get_as(&world.developer, PAGE).await;
    assert!(!page.body.contains(&secret) && page.body.contains("stf_cs_"), "{}", page.body);
    assert!(!page.body.contains("<form class=\"form\" method=\"post\""), "a developer makes none: {}", page.body);
    let entries =
        world.portal.steadfast.store.audit(&AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
    assert!(entries.iter().any(|entry| entry.action == "secret.made"));
    for entry in entries {
        let told = format!("{:?} {:?}", entry.before, entry.after);
        assert!(!told.contains(&secret), "{told}");
    }
    assert!(world.portal.post_as(&world.developer, SECRETS, &[]).await.status == StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_rotation_says_which_secret_ends_when() {
    let world = connected().await;
    let first = secret_on(&world.portal.post_as(&world.owner, SECRETS, &[]).await.body);
    let rotated = world.portal.post_as(&world.owner, SECRETS, &[("overlap", "day")]).await;
    assert_ne!(secret_on(&rotated.body), first);
    assert!(rotated.body.contains("is good until 21 Nov 2026, 00:00 UTC."), "{}", rotated.body);
    let page = world.portal.get_as(&world.owner, PAGE).await;
    assert!(page.body.contains("ends <time"), "{}", page.body);
    let third = world.portal.post_as(&world.owner, SECRETS, &[("overlap", "day")]).await;
    assert_eq!(third.status, StatusCode::CONFLICT);
    world.portal.wait_days(1);
    let page = world.portal.get_as(&world.owner, PAGE).await;
    assert!(!page.body.contains("ends <time"), "its time is over");
    let odd = world.portal.post_as(&world.owner, SECRETS, &[("overlap", "for ever")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_secret_is_removed_after_a_question() {
    let world = connected().await;
    let made = world.portal.api(&world.owner, Method::POST, API_SECRETS, Some(json!({}))).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let url = format!("{SECRETS}/{id}/remove");
    let question = world.portal.get_as(&world.owner, &url).await;
    assert!(question.body.contains("It is the only secret"), "{}", question.body);
    let done = world.portal.post_as(&world.owner, &url, &[]).await;
    assert_eq!(done.location(), "/apps/acme/credentials?done=removed");
    assert_eq!(world.portal.post_as(&world.owner, &url, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(world.portal.get_as(&world.owner, PAGE).await.body.contains("None is good at the moment"));
}

#[tokio::test]
async fn all_flaws_of_redirect_uris_are_told_and_what_was_typed_stays() {
    let world = connected().await;
    world.portal.post_as(&world.owner, SECRETS, &[]).await;
    let url = "/apps/acme/credentials/sandbox/redirect-uris";
    let typed = "https://a.example.com/back\r\nhttp://a.example.com/\r\n\r\nhttps://*.example.com/\"><script>";
    let refused = world.portal.post_as(&world.owner, url, &[("redirect_uris", typed)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in ["Line 2", "Line 3", "2 things have to be mended", "https://a.example.com/back"] {
        assert!(refused.body.contains(expected), "{expected} in {}", refused.body);
    }
    assert!(!refused.body.contains("\"><script>"));
    let good = "https://a.example.com/back\r\nhttp://localhost:3000/";
    let saved = world.portal.post_as(&world.owner, url, &[("redirect_uris", good)]).await;
    assert_eq!(saved.location(), "/apps/acme/credentials?done=redirects");
    let read = world.portal.get_as(&world.developer, "/api/v1/apps/acme/credentials").await.json();
    assert_eq!(read["items"][0]["redirect_uris"], json!(["https://a.example.com/back", "http://localhost:3000/"]));
}

#[tokio::test]
async fn production_waits_for_a_promotion() {
    let world = connected().await;
    let url = "/api/v1/apps/acme/credentials/production/secrets";
    let early = world.portal.api(&world.owner, Method::POST, url, Some(json!({}))).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let version = world.portal.steadfast.versions(&world.app).await.unwrap()[0].id.to_string();
    world.promote(&version).await;
    let made = world.portal.api(&world.owner, Method::POST, url, Some(json!({"overlap": "none"}))).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"), "{}", made.body);
    let sandbox = world.portal.api(&world.owner, Method::POST, API_SECRETS, Some(json!({}))).await;
    assert_ne!(made.json()["client_id"], sandbox.json()["client_id"]);
}

#[tokio::test]
async fn a_secret_is_made_once_however_often_it_is_asked_for_and_shown_once() {
    let world = connected().await;
    let post = async |overlap: &str| {
        world.portal.post_once(&world.owner, API_SECRETS, "rotation-1", json!({"overlap": overlap})).await
    };
    let (first, second) = (post("day").await, post("day").await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert!(first.json()["client_secret"].as_str().unwrap().starts_with("stf_cs_"));
    assert_eq!((second.location(), &second.json()["client_secret"]), (first.location(), &json!(null)));
    assert_eq!(second.json()["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(post("none").await.status, StatusCode::CONFLICT, "the same key for another request");
    let read = world.portal.get_as(&world.owner, first.location()).await.json();
    assert_eq!(read, first.json()["secrets"][0]);
}

#[tokio::test]
async fn the_api_rotates_and_removes_with_the_right_scope() {
    let world = connected().await;
    let writes = world.portal.token(&world.owner, &[Scope::CredentialsWrite]).await;
    let reads = world.portal.token(&world.owner, &[Scope::AppsRead, Scope::AppsWrite]).await;
    assert_eq!(
        world.portal.api(&reads, Method::POST, API_SECRETS, Some(json!({}))).await.status,
        StatusCode::FORBIDDEN
    );
    let first = world.portal.api(&writes, Method::POST, API_SECRETS, Some(json!({}))).await;
    world.portal.wait(1);
    let second = world.portal.api(&writes, Method::POST, API_SECRETS, Some(json!({"overlap": "hour"}))).await;
    assert_eq!(second.json()["secrets"].as_array().unwrap().len(), 2);
    assert_eq!(second.json()["secrets"][0]["expires_at"], "2026-11-20T01:00:01Z");
    let location = second.location().to_owned();
    assert_eq!(world.portal.api(&writes, Method::DELETE, &location, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.portal.api(&writes, Method::DELETE, &location, None).await.status, StatusCode::NOT_FOUND);
    let left = world.portal.get_as(&reads, "/api/v1/apps/acme/credentials").await.json();
    assert_eq!(left["items"][0]["secrets"][0]["id"], first.json()["id"]);
    let nowhere =
        world.portal.api(&writes, Method::POST, "/api/v1/apps/acme/credentials/staging/secrets", Some(json!({}))).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}
