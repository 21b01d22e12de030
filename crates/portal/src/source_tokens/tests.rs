//! Tokens of sources: made, shown once, used for calls alone, revoked.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use model::{DayRange, Environment, PlatformRole};
use serde_json::json;

use crate::testing::{Answer, Asks, TestPortal, TestToken, today};

const LIST: &str = "/platform/sources/tokens";

fn record(app: &str, environment: &str) -> String {
    let record = json!({"time": "2026-11-20T00:00:00Z", "app": app, "environment": environment, "method": "GET",
        "path": "/a/1", "status": 200});
    record.to_string() + "\n"
}

async fn send(portal: &TestPortal, token: &TestToken, body: impl Into<String>) -> Answer {
    let request = Request::post("/api/v1/calls").header("host", "localhost:8080");
    let request = token.sign(request.header("content-type", "application/x-ndjson"));
    portal.send(request.body(Body::from(body.into())).unwrap()).await
}

async fn calls(portal: &TestPortal, app: &str, environment: Environment) -> u64 {
    let app = app.parse().unwrap();
    let tallies = portal.steadfast.store.tallies(&app, environment, DayRange::only(today())).await.unwrap();
    tallies.iter().map(|tally| tally.counts.calls).sum()
}

/// The token that a page shows.
fn shown(page: &str) -> TestToken {
    let (_, rest) = page.split_once("<code id=\"token\">").unwrap_or_else(|| panic!("{page}"));
    TestToken { text: rest.split('<').next().unwrap().to_owned() }
}

#[tokio::test]
async fn an_operator_makes_a_token_that_is_shown_once_and_sends_calls() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let made = portal.post_as(&olga, LIST, &[("source", "kong")]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let token = shown(&made.body);
    assert!(token.text.starts_with("stf_s_"), "{}", token.text);
    let list = portal.get_as(&olga, LIST).await.body;
    assert!(!list.contains(&token.text) && list.contains("kong") && list.contains("stf_s_"), "{list}");
    let answer = send(&portal, &token, record("acme", "production")).await;
    assert_eq!((answer.status, &answer.json()["accepted"]), (StatusCode::OK, &json!(1)), "{}", answer.body);
    assert_eq!(calls(&portal, "acme", Environment::Production).await, 1);
    let sources = portal.steadfast.store.sources().await.unwrap();
    assert!(sources.iter().any(|source| source.name.as_str() == "kong"), "{sources:?}");
    assert!(portal.get_as(&olga, LIST).await.body.contains("in the last minute"), "its use is noted");
    assert!(portal.get_as(&olga, "/platform/sources").await.body.contains("kong (stf_s_"), "so is what it sent");
}

#[tokio::test]
async fn what_a_token_may_not_send_is_rejected_record_by_record() {
    let portal = TestPortal::empty();
    let token = portal.source_token("kong", &["acme", "beta"], &["production"]).await;
    let body = [record("acme", "production"), record("other", "production"), record("beta", "sandbox"), record("", "")];
    let told = send(&portal, &token, body.concat()).await.json();
    assert_eq!((&told["accepted"], &told["rejected"]), (&json!(1), &json!(3)), "{told}");
    assert_eq!(told["reasons"], json!({"app_not_allowed": 2, "environment_not_allowed": 1}), "{told}");
    let rejects: Vec<_> = told["rejects"].as_array().unwrap().iter().map(|reject| &reject["detail"]).collect();
    assert_eq!(rejects, ["found `other`", "found `sandbox`", "the call names no app"]);
    assert_eq!(told["rejects"][0]["line"], json!(2));
    let kept = std::fs::read_to_string(portal.steadfast.rejects.path()).unwrap();
    assert!(kept.contains("found `other`") && kept.contains("found `sandbox`"), "{kept}");
    assert_eq!(calls(&portal, "acme", Environment::Production).await, 1);
    assert_eq!(calls(&portal, "other", Environment::Production).await, 0);
    let rejects = portal.steadfast.store.rejects().await.unwrap();
    assert!(rejects.contains(&("app_not_allowed".to_owned(), 2)), "{rejects:?}");
}

