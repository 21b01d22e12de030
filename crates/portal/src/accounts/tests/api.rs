//! One's own account by the API.

use super::*;

#[tokio::test]
async fn who_one_is_and_is_called() {
    let portal = TestPortal::empty();
    let anna = portal.person("Anna").await;
    let reads = portal.token(&anna, &[Scope::AppsRead]).await;
    let writes = portal.token(&anna, &[Scope::PeopleWrite]).await;
    let me = portal.get_as(&reads, "/api/v1/me").await.json();
    assert_eq!((me["email"].as_str(), me["platform_role"].is_null()), (Some("anna@example.com"), true));
    let name = Some(json!({"name": "Anna Berg"}));
    assert_eq!(portal.api(&reads, Method::PATCH, "/api/v1/me", name.clone()).await.status, StatusCode::FORBIDDEN);
    let changed = portal.api(&writes, Method::PATCH, "/api/v1/me", name).await;
    assert_eq!(changed.json()["name"], "Anna Berg");
    let more = Some(json!({"name": "Anna", "platform_role": "operator"}));
    assert_eq!(portal.api(&writes, Method::PATCH, "/api/v1/me", more).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let bad = portal.api(&writes, Method::PATCH, "/api/v1/me", Some(json!({"name": ""}))).await;
    assert_eq!(
        (bad.status, bad.json()["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("name"))
    );
}

#[tokio::test]
async fn sessions_are_listed_page_by_page_and_ended() {
    let portal = TestPortal::empty();
    let anna = portal.person("Anna").await;
    for _ in 0..2 {
        portal.wait(1);
        portal.signed_in(anna.person.clone()).await;
    }
    let first = portal.get_as(&anna, "/api/v1/me/sessions?limit=2").await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let second = portal.get_as(&anna, &format!("/api/v1/me/sessions?limit=2&cursor={next}")).await.json();
    assert_eq!((second["items"].as_array().unwrap().len(), second["next"].is_null()), (1, true));
    assert_eq!(first["items"][0]["current"], true);
    let id = first["items"][1]["id"].as_str().unwrap();
    let url = format!("/api/v1/me/sessions/{id}");
    assert_eq!(portal.get_as(&anna, &url).await.json()["id"], id);
    let ben = portal.person("Ben").await;
    assert_eq!(portal.api(&ben, Method::DELETE, &url, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.api(&anna, Method::DELETE, &url, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(portal.get_as(&anna, &url).await.status, StatusCode::NOT_FOUND);
    for bad in ["?limit=0", "?limit=101", "?page=2"] {
        let answer = portal.get_as(&anna, &format!("/api/v1/me/sessions{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn tokens_are_made_by_session_alone() {
    let portal = TestPortal::empty();
    let anna = portal.staff("Anna", PlatformRole::Operator).await;
    let wanted = || Some(json!({"name": "gateway", "scopes": ["calls:write"], "days": 365}));
    let token = portal.token(&anna, &Scope::ALL).await;
    let refused = portal.api(&token, Method::POST, "/api/v1/me/tokens", wanted()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let made = portal.api(&anna, Method::POST, "/api/v1/me/tokens", wanted()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert!(made.json()["token"].as_str().unwrap().starts_with("stf_p_"));
    let url = made.location().to_owned();
    let read = portal.get_as(&anna, &url).await.json();
    assert_eq!((read["scopes"][0].as_str(), read.get("token")), (Some("calls:write"), None));
    assert_eq!(portal.api(&token, Method::DELETE, &url, None).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.api(&anna, Method::DELETE, &url, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(portal.get_as(&anna, &url).await.status, StatusCode::NOT_FOUND);
    let listed = portal.get_as(&anna, "/api/v1/me/tokens").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "the one that was there");
}

#[tokio::test]
async fn the_session_of_the_api_needs_its_token_against_forgery() {
    let portal = TestPortal::empty();
    let anna = portal.person("Anna").await;
    let request = Request::builder().method(Method::PATCH).uri("/api/v1/me").header("host", "localhost:8080");
    let request = request.header("cookie", format!("steadfast_session={}", anna.cookie));
    let request = request.header("content-type", "application/json").body(Body::from("{\"name\":\"x\"}")).unwrap();
    assert_eq!(portal.send(request).await.status, StatusCode::FORBIDDEN);
}
