//! Versions through the portal: the pages and the API.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::components::samples::HYBRID;
use crate::components::tests::World;

const CONNECTION: &str = r#"{"schema_version":"1.0","data_connection":{}}"#;
const PANEL: &str = r#"{"schema_version":"1.0","data_connection":{},"sidepanel":{"source_url":"https://new.example.com/","views":["rfi.detail"]}}"#;

#[tokio::test]
async fn from_draft_to_production_by_the_pages() {
    let world = World::new().await;
    let list = "/apps/acme/versions";
    assert!(world.portal.get_as(&world.owner, list).await.body.contains("There is no draft yet"));
    world.draft(HYBRID).await;
    let page = world.portal.get_as(&world.owner, list).await;
    assert!(page.body.contains("This will be the first version") && page.body.contains("value=\"0.1.0\""));
    let saved = world.portal.post_as(&world.owner, list, &[("number", "0.1.0"), ("revision", "1")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let url = saved.location().to_owned();
    let page = world.portal.get_as(&world.developer, &url).await;
    assert!(page.body.contains("Sandbox key") && !page.body.contains("Promote to production"));
    assert!(page.body.contains("cameras.example.com"));
    let url = url.split('?').next().unwrap().to_owned();
    let promote = format!("{url}/promote");
    let empty = world.portal.post_as(&world.owner, &promote, &[("release_notes", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("id=\"f-release-notes-flaw\""));
    let done = world.portal.post_as(&world.owner, &promote, &[("release_notes", "First light")]).await;
    assert_eq!(done.location(), format!("{url}?done=promoted"));
    let page = world.portal.get_as(&world.owner, &url).await;
    assert!(page.body.contains("First light") && page.body.contains("id=\"production-key\""));
    assert!(page.body.contains("new installs get it") && !page.body.contains("Promote 0.1.0"));
    let again = world.portal.post_as(&world.owner, &promote, &[("release_notes", "Again")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let same = world.portal.get_as(&world.owner, list).await;
    assert!(same.body.contains("there is nothing to save"));
}

#[tokio::test]
async fn a_new_host_needs_a_new_major_number_and_the_page_says_so() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    world.version("1.0.0").await;
    world.draft(PANEL).await;
    let page = world.portal.get_as(&world.owner, "/apps/acme/versions").await;
    assert!(
        page.body.contains("Host <code>new.example.com</code> was added.") && page.body.contains("value=\"2.0.0\""),
        "{}",
        page.body
    );
    let refused =
        world.portal.post_as(&world.owner, "/apps/acme/versions", &[("number", "1.1.0"), ("revision", "2")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"f-number-flaw\"") && refused.body.contains("value=\"1.1.0\""),
        "{}",
        refused.body
    );
    let late =
        world.portal.post_as(&world.owner, "/apps/acme/versions", &[("number", "2.0.0"), ("revision", "1")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("The draft was changed since you looked at it"), "{}", late.body);
}

#[tokio::test]
async fn a_version_is_saved_once_however_often_it_is_asked_for() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let url = "/api/v1/apps/acme/versions";
    let post =
        async || world.portal.post_once(&world.owner, url, "build-17", json!({"number": "0.1.0", "revision": 1})).await;
    let (first, second) = (post().await, post().await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!(first.location(), second.location());
}

#[tokio::test]
async fn the_api_lists_the_newest_first_page_by_page() {
    let world = World::new().await;
    for number in ["0.1.0", "0.9.0", "0.10.0"] {
        let notes =
            json!({"schema_version":"1.0","data_connection":{},"post_installation_instruction":{"notes":number}});
        world.draft(&notes.to_string()).await;
        world.version(number).await;
    }
    let page = async |query: &str| {
        let page = world.portal.get_as(&world.developer, &format!("/api/v1/apps/acme/versions{query}")).await.json();
        let numbers: Vec<String> =
            page["items"].as_array().unwrap().iter().map(|v| v["number"].as_str().unwrap().to_owned()).collect();
        (numbers, page["next"].clone())
    };
    assert_eq!(page("").await, (vec!["0.10.0".to_owned(), "0.9.0".to_owned(), "0.1.0".to_owned()], json!(null)));
    assert_eq!(page("?limit=2").await, (vec!["0.10.0".to_owned(), "0.9.0".to_owned()], json!("0.9.0")));
    assert_eq!(page("?limit=2&cursor=0.9.0").await, (vec!["0.1.0".to_owned()], json!(null)));
    let bad = world.portal.get_as(&world.developer, "/api/v1/apps/acme/versions?cursor=x").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_version_of_another_app_is_not_this_ones() {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    let version = world.version("0.1.0").await;
    let elsewhere = world.portal.organisation("Elsewhere", &[(&world.other, model::MemberRole::Admin)]).await;
    world.portal.app("other", elsewhere, &[(&world.other, model::AppRole::Owner)]).await;
    for url in [format!("/api/v1/apps/other/versions/{version}"), format!("/apps/other/versions/{version}")] {
        assert_eq!(world.portal.get_as(&world.other, &url).await.status, StatusCode::NOT_FOUND, "{url}");
    }
    let promotion = json!({"release_notes": "Mine now"});
    let url = format!("/api/v1/apps/other/versions/{version}/promotion");
    assert_eq!(world.portal.api(&world.other, Method::POST, &url, Some(promotion)).await.status, StatusCode::NOT_FOUND);
}