#[tokio::test]
async fn tokens_do_not_know_of_each_others_batches() {
    let portal = TestPortal::empty();
    for (source, duplicate) in [("kong", false), ("kong", false)] {
        let token = portal.source_token(source, &[], &[]).await;
        let told = send(&portal, &token, record("acme", "production")).await.json();
        assert_eq!(told["duplicate"], json!(duplicate));
        assert_eq!(send(&portal, &token, record("acme", "production")).await.json()["duplicate"], json!(true));
    }
    assert_eq!(calls(&portal, "acme", Environment::Production).await, 2);
}

#[tokio::test]
async fn a_revoked_or_expired_token_is_refused() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let revoked = shown(&portal.post_as(&olga, LIST, &[("source", "kong")]).await.body);
    let token = portal.steadfast.source_tokens().await.unwrap().remove(0);
    let url = format!("{LIST}/{}/revoke", token.id);
    let asked = portal.get_as(&olga, &url).await;
    assert!(asked.body.contains("no other token"), "{}", asked.body);
    assert_eq!(portal.post_as(&olga, &url, &[]).await.status, StatusCode::SEE_OTHER);
    let refused = send(&portal, &revoked, record("acme", "production")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.body.contains("revoked"), "{}", refused.body);
    assert_eq!(portal.get_as(&olga, &url).await.status, StatusCode::NOT_FOUND);

    let short = shown(&portal.post_as(&olga, LIST, &[("source", "kong"), ("expires", "2026-11-20")]).await.body);
    assert_eq!(send(&portal, &short, record("acme", "production")).await.status, StatusCode::OK);
    portal.wait_days(1);
    let refused = send(&portal, &short, record("acme", "production")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.body.contains("expired"), "{}", refused.body);
}

#[tokio::test]
async fn programs_see_and_sessions_make_tokens() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let url = "/api/v1/sources/edge.1/tokens";
    let new = json!({"apps": ["acme"], "environments": ["production"], "expires": "2026-12-31"});
    let made = portal.api(&olga, Method::POST, url, Some(new)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let (wire, location) = (made.json(), made.location().to_owned());
    assert!(wire["token"].as_str().unwrap().starts_with("stf_s_"));
    assert_eq!((&wire["apps"], &wire["expires_at"]), (&json!(["acme"]), &json!("2027-01-01T00:00:00Z")), "{wire}");
    let zoe = portal.staff("zoe", PlatformRole::Auditor).await;
    let seen = portal.api(&zoe, Method::GET, &location, None).await.json();
    assert_eq!((&seen["id"], &seen["token"]), (&wire["id"], &json!(null)));
    assert_eq!(portal.api(&zoe, Method::GET, url, None).await.json()["items"].as_array().unwrap().len(), 1);
    let elsewhere = location.replace("edge.1", "edge.2");
    assert_eq!(portal.api(&zoe, Method::GET, &elsewhere, None).await.status, StatusCode::NOT_FOUND);
    let flawed = portal.api(&olga, Method::POST, url, Some(json!({"environments": ["moon"], "expires": "soon"}))).await;
    assert_eq!(flawed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(flawed.json()["errors"].as_array().unwrap().len(), 2, "{}", flawed.body);
    let reserved = portal.api(&olga, Method::POST, "/api/v1/sources/files/tokens", Some(json!({}))).await;
    assert_eq!(reserved.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reserved.body);
    assert!(reserved.body.contains("choose another name"), "{}", reserved.body);
    let page = portal.post_as(&olga, LIST, &[("source", "http"), ("apps", "acme")]).await;
    assert!(page.status != StatusCode::OK && page.body.contains("choose another name"), "{}", page.body);
    assert_eq!(portal.api(&olga, Method::DELETE, &location, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(portal.api(&olga, Method::DELETE, &location, None).await.status, StatusCode::NOT_FOUND);
    let told = portal.get_as(&olga, "/api/v1/platform/audit").await.body;
    assert!(told.contains("source_token.made") && told.contains("source_token.revoked"), "{told}");
}
