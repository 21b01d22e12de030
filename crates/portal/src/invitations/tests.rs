//! Invitations as those meet them who are invited.

use axum::http::{Method, StatusCode};
use model::{AppRole, InvitedTo, MemberRole, Scope};
use serde_json::json;
use service::By;

use crate::testing::{TestPerson, TestPortal};

async fn invited(portal: &TestPortal) -> (TestPerson, String) {
    let owner = portal.person("owner").await;
    let acme = portal.organisation("Acme", &[(&owner, MemberRole::Admin)]).await;
    let app = portal.app("roof", acme, &[(&owner, AppRole::Owner)]).await;
    let by = By { doer: model::Doer::Person(owner.id()), person: owner.id() };
    let to = InvitedTo::App(app, AppRole::Developer);
    portal.steadfast.invite(to, "dora@example.com", by, None).await.unwrap();
    let mail = portal.mail_to("dora@example.com").await;
    let url = mail.split_whitespace().find(|word| word.contains("/invitations/")).unwrap();
    (owner, url.strip_prefix("http://localhost:8080").unwrap().to_owned())
}

#[tokio::test]
async fn a_stranger_sees_who_invites_and_comes_back_after_signing_in() {
    let portal = TestPortal::empty();
    let (_, url) = invited(&portal).await;
    let page = portal.get(&url).await;
    assert_eq!((page.status, page.header("x-robots-tag")), (StatusCode::OK, "noindex"));
    assert!(page.body.contains("roof app") && page.body.contains("Developer") && page.body.contains("d…@example.com"));
    let next = url.replace('/', "%2F");
    assert!(
        page.body.contains(&format!("/sign-in?next={next}")) && page.body.contains(&format!("/sign-up?next={next}"))
    );
    assert!(!page.body.contains("dora@example.com"), "the address is the invited person's");
    let answer = portal.post_as(&crate::testing::Stranger, &url, &[("decision", "accept")]).await;
    assert!(answer.status == StatusCode::FORBIDDEN || answer.status == StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_invited_person_accepts() {
    let portal = TestPortal::empty();
    let (_, url) = invited(&portal).await;
    let dora = portal.person("dora").await;
    assert!(portal.get_as(&dora, "/").await.body.contains("1 invitation waits for your answer"));
    assert!(portal.get_as(&dora, &url).await.body.contains("value=\"accept\""));
    assert_eq!(portal.post_as(&dora, &url, &[]).await.status, StatusCode::BAD_REQUEST);
    let accepted = portal.post_as(&dora, &url, &[("decision", "accept")]).await;
    assert_eq!(accepted.location(), "/apps/roof?done=joined");
    assert!(portal.get_as(&dora, accepted.location()).await.body.contains("You work on this app now."));
    assert!(portal.get_as(&dora, &url).await.body.contains("was accepted already"));
    assert_eq!(portal.post_as(&dora, &url, &[("decision", "accept")]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn nobody_else_accepts() {
    let portal = TestPortal::empty();
    let (_, url) = invited(&portal).await;
    let mallory = portal.person("mallory").await;
    let page = portal.get_as(&mallory, &url).await.body;
    assert!(page.contains("d…@example.com") && !page.contains("value=\"accept\""));
    assert_eq!(portal.post_as(&mallory, &url, &[("decision", "accept")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.get_as(&mallory, "/apps/roof").await.status, StatusCode::NOT_FOUND);
    assert!(portal.get_as(&mallory, "/invitations").await.body.contains("No invitation waits for you"));
}

#[tokio::test]
async fn after_seven_days_it_has_expired() {
    let portal = TestPortal::empty();
    let (_, url) = invited(&portal).await;
    portal.wait_days(7);
    assert!(portal.get(&url).await.body.contains("has expired"));
    let dora = portal.person("dora").await;
    assert_eq!(portal.post_as(&dora, &url, &[("decision", "accept")]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_link_of_nothing_is_told_so() {
    let portal = TestPortal::empty();
    for url in ["/invitations/x", "/invitations/%3Cscript%3E"] {
        let page = portal.get(url).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.body.contains("no such invitation") && !page.body.contains("<script>"));
    }
}

#[tokio::test]
async fn ones_own_are_listed_and_declined_there() {
    let portal = TestPortal::empty();
    invited(&portal).await;
    let (dora, mallory) = (portal.person("dora").await, portal.person("mallory").await);
    let page = portal.get_as(&dora, "/invitations").await.body;
    let (_, rest) = page.split_once("name=\"invitation\" value=\"").unwrap();
    let fields = [("invitation", rest.split('"').next().unwrap()), ("decision", "decline")];
    assert_eq!(portal.post_as(&mallory, "/invitations", &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.post_as(&dora, "/invitations", &fields).await.location(), "/?done=declined");
    assert!(portal.get_as(&dora, "/invitations").await.body.contains("No invitation waits for you"));
}

#[tokio::test]
async fn a_program_answers_for_its_person() {
    let portal = TestPortal::empty();
    invited(&portal).await;
    let (dora, mallory) = (portal.person("dora").await, portal.person("mallory").await);
    let token = portal.token(&dora, &[Scope::PeopleRead, Scope::PeopleWrite]).await;
    let mallorys = portal.token(&mallory, &[Scope::PeopleRead, Scope::PeopleWrite]).await;
    let list = portal.get_as(&token, "/api/v1/me/invitations").await.json();
    assert_eq!((&list["items"][0]["app"], &list["items"][0]["role"]), (&json!("roof"), &json!("developer")));
    let url = format!("/api/v1/me/invitations/{}/decision", list["items"][0]["id"].as_str().unwrap());
    let body = || Some(json!({"decision": "accepted"}));
    assert_eq!(portal.api(&mallorys, Method::POST, &url, body()).await.status, StatusCode::NOT_FOUND);
    let answer = portal.api(&token, Method::POST, &url, body()).await;
    assert_eq!((answer.status, &answer.json()["state"]), (StatusCode::OK, &json!("accepted")));
    assert_eq!(portal.api(&token, Method::POST, &url, body()).await.status, StatusCode::CONFLICT);
}
