//! Activity as a browser and a program meet it, over a real store.

use axum::http::StatusCode;
use model::{AppRole, Company, Counts, Environment, MemberRole, RouteKey, Scope, UnixMillis};
use serde_json::{Value, json};
use store::{CompanyDelta, IngestCommit, TallyDelta};

use crate::testing::{TestPerson, TestPortal, TestToken, today};

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x>";

/// A portal with an app of Anna's: for three days 10 calls of each of two routes that went well, 5 of each that were
/// refused, by day before today; and what an attacker wrote.
struct World {
    portal: TestPortal,
    anna: TestPerson,
    token: TestToken,
}

fn commit(at: UnixMillis) -> IngestCommit {
    let route = |text: &str, documented| RouteKey { documented, text: text.to_owned() };
    let tally = |days_ago: i32, route: u32, method: u32, status: u16, calls: u64| TallyDelta {
        app: 0,
        environment: Environment::Production,
        day: today().plus(-days_ago),
        route,
        method,
        status,
        counts: Counts { calls, header_absent: calls / 5, ..Counts::default() },
    };
    let mut tallies = Vec::new();
    for days_ago in 1..=3 {
        for route in 0..2 {
            tallies.push(tally(days_ago, route, 0, 200, 10));
            tallies.push(tally(days_ago, route, 1, 403, 5));
        }
    }
    tallies.push(tally(1, 2, 0, 500, 1));
    tallies.push(tally(0, 0, 0, 200, 7));
    tallies.push(TallyDelta { environment: Environment::Sandbox, ..tally(1, 0, 0, 404, 9) });
    let company = |company, route: u32, method: u32, status: u16, calls: u64| CompanyDelta {
        app: 0,
        environment: Environment::Production,
        day: today().plus(-1),
        company,
        route,
        method,
        status,
        calls,
    };
    IngestCommit {
        apps: vec!["acme".parse().unwrap()],
        routes: vec![route("/a/:id", false), route("=1+1", false), route(&format!("/{EVIL}"), false)],
        methods: vec!["GET".to_owned(), "POST".to_owned()],
        tallies,
        companies: vec!["=cmd()".to_owned(), EVIL.to_owned()],
        company_tallies: vec![
            company(Company::Named(0), 0, 1, 403, 3),
            company(Company::Absent, 0, 1, 403, 1),
            company(Company::Others, 0, 1, 403, 1),
            company(Company::Named(1), 2, 0, 500, 1),
        ],
        ..IngestCommit::empty(at)
    }
}

impl World {
    async fn new() -> Self {
        let portal = TestPortal::empty();
        portal.steadfast.store.commit_ingest(commit(portal.now())).await.unwrap();
        let anna = portal.person("anna").await;
        let acme = portal.organisation("Acme", &[(&anna, MemberRole::Admin)]).await;
        portal.app("acme", acme, &[(&anna, AppRole::Owner)]).await;
        let token = portal.token(&anna, &[Scope::AppsRead]).await;
        Self { portal, anna, token }
    }

