//! Organisations through the portal: who sees them, who changes them, and what is left when somebody goes.

use axum::http::{Method, StatusCode};
use model::{AppRole, MemberRole, OrganisationId, PlatformRole, Scope};
use serde_json::{Value, json};

use crate::testing::{Stranger, TestPerson, TestPortal};

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

/// Anna is the Admin of Acme, Ben a member, Eve nobody there.
struct Acme {
    portal: TestPortal,
    id: OrganisationId,
    anna: TestPerson,
    ben: TestPerson,
    eve: TestPerson,
}

impl Acme {
    async fn new() -> Self {
        let portal = TestPortal::empty();
        let (anna, ben, eve) = (portal.person("Anna").await, portal.person("Ben").await, portal.person("Eve").await);
        let id = portal.organisation("Acme", &[(&anna, MemberRole::Admin), (&ben, MemberRole::Member)]).await;
        Self { portal, id, anna, ben, eve }
    }

    fn page(&self, rest: &str) -> String {
        format!("/organisations/{}{rest}", self.id)
    }

    fn api(&self, rest: &str) -> String {
        format!("/api/v1/organisations/{}{rest}", self.id)
    }

    async fn actions(&self) -> Vec<String> {
        let page = self.portal.get_as(&self.anna, &self.api("/audit?limit=100")).await;
        let items = page.json()["items"].as_array().unwrap().clone();
        let mut actions: Vec<_> = items.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
        // The clock stands still, so that the order is that of chance.
        actions.sort();
        actions
    }
}

