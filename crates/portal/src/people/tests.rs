//! What the platform's staff sees of people, and what operators do with accounts.

use axum::http::{Method, StatusCode};
use model::{PlatformRole, Scope};
use serde_json::json;

use crate::testing::TestPortal;

#[tokio::test]
async fn the_staff_searches_people_page_by_page() {
    let portal = TestPortal::empty();
    let auditor = portal.staff("Zoe", PlatformRole::Auditor).await;
    for n in 0..60 {
        portal.person(&format!("p{n:02}")).await;
    }
    let first = portal.get_as(&auditor, "/platform/people").await;
    assert!(first.body.contains("p00@example.com") && first.body.contains("p49@example.com"));
    assert!(!first.body.contains("p50@example.com") && first.body.contains("after=p49%40example.com"));
    let next = portal.get_as(&auditor, "/platform/people?after=p49%40example.com").await;
    assert!(next.body.contains("p50@example.com") && next.body.contains("zoe@example.com"));
    let found = portal.get_as(&auditor, "/platform/people?q=P07").await;
    assert_eq!(found.body.matches("@example.com</small>").count(), 1);
    assert!(portal.get_as(&auditor, "/platform/people?q=%3Cb%3E").await.body.contains("&#60;b&#62;"));
    let cursor = portal.get_as(&auditor, "/api/v1/platform/people?limit=2").await.json()["next"].clone();
    assert_eq!(cursor, "p01@example.com");
    let person = portal.person("nobody").await;
    assert_eq!(portal.get_as(&person, "/platform/people").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_operator_gives_and_takes_roles_after_being_asked() {
    let portal = TestPortal::empty();
    let (olga, ben) = (portal.operator().await, portal.person("Ben").await);
    let page = format!("/platform/people/{}", ben.id());
    let asked = portal.get_as(&olga, &format!("{page}/role?role=reviewer")).await;
    assert!(asked.body.contains("Make Ben Reviewer?") && asked.body.contains("decides claims"));
    assert_eq!(portal.get_as(&ben, "/platform/people").await.status, StatusCode::FORBIDDEN);
    let given = portal.post_as(&olga, &format!("{page}/role"), &[("role", "reviewer")]).await;
    assert_eq!(given.location(), format!("{page}?done=role"));
    assert_eq!(portal.get_as(&ben, "/platform/people").await.status, StatusCode::OK);
    portal.post_as(&olga, &format!("{page}/role"), &[("role", "")]).await;
    assert_eq!(portal.get_as(&ben, "/platform/people").await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.post_as(&olga, &format!("{page}/role"), &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nobody_changes_their_own_role_or_shuts_their_own_account() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    portal.staff("Otto", PlatformRole::Operator).await;
    let page = format!("/platform/people/{}", olga.id());
    assert!(portal.get_as(&olga, &page).await.body.contains("Nobody changes their own role"));
    let role = portal.post_as(&olga, &format!("{page}/role"), &[("role", "auditor")]).await;
    assert_eq!(role.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.post_as(&olga, &format!("{page}/shut"), &[]).await.status, StatusCode::FORBIDDEN);
    let token = portal.token(&olga, &[Scope::PeopleWrite]).await;
    let body = json!({"platform_role": null, "disabled": true});
    let path = format!("/api/v1{page}");
    assert_eq!(portal.api(&token, Method::PATCH, &path, Some(body)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_shut_account_is_signed_out_and_its_tokens_are_refused() {
    let portal = TestPortal::empty();
    let (olga, ben) = (portal.operator().await, portal.person("Ben").await);
    let token = portal.token(&ben, &[Scope::PeopleRead]).await;
    let page = format!("/platform/people/{}", ben.id());
    assert!(portal.get_as(&olga, &format!("{page}/shut")).await.body.contains("1 session"));
    portal.post_as(&olga, &format!("{page}/shut"), &[]).await;
    assert!(portal.get_as(&ben, "/organisations").await.location().starts_with("/sign-in"));
    let answer = portal.get_as(&token, "/api/v1/organisations").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);

    portal.post_as(&olga, &format!("{page}/open"), &[]).await;
    // The session is over for good; what they prove anew counts again.
    assert!(portal.get_as(&ben, "/organisations").await.location().starts_with("/sign-in"));
    assert_eq!(portal.get_as(&token, "/api/v1/organisations").await.status, StatusCode::OK);
}

#[tokio::test]
async fn programs_change_people_and_null_takes_the_role() {
    let portal = TestPortal::empty();
    let (olga, ben) = (portal.operator().await, portal.staff("Ben", PlatformRole::Auditor).await);
    let token = portal.token(&olga, &[Scope::PeopleWrite]).await;
    let path = format!("/api/v1/platform/people/{}", ben.id());
    let send = |body| portal.api(&token, Method::PATCH, &path, Some(body));
    assert_eq!(send(json!({})).await.json()["platform_role"], "auditor");
    assert_eq!(send(json!({"platform_role": "operator"})).await.json()["platform_role"], "operator");
    // All of it or nothing: a shut account gets no role.
    let both = send(json!({"platform_role": "reviewer", "disabled": true})).await;
    assert_eq!(both.status, StatusCode::CONFLICT);
    assert_eq!(send(json!({})).await.json()["platform_role"], "operator");
    let gone = send(json!({"platform_role": null, "disabled": true})).await.json();
    assert_eq!((&gone["platform_role"], &gone["disabled"], &gone["sessions"]), (&json!(null), &json!(true), &json!(0)));
    let wrong = send(json!({"platform_role": "king"})).await;
    assert_eq!(wrong.json()["errors"][0]["field"], "platform_role");
    assert_eq!(send(json!({"email": "x@y.z"})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_link_that_verifies_is_mailed_again() {
    let portal = TestPortal::empty();
    let (olga, ben) = (portal.operator().await, portal.person("Ben").await);
    let page = format!("/platform/people/{}", ben.id());
    let verified = portal.post_as(&olga, &format!("{page}/verification"), &[]).await;
    assert_eq!(verified.status, StatusCode::CONFLICT);
    let unverified = model::Person { verified_at: None, ..ben.person.clone() };
    portal.db_change(vec![store::Edit::SavePerson(unverified)]).await;
    assert!(portal.get_as(&olga, &page).await.body.contains("Mail the verification again"));
    let mailed = portal.post_as(&olga, &format!("{page}/verification"), &[]).await;
    assert_eq!(mailed.location(), format!("{page}?done=mailed"));
    let role = portal.post_as(&olga, &format!("{page}/role"), &[("role", "operator")]).await;
    assert_eq!(role.status, StatusCode::CONFLICT);
}
