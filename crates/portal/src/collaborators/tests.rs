//! Who works on an app, as a browser and a program meet it.

use axum::http::{Method, StatusCode};
use model::{AppId, AppRole, MemberRole, Scope};
use serde_json::json;

use crate::testing::{TestPerson, TestPortal};

struct World {
    portal: TestPortal,
    owner: TestPerson,
    admin: TestPerson,
    developer: TestPerson,
}

impl World {
    async fn new() -> Self {
        let portal = TestPortal::empty();
        let [owner, admin, developer] =
            [portal.person("owner").await, portal.person("admin").await, portal.person("developer").await];
        let acme = portal.organisation("Acme", &[(&owner, MemberRole::Member)]).await;
        let people = [(&owner, AppRole::Owner), (&admin, AppRole::Admin), (&developer, AppRole::Developer)];
        portal.app("roof", acme, &people).await;
        Self { portal, owner, admin, developer }
    }

    async fn role(&self, who: &TestPerson) -> Option<AppRole> {
        let app: AppId = "roof".parse().unwrap();
        self.portal.steadfast.store.app_role(&app, who.id()).await.unwrap()
    }
}

#[tokio::test]
async fn all_see_the_list_and_owner_and_admins_change_it() {
    let world = World::new().await;
    for (who, changes, transfers) in
        [(&world.owner, true, true), (&world.admin, true, false), (&world.developer, false, false)]
    {
        let page = world.portal.get_as(who, "/apps/roof/collaborators").await.body;
        assert!(page.contains("owner@example.com") && page.contains("developer@example.com"));
        assert_eq!(page.contains("/apps/roof/collaborators/invite"), changes, "{}", who.email());
        assert_eq!(page.contains("id=\"transfer\""), transfers, "{}", who.email());
        assert_eq!(page.contains("/apps/roof/leave"), who.id() != world.owner.id());
        let owners = format!("/apps/roof/collaborators/{}/remove", world.owner.id());
        assert!(!page.contains(&owners), "nobody removes the owner");
    }
}

