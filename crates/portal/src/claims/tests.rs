//! Claims as a browser and a program meet them.

use axum::http::{Method, StatusCode};
use model::{MemberRole, PlatformRole, Scope};
use serde_json::json;

use crate::testing::{TestPerson, TestPortal};

async fn anna(portal: &TestPortal) -> TestPerson {
    let anna = portal.person("anna").await;
    portal.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    anna
}

#[tokio::test]
async fn the_answer_is_the_same_whether_there_is_such_an_app_or_not() {
    let portal = TestPortal::with_refusals("seen", 100).await;
    let anna = anna(&portal).await;
    let mut answers = Vec::new();
    for app in ["seen", "none"] {
        let answer = portal.post_as(&anna, "/claim-app", &[("app", app), ("evidence", "mine")]).await;
        assert_eq!(answer.location(), "/claim-app?done=claimed");
        answers.push((answer.status, answer.headers, answer.body));
    }
    assert_eq!(answers[0], answers[1]);
    let page = portal.get_as(&anna, "/claim-app").await.body;
    let row = |app: &str| {
        let row = page.split("<tr role=\"row\">").find(|row| row.contains(&format!("<code>{app}</code>"))).unwrap();
        row.split("</tr>").next().unwrap().replace(app, "")
    };
    assert_eq!(row("seen"), row("none"));
}

#[tokio::test]
async fn every_flaw_of_a_claim_is_told() {
    let portal = TestPortal::empty();
    let anna = anna(&portal).await;
    let refused = portal.post_as(&anna, "/claim-app", &[("app", ""), ("evidence", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.body.matches("class=\"flaw\"").count(), 2);
}

#[tokio::test]
async fn the_staff_confirms_after_being_asked() {
    let portal = TestPortal::with_refusals("seen", 100).await;
    let anna = anna(&portal).await;
    portal.post_as(&anna, "/claim-app", &[("app", "seen"), ("evidence", "<script>it is</script>")]).await;
    let reviewer = portal.staff("rita", PlatformRole::Reviewer).await;
    let page = portal.get_as(&reviewer, "/platform/claims").await.body;
    assert!(page.contains("anna@example.com") && page.contains("Acme") && page.contains("&#60;script&#62;it is"));
    let start = page.find("/platform/claims/").unwrap();
    let url = page[start..].split('"').next().unwrap().to_owned();
    assert!(portal.get_as(&reviewer, &url).await.body.contains("Confirm that seen is theirs?"));
    let (path, _) = url.split_once('?').unwrap();
    assert_eq!(portal.post_as(&anna, path, &[("decision", "confirmed")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.post_as(&reviewer, path, &[("decision", "maybe")]).await.status, StatusCode::BAD_REQUEST);
    let done = portal.post_as(&reviewer, path, &[("decision", "confirmed")]).await;
    assert_eq!(done.location(), "/platform/claims?done=confirmed");
    assert_eq!(portal.get_as(&anna, "/apps/seen/settings").await.status, StatusCode::OK);
    assert!(portal.get_as(&anna, "/claim-app").await.body.contains("Confirmed"));
    assert!(portal.mail_to("anna@example.com").await.contains("was confirmed"));
    assert_eq!(portal.post_as(&reviewer, path, &[("decision", "confirmed")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn programs_claim_and_decide() {
    let portal = TestPortal::with_refusals("seen", 100).await;
    let anna = anna(&portal).await;
    let olga = portal.operator().await;
    let token = portal.token(&anna, &[Scope::AppsRead, Scope::AppsWrite]).await;
    let staff = portal.token(&olga, &[Scope::PlatformRead, Scope::PlatformWrite]).await;
    let body = || Some(json!({"app": "seen", "evidence": "ticket 1"}));
    let made = portal.api(&token, Method::POST, "/api/v1/claims", body()).await;
    assert_eq!((made.status, &made.json()["decision"]), (StatusCode::CREATED, &json!(null)));
    let open = portal.get_as(&staff, "/api/v1/platform/claims").await.json();
    assert_eq!((&open["items"][0]["app"], &open["items"][0]["calls"]), (&json!("seen"), &json!(300)));
    assert_eq!(portal.get_as(&token, "/api/v1/platform/claims").await.status, StatusCode::FORBIDDEN);
    let url = format!("/api/v1/platform/claims/{}/decision", open["items"][0]["id"].as_str().unwrap());
    let decided = portal.api(&staff, Method::POST, &url, Some(json!({"decision": "refused"}))).await;
    assert_eq!(decided.status, StatusCode::NO_CONTENT);
    let own = portal.get_as(&token, "/api/v1/claims").await.json();
    assert_eq!((own["items"].as_array().map(Vec::len), &own["items"][0]["decision"]), (Some(1), &json!("refused")));
}