    async fn page(&self, query: &str) -> String {
        let answer = self.portal.get_as(&self.anna, &format!("/apps/acme/activity{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    async fn json(&self, query: &str) -> Value {
        let answer = self.portal.get_as(&self.token, &format!("/api/v1/apps/acme/activity{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    async fn csv(&self, query: &str) -> String {
        let answer = self.portal.get_as(&self.token, &format!("/api/v1/apps/acme/activity.csv{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }
}

/// The counts of a CSV, added up.
fn sum(csv: &str) -> u64 {
    let count = |line: &str| line.trim_end().split(',').nth(4).and_then(|count| count.parse::<u64>().ok());
    csv.lines().filter_map(count).sum()
}

#[tokio::test]
async fn page_json_and_csv_agree_whatever_is_asked() {
    let world = World::new().await;
    for (query, calls) in [
        ("", 91),
        ("?status=403", 30),
        ("?status=4xx&method=POST", 30),
        ("?status=5xx", 1),
        ("?status=3xx", 0),
        ("?method=get", 61),
        ("?route=%2Fa%2F%3Aid", 45),
        ("?route_contains=A%2F", 45),
        ("?observation=forbidden", 30),
        ("?observation=private_endpoint", 91),
        ("?observation=missing_company_header", 0),
        ("?from=2026-11-19&to=2026-11-20", 38),
        ("?environment=sandbox", 9),
        ("?company=%3D%3Dcmd()", 3),
        ("?company=-&observation=forbidden", 1),
        ("?company=%2A", 1),
        ("?company=nobody", 0),
    ] {
        let json = world.json(query).await;
        assert_eq!(json["total"], json!(calls), "{query}: {json}");
        let items: u64 = json["items"].as_array().unwrap().iter().map(|item| item["count"].as_u64().unwrap()).sum();
        assert_eq!(items, calls, "{query}");
        assert_eq!(sum(&world.csv(query).await), calls, "{query}");
        let page = world.page(query).await;
        let told = if calls == 0 {
            "No calls</h2>".to_owned()
        } else {
            format!("<b>{}</b> in ", crate::figures::count(calls, "call"))
        };
        assert!(page.contains(&told), "{query}: {page}");
    }
}

#[tokio::test]
async fn the_page_has_a_chart_and_links_that_narrow() {
    let world = World::new().await;
    let page = world.page("?status=4xx").await;
    assert!(page.contains("<svg class=\"plot\" role=\"img\" aria-label=\"Bars of the calls of each day"), "{page}");
    assert!(page.contains("<title>Thu 19 Nov: 10 calls (4xx 10)</title>"));
    assert!(page.contains("href=\"/apps/acme/activity?status=403\">403</a>"));
    assert!(page.contains("from=2026-11-19&#38;to=2026-11-19&#38;status=4xx"));
    assert!(page.contains("Remove the filter </span><small>Code</small> <b>4xx</b>"));
    assert!(page.contains("href=\"/apps/acme/activity?status=4xx&#38;sort=largest\">Count"));
    assert!(page.contains("href=\"/api/v1/apps/acme/activity.csv?from=2026-10-21&#38;to=2026-11-19&#38;status=4xx\""));
}

/// The queries of the links to activity on a page, each once.
fn queries(page: &str) -> Vec<String> {
    let links = page.split("href=\"/apps/acme/activity?").skip(1).filter_map(|rest| rest.split('"').next());
    let mut queries: Vec<String> = links.map(|query| query.replace("&#38;", "&")).collect();
    queries.sort();
    queries.dedup();
    queries
}

#[tokio::test]
async fn the_health_page_leads_to_the_calls_that_it_speaks_of() {
    let world = World::new().await;
    let page = world.portal.get_as(&world.anna, "/apps/acme/health").await.body;
    let queries = queries(&page);
    let total = async |query: &str| world.json(&format!("?{query}")).await["total"].clone();
    let days = "from=2026-11-06&to=2026-11-19";
    for (query, calls) in [
        (format!("{days}&observation=forbidden"), 30),
        (format!("{days}&method=POST&route=%2Fa%2F%3Aid&observation=forbidden"), 15),
        (format!("{days}&method=POST&route=%3D1%2B1&observation=forbidden"), 15),
        (format!("{days}&observation=private_endpoint"), 91),
        (format!("{days}&observation=forbidden&company=%3D%3Dcmd%28%29"), 3),
        (format!("{days}&observation=forbidden&company=-"), 1),
        (format!("{days}&observation=forbidden&company=%2A"), 1),
    ] {
        assert!(queries.contains(&query), "{query} in {queries:#?}");
        assert_eq!(total(&query).await, json!(calls), "{query}");
    }
    assert!(page.contains("today<span class=\"vh\"> so far</span> 0") && page.contains("today so far: 7 calls"));
    assert!(page.contains("<dt>Next recomputation</dt><dd><time datetime=\"2026-11-21T00:00:00Z\">"));
    assert!(page.contains("<dt>Last call counted</dt>") && page.contains(", the day in progress"));
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
}

#[tokio::test]
async fn the_companies_behind_refused_calls_are_named() {
    let world = World::new().await;
    let page = world.page("?status=403").await;
    assert!(page.contains("Companies behind these calls</h2>"), "{page}");
    assert!(page.contains("?status=403&#38;company=%3D%3Dcmd%28%29\">=cmd()</a>"), "{page}");
    assert!(page.contains(">header absent</a>") && page.contains(">others</a>"));
    assert!(!world.page("").await.contains("Companies behind these calls"), "most of these calls have none kept");
}

#[tokio::test]
async fn the_report_stays_what_it_was() {
    let world = World::new().await;
    let app = "acme".parse().unwrap();
    let as_of = |text: &str| text.parse().unwrap();
    for (query, day, days) in
        [("", "2026-11-20", 30), ("?as_of=2026-11-19&days=1", "2026-11-19", 1), ("?days=400", "2026-11-20", 400)]
    {
        let report = world.portal.steadfast.report_csv(&app, as_of(day), days).await.unwrap();
        assert_eq!(world.csv(query).await, String::from_utf8(report).unwrap(), "{query}");
    }
    let answer = world.portal.get_as(&world.token, "/api/v1/apps/acme/activity.csv").await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"api-call-activity-acme-2026-11-20.csv\"");
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
}

#[tokio::test]
async fn the_csv_names_companies_on_request_and_runs_no_formula() {
    let world = World::new().await;
    let csv = world.csv("?from=2026-11-19&to=2026-11-19&columns=company").await;
    assert!(csv.starts_with("Date,Response Code,HTTP Method,Normalized Route,Count,Company\r\n"), "{csv}");
    assert!(csv.contains("2026-11-19,403,POST,/a/:id,3,'=cmd()\r\n"), "{csv}");
    assert!(csv.contains("2026-11-19,403,POST,/a/:id,1,(header absent)\r\n"));
    assert!(csv.contains("2026-11-19,403,POST,/a/:id,1,(others)\r\n"));
    assert!(csv.contains("2026-11-19,200,GET,'=1+1,10,\r\n"), "nothing is known of calls without a problem: {csv}");
    assert_eq!(sum(&csv), 31);
    let of_company = world.csv("?company=%3D%3Dcmd()").await;
    assert_eq!(
        of_company,
        "Date,Response Code,HTTP Method,Normalized Route,Count,Company\r\n2026-11-19,403,POST,/a/:id,3,'=cmd()\r\n"
    );
}

#[tokio::test]
async fn what_attackers_write_is_text() {
    let world = World::new().await;
    let evil = crate::urls::segment(EVIL);
    for query in [
        String::new(),
        format!("?company={evil}"),
        format!("?route_contains={evil}"),
        format!("?route=%2F{evil}"),
        "?status=5xx".to_owned(),
    ] {
        let page = world.page(&query).await;
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{query}");
        assert!(page.contains("&#60;script&#62;alert(1)"), "{query}");
    }
    for query in [format!("?status={evil}"), format!("?from={evil}&method={evil}&observation={evil}&sort={evil}")] {
        let answer = world.portal.get_as(&world.anna, &format!("/apps/acme/activity{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!answer.body.contains("<script>alert") && answer.body.contains("&#60;script&#62;alert(1)"), "{query}");
    }
}

#[tokio::test]
async fn a_filter_that_can_not_be_understood_is_told_beside_its_field() {
    let world = World::new().await;
    let answer = world.portal.get_as(&world.anna, "/apps/acme/activity?status=40&route_contains=rfis").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("id=\"f-status-flaw\"") && answer.body.contains("value=\"40\""), "{}", answer.body);
    assert!(answer.body.contains("value=\"rfis\""), "what was written stays");
    for query in [
        "?status=40",
        "?from=2026-11-02&to=2026-11-01",
        "?from=2020-01-01&to=2026-01-01",
        "?limit=0",
        "?limit=1001",
        "?cursor=x",
        "?page=2",
        "?to=2026-11-20&to=2026-11-20",
    ] {
        let answer = world.portal.get_as(&world.token, &format!("/api/v1/apps/acme/activity{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    for query in ["?columns=user", "?as_of=2026-11-20&from=2026-11-01", "?days=401"] {
        let answer = world.portal.get_as(&world.token, &format!("/api/v1/apps/acme/activity.csv{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn pages_of_rows_have_every_row_once() {
    let world = World::new().await;
    let whole = world.json("?limit=1000").await;
    assert_eq!(whole["next"], Value::Null);
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.json(&format!("?limit=4{cursor}")).await;
        assert_eq!(page["total"], whole["total"]);
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(Value::Array(items), whole["items"]);
    let largest = world.json("?sort=largest").await;
    assert_eq!(
        largest["items"][0],
        json!({"date": "2026-11-19", "status": 200, "method": "GET", "route": "/a/:id", "count": 10})
    );
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let world = World::new().await;
    let otto = world.portal.person("otto").await;
    world.portal.organisation("Elsewhere", &[(&otto, MemberRole::Admin)]).await;
    for url in ["/apps/acme/activity", "/api/v1/apps/acme/activity", "/api/v1/apps/acme/activity.csv"] {
        let theirs = world.portal.get_as(&otto, url).await;
        let nobodys = world.portal.get_as(&otto, &url.replace("acme", "nobody")).await;
        assert_eq!((theirs.status, nobodys.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{url}");
        assert_eq!(theirs.body.replace("acme", "nobody"), nobodys.body, "{url}");
    }
    assert_eq!(world.portal.get("/apps/acme/activity").await.status, StatusCode::SEE_OTHER);
}
