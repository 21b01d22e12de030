//! The portal as a browser or a program meets it, over a real store.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::{AppRole, MemberRole};

use crate::guard::CONTENT_SECURITY_POLICY;
use crate::testing::TestPortal;
use crate::{app_health_url, assets};

#[tokio::test]
async fn a_stranger_is_asked_to_sign_in() {
    let portal = TestPortal::with_refusals("acme", 100).await;
    for (url, sign_in) in [
        ("/", "/sign-in"),
        ("/apps/acme/health", "/sign-in?next=%2Fapps%2Facme%2Fhealth"),
        ("/apps/nobody/health?as_of=2026-11-20", "/sign-in?next=%2Fapps%2Fnobody%2Fhealth%3Fas_of%3D2026-11-20"),
    ] {
        let answer = portal.get(url).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, sign_in), "{url}");
    }
    let answer = portal.get("/api/v1/apps/acme/health").await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
}

#[tokio::test]
async fn an_app_is_listed_and_its_health_is_shown() {
    let id = "acme <erp>/../?#%";
    let portal = TestPortal::with_refusals(id, 100).await;
    let anna = portal.person("anna").await;
    let acme = portal.organisation("Acme", &[(&anna, MemberRole::Admin)]).await;
    portal.app(id, acme, &[(&anna, AppRole::Owner)]).await;
    let list = portal.get_as(&anna, "/").await.body;
    let url = app_health_url(&id.parse().unwrap(), None);
    assert!(list.contains(url.trim_end_matches("/health")), "{list}");
    let page = portal.get_as(&anna, &url).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Needs Attention") && page.body.contains("403 Forbidden Responses"));
    assert!(page.body.contains("/a/&#60;b&#62;/:id") && !page.body.contains("<erp>"));
    let routes = portal.get_as(&anna, &url.replace("/health", "/health/forbidden/routes")).await;
    assert!(routes.status == StatusCode::OK && routes.body.contains("/a/&#60;b&#62;/:id"));
}