#[tokio::test]
async fn an_admin_cannot_remove_the_owner_even_by_hand() {
    let world = World::new().await;
    let owner = format!("/apps/roof/collaborators/{}", world.owner.id());
    for rest in ["remove", "role"] {
        let answer = world.portal.post_as(&world.admin, &format!("{owner}/{rest}"), &[("role", "developer")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{rest}");
    }
    assert_eq!(world.role(&world.owner).await, Some(AppRole::Owner));
}

#[tokio::test]
async fn roles_change_and_people_go() {
    let world = World::new().await;
    let developer = format!("/apps/roof/collaborators/{}", world.developer.id());
    let answer = world.portal.post_as(&world.admin, &format!("{developer}/role"), &[("role", "admin")]).await;
    assert_eq!(answer.location(), "/apps/roof/collaborators?done=role");
    assert_eq!(world.role(&world.developer).await, Some(AppRole::Admin));
    let owner = world.portal.post_as(&world.admin, &format!("{developer}/role"), &[("role", "owner")]).await;
    assert_eq!(owner.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(world.portal.get_as(&world.owner, &format!("{developer}/remove")).await.body.contains("Remove developer?"));
    let answer = world.portal.post_as(&world.owner, &format!("{developer}/remove"), &[]).await;
    assert_eq!(answer.location(), "/apps/roof/collaborators?done=removed");
    assert_eq!(world.portal.get_as(&world.developer, "/apps/roof").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn anybody_leaves_but_the_owner() {
    let world = World::new().await;
    assert_eq!(world.portal.post_as(&world.owner, "/apps/roof/leave", &[]).await.status, StatusCode::CONFLICT);
    assert!(world.portal.get_as(&world.developer, "/apps/roof/leave").await.body.contains("Leave roof app?"));
    let left = world.portal.post_as(&world.developer, "/apps/roof/leave", &[]).await;
    assert_eq!(left.location(), "/?done=left");
    assert_eq!(world.role(&world.developer).await, None);
    let token = world.portal.token(&world.admin, &[Scope::AppsWrite]).await;
    let answer = world.portal.api(&token, Method::DELETE, "/api/v1/apps/roof/collaborators/me", None).await;
    assert_eq!((answer.status, world.role(&world.admin).await), (StatusCode::NO_CONTENT, None));
}

#[tokio::test]
async fn the_owner_hands_the_app_on_after_being_asked() {
    let world = World::new().await;
    let id = world.developer.id().to_string();
    let asked = world.portal.get_as(&world.owner, &format!("/apps/roof/transfer?person={id}")).await.body;
    assert!(asked.contains("Make developer the owner?") && asked.contains(&id));
    let refused = world.portal.post_as(&world.admin, "/apps/roof/transfer", &[("person", &id)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let done = world.portal.post_as(&world.owner, "/apps/roof/transfer", &[("person", &id)]).await;
    assert_eq!(done.location(), "/apps/roof/collaborators?done=transferred");
    assert_eq!(world.role(&world.developer).await, Some(AppRole::Owner));
    assert_eq!(world.role(&world.owner).await, Some(AppRole::Admin));
}

#[tokio::test]
async fn an_invitation_is_sent_sent_again_and_withdrawn() {
    let world = World::new().await;
    let (portal, admin) = (&world.portal, &world.admin);
    let invite = "/apps/roof/collaborators/invite";
    let refused = portal.post_as(admin, invite, &[("email", "dora"), ("role", "developer")]).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("value=\"dora\""));
    let sent = portal.post_as(admin, invite, &[("email", "dora@example.com"), ("role", "admin")]).await;
    assert_eq!(sent.location(), "/apps/roof/collaborators?done=invited");
    assert!(portal.mail_to("dora@example.com").await.contains("http://localhost:8080/invitations/"));
    let page = portal.get_as(admin, "/apps/roof/collaborators").await.body;
    let part = |end: &str| {
        let start = page.find("/apps/roof/invitations/").unwrap();
        let url = page[start..].split('"').next().unwrap();
        url.rsplit_once('/').map(|(start, _)| format!("{start}/{end}")).unwrap()
    };
    assert_eq!(portal.post_as(&world.developer, &part("resend"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.post_as(admin, &part("resend"), &[]).await.location(), "/apps/roof/collaborators?done=resent");
    assert_eq!(portal.post_as(admin, &part("withdraw"), &[]).await.status, StatusCode::CONFLICT, "it was replaced");
    let page = portal.get_as(admin, "/apps/roof/collaborators").await.body;
    let start = page.find("/apps/roof/invitations/").unwrap();
    let url = page[start..].split('"').next().unwrap().replace("/resend", "/withdraw");
    assert_eq!(portal.post_as(admin, &url, &[]).await.location(), "/apps/roof/collaborators?done=withdrawn");
    assert!(!portal.get_as(admin, "/apps/roof/collaborators").await.body.contains("dora@example.com"));
}

#[tokio::test]
async fn a_program_does_all_of_it() {
    let world = World::new().await;
    let (portal, base) = (&world.portal, "/api/v1/apps/roof");
    let token = portal.token(&world.owner, &[Scope::AppsRead, Scope::AppsWrite]).await;
    let list = portal.get_as(&token, &format!("{base}/collaborators")).await.json();
    let roles: Vec<&str> = list["items"].as_array().unwrap().iter().filter_map(|it| it["role"].as_str()).collect();
    assert_eq!(roles, ["owner", "admin", "developer"]);
    for path in ["collaborators", "invitations"] {
        let body = json!({"email": format!("{path}@example.com"), "role": "developer"});
        let made = portal.api(&token, Method::POST, &format!("{base}/{path}"), Some(body)).await;
        assert_eq!((made.status, &made.json()["state"]), (StatusCode::CREATED, &json!("open")));
        assert!(!made.body.contains("digest"));
    }
    let open = portal.get_as(&token, &format!("{base}/invitations")).await.json();
    assert_eq!(open["items"].as_array().map(Vec::len), Some(2));
    let page = portal.get_as(&token, &format!("{base}/invitations?limit=1&cursor=1")).await.json();
    assert_eq!((&page["items"][0], &page["next"]), (&open["items"][1], &json!(null)));
    let id = open["items"][0]["id"].as_str().unwrap().to_owned();
    let read = portal.get_as(&token, &format!("{base}/invitations/{id}")).await;
    assert_eq!((read.status, &read.json()), (StatusCode::OK, &open["items"][0]));
    let gone = portal.api(&token, Method::DELETE, &format!("{base}/invitations/{id}"), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let developer = format!("{base}/collaborators/{}", world.developer.id());
    let changed = portal.api(&token, Method::PATCH, &developer, Some(json!({"role": "admin"}))).await;
    assert_eq!((changed.status, world.role(&world.developer).await), (StatusCode::OK, Some(AppRole::Admin)));
    assert_eq!(changed.json()["role"], "admin");
    let owner = portal.api(&token, Method::PATCH, &developer, Some(json!({"role": "owner"}))).await;
    assert_eq!(owner.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.api(&token, Method::DELETE, &developer, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(portal.api(&token, Method::DELETE, &developer, None).await.status, StatusCode::NOT_FOUND);
    let transfer = |person: String| {
        let token = token.clone();
        async move { portal.api(&token, Method::POST, &format!("{base}/ownership"), Some(json!({"person": person}))).await }
    };
    assert_eq!(transfer(world.developer.id().to_string()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(transfer("me".to_owned()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let moved = transfer(world.admin.id().to_string()).await;
    assert_eq!((moved.status, &moved.json()["items"][0]["email"]), (StatusCode::OK, &json!("admin@example.com")));
}
