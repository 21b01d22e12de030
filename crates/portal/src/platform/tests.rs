//! The platform's pages and their API over a real store.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use model::{AppRole, LossReason, MemberRole, Scope};
use serde_json::{Value, json};
use service::DocumentFile;

use crate::testing::{Asks, TestPortal, TestToken, today};

const OPENAPI: &str = r#"{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{
    "/old":{"get":{"deprecated":true,"x-deprecated-at":"2026-09-01","x-sunset":"2026-12-31"}},
    "/quiet":{"delete":{"deprecated":true}}, "/new":{"get":{}}}}"#;

async fn portal() -> TestPortal {
    let portal = TestPortal::empty();
    let document = DocumentFile { name: "api.json".to_owned(), bytes: OPENAPI.as_bytes().to_vec() };
    portal.steadfast.import_catalog(&[document], false).await.unwrap();
    portal.refusals("roof-scan", 500).await;
    portal.counts("roof-scan", true, "/old", 200, 7).await;
    portal
}

#[tokio::test]
async fn the_staff_sees_all_apps_with_whose_they_are() {
    let portal = portal().await;
    let olga = portal.operator().await;
    let owner = portal.person("owner").await;
    let acme = portal.organisation("Acme & Co", &[(&owner, MemberRole::Admin)]).await;
    portal.app("erp", acme, &[(&owner, AppRole::Owner)]).await;
    let page = portal.get_as(&olga, "/platform").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["roof-scan", "nobody has claimed it", "Acme &#38; Co", "Needs Attention", "Worth a look"] {
        assert!(page.body.contains(part), "{part}");
    }
    let found = portal.get_as(&olga, "/platform?q=acme&change=").await;
    assert!(found.body.contains("erp app") && !found.body.contains("roof-scan"), "{}", found.body);
    let new = portal.get_as(&olga, "/platform?change=new").await;
    assert!(new.body.contains("roof-scan") && !new.body.contains("erp app"));
    assert_eq!(portal.get_as(&olga, "/platform?change=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn programs_walk_all_apps() {
    let portal = portal().await;
    portal.refusals("another", 1).await;
    let olga = portal.operator().await;
    let token = portal.token(&olga, &[Scope::PlatformRead]).await;
    let get = async |url: &str| portal.api(&token, Method::GET, url, None).await;
    let first = get("/api/v1/platform/apps?limit=1").await.json();
    let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|app| app["id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), &first["next"]), (vec![json!("another")], &json!("another")));
    let second = get("/api/v1/platform/apps?limit=1&cursor=another").await.json();
    assert_eq!((ids(&second), &second["next"]), (vec![json!("roof-scan")], &Value::Null));
    let app = &second["items"][0];
    assert_eq!((&app["status"], &app["status_week_ago"]), (&json!("needs_attention"), &Value::Null));
    assert_eq!(app["changes"], json!(["worse", "new", "unclaimed"]));
    assert_eq!(app["calls_this_week"], json!(3 * 507));
    assert_eq!((app.get("incomplete_days"), app.get("incomplete_days_week_ago")), (None, None), "{app}");
    // 12 days ago both windows are incomplete, 8 days before that of a week ago alone.
    for days_ago in [20, 12] {
        let at = portal.steadfast.platform.zone.start_of(today().plus(-days_ago));
        let (source, reason) = ("kong".parse().unwrap(), LossReason::Dropped);
        portal.steadfast.record_loss(&source, at, at, reason, "").await.unwrap();
    }
    let app = &get("/api/v1/platform/apps?limit=1&cursor=another").await.json()["items"][0];
    let day = |days_ago: i32| json!(today().plus(-days_ago).to_string());
    assert_eq!(app["incomplete_days"], json!([day(12)]), "{app}");
    assert_eq!(app["incomplete_days_week_ago"], json!([day(20), day(12)]), "{app}");
    assert_eq!(get("/api/v1/platform/apps?page=2").await.status, StatusCode::BAD_REQUEST);
    let cookie = portal.get_as(&olga, "/api/v1/platform/apps").await;
    assert_eq!(cookie.status, StatusCode::OK);
}

#[tokio::test]
async fn the_sunset_board_says_who_calls_and_what_can_go() {
    let portal = portal().await;
    let olga = portal.operator().await;
    let page = portal.get_as(&olga, "/platform/deprecated").await;
    for part in [
        "/old",
        "in 41 days",
        "deprecated since 1 Sep 2026",
        "/quiet",
        "Safe to remove",
        "2 operations, 1 still called",
    ] {
        assert!(page.body.contains(part), "{part} is missing in {}", page.body);
    }
    assert!(!page.body.contains("/new"));
    let route = portal.get_as(&olga, "/platform/deprecated/route?method=GET&route=%2Fold").await;
    assert!(route.body.contains("roof-scan") && route.body.contains("21 calls by 1 app"), "{}", route.body);
    let nowhere = portal.get_as(&olga, "/platform/deprecated/route?method=GET&route=%2Fnew").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);

    let json = portal.get_as(&olga, "/api/v1/platform/deprecated").await.json();
    let old = &json["items"][0];
    assert_eq!((&old["route"], &old["sunset"], &old["calls"]), (&json!("/old"), &json!("2026-12-31"), &json!(21)));
    assert_eq!((&old["used_by"][0]["app"], &old["safe_to_remove"]), (&json!("roof-scan"), &json!(false)));
    assert_eq!(json["items"][1]["safe_to_remove"], json!(true));
    let next = portal.get_as(&olga, "/api/v1/platform/deprecated?limit=1").await.json()["next"].clone();
    let second = format!("/api/v1/platform/deprecated?limit=1&cursor={}", next.as_str().unwrap());
    assert_eq!(portal.get_as(&olga, &second).await.json()["items"][0]["route"], json!("/quiet"));
}

#[tokio::test]
async fn private_routes_lead_to_who_depends_on_them() {
    let portal = portal().await;
    let olga = portal.operator().await;
    let page = portal.get_as(&olga, "/platform/private").await;
    assert!(page.body.contains("/a/&#60;b&#62;/:id") && page.body.contains("documented nowhere"), "{}", page.body);
    let (_, link) = page.body.split_once("href=\"/platform/private/route").unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let route = portal.get_as(&olga, &format!("/platform/private/route{link}")).await;
    assert!(route.body.contains("roof-scan") && route.body.contains("1,500 calls by 1 app"), "{}", route.body);
    let json = portal.get_as(&olga, "/api/v1/platform/private").await.json();
    assert_eq!(json["items"][0]["route"], json!("/a/<b>/:id"));
}

#[tokio::test]
async fn sources_tell_of_imports_and_of_nothing() {
    let portal = portal().await;
    let olga = portal.operator().await;
    let page = portal.get_as(&olga, "/platform/sources").await;
    for part in ["No file was read", "api.json", "/quiet", "None: every line"] {
        assert!(page.body.contains(part), "{part}");
    }
    let json = portal.get_as(&olga, "/api/v1/platform/sources").await.json();
    assert_eq!((&json["files"], &json["catalog"]["documents"]), (&json!([]), &json!(["api.json"])));
}

#[tokio::test]
async fn batches_are_listed_by_token_and_those_of_syslog_are_not() {
    let portal = portal().await;
    let olga = portal.operator().await;
    let token = "01932f5e-8a44-7c3e-9d52-6f0c1b2a3d4e";
    for sender in [token, "syslog gate"] {
        let record =
            json!({"time": "2026-11-20T00:00:00Z", "app": "acme", "method": "GET", "path": "/a", "status": 200});
        let batch = service::Batch {
            body: record.to_string().into_bytes(),
            shape: service::BatchShape::Lines,
            environment: model::Environment::Production,
            key: None,
            sender: sender.to_owned(),
            source: model::SourceName::http(),
            reading: service::SourceReading::default(),
            permission: service::Permission::default(),
        };
        assert_eq!(portal.steadfast.ingest_batch(batch).await.unwrap().accepted, 1);
    }
    let json = portal.get_as(&olga, "/api/v1/platform/sources").await.json();
    let [batches] = json["batches"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!((&batches["token"], &batches["batches"]), (&json!(token), &json!(1)));
    let page = portal.get_as(&olga, "/platform/sources").await.body;
    assert!(page.contains(token) && !page.contains("syslog gate"), "{page}");
}

/// A portal whose configuration has a source of files.
fn portal_with_files(source: &str) -> TestPortal {
    let mut portal = TestPortal::empty();
    let declared = service::DeclaredSource {
        ways: vec![model::SourceWay::Files],
        from: "/srv/g*.log".to_owned(),
        declared: service::Declared::default(),
    };
    portal.steadfast.source_book = service::SourceBook::new([(source.parse().unwrap(), declared)].into());
    portal
}

/// Sends a body of calls with the token of a source.
async fn send(portal: &TestPortal, token: &TestToken, body: String) {
    let request = Request::post("/api/v1/calls").header("host", "localhost:8080");
    let request = token.sign(request.header("content-type", "application/x-ndjson"));
    assert_eq!(portal.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_source_that_is_sent_to_and_read_from_files_says_both() {
    let portal = portal_with_files("kong");
    let olga = portal.operator().await;
    let ways = async || portal.get_as(&olga, "/api/v1/sources/kong").await.json()["ways"].clone();
    assert_eq!(ways().await, json!(["files"]));
    let token = portal.source_token("kong", &[], &[]).await;
    assert_eq!(ways().await, json!(["files", "http"]));
    let at = portal.steadfast.clock.now();
    send(&portal, &token, format!(r#"{{"time":"{at}","method":"GET","path":"/a","status":200}}"#)).await;
    assert_eq!(ways().await, json!(["files", "http"]));
    let page = portal.get_as(&olga, "/platform/sources").await.body;
    assert!(page.contains("Files, HTTP: /srv/g*.log") && page.contains("Calls come in"), "{page}");
}

#[tokio::test]
async fn a_loss_is_told_alike_by_strip_badge_hours_and_json() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let now = portal.steadfast.clock.now();
    let hour = model::Hour::of(now).plus(-3).start();
    let (from, until) = (hour.plus_millis(70_000), hour.plus_millis(112_000));
    let source = "kong".parse().unwrap();
    portal.steadfast.record_loss(&source, from, until, LossReason::NobodyListened, "").await.unwrap();
    let page = portal.get_as(&olga, "/platform/sources").await.body;
    let time = |at: model::UnixMillis| at.to_string()[..19].replace('T', " ");
    let span = format!("<b>{}</b> to <b>{}</b>", time(from), time(until));
    let texts =
        ["Calls missing", "Calls are missing in 1 of the last 24 hours.", "in hollow", "calls missing</span>", &span];
    for part in texts {
        assert!(page.contains(part), "{part}: {page}");
    }
    let json = portal.get_as(&olga, "/api/v1/sources/kong").await.json();
    let gap = json!({"from": from.to_string(), "until": until.to_string(), "expected": null, "received": null});
    assert_eq!(json["gaps"], json!([gap]));
    let lacking = json["hours"].as_array().unwrap().iter().filter(|hour| hour["gap"] == json!(true));
    assert_eq!(lacking.map(|hour| &hour["hour"]).collect::<Vec<_>>(), [&json!(hour.to_string())]);
}

#[tokio::test]
async fn a_source_whose_files_cannot_be_read_says_which_and_why() {
    let portal = portal_with_files("guess");
    let name: model::SourceName = "guess".parse().unwrap();
    let files = (0..10).map(|n| service::UnreadFile {
        source: name.clone(),
        path: format!("/srv/g{n}.log"),
        reason: "its format can't be told".to_owned(),
    });
    portal.steadfast.store.keep_unread_files(&files.collect::<Vec<_>>()).await.unwrap();
    let olga = portal.operator().await;
    let page = portal.get_as(&olga, "/platform/sources").await.body;
    for part in ["Not read", "/srv/g0.log", "its format can&#39;t be told", "and 2 more files"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let json = portal.get_as(&olga, "/api/v1/sources/guess").await.json();
    assert_eq!(json["unread_files"].as_array().unwrap().len(), 10);
    assert_eq!(json["unread_files"][0], json!({"path": "/srv/g0.log", "reason": "its format can't be told"}));
    let metrics = portal.get_as(&olga, "/metrics").await.body;
    assert!(metrics.contains("steadfast_source_unread_files{source=\"guess\"} 10"), "{metrics}");
}

#[tokio::test]
async fn a_source_of_which_more_than_a_tenth_is_rejected_says_so() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let token = portal.source_token("kong", &[], &[]).await;
    let at = portal.steadfast.clock.now();
    let record = format!(r#"{{"time":"{at}","method":"GET","path":"/a","status":200}}"#);
    for (good, bad, expected) in [(89, 10, false), (1, 1, true), (20, 0, false)] {
        let body = format!("{record}\n").repeat(good) + &"{}\n".repeat(bad);
        // No two are alike.
        let body = body + &format!("{}{record}\n", " ".repeat(good + bad));
        send(&portal, &token, body).await;
        let page = portal.get_as(&olga, "/platform/sources").await.body;
        assert_eq!(page.contains("Lines rejected"), expected, "{good} {bad}: {page}");
    }
}