#[tokio::test]
async fn another_day_can_be_looked_at() {
    let portal = TestPortal::with_refusals("acme", 100).await;
    let olga = portal.operator().await;
    let then = portal.get_as(&olga, "/apps/acme/health?as_of=2026-11-17").await;
    assert!(then.status == StatusCode::OK && then.body.contains("No API traffic yet"));
    for url in
        ["/?as_of=yesterday", "/apps/acme/health?as_of=2026-02-30", "/?page=0", "/?as_of=2026-11-19&as_of=2026-11-18"]
    {
        let answer = portal.get_as(&olga, url).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{url}");
        assert!(answer.body.contains("<h1>"), "{url}");
    }
    for url in [
        "/?as_of=0000-01-01",
        "/?as_of=9999-12-31",
        "/apps/acme/health?as_of=0000-01-01",
        "/apps/acme/health?as_of=9999-12-31",
    ] {
        assert_eq!(portal.get_as(&olga, url).await.status, StatusCode::OK, "{url}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_to_people_as_a_page() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let long = format!("/apps/{}/health", "a".repeat(300));
    for url in
        ["/nowhere", "/apps", "/apps/nobody/health", "/apps/a%00b/health", "/assets/0/steadfast.css", "/Rules", &long]
    {
        let answer = portal.get_as(&olga, url).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{url}");
        assert!(answer.body.contains("<h1>") && answer.body.contains("Go to My Apps"), "{url}");
    }
    assert_eq!(portal.get_as(&olga, "/apps/%ff/health").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(portal.get_as(&olga, "/apps/a/health/teapot/routes").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn programs_are_answered_with_problem_documents() {
    let portal = TestPortal::with_refusals("acme", 100).await;
    let olga = portal.operator().await;
    for (url, status) in [
        ("/api/v1/apps/nobody/health", 404),
        ("/api/v1/apps/nobody/activity.csv", 404),
        ("/api/v1/nowhere", 404),
        ("/api/v1/apps/acme/health?asof=2026-11-20", 400),
        ("/api/v1/apps/acme/health?as_of=20.11.2026", 400),
        ("/api/v1/apps/acme/activity.csv?days=401", 400),
        ("/api/v1/apps/%ff/health", 400),
    ] {
        let answer = portal.get_as(&olga, url).await;
        assert_eq!(answer.status.as_u16(), status, "{url}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{url}");
        let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], status, "{url}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{url}");
    }
}

#[tokio::test]
async fn health_is_there_as_json() {
    let portal = TestPortal::with_refusals("acme", 100).await;
    let olga = portal.operator().await;
    let answer = portal.get_as(&olga, "/api/v1/apps/acme/health").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let health: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(health["status"], "needs_attention");
    assert_eq!(health["observations"].as_array().map(Vec::len), Some(7));
    let then = portal.get_as(&olga, "/api/v1/apps/acme/health?as_of=2026-11-17").await.body;
    assert!(serde_json::from_str::<serde_json::Value>(&then).unwrap()["status"].is_null());
}

#[tokio::test]
async fn the_report_is_a_download() {
    let portal = TestPortal::with_refusals("acme/é", 100).await;
    let olga = portal.operator().await;
    let answer = portal.get_as(&olga, "/api/v1/apps/acme%2F%C3%A9/activity.csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"api-call-activity-acme__-2026-11-20.csv\""
    );
    let lines: Vec<&str> = answer.body.split("\r\n").collect();
    assert_eq!(lines[0], "Date,Response Code,HTTP Method,Normalized Route,Count");
    assert_eq!(lines[1], "2026-11-19,403,GET,/a/<b>/:id,100");
    let one_day = portal.get_as(&olga, "/api/v1/apps/acme%2F%C3%A9/activity.csv?days=1&as_of=2026-11-19").await.body;
    assert_eq!(one_day.lines().count(), 2);
}

#[tokio::test]
async fn every_answer_carries_the_same_headers() {
    let portal = TestPortal::empty();
    for url in
        ["/", "/rules", "/nowhere", "/api/v1/nowhere", "/healthz", "/readyz", &assets::stylesheet(), "/favicon.ico"]
    {
        let answer = portal.get(url).await;
        assert_eq!(answer.header("content-security-policy"), CONTENT_SECURITY_POLICY, "{url}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{url}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{url}");
        let kept = url.starts_with("/assets/") || url == "/favicon.ico";
        assert_eq!(answer.header("cache-control") == "no-store", !kept, "{url}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever() {
    let portal = TestPortal::empty();
    for (url, media_type) in [(assets::stylesheet(), "text/css; charset=utf-8"), (assets::icon(), "image/svg+xml")] {
        let answer = portal.get(&url).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, media_type));
        assert!(answer.header("cache-control").contains("immutable"));
    }
}

#[tokio::test]
async fn requests_for_other_hosts_are_refused() {
    let portal = TestPortal::with_refusals("acme", 100).await;
    let ask = |url: &str, hosts: &[&str]| {
        let mut request = Request::get(url);
        for host in hosts {
            request = request.header("host", *host);
        }
        portal.send(request.body(Body::empty()).unwrap())
    };
    for hosts in [
        &["evil.example"][..],
        &["localhost.evil.example:80"],
        &["10.0.0.1"],
        &[],
        &[""],
        &["localhost", "evil.example"],
    ] {
        for url in ["/rules", "/apps/acme/health", "/api/v1/apps/acme/health", "/assets/0/x", "/nowhere"] {
            let answer = ask(url, hosts).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{hosts:?} {url}");
            assert!(answer.body.contains("DNS rebinding") && !answer.body.contains("acme"), "{hosts:?} {url}");
        }
    }
    // What load balancers ask by address.
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(ask(probe, &["10.0.0.1"]).await.status, StatusCode::OK, "{probe}");
    }
    assert_eq!(ask("http://evil.example/", &["localhost"]).await.status, StatusCode::MISDIRECTED_REQUEST);
    for host in ["localhost", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(ask("/rules", &[host]).await.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn calls_come_by_any_name_of_the_host_where_they_come_with_a_token() {
    let portal = TestPortal::empty();
    let token = portal.source_token("kong", &[], &[]).await;
    let send = |url: &str, host: &str, authorization: Option<&str>| {
        let request = Request::post(url).header("host", host).header("content-type", "application/x-ndjson");
        let request = authorization.into_iter().fold(request, |request, it| request.header("authorization", it));
        portal.send(request.body(Body::from("no record\n")).unwrap())
    };
    let bearer = format!("Bearer {}", token.text);
    for host in ["127.0.0.1:7300", "10.0.0.1", "steadfast.internal"] {
        assert_eq!(send("/api/v1/calls", host, Some(&bearer)).await.status, StatusCode::OK, "{host}");
        assert_eq!(send("/v1/logs", host, Some(&bearer)).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{host}");
        assert_eq!(send("/api/v1/calls", host, Some("Basic eA==")).await.status, StatusCode::UNAUTHORIZED, "{host}");
    }
    for (url, authorization) in [("/api/v1/calls", None), ("/v1/logs", None), ("/api/v1/apps", Some(&*bearer))] {
        let answer = send(url, "10.0.0.1", authorization).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{url}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_known() {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    for (url, media_type) in [("/", "text/html; charset=utf-8"), ("/api/v1/apps/a/health", "application/problem+json")]
    {
        let answer = portal.post_as(&olga, url, &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::METHOD_NOT_ALLOWED, media_type));
        assert_eq!(answer.header("allow"), "GET,HEAD");
    }
}

#[tokio::test]
async fn a_supervisor_is_answered() {
    let portal = TestPortal::empty();
    for url in ["/healthz", "/readyz"] {
        assert_eq!(portal.get(url).await.status, StatusCode::OK, "{url}");
    }
}

#[tokio::test]
async fn the_rules_are_those_in_force() {
    let mut portal = TestPortal::empty();
    portal.steadfast.rules.roll_up.no_traffic_days = 45;
    let page = portal.get("/rules").await.body;
    assert!(page.contains("Critical at 50 calls and 10 %, Warning at 10 and 2 %") && page.contains("last 45 days"));
    assert!(page.contains("Missing Procore-Company-Id Header"));
}

#[tokio::test]
async fn a_page_links_to_nothing_that_is_not_there() {
    let portal = TestPortal::with_refusals("acme", 100).await;
    let olga = portal.operator().await;
    for page in ["/", "/apps/acme/health", "/apps/acme/health?as_of=2026-11-18", "/rules", "/nowhere"] {
        let body = portal.get_as(&olga, page).await.body;
        for url in body.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()) {
            let url = format!("/{}", url.replace("&#38;", "&"));
            assert_eq!(portal.get_as(&olga, &url).await.status, StatusCode::OK, "{page} links to {url}");
        }
    }
}

#[tokio::test]
async fn it_serves_and_stops_when_told() {
    let portal = TestPortal::empty();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(crate::serve(listener, portal.portal(), async {
        let _ = stopped.await;
    }));
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
