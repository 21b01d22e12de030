//! Choosing what to be told, by page and by API.

use axum::http::{Method, StatusCode};
use model::{AppRole, MemberRole, Scope};
use serde_json::json;

use crate::testing::{TestPerson, TestPortal};

async fn portal() -> (TestPortal, TestPerson) {
    let portal = TestPortal::empty();
    let dora = portal.person("dora").await;
    let owner = portal.person("owner").await;
    let acme = portal.organisation("Acme", &[(&owner, MemberRole::Admin)]).await;
    portal.app("erp", acme, &[(&owner, AppRole::Owner), (&dora, AppRole::Developer)]).await;
    (portal, dora)
}

#[tokio::test]
async fn everybody_chooses_for_themselves() {
    let (portal, dora) = portal().await;
    let page = portal.get_as(&dora, "/apps/erp/alerts").await;
    assert!(page.body.contains("dora@example.com") && page.body.contains("value=\"none\" checked"), "{}", page.body);
    let saved = portal.post_as(&dora, "/apps/erp/alerts", &[("changes", "worse"), ("weekly", "yes")]).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/apps/erp/alerts?done=saved"));
    let page = portal.get_as(&dora, saved.location()).await;
    assert!(page.body.contains("value=\"worse\" checked") && page.body.contains("Your choice is saved."));
    let wrong = portal.post_as(&dora, "/apps/erp/alerts", &[("changes", "all")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Staff may be told of any app, and their choice is their own.
    let olga = portal.operator().await;
    assert!(portal.get_as(&olga, "/apps/erp/alerts").await.body.contains("value=\"none\" checked"));
    let stranger = portal.person("stranger").await;
    assert_eq!(portal.get_as(&stranger, "/apps/erp/alerts").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_choice_arrives_as_mail() {
    let (portal, dora) = portal().await;
    portal.post_as(&dora, "/apps/erp/alerts", &[("changes", "any")]).await;
    portal.refusals("erp", 500).await;
    portal.steadfast.upkeep().await.unwrap();
    portal.steadfast.upkeep().await.unwrap();
    assert_eq!(portal.outbox.messages().len(), 1);
    assert!(portal.outbox.last_to("dora@example.com").unwrap().subject.starts_with("erp app: Needs Attention"));
}

#[tokio::test]
async fn programs_choose_for_their_person() {
    let (portal, dora) = portal().await;
    let token = portal.token(&dora, &[Scope::AppsRead]).await;
    let url = "/api/v1/apps/erp/alerts";
    let none = json!({"changes": "none", "weekly": false});
    assert_eq!(portal.api(&token, Method::GET, url, None).await.json(), none);
    let chosen = json!({"changes": "any", "weekly": true});
    assert_eq!(portal.api(&token, Method::PUT, url, Some(chosen.clone())).await.json(), chosen);
    assert_eq!(portal.api(&token, Method::GET, url, None).await.json(), chosen);
    let wrong = json!({"changes": "any", "weekly": true, "person": "other"});
    assert_eq!(portal.api(&token, Method::PUT, url, Some(wrong)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
