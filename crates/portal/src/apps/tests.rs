//! My Apps, making an app and its first page, as a browser and a program meet them.

use axum::http::{Method, StatusCode};
use model::{AppRole, MemberRole, Scope};
use serde_json::json;

use crate::testing::{TestPerson, TestPortal};

async fn anna_with_two_apps(portal: &TestPortal) -> TestPerson {
    let anna = portal.person("anna").await;
    let acme = portal.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    portal.app("roof", acme, &[(&anna, AppRole::Owner)]).await;
    portal.app("cellar", acme, &[(&anna, AppRole::Owner)]).await;
    portal.refusals("roof", 100).await;
    anna
}

#[tokio::test]
async fn without_apps_the_page_says_what_to_do_next() {
    let portal = TestPortal::with_refusals("seen", 5).await;
    let anna = portal.person("anna").await;
    let page = portal.get_as(&anna, "/").await.body;
    assert!(page.contains("No apps yet") && page.contains("/new-app") && page.contains("/claim-app"));
    assert!(!page.contains("seen"), "an app of nobody is nobody's");
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_sorted() {
    let portal = TestPortal::empty();
    let anna = anna_with_two_apps(&portal).await;
    for (url, roof, cellar) in [
        ("/", true, true),
        ("/?q=ROO", true, false),
        ("/?status=needs_attention", true, false),
        ("/?status=none&sort=calls", false, true),
        ("/?type=hybrid", false, false),
    ] {
        let page = portal.get_as(&anna, url).await.body;
        assert_eq!((page.contains("roof app"), page.contains("cellar app")), (roof, cellar), "{url}");
    }
    let nothing = portal.get_as(&anna, "/?q=zzz").await.body;
    assert!(nothing.contains("No app is like that") && nothing.contains("href=\"/\""));
    assert_eq!(portal.get_as(&anna, "/?status=red").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_admin_of_the_organisation_sees_its_apps_and_others_do_not() {
    let portal = TestPortal::empty();
    let [owner, boss, member, other] = [
        portal.person("owner").await,
        portal.person("boss").await,
        portal.person("member").await,
        portal.person("other").await,
    ];
    let people = [(&owner, MemberRole::Member), (&boss, MemberRole::Admin), (&member, MemberRole::Member)];
    let acme = portal.organisation("Acme", &people).await;
    portal.organisation("Other", &[(&other, MemberRole::Admin)]).await;
    portal.app("roof", acme, &[(&owner, AppRole::Owner)]).await;
    for (who, sees) in [(&owner, true), (&boss, true), (&member, false), (&other, false)] {
        assert_eq!(portal.get_as(who, "/").await.body.contains("roof app"), sees, "{}", who.email());
        let status = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for url in ["/apps/roof", "/apps/roof/settings", "/apps/roof/collaborators", "/api/v1/apps/roof"] {
            assert_eq!(portal.get_as(who, url).await.status, status, "{url} as {}", who.email());
        }
    }
}

#[tokio::test]
async fn an_app_is_made_with_just_a_name() {
    let portal = TestPortal::empty();
    let anna = portal.person("anna").await;
    assert!(portal.get_as(&anna, "/new-app").await.body.contains("You are in no organisation"));
    portal.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let refused = portal.post_as(&anna, "/new-app", &[("name", "<b>\u{7}")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("aria-invalid") && refused.body.contains("value=\"&#60;b&#62;"), "{}", refused.body);
    let made =
        portal.post_as(&anna, "/new-app", &[("name", "Roof & Wall"), ("id", "mine"), ("discovered", "true")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    assert!(made.location().starts_with("/apps/roof-wall-") && made.location().ends_with("?done=created"));
    let page = portal.get_as(&anna, made.location()).await;
    assert!(page.body.contains("Roof &#38; Wall") && page.body.contains("0 of 5 steps are done"), "{}", page.body);
    assert!(page.body.contains("The app is there"));
}

#[tokio::test]
async fn who_is_in_several_organisations_chooses() {
    let portal = TestPortal::empty();
    let anna = portal.person("anna").await;
    let other = portal.organisation("Elsewhere", &[]).await;
    portal.organisation("One", &[(&anna, MemberRole::Member)]).await;
    let two = portal.organisation("Two", &[(&anna, MemberRole::Member)]).await.to_string();
    assert!(portal.get_as(&anna, "/new-app").await.body.contains("name=\"organisation\""));
    let make = |organisation: String| {
        let (portal, anna) = (&portal, &anna);
        async move { portal.post_as(anna, "/new-app", &[("name", "a"), ("organisation", &organisation)]).await.status }
    };
    assert_eq!(make(String::new()).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(make(other.to_string()).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(make(two).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_program_makes_an_app_once_and_reads_it() {
    let portal = TestPortal::empty();
    let anna = portal.person("anna").await;
    let acme = portal.organisation("Acme", &[(&anna, MemberRole::Member)]).await;
    let token = portal.token(&anna, &[Scope::AppsWrite, Scope::AppsRead]).await;
    let made = portal.api(&token, Method::POST, "/api/v1/apps", Some(json!({"name": "Roof"}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let app = made.json();
    assert_eq!(made.location(), format!("/api/v1/apps/{}", app["id"].as_str().unwrap()));
    assert_eq!((app["name"].as_str(), app["distribution"].as_str()), (Some("Roof"), Some("custom")));
    assert_eq!((app["organisation"].as_str(), app["role"].as_str()), (Some(acme.to_string().as_str()), Some("owner")));
    assert!(app["status"].is_null() && app["type"].is_null() && app["discovered"] == false);
    assert_eq!(portal.get_as(&token, made.location()).await.json(), app);
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "a", "organisation": "x"}), "organisation"),
        (json!({"name": "a", "discovered": true}), "discovered"),
    ] {
        let refused = portal.api(&token, Method::POST, "/api/v1/apps", Some(body)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn the_list_for_programs_is_walked_by_cursor() {
    let portal = TestPortal::empty();
    let anna = anna_with_two_apps(&portal).await;
    let token = portal.token(&anna, &[Scope::AppsRead]).await;
    let ids = |json: &serde_json::Value| -> Vec<String> {
        json["items"].as_array().unwrap().iter().map(|app| app["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = portal.get_as(&token, "/api/v1/apps?limit=1").await.json();
    assert_eq!((ids(&first), first["next"].as_str()), (vec!["cellar".to_owned()], Some("cellar")));
    let second = portal.get_as(&token, "/api/v1/apps?limit=1&cursor=cellar").await.json();
    assert_eq!((ids(&second), second["next"].is_null()), (vec!["roof".to_owned()], true));
    let bad = portal.get_as(&token, "/api/v1/apps?status=needs_attention&q=roof").await.json();
    assert_eq!((ids(&bad), bad["items"][0]["status"].as_str()), (vec!["roof".to_owned()], Some("needs_attention")));
    for url in ["/api/v1/apps?limit=0", "/api/v1/apps?limit=101", "/api/v1/apps?status=red", "/api/v1/apps?as=x"] {
        assert_eq!(portal.get_as(&token, url).await.status, StatusCode::BAD_REQUEST, "{url}");
    }
}

#[tokio::test]
async fn a_program_of_an_organisation_has_its_apps_and_makes_more() {
    let portal = TestPortal::empty();
    let anna = portal.person("anna").await;
    let acme = portal.organisation("Acme", &[(&anna, MemberRole::Admin)]).await;
    let other = portal.organisation("Other", &[(&anna, MemberRole::Admin)]).await;
    portal.app("roof", acme, &[(&anna, AppRole::Owner)]).await;
    portal.app("elsewhere", other, &[(&anna, AppRole::Owner)]).await;
    let token = portal.organisation_token(acme, &anna, &[Scope::AppsRead, Scope::AppsWrite]).await;
    let made = portal.api(&token, Method::POST, "/api/v1/apps", Some(json!({"name": "Wall"}))).await.json();
    assert_eq!(
        (made["organisation"].as_str(), made["owner"].as_str()),
        (Some(acme.to_string().as_str()), Some(anna.id().to_string().as_str()))
    );
    let list = portal.get_as(&token, "/api/v1/apps").await.json();
    let ids: Vec<&str> = list["items"].as_array().unwrap().iter().filter_map(|app| app["id"].as_str()).collect();
    assert_eq!(ids, ["roof", made["id"].as_str().unwrap()]);
    assert_eq!(portal.get_as(&token, "/api/v1/apps/elsewhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_discovered_app_is_shown_to_the_staff_with_what_its_traffic_tells() {
    let portal = TestPortal::with_refusals("seen", 100).await;
    let olga = portal.operator().await;
    let page = portal.get_as(&olga, "/apps/seen").await;
    assert!(page.status == StatusCode::OK && page.body.contains("nobody has registered it"));
    for url in ["/apps/seen/settings", "/apps/seen/collaborators", "/apps/seen/delete"] {
        assert_eq!(portal.get_as(&olga, url).await.status, StatusCode::CONFLICT, "{url}");
    }
    let app = portal.get_as(&olga, "/api/v1/apps/seen").await.json();
    assert!(app["discovered"] == true && app["organisation"].is_null() && app["status"] == "needs_attention");
}