#[tokio::test]
async fn who_is_not_in_an_organisation_learns_nothing_of_it() {
    let acme = Acme::new().await;
    let nobodys = "/organisations/019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e";
    let expected = acme.portal.get_as(&acme.eve, nobodys).await;
    for page in ["", "/tokens", "/audit", "/settings", "/leave"] {
        let answer = acme.portal.get_as(&acme.eve, &acme.page(page)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert_eq!(answer.body, expected.body, "{page}");
    }
    for path in ["", "/members", "/invitations", "/tokens", "/audit", "/audit.csv"] {
        let answer = acme.portal.get_as(&acme.eve, &acme.api(path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let form = [("email", "x@example.com"), ("role", "admin")];
    assert_eq!(acme.portal.post_as(&acme.eve, &acme.page("/invitations"), &form).await.status, StatusCode::NOT_FOUND);
    assert!(acme.portal.get_as(&Stranger, &acme.page("")).await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn a_member_sees_and_an_admin_changes() {
    let acme = Acme::new().await;
    let seen = acme.portal.get_as(&acme.ben, &acme.page("")).await;
    assert!(seen.body.contains("Anna") && !seen.body.contains("Invite somebody"));
    for page in ["/tokens", "/audit"] {
        assert_eq!(acme.portal.get_as(&acme.ben, &acme.page(page)).await.status, StatusCode::FORBIDDEN, "{page}");
    }
    let role = format!("/members/{}", acme.ben.id());
    let answer = acme.portal.post_as(&acme.ben, &acme.page(&role), &[("role", "admin")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = acme.portal.post_as(&acme.anna, &acme.page(&role), &[("role", "admin")]).await;
    assert_eq!(answer.location(), acme.page("?done=role"));
    assert_eq!(acme.portal.get_as(&acme.ben, &acme.page("/audit")).await.status, StatusCode::OK);
    assert_eq!(acme.actions().await, ["member.changed"]);
}

#[tokio::test]
async fn an_organisation_is_made_renamed_and_left_but_not_by_its_last_admin() {
    let portal = TestPortal::empty();
    let anna = portal.person("Anna").await;
    assert!(portal.get_as(&anna, "/organisations").await.body.contains("You are in no organisation"));
    let bad = portal.post_as(&anna, "/organisations", &[("name", " ")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.body.contains("aria-invalid=\"true\"") && bad.body.contains("Write a name of 1 to 100 characters"));
    let made = portal.post_as(&anna, "/organisations", &[("name", "Acme")]).await;
    let page = made.location().strip_suffix("?done=made").unwrap().to_owned();
    assert!(portal.get_as(&anna, made.location()).await.body.contains("you are its Admin"));
    let settings = format!("{page}/settings");
    let named = portal.post_as(&anna, &settings, &[("name", "Acme Software")]).await;
    assert_eq!(named.location(), format!("{settings}?done=name"));
    let asked = portal.get_as(&anna, &format!("{page}/leave")).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.body.contains("You are the last Admin"));
    assert_eq!(portal.post_as(&anna, &format!("{page}/leave"), &[]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_removed_member_loses_access_at_once_and_their_apps_are_named() {
    let acme = Acme::new().await;
    acme.portal.app("roof", acme.id, &[(&acme.ben, AppRole::Owner)]).await;
    acme.portal.app("door", acme.id, &[(&acme.anna, AppRole::Owner), (&acme.ben, AppRole::Developer)]).await;
    let token = acme.portal.token(&acme.ben, &[Scope::PeopleRead]).await;
    assert_eq!(acme.portal.get_as(&token, &acme.api("")).await.status, StatusCode::OK);

    let remove = acme.page(&format!("/members/{}/remove", acme.ben.id()));
    let asked = acme.portal.get_as(&acme.anna, &remove).await;
    assert!(asked.body.contains("roof app") && asked.body.contains("takes the app over"), "{}", asked.body);
    let removed = acme.portal.post_as(&acme.anna, &remove, &[("from_apps", "yes")]).await;
    assert_eq!(removed.location(), acme.page("?done=removed"));

    assert_eq!(acme.portal.get_as(&acme.ben, &acme.page("")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(acme.portal.get_as(&token, &acme.api("")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(acme.portal.get_as(&acme.ben, "/apps/door/health").await.status, StatusCode::NOT_FOUND);
    assert_eq!(acme.portal.get_as(&acme.ben, "/apps/roof/health").await.status, StatusCode::OK);
    assert_eq!(acme.actions().await, ["collaborator.removed", "member.removed"]);
}

#[tokio::test]
async fn an_operator_helps_but_does_not_remove_the_last_admin() {
    let acme = Acme::new().await;
    let olga = acme.portal.operator().await;
    let remove = acme.page(&format!("/members/{}/remove", acme.anna.id()));
    let asked = acme.portal.get_as(&olga, &remove).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.body.contains("Anna is the last Admin") && !asked.body.contains("Remove from the organisation"));
    assert_eq!(acme.portal.post_as(&olga, &remove, &[]).await.status, StatusCode::CONFLICT);
    let role = acme.page(&format!("/members/{}", acme.ben.id()));
    acme.portal.post_as(&olga, &role, &[("role", "admin")]).await;
    assert_eq!(acme.portal.post_as(&olga, &remove, &[]).await.location(), acme.page("?done=removed"));
}

#[tokio::test]
async fn somebody_is_invited_again_and_not_after_all() {
    let acme = Acme::new().await;
    let invite = |email: &'static str, role: &'static str| {
        let page = acme.page("/invitations");
        async { acme.portal.post_as(&acme.anna, &{ page }, &[("email", email), ("role", role)]).await }
    };
    let bad = invite("nobody", "owner").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let there = invite("ben@example.com", "member").await;
    assert!(there.body.contains("this person is here already"), "{}", there.body);
    assert_eq!(invite("new@example.com", "member").await.location(), acme.page("?done=invited"));
    let page = acme.portal.get_as(&acme.anna, &acme.page("")).await;
    assert!(page.body.contains("new@example.com") && page.body.contains("Withdraw"));

    let items = acme.portal.get_as(&acme.anna, &acme.api("/invitations")).await.json()["items"].clone();
    let id = items[0]["id"].as_str().unwrap().to_owned();
    let again = acme.portal.post_as(&acme.anna, &acme.page(&format!("/invitations/{id}/resend")), &[]).await;
    assert_eq!(again.location(), acme.page("?done=resent"));
    let items = acme.portal.get_as(&acme.anna, &acme.api("/invitations")).await.json()["items"].clone();
    let id = items[0]["id"].as_str().unwrap().to_owned();
    let gone = acme.portal.post_as(&acme.anna, &acme.page(&format!("/invitations/{id}/withdraw")), &[]).await;
    assert_eq!(gone.location(), acme.page("?done=withdrawn"));
    assert_eq!(acme.portal.get_as(&acme.anna, &acme.api("/invitations")).await.json()["items"], json!([]));
    let read = acme.portal.get_as(&acme.anna, &acme.api(&format!("/invitations/{id}"))).await;
    assert_eq!(read.json()["state"], "withdrawn");
}

#[tokio::test]
async fn an_invitation_of_another_organisation_is_not_there() {
    let acme = Acme::new().await;
    let other = acme.portal.organisation("Other", &[(&acme.eve, MemberRole::Admin)]).await;
    let path = format!("/api/v1/organisations/{other}/invitations");
    let body = json!({"email": "x@example.com", "role": "member"});
    let made = acme.portal.api(&acme.eve, Method::POST, &path, Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.location(), format!("{path}/{id}"));
    let of_acme = acme.api(&format!("/invitations/{id}"));
    assert_eq!(acme.portal.get_as(&acme.anna, &of_acme).await.status, StatusCode::NOT_FOUND);
    assert_eq!(acme.portal.api(&acme.anna, Method::DELETE, &of_acme, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(acme.portal.get_as(&acme.eve, made.location()).await.json()["state"], "open");
}

#[tokio::test]
async fn a_token_of_an_organisation_is_made_by_a_proven_admin_shown_once_and_revoked() {
    let acme = Acme::new().await;
    let form = [("name", "nightly"), ("scopes", "apps:read"), ("scopes", "people:read"), ("days", "30")];
    let made = acme.portal.post_as(&acme.anna, &acme.page("/tokens"), &form).await;
    assert_eq!(made.status, StatusCode::OK);
    let (_, rest) = made.body.split_once("<code id=\"token\">").unwrap();
    let token = rest.split('<').next().unwrap().to_owned();
    assert!(token.starts_with("stf_o_"));
    let bearer = crate::testing::TestToken { text: token.clone() };
    assert_eq!(acme.portal.get_as(&bearer, &acme.api("/members")).await.status, StatusCode::OK);
    assert_eq!(acme.portal.get_as(&bearer, &acme.api("/tokens")).await.status, StatusCode::FORBIDDEN);

    let list = acme.portal.get_as(&acme.anna, &acme.page("/tokens")).await;
    assert!(list.body.contains("nightly") && !list.body.contains(&token));
    let items = acme.portal.get_as(&acme.anna, &acme.api("/tokens")).await.json()["items"].clone();
    let id = items[0]["id"].as_str().unwrap().to_owned();
    let revoke = acme.page(&format!("/tokens/{id}/revoke"));
    assert!(acme.portal.get_as(&acme.anna, &revoke).await.body.contains("Revoke nightly?"));
    let revoked = acme.portal.post_as(&acme.anna, &revoke, &[]).await;
    assert_eq!(revoked.location(), acme.page("/tokens?done=revoked"));
    assert_eq!(acme.portal.get_as(&bearer, &acme.api("/members")).await.status, StatusCode::UNAUTHORIZED);

    let wide = [("name", "x"), ("scopes", "calls:write"), ("days", "30")];
    let refused = acme.portal.post_as(&acme.anna, &acme.page("/tokens"), &wide).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    acme.portal.wait(16 * 60_000);
    let late = acme.portal.post_as(&acme.anna, &acme.page("/tokens"), &form).await;
    assert!(late.location().starts_with("/account/prove?next="), "{}", late.location());
}

#[tokio::test]
async fn a_token_of_an_organisation_is_not_made_by_a_token() {
    let acme = Acme::new().await;
    let personal = acme.portal.token(&acme.anna, &Scope::ALL).await;
    let own = acme.portal.organisation_token(acme.id, &acme.anna, &Scope::ALL).await;
    let body = json!({"name": "x", "scopes": ["apps:read"], "days": 7});
    for token in [&personal, &own] {
        let answer = acme.portal.api(token, Method::POST, &acme.api("/tokens"), Some(body.clone())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let made = acme.portal.api(&acme.anna, Method::POST, &acme.api("/tokens"), Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert!(made.json()["token"].as_str().unwrap().starts_with("stf_o_"));
}

#[tokio::test]
async fn names_are_text_wherever_they_stand() {
    let portal = TestPortal::empty();
    let anna = portal.person("Anna").await;
    let evil = portal.staff("eve", PlatformRole::Auditor).await;
    let mut person = evil.person.clone();
    person.name = EVIL.to_owned();
    portal.db_change(vec![store::Edit::SavePerson(person)]).await;
    let id = portal.organisation(EVIL, &[(&anna, MemberRole::Admin), (&evil, MemberRole::Member)]).await;
    let pages = [
        "/organisations".to_owned(),
        format!("/organisations/{id}"),
        format!("/organisations/{id}/settings"),
        format!("/organisations/{id}/tokens"),
        format!("/organisations/{id}/audit"),
        format!("/organisations/{id}/members/{}/remove", evil.id()),
    ];
    for page in pages {
        let answer = portal.get_as(&anna, &page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert!(!answer.body.contains("<script>alert") && !answer.body.contains("<img"), "{page}");
    }
    for page in ["/platform/organisations", "/platform/people", "/platform/audit"] {
        let answer = portal.get_as(&evil, page).await;
        assert!(!answer.body.contains("<script>alert") && !answer.body.contains("<img"), "{page}");
    }
}

#[tokio::test]
async fn programs_make_rename_and_staff_organisations() {
    let acme = Acme::new().await;
    let token = acme.portal.token(&acme.anna, &[Scope::PeopleRead, Scope::PeopleWrite]).await;
    let send = |method, path: String, body: Option<Value>| {
        let (portal, token) = (&acme.portal, &token);
        async move { portal.api(token, method, &path, body).await }
    };
    let named = send(Method::PATCH, acme.api(""), Some(json!({"name": "Acme 2"}))).await;
    assert_eq!((named.json()["name"].as_str(), named.json()["role"].as_str()), (Some("Acme 2"), Some("admin")));
    let assigned = send(Method::PATCH, acme.api(""), Some(json!({"name": "x", "id": "y"}))).await;
    assert_eq!(assigned.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ben = acme.api(&format!("/members/{}", acme.ben.id()));
    let admin = send(Method::PATCH, ben.clone(), Some(json!({"role": "admin"}))).await;
    assert_eq!(admin.json()["role"], "admin");
    let wrong = send(Method::PATCH, ben, Some(json!({"role": "owner"}))).await;
    assert_eq!(wrong.json()["errors"][0]["field"], "role");
    assert_eq!(send(Method::DELETE, acme.api("/members/me"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(send(Method::GET, acme.api(""), None).await.status, StatusCode::NOT_FOUND);
    let listed = send(Method::GET, "/api/v1/organisations".to_owned(), None).await;
    assert_eq!(listed.json(), json!({"items": [], "next": null}));
}
